from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.samples import scores_of
from threshlint.calibration.dependence import Error, error_of_sum
from threshlint.calibration.scores import PairedScores


def all_pairs(items: int, groups: np.ndarray) -> PairedScores:
    first, second = map(np.array, zip(*combinations(range(items), 2), strict=True))
    return scores_of(np.zeros(len(first)), np.zeros(len(first)), first, second, groups)


def double_sum(scores: PairedScores, values: np.ndarray) -> float:
    """The variance by its definition: over all pairs of pairs that share a group."""
    rows, groups = scores.tail, scores.groups
    touched = [
        {groups[one], groups[other]} if scores.dyadic else {groups[one]}
        for one, other in zip(rows.first, rows.second, strict=True)
    ]
    return sum(
        float(values[i] * values[j]) for i in range(len(values)) for j in range(len(values)) if touched[i] & touched[j]
    )


@given(seed=st.integers(0, 10_000), items=st.integers(3, 9), groups=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_dyadic_variance_is_the_double_sum_over_pairs_that_share_a_group(seed: int, items: int, groups: int) -> None:
    rng = np.random.default_rng(seed)
    scores = all_pairs(items, np.unique(rng.integers(0, groups, items), return_inverse=True)[1])
    values = rng.normal(size=scores.total)
    expected = max(double_sum(scores, values), float((values**2).sum()))
    assert error_of_sum(scores, scores.tail, values).variance == pytest.approx(expected)


@given(seed=st.integers(0, 10_000), queries=st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_where_only_the_first_side_was_drawn_only_it_is_shared(seed: int, queries: int) -> None:
    rng = np.random.default_rng(seed)
    groups = np.unique(rng.integers(0, 5, queries), return_inverse=True)[1]
    first = np.repeat(np.arange(queries), 3)
    second = np.tile(np.arange(3), queries)  # the same documents for all: they do not count
    scores = scores_of(np.zeros(len(first)), np.zeros(len(first)), first, second, groups, dyadic=False)
    values = rng.normal(size=len(first))
    assert error_of_sum(scores, scores.tail, values).variance == pytest.approx(double_sum(scores, values))


@pytest.mark.parametrize("dyadic", [True, False])
def test_what_the_rest_adds_counts_as_if_every_pair_were_a_row(dyadic: bool) -> None:
    """The rows name what differs from the rest: with all pairs as rows the sums of groups come out the same."""
    rng = np.random.default_rng(0)
    every = replace(all_pairs(40, np.arange(40) // 4), dyadic=dyadic)
    if not dyadic:  # each item with each other, seen from it
        first, second = np.divmod(np.arange(40 * 40), 40)
        other = first != second
        every = scores_of(np.zeros(1560), np.zeros(1560), first[other], second[other], np.arange(40) // 4, dyadic=False)
    differ = rng.random(every.total) < 0.05
    values = rng.normal(size=int(differ.sum()))
    rest = 0.01
    spread = np.full(every.total, rest)
    spread[differ] += values
    of_rows = error_of_sum(every, every.tail.where(differ), values, rest).variance
    of_all = error_of_sum(every, every.tail, spread).variance
    assert of_rows == pytest.approx(of_all, rel=0.06)  # pairs inside a family are taken for pairs across


def test_isolated_pairs_are_independent() -> None:
    scores = scores_of(np.zeros(10), np.zeros(10))
    error = error_of_sum(scores, scores.tail, np.ones(10))
    assert error.variance == 10
    assert error.degrees == 10  # pairs, and not the 20 items in them


def test_one_family_is_one_degree_of_freedom() -> None:
    scores = all_pairs(6, np.zeros(6, dtype=int))
    error = error_of_sum(scores, scores.tail, np.ones(15))
    assert error.variance == 15**2
    assert error.degrees <= 1
    assert error.margin() == pytest.approx(15 * math.tan(math.pi / 2 * 0.95))  # no telling


def test_nothing_differs() -> None:
    scores = scores_of(np.zeros(4), np.zeros(4))
    none = np.zeros(0, dtype=int)
    assert error_of_sum(scores, scores.tail.where(none), np.zeros(0)) == Error(0.0, math.inf)
    assert Error(0.0, math.inf).margin() == 0
