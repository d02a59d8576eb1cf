from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.samples import fitted, related, scores_of
from threshlint.calibration import PAIRS
from threshlint.calibration.agreement import agreement
from threshlint.calibration.holdout import FOLDS, assign_folds, held_out
from threshlint.calibration.matching import match


@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=60), seed=st.integers(0, 99))
def test_folds_are_about_equal_and_differ_by_seed(sizes: list[int], seed: int) -> None:
    folds = assign_folds(np.array(sizes), seed)
    assert len(folds) == len(sizes)  # one fold for each group: no family is astride two
    filled = np.bincount(folds, weights=sizes, minlength=FOLDS)
    assert filled.max() - filled.min() <= max(sizes)


def test_folds_are_drawn() -> None:
    sizes = np.ones(100, dtype=int)
    assert assign_folds(sizes, 1).tolist() == assign_folds(sizes, 1).tolist() != assign_folds(sizes, 2).tolist()


def test_no_pair_is_judged_by_a_threshold_that_saw_its_families(monkeypatch: pytest.MonkeyPatch) -> None:
    from threshlint.calibration import holdout

    made = fitted(related(count=15))
    scores = made.scores_of(PAIRS)
    folds = assign_folds(scores.group_sizes, 0)
    rows, threshold = scores.tail, 0.7
    seen: list[set[int]] = []
    matched = holdout._matched

    def spy(training, passing):
        seen.append({*scores.groups[training.first].tolist()} | {*scores.groups[training.second].tolist()})
        return matched(training, passing)

    monkeypatch.setattr(holdout, "_matched", spy)
    held_out(scores, rows, threshold, 0)
    pairs_of_folds = [(one, other) for one in range(FOLDS) for other in range(one, FOLDS)]
    assert len(seen) == len(pairs_of_folds)
    for groups, judged in zip(seen, pairs_of_folds, strict=True):
        assert groups == {group for group in range(15) if folds[group] not in judged}


def test_chance_alone_is_seen_through() -> None:
    """One lucky pair of families decides where the threshold lies: held out, it is not known any more."""
    rng = np.random.default_rng(0)
    queries = np.arange(400)
    old, new = (rng.random(400) < 0.05).astype(float), rng.random(400)
    scores = scores_of(old, new, queries, queries, dyadic=False)
    on_others = held_out(scores, scores.tail, 0.5, 0)
    optimal = max(agreement(scores, scores.tail, 0.5, threshold).f1 or 0.0 for threshold in np.sort(new)[:-1])
    assert on_others.optimal.f1 is not None
    assert on_others.optimal.f1 < optimal


def test_of_one_model_twice_nothing_is_lost() -> None:
    rng = np.random.default_rng(0)
    old = rng.random(2000)
    queries = np.arange(2000)
    scores = scores_of(old, np.exp(old), queries, queries, queries // 4, dyadic=False)
    on_others = held_out(scores, scores.tail, 0.8, 0)
    assert on_others.optimal.f1 == pytest.approx(1, abs=0.01)
    assert on_others.matched.volume_ratio == pytest.approx(1, abs=0.02)


def test_held_out_agreement_is_that_of_fresh_items() -> None:
    """What is said of unseen pairs holds for items that were never in the sample."""
    sample, fresh = related(1, count=150), related(1, count=1000)
    # The families of the smaller sample are not those of the larger, but both spaces are the same ones.
    scores, others = (fitted(each).scores_of(PAIRS) for each in (sample, fresh))
    threshold = 0.75
    on_others = held_out(scores, scores.rows_for(threshold), threshold, 0).matched
    fitted_threshold = match(scores.tail, threshold).high
    fresh_ones = agreement(others, others.rows_for(threshold), threshold, fitted_threshold)
    assert on_others.f1 == pytest.approx(fresh_ones.f1, abs=0.05)


def test_one_family_cannot_be_split() -> None:
    scores = scores_of([1.0, 0.0, 0.0], [0.9, 0.2, 0.1], [0, 0, 1], [1, 2, 2], np.zeros(3, dtype=int))
    on_others = held_out(scores, scores.tail, 0.5, 0)
    assert on_others.matched.both == on_others.matched.new_only == 0  # nothing to fit on: nothing passes
