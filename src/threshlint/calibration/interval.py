"""An interval for the new threshold: all those whose count does not differ from the old one by more than chance.

For each candidate the pairs that pass one threshold and not the other are weighed against each other (a score test, as
McNemar's, with the variance of ``dependence.py``). Inverting the test needs no resampling, and no normal scores: it is
exact in ranks, and so does not care how scores are scaled.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from threshlint.calibration.dependence import error_of_sum
from threshlint.calibration.matching import finite
from threshlint.calibration.scores import PairedScores, Rows


def threshold_interval(scores: PairedScores, rows: Rows, threshold: float, matched: int) -> tuple[float, float]:
    """Return the lowest and the highest new threshold that the sample does not rule out, at 95 %.

    Args:
        scores: The population.
        rows: The rows that answer for the old threshold.
        threshold: The old threshold, as closeness.
        matched: How many of the rows pass the new threshold that matches the count.

    Returns:
        Closeness in the new space. Minus or plus infinity where the sample ends before the test rules anything out.

    """
    new = finite(rows.new_sorted)
    old_passes = rows.old >= threshold

    def refuses(passing: int) -> bool:
        """Tell whether letting so many new pairs pass differs by more than chance from the old rule."""
        new_passes = rows.new >= new[passing - 1] if passing else np.zeros(len(rows), dtype=bool)
        differ = old_passes != new_passes
        values = np.where(old_passes, 1.0, -1.0)[differ]
        difference = float(values.sum())
        return abs(difference) > error_of_sum(scores, rows.where(differ), values).margin()

    fewest = _last_accepted(matched, 0, refuses)
    most = _last_accepted(matched, len(new), refuses)
    # What lets one less pass than the fewest is refused: the threshold may rise up to there.
    high = float(new[fewest - 1]) if fewest else math.inf
    low = float(new[most]) if most < len(new) else -math.inf
    return low, high


def _last_accepted(start: int, end: int, refuses: Callable[[int], bool]) -> int:
    """Return the last count on the way from ``start`` to ``end`` not refused: ever longer steps, then halves."""
    direction = 1 if end > start else -1
    distance, accepted = 1, 0
    span = abs(end - start)
    while True:
        distance = min(distance, span)
        if distance <= accepted:
            return end
        if refuses(start + direction * distance):
            break
        accepted, distance = distance, 2 * distance
    while distance - accepted > 1:
        middle = (accepted + distance) // 2
        if refuses(start + direction * middle):
            distance = middle
        else:
            accepted = middle
    return start + direction * accepted
