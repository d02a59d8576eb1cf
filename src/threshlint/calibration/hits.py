"""Each query's best hits in each space."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.metrics import Closeness
from threshlint.calibration.pairs import Progress, joined_rows, whole
from threshlint.calibration.scores import Numbers, PairedScores, Rows

_BLOCK = 1 << 21


@dataclass(frozen=True, eq=False)
class Hits:
    """The best documents of each query in one space, best first.

    Attributes:
        documents: Their numbers, shape (queries, depth).
        scores: Their closeness, shape (queries, depth).

    """

    documents: Numbers
    scores: NDArray[np.floating[Any]]

    def top(self, k: int) -> Hits:
        """Return the first ``k`` of them."""
        return Hits(self.documents[:, :k], self.scores[:, :k])


def best_hits(closeness: Closeness, depth: int, *, own: bool, progress: Progress | None = None) -> Hits:
    """Find the documents that are closest to each query; among equals, the one that comes first.

    Args:
        closeness: Of queries (``first``) and documents (``second``).
        depth: How many to find, at most as many as there are (others, with ``own``).
        own: Whether the queries are the documents, so that none is its own hit.
        progress: Told the share that is done, from 0 to 1.

    """
    queries, count = len(closeness.first), len(closeness.second)
    depth = min(depth, count - own)
    documents = np.empty((queries, depth), dtype=np.int32)
    found = np.empty((queries, depth), dtype=closeness.first.dtype)
    height = max(1, _BLOCK // count)
    for start in range(0, queries, height):
        rows = slice(start, min(start + height, queries))
        block = closeness.block(rows)
        if own:
            block[np.arange(block.shape[0]), np.arange(rows.start, rows.stop)] = -np.inf
        documents[rows], found[rows] = _best_of(block, depth)
        if progress is not None:
            progress(rows.stop / queries)
    return Hits(documents, found)


def top1_scores(old: Hits, new: Hits, groups: Numbers, document_groups: Numbers) -> PairedScores:
    """Pair each query's best score in the old space with its best in the new one, whichever documents these are.

    Args:
        old: Best hits in the old space, of q queries.
        new: The same in the new space.
        groups: The group of each query, shape (q,).
        document_groups: The group of each document.

    """
    queries = np.arange(len(old.scores), dtype=np.int32)
    rows = Rows(old.scores[:, 0], new.scores[:, 0], queries, old.documents[:, 0])
    same = document_groups[old.documents[:, 0]] == document_groups[new.documents[:, 0]]
    return replace(whole(rows, groups, dyadic=False, total=len(rows)), same_hit=same)


def top_k_scores(old: Hits, new: Hits, groups: Numbers, documents: int) -> PairedScores:
    """Pair the scores of all documents that are among a query's K best in either space.

    A document that is not among the K best of a space has minus infinity there: no threshold lets it pass.

    Args:
        old: The K best hits in the old space, of q queries.
        new: The same in the new space.
        groups: The group of each query, shape (q,).
        documents: How many documents there are.

    """
    queries, k = old.documents.shape
    number = np.repeat(np.arange(queries, dtype=np.int32), k)
    in_new = _scores_among(old, new)
    in_old = _scores_among(new, old)
    of_old = Rows(old.scores.ravel(), in_new.ravel(), number, old.documents.ravel())
    of_new = Rows(in_old.ravel(), new.scores.ravel(), number, new.documents.ravel())
    rows = joined_rows([of_old, of_new.where(np.isneginf(of_new.old))])
    return whole(rows, groups, dyadic=False, total=queries * documents)


def ranks_among(wanted: Numbers, there: Numbers) -> NDArray[np.int32]:
    """Return at which rank, from 0, each document stands among others of its query; their number where it does not.

    Args:
        wanted: Documents of each query, shape (q, k).
        there: Documents of the same queries, shape (q, depth).

    """
    ranks = np.empty(wanted.shape, dtype=np.int32)
    depth = there.shape[1]
    step = max(1, _BLOCK // (wanted.shape[1] * depth))
    for start in range(0, len(wanted), step):
        rows = slice(start, start + step)
        same = wanted[rows, :, None] == there[rows, None, :]
        ranks[rows] = np.where(same.any(axis=2), same.argmax(axis=2), depth)
    return ranks


def _best_of(block: NDArray[np.floating[Any]], depth: int) -> tuple[NDArray[np.int64], NDArray[np.floating[Any]]]:
    if depth < block.shape[1]:
        chosen = np.sort(np.argpartition(block, -depth, axis=1)[:, -depth:], axis=1)
        least = np.take_along_axis(block, chosen, axis=1).min(axis=1)
        # Where equals stand on both sides of the edge, the partition takes any of them.
        for row in np.flatnonzero((block >= least[:, None]).sum(axis=1) > depth):
            closer, equal = np.flatnonzero(block[row] > least[row]), np.flatnonzero(block[row] == least[row])
            chosen[row] = np.sort(np.append(closer, equal[: depth - len(closer)]))
    else:
        chosen = np.broadcast_to(np.arange(block.shape[1]), block.shape)
    scores = np.take_along_axis(block, chosen, axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1), np.take_along_axis(scores, order, axis=1)


def _scores_among(wanted: Hits, there: Hits) -> NDArray[np.floating[Any]]:
    """Return the scores that documents wanted of each query have among other hits of it; minus infinity for none."""
    ranks = ranks_among(wanted.documents, there.documents)
    depth = there.documents.shape[1]
    return np.where(ranks < depth, np.take_along_axis(there.scores, np.minimum(ranks, depth - 1), axis=1), -np.inf)
