"""``concise``: a line a finding, ``path:line:column: CODE message``; problem matchers read it."""

from __future__ import annotations

from collections.abc import Sequence

from threshlint.output.page import Page
from threshlint.output.summary import skip_reason, statistics_lines
from threshlint.output.text import printable
from threshlint.site import Finding, Inventory

# Stands where a finding has its code, so that a problem matcher shows what could not be analysed as well.
_NOT_ANALYSED = "SKIPPED"


def render(findings: Sequence[Finding], inventory: Inventory, page: Page) -> str:
    """Render a line a finding, then one for each file that could not be analysed."""
    lines: list[str] = []
    for finding in findings:
        place = f"{page.path(inventory.root, finding.path)}:{finding.span.line}:{finding.span.column}"
        lines.append(f"{page.bold(place)}: {page.alarm(finding.code)} {printable(finding.message)}")
    for file in inventory.skipped:
        place = f"{page.path(inventory.root, file.path)}:1:1"
        lines.append(f"{page.bold(place)}: {page.warning(_NOT_ANALYSED)} not analysed: {skip_reason(file)}")
    if page.statistics:
        lines += statistics_lines(findings, page)
    return "".join(f"{line}\n" for line in lines)
