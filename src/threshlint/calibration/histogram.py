"""Counts of scores in fine bins of equal width, for pictures and for thresholds that let many pairs pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 1 << 14


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many scores lie in each of some bins of equal width.

    Attributes:
        low: Where the first bin begins; lower scores count in it.
        high: Where the last bin ends; higher scores count in it.
        counts: Shape (bins,).

    """

    low: float
    high: float
    counts: NDArray[np.int64]

    @property
    def edges(self) -> NDArray[np.float64]:
        """Where the bins begin and end, shape (bins + 1,)."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    def coarser(self, bins: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return edges and counts in about so many bins, over the range where there are any scores."""
        filled = np.flatnonzero(self.counts)
        if not len(filled):
            return self.edges[:2], self.counts[:1]
        start, end = filled[0], filled[-1] + 1
        step = max(1, -(-(end - start) // bins))
        starts = np.arange(start, end, step)
        counts = np.add.reduceat(self.counts[:end], starts)
        return np.append(self.edges[starts], self.edges[min(starts[-1] + step, len(self.counts))]), counts

    def count_from(self, score: float) -> float:
        """Return how many scores reach a score, taken as spread evenly within a bin."""
        return float(np.interp(score, self.edges, self._from_edges))

    def score_at(self, count: float) -> float:
        """Return the score that so many reach: the inverse of ``count_from``."""
        return float(np.interp(-count, -self._from_edges, self.edges))

    @property
    def _from_edges(self) -> NDArray[np.float64]:
        """How many scores lie above each edge, falling from all to none."""
        return np.append(np.cumsum(self.counts[::-1])[::-1], 0).astype(np.float64)


class Counter:
    """Counts scores as they come, block by block."""

    def __init__(self, low: float, high: float) -> None:
        if not high > low:  # all scores are the same
            low, high = low - 1e-6, high + 1e-6
        self.low, self.high = low, high
        self._counts = np.zeros(BINS, dtype=np.int64)
        self._factor = BINS / (high - low)

    def add(self, scores: NDArray[np.floating[Any]]) -> None:
        """Count some scores; minus infinity stands for none."""
        bins = scores * scores.dtype.type(self._factor)
        bins -= scores.dtype.type(self.low * self._factor)
        np.clip(bins, 0, BINS - 1, out=bins)
        self._counts += np.bincount(bins.astype(np.int32).ravel(), minlength=BINS)

    def remove(self, scores: NDArray[np.floating[Any]]) -> None:
        """Take back scores that were counted and are no pairs."""
        self._counts *= -1
        self.add(scores)
        self._counts *= -1

    def histogram(self) -> Histogram:
        """Return what was counted."""
        return Histogram(self.low, self.high, self._counts)
