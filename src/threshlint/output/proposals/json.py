"""``json``: proposals for programs; ``docs/proposals.schema.json`` describes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from threshlint.output.data import Object, document, skipped_objects
from threshlint.output.page import Page
from threshlint.proposal import Proposal
from threshlint.site import Inventory

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap
    from threshlint.calibration.recalibration import Recalibration
    from threshlint.calibration.space import Space
    from threshlint.calibration.top_k import AtK

# Of the map's value: null where the owner has put another in its place.
_OF_NEW = (
    "low",
    "high",
    "volume_ratio",
    "volume_low",
    "volume_high",
    "firing_rate_new",
    "precision",
    "recall",
    "f1",
    "kappa",
    "kappa_low",
    "kappa_high",
    "count_error",
)
# Of the old value, whatever becomes of it.
_OF_OLD = (
    "positives",
    "firing_rate_old",
    "irreducible_disagreement",
    "agreement_optimal",
    "agreement_low",
    "agreement_high",
)


def render(proposals: Sequence[Proposal], made: CalibrationMap, inventory: Inventory, page: Page) -> str:
    """Render one JSON document."""
    return document(
        {
            "map": {
                "old": _space_object(made.old),
                "new": _space_object(made.new),
                "created": made.created,
                "digest": made.digest,
                "sample": made.sample.digest,
            },
            "proposals": [_proposal_object(proposal) for proposal in proposals],
            "skipped": skipped_objects(inventory),
            "files": inventory.files,
        }
    )


def _space_object(space: Space) -> Object:
    return {"model": space.model, "dimension": space.dimension, "metric": space.metric.value}


def _number(found: Recalibration | None, name: str) -> float | None:
    """Return a number of a recalibration; an end of an interval may be open, which JSON cannot say."""
    value: float | None = getattr(found, name, None)
    return value if value is None or math.isfinite(value) else None


def _top_k_object(at: AtK) -> Object:
    recovery = [{"share": share, "k": k} for share, k in at.recovery]
    return asdict(at) | {"recovery": recovery}


def _proposal_object(proposal: Proposal) -> Object:
    site, found = proposal.site, proposal.recalibration
    measured = {name: _number(found, name) if proposal.is_of_map else None for name in _OF_NEW}
    measured |= {name: _number(found, name) for name in _OF_OLD}
    method = found.method.value if found is not None and proposal.is_of_map else None
    return {
        "path": site.path,
        "line": site.span.line,
        "column": site.span.column,
        "kind": site.kind.value,
        "name": site.name,
        "scope": site.scope,
        "owner": site.owner,
        "models": list(site.models),
        "keyed": site.keyed,
        "old": proposal.old,
        "new": proposal.new,
        "unit": proposal.unit,
        "population": str(proposal.population) if proposal.population is not None else None,
        "verdict": proposal.verdict.value,
        "reason": proposal.reason,
        "method": "accepted" if method is None and proposal.accepted is not None else method,
        "accepted": proposal.accepted is not None,
        **measured,
        "remarks": list(found.remarks) if found is not None else [],
        "evidence": list(proposal.evidence),
        "top_k": _top_k_object(proposal.at_k) if proposal.at_k is not None else None,
        "obstacle": proposal.obstacle,
        "fingerprint": site.fingerprint,
    }
