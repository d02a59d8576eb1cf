"""How many pairs pass under the new threshold for each that passed under the old one, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from threshlint.calibration.dependence import error_of_sum
from threshlint.calibration.scores import PairedScores, Rows

# What nobody saw may still be there: with no pair that differs, up to three may (the rule of three; Hanley &
# Lippman-Hand 1983, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 249).
_UNSEEN = 3.0


@dataclass(frozen=True)
class Volume:
    """New positives over old ones.

    Attributes:
        ratio: On pairs not used for fitting.
        low: 95 % interval of what it will be in production, fitting error included.
        high: Its upper end.

    """

    ratio: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """How far the further end is from the ratio, as a share of it; infinite where the ratio is 0."""
        return max(self.high - self.ratio, self.ratio - self.low) / self.ratio if self.ratio else math.inf


def volume(scores: PairedScores, rows: Rows, threshold: float, new_threshold: float, ratio: float) -> Volume | None:
    """Put an interval about a held-out volume ratio; None where nothing passes the old threshold.

    The interval is symmetric in the logarithm, for a ratio of a half is as far off as one of two.

    Args:
        scores: The population.
        rows: The rows that answer for the old threshold.
        threshold: The old threshold, as closeness.
        new_threshold: The new one.
        ratio: The ratio on held-out pairs.

    """
    old, new = rows.old >= threshold, rows.new >= new_threshold
    positives = int(old.sum())
    if not positives:
        return None
    differ = old != new
    error = error_of_sum(scores, rows.where(differ), np.where(old, 1.0, -1.0)[differ])
    spread = math.hypot(error.margin(), _UNSEEN) / positives
    factor = math.exp(min(spread, 700.0))
    return Volume(ratio, ratio / factor, ratio * factor)
