"""A rule for Fixit that is like ruff's PLR2004: a number in a comparison."""

from __future__ import annotations

import libcst as cst
from fixit import LintRule


class ComparedNumber(LintRule):
    """A number is compared with something."""

    MESSAGE = "a number in a comparison; give it a name"

    def visit_Comparison(self, node: cst.Comparison) -> None:  # noqa: N802 - LibCST names it
        """Look at what is compared."""
        for target in node.comparisons:
            if isinstance(target.comparator, (cst.Integer, cst.Float)):
                self.report(target.comparator)
