"""Intervals: what they are by definition, and how often they hold what is true when samples are drawn again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.calibration.samples import scores_of
from threshlint.calibration.bootstrap import group_weights, pair_weights, percentile_interval
from threshlint.calibration.dependence import error_of_sum
from threshlint.calibration.interval import threshold_interval
from threshlint.calibration.matching import match
from threshlint.calibration.scores import PairedScores


def interval(scores: PairedScores, threshold: float) -> tuple[float, float]:
    rows = scores.deciding(threshold)
    matched = int((rows.new >= match(rows, threshold).high).sum())
    return threshold_interval(scores, rows, threshold, matched)


def noisy(seed: int, count: int = 2000, noise: float = 0.1) -> PairedScores:
    rng = np.random.default_rng(seed)
    old = rng.normal(size=count)
    return scores_of(old, old + noise * rng.normal(size=count))


def test_it_is_all_thresholds_whose_count_is_not_refused() -> None:
    """Against a test of each and every threshold."""
    scores, threshold = noisy(0, 300, 0.3), 1.0
    rows = scores.tail
    old = rows.old >= threshold
    accepted = []
    for candidate in np.sort(rows.new):
        new = rows.new >= candidate
        differ = old != new
        values = np.where(old, 1.0, -1.0)[differ]
        if abs(values.sum()) <= error_of_sum(scores, rows.where(differ), values).margin():
            accepted.append(candidate)
    low, high = threshold_interval(scores, rows, threshold, int(old.sum()))
    # The end below is the highest score that would let one pair too many pass.
    ascending = np.sort(rows.new)
    assert high == accepted[-1] or high == ascending[np.searchsorted(ascending, accepted[-1]) + 1]
    assert low == ascending[np.searchsorted(ascending, accepted[0]) - 1]


def test_it_holds_every_threshold_that_matches() -> None:
    for seed in range(5):
        scores = noisy(seed)
        gap = match(scores.tail, 1.5)
        low, high = interval(scores, 1.5)
        assert low <= gap.low < gap.high <= high


def test_it_does_not_care_how_scores_are_scaled() -> None:
    scores = noisy(0)
    low, high = interval(scores, 1.5)
    bent = scores_of(np.exp(scores.old), scores.new**3)
    assert interval(bent, math.exp(1.5)) == (low**3, high**3)


def test_it_is_open_where_the_sample_ends() -> None:
    low, high = interval(scores_of([3.0, 2.0, 1.0], [3.0, 1.0, 2.0]), 2.5)
    assert high == math.inf
    assert low == -math.inf


def test_more_noise_is_less_knowledge() -> None:
    widths = [np.subtract(*interval(noisy(0, noise=noise), 1.5)[::-1]) for noise in (0.02, 0.1, 0.5)]
    assert widths[0] < widths[1] < widths[2]


def drawn(rng: np.random.Generator, families: int, size: int) -> PairedScores:
    """All pairs of items in families, under two models that err on items and families, and not on pairs alone."""
    items = families * size
    family = np.arange(items) // size
    first, second = np.triu_indices(items, 1)
    within = family[first] == family[second]
    of_items = 0.15 * np.repeat(rng.normal(size=(2, families)), size, axis=1) + 0.15 * rng.normal(size=(2, items))
    common, difference = of_items[:, first] + of_items[:, second]
    old = 2.0 * within + common + 0.5 * rng.normal(size=len(first))
    return scores_of(old, old + difference + 0.2 * rng.normal(size=len(first)), first, second, family)


@pytest.mark.parametrize(
    ("families", "size", "threshold"), [(40, 4, 1.5), (120, 1, 1.2)], ids=["families of four", "items alone"]
)
def test_redrawn_samples_cover_the_truth(families: int, size: int, threshold: float) -> None:
    """95 % intervals of 250 samples hold the threshold that matches over all of them."""
    rng = np.random.default_rng(6)
    draws = [drawn(rng, families, size) for _ in range(250)]
    positives = sum(int((scores.old >= threshold).sum()) for scores in draws)
    truth = float(np.sort(np.concatenate([np.sort(scores.new)[-5000:] for scores in draws]))[-positives])
    held = [low <= truth <= high for low, high in (interval(scores, threshold) for scores in draws)]
    assert 0.92 <= np.mean(held) <= 0.99


class TestBootstrap:
    def test_weights_are_drawings_of_groups(self) -> None:
        rng = np.random.default_rng(0)
        weights = np.array([group_weights(30, rng) for _ in range(2000)])
        assert (weights.sum(axis=1) == 30).all()
        np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.1)
        assert weights.var() == pytest.approx(1 - 1 / 30, abs=0.05)

    def test_pairs_across_weigh_the_product_and_pairs_within_once(self) -> None:
        first, second = np.array([0, 0, 2]), np.array([1, 2, 3])
        scores = scores_of(np.zeros(3), np.zeros(3), first, second, [0, 0, 1, 2])
        of_groups = group_weights(3, np.random.default_rng(7))
        weights = next(pair_weights(scores, scores.tail, np.random.default_rng(7)))
        assert weights.tolist() == [of_groups[0], of_groups[0] * of_groups[1], of_groups[1] * of_groups[2]]

    def test_of_queries_only_they_are_drawn(self) -> None:
        scores = scores_of(np.zeros(3), np.zeros(3), [0, 1, 1], [5, 6, 7], [0, 1], dyadic=False)
        of_groups = group_weights(2, np.random.default_rng(7))
        weights = next(pair_weights(scores, scores.tail, np.random.default_rng(7)))
        assert weights.tolist() == of_groups[[0, 1, 1]].tolist()

    def test_percentiles_are_those_of_numpy(self) -> None:
        weights = list(np.random.default_rng(0).random((200, 1)))
        found = percentile_interval(lambda w: float(w[0]), iter(weights))
        assert found == pytest.approx(tuple(np.quantile(weights, [0.025, 0.975])))

    def test_there_is_none_where_most_drawings_have_no_value(self) -> None:
        weights = np.arange(200.0)[:, None]
        assert percentile_interval(lambda w: float(w[0]) if w[0] < 99 else None, iter(weights)) is None
        assert percentile_interval(lambda w: float(w[0]) if w[0] < 100 else None, iter(weights)) is not None
