"""Other ways from an old threshold to a new one, on the same pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from calibrating.draws import Corpus
from threshlint.calibration import PAIRS, fit

Scores = NDArray[np.float64]
Method = Callable[[Scores, Scores, float], float]
_FURTHEST = 10  # neighbours of an item in the old space


@dataclass(frozen=True)
class Outcome:
    """What a method's thresholds do in the whole corpus, median over draws.

    Attributes:
        threshold: The new threshold.
        volume: New positives over old ones.
        f1: Agreement with the old decisions.

    """

    threshold: float
    volume: float
    f1: float


def carry_over(old: Scores, new: Scores, threshold: float) -> float:
    """Leave the value as it is."""
    return threshold


def z_score(old: Scores, new: Scores, threshold: float) -> float:
    """Keep how many standard deviations it lies above the mean."""
    return float(new.mean() + (threshold - old.mean()) / old.std() * new.std())


def isotonic(old: Scores, new: Scores, threshold: float) -> float:
    """Take the new score that is expected at the old threshold."""
    from sklearn.isotonic import IsotonicRegression

    return float(IsotonicRegression(out_of_bounds="clip").fit(old, new).predict([threshold])[0])


def inverse_isotonic(old: Scores, new: Scores, threshold: float) -> float:
    """Take the new score at which the old one that is expected reaches the threshold."""
    from sklearn.isotonic import IsotonicRegression

    grid = np.unique(new)
    expected = IsotonicRegression(out_of_bounds="clip").fit(new, old).predict(grid)
    return float(grid[min(int(np.searchsorted(expected, threshold)), len(grid) - 1)])


def count_matching(old: Scores, new: Scores, threshold: float) -> float:
    """Let as many pass as before."""
    passing = int((old >= threshold).sum())
    return float(np.sort(new)[::-1][passing - 1]) if passing else float("inf")


METHODS: Mapping[str, Method] = {
    "carry-over": carry_over,
    "z-score": z_score,
    "isotonic, new on old": isotonic,
    "isotonic, old on new": inverse_isotonic,
}


def rivals(
    corpus: Corpus, thresholds: list[float], items: int, draws: int, progress: Callable[[float], None]
) -> dict[tuple[str, float], Outcome]:
    """Ask every method on every draw, and judge its thresholds on the whole corpus."""
    cosines = _Cosines(corpus)
    found: dict[tuple[str, float], list[Outcome]] = {}
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        chosen = np.sort(rng.choice(len(corpus.old), items, replace=False))
        old, new = cosines.among(chosen)
        of_neighbours = cosines.old_neighbours(chosen)
        made = fit(corpus.sample(chosen), *corpus.spaces, [PAIRS])
        for threshold in thresholds:
            values = {name: method(old, new, threshold) for name, method in METHODS.items()}
            values["old neighbours only"] = count_matching(*of_neighbours, threshold)
            matched = made.recalibrate(threshold, PAIRS).new
            if matched is not None:
                values["**count matching**"] = matched
            for name, value in values.items():
                found.setdefault((name, threshold), []).append(cosines.judge(threshold, value))
        progress((draw + 1) / draws)
    return {key: _middle(outcomes) for key, outcomes in found.items()}


class _Cosines:
    """Cosines of the whole corpus, of which the closest decide."""

    def __init__(self, corpus: Corpus) -> None:
        self._old, self._new = (
            vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in (corpus.old, corpus.new)
        )
        self._upper: tuple[Scores, Scores] | None = None

    def among(self, items: NDArray[np.int64]) -> tuple[Scores, Scores]:
        """Return the old and the new cosines of all pairs of some items, each of shape (pairs,)."""
        upper = np.triu_indices(len(items), 1)
        old, new = ((vectors[items] @ vectors[items].T)[upper] for vectors in (self._old, self._new))
        return old.astype(np.float64), new.astype(np.float64)

    def old_neighbours(self, items: NDArray[np.int64]) -> tuple[Scores, Scores]:
        """Return the cosines of each item with those that are closest to it in the old space."""
        old = self._old[items] @ self._old[items].T
        new = self._new[items] @ self._new[items].T
        np.fill_diagonal(old, -np.inf)
        near = np.argpartition(old, -_FURTHEST, axis=1)[:, -_FURTHEST:]
        pairs = np.unique(
            np.sort(np.stack([np.repeat(np.arange(len(items)), _FURTHEST), near.ravel()]), axis=0), axis=1
        )
        return old[pairs[0], pairs[1]].astype(np.float64), new[pairs[0], pairs[1]].astype(np.float64)

    def judge(self, threshold: float, value: float) -> Outcome:
        """Decide over all pairs of the corpus."""
        both = old_positives = new_positives = 0
        if self._upper is None:
            self._upper = self._all()
        old_scores, new_scores = self._upper
        old, new = old_scores >= threshold, new_scores >= value
        both, old_positives, new_positives = int((old & new).sum()), int(old.sum()), int(new.sum())
        f1 = 2 * both / (old_positives + new_positives) if old_positives + new_positives else 0.0
        return Outcome(value, new_positives / old_positives, f1)

    def _all(self) -> tuple[Scores, Scores]:
        upper = np.triu_indices(len(self._old), 1)
        old, new = ((vectors @ vectors.T)[upper] for vectors in (self._old, self._new))
        return old, new


def _middle(outcomes: list[Outcome]) -> Outcome:
    return Outcome(
        median(each.threshold for each in outcomes),
        median(each.volume for each in outcomes),
        median(each.f1 for each in outcomes),
    )
