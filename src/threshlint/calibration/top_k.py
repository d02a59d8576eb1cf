"""How the best hits of two spaces compare, K by K. There is no map for a K: this is evidence to choose one by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.bootstrap import DRAWS, group_weights
from threshlint.calibration.hits import Hits, ranks_among
from threshlint.calibration.sample import Labels
from threshlint.calibration.scores import Numbers

DEPTH = 100  # how many hits of each query are compared
_KS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100)
RECOVERIES = (0.8, 0.9, 0.95)
_SHORTEST = 8  # ranks in which a knee can be told
_NO_KNEE = 0.1  # how far the curve must bend away from a straight line, as a share of its fall


@dataclass(frozen=True)
class Cliff:
    """The knee of the mean score by rank: from here on, hits are about equally far.

    Attributes:
        rank: Counted from 1; None where there is no cliff.
        low: 95 % interval, lower end.
        high: Its upper end.

    """

    rank: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class AtK:
    """The comparison at one K.

    Attributes:
        k: How many hits the old rule takes.
        overlap: Mean share of the old top-K that is in the new top-K, 0 to 1.
        overlap_low: Its 95 % interval, lower end.
        overlap_high: Its upper end.
        recovery: For each share of ``RECOVERIES``, the smallest K' whose new top-K' holds that share of the old top-K
            in the mean; None where no K' up to the depth does.
        recall_old: Mean share of a query's hits that people judged right which are in its old top-K; None without
            labels.
        recall_new: The same in the new top-K.

    """

    k: int
    overlap: float
    overlap_low: float
    overlap_high: float
    recovery: tuple[tuple[float, int | None], ...]
    recall_old: float | None = None
    recall_new: float | None = None


@dataclass(frozen=True)
class TopKEvidence:
    """How the best hits compare.

    Attributes:
        depth: How many hits of each query were compared.
        queries: How many queries there are.
        at: The comparison at several Ks, up to the depth.
        overlaps: The mean overlap at every K from 1 to the depth.
        cliff_old: The cliff in the old space.
        cliff_new: The cliff in the new space.

    """

    depth: int
    queries: int
    at: tuple[AtK, ...]
    overlaps: tuple[float, ...]
    cliff_old: Cliff
    cliff_new: Cliff

    def at_k(self, k: int) -> AtK | None:
        """Return the comparison at a K, if it was made."""
        return next((each for each in self.at if each.k == k), None)


def compare_hits(
    old: Hits, new: Hits, groups: Numbers, *, labels: Labels | None = None, ks: Sequence[int] = (), seed: int = 0
) -> TopKEvidence:
    """Compare the best hits of each query in two spaces.

    Args:
        old: Best hits in the old space, of q queries.
        new: The same in the new one, equally deep.
        groups: The group of each query, shape (q,).
        labels: Judged pairs of a query (``first``) and a document (``second``).
        ks: At which Ks besides the usual ones.
        seed: Of resamplings.

    """
    queries, depth = old.documents.shape
    ranks = ranks_among(old.documents, new.documents)
    rng = np.random.default_rng(seed)
    weights = np.stack([group_weights(int(groups.max()) + 1, rng)[groups] for _ in range(DRAWS)])
    weights /= weights.sum(axis=1, keepdims=True)
    wanted = sorted({k for k in (*_KS, *ks) if k <= depth} | {depth})
    return TopKEvidence(
        depth,
        queries,
        tuple(_at(k, ranks, weights, old, new, labels) for k in wanted),
        tuple(float((ranks[:, :k] < k).mean()) for k in range(1, depth + 1)),
        cliff(old.scores, weights),
        cliff(new.scores, weights),
    )


def cliff(scores: NDArray[np.floating[Any]], weights: NDArray[np.float64]) -> Cliff:
    """Find the knee of the mean score by rank, where there is one.

    The knee is the rank furthest below the straight line from the first score to the last (Satopää et al. 2011,
    "Finding a 'Kneedle' in a Haystack"). Every falling curve has such a point; it is a cliff only if it stays where it
    is when half of the ranks are looked at, and when queries are drawn again.

    Args:
        scores: Of each query's best hits, best first, shape (q, depth).
        weights: Of the queries in each resampling, rows that sum to 1, shape (draws, q).

    """
    depth = scores.shape[1]
    if depth < _SHORTEST:
        return Cliff()
    curves = weights @ scores
    mean = scores.mean(axis=0, dtype=np.float64)
    rank = _knee(mean)
    halved = _knee(mean[: depth // 2])
    if rank is None or halved is None:
        return Cliff()
    drawn = [knee for knee in (_knee(curve) for curve in curves) if knee is not None]
    if 2 * len(drawn) < len(curves):
        return Cliff()
    low, high = (int(each) for each in np.quantile(drawn, [0.025, 0.975], method="nearest"))
    if not low <= halved <= high or high - low > depth // 4:
        return Cliff()
    return Cliff(rank, low, high)


def _at(
    k: int, ranks: NDArray[np.int32], weights: NDArray[np.float64], old: Hits, new: Hits, labels: Labels | None
) -> AtK:
    of_query = (ranks[:, :k] < k).mean(axis=1)
    low, high = np.quantile(weights @ of_query, [0.025, 0.975])
    depth = new.documents.shape[1]
    reached = np.cumsum(np.bincount(ranks[:, :k].ravel(), minlength=depth + 1)[:depth]) / (k * len(ranks))
    recovery = tuple((share, _first_reaching(reached, share)) for share in RECOVERIES)
    recalls = (None, None) if labels is None else tuple(_recall(hits.documents[:, :k], labels) for hits in (old, new))
    return AtK(k, float(of_query.mean()), float(low), float(high), recovery, *recalls)


def _first_reaching(shares: NDArray[np.float64], wanted: float) -> int | None:
    place = int(np.searchsorted(shares, wanted - 1e-12))
    return place + 1 if place < len(shares) else None


def _recall(documents: Numbers, labels: Labels) -> float | None:
    """Return the mean over queries of the share of their right documents that are among their hits."""
    first, second = labels.first[labels.same], labels.second[labels.same]
    if not len(first):
        return None
    found = (documents[first] == second[:, None]).any(axis=1)
    queries, where = np.unique(first, return_inverse=True)
    return float((np.bincount(where, weights=found) / np.bincount(where)).mean()) if len(queries) else None


def _knee(curve: NDArray[np.floating[Any]]) -> int | None:
    """Return the rank, from 1, that is furthest below the chord; None where the curve hardly bends or does not fall."""
    fall = float(curve[0] - curve[-1])
    if fall <= 0:
        return None
    below = 1 - np.linspace(0, 1, len(curve)) - (curve - curve[-1]) / fall
    place = int(np.argmax(below))
    return place + 1 if below[place] >= _NO_KNEE else None
