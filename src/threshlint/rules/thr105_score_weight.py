"""THR105: a score weight without ``threshold@model``."""

from __future__ import annotations

from threshlint.rules.base import Example
from threshlint.rules.unversioned import UnversionedSite
from threshlint.site import Kind


class UnversionedScoreWeight(UnversionedSite):
    """A weight of an embedding score that names no model."""

    code = "THR105"
    name = "unversioned-score-weight"
    kind = Kind.SCORE_WEIGHT
    summary = "A weight of an embedding score does not say for which embedding model it was tuned"
    what_it_does = (
        "Finds numbers that mix an embedding score with another, or rescale it, and that neither a `threshold@model` "
        "covers nor a table keyed by models holds."
    )
    why_is_this_bad = (
        "A weight balances two scales. Change the model and one of them changes: if its similarities now lie between "
        "0.6 and 0.9 where they used to fill 0 to 1, the same 0.7 leaves the decision to the other score."
    )
    invalid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def hybrid(query, passage, bm25):
    dense = cosine_similarity([query], [passage])[0][0]
    return 0.7 * dense + bm25
""",
            lines=(6,),
        ),
    )
    valid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def hybrid(query, passage, bm25):
    dense = cosine_similarity([query], [passage])[0][0]
    return 0.7 * dense + bm25  # threshold@text-embedding-3-small unit=weight
"""
        ),
        Example(
            """\
def average_price(old, new):
    return 0.7 * old + 0.3 * new
"""
        ),
    )
