"""Score weights: the share of an embedding score in a mixed ranking, and which share keeps that ranking.

A weight has no scalar map: it weighs the spread of one score against that of another. What can be said is which weight
under the new model ranks the candidates most nearly as the old mixture did, and how nearly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from threshlint.calibration.errors import SampleError

_STEPS = 201


@dataclass(frozen=True)
class WeightEvidence:
    """What is known of a weight.

    Attributes:
        weight: Of the new score, 0 to 1, where ``weight * dense + (1 - weight) * other`` ranks most nearly as before.
        correlation: Mean rank correlation (Spearman) over queries with the old mixed ranking, at that weight.
        correlation_unchanged: The same with the old weight.
        spread_old: Mean standard deviation of a query's old scores.
        spread_new: The same of its new ones.
        spread_other: The same of the other score.

    """

    weight: float
    correlation: float
    correlation_unchanged: float
    spread_old: float
    spread_new: float
    spread_other: float


def best_weight(
    old: Sequence[ArrayLike], new: Sequence[ArrayLike], other: Sequence[ArrayLike], weight: float
) -> WeightEvidence:
    """Find the weight that best keeps an old mixed ranking.

    Args:
        old: For each query, the old scores of its candidates, each of shape (candidates,), higher is better.
        new: For each query, the new scores of the same candidates.
        other: For each query, the other score of the same candidates (BM25, for one).
        weight: The old weight, 0 to 1.

    Raises:
        SampleError: No query has candidates to rank, the scores are not of the same candidates, or the weight is out of
            its range.

    """
    if not 0 <= weight <= 1:
        raise SampleError(f"a weight lies between 0 and 1, and {weight:g} does not; divide by the sum of both weights")
    if not len(old) == len(new) == len(other):
        raise SampleError(
            f"there are old scores for {len(old)} queries, new ones for {len(new)} and others for {len(other)}; "
            "give all three for each"
        )
    queries = [
        tuple(np.asarray(each, dtype=np.float64) for each in query) for query in zip(old, new, other, strict=True)
    ]
    for number, (one, two, three) in enumerate(queries):
        if not one.shape == two.shape == three.shape:
            raise SampleError(
                f"query {number} has scores of different candidates: {one.shape}, {two.shape}, {three.shape}"
            )
    queries = [query for query in queries if len(query[0]) > 1]
    if not queries:
        raise SampleError("no query has two candidates, so there is no ranking to keep")
    weights = np.unique(np.append(np.linspace(0, 1, _STEPS), weight))
    kept = np.zeros(len(weights))
    for one, two, three in queries:
        before = ranks(weight * one + (1 - weight) * three)
        for place, each in enumerate(weights):
            kept[place] += _correlation(before, ranks(each * two + (1 - each) * three))
    kept /= len(queries)
    best = int(np.argmax(kept))
    spreads = [float(np.mean([scores.std() for scores in column])) for column in zip(*queries, strict=True)]
    unchanged = float(kept[int(np.flatnonzero(weights == weight)[0])])
    return WeightEvidence(float(weights[best]), float(kept[best]), unchanged, *spreads)


def ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each score from 1, lowest first; equal ones share the mean of their ranks. Shape (n,)."""
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[where]


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return Pearson's correlation, 0 where one does not vary: of ranks, it is Spearman's."""
    first, second = one - one.mean(), other - other.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size else 0.0
