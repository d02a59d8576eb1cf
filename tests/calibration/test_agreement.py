from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from tests.calibration.samples import scores_of
from threshlint.calibration.agreement import Agreement, agreement, best_agreement, kappa_interval
from threshlint.calibration.scores import PairedScores, Rows

decisions = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)


def counted(old: np.ndarray, new: np.ndarray) -> Agreement:
    return agreement(scores := scores_of(old.astype(float), new.astype(float)), scores.tail, 0.5, 0.5)


@given(pairs=decisions)
@settings(max_examples=30, deadline=None)
def test_rates_are_those_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    old, new = (np.array(column) for column in zip(*pairs, strict=True))
    found = counted(old, new)
    for ours, theirs, base in (
        (found.precision, metrics.precision_score, new.any()),
        (found.recall, metrics.recall_score, old.any()),
        (found.f1, metrics.f1_score, (old | new).any()),
    ):
        assert ours == (pytest.approx(theirs(old, new, zero_division=0)) if base else None)
    if old.any():
        assert found.volume_ratio == pytest.approx(new.sum() / old.sum())
    if len(set(old) | set(new)) == 2:
        assert found.kappa == pytest.approx(metrics.cohen_kappa_score(old, new))
    else:
        assert found.kappa is None
    assert found.neither == (~old & ~new).sum()


def test_counts_stand_for_the_population() -> None:
    rows = Rows(np.array([1.0, 1, 0, 0]), np.array([1.0, 0, 1, 0]), *np.arange(8, dtype=np.int32).reshape(2, 4), 25.0)
    scores = PairedScores(rows, rows, 0.0, 0.0, 100, np.arange(8, dtype=np.int32), dyadic=True)
    assert agreement(scores, rows, 0.5, 0.5) == Agreement(25, 25, 25, 100)


@pytest.mark.parametrize("rate", [0.001, 0.3, 0.8])
def test_unrelated_rules_have_no_kappa_whatever_their_f1(rate: float) -> None:
    """A filter that lets 80 % through gets F1 0.8 from noise."""
    rng = np.random.default_rng(0)
    old, new = rng.random((2, 100_000)) < rate
    found = counted(old, new)
    assert found.f1 == pytest.approx(rate, abs=0.02)
    assert abs(found.kappa or 1) < 0.02


@given(
    pairs=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=1, max_size=40),
    seed=st.none() | st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_best_agreement_is_the_best_of_all_thresholds(pairs: list[tuple[bool, int]], seed: int | None) -> None:
    old, new = (np.array(column) for column in zip(*pairs, strict=True))
    weight = None if seed is None else np.random.default_rng(seed).integers(0, 4, len(old)).astype(float)
    gap = best_agreement(scores_of(old, new.astype(float)).tail, old, weight)
    if gap is None:
        assert not old.any() or (weight is not None and not weight[old].any())
        return
    scores = {
        each: metrics.f1_score(old, new >= each, sample_weight=weight, zero_division=0) for each in {*new.tolist()}
    }
    assert metrics.f1_score(old, new >= gap.high, sample_weight=weight) == pytest.approx(max(scores.values()))
    assert not ((new > gap.low) & (new < gap.high)).any()


def test_hits_outside_of_the_best_are_no_threshold() -> None:
    rows = scores_of([1.0, 1.0, 0.0], [0.9, -np.inf, 0.2]).tail
    gap = best_agreement(rows, np.array([True, True, False]))
    assert gap is not None
    assert (gap.low, gap.high) == (0.2, 0.9)


class TestKappaInterval:
    def test_covers(self) -> None:
        """Of isolated pairs, whose true kappa is known: each bound is to hold 95 times in a hundred."""
        rng = np.random.default_rng(1)
        chances = np.array([0.08, 0.02, 0.03, 0.87])
        a, b, c, d = chances
        true = 2 * (a * d - b * c) / ((a + b) * (b + d) + (a + c) * (c + d))
        below = above = 0
        for _ in range(600):
            kind = rng.choice(4, 1000, p=chances)
            scores = scores_of((kind < 2).astype(float), ((kind == 0) | (kind == 2)).astype(float))
            low, high = kappa_interval(scores, scores.tail, 0.5, 0.5) or (1, -1)
            below += true < low
            above += true > high
        assert 0.01 < below / 600 < 0.09
        assert 0.01 < above / 600 < 0.09

    def test_rows_that_neither_rule_passes_need_not_be_there(self) -> None:
        """The tail leaves most of them out: the interval is to be that of all pairs."""
        rng = np.random.default_rng(0)
        old = rng.random(4000)
        new = old + 0.02 * rng.normal(size=4000)
        every = scores_of(old, new)
        near = every.tail.where((old > 0.8) | (new > 0.8))
        assert kappa_interval(every, near, 0.9, 0.9) == pytest.approx(kappa_interval(every, every.tail, 0.9, 0.9))

    def test_a_few_pairs_that_all_agree_prove_little(self) -> None:
        few, many = (scores_of(old, old) for old in (np.arange(1000) < count for count in (3, 300)))
        (of_few, _), (of_many, _) = (kappa_interval(scores, scores.tail, 0.5, 0.5) or (1, 1) for scores in (few, many))
        assert of_few < 0.65
        assert 0.98 < of_many < 1

    def test_families_make_it_wider(self) -> None:
        rng = np.random.default_rng(0)
        old = np.repeat(rng.random(250) < 0.3, 4)
        new = np.where(np.repeat(rng.random(250) < 0.1, 4), ~old, old)
        queries = np.arange(1000)
        alone, in_families = (
            scores_of(old, new, queries, queries, groups, dyadic=False) for groups in (queries, queries // 4)
        )
        (low_alone, _), (low, _) = (
            kappa_interval(scores, scores.tail, 0.5, 0.5) or (1, 1) for scores in (alone, in_families)
        )
        kappa = agreement(alone, alone.tail, 0.5, 0.5).kappa
        assert kappa is not None
        assert (kappa - low) == pytest.approx(2 * (kappa - low_alone), rel=0.05)  # the root of four

    def test_there_is_none_where_nothing_can_disagree(self) -> None:
        scores = scores_of(np.ones(5), np.ones(5))
        assert kappa_interval(scores, scores.tail, 0.5, 0.5) is None
