"""A paired sample -> a calibration map."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.grouping import near_duplicate_groups
from threshlint.calibration.hits import Hits, best_hits, top1_scores, top_k_scores
from threshlint.calibration.labelled import labelled_scores
from threshlint.calibration.map import CalibrationMap, SampleFacts
from threshlint.calibration.metrics import Closeness, Metric, Vectors, widened
from threshlint.calibration.pairs import Progress, numbered, pair_scores, seed_scores
from threshlint.calibration.population import PAIRS, TOP1, Population, top_k
from threshlint.calibration.sample import PairedSample
from threshlint.calibration.scores import PairedScores
from threshlint.calibration.space import Space
from threshlint.calibration.top_k import DEPTH, TopKEvidence, compare_hits

DEFAULT_K = 10


def fit(
    sample: PairedSample,
    old: Space,
    new: Space,
    populations: Sequence[Population] | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> CalibrationMap:
    """Make the map from the old space to the new one.

    All pairs of 5,000 items take seconds. Memory does not grow with the square of the sample.

    Args:
        sample: The same items under both models.
        old: What the old vectors are of.
        new: What the new vectors are of.
        populations: Over which pairs the rules decide. Without: ``pairs``, and ``top1`` and ``topk:10`` where there are
            queries or the size of the index is known.
        seed: Of all that is drawn: the same sample and seed give the same map.
        progress: Told the share that is done, from 0 to 1.

    Raises:
        SampleError: The sample cannot be used, or has not what a population needs.

    """
    sample.check()
    wanted = default_populations(sample) if populations is None else tuple(dict.fromkeys(populations))
    if not wanted:
        raise SampleError("a map is made for one population at the least, such as pairs")
    both = widened(sample.old), widened(sample.new)
    for name, space, vectors in zip(("old", "new"), (old, new), both, strict=True):
        if space.dimension != vectors.shape[1]:
            raise SampleError(
                f"the {name} space is said to have {space.dimension} dimensions, its vectors have {vectors.shape[1]}"
            )
        _refuse_overflow(name, space.metric, vectors)
    old, new = (
        replace(space, normalised=_of_unit_length(vectors)) for space, vectors in zip((old, new), both, strict=True)
    )
    work = _Work(sample, old, new, wanted, seed, progress or (lambda share: None))
    scores = {population: work.scores(population) for population in wanted}
    return CalibrationMap(
        old=old,
        new=new,
        scores=scores,
        top_k=work.top_k_evidence(),
        labels=labelled_scores(sample, old.metric, new.metric, work.query_groups),
        sample=SampleFacts(
            items=len(sample),
            queries=sample.query_count if sample.has_queries else None,
            groups=int(work.groups.max()) + 1,
            grouped_by="given" if sample.groups is not None else "near-duplicates",
            labels=0 if sample.labels is None else len(sample.labels.same),
            seeds=None if sample.seeds is None else int(sample.seeds.sum()),
            index_size=sample.index_size,
            whole_index=sample.whole_index,
            digest=sample.digest,
        ),
        created=datetime.date.today().isoformat(),
        seed=seed,
    )


def default_populations(sample: PairedSample) -> tuple[Population, ...]:
    """Return what a sample is good for: hits only where there are queries, or items that are known to be an index."""
    if sample.has_queries or sample.index_size is not None:
        return (PAIRS, TOP1, top_k(min(DEFAULT_K, len(sample) - 1)))
    return (PAIRS,)


class _Work:
    """What is made of a sample once, for all populations."""

    def __init__(
        self, sample: PairedSample, old: Space, new: Space, wanted: Sequence[Population], seed: int, progress: Progress
    ) -> None:
        self.sample, self.old, self.new, self.wanted, self.seed = sample, old, new, wanted, seed
        self._progress = progress
        self._done, self._steps = (
            0,
            sum(not population.k for population in wanted) + 2 * any(population.k for population in wanted),
        )
        self.groups = (
            numbered(sample.groups) if sample.groups is not None else near_duplicate_groups(sample.old, sample.new)
        )
        self.query_groups = self._groups_of_queries()
        # Of a small index, what is not in the closer half is no hit of anything.
        self._depth = max((min(DEPTH, self._documents() // 2), *(population.k for population in wanted)))
        self._hits: tuple[Hits, Hits] | None = None

    def scores(self, population: Population) -> PairedScores:
        """Return the paired scores of a population."""
        if not population.k:
            return self._pairs()
        available = self._documents()
        if population.k > available:
            raise SampleError(f"{population} needs {population.k} documents a query, and there are {available}")
        old, new = (hits.top(population.k) for hits in self.hits())
        if population == TOP1:
            return top1_scores(old, new, self.query_groups, self.groups)
        return top_k_scores(old, new, self.query_groups, available)

    def hits(self) -> tuple[Hits, Hits]:
        """Return the best hits of every query in both spaces."""
        if self._hits is None:
            sample = self.sample
            own = not sample.has_queries
            spaces = (
                Closeness(
                    self.old.metric, sample.old if sample.queries_old is None else sample.queries_old, sample.old
                ),
                Closeness(
                    self.new.metric, sample.new if sample.queries_new is None else sample.queries_new, sample.new
                ),
            )
            old, new = (best_hits(space, self._depth, own=own, progress=self._step()) for space in spaces)
            self._hits = old, new
        return self._hits

    def top_k_evidence(self) -> TopKEvidence | None:
        """Compare the best hits of both spaces, where they were looked for."""
        if self._hits is None:
            return None
        ks = [population.k for population in self.wanted if population.k]
        return compare_hits(*self._hits, self.query_groups, labels=self.sample.labels, ks=ks, seed=self.seed)

    def _documents(self) -> int:
        """Return how many documents a query can hit: all, but where the items are the queries not the item itself."""
        return len(self.sample) - (not self.sample.has_queries)

    def _pairs(self) -> PairedScores:
        sample = self.sample
        spaces = Closeness(self.old.metric, sample.old), Closeness(self.new.metric, sample.new)
        rng = np.random.default_rng(self.seed)
        if sample.seeds is not None:
            seeds = np.flatnonzero(sample.seeds).astype(np.int32)
            scores = seed_scores(*spaces, seeds, self.groups, rng, self._step())
            return replace(scores, neighbours=sample.neighbours, seeds=seeds)
        return pair_scores(*spaces, self.groups, rng, self._step())

    def _groups_of_queries(self) -> NDArray[np.int32]:
        sample = self.sample
        if sample.queries_old is None or sample.queries_new is None:
            return self.groups
        if sample.query_groups is not None:
            return numbered(sample.query_groups)
        return near_duplicate_groups(sample.queries_old, sample.queries_new)

    def _step(self) -> Progress:
        """Return what one step tells its progress to."""
        done = self._done
        self._done += 1
        return lambda share: self._progress((done + share) / self._steps)


def _refuse_overflow(name: str, metric: Metric, vectors: Vectors) -> None:
    """Refuse vectors whose products with each other are out of the range of their precision."""
    longest = float(np.abs(vectors).max()) * math.sqrt(vectors.shape[1])
    if metric not in (Metric.COSINE, Metric.ANGLE) and 4 * longest > math.sqrt(np.finfo(vectors.dtype).max):
        raise SampleError(
            f"the {name} model's vectors are so long (up to {longest:.1e}) that their products are out of the range "
            f"of {vectors.dtype} numbers; give them in double precision, or scaled down"
        )


def _of_unit_length(vectors: Vectors) -> bool:
    if np.abs(vectors).max() > 1.001:
        return False
    lengths = np.linalg.norm(vectors, axis=1)
    return bool(np.allclose(lengths, 1.0, rtol=0.0, atol=1e-3))
