"""What a calibration map says of one threshold: a new value with its evidence, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from threshlint.calibration.population import Population


class Verdict(str, Enum):
    """Whether a new value can be vouched for, and if not, why."""

    OK = "ok"
    NEEDS_LABELS = "needs-labels"  # no new threshold reproduces the rule: the models rank too differently
    INSUFFICIENT_TAIL = "insufficient-tail"  # too few old positives to know the volume
    PARTIAL_INDEX = "partial-index"  # best hits of a part of the index are not those of the whole
    OUT_OF_RANGE = "out-of-range"  # beyond the scores that the sample has: no extrapolation

    __str__ = str.__str__


class Method(str, Enum):
    """Where a new value comes from."""

    COUNT_MATCHING = "count-matching"
    LABELS = "labels"

    __str__ = str.__str__


@dataclass(frozen=True)
class Limits:
    """When a value is not vouched for. All of them are judgement, not measurement.

    Attributes:
        kappa: What the lower confidence bound of Cohen's kappa has to reach.
        volume: How far from the estimate an end of the volume ratio's interval may be, as a share.
        same_hit: Of the queries that pass both thresholds of ``top1``, the least share whose best hit is the same.

    """

    kappa: float = 0.6
    volume: float = 0.25
    same_hit: float = 0.5


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Recalibration:
    """One threshold, from the old space to the new one. ``None`` stands where the sample can say nothing.

    Attributes:
        population: Over which pairs.
        unit: What ``old``, ``new`` and their intervals are told in.
        old: The old threshold.
        new: The new one by count matching, in as few digits as keep the count; given even where the verdict refuses it,
            unless nothing could be matched.
        low: Its 95 % interval, lower end; ``low <= new <= high`` in the unit's own numbers. Infinite where the sample
            ends before anything is ruled out.
        high: The upper end; the same.
        verdict: Whether it may be used.
        reason: What is behind the verdict and what to do about it, in a sentence; empty for ``ok``.
        method: Where ``new`` comes from.
        positives: How many old-positive pairs it rests on.
        count_error: New positives at ``new``, less the old ones: not 0 where ties leave no exact match.
        volume_ratio: New positives / old ones, on pairs not used for fitting.
        volume_low: 95 % interval of the ratio in production, fitting error included.
        volume_high: Its upper end.
        firing_rate_old: Share of the population that passes the old threshold.
        firing_rate_new: Share that passes the new one.
        precision: Of the new decisions against the old ones, on pairs not used for fitting.
        recall: The same.
        f1: The same.
        kappa: Cohen's kappa between the two decisions, at the count-matched threshold.
        kappa_low: Its lower confidence bound (95 %, one-sided).
        kappa_high: Its upper one.
        irreducible_disagreement: 1 - F1 of the best threshold, cross-fitted by group: what no threshold gives back.
        agreement_optimal: The new threshold whose decisions agree best with the old ones (F1), in the same unit.
        agreement_low: Its 95 % interval, lower end.
        agreement_high: The upper end.
        remarks: What the owner should know besides, a sentence each.

    """

    population: Population
    unit: str
    old: float
    verdict: Verdict
    reason: str = ""
    new: float | None = None
    low: float | None = None
    high: float | None = None
    method: Method = Method.COUNT_MATCHING
    positives: int = 0
    count_error: int = 0
    volume_ratio: float | None = None
    volume_low: float | None = None
    volume_high: float | None = None
    firing_rate_old: float | None = None
    firing_rate_new: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    irreducible_disagreement: float | None = None
    agreement_optimal: float | None = None
    agreement_low: float | None = None
    agreement_high: float | None = None
    remarks: tuple[str, ...] = ()
