"""``markdown``: the inventory for a pull request, a wiki or an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from threshlint.output.page import Page
from threshlint.output.status import annotation_reason, is_for_any_model, models, remarks
from threshlint.output.summary import files_scanned, skip_reason
from threshlint.output.text import count, printable
from threshlint.output.totals import HEADER, not_annotated_remark, totals
from threshlint.site import Embedder, Inventory, Site, Skipped

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$])")
_BACKTICKS = re.compile(r"`+")

_SITE_HEADER = ("place", "kind", "value", "name", "models", "owner", "evidence", "remarks")
_FREE_HEADER = ("place", "kind", "value", "name", "owner", "reason")
_EMBEDDER_HEADER = ("model", "dimensions", "place")
_SKIPPED_HEADER = ("path", "reason")


def render(inventory: Inventory, page: Page) -> str:
    """Render a section a topic, each with a table."""
    bound = [site for site in inventory.sites if not is_for_any_model(site)]
    free = [site for site in inventory.sites if is_for_any_model(site)]
    sections = (
        _section("Sites", _SITE_HEADER, map(_site_row, bound)),
        _section("Right for no model in particular", _FREE_HEADER, map(_free_row, free)),
        _section("Embedding models in the code", _EMBEDDER_HEADER, map(_embedder_row, inventory.embedders)),
        _section("Not analysed", _SKIPPED_HEADER, map(_skipped_row, inventory.skipped)),
        _section("Totals", [_escape(name) for name in HEADER], totals(inventory.sites) if inventory.sites else ()),
    )
    remark = not_annotated_remark(inventory.sites) or ""
    summary = f"{count(len(inventory.sites), 'site')}; {files_scanned(inventory)}."
    return "\n\n".join(filter(None, ("# Similarity thresholds", *sections, remark, summary))) + "\n"


def _section(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Render a heading and its table; nothing without rows."""
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows)]
    return "\n".join((f"## {title}", "", *lines)) if len(lines) > 2 else ""


def _site_row(site: Site) -> Sequence[str]:
    return (
        _place(site),
        site.kind.value,
        _code(site.value),
        _code(site.name or ""),
        ", ".join(map(_code, models(site))),
        _code(site.owner or ""),
        site.evidence.value,
        _escape("; ".join(remarks(site))),
    )


def _free_row(site: Site) -> Sequence[str]:
    return (
        _place(site),
        site.kind.value,
        _code(site.value),
        _code(site.name or ""),
        _code(site.owner or ""),
        _escape("; ".join(filter(None, (annotation_reason(site), *remarks(site))))),
    )


def _place(site: Site) -> str:
    return _code(f"{site.path}:{site.span.line}:{site.span.column}")


def _embedder_row(embedder: Embedder) -> Sequence[str]:
    return (_code(embedder.model), str(embedder.dimensions or ""), _code(f"{embedder.path}:{embedder.line}"))


def _skipped_row(file: Skipped) -> Sequence[str]:
    return (_code(file.path), _escape(skip_reason(file)))


def _code(text: str) -> str:
    """Write a code span, which nothing inside it can end; a pipe ends a table's cell even there.

    Owners stand in one too: ``@team`` would call the team to whatever page the inventory is put on.
    """
    if not text:
        return ""
    text = printable(text).replace("|", "\\|")
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def _escape(text: str) -> str:
    """Write text that stays text."""
    return _SPECIAL.sub(r"\\\1", printable(text))
