"""THR104: a cluster boundary without ``threshold@model``."""

from __future__ import annotations

from threshlint.rules.base import Example
from threshlint.rules.unversioned import UnversionedSite
from threshlint.site import Kind


class UnversionedClusterBoundary(UnversionedSite):
    """A boundary of clusters of embeddings that names no model."""

    code = "THR104"
    name = "unversioned-cluster-boundary"
    kind = Kind.CLUSTER_BOUNDARY
    summary = "A cluster boundary does not say for which embedding model it was calibrated"
    what_it_does = (
        "Finds numbers that set where clusters of embeddings begin and end, or how many there are, and that neither a "
        "`threshold@model` covers nor a table keyed by models holds."
    )
    why_is_this_bad = (
        "A radius that gathers one topic in the old space swallows the whole collection, or falls apart into single "
        "items, in a space whose vectors lie closer together or further apart. The clusters change without an error, "
        "and so does everything that is built upon them."
    )
    invalid = (
        Example(
            """\
from sentence_transformers import SentenceTransformer
from sklearn.cluster import DBSCAN


def topics(texts):
    embeddings = SentenceTransformer("all-MiniLM-L6-v2").encode(texts)
    return DBSCAN(eps=0.3, metric="cosine").fit_predict(embeddings)
""",
            lines=(7,),
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import SentenceTransformer
from sklearn.cluster import DBSCAN


def topics(texts):
    embeddings = SentenceTransformer("all-MiniLM-L6-v2").encode(texts)
    return DBSCAN(eps=0.3, metric="cosine").fit_predict(embeddings)  # threshold@all-MiniLM-L6-v2
"""
        ),
        Example(
            """\
from sklearn.cluster import DBSCAN


def places(coordinates):
    return DBSCAN(eps=0.3, metric="haversine").fit_predict(coordinates)
"""
        ),
    )
