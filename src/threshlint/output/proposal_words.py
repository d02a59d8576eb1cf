"""What the formats for readers say of a proposal, number by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from threshlint.output.summary import files_scanned
from threshlint.output.text import count
from threshlint.proposal import Proposal
from threshlint.site import Inventory

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap
    from threshlint.calibration.recalibration import Recalibration

_ARROW = "->"


def map_line(made: CalibrationMap) -> str:
    """Say which map the proposals come from."""
    items = count(made.sample.items, "item")
    queries = f" and {count(made.sample.queries, 'query', 'queries')}" if made.sample.queries else ""
    return f"From a map of {made.created}, made of {items}{queries}, digest {made.digest[:12]}."


def verdict(proposal: Proposal) -> str:
    """Give the verdict, and whether the owner has overruled it."""
    return f"accepted ({proposal.verdict})" if proposal.accepted is not None else str(proposal.verdict)


def number(value: float | None) -> str:
    """Write a threshold as far as it tells anything."""
    return "" if value is None else f"{value:.4g}"


def ratio(value: float | None) -> str:
    """Write a measure of agreement, or a ratio."""
    return "" if value is None else f"{value:.3g}"


def share(value: float | None) -> str:
    """Write a share as a percentage."""
    return "" if value is None else f"{100 * value:.3g} %"


def interval(proposal: Proposal) -> str:
    """Give the interval of the new value."""
    found = _measured(proposal)
    return _range(found.low, found.high, number) if found is not None else ""


def firing(proposal: Proposal) -> str:
    """Say what share passes, before and after."""
    found = proposal.recalibration
    if found is None or found.firing_rate_old is None:
        return ""
    after = share(found.firing_rate_new) if proposal.is_of_map else ""
    return f"{share(found.firing_rate_old)} {_ARROW} {after or '?'}"


def volume(proposal: Proposal) -> str:
    """Say how many pairs pass for each that passed, with its interval."""
    found = _measured(proposal)
    if found is None or found.volume_ratio is None:
        return ""
    return f"{ratio(found.volume_ratio)} ({_range(found.volume_low, found.volume_high, ratio)})"


def agreement(proposal: Proposal) -> str:
    """Give the value whose decisions agree best with the old ones, with its interval."""
    found = proposal.recalibration
    if found is None or found.agreement_optimal is None:
        return ""
    return f"{number(found.agreement_optimal)} ({_range(found.agreement_low, found.agreement_high, number)})"


def why(proposal: Proposal) -> Iterator[str]:
    """Yield what the owner should know, a sentence each."""
    if proposal.reason:
        yield f"{proposal.verdict}: {proposal.reason}" if proposal.accepted is not None else proposal.reason
    yield from proposal.evidence
    found = proposal.recalibration
    if found is not None:
        yield from found.remarks
        if not proposal.is_of_map and found.new is not None:
            yield f"the map's own value: {number(found.new)}"
    if proposal.obstacle:
        yield f"it cannot be written: {proposal.obstacle}"


def summary(proposals: Sequence[Proposal], inventory: Inventory) -> str:
    """Count the proposals by what becomes of them."""
    accepted = sum(proposal.accepted is not None for proposal in proposals)
    well = sum(proposal.is_ok for proposal in proposals) - accepted
    parts = [f"{well} ok"] if well else []
    parts += [f"{accepted} accepted"] if accepted else []
    refused = len(proposals) - well - accepted
    parts += [f"{refused} refused"] if refused else []
    obstructed = sum(proposal.obstacle is not None for proposal in proposals)
    parts += [f"{obstructed} that cannot be written"] if obstructed else []
    total = count(len(proposals), "proposal") + (f": {', '.join(parts)}" if parts else "")
    return f"{total}; {files_scanned(inventory)}."


def _measured(proposal: Proposal) -> Recalibration | None:
    return proposal.recalibration if proposal.is_of_map else None


def _range(low: float | None, high: float | None, say: Callable[[float], str]) -> str:
    if low is None or high is None:
        return ""
    if math.isinf(low) or math.isinf(high):  # the sample does not say where it ends
        return f"up to {say(high)}" if math.isfinite(high) else f"from {say(low)}" if math.isfinite(low) else "open"
    return f"{say(low)} to {say(high)}"
