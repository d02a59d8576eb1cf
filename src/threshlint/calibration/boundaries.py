"""Cluster boundaries: what a clustering becomes in the new space, beside what chance makes of it in the old one.

A distance cutoff maps as a threshold on ``pairs``. Whether the clusters are the same ones then is another question, and
so is how much of the difference is the models': a clustering that starts from random seeds differs from itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.sample import PairedSample

Cluster = Callable[[NDArray[np.floating[Any]], int], ArrayLike]  # vectors and a seed -> a label for each


@dataclass(frozen=True)
class ClusterEvidence:
    """How alike clusterings are, as adjusted Rand indices.

    Attributes:
        across: Between the old space and the new one, mean over seeds.
        floor: Between two seeds of the old space, mean over pairs of seeds: 1.0 for a clustering without chance.
        clusters_old: How many clusters there are in the old space, with the first seed.
        clusters_new: The same in the new space.

    """

    across: float
    floor: float
    clusters_old: int
    clusters_new: int


def compare_clusterings(
    sample: PairedSample, cluster_old: Cluster, cluster_new: Cluster | None = None, seeds: Sequence[int] = (0, 1, 2)
) -> ClusterEvidence:
    """Cluster the items in both spaces and compare.

    Args:
        sample: The paired sample.
        cluster_old: The clustering with the old boundary; noise may be -1, and counts as a cluster.
        cluster_new: The clustering with the new boundary; the same if left out.
        seeds: Of the clustering, two at the least.

    Raises:
        SampleError: There are fewer than two seeds, so that nothing tells chance from change.

    """
    if len(seeds) < 2:
        raise SampleError("comparing clusterings needs two seeds or more, to tell what chance alone changes")
    old = [np.asarray(cluster_old(sample.old, seed)) for seed in seeds]
    new = [np.asarray((cluster_new or cluster_old)(sample.new, seed)) for seed in seeds]
    across = [adjusted_rand_index(one, other) for one, other in zip(old, new, strict=True)]
    floor = [adjusted_rand_index(one, other) for one, other in combinations(old, 2)]
    return ClusterEvidence(
        float(np.mean(across)), float(np.mean(floor)), len(np.unique(old[0])), len(np.unique(new[0]))
    )


def adjusted_rand_index(one: ArrayLike, other: ArrayLike) -> float:
    """Return how alike two clusterings of the same items are: 1 for the same, about 0 for chance, down to -0.5.

    Hubert & Arabie 1985, "Comparing Partitions", Journal of Classification 2.

    Args:
        one: A label for each item, shape (n,).
        other: The same, shape (n,).

    """
    first = np.unique(np.asarray(one), return_inverse=True)[1].ravel()
    second = np.unique(np.asarray(other), return_inverse=True)[1].ravel()
    if len(first) != len(second):
        raise ValueError(f"clusterings of {len(first)} and of {len(second)} items cannot be compared")
    cells = np.unique(first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second, return_counts=True)[1]
    together, in_one, in_other = (_pairs(counts) for counts in (cells, np.bincount(first), np.bincount(second)))
    expected = in_one * in_other / max(_pairs(np.array([len(first)])), 1.0)
    highest = (in_one + in_other) / 2
    return 1.0 if highest == expected else (together - expected) / (highest - expected)


def _pairs(counts: NDArray[np.int64]) -> float:
    """Return how many pairs lie within groups of these sizes."""
    return float((counts * (counts - 1.0) / 2).sum())
