"""Resampling that allows for shared items and families.

The unit is the group of near-duplicates: it is drawn again as a whole. A pair across two groups weighs the product of
theirs, a pair inside one weighs what the group does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.scores import PairedScores, Rows

DRAWS = 200


def group_weights(groups: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw groups with replacement; return how often each came, shape (groups,)."""
    return np.bincount(rng.integers(0, groups, groups), minlength=groups).astype(np.float64)


def pair_weights(scores: PairedScores, rows: Rows, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield the weights of rows for one resampling after another, each of shape (m,)."""
    first = scores.groups[rows.first]
    second = scores.groups[rows.second] if scores.dyadic else first
    within = first == second
    while True:
        weights = group_weights(scores.group_count, rng)
        yield np.where(within, weights[first], weights[first] * weights[second])


def percentile_interval(
    statistic: Callable[[NDArray[np.float64]], float | None],
    weights: Iterator[NDArray[np.float64]],
    draws: int = DRAWS,
    level: float = 0.95,
) -> tuple[float, float] | None:
    """Return the percentile interval of a statistic over resamplings.

    Args:
        statistic: Takes the weights of the rows; None where it has no value.
        weights: One resampling after another.
        draws: How many to take.
        level: How much of the distribution the interval holds.

    Returns:
        Its ends; None where the statistic has no value in more than half of the resamplings.

    """
    values = [value for value in (statistic(next(weights)) for _ in range(draws)) if value is not None]
    if 2 * len(values) < draws:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
