"""``csv``: a row for each site, each embedder and each file that could not be analysed, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from threshlint.output.page import Page
from threshlint.output.status import annotation_reason, models, suppression_reason
from threshlint.site import Embedder, Inventory, Site, Skipped

COLUMNS = (
    "record",  # site, embedder or skipped
    "path",
    "line",
    "column",
    "kind",
    "value",
    "name",
    "scope",
    "models",
    "dimensions",
    "owner",
    "evidence",
    "exempt",
    "suppressed",
    "test",
    "fingerprint",
    "reason",  # of a threshold@*, or why a file was not analysed
)

_Row = Mapping[str, object]

# What a spreadsheet takes for a formula: code from elsewhere must not run in it.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
# A number stays one, and so does an owner (`@org/team`): neither can call anything.
_HARMLESS = re.compile(r"[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?|@[\w./-]+")


def render(inventory: Inventory, page: Page) -> str:
    """Render a table with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(inventory):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return text.getvalue()


def _rows(inventory: Inventory) -> Iterator[_Row]:
    yield from map(_site_row, inventory.sites)
    yield from map(_embedder_row, inventory.embedders)
    yield from map(_skipped_row, inventory.skipped)


def _site_row(site: Site) -> _Row:
    reason = suppression_reason(site)
    return {
        "record": "site",
        "path": site.path,
        "line": site.span.line,
        "column": site.span.column,
        "kind": site.kind.value,
        "value": site.value,
        "name": site.name,
        "scope": site.scope,
        "models": ",".join(models(site)),
        "owner": site.owner,
        "evidence": site.evidence.value,
        "exempt": site.exempt.value if site.exempt else None,
        "suppressed": "yes" if reason == "" else reason,
        "test": "yes" if site.test else None,
        "fingerprint": site.fingerprint,
        "reason": annotation_reason(site),
    }


def _embedder_row(embedder: Embedder) -> _Row:
    return {
        "record": "embedder",
        "path": embedder.path,
        "line": embedder.line,
        "models": embedder.model,
        "dimensions": embedder.dimensions,
    }


def _skipped_row(file: Skipped) -> _Row:
    return {"record": "skipped", "path": file.path, "reason": file.reason}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text
