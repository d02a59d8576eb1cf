"""What the JSON formats are made of; ``docs/*.schema.json`` describe it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from threshlint import __version__
from threshlint.output.status import models, suppressed_codes, suppression_reason
from threshlint.site import Inventory, Site, Span, Step

SCHEMA_VERSION = 1

Object = dict[str, Any]


def document(content: Object) -> str:
    """Write a whole JSON document.

    All in ASCII, since whoever redirects the output also picks an encoding for it.
    """
    head = {"version": SCHEMA_VERSION, "tool": {"name": "threshlint", "version": __version__}}
    return json.dumps(head | content, indent=2) + "\n"


def span_object(span: Span) -> Object:
    """Say where a literal or a remark stands."""
    return {"line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}


def trace_objects(trace: Iterable[Step]) -> list[Object]:
    """List the steps of a trace."""
    return [{"path": step.path, "line": step.line, "note": step.note} for step in trace]


def site_object(site: Site) -> Object:
    """Say all that is known of a site."""
    annotation = site.annotation
    return {
        "path": site.path,
        **span_object(site.span),
        "value": site.value,
        "kind": site.kind.value,
        "name": site.name,
        "scope": site.scope,
        "models": list(models(site)),
        "keyed": site.keyed,
        "owner": site.owner,
        "unit": (annotation.unit if annotation else None) or site.unit,
        "sources": list(site.sources),
        "population": (annotation.population if annotation else None) or site.population,
        "reason": annotation.reason if annotation else None,
        "evidence": site.evidence.value,
        "trace": trace_objects(site.trace),
        "exempt": site.exempt.value if site.exempt else None,
        "suppressed": suppression_reason(site),
        "suppressed_codes": list(suppressed_codes(site)),
        "test": site.test,
        "fingerprint": site.fingerprint,
    }


def skipped_objects(inventory: Inventory) -> list[Object]:
    """List what could not be analysed."""
    return [{"path": file.path, "reason": file.reason, "context": file.context} for file in inventory.skipped]
