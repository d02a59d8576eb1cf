"""``github``: workflow commands, which GitHub shows as annotations beside the code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from threshlint.output.page import Page
from threshlint.output.summary import findings_summary, skip_reason, statistics_lines
from threshlint.output.text import printable
from threshlint.site import Finding, Inventory

_Properties = dict[str, str | int]


def render(findings: Sequence[Finding], inventory: Inventory, page: Page) -> str:
    """Render a command a finding, then one for each file that could not be analysed."""
    lines: list[str] = []
    for finding in findings:
        span = finding.span
        # GitHub shows columns only for what stands within one line.
        columns: _Properties = {"col": span.column, "endColumn": span.end_column} if span.line == span.end_line else {}
        place: _Properties = {
            "file": _checkout_path(inventory.root, finding.path),
            "line": span.line,
            "endLine": span.end_line,
        }
        message = "\n".join(map(printable, (finding.message, *finding.help.split("\n"))))
        lines.append(_command("error", place | columns | {"title": f"threshlint {finding.code}"}, message))
    for file in inventory.skipped:
        where: _Properties = {
            "file": _checkout_path(inventory.root, file.path),
            "title": "threshlint: not analysed",
        }
        lines.append(_command("warning" if file.context else "error", where, skip_reason(file)))
    if page.statistics:
        lines += statistics_lines(findings, page)
    lines.append(findings_summary(findings, inventory))
    return "".join(f"{line}\n" for line in lines)


def _checkout_path(root: str, path: str) -> str:
    """Show a path from the top of the checkout, which a project need not be at."""
    checkout = os.environ.get("GITHUB_WORKSPACE")
    whole = Path(root, path)
    return printable(whole.relative_to(checkout).as_posix() if checkout and whole.is_relative_to(checkout) else path)


def _command(name: str, properties: _Properties, message: str) -> str:
    words = ",".join(f"{key}={_escape_property(str(value))}" for key, value in properties.items())
    return f"::{name} {words}::{_escape(message)}"


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
