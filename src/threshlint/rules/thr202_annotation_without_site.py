"""THR202: an annotation with no site under it."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.annotation import ANNOTATION_PREFIX, Annotation
from threshlint.rules.base import Context, Example, Rule
from threshlint.site import Finding


class AnnotationWithoutSite(Rule):
    """A ``threshold@model`` that covers no site."""

    code = "THR202"
    name = "annotation-without-site"
    summary = "A `threshold@model` covers no threshold"
    what_it_does = (
        "Finds annotations that cover no site: the threshold has moved away or is gone, the comment stands a blank "
        "line above it or on the wrong line, or `threshold@key` stands on something that has no keys."
    )
    why_is_this_bad = (
        "A left-over annotation claims a calibration that no longer holds for anything, and one that has slipped "
        "leaves the threshold that it was meant for without a model."
    )
    invalid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    # threshold@text-embedding-3-small

    return cosine_similarity([a], [b])[0][0] > 0.92
""",
            lines=(5,),
        ),
        Example(
            """\
# threshold@text-embedding-3-small
BATCH_SIZE = 64
""",
            lines=(1,),
        ),
    )
    valid = (
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    # threshold@text-embedding-3-small
    return cosine_similarity([a], [b])[0][0] > 0.92
"""
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the annotations that cover nothing."""
        for use in context.annotations:
            if isinstance(use.parsed, Annotation) and not use.sites:
                what = "table with keys" if use.parsed.by_key else "site"
                yield self.at_comment(
                    use,
                    f"`{ANNOTATION_PREFIX}{','.join(use.parsed.models)}` covers no {what}",
                    "put it at the end of the threshold's statement or directly above, or delete it",
                )
