"""Samples that are drawn again and again from a whole corpus, as a user would draw one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration import (
    PAIRS,
    TOP1,
    CalibrationMap,
    PairedSample,
    Population,
    Space,
    expand,
    fit,
    near_duplicate_groups,
    top_k,
)
from threshlint.calibration.pairs import numbered
from threshlint.calibration.scores import Rows

Vectors = NDArray[np.float32]
QUERIES = 3_000  # texts that are kept apart as queries; the others are the index
_ITEMS = 2_000
_SEEDS = 600
_NEIGHBOURS = 50
_DRAWN_QUERIES = 500
_K = 10


@dataclass(frozen=True, eq=False)
class Corpus:
    """The same texts under two models.

    Attributes:
        old: Shape (n, d_old).
        new: Shape (n, d_new).
        names: Of the two models.
        groups: The group of near-duplicates of each text, shape (n,).

    """

    old: Vectors
    new: Vectors
    names: tuple[str, str]
    groups: NDArray[np.int32]

    @classmethod
    def of(cls, old: Vectors, new: Vectors, names: tuple[str, str]) -> Corpus:
        """Make a corpus, with its near-duplicates found once."""
        return cls(old, new, names, near_duplicate_groups(old, new))

    @property
    def spaces(self) -> tuple[Space, Space]:
        """The two spaces."""
        old, new = self.names
        return Space(old, self.old.shape[1]), Space(new, self.new.shape[1])

    def sample(self, items: NDArray[np.int64] | slice = slice(None), **more: object) -> PairedSample:
        """Return some of its texts, or all, as a sample."""
        return PairedSample(self.old[items], self.new[items], groups=self.groups[items], **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sampler:
    """A way to draw a sample, and what the whole corpus says of the same population.

    Attributes:
        name: For people.
        population: Which pairs.
        draw: A source of chance -> the map of one sample.
        whole: The map of the whole corpus.

    """

    name: str
    population: Population
    draw: Callable[[np.random.Generator], CalibrationMap]
    whole: Callable[[], CalibrationMap]


def samplers(corpus: Corpus) -> list[Sampler]:
    """Return every sampler with every population that it serves."""
    count = len(corpus.old)
    apart = np.random.default_rng(0).permutation(count)
    asked, index = apart[:QUERIES], apart[QUERIES:]

    def of_items(rng: np.random.Generator) -> CalibrationMap:
        items = np.sort(rng.choice(count, _ITEMS, replace=False))
        return fit(corpus.sample(items), *corpus.spaces, [PAIRS])

    def of_seeds(rng: np.random.Generator) -> CalibrationMap:
        seeds = np.sort(rng.choice(count, _SEEDS, replace=False))
        items, are_seeds = expand(corpus.old, corpus.new, seeds, _NEIGHBOURS)
        return fit(corpus.sample(items, seeds=are_seeds, neighbours=_NEIGHBOURS), *corpus.spaces, [PAIRS])

    @cache
    def of_index() -> CalibrationMap:
        sample = corpus.sample(
            index, queries_old=corpus.old[asked], queries_new=corpus.new[asked], query_groups=corpus.groups[asked]
        )
        return fit(sample, *corpus.spaces, [TOP1, top_k(_K)])

    def of_queries(population: Population) -> Sampler:
        def draw(rng: np.random.Generator) -> CalibrationMap:
            return with_queries(of_index(), population, rng.choice(QUERIES, _DRAWN_QUERIES, replace=False))

        return Sampler(f"{_DRAWN_QUERIES:,} queries", population, draw, of_index)

    @cache
    def whole() -> CalibrationMap:
        return fit(corpus.sample(), *corpus.spaces, [PAIRS])

    return [
        Sampler(f"{_ITEMS:,} items, uniform", PAIRS, of_items, whole),
        Sampler(f"{_SEEDS:,} seeds + {_NEIGHBOURS} neighbours", PAIRS, of_seeds, whole),
        of_queries(TOP1),
        of_queries(top_k(_K)),
    ]


def with_queries(made: CalibrationMap, population: Population, queries: NDArray[np.int64]) -> CalibrationMap:
    """Return the map that these queries alone would give: their hits in the same index are the same."""
    scores = made.scores_of(population)
    drawn = np.isin(scores.first, queries)
    rows = scores.tail.where(drawn)
    place = np.full(len(scores.groups), -1, dtype=np.int32)
    place[np.sort(queries)] = np.arange(len(queries), dtype=np.int32)
    part = replace(
        scores,
        tail=Rows(rows.old, rows.new, place[rows.first], rows.second),
        total=scores.total // len(scores.groups) * len(queries),
        groups=numbered(scores.groups[np.sort(queries)]),
        same_hit=None if scores.same_hit is None else scores.same_hit[drawn],
    )
    return replace(made, scores={population: part})
