"""How far two rules agree: precision, recall and F1 of the new decisions against the old, and Cohen's kappa."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from threshlint.calibration.dependence import error_of_sum
from threshlint.calibration.matching import Gap, finite
from threshlint.calibration.scores import PairedScores, Rows

_BOTH_BOUNDS = 0.9  # each bound alone holds at 95 %


@dataclass(frozen=True)
class Agreement:
    """Decisions over the same pairs, counted.

    Attributes:
        both: Pairs that pass both thresholds.
        old_only: Pairs that pass the old one only.
        new_only: Pairs that pass the new one only.
        total: All pairs.

    """

    both: float
    old_only: float
    new_only: float
    total: float

    @property
    def neither(self) -> float:
        """Pairs that pass none."""
        return self.total - self.both - self.old_only - self.new_only

    @property
    def precision(self) -> float | None:
        """Share of the new positives that were old ones; None where there are none."""
        return _share(self.both, self.both + self.new_only)

    @property
    def recall(self) -> float | None:
        """Share of the old positives that are new ones; None where there are none."""
        return _share(self.both, self.both + self.old_only)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where nothing passes either."""
        return _share(2 * self.both, 2 * self.both + self.old_only + self.new_only)

    @property
    def volume_ratio(self) -> float | None:
        """New positives over old ones; None where there are no old ones."""
        return _share(self.both + self.new_only, self.both + self.old_only)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: agreement beyond what the two pass rates give by chance; None where nothing can disagree.

        Cohen 1960, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20.
        """
        old, new = self.both + self.old_only, self.both + self.new_only
        by_chance = old * (self.total - new) + new * (self.total - old)
        return _share(2 * (self.both * self.neither - self.old_only * self.new_only), by_chance)


def agreement(scores: PairedScores, rows: Rows, threshold: float, new_threshold: float) -> Agreement:
    """Count the decisions of two thresholds, given as closeness, over a population."""
    old, new = rows.old >= threshold, rows.new >= new_threshold
    both = int((old & new).sum())
    scale = rows.scale
    return Agreement(
        both * scale, (int(old.sum()) - both) * scale, (int(new.sum()) - both) * scale, float(scores.total)
    )


def kappa_interval(
    scores: PairedScores, rows: Rows, threshold: float, new_threshold: float
) -> tuple[float, float] | None:
    """Return the lower and the upper confidence bound of Cohen's kappa, each one-sided at 95 %; None without a kappa.

    By the delta method, with the variance of ``dependence.py``. One more pair of each kind of disagreement, which
    nobody saw, counts in the variance: a few pairs that all agree do not prove that all others would (after Agresti &
    Coull 1998, "Approximate Is Better than 'Exact' for Interval Estimation of Binomial Proportions").
    """
    counted = agreement(scores, rows, threshold, new_threshold)
    kappa = counted.kappa
    if kappa is None:
        return None
    both, old_only, new_only, neither = _influence(counted)
    old, new = rows.old >= threshold, rows.new >= new_threshold
    decided = old | new
    values = np.select([old & new, old], [both, old_only], new_only)[decided] - neither
    error = error_of_sum(scores, rows.where(decided), values, neither)
    unseen = (old_only - both) ** 2 + (new_only - both) ** 2
    spread = replace(error, variance=error.variance + unseen).margin(_BOTH_BOUNDS) * rows.scale
    return max(-1.0, kappa - spread), min(1.0, kappa + spread)


def _influence(counted: Agreement) -> tuple[float, float, float, float]:
    """Return what one more pair of each kind does to kappa: both, old only, new only, neither; they sum to 0."""
    n = counted.total
    a, b, c, d = counted.both / n, counted.old_only / n, counted.new_only / n, counted.neither / n
    old, new = a + b, a + c
    observed = a + d
    expected = old * new + (1 - old) * (1 - new)
    kappa = (observed - expected) / (1 - expected)

    def slope(in_old: int, in_new: int) -> float:
        agrees = float(in_old == in_new)
        of_expected = (new if in_old else 1 - new) + (old if in_new else 1 - old)
        return (agrees - of_expected + kappa * of_expected) / (1 - expected)

    slopes = slope(1, 1), slope(1, 0), slope(0, 1), slope(0, 0)
    mean = a * slopes[0] + b * slopes[1] + c * slopes[2] + d * slopes[3]
    first, second, third, fourth = ((each - mean) / n for each in slopes)
    return first, second, third, fourth


def best_agreement(rows: Rows, old_passes: np.ndarray, weight: np.ndarray | None = None) -> Gap | None:
    """Find the new thresholds of highest F1 against old decisions.

    Args:
        rows: The pairs, shape (m,).
        old_passes: Whether each passed the old rule, shape (m,).
        weight: How much each counts, shape (m,); all the same without it.

    Returns:
        A gap in the new scores; None where nothing passes the old rule.

    """
    return BestAgreement(rows, old_passes).gap(weight)


class BestAgreement:
    """Finds the new thresholds of highest F1, for one weighing of the pairs after another."""

    def __init__(self, rows: Rows, old_passes: np.ndarray) -> None:
        self._order = np.argsort(-rows.new, kind="stable")[: len(finite(rows.new_sorted))]
        self._new = rows.new[self._order]
        self._passes = old_passes
        # Where a threshold can stand: behind the last of equal scores.
        self._ends = (
            np.flatnonzero(np.append(self._new[1:] < self._new[:-1], True)) if len(self._new) else np.zeros(0, int)
        )

    def gap(self, weight: np.ndarray | None = None) -> Gap | None:
        """Return the gap in the new scores with the highest F1; None where nothing passes the old rule."""
        weights = np.ones(len(self._passes)) if weight is None else weight
        positives = float(weights[self._passes].sum())
        if not positives or not len(self._ends):
            return None
        of_rank = weights[self._order]
        hits = np.cumsum(np.where(self._passes[self._order], of_rank, 0.0))[self._ends]
        f1 = 2 * hits / (positives + np.cumsum(of_rank)[self._ends])
        best = int(np.argmax(f1))
        high = float(self._new[self._ends[best]])
        low = float(self._new[self._ends[best] + 1]) if self._ends[best] + 1 < len(self._new) else -math.inf
        return Gap(low, high, round(positives))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
