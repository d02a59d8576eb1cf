"""THR201: an annotation or a suppression that the grammar does not know."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.annotation import Malformed
from threshlint.rules.base import Context, Example, Rule
from threshlint.rules.selection import nearest
from threshlint.site import Finding


class MalformedAnnotation(Rule):
    """A ``threshold@…`` or ``threshlint: …`` that says nothing, since it cannot be read."""

    code = "THR201"
    name = "malformed-annotation"
    summary = "A `threshold@…` or `threshlint: ignore[…]` cannot be read"
    what_it_does = (
        "Finds comments that begin like an annotation or a suppression and do not follow the grammar: no model, an "
        "unknown or repeated key, a `threshold@*` without a reason, an `ignore` without codes or with a code that no "
        "rule has; and two annotations that cover the same site by equal right and disagree."
    )
    why_is_this_bad = (
        "What cannot be read annotates nothing and suppresses nothing, while everyone who reads the code believes that "
        "it does."
    )
    invalid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small ownr=search
""",
            lines=(5,),
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    # threshold@*
    return util.cos_sim(a, b) > 0.82
""",
            lines=(5,),
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshlint: ignore[THR999] measured elsewhere
""",
            lines=(5,),
        ),
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    # threshold@text-embedding-3-small
    # threshold@bge-small-en-v1.5
    return cosine_similarity([a], [b])[0][0] > 0.92
""",
            lines=(5, 6),
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small owner=search
"""
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    # threshold@* reason="a starting point; callers pass their own"
    return util.cos_sim(a, b) > 0.82
"""
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    # How to write a threshold@model is described in the docs.
    return util.cos_sim(a, b) > 0.82
"""
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what the grammar does not know, and codes that no rule has."""
        for annotation in context.annotations:
            if isinstance(annotation.parsed, Malformed):
                message = f"malformed annotation `{annotation.parsed.text}`: {annotation.parsed.problem}"
                yield self.at_comment(
                    annotation, message, "write `threshold@MODEL`, then `key=value`s: owner, unit, population, reason"
                )
        for suppression in context.suppressions:
            parsed = suppression.parsed
            if isinstance(parsed, Malformed):
                message = f"malformed suppression `{parsed.text}`: {parsed.problem}"
                yield self.at_comment(suppression, message, "write `threshlint: ignore[CODE] reason`")
                continue
            for code in parsed.codes:
                if code not in context.known_codes:
                    hint = nearest(code, context.known_codes)
                    yield self.at_comment(suppression, f"`{code}` is no rule; {hint}", "name the rule to suppress")
