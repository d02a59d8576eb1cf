"""Scores of all pairs of items, block by block: no matrix of n x n is ever in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from threshlint.calibration.histogram import Counter
from threshlint.calibration.metrics import Closeness
from threshlint.calibration.scores import Numbers, PairedScores, Rows

TAIL = 200_000  # pairs that are kept of either space's closest
BODY = 200_000  # pairs of the uniform sample
_ALL = TAIL + BODY  # so many are kept as they are
_BLOCK = 1 << 21  # scores in a block: two of them, and what is made of them, stay small
_PROBE = 20_000

Progress = Callable[[float], None]


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
    total = count * (count - 1) // 2
    collector = _Collector(old, new, total, rng)
    height = max(1, _BLOCK // count)
    done = 0
    for start in range(0, count, height):
        rows = slice(start, min(start + height, count))
        done += collector.add(rows)
        if progress is not None:
            progress(done / total)
    tail, floor_old, floor_new = collector.tail()
    return PairedScores(
        tail,
        collector.body(),
        floor_old,
        floor_new,
        total,
        groups,
        dyadic=True,
        old_histogram=collector.old_counter.histogram(),
        new_histogram=collector.new_counter.histogram(),
    )


def seed_scores(
    old: Closeness, new: Closeness, seeds: Numbers, groups: Numbers, progress: Progress | None = None
) -> PairedScores:
    """Score every seed with every other item in both spaces.

    Seeds are drawn from the index and their neighbours follow, so what was drawn are the seeds: a pair of two seeds is
    seen from both, and the sum over seeds stands for the sum over all items.

    Args:
        old: Closeness of the items in the old space, n of them.
        new: The same in the new space.
        seeds: The numbers of the items that are seeds, shape (s,).
        groups: The group of each item, shape (n,).
        progress: Told the share that is done, from 0 to 1.

    """
    count = len(old.first)
    parts = []
    height = max(1, _BLOCK // count)
    for start in range(0, len(seeds), height):
        chosen = seeds[start : start + height]
        of_old, of_new = (closeness.rows(chosen) for closeness in (old, new))
        others = np.ones(of_old.shape, dtype=bool)
        others[np.arange(len(chosen)), chosen] = False
        first, second = np.nonzero(others)
        parts.append((of_old[others], of_new[others], first + start, second))
        if progress is not None:
            progress(min(1.0, (start + height) / len(seeds)))
    of_old, of_new, first, second = (np.concatenate(each) for each in zip(*parts, strict=True))
    rows = Rows(of_old, of_new, first.astype(np.int32), second.astype(np.int32))
    return whole(rows, groups[seeds], dyadic=False, total=len(rows))


def whole(rows: Rows, groups: Numbers, *, dyadic: bool, total: int) -> PairedScores:
    """Return a population that is kept as a whole."""
    counters = []
    for scores in (rows.old, rows.new):
        known = scores[np.isfinite(scores)]
        counter = Counter(float(known.min()), float(known.max()))
        counter.add(known)
        counters.append(counter.histogram())
    _, numbered = np.unique(groups, return_inverse=True)
    return PairedScores(
        rows, None, -np.inf, -np.inf, total, numbered.astype(np.int32), dyadic, counters[0], counters[1]
    )


class _Collector:
    """Takes the blocks in: keeps the tail, samples the body, counts all."""

    def __init__(self, old: Closeness, new: Closeness, total: int, rng: np.random.Generator) -> None:
        self._spaces = (old, new)
        self._total = total
        self._rng = rng
        self._keep_all = total <= _ALL
        self._floors = [-np.inf, -np.inf]
        probes = [self._probe(closeness) for closeness in self._spaces]
        self.old_counter, self.new_counter = (
            Counter(*_reach(closeness, probe)) for closeness, probe in zip(self._spaces, probes, strict=True)
        )
        if not self._keep_all:
            # Twice as many as wanted, for the probe is small; too many are let go of on the way.
            share = min(1.0, 2 * TAIL / total)
            self._floors = [float(np.quantile(probe, 1 - share)) for probe in probes]
        self._tails: list[Rows] = []
        self._kept = 0
        self._bodies: list[Rows] = []

    def add(self, rows: slice) -> int:
        """Take in the pairs of some items with all that follow; return how many they were."""
        start = rows.start
        blocks = [closeness.block(rows, slice(start, None)) for closeness in self._spaces]
        height, width = blocks[0].shape
        # What is on and below the diagonal is an item with itself, or a pair that comes again.
        below = np.tril_indices(height)
        for counter, block in zip((self.old_counter, self.new_counter), blocks, strict=True):
            counter.add(block)
            counter.remove(block[below])
            block[below] = -np.inf
        pairs = int(height * width - len(below[0]))
        if self._keep_all:
            mask = np.ones((height, width), dtype=bool)
            mask[below] = False
            self._keep(blocks, np.flatnonzero(mask), start, width)
        else:
            self._keep(
                blocks, np.flatnonzero((blocks[0] >= self._floors[0]) | (blocks[1] >= self._floors[1])), start, width
            )
            self._sample(blocks, start, pairs)
            if self._kept > 6 * TAIL:
                self._prune()
        return pairs

    def tail(self) -> tuple[Rows, float, float]:
        """Return the rows of the tail and from where on it is complete."""
        if not self._keep_all:
            self._prune()
        return joined_rows(self._tails), self._floors[0], self._floors[1]

    def body(self) -> Rows | None:
        """Return the uniform sample, if one is needed."""
        if self._keep_all:
            return None
        rows = joined_rows(self._bodies)
        return Rows(rows.old, rows.new, rows.first, rows.second, self._total / len(rows))

    def _probe(self, closeness: Closeness) -> np.ndarray:
        count = len(closeness.first)
        first = self._rng.integers(0, count, _PROBE)
        second = (first + self._rng.integers(1, count, _PROBE)) % count
        return closeness.of(first, second)

    def _keep(self, blocks: list[np.ndarray], chosen: np.ndarray, start: int, width: int) -> None:
        first, second = np.divmod(chosen.astype(np.int32), np.int32(width))
        of_old, of_new = (block.ravel()[chosen] for block in blocks)
        self._tails.append(Rows(of_old, of_new, first + np.int32(start), second + np.int32(start)))
        self._kept += len(chosen)

    def _sample(self, blocks: list[np.ndarray], start: int, pairs: int) -> None:
        height, width = blocks[0].shape
        # Each pair is as likely as any other, so a block gets about its share of the sample.
        wanted = self._rng.binomial(BODY, pairs / self._total)
        # About half of a square block is no pair: draw until there are enough.
        first, second = np.zeros(0, np.int64), np.zeros(0, np.int64)
        while len(first) < wanted:
            rows, columns = self._rng.integers(0, height, 2 * wanted), self._rng.integers(0, width, 2 * wanted)
            valid = columns > rows
            first, second = np.append(first, rows[valid]), np.append(second, columns[valid])
        first, second = first[:wanted], second[:wanted]
        of_old, of_new = (block[first, second] for block in blocks)
        self._bodies.append(Rows(of_old, of_new, (first + start).astype(np.int32), (second + start).astype(np.int32)))

    def _prune(self) -> None:
        """Let go of what is not among the closest of either space."""
        rows = joined_rows(self._tails)
        for index, scores in enumerate((rows.old, rows.new)):
            if len(rows) > TAIL:
                self._floors[index] = max(self._floors[index], float(np.partition(scores, -TAIL)[-TAIL]))
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


def _reach(closeness: Closeness, probe: np.ndarray) -> tuple[float, float]:
    """Return the range to count scores over: as far as the metric goes, or a good deal further than the probe did."""
    bounds = closeness.bounds
    if bounds is not None:
        return bounds
    low, high = float(probe.min()), float(probe.max())
    slack = 0.5 * (high - low)
    return low - slack, (0.0 if closeness.metric.is_distance else high + slack)
