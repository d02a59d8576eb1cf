"""``markdown``: the inventory for a pull request, a wiki or an issue."""

from __future__ import annotations

from collections.abc import Sequence

from threshlint.output.markup import code, escape, section
from threshlint.output.page import Page
from threshlint.output.status import annotation_reason, is_for_any_model, models, remarks
from threshlint.output.summary import files_scanned, skip_reason
from threshlint.output.text import count
from threshlint.output.totals import HEADER, not_annotated_remark, totals
from threshlint.site import Embedder, Inventory, Site, Skipped

_SITE_HEADER = ("place", "kind", "value", "name", "models", "owner", "evidence", "remarks")
_FREE_HEADER = ("place", "kind", "value", "name", "owner", "reason")
_EMBEDDER_HEADER = ("model", "dimensions", "place")
_SKIPPED_HEADER = ("path", "reason")


def render(inventory: Inventory, page: Page) -> str:
    """Render a section a topic, each with a table."""
    bound = [site for site in inventory.sites if not is_for_any_model(site)]
    free = [site for site in inventory.sites if is_for_any_model(site)]
    sections = (
        section("Sites", _SITE_HEADER, map(_site_row, bound)),
        section("Right for no model in particular", _FREE_HEADER, map(_free_row, free)),
        section("Embedding models in the code", _EMBEDDER_HEADER, map(_embedder_row, inventory.embedders)),
        section("Not analysed", _SKIPPED_HEADER, map(_skipped_row, inventory.skipped)),
        section("Totals", [escape(name) for name in HEADER], totals(inventory.sites) if inventory.sites else ()),
    )
    remark = not_annotated_remark(inventory.sites) or ""
    summary = f"{count(len(inventory.sites), 'site')}; {files_scanned(inventory)}."
    return "\n\n".join(filter(None, ("# Similarity thresholds", *sections, remark, summary))) + "\n"


def _site_row(site: Site) -> Sequence[str]:
    return (
        _place(site),
        site.kind.value,
        code(site.value),
        code(site.name or ""),
        ", ".join(map(code, models(site))),
        code(site.owner or ""),
        site.evidence.value,
        escape("; ".join(remarks(site))),
    )


def _free_row(site: Site) -> Sequence[str]:
    return (
        _place(site),
        site.kind.value,
        code(site.value),
        code(site.name or ""),
        code(site.owner or ""),
        escape("; ".join(filter(None, (annotation_reason(site), *remarks(site))))),
    )


def _place(site: Site) -> str:
    return code(f"{site.path}:{site.span.line}:{site.span.column}")


def _embedder_row(embedder: Embedder) -> Sequence[str]:
    return (code(embedder.model), str(embedder.dimensions or ""), code(f"{embedder.path}:{embedder.line}"))


def _skipped_row(file: Skipped) -> Sequence[str]:
    return (code(file.path), escape(skip_reason(file)))
