"""Which items to embed for a paired sample: seeds, and their neighbours in both spaces.

Few pairs of an index are close: a few thousand items drawn uniformly hold hardly any pair above a high threshold. The
neighbours of a few hundred seeds do, and since the seeds are drawn uniformly the sum over them still stands for all.
Both spaces give neighbours: those of the old one alone would leave out what only the new one finds close, and so put
the new threshold much too low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.hits import best_hits
from threshlint.calibration.metrics import Closeness, Metric, Vectors

NEIGHBOURS = 50


def draw_seeds(items: int, seeds: int, seed: int = 0) -> NDArray[np.int64]:
    """Draw seeds from an index, each item as likely as any other.

    Args:
        items: How many items the index holds.
        seeds: How many to draw.
        seed: Of the drawing.

    Returns:
        Their numbers, rising, shape (seeds,).

    Raises:
        SampleError: There are not so many.

    """
    if seeds > items:
        raise SampleError(f"{seeds} seeds cannot be drawn from {items} items; draw fewer")
    return np.sort(np.random.default_rng(seed).choice(items, seeds, replace=False))


def expand(
    old: Vectors,
    new: Vectors,
    seeds: NDArray[np.int64],
    neighbours: int = NEIGHBOURS,
    metric: Metric = Metric.COSINE,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Add the nearest neighbours of seeds in both spaces.

    Take more neighbours than all but a few seeds have pairs above the lowest threshold in question: what is left out is
    not counted, and a map refuses a threshold for which that is much.

    Args:
        old: The whole index in the old space, shape (n, d_old).
        new: The same in the new space, shape (n, d_new).
        seeds: The numbers of the seeds, shape (s,).
        neighbours: How many of each seed in each space.
        metric: What makes a neighbour.

    Returns:
        The numbers of the items of the sample, rising, shape (m,), and which of them are seeds, shape (m,): what
        ``PairedSample`` takes as ``seeds``; tell it ``neighbours`` as well.

    """
    parts = [np.asarray(seeds, dtype=np.int64)]
    for vectors in (old, new):
        hits = best_hits(Closeness(metric, vectors[seeds], vectors), neighbours + 1, own=False)
        parts.append(hits.documents.ravel().astype(np.int64))
    items = np.unique(np.concatenate(parts))
    return items, np.isin(items, seeds)
