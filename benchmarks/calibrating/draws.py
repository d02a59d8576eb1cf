"""Samples that are drawn again and again from a whole corpus, as a user would draw one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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

Vectors = NDArray[np.float32]
QUERIES = 3_000  # texts that are kept apart as queries; the others are the index
_ITEMS = 2_000
_SEEDS = 600
_NEIGHBOURS = 50
_DRAWN_QUERIES = 500


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

    def of_queries(population: Population, queries: NDArray[np.int64]) -> CalibrationMap:
        sample = corpus.sample(
            index,
            queries_old=corpus.old[queries],
            queries_new=corpus.new[queries],
            query_groups=corpus.groups[queries],
        )
        return fit(sample, *corpus.spaces, [population])

    def over(population: Population) -> Sampler:
        return Sampler(
            f"{_DRAWN_QUERIES:,} queries",
            population,
            lambda rng: of_queries(population, rng.choice(asked, _DRAWN_QUERIES, replace=False)),
            lambda: of_queries(population, asked),
        )

    def whole() -> CalibrationMap:
        return fit(corpus.sample(), *corpus.spaces, [PAIRS])

    return [
        Sampler(f"{_ITEMS:,} items, uniform", PAIRS, of_items, whole),
        Sampler(f"{_SEEDS:,} seeds + {_NEIGHBOURS} neighbours", PAIRS, of_seeds, whole),
        over(TOP1),
        over(top_k(10)),
    ]
