"""Thresholds chosen by pairs that people judged: they say what is right, and not only what was done before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.bootstrap import DRAWS, group_weights
from threshlint.calibration.matching import Gap
from threshlint.calibration.metrics import Closeness, Metric
from threshlint.calibration.sample import PairedSample
from threshlint.calibration.scores import Numbers

FEWEST_OF_EACH = 30  # judged same, and judged different; ten labels in all give next to any threshold
_Z95 = 1.959963984540054
_WIDEST = 0.1  # half of the Wilson interval of the rate that is kept


class Measure(str, Enum):
    """What a rule is good at."""

    PRECISION = "precision"
    RECALL = "recall"

    __str__ = str.__str__


@dataclass(frozen=True)
class Target:
    """What the new threshold has to keep.

    Attributes:
        measure: Precision or recall.
        value: How much of it, 0 to 1; None for as much as the old threshold had.

    """

    measure: Measure
    value: float | None = None


@dataclass(frozen=True, eq=False)
class LabelledScores:
    """Judged pairs with their closeness in both spaces, each of shape (n,)."""

    old: NDArray[np.floating[Any]]
    new: NDArray[np.floating[Any]]
    same: NDArray[np.bool_]
    weight: NDArray[np.float64]
    groups: Numbers  # of the query, or of the first item


@dataclass(frozen=True)
class OperatingPoint:
    """A new threshold by labels.

    Attributes:
        gap: The thresholds that do the same, in closeness.
        low: 95 % interval of the threshold, lower end.
        high: Its upper end.
        target: The rate that was to be kept.
        rate: The rate that it has on the labels.
        rate_low: Wilson interval of the rate, lower end.
        rate_high: Its upper end.

    """

    gap: Gap
    low: float
    high: float
    target: float
    rate: float
    rate_low: float
    rate_high: float


def labelled_scores(sample: PairedSample, old: Metric, new: Metric, groups: Numbers) -> LabelledScores | None:
    """Score the judged pairs of a sample; None where there are none."""
    labels = sample.labels
    if labels is None or not len(labels.same):
        return None
    old_queries = sample.old if sample.queries_old is None else sample.queries_old
    new_queries = sample.new if sample.queries_new is None else sample.queries_new
    return LabelledScores(
        Closeness(old, old_queries, sample.old).of(labels.first, labels.second),
        Closeness(new, new_queries, sample.new).of(labels.first, labels.second),
        labels.same,
        labels.weight,
        groups[labels.first],
    )


def operating_point(
    labels: LabelledScores, old_threshold: float, target: Target, seed: int = 0
) -> OperatingPoint | str:
    """Choose the new threshold by labels.

    For precision it is the lowest threshold that has enough of it, for recall the highest. Weights of sampling count;
    the interval is a bootstrap over groups, in which what is to be kept is measured anew each time.

    Args:
        labels: The judged pairs.
        old_threshold: The old threshold, as closeness.
        target: What is to be kept.
        seed: Of the resamplings.

    Returns:
        The operating point; a sentence that says why there is none.

    """
    right = int(labels.same.sum())
    wrong = len(labels.same) - right
    if min(right, wrong) < FEWEST_OF_EACH:
        return (
            f"{right} pairs judged the same and {wrong} judged different are too few to choose by: "
            f"{FEWEST_OF_EACH} of each are the least"
        )
    search = _Search(labels, old_threshold, target)
    found = search.best(labels.weight)
    if found is None:
        return f"no new threshold has the {target.measure} that is asked for on the labels"
    gap, wanted, rate = found
    passes = labels.new >= gap.high
    base = passes if target.measure is Measure.PRECISION else labels.same
    low, high = wilson(rate, effective_size(labels.weight[base]))
    if high - low > 2 * _WIDEST:
        more = "of the pairs that pass" if target.measure is Measure.PRECISION else "pairs that belong together"
        return f"the {target.measure} of the new threshold is known as {low:.2f} to {high:.2f} only: label more {more}"
    rng = np.random.default_rng(seed)
    _, groups = np.unique(labels.groups, return_inverse=True)
    drawn = []
    for _ in range(DRAWS):
        again = search.best(labels.weight * group_weights(int(groups.max()) + 1, rng)[groups])
        if again is not None:
            drawn.append(again[0].high)
    if 2 * len(drawn) < DRAWS:
        return f"the labels do not settle the threshold: drawn again, most have none of the {target.measure} asked for"
    ends = np.quantile(drawn, [0.025, 0.975])
    return OperatingPoint(gap, float(ends[0]), float(ends[1]), wanted, rate, low, high)


class _Search:
    """Finds the threshold that keeps a rate, for one weighing of the labels after another."""

    def __init__(self, labels: LabelledScores, old_threshold: float, target: Target) -> None:
        self._order = np.argsort(-labels.new, kind="stable")
        self._new = labels.new[self._order]
        self._same = labels.same
        self._old_passes = labels.old >= old_threshold
        self._ends = np.flatnonzero(np.append(self._new[1:] < self._new[:-1], True))
        self._target = target

    def best(self, weight: NDArray[np.float64]) -> tuple[Gap, float, float] | None:
        """Return the thresholds, the rate that was asked for, and the rate that they have; None where none will do."""
        is_precision = self._target.measure is Measure.PRECISION
        right = float(weight[self._same].sum())
        passing = float(weight[self._old_passes].sum())
        base = passing if is_precision else right
        if not base:
            return None
        wanted = self._target.value
        if wanted is None:
            wanted = float(weight[self._old_passes & self._same].sum()) / base
        of_rank = weight[self._order]
        hits = np.cumsum(np.where(self._same[self._order], of_rank, 0.0))[self._ends]
        taken = np.cumsum(of_rank)[self._ends]
        rates = np.divide(hits, taken, out=np.zeros_like(hits), where=taken > 0) if is_precision else hits / right
        fitting = np.flatnonzero(rates >= wanted - 1e-12)
        if not len(fitting):
            return None
        place = int(fitting[-1] if is_precision else fitting[0])
        end = self._ends[place]
        low = float(self._new[end + 1]) if end + 1 < len(self._new) else -math.inf
        return Gap(low, float(self._new[end]), round(base)), wanted, float(rates[place])


def effective_size(weight: NDArray[np.float64]) -> float:
    """Return how many equally weighted labels tell as much (Kish 1965, "Survey Sampling": (sum w)^2 / sum w^2)."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


def wilson(rate: float, size: float, z: float = _Z95) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22.

    Args:
        rate: The proportion seen, 0 to 1.
        size: How many were looked at; 0 gives the whole range.
        z: Of the normal distribution; 1.96 for 95 %.

    """
    if size <= 0:
        return 0.0, 1.0
    middle = rate + z * z / (2 * size)
    spread = z * math.sqrt(rate * (1 - rate) / size + z * z / (4 * size * size))
    factor = 1 + z * z / size
    return max(0.0, (middle - spread) / factor), min(1.0, (middle + spread) / factor)
