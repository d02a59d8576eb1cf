"""What a sample can resolve, before anything is fitted: how many old positives it has at each threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from threshlint.calibration.recalibration import DEFAULT_LIMITS, Limits
from threshlint.calibration.scores import PairedScores, Rows
from threshlint.calibration.student import two_sided

# Real pairs of models agree about so well; the two differ on 2 k (1 - F1) of k old-positive pairs.
ASSUMED_F1 = 0.7


@dataclass(frozen=True)
class Resolution:
    """What to expect at one old threshold.

    Attributes:
        threshold: As closeness in the old space.
        positives: How many pairs of the sample pass it.
        design_effect: How many times the variance of independent pairs theirs is, since they share items and families.
        half_width: How well the volume will be known, as a share, if the models agree as real ones do.
        resolved: Whether that is within the limits.

    """

    threshold: float
    positives: int
    design_effect: float
    half_width: float
    resolved: bool


def resolution(
    scores: PairedScores, thresholds: Sequence[float], f1: float = ASSUMED_F1, limits: Limits = DEFAULT_LIMITS
) -> list[Resolution]:
    """Tell what a sample can and cannot resolve, from its old scores alone.

    Args:
        scores: The population.
        thresholds: Old thresholds, as closeness.
        f1: How well the two models' decisions are expected to agree.
        limits: What counts as resolved.

    """
    return [_at(scores, np.float64(threshold), f1, limits) for threshold in thresholds]


def highest_resolved(scores: PairedScores, f1: float = ASSUMED_F1, limits: Limits = DEFAULT_LIMITS) -> float | None:
    """Return the highest old threshold that a sample can resolve, as closeness; None where there is none.

    To the nearest of 200 steps of the tail.

    Args:
        scores: The population.
        f1: How well the two models' decisions are expected to agree.
        limits: What counts as resolved.

    """
    known = np.sort(scores.old[np.isfinite(scores.old)])[::-1]
    if not len(known):
        return None
    positives = np.unique(np.geomspace(1, len(known), 200).astype(int))
    for count in positives:
        at = _at(scores, float(known[count - 1]), f1, limits)
        if at.resolved:
            return at.threshold
    return None


def _at(scores: PairedScores, threshold: float, f1: float, limits: Limits) -> Resolution:
    rows = scores.rows_for(threshold)
    passing = rows.where(rows.old >= threshold)
    count = len(passing)
    if not count:
        return Resolution(threshold, 0, 1.0, math.inf, False)
    # The pairs that differ are spread over items and families about as those that pass are.
    effect = _design_effect(scores, passing)
    half_width = math.exp(min(700.0, two_sided(0.95, math.inf) * math.sqrt(2 * count * (1 - f1) * effect) / count)) - 1
    return Resolution(threshold, round(count * rows.scale), effect, half_width, half_width <= limits.volume)


def _design_effect(scores: PairedScores, passing: Rows) -> float:
    """Return how many pairs flip together, in the mean: at worst all that lie between the same two groups do."""
    first = scores.groups[passing.first].astype(np.int64)
    second = scores.groups[passing.second] if scores.dyadic else first
    between = np.minimum(first, second) * scores.group_count + np.maximum(first, second)
    sizes = np.unique(between, return_counts=True)[1].astype(np.float64)
    return float((sizes**2).sum() / sizes.sum())
