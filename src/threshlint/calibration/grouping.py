"""Groups of near-duplicates, which must not stand on both sides of a split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.metrics import Closeness, Metric, Vectors

NEAR = 0.95  # cosine from which on two items count as near-duplicates, in both spaces
_LARGEST_SHARE = 0.05  # no group may hold more of the items than this, or they are chained, not near
_STRICTER = (NEAR, 0.97, 0.98, 0.99, 0.995, 0.999)
_BLOCK = 1 << 21


def near_duplicate_groups(old: Vectors, new: Vectors) -> NDArray[np.int32]:
    """Join the items that are near-duplicates in both spaces, and what hangs together through them.

    Both have to agree, for a model may place all its texts close together. Where that chains a good part of the sample
    into one group, a stricter cosine is taken.

    Args:
        old: Shape (n, d_old).
        new: Shape (n, d_new).

    Returns:
        The number of each item's group, counted from 0, shape (n,).

    """
    first, second, cosines = _near_pairs(old, new)
    groups = np.arange(len(old), dtype=np.int32)
    for least in _STRICTER:
        near = cosines >= least
        groups = joined(len(old), first[near], second[near])
        if np.bincount(groups).max() <= max(2, _LARGEST_SHARE * len(old)):
            return groups
    return groups


def joined(count: int, first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the connected components of a graph of items, numbered by their first items, shape (count,)."""
    lowest = np.arange(count, dtype=np.int32)
    while True:
        before = lowest.copy()
        least = np.minimum(lowest[first], lowest[second])
        np.minimum.at(lowest, first, least)
        np.minimum.at(lowest, second, least)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            return np.unique(lowest, return_inverse=True)[1].astype(np.int32)


def _near_pairs(old: Vectors, new: Vectors) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return the pairs that reach ``NEAR`` in both spaces, and the lesser of their cosines."""
    spaces = Closeness(Metric.COSINE, old), Closeness(Metric.COSINE, new)
    parts = []
    count = len(old)
    height = max(1, _BLOCK // count)
    for start in range(0, count, height):
        rows = slice(start, min(start + height, count))
        one, other = (space.block(rows, slice(start, None)) for space in spaces)
        lesser = np.minimum(one, other, out=one)
        first, second = np.nonzero(np.triu(lesser >= NEAR, 1))
        parts.append((first + start, second + start, lesser[first, second]))
    of_first, of_second, cosines = (np.concatenate(column) for column in zip(*parts, strict=True))
    return of_first.astype(np.int32), of_second.astype(np.int32), cosines.astype(np.float64)
