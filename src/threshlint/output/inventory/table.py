"""``table``: the inventory for a reader at a terminal, a block of aligned rows for each file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, groupby

from threshlint.output.page import Page
from threshlint.output.status import annotation_reason, is_for_any_model, models, remarks
from threshlint.output.summary import files_scanned, skipped_lines
from threshlint.output.text import column_widths, count, pad, printable, shorten
from threshlint.output.totals import HEADER, not_annotated_remark, totals
from threshlint.site import Inventory, Site

_INDENT = "  "
_GAP = "  "
_COLUMNS = ("line", "kind", "value", "name", "model", "owner", "evidence", "remarks")
_NARROWEST = {"name": 12, "model": 14, "owner": 8}  # what the columns that give way on a narrow page become at least
_NO_MODEL = "-"


def render(inventory: Inventory, page: Page) -> str:
    """Render the sites by file, those right for any model apart, the embedders, what was skipped, and totals."""
    bound = [site for site in inventory.sites if not is_for_any_model(site)]
    free = [site for site in inventory.sites if is_for_any_model(site)]
    blocks = [
        *_site_blocks(bound, inventory, page),
        _free_block(free, inventory, page),
        _embedder_block(inventory, page),
        skipped_lines(inventory, page),
        _totals_block(inventory, page),
        [page.bold(f"{count(len(inventory.sites), 'site')}; {files_scanned(inventory)}.")],
    ]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _site_blocks(sites: Sequence[Site], inventory: Inventory, page: Page) -> list[list[str]]:
    """Make a block for each file, under one header: the columns line up over all of them."""
    if not sites:
        return []
    sites = sorted(sites, key=lambda site: (site.path, site.span))
    rows = [_row(site) for site in sites]
    filled = [any(column) for column in zip(*rows, strict=True)]
    header, *rows = (tuple(compress(row, filled)) for row in (_COLUMNS, *rows))
    widths = _fitted(header, column_widths([header, *rows]), page)
    model = header.index("model")
    blocks = [[page.dim(_line(header, widths))]]
    for path, group in groupby(zip(sites, rows, strict=True), key=lambda pair: pair[0].path):
        lines = [page.bold(page.path(inventory.root, path))]
        for _, row in group:
            cells = _cells(row, widths)
            if row[model] == _NO_MODEL:
                cells[model] = page.warning(cells[model])
            lines.append(_joined(cells))
        blocks.append(lines)
    return blocks


def _row(site: Site) -> tuple[str, ...]:
    cells = (
        f"{site.span.line}:{site.span.column}",
        site.kind.value,
        site.value,
        site.name or "",
        ", ".join(models(site)) or _NO_MODEL,
        site.owner or "",
        site.evidence.value,
        "; ".join(remarks(site)),
    )
    return tuple(map(printable, cells))


def _fitted(header: Sequence[str], widths: list[int], page: Page) -> list[int]:
    """Narrow columns, the widest first, until a row fits the page; its remarks may go beyond."""
    if page.width is None:
        return widths
    fitted = dict(zip(header, widths, strict=True))
    kept = [name for name in header if name != "remarks"]
    excess = len(_INDENT) + sum(fitted[name] for name in kept) + len(_GAP) * (len(kept) - 1) - page.width
    while excess > 0:
        elastic = [name for name in kept if name in _NARROWEST and fitted[name] > _NARROWEST[name]]
        if not elastic:
            break
        fitted[max(elastic, key=lambda name: fitted[name])] -= 1
        excess -= 1
    return list(fitted.values())


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return _joined(_cells(row, widths))


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Bring cells to the width of their columns."""
    return [pad(shorten(cell, width), width) for cell, width in zip(row, widths, strict=True)]


def _joined(cells: Sequence[str]) -> str:
    return _INDENT + _GAP.join(cells).rstrip()


def _free_block(sites: Sequence[Site], inventory: Inventory, page: Page) -> list[str]:
    if not sites:
        return []
    rows = [_free_row(site, page.path(inventory.root, site.path)) for site in sites]
    widths = column_widths(rows)
    return [page.bold("Right for no model in particular (threshold@*)"), *(_line(row, widths) for row in rows)]


def _free_row(site: Site, path: str) -> tuple[str, ...]:
    cells = (
        f"{path}:{site.span.line}:{site.span.column}",
        site.kind.value,
        site.value,
        site.name or "",
        site.owner or "",
        "; ".join(filter(None, (annotation_reason(site), *remarks(site)))),
    )
    return tuple(map(printable, cells))


def _embedder_block(inventory: Inventory, page: Page) -> list[str]:
    if not inventory.embedders:
        return []
    rows = [
        (
            printable(embedder.model) + (f" ({embedder.dimensions} dimensions)" if embedder.dimensions else ""),
            f"{page.path(inventory.root, embedder.path)}:{embedder.line}",
        )
        for embedder in inventory.embedders
    ]
    widths = column_widths(rows)
    return [page.bold("Embedding models in the code"), *(_line(row, widths) for row in rows)]


def _totals_block(inventory: Inventory, page: Page) -> list[str]:
    if not inventory.sites:
        return []
    rows = totals(inventory.sites)
    widths = column_widths([HEADER, *rows])
    lines = [page.bold("Totals"), page.dim(_count_line(HEADER, widths)), *(_count_line(row, widths) for row in rows)]
    remark = not_annotated_remark(inventory.sites)
    return [*lines, f"{_INDENT}{remark}"] if remark else lines


def _count_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    (label, *counts), (first, *rest) = cells, widths
    numbers = [cell.rjust(width) for cell, width in zip(counts, rest, strict=True)]
    return _INDENT + _GAP.join([pad(label, first), *numbers])
