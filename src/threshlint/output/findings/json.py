"""``json``: findings for programs; ``docs/findings.schema.json`` describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from threshlint.output.data import Object, document, site_object, skipped_objects, span_object, trace_objects
from threshlint.output.page import Page
from threshlint.site import Finding, Inventory


def render(findings: Sequence[Finding], inventory: Inventory, page: Page) -> str:
    """Render one JSON document."""
    return document(
        {
            "findings": [_finding_object(finding) for finding in findings],
            "statistics": dict(sorted(Counter(finding.code for finding in findings).items())),
            "skipped": skipped_objects(inventory),
            "files": inventory.files,
        }
    )


def _finding_object(finding: Finding) -> Object:
    return {
        "code": finding.code,
        "path": finding.path,
        **span_object(finding.span),
        "message": finding.message,
        "help": finding.help,
        "trace": trace_objects(finding.trace),
        "site": site_object(finding.site) if finding.site else None,
    }
