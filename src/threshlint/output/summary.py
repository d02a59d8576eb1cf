"""The closing lines of the text formats, which never call clean what was not analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from threshlint.output.page import Page
from threshlint.output.text import count, printable
from threshlint.site import Finding, Inventory, Skipped


def findings_summary(findings: Sequence[Finding], inventory: Inventory) -> str:
    """Sum up a check in a sentence."""
    if findings:
        files = len({finding.path for finding in findings})
        verdict = f"Found {count(len(findings), 'finding')} in {count(files, 'file')}"
    else:
        verdict = "No findings in what was analysed" if inventory.skipped else "No findings"
    return f"{verdict}; {files_scanned(inventory)}."


def files_scanned(inventory: Inventory) -> str:
    """Say how many files were scanned, and how many could not be."""
    if not inventory.files and not inventory.skipped:
        return "there was no Python file to scan"
    scanned = f"{count(inventory.files, 'file')} scanned"
    return f"{scanned}, {len(inventory.skipped)} not analysed" if inventory.skipped else scanned


def statistics_lines(findings: Sequence[Finding], page: Page) -> list[str]:
    """Count the findings of each rule, most first."""
    counts = sorted(Counter(finding.code for finding in findings).items(), key=lambda item: (-item[1], item[0]))
    width = max((len(str(number)) for _, number in counts), default=0)
    return [f"{number:>{width}}  {page.alarm(code)}" for code, number in counts]


def skipped_lines(inventory: Inventory, page: Page) -> list[str]:
    """Name what could not be analysed, and why."""
    if not inventory.skipped:
        return []
    lines = [page.warning("Not analysed")]
    lines += [f"  {page.path(inventory.root, file.path)}: {skip_reason(file)}" for file in inventory.skipped]
    return lines


def skip_reason(file: Skipped) -> str:
    """Say why a file could not be analysed, and whether that matters."""
    return printable(file.reason) + (" (no named file depends on it)" if file.context else "")
