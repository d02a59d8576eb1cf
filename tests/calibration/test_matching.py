from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.samples import scores_of
from threshlint.calibration.matching import finite, gap_at, match

few_values = st.lists(st.integers(-5, 5), min_size=1, max_size=40)  # ties abound
many_values = st.lists(st.floats(-1, 1), min_size=1, max_size=40)


def passing(scores: list[float], threshold: float) -> int:
    return sum(score >= threshold for score in scores)


@given(new=few_values | many_values, data=st.data())
def test_no_threshold_comes_nearer_to_the_count(new: list[float], data: st.DataObject) -> None:
    """Against every threshold that lets something pass. Only where nothing passed may nothing pass."""
    positives = data.draw(st.integers(0, len(new)))
    gap = gap_at(np.sort(np.array(new, dtype=float))[::-1], positives)
    errors = [passing(new, threshold) - positives for threshold in (new if positives else [math.inf])]
    assert abs(gap.error) == min(map(abs, errors))
    for threshold in (gap.high, math.nextafter(gap.low, math.inf)):
        assert gap.holds(threshold)
        assert passing(new, threshold) - positives == gap.error
    assert not gap.holds(gap.low)


@given(new=many_values, thresholds=st.lists(st.floats(-1, 1), min_size=2, max_size=2))
def test_a_higher_old_threshold_never_gets_a_lower_new_one(new: list[float], thresholds: list[float]) -> None:
    old = np.linspace(-1, 1, len(new))
    rows = scores_of(old, np.array(new)).tail
    lower, higher = (match(rows, threshold) for threshold in sorted(thresholds))
    assert higher.low >= lower.low
    assert higher.high >= lower.high


@given(
    pairs=st.lists(
        st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
        min_size=2,
        max_size=40,
        unique_by=(lambda p: p[0], lambda p: p[1]),
    ),
    data=st.data(),
)
def test_there_and_back_is_the_same_rule(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    old, new = map(np.array, zip(*pairs, strict=True))
    threshold = data.draw(st.sampled_from(list(old)))
    there = match(scores_of(old, new).tail, threshold)
    back = match(scores_of(new, old).tail, there.high)
    assert back.holds(threshold)
    assert back.positives == there.positives


@given(
    pairs=st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=40),
    threshold=st.integers(-50, 50),
)
def test_increasing_rescaling_of_either_space_changes_nothing(pairs: list[tuple[int, int]], threshold: int) -> None:
    old, new = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))

    def rescaled(scores: np.ndarray) -> np.ndarray:
        return np.sinh(scores / 20) * 7 + 3

    plain = match(scores_of(old, new).tail, threshold)
    of_old = match(scores_of(rescaled(old), new).tail, float(rescaled(np.array([float(threshold)]))[0]))
    of_new = match(scores_of(old, rescaled(new)).tail, threshold)
    assert of_old == plain
    assert (of_new.positives, of_new.error) == (plain.positives, plain.error)
    np.testing.assert_array_equal(rescaled(np.array([plain.low, plain.high])), [of_new.low, of_new.high])


def test_a_tie_astride_the_count_goes_to_the_nearer_side() -> None:
    new = np.array([9, 8, 8, 8, 8, 7, 6], dtype=float)
    fewer, more = gap_at(new, 2), gap_at(new, 4)
    assert (fewer.low, fewer.high, fewer.error) == (8, 9, -1)
    assert (more.low, more.high, more.error) == (7, 8, 1)


def test_what_is_not_among_the_best_hits_is_never_matched() -> None:
    descending = np.array([0.9, 0.5, -np.inf, -np.inf])
    assert list(finite(descending)) == [0.9, 0.5]
    assert gap_at(finite(descending), 2).low == -math.inf
    assert len(finite(np.full(3, -np.inf))) == 0
