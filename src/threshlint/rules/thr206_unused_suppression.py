"""THR206: a suppression that suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.annotation import Suppression
from threshlint.rules.base import Context, Example, Rule
from threshlint.rules.selection import is_ignored_in
from threshlint.site import Finding, SuppressionUse


class UnusedSuppression(Rule):
    """An ``ignore[…]`` code that silenced no finding."""

    code = "THR206"
    name = "unused-suppression"
    summary = "A `threshlint: ignore[…]` suppresses nothing"
    what_it_does = (
        "Finds codes in `threshlint: ignore[…]` that silenced no finding on the lines that it covers. Codes of rules "
        "that are off are not judged."
    )
    why_is_this_bad = "It hides the next finding on that line, which nobody has looked at."
    judges_suppressions = True
    options = ("select", "ignore", "per-file-ignores")
    invalid = (
        Example(
            """\
BATCH_SIZE = 64  # threshlint: ignore[THR103] chosen by hand
""",
            lines=(1,),
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    # threshlint: ignore[THR101] the vendor's own cutoff
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small
""",
            lines=(5,),
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshlint: ignore[THR101] the vendor's own cutoff
"""
        ),
        Example(
            """\
BATCH_SIZE = 64  # threshlint: ignore[THR103] chosen by hand
""",
            options={"ignore": ("THR103",)},
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield each code that silenced nothing."""
        for use in context.suppressions:
            for code in use.parsed.codes if isinstance(use.parsed, Suppression) else ():
                if self._is_unused(use, code, context):
                    yield self.at_comment(
                        use, f"`{code}` is suppressed here, and nothing raises it", f"delete `{code}` from the comment"
                    )

    def _is_unused(self, use: SuppressionUse, code: str, context: Context) -> bool:
        judged = code != self.code and code in context.enabled_codes
        return (
            judged
            and not is_ignored_in(use.path, code, context.config)
            and (use, code) not in context.used_suppressions
        )
