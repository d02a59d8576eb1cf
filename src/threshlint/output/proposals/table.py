"""``table``: proposals for a reader at a terminal, a row for each site and below it what is behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from threshlint.output.page import Page
from threshlint.output.proposal_words import (
    agreement,
    firing,
    interval,
    map_line,
    ratio,
    share,
    summary,
    volume,
    why,
)
from threshlint.output.summary import skipped_lines
from threshlint.output.text import column_widths, count, pad, printable, shorten
from threshlint.proposal import Proposal
from threshlint.site import Inventory

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap

_COLUMNS = ("line", "name", "old", "new", "95 % interval", "fires", "F1", "verdict")
_VERDICT = _COLUMNS.index("verdict")
_INDENT = "  "
_GAP = "  "
_DETAIL = 4 * " "
_WIDTH = 100  # where the page has none
_NAME_LENGTHS = (8, 24)
_NOTHING = "-"


def render(proposals: Sequence[Proposal], made: CalibrationMap, inventory: Inventory, page: Page) -> str:
    """Render the proposals by file, what was skipped, and a summary."""
    blocks = [
        [page.bold(printable(f"{made.old.model} -> {made.new.model}")), printable(map_line(made))],
        *_file_blocks(proposals, inventory, page),
        skipped_lines(inventory, page),
        [page.bold(summary(proposals, inventory))],
    ]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _file_blocks(proposals: Sequence[Proposal], inventory: Inventory, page: Page) -> Iterator[list[str]]:
    """Yield the header, and a block for each file: the columns line up over all of them."""
    if not proposals:
        return
    ordered = sorted(proposals, key=lambda proposal: (proposal.site.path, proposal.site.span))
    rows = [_row(proposal) for proposal in ordered]
    widths = _fitted(column_widths([_COLUMNS, *rows]), page.width or _WIDTH)
    yield [page.dim(_joined(_cells(_COLUMNS, widths)))]
    for path, group in groupby(zip(ordered, rows, strict=True), key=lambda pair: pair[0].site.path):
        lines = [page.bold(page.path(inventory.root, path))]
        for proposal, row in group:
            cells = _cells(row, widths)
            if not proposal.is_ok or proposal.obstacle:
                cells[_VERDICT] = page.warning(cells[_VERDICT].rstrip())
            lines += [_joined(cells), *map(page.dim, _details(proposal, page))]
        yield lines


def _row(proposal: Proposal) -> tuple[str, ...]:
    site, found = proposal.site, proposal.recalibration
    return (
        f"{site.span.line}:{site.span.column}",
        printable(site.name or ""),
        printable(site.value),
        proposal.new_text or _NOTHING,
        interval(proposal) or _NOTHING,
        firing(proposal) or _NOTHING,
        ratio(found.f1 if found is not None and proposal.is_of_map else None) or _NOTHING,
        "accepted" if proposal.accepted is not None else str(proposal.verdict),
    )


def _details(proposal: Proposal, page: Page) -> Iterator[str]:
    """Yield the lines below a proposal's row, each within the page."""
    width = max(page.width or _WIDTH, 40)
    for text in (*_facts(proposal), *why(proposal)):
        yield from textwrap.wrap(
            printable(text), width, initial_indent=_DETAIL, subsequent_indent=_DETAIL + _INDENT, break_long_words=False
        )


def _facts(proposal: Proposal) -> Iterator[str]:
    """Yield what was measured, beyond the row."""
    where = f" over {proposal.population}" if proposal.population else ""
    unit = f", in {proposal.unit}" if proposal.unit else ""
    found = proposal.recalibration
    if found is None:
        yield f"{proposal.site.kind}{where}{unit}"
        return
    yield f"{proposal.site.kind}{where}{unit}; rests on {count(found.positives, 'old positive')}"
    if proposal.is_of_map and found.precision is not None:
        yield (
            f"held out: precision {ratio(found.precision)}, recall {ratio(found.recall)}, "
            f"kappa {ratio(found.kappa)} (at least {ratio(found.kappa_low)}), volume {volume(proposal)}"
        )
    if found.agreement_optimal is not None:
        lost = share(found.irreducible_disagreement)
        yield f"best agreement at {agreement(proposal)}" + (f"; irreducible disagreement {lost}" if lost else "")


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [pad(shorten(cell, width), width) for cell, width in zip(row, widths, strict=True)]


def _fitted(widths: list[int], page_width: int) -> list[int]:
    """Narrow the names until a row fits the page."""
    shortest, longest = _NAME_LENGTHS
    name = _COLUMNS.index("name")
    room = page_width - len(_INDENT) - len(_GAP) * (len(widths) - 1) - sum(widths) + widths[name]
    return [*widths[:name], min(widths[name], max(shortest, min(longest, room))), *widths[name + 1 :]]


def _joined(cells: Sequence[str]) -> str:
    return _INDENT + _GAP.join(cells).rstrip()
