"""Whether a new value can be vouched for.

``needs-labels`` is judged on Cohen's kappa and not on F1, for F1 against the old decisions is the pass rate itself for
two unrelated models; ``insufficient-tail`` on how well the volume is known and not on the count of positives, for a
narrow interval of the threshold is not a valid map, and many positives may all be one family's.
"""

from __future__ import annotations

from dataclasses import dataclass

from threshlint.calibration.recalibration import Limits, Verdict
from threshlint.calibration.volume import Volume

_MOST_CUT_OFF = 0.05
PARTIAL_INDEX = (
    Verdict.PARTIAL_INDEX,
    "the sample holds a part of the index, and with more documents best hits are closer: "
    "embed all documents with both models, or say how many there are",
)


@dataclass(frozen=True)
class Facts:
    """What a verdict stands on.

    Attributes:
        positives: How many old-positive pairs there are.
        kappa: Cohen's kappa at the matched threshold.
        kappas: Its lower and upper confidence bounds.
        volume: The volume ratio with its interval.
        same_hit: Of the queries that pass both thresholds, the share whose best hit is the same; None but for ``top1``.
        cut_off: Share of the positives whose seed has as many as neighbours were taken.
        partial_index: Whether best hits are those of a part of the index only.

    """

    positives: int
    kappa: float | None
    kappas: tuple[float, float] | None
    volume: Volume | None
    same_hit: float | None
    cut_off: float
    partial_index: bool


def judge(facts: Facts, limits: Limits) -> tuple[Verdict, str]:
    """Return the verdict, and for all but ``ok`` why and what to do."""
    known = facts.volume is not None and facts.volume.half_width <= limits.volume
    if facts.kappas is not None and facts.kappas[1] < limits.kappa:
        return Verdict.NEEDS_LABELS, _disagreement(facts, limits)
    if facts.cut_off > _MOST_CUT_OFF:
        return (
            Verdict.INSUFFICIENT_TAIL,
            f"{facts.cut_off:.0%} of the positives are of seeds that have as many as neighbours were taken, so more "
            "are missing: take more neighbours of each seed",
        )
    if not known or facts.kappas is None:
        return Verdict.INSUFFICIENT_TAIL, _few(facts, limits)
    if facts.kappas[0] < limits.kappa:
        return Verdict.NEEDS_LABELS, _disagreement(facts, limits)
    if facts.same_hit is not None and facts.same_hit < limits.same_hit:
        return (
            Verdict.NEEDS_LABELS,
            f"the rule would pass as often, but on other documents: of the queries that pass both thresholds, "
            f"{facts.same_hit:.0%} have the same best hit, and {limits.same_hit:.0%} is asked for; label pairs",
        )
    if facts.partial_index:
        return PARTIAL_INDEX
    return Verdict.OK, ""


def _disagreement(facts: Facts, limits: Limits) -> str:
    low = 0.0 if facts.kappas is None else facts.kappas[0]
    return (
        f"the two models decide too differently (Cohen's kappa {facts.kappa:.2f}, at least {low:.2f} at 95 % "
        f"confidence; {limits.kappa:g} is asked for): no threshold reproduces the rule, so label pairs and choose by "
        "them"
    )


def _few(facts: Facts, limits: Limits) -> str:
    if facts.volume is None or facts.volume.half_width > 1:
        width = "it may be anything"  # all hangs on one or two families, or on hardly any pair
    else:
        width = f"known within {100 * facts.volume.half_width:.0f} %"
    return (
        f"{facts.positives} old-positive pairs do not settle the volume ({width}; within {100 * limits.volume:g} % is "
        "asked for): add the nearest neighbours of some items in both spaces to the sample"
    )
