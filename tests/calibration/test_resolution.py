from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.samples import fitted, keep_pairs, related, scores_of
from threshlint.calibration import PAIRS, Limits, highest_resolved, resolution
from threshlint.calibration.scores import PairedScores


def alone(count: int = 3000) -> PairedScores:
    """Pairs that share nothing, with scores from 0 to 1."""
    scores = np.linspace(0, 1, count, endpoint=False)
    return scores_of(scores, scores)


@given(thresholds=st.lists(st.floats(0, 1.1), min_size=2, max_size=6))
def test_a_higher_threshold_is_never_better_known(thresholds: list[float]) -> None:
    found = resolution(alone(), sorted(thresholds))
    for lower, higher in pairwise(found):
        assert lower.positives >= higher.positives
        assert lower.half_width <= higher.half_width
        assert lower.resolved >= higher.resolved


def test_counts_and_widths() -> None:
    few, many, none = resolution(alone(), [0.99, 0.5, 1.0])
    assert (few.positives, many.positives, none.positives) == (30, 1500, 0)
    assert few.design_effect == many.design_effect == 1
    # Of k positives 2 k (1 - F1) differ: for 1500 at F1 0.7 the root of 900, twice, is 4 %.
    assert many.half_width == pytest.approx(math.expm1(1.96 * 30 / 1500), abs=1e-4)
    assert (few.resolved, many.resolved) == (False, True)
    assert (none.half_width, none.resolved) == (math.inf, False)


def test_ten_percent_at_f1_of_0_7_take_230_pairs() -> None:
    """As the arithmetic of the discordant pairs has it: 1.96 sqrt(2 k 0.3) / k = 0.1."""
    limits = Limits(volume=0.1)
    below, above = (resolution(alone(3000), [1 - (count + 0.5) / 3000], limits=limits)[0] for count in (225, 260))
    assert (below.positives, above.positives) == (225, 260)
    assert (below.resolved, above.resolved) == (False, True)


def test_families_that_pass_together_know_less() -> None:
    first, second = np.triu_indices(200, 1)
    families = np.arange(200) // 10
    within = families[first] == families[second]
    rng = np.random.default_rng(0)
    old = rng.random(len(first)) * 0.5 + 0.5 * within
    in_families, by_itself = (
        resolution(scores_of(old, old, first, second, groups), [0.6])[0] for groups in (families, np.arange(200))
    )
    assert in_families.positives == by_itself.positives
    assert by_itself.design_effect == 1
    assert in_families.design_effect > 10
    assert in_families.half_width > 3 * by_itself.half_width


def test_the_highest_that_is_resolved_is_and_no_higher_one_is() -> None:
    scores = fitted(related(count=80)).scores_of(PAIRS)
    highest = highest_resolved(scores)
    assert highest is not None
    at, *above = resolution(scores, [highest, *np.quantile(scores.old[scores.old > highest], [0.2, 0.5, 0.9])])
    assert at.resolved
    assert not any(each.resolved for each in above)


def test_agreement_that_is_better_needs_fewer() -> None:
    scores = alone()
    better, worse = highest_resolved(scores, f1=0.9), highest_resolved(scores, f1=0.5)
    assert better is not None
    assert worse is not None
    assert better > worse


def test_there_may_be_none() -> None:
    assert highest_resolved(alone(20)) is None
    assert highest_resolved(scores_of([], [], [], [])) is None


def test_what_a_sample_resolves_is_about_what_fitting_finds() -> None:
    sample = related(count=80)
    made = fitted(sample)
    scores = made.scores_of(PAIRS)
    threshold = float(np.sort(scores.old)[-200])
    answer = made.recalibrate(threshold, PAIRS)
    assert answer.f1 is not None
    assert answer.volume_high is not None
    assert answer.volume_ratio is not None
    expected = resolution(scores, [threshold], f1=answer.f1)[0]
    found = answer.volume_high / answer.volume_ratio - 1
    assert 0.4 * found < expected.half_width < 2.5 * found


def test_of_the_body_a_pair_stands_for_several(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = related(count=80)
    every = fitted(sample).scores_of(PAIRS)
    keep_pairs(monkeypatch, tail=500, body=5000)
    part = fitted(sample).scores_of(PAIRS)
    one, other = (resolution(scores, [0.1])[0] for scores in (every, part))
    assert other.positives == pytest.approx(one.positives, rel=0.1)
    assert other.half_width > one.half_width  # and is no more than one pair's knowledge


def test_thresholds_are_not_rounded_to_the_scores_precision() -> None:
    scores = scores_of(np.full(10, 0.7, np.float32), np.zeros(10, np.float32))
    assert resolution(scores, [0.7])[0].positives == 0
