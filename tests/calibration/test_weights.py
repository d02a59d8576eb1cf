from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from threshlint.calibration import SampleError, best_weight
from threshlint.calibration.weights import _correlation, ranks

numbers = st.lists(st.integers(-5, 5) | st.floats(-5, 5), min_size=2, max_size=30)


@given(scores=numbers)
def test_ranks_are_those_of_scipy(scores: list[float]) -> None:
    np.testing.assert_array_equal(ranks(np.array(scores, dtype=float)), stats.rankdata(scores))


@given(pairs=st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=2, max_size=30))
def test_rank_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = _correlation(ranks(one), ranks(other))
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert found == pytest.approx(stats.spearmanr(one, other).statistic)
    else:
        assert found == 0


def queries(seed: int, spread: float = 1.0, noise: float = 0.0):
    """Old and new scores of 40 queries with 25 candidates, the new ones wider spread, beside another score."""
    rng = np.random.default_rng(seed)
    old = rng.normal(size=(40, 25))
    return old, spread * old + noise * rng.normal(size=old.shape), rng.normal(size=old.shape)


def test_a_wider_spread_needs_a_smaller_weight() -> None:
    """0.6 old + 0.4 other ranks as w 3 old + (1 - w) other where w / (1 - w) = 0.6 / 0.4 / 3."""
    found = best_weight(*queries(0, spread=3.0), weight=0.6)
    assert found.weight == pytest.approx(1 / 3, abs=0.02)
    assert found.correlation > 0.999
    assert found.correlation_unchanged < 0.95
    assert found.spread_new == pytest.approx(3 * found.spread_old)
    assert found.spread_other == pytest.approx(1, abs=0.1)


def test_the_same_scores_keep_the_weight() -> None:
    found = best_weight(*queries(1), weight=0.61803)
    assert found.correlation == found.correlation_unchanged == pytest.approx(1)
    assert found.weight == pytest.approx(0.61803, abs=0.01)


def test_it_is_the_best_of_all_weights() -> None:
    old, new, other = queries(2, spread=2.0, noise=1.0)
    found = best_weight(old, new, other, weight=0.5)

    def kept(weight: float) -> float:
        return float(
            np.mean(
                [
                    stats.spearmanr(0.5 * old[q] + 0.5 * other[q], weight * new[q] + (1 - weight) * other[q]).statistic
                    for q in range(len(old))
                ]
            )
        )

    assert found.correlation == pytest.approx(kept(found.weight))
    assert found.correlation_unchanged == pytest.approx(kept(0.5))
    assert all(kept(weight) <= found.correlation + 1e-9 for weight in np.linspace(0, 1, 21))


def test_queries_with_one_candidate_rank_nothing() -> None:
    old, new, other = ([np.zeros(1), *column] for column in queries(3, spread=3.0))
    assert best_weight(old, new, other, 0.6) == best_weight(*queries(3, spread=3.0), weight=0.6)


@pytest.mark.parametrize(
    ("old", "new", "other", "weight", "message"),
    [
        ([[1.0]], [[1.0]], [[1.0]], 0.5, "no query has two candidates"),
        ([], [], [], 0.5, "no query has two candidates"),
        ([[1.0, 2.0]], [[1.0, 2.0]], [[1.0, 2.0, 3.0]], 0.5, "query 0 has scores of different candidates"),
        (
            [[1.0, 2.0]],
            [[1.0, 2.0]] * 2,
            [[1.0, 2.0]],
            0.5,
            "old scores for 1 queries, new ones for 2 and others for 1",
        ),
        ([[1.0, 2.0]], [[1.0, 2.0]], [[1.0, 2.0]], 1.5, "between 0 and 1, and 1.5 does not"),
    ],
)
def test_what_is_refused(old: list, new: list, other: list, weight: float, message: str) -> None:
    with pytest.raises(SampleError, match=message):
        best_weight(old, new, other, weight)
