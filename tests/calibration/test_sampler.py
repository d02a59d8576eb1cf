from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.samples import fitted, related
from threshlint.calibration import PAIRS, Metric, PairedSample, SampleError, draw_seeds, expand
from threshlint.calibration.metrics import normalised


@given(items=st.integers(1, 200), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_seeds_are_different_items(items: int, share: float, seed: int) -> None:
    seeds = draw_seeds(items, int(share * items), seed)
    assert len(set(seeds.tolist())) == int(share * items)
    assert seeds.tolist() == sorted(seeds.tolist())
    assert all(0 <= each < items for each in seeds)
    assert seeds.tolist() == draw_seeds(items, int(share * items), seed).tolist()


def test_every_item_is_as_likely_a_seed() -> None:
    often = np.bincount(np.concatenate([draw_seeds(20, 5, seed) for seed in range(2000)]))
    np.testing.assert_allclose(often, 500, atol=100)


def test_more_seeds_than_items() -> None:
    with pytest.raises(SampleError, match="6 seeds cannot be drawn from 5 items; draw fewer"):
        draw_seeds(5, 6)


@pytest.mark.parametrize("metric", Metric)
def test_neighbours_of_seeds_in_both_spaces(metric: Metric) -> None:
    sample = related(count=30, noise=0.6)
    seeds = np.array([3, 44, 90])
    items, are_seeds = expand(sample.old, sample.new, seeds, neighbours=5, metric=metric)
    assert items[are_seeds].tolist() == seeds.tolist()
    wanted = set(seeds.tolist())
    for vectors in (sample.old, sample.new):
        if metric in (Metric.COSINE, Metric.ANGLE):
            vectors = normalised(vectors)
        for seed in seeds:
            if metric is Metric.DOT:
                closeness = vectors @ vectors[seed]
            else:
                closeness = -((vectors - vectors[seed]) ** 2).sum(axis=1)
            wanted |= set(np.argsort(-closeness)[:6].tolist())  # the seed itself and five others
    assert set(items.tolist()) == wanted
    assert items.tolist() == sorted(items.tolist())


def test_more_neighbours_than_there_are() -> None:
    sample = related(count=10)
    items, _ = expand(sample.old, sample.new, np.array([0]), neighbours=1000)
    assert items.tolist() == list(range(40))


def test_an_expanded_sample_finds_the_threshold_of_the_whole() -> None:
    """Few items, chosen by their neighbours, hold the close pairs that a uniform sample of as many does not."""
    index = related(count=500)
    threshold = 0.93
    whole = fitted(index, PAIRS).recalibrate(threshold, PAIRS)
    seeds = draw_seeds(len(index), 300, seed=1)
    items, are_seeds = expand(index.old, index.new, seeds, neighbours=8)
    assert index.groups is not None
    expanded = PairedSample(
        index.old[items], index.new[items], groups=index.groups[items], seeds=are_seeds, neighbours=8
    )
    uniform = np.sort(np.random.default_rng(0).choice(len(index), len(items), replace=False))
    fewer = PairedSample(index.old[uniform], index.new[uniform], groups=index.groups[uniform])
    answers = [fitted(each, PAIRS).recalibrate(threshold, PAIRS) for each in (expanded, fewer)]
    assert whole.new is not None
    for answer in answers:
        assert answer.low is not None
        assert answer.high is not None
        assert answer.low <= whole.new <= answer.high
    # A pair of two seeds is seen from both.
    by_hand = sum(
        (
            index.old[seed]
            @ index.old[items].T
            / np.linalg.norm(index.old[seed])
            / np.linalg.norm(index.old[items], axis=1)
            >= threshold
        ).sum()
        - 1
        for seed in seeds
    )
    assert answers[0].positives == by_hand
