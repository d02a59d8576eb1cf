"""Scores of all pairs of items, block by block: no matrix of n x n is ever in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.metrics import Closeness, Vectors
from threshlint.calibration.scores import Numbers, PairedScores, Rows

TAIL = 200_000  # pairs that are kept of either space's closest
BODY = 200_000  # pairs of the uniform sample
_ALL = TAIL + BODY  # so many are kept as they are
_BLOCK = 1 << 21  # scores in a block: two of them, and what is made of them, stay small
_PROBE = 20_000

Progress = Callable[[float], None]
_Places = tuple[NDArray[np.intp], NDArray[np.intp]]


def pair_scores(
    old: Closeness, new: Closeness, groups: Numbers, rng: np.random.Generator, progress: Progress | None = None
) -> PairedScores:
    """Score every unordered pair of items in both spaces.

    Args:
        old: Closeness of the items among themselves in the old space, n of them.
        new: The same in the new space.
        groups: The group of each item, shape (n,).
        rng: Draws the sample of the body.
        progress: Told the share that is done, from 0 to 1.

    """
    count = len(old.first)
    collector = _Collector(old, new, count * (count - 1) // 2, rng)
    height = _height(count)
    for start in range(0, count, height):
        rows = slice(start, min(start + height, count))
        # What is on and below the diagonal is an item with itself, or a pair that comes again.
        blocks = old.block(rows, slice(start, None)), new.block(rows, slice(start, None))
        collector.add(blocks, np.tril_indices(rows.stop - start), start, start)
        if progress is not None:
            progress(1 - (1 - rows.stop / count) ** 2)
    return collector.scores(groups, dyadic=True)


def seed_scores(
    old: Closeness,
    new: Closeness,
    seeds: Numbers,
    groups: Numbers,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> PairedScores:
    """Score every seed with every other item in both spaces.

    Seeds are drawn from the index and their neighbours follow, so what was drawn are the seeds: a pair of two seeds is
    seen from both, and the sum over seeds stands for the sum over all items.

    Args:
        old: Closeness of the items in the old space, n of them.
        new: The same in the new space.
        seeds: The numbers of the items that are seeds, shape (s,).
        groups: The group of each item, shape (n,).
        rng: Draws the sample of the body.
        progress: Told the share that is done, from 0 to 1.

    """
    count = len(old.first)
    collector = _Collector(old, new, len(seeds) * (count - 1), rng)
    height = _height(count)
    for start in range(0, len(seeds), height):
        chosen = seeds[start : start + height]
        own = np.arange(len(chosen)), chosen.astype(np.int64)
        collector.add((old.rows(chosen), new.rows(chosen)), own, start, 0)
        if progress is not None:
            progress(min(1.0, (start + height) / len(seeds)))
    return collector.scores(groups[seeds], dyadic=False)


def whole(rows: Rows, groups: Numbers, *, dyadic: bool, total: int) -> PairedScores:
    """Return a population that is kept as a whole."""
    return PairedScores(rows, None, -np.inf, -np.inf, total, numbered(groups), dyadic)


class _Collector:
    """Takes blocks of scores in: keeps the tail, and samples the body."""

    def __init__(self, old: Closeness, new: Closeness, total: int, rng: np.random.Generator) -> None:
        self._total = total
        self._rng = rng
        self._keep_all = total <= _ALL
        probes = [_probe(closeness, rng) for closeness in (old, new)]
        # Twice as many as wanted, for the probe is small; too many are let go of on the way.
        share = min(1.0, 2 * TAIL / total)
        self._floors = [-np.inf if self._keep_all else float(np.quantile(probe, 1 - share)) for probe in probes]
        self._tails: list[Rows] = []
        self._kept = 0
        self._bodies: list[Rows] = []

    def add(self, blocks: tuple[Vectors, Vectors], no_pairs: _Places, first: int, second: int) -> None:
        """Take in the scores of some items or seeds with others.

        Args:
            blocks: Closeness in the old and in the new space, each of shape (rows, columns).
            no_pairs: Rows and columns of what is no pair, or comes again.
            first: The number of the first row.
            second: The number of the first column.

        """
        for block in blocks:
            block[no_pairs] = -np.inf
        old, new = blocks
        if self._keep_all:
            chosen = np.flatnonzero(~np.isneginf(old))
        else:
            chosen = np.flatnonzero((old >= self._floors[0]) | (new >= self._floors[1]))
            self._sample(blocks, old.size - len(no_pairs[0]), first, second)
        rows, columns = np.divmod(chosen.astype(np.int32), np.int32(old.shape[1]))
        self._tails.append(
            Rows(old.ravel()[chosen], new.ravel()[chosen], rows + np.int32(first), columns + np.int32(second))
        )
        self._kept += len(chosen)
        if not self._keep_all and self._kept > 6 * TAIL:
            self._prune()

    def scores(self, groups: Numbers, *, dyadic: bool) -> PairedScores:
        """Return what was collected, of items or seeds of these groups."""
        body = None
        if not self._keep_all:
            self._prune()
            sampled = joined_rows(self._bodies)
            body = Rows(sampled.old, sampled.new, sampled.first, sampled.second, self._total / len(sampled))
        tail = joined_rows(self._tails)
        return PairedScores(tail, body, self._floors[0], self._floors[1], self._total, numbered(groups), dyadic)

    def _sample(self, blocks: tuple[Vectors, Vectors], pairs: int, first: int, second: int) -> None:
        old, new = blocks
        # Each pair is as likely as any other, so a block gets about its share of the sample.
        wanted = self._rng.binomial(BODY, pairs / self._total)
        places = np.zeros(0, dtype=np.int64)
        while len(places) < wanted:  # what is no pair is drawn in vain
            drawn = self._rng.integers(0, old.size, wanted + wanted // 8 + 8)
            places = np.append(places, drawn[~np.isneginf(old.ravel()[drawn])])
        places = places[:wanted]
        rows, columns = np.divmod(places.astype(np.int32), np.int32(old.shape[1]))
        self._bodies.append(
            Rows(old.ravel()[places], new.ravel()[places], rows + np.int32(first), columns + np.int32(second))
        )

    def _prune(self) -> None:
        """Let go of what is not among the closest of either space."""
        rows = joined_rows(self._tails)
        for index, scores in enumerate((rows.old, rows.new)):
            if len(rows) > TAIL:
                floor = np.partition(scores, -TAIL)[-TAIL]
                if int((scores >= floor).sum()) > 2 * TAIL:  # equal scores without end: the body answers for them
                    floor = np.nextafter(floor, scores.dtype.type(np.inf))
                self._floors[index] = max(self._floors[index], float(floor))
        rows = rows.where((rows.old >= self._floors[0]) | (rows.new >= self._floors[1]))
        self._tails, self._kept = [rows], len(rows)


def joined_rows(parts: list[Rows]) -> Rows:
    """Return all rows of several parts."""
    return Rows(
        np.concatenate([part.old for part in parts]),
        np.concatenate([part.new for part in parts]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.second for part in parts]),
    )


def numbered(groups: NDArray[Any]) -> Numbers:
    """Return groups numbered through from 0."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int32)


def _height(width: int) -> int:
    """Return how many rows of so many columns make a block."""
    return max(1, _BLOCK // width)


def _probe(closeness: Closeness, rng: np.random.Generator) -> Vectors:
    """Return the scores of a few pairs."""
    count = len(closeness.first)
    first = rng.integers(0, count, _PROBE)
    return closeness.of(first, (first + rng.integers(1, count, _PROBE)) % count)
