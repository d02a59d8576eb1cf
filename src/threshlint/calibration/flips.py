"""The pairs whose decision flips: an owner signs what they can see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from threshlint.calibration.scores import PairedScores


@dataclass(frozen=True)
class Flip:
    """A pair that passes one threshold and not the other.

    Attributes:
        first: The first item, the seed or the query, by its row in the sample.
        second: The second item; for ``top1``, the best hit in the old space.
        old: Closeness in the old space; minus infinity where the item is not among the query's K best.
        new: Closeness in the new space; the same.
        gained: Whether it passes now and did not before; else the other way round.

    """

    first: int
    second: int
    old: float
    new: float
    gained: bool


def flips(scores: PairedScores, threshold: float, new_threshold: float, most: int = 10) -> list[Flip]:
    """Return the pairs that flip, of each direction those that are the furthest from both thresholds.

    How far is counted in ranks among the scores of each space, for the spaces have no measure in common; a pair counts
    by the space in which it is nearer to the threshold.

    Args:
        scores: The population.
        threshold: The old threshold, as closeness.
        new_threshold: The new one.
        most: How many of each direction.

    """
    threshold, new_threshold = np.float64(threshold), np.float64(new_threshold)
    rows = scores.deciding(threshold)
    firsts = rows.first if scores.seeds is None else scores.seeds[rows.first]
    old, new = rows.old >= threshold, rows.new >= new_threshold
    found = []
    for gained in (False, True):
        places = np.flatnonzero((new & ~old) if gained else (old & ~new))
        certainty = np.minimum(_ranks_from(rows.old, threshold, places), _ranks_from(rows.new, new_threshold, places))
        for place in places[np.argsort(-certainty, kind="stable")][:most]:
            found.append(
                Flip(
                    int(firsts[place]),
                    int(rows.second[place]),
                    float(rows.old[place]),
                    float(rows.new[place]),
                    gained,
                )
            )
    return found


def _ranks_from(scores: np.ndarray, threshold: float, places: np.ndarray) -> np.ndarray:
    """Return how many scores lie between some of them and a threshold."""
    ascending = np.sort(scores)
    between: np.ndarray = np.abs(np.searchsorted(ascending, scores[places]) - np.searchsorted(ascending, threshold))
    return between
