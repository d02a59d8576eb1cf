"""How scores are distributed, for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many scores lie in each of some bins of equal width.

    Attributes:
        edges: Where the bins begin and end, shape (bins + 1,).
        counts: How many pairs of the population each holds, shape (bins,); estimates where scores are a sample.

    """

    edges: NDArray[np.float64]
    counts: NDArray[np.float64]


def histogram(
    tail: NDArray[np.floating[Any]], body: NDArray[np.floating[Any]] | None, floor: float, scale: float, bins: int
) -> Histogram:
    """Count scores: those of the tail from its floor on, below it those of the sample.

    Args:
        tail: All scores from the floor on, and some others.
        body: A uniform sample of all scores; None where the tail holds all.
        floor: From where on the tail is complete.
        scale: How many scores each of the sample stands for.
        bins: How many bins, over the range of the scores.

    """
    close = tail[(tail >= floor) & np.isfinite(tail)]
    far = np.zeros(0) if body is None else body[body < floor]
    ends = np.concatenate([close, far])
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    counts = np.histogram(close, edges)[0] + scale * np.histogram(far, edges)[0]
    return Histogram(edges, counts)
