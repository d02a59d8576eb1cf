"""``full``: each finding with its source, its trace and what to do, for a reader at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from threshlint.output.page import Page
from threshlint.output.source import Sources
from threshlint.output.summary import findings_summary, skipped_lines, statistics_lines
from threshlint.output.text import ELLIPSIS, display_width, printable, source_cells
from threshlint.site import Finding, Inventory, Span, Step

_LONGEST_LINE = 160  # of source, where the page has no width of its own
_SHORTEST_LINE = 20


def render(findings: Sequence[Finding], inventory: Inventory, page: Page) -> str:
    """Render the findings in blocks, what could not be analysed, and a summary."""
    sources = Sources(Path(inventory.root))
    blocks = [_block(finding, inventory.root, sources, page) for finding in findings]
    blocks.append(skipped_lines(inventory, page))
    if page.statistics:
        blocks.append(statistics_lines(findings, page))
    end = [page.bold(findings_summary(findings, inventory))]
    if findings:
        end.append(f"Explain a rule: threshlint rule {findings[0].code}")
    blocks.append(end)
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _block(finding: Finding, root: str, sources: Sources, page: Page) -> list[str]:
    span = finding.span
    place = f"{page.path(root, finding.path)}:{span.line}:{span.column}"
    lines = [f"{page.bold(place)}: {page.alarm(finding.code)} {printable(finding.message)}"]
    margin = " " * len(str(span.line))
    source = sources.line(finding.path, span.line)
    if source is not None:
        excerpt = _excerpt(source, span, _room(page, len(margin) + 3))
        lines.append(f"{page.dim(f'{span.line} |')} {excerpt.text}")
        lines.append(f"{page.dim(f'{margin} |')} {page.alarm(excerpt.carets)}")
    shown = (finding.path, span.line)
    for number, step in enumerate(finding.trace, start=1):
        lines += _step(number, step, root, sources, page, shown)
        shown = (step.path, step.line)
    first, *rest = map(printable, finding.help.split("\n"))
    return [*lines, f"{page.advice('help:')} {first}", *(f"      {line}" for line in rest)]


def _step(number: int, step: Step, root: str, sources: Sources, page: Page, shown: tuple[str, int]) -> list[str]:
    """Show a step of the trace, with its source line unless that was the last one shown."""
    lines = [f"  {number}. {page.path(root, step.path)}:{step.line}: {printable(step.note)}"]
    source = sources.line(step.path, step.line) if (step.path, step.line) != shown else None
    if source is not None:
        text = source.strip()
        start = Span(1, 1, 1, 1)
        lines.append(f"{page.dim('     |')} {_excerpt(text, start, _room(page, 7)).text}")
    return lines


def _room(page: Page, margin: int) -> int:
    return max((page.width or _LONGEST_LINE) - margin, _SHORTEST_LINE)


@dataclass(frozen=True)
class _Excerpt:
    text: str
    carets: str


def _excerpt(line: str, span: Span, room: int) -> _Excerpt:
    """Show a source line, or what of it fits around a span, with carets under the span."""
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line)
    offset = max(start - room, 0)  # what is farther away cannot fit; a line may be a megabyte long
    cells = source_cells(line[offset : start + room + 1])
    widths = [display_width(cell) for cell in cells]
    start, end = start - offset, min(end - offset, len(cells))
    first, last = _window(widths, start, end, room)
    before = ELLIPSIS if offset + first > 0 else ""
    after = ELLIPSIS if offset + last < len(line) else ""
    indent = len(before) + sum(widths[first:start])
    carets = max(sum(widths[start : min(end, last)]), 1)
    return _Excerpt(before + "".join(cells[first:last]).rstrip() + after, " " * indent + "^" * carets)


def _window(widths: Sequence[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Choose which cells of a line are shown: all of them, or those around a span that fit."""
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 2 * len(ELLIPSIS)
    first = last = start
    used = 0
    while last < end and used + widths[last] <= room:
        used += widths[last]
        last += 1
    # What stands before a literal says more than what follows it: it has two thirds of the rest.
    before = (room - used) * 2 // 3
    while first > 0 and widths[first - 1] <= before:
        first -= 1
        before -= widths[first]
        used += widths[first]
    while last < len(widths) and used + widths[last] <= room:
        used += widths[last]
        last += 1
    while first > 0 and used + widths[first - 1] <= room:
        first -= 1
        used += widths[first]
    return first, last
