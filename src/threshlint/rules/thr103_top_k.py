"""THR103: a top-K without ``threshold@model``."""

from __future__ import annotations

from threshlint.rules.base import Example
from threshlint.rules.unversioned import UnversionedSite
from threshlint.site import Kind


class UnversionedTopK(UnversionedSite):
    """A number of neighbours that names no model."""

    code = "THR103"
    name = "unversioned-top-k"
    kind = Kind.TOP_K
    summary = "A top-K does not say for which embedding model it was chosen"
    what_it_does = (
        "Finds numbers that cap how many neighbours are taken from a list ranked by vector closeness, and that neither "
        "a `threshold@model` covers nor a table keyed by models holds. A `k` of 1 is never a finding."
    )
    why_is_this_bad = (
        "How many neighbours are enough depends on how well the model ranks: where one model has the right passage "
        "among the first four, another needs eight, and every one too many costs tokens and distracts the reader. "
        "A K that was chosen under the old model has to be looked at again with the new one."
    )
    invalid = (
        Example(
            """\
import faiss
import numpy as np


def neighbours(index: faiss.IndexFlatIP, query: np.ndarray):
    scores, ids = index.search(query, 8)
    return ids
""",
            lines=(6,),
        ),
        Example(
            """\
import chromadb

collection = chromadb.Client().get_collection("articles")


def retrieve(question):
    return collection.query(query_texts=[question], n_results=10)
""",
            lines=(7,),
        ),
    )
    valid = (
        Example(
            """\
import faiss
import numpy as np


def neighbours(index: faiss.IndexFlatIP, query: np.ndarray):
    scores, ids = index.search(query, 8)  # threshold@bge-small-en-v1.5
    return ids
"""
        ),
        Example(
            """\
import faiss
import numpy as np


def nearest(index: faiss.IndexFlatIP, query: np.ndarray):
    scores, ids = index.search(query, 1)
    return ids
"""
        ),
    )
