from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threshlint.calibration import Metric, hits
from threshlint.calibration.hits import Hits, best_hits, top1_scores, top_k_scores
from threshlint.calibration.metrics import Closeness


def sorted_whole(scores: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """The best hits by sorting everything; equal scores in the order of documents."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return order, np.take_along_axis(scores, order, axis=1)


@given(seed=st.integers(0, 1000), own=st.booleans(), depth=st.integers(1, 25), ties=st.booleans())
@settings(max_examples=60, deadline=None)
def test_best_hits_are_those_of_sorting_everything(seed: int, own: bool, depth: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    documents = rng.integers(-2, 3, (20, 3)).astype(float) if ties else rng.normal(size=(20, 3))
    queries = documents if own else rng.integers(-2, 3, (7, 3)).astype(float)
    scores = queries @ documents.T
    if own:
        np.fill_diagonal(scores, -np.inf)
    closeness = Closeness(Metric.DOT, queries, None if own else documents)
    found = best_hits(closeness, depth, own=own)
    wanted, of_wanted = sorted_whole(scores, min(depth, 20 - own))
    np.testing.assert_array_equal(found.documents, wanted)
    np.testing.assert_allclose(found.scores, of_wanted)
    assert found.top(3).documents.shape[1] == min(3, depth, 20 - own)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).integers(-3, 4, (50, 4)).astype(float)
    whole = best_hits(Closeness(Metric.DOT, vectors), 8, own=True)
    monkeypatch.setattr(hits, "_BLOCK", 7 * 50 + 1)
    told: list[float] = []
    blocks = best_hits(Closeness(Metric.DOT, vectors), 8, own=True, progress=told.append)
    np.testing.assert_array_equal(blocks.documents, whole.documents)
    assert len(told) == 8
    assert told[-1] == 1


OLD = Hits(np.array([[4, 2, 7], [1, 2, 3]], dtype=np.int32), np.array([[0.9, 0.8, 0.7], [0.6, 0.5, 0.4]]))
NEW = Hits(np.array([[2, 5, 4], [1, 3, 2]], dtype=np.int32), np.array([[0.99, 0.95, 0.9], [0.8, 0.7, 0.6]]))


def test_top1_pairs_the_best_of_each_space_whichever_they_are() -> None:
    scores = top1_scores(OLD, NEW, np.array([5, 6]), np.arange(10))
    assert scores.old.tolist() == [0.9, 0.6]
    assert scores.new.tolist() == [0.99, 0.8]
    assert scores.second.tolist() == [4, 1]
    assert (scores.total, scores.dyadic) == (2, False)
    assert scores.same_hit is not None
    assert scores.same_hit.tolist() == [False, True]
    # A near-duplicate of the old best hit is as good.
    families = np.array([0, 1, 2, 3, 2, 5, 6, 7, 8, 9])
    assert top1_scores(OLD, NEW, np.array([5, 6]), families).same_hit.tolist() == [True, True]  # type: ignore[union-attr]


def test_top_k_holds_what_is_among_the_best_of_either_space() -> None:
    scores = top_k_scores(OLD, NEW, np.array([0, 1]), 10)
    found = {
        (int(query), int(document)): (old, new)
        for query, document, old, new in zip(scores.first, scores.second, scores.old, scores.new, strict=True)
    }
    none = -np.inf
    assert found == {
        (0, 4): (0.9, 0.9),
        (0, 2): (0.8, 0.99),
        (0, 7): (0.7, none),
        (0, 5): (none, 0.95),
        (1, 1): (0.6, 0.8),
        (1, 2): (0.5, 0.6),
        (1, 3): (0.4, 0.7),
    }
    assert len(scores.tail) == 7
    assert scores.total == 20
