"""What a map keeps of a population: paired scores, exact where rules decide, a uniform sample of the rest.

Most pairs are far apart and no threshold cares which of them. So every pair among the closest of either space is kept
(the tail), with a uniform sample of all pairs for thresholds that let many pass (the body).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.histogram import Histogram, histogram

Scores = NDArray[np.floating[Any]]
Numbers = NDArray[np.int32]

_DEEP_ENOUGH = 1.5  # an interval looks at this many times as many new positives as there are old ones
_MARGIN = 50
_FURTHEST = 5
_FEW = 200


@dataclass(frozen=True, eq=False)
class Rows:
    """Paired scores, a row a pair.

    Attributes:
        old: Closeness in the old space, shape (m,); minus infinity for what is not among a query's K best there.
        new: The same in the new space.
        first: Which item or query, shape (m,).
        second: Which item it is compared with, shape (m,); its best hit in the old space for ``top1``.
        scale: How many pairs of the population a row stands for.

    """

    old: Scores
    new: Scores
    first: Numbers
    second: Numbers
    scale: float = 1.0

    def __len__(self) -> int:
        return len(self.old)

    def where(self, chosen: NDArray[Any]) -> Rows:
        """Return some of the rows, by mask or by number."""
        return Rows(self.old[chosen], self.new[chosen], self.first[chosen], self.second[chosen], self.scale)

    @cached_property
    def new_sorted(self) -> Scores:
        """The new scores, highest first."""
        return np.sort(self.new)[::-1]


@dataclass(frozen=True, eq=False)
class PairedScores:
    """The paired scores of one population.

    Attributes:
        tail: Every pair whose old closeness reaches ``floor_old`` or whose new one reaches ``floor_new``.
        body: A uniform sample of all pairs; None where the tail holds all.
        floor_old: From where on the tail is complete; minus infinity where it holds all.
        floor_new: The same in the new space.
        total: How many pairs the population has in the sample.
        groups: The group of each item or query that ``first`` and, if ``dyadic``, ``second`` count, shape (n,).
        dyadic: Whether both sides of a pair were drawn; else the first only, and the second is one of the whole index.
        same_hit: For ``top1``, whether a row's best hits in the two spaces are one document or of one group, shape
            (m,).
        neighbours: How many neighbours of each seed were taken in each space, where ``first`` are seeds and that is
            known.
        seeds: Where ``first`` counts seeds, the item that each of them is, shape (n,); None where it counts items or
            queries.

    """

    tail: Rows
    body: Rows | None
    floor_old: float
    floor_new: float
    total: int
    groups: Numbers
    dyadic: bool
    same_hit: NDArray[np.bool_] | None = None
    neighbours: int | None = None
    seeds: Numbers | None = None

    @cached_property
    def group_count(self) -> int:
        """How many groups there are."""
        return int(self.groups.max()) + 1 if len(self.groups) else 0

    @cached_property
    def group_sizes(self) -> NDArray[np.int64]:
        """How many items or queries each group has, shape (group_count,)."""
        return np.bincount(self.groups, minlength=self.group_count)

    def rows_for(self, threshold: float) -> Rows:
        """Return the rows that answer for an old threshold: the tail where it is deep enough, else the body."""
        threshold = np.float64(threshold)  # numpy would round any other number to the precision of the scores
        if self.body is None:
            return self.tail
        if threshold >= self.floor_old:
            positives = int((self.tail.old >= threshold).sum())
            if int((self.tail.new >= self.floor_new).sum()) >= _DEEP_ENOUGH * positives + _MARGIN:
                return self.tail
        return self.body

    def deciding(self, threshold: float) -> Rows:
        """Return the rows that an old threshold and any new one worth a thought decide differently about.

        No new threshold is looked at that lets several times as many pairs pass as the old one did.
        """
        rows = self.rows_for(threshold)
        positives = rows.old >= np.float64(threshold)
        reach = _FURTHEST * int(positives.sum()) + _FEW
        if reach >= len(rows):
            return rows
        return rows.where(positives | (rows.new >= np.partition(rows.new, -reach)[-reach]))

    def cut_off(self, threshold: float, new_threshold: float) -> float:
        """Return the share of positives whose seed has as many as neighbours were taken: more may be missing."""
        if self.neighbours is None:
            return 0.0
        shares = []
        for scores, least in ((self.tail.old, threshold), (self.tail.new, new_threshold)):
            of_seed = np.bincount(self.tail.first[scores >= least])
            passing = int(of_seed.sum())
            shares.append(float(of_seed[of_seed >= self.neighbours].sum()) / passing if passing else 0.0)
        return max(shares)

    def old_histogram(self, bins: int) -> Histogram:
        """Return how the old scores are distributed."""
        body = self.body
        return histogram(
            self.tail.old, None if body is None else body.old, self.floor_old, 1.0 if body is None else body.scale, bins
        )

    def new_histogram(self, bins: int) -> Histogram:
        """Return how the new scores are distributed."""
        body = self.body
        return histogram(
            self.tail.new, None if body is None else body.new, self.floor_new, 1.0 if body is None else body.scale, bins
        )

    @property
    def old(self) -> Scores:
        """The old scores of the tail."""
        return self.tail.old

    @property
    def new(self) -> Scores:
        """The new scores of the tail."""
        return self.tail.new

    @property
    def first(self) -> Numbers:
        """The first item or the query of each pair of the tail."""
        return self.tail.first

    @property
    def second(self) -> Numbers:
        """The second item of each pair of the tail."""
        return self.tail.second
