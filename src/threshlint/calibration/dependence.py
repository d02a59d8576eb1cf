"""How far a sum over pairs may be off, when pairs share items and items come in families.

Pairs are no independent draws: those that share an item, or a family of near-duplicates, move together. For pairs of
drawn items the variance is the dyadic cluster-robust one: with r_g the sum over all pairs that touch group g and f_gh
the sum over the pairs between g and h,

    Var = sum_g r_g^2 - sum_{g<h} f_gh^2.

It is what the bootstrap over items gives less twice the variance of pairs on their own, which that bootstrap counts
three times (Aronow, Samii & Assenova 2015, "Cluster-Robust Variance Estimation for Dyadic Data", Political Analysis
23). Where only the first side was drawn (queries, seeds) it is the usual cluster-robust variance, sum_g r_g^2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.scores import PairedScores, Rows
from threshlint.calibration.student import two_sided


@dataclass(frozen=True)
class Error:
    """How far a sum may be off.

    Attributes:
        variance: Of the sum.
        degrees: Of freedom of that variance: about how many groups it comes from. A few large families can make up most
            of a sum, and a sample that happens to miss them does not know it.

    """

    variance: float
    degrees: float

    def margin(self, level: float = 0.95) -> float:
        """Return how far the sum may be off to either side, with so much confidence."""
        return two_sided(level, self.degrees) * math.sqrt(self.variance)


def error_of_sum(scores: PairedScores, rows: Rows, values: NDArray[np.floating[Any]], rest: float = 0.0) -> Error:
    """Return how far the sum of a value over all pairs of a population may be off.

    Args:
        scores: The population.
        rows: The pairs that differ from the rest, shape (m,); with a scale, the sum is over the rows.
        values: What each of them adds, over what a pair of the rest adds. Shape (m,).
        rest: What a pair adds that is not among the rows.

    """
    groups, count = scores.groups, scores.group_count
    first = groups[rows.first]
    sums = np.bincount(first, weights=values, minlength=count).astype(np.float64)
    if rest:
        per_item = scores.total / rows.scale / len(groups) * (2 if scores.dyadic else 1)
        sums = sums + rest * per_item * scores.group_sizes
    alone = float((values**2).sum())
    if not scores.dyadic:
        return _error(sums, float((sums**2).sum()), 1)
    second = groups[rows.second]
    across = first != second
    sums = sums + np.bincount(second[across], weights=values[across], minlength=count)
    between = np.minimum(first, second)[across].astype(np.int64) * count + np.maximum(first, second)[across]
    _, where = np.unique(between, return_inverse=True)
    shared = np.bincount(where, weights=values[across]) if len(where) else np.zeros(0)
    return _error(sums, max(float((sums**2).sum() - (shared**2).sum()), alone), 2)


def _error(sums: NDArray[np.float64], variance: float, sides: int) -> Error:
    """Count the groups by how much each adds (Satterthwaite 1946); a pair across two groups is one thing, not two."""
    fourth = float((sums**4).sum())
    return Error(variance, float((sums**2).sum()) ** 2 / fourth / sides if fourth else math.inf)
