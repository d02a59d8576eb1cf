"""One threshold from the old space to the new: count-matched, judged on held-out pairs, vouched for or refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from threshlint.calibration.agreement import Agreement, BestAgreement, agreement, kappa_interval
from threshlint.calibration.bootstrap import pair_weights, percentile_interval
from threshlint.calibration.decimals import shortest_between
from threshlint.calibration.holdout import held_out
from threshlint.calibration.interval import threshold_interval
from threshlint.calibration.labelled import LabelledScores, Target, operating_point
from threshlint.calibration.matching import Gap, match
from threshlint.calibration.population import Population
from threshlint.calibration.recalibration import Limits, Method, Recalibration, Verdict
from threshlint.calibration.scores import PairedScores, Rows, Scores
from threshlint.calibration.units import Unit
from threshlint.calibration.verdict import PARTIAL_INDEX, Facts, judge
from threshlint.calibration.volume import volume


@dataclass(frozen=True)
class Question:
    """What is asked of a map.

    Attributes:
        threshold: The old threshold, in ``old_unit``.
        population: Over which pairs the rule decides.
        old_unit: What the old threshold is told in.
        new_unit: What the new one is to be told in.
        inclusive: Whether a score equal to the threshold passes, as with ``>=``.
        limits: When an answer is refused.
        partial_index: Whether best hits are those of a part of the index only.
        seed: Of folds and resamplings.
        second_opinion: Whether the threshold of best agreement is looked for as well.

    """

    threshold: float
    population: Population
    old_unit: Unit
    new_unit: Unit
    inclusive: bool
    limits: Limits
    partial_index: bool
    seed: int
    second_opinion: bool = True


def recalibrate(scores: PairedScores, question: Question) -> Recalibration:
    """Answer a question from the paired scores of its population."""
    old = _least_passing(question.old_unit, question.threshold, question)
    rows = scores.rows_for(old)
    outside = _outside(rows, old, question)
    if outside is not None:
        return outside
    rows = scores.deciding(old)
    told = _Told(question, scores.new)
    value = told.value(match(rows, old))
    new = _least_passing(question.new_unit, value, question)
    low, high = told.interval(*threshold_interval(scores, rows, old, int((rows.new >= new).sum())), value)
    on_others = held_out(scores, rows, old, question.seed)
    optimal = _agreement_optimal(scores, rows, old, told, question.seed) if question.second_opinion else _Optimal()
    irreducible = on_others.optimal.f1
    counted = agreement(scores, rows, old, new)
    error = round(counted.new_only - counted.old_only)
    answer = Recalibration(
        population=question.population,
        unit=question.new_unit.name,
        old=question.threshold,
        verdict=Verdict.OK,
        new=value,
        low=low,
        high=high,
        count_error=error,
        irreducible_disagreement=None if irreducible is None else 1 - irreducible,
        agreement_optimal=optimal.value,
        agreement_low=optimal.low,
        agreement_high=optimal.high,
        remarks=tuple(_remarks(error, (low, high), optimal)),
    )
    return _judged(answer, scores, rows, (old, new), on_others.matched, question)


def by_labels(
    answer: Recalibration, scores: PairedScores, labels: LabelledScores, question: Question, target: Target
) -> Recalibration:
    """Put a threshold chosen by labels in the place of a matched one, where there are enough of them.

    Where there are not, the answer stays, with a remark.
    """
    old = _least_passing(question.old_unit, question.threshold, question)
    point = operating_point(labels, old, target, question.seed)
    if isinstance(point, str):
        return replace(answer, remarks=(*answer.remarks, point))
    told = _Told(question, labels.new)
    value = told.value(point.gap)
    low, high = told.interval(point.low, point.high, value)
    new = _least_passing(question.new_unit, value, question)
    # Labels say what is right: that the models differ, and how often the rule fires then, is no objection.
    verdict, reason = PARTIAL_INDEX if question.partial_index else (Verdict.OK, "")
    chosen = replace(
        answer,
        verdict=verdict,
        reason=reason,
        new=value,
        low=low,
        high=high,
        method=Method.LABELS,
        remarks=(
            f"chosen by {len(labels.same)} labels to keep a {target.measure} of {point.target:.2f}; "
            f"it has {point.rate:.2f} on them ({point.rate_low:.2f} to {point.rate_high:.2f})",
        ),
    )
    if answer.verdict is Verdict.OUT_OF_RANGE:
        return chosen
    rows = scores.deciding(old)
    judged = _judged(chosen, scores, rows, (old, new), agreement(scores, rows, old, new), question)
    return replace(judged, verdict=verdict, reason=reason)


def _judged(
    answer: Recalibration,
    scores: PairedScores,
    rows: Rows,
    thresholds: tuple[np.float64, np.float64],
    unseen: Agreement,
    question: Question,
) -> Recalibration:
    """Add how the rule decides at two thresholds, how it does on pairs that it was not fitted on, and the verdict."""
    counted = agreement(scores, rows, *thresholds)
    kappas = kappa_interval(scores, rows, *thresholds)
    of_volume = volume(scores, rows, *thresholds, unseen.volume_ratio or 0.0)
    positives = round(counted.both + counted.old_only)
    same_hit = _same_hit(scores, *thresholds)
    verdict, reason = judge(
        Facts(
            positives, counted.kappa, kappas, of_volume, same_hit, scores.cut_off(*thresholds), question.partial_index
        ),
        question.limits,
    )
    decisions = _decisions(scores, question.population)
    return replace(
        answer,
        verdict=verdict,
        reason=reason,
        positives=positives,
        volume_ratio=unseen.volume_ratio,
        volume_low=None if of_volume is None else of_volume.low,
        volume_high=None if of_volume is None else of_volume.high,
        firing_rate_old=(counted.both + counted.old_only) / decisions,
        firing_rate_new=(counted.both + counted.new_only) / decisions,
        precision=unseen.precision,
        recall=unseen.recall,
        f1=unseen.f1,
        kappa=counted.kappa,
        kappa_low=None if kappas is None else kappas[0],
        kappa_high=None if kappas is None else kappas[1],
    )


@dataclass(frozen=True)
class _Optimal:
    """The threshold of best agreement, with its interval, in the unit of the answer."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def _least_passing(unit: Unit, threshold: float, question: Question) -> np.float64:
    """Return the lowest closeness that passes a threshold.

    In double precision, as numpy compares no other scalar with scores in single precision without rounding it first.
    """
    closeness = np.float64(unit.closeness(threshold))
    return closeness if question.inclusive else np.nextafter(closeness, np.inf)


