"""THR101: a similarity threshold without ``threshold@model``."""

from __future__ import annotations

from threshlint.rules.base import Example
from threshlint.rules.unversioned import UnversionedSite
from threshlint.site import Kind


class UnversionedSimilarityThreshold(UnversionedSite):
    """A cutoff on similarities that names no model."""

    code = "THR101"
    name = "unversioned-similarity-threshold"
    kind = Kind.SIMILARITY_THRESHOLD
    summary = "A similarity threshold does not say for which embedding model it was calibrated"
    what_it_does = (
        "Finds numbers that cut similarities (higher is closer) and that neither a `threshold@model` covers nor a "
        "table keyed by models holds."
    )
    why_is_this_bad = (
        "A similarity belongs to the model whose space it was measured in. One model puts unrelated texts at 0.1, "
        "another at 0.7, so a cutoff that found duplicates under the old model may pass everything, or nothing, under "
        "the next. Nothing fails when the model is changed: the number keeps its looks and loses its meaning."
    )
    invalid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    return cosine_similarity([a], [b])[0][0] > 0.92
""",
            lines=(5,),
        ),
        Example(
            """\
SIMILARITY_THRESHOLD = 0.82
""",
            lines=(1,),
            context={
                "dedupe.py": """\
from example import SIMILARITY_THRESHOLD
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > SIMILARITY_THRESHOLD
"""
            },
        ),
    )
    valid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity

DUPLICATE = {  # threshold@key
    "text-embedding-3-small": 0.92,
    "bge-small-en-v1.5": 0.81,
}


def is_duplicate(a, b, model):
    return cosine_similarity([a], [b])[0][0] > DUPLICATE[model]
"""
        ),
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    return cosine_similarity([a], [b])[0][0] > 0.92  # threshold@text-embedding-3-small
"""
        ),
        Example(
            """\
from difflib import SequenceMatcher


def is_same_title(a, b):
    return SequenceMatcher(None, a, b).ratio() > 0.9
"""
        ),
    )
