"""Count matching: the new threshold that as many pairs pass as passed the old one.

It needs no labels, keeps the rule's volume, treats both spaces alike, and does not change when either space's scores
are rescaled by any increasing function.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from threshlint.calibration.scores import Rows, Scores


@dataclass(frozen=True)
class Gap:
    """The new thresholds that match a count: above ``low``, up to ``high``, in closeness.

    Attributes:
        low: Not included.
        high: Included.
        positives: How many old pairs pass the old threshold.
        error: How many more new pairs pass than that; not 0 only where ties leave no match.

    """

    low: float
    high: float
    positives: int
    error: int = 0

    def holds(self, threshold: float) -> bool:
        """Tell whether a threshold matches."""
        return self.low < threshold <= self.high


def gap_at(new_sorted: Scores, positives: int) -> Gap:
    """Find the gap in the new scores, highest first, that lets so many pass, or as nearly so many as ties allow."""
    count = len(new_sorted)
    if positives <= 0:
        return Gap(float(new_sorted[0]) if count else -math.inf, math.inf, positives)
    if positives >= count:
        return Gap(-math.inf, float(new_sorted[-1]) if count else math.inf, positives, count - positives)
    value = new_sorted[positives - 1]
    if new_sorted[positives] < value:
        return Gap(float(new_sorted[positives]), float(value), positives)
    # A tie astride the count: let all of it pass, or none; but a rule that lets nothing pass is none.
    ascending = new_sorted[::-1]
    above = count - int(np.searchsorted(ascending, value, side="right"))
    through = count - int(np.searchsorted(ascending, value, side="left"))
    if above and positives - above <= through - positives:
        return Gap(float(value), float(new_sorted[above - 1]), positives, above - positives)
    below = float(new_sorted[through]) if through < count else -math.inf
    return Gap(below, float(value), positives, through - positives)


def match(rows: Rows, threshold: float) -> Gap:
    """Match the count of an old threshold, given as closeness, among the rows that answer for it."""
    return gap_at(finite(rows.new_sorted), int((rows.old >= threshold).sum()))


def finite(descending: Scores) -> Scores:
    """Leave out the minus infinities at the end: what was not among the K best."""
    return descending[: len(descending) - int(np.searchsorted(descending[::-1], -np.inf, side="right"))]