def _outside(rows: Rows, old: np.float64, question: Question) -> Recalibration | None:
    """Refuse a threshold beyond the scores that the sample has."""
    known = rows.old[np.isfinite(rows.old)]
    positives = int((known >= old).sum())
    if 0 < positives < len(known):
        return None
    end = known.max() if positives == 0 else known.min()
    reached = f"{question.old_unit.told(float(end)):.4g}"
    reason = (
        f"no old score of the sample reaches it, the closest is {reached}: add closer pairs to the sample"
        if positives == 0
        else f"every old score of the sample passes it, the furthest is {reached}: it decides nothing there"
    )
    return Recalibration(
        question.population,
        question.new_unit.name,
        question.threshold,
        Verdict.OUT_OF_RANGE,
        reason,
        positives=positives,
    )


def _agreement_optimal(scores: PairedScores, rows: Rows, old: np.float64, told: _Told, seed: int) -> _Optimal:
    best = BestAgreement(rows, rows.old >= old)
    gap = best.gap()
    if gap is None:
        return _Optimal()
    value = told.value(gap)

    def threshold(weights: np.ndarray) -> float | None:
        found = best.gap(weights)
        return None if found is None else found.high

    ends = percentile_interval(threshold, pair_weights(scores, rows, np.random.default_rng(seed)))
    if ends is None:
        return _Optimal(value)
    return _Optimal(value, *told.interval(*ends, value))


def _same_hit(scores: PairedScores, old: np.float64, new: np.float64) -> float | None:
    if scores.same_hit is None:
        return None
    passing = (scores.old >= old) & (scores.new >= new)
    return float(scores.same_hit[passing].mean()) if passing.any() else None


def _decisions(scores: PairedScores, population: Population) -> float:
    """Return over how many scores the rule decides: of ``topk``, only each query's K best are seen by it."""
    return len(scores.groups) * population.k if population.k else scores.total


def _remarks(error: int, interval: tuple[float, float], optimal: _Optimal) -> Iterator[str]:
    if error:
        yield (
            f"{abs(error)} {'more' if error > 0 else 'fewer'} pairs pass than before: scores that are equal, but for "
            "rounding, leave no exact match"
        )
    if (
        optimal.low is not None
        and optimal.high is not None
        and (optimal.low > interval[1] or optimal.high < interval[0])
    ):
        yield "the threshold of best agreement lies outside of the interval: the owner decides which is meant"


class _Told:
    """Tells closeness in the new space in the unit of the answer."""

    def __init__(self, question: Question, scores: Scores) -> None:
        self._unit = question.new_unit
        # An old value may stay only where both are told in the same unit.
        self._old = question.threshold if question.old_unit.name == question.new_unit.name else math.nan
        self._inclusive = question.inclusive
        known = scores[np.isfinite(scores)]
        ends = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        largest = max(abs(self._told(end)) for end in ends)
        # What the arithmetic of scores of this size may be off by.
        self._slack = 8 * float(np.finfo(scores.dtype).eps) * largest

    def value(self, gap: Gap) -> float:
        """Return the shortest number in a gap; the old one if it will do, for it need not change then."""
        least, most = gap.low, gap.high
        if not self._inclusive:  # the scores at the ends change sides
            least, most = math.nextafter(least, -math.inf), math.nextafter(most, -math.inf)
        low, high = self._ends(least, most)
        # What lies beyond the gap by no more than the arithmetic's error lies in it.
        excluded = high if self._unit.is_distance else low
        if low - self._slack <= self._old <= high + self._slack and self._old != excluded:
            return self._old
        if low == high:  # closer together than the unit can tell
            return low
        return -shortest_between(-high, -low) + 0.0 if self._unit.is_distance else shortest_between(low, high)

    def interval(self, low: float, high: float, value: float) -> tuple[float, float]:
        """Return an interval in the unit, lower end first; it holds the value, whatever was rounded."""
        ends = self._ends(low, high)
        return min(ends[0], value), max(ends[1], value)

    def _ends(self, low: float, high: float) -> tuple[float, float]:
        told = [self._told(low), self._told(high)]
        return (told[1], told[0]) if self._unit.is_distance else (told[0], told[1])

    def _told(self, closeness: float) -> float:
        if math.isinf(closeness):
            return -closeness if self._unit.is_distance else closeness
        return self._unit.told(closeness)
