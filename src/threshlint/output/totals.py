"""How many sites of each kind there are, and how many of them name a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from threshlint.output.status import is_annotated, is_for_any_model, suppressed_codes
from threshlint.output.text import count
from threshlint.site import Kind, Site

HEADER = ("kind", "sites", "annotated", "threshold@*", "not annotated")


def totals(sites: Sequence[Site]) -> list[tuple[str, ...]]:
    """Count the sites of each kind, and all of them in the last row."""
    rows = [_row(kind.value, [site for site in sites if site.kind is kind]) for kind in Kind]
    return [*rows, _row("total", sites)]


def not_annotated_remark(sites: Iterable[Site]) -> str | None:
    """Say why some sites without an annotation are no findings."""
    missing = [site for site in sites if not is_annotated(site) and not is_for_any_model(site)]
    counts = Counter(_excuse(site) for site in missing)
    excused = [f"{counts[excuse]} {excuse}" for excuse in ("exempt", "suppressed", "in tests") if counts[excuse]]
    return f"Of the {count(len(missing), 'site')} not annotated: {', '.join(excused)}." if excused else None


def _row(label: str, sites: Sequence[Site]) -> tuple[str, ...]:
    annotated = sum(map(is_annotated, sites))
    any_model = sum(map(is_for_any_model, sites))
    return (label, *map(str, (len(sites), annotated, any_model, len(sites) - annotated - any_model)))


def _excuse(site: Site) -> str | None:
    if site.exempt is not None:
        return "exempt"
    if suppressed_codes(site):
        return "suppressed"
    return "in tests" if site.test else None
