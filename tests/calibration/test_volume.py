from __future__ import annotations

import math

import numpy as np
import pytest

from tests.calibration.samples import scores_of
from threshlint.calibration.matching import match
from threshlint.calibration.volume import Volume, volume


def test_the_interval_is_symmetric_in_the_logarithm() -> None:
    rng = np.random.default_rng(0)
    old = rng.normal(size=1000)
    scores = scores_of(old, old + 0.1 * rng.normal(size=1000))
    found = volume(scores, scores.tail, 1.0, 1.0, 1.2)
    assert found is not None
    assert found.ratio == 1.2
    assert found.high / 1.2 == pytest.approx(1.2 / found.low)
    assert found.half_width == pytest.approx(found.high / 1.2 - 1)


def test_it_covers_what_fresh_pairs_do() -> None:
    """Fitting error included: a threshold matched on one sample, and the volume that it has on all."""
    rng = np.random.default_rng(0)
    true_old, true_noise = rng.normal(size=2_000_000), 0.3 * rng.normal(size=2_000_000)
    threshold = 1.5
    every_old, every_new = (true_old >= threshold).sum(), np.sort(true_old + true_noise)
    held = []
    for _ in range(400):
        old = rng.normal(size=2000)
        scores = scores_of(old, old + 0.3 * rng.normal(size=2000))
        new_threshold = match(scores.tail, threshold).high
        found = volume(scores, scores.tail, threshold, new_threshold, 1.0)
        true_ratio = (len(every_new) - np.searchsorted(every_new, new_threshold)) / every_old
        assert found is not None
        held.append(found.low <= true_ratio <= found.high)
    assert 0.93 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(("positives", "well_known"), [(2, False), (8, False), (40, True)])
def test_few_positives_that_all_agree_are_still_few(positives: int, well_known: bool) -> None:
    old = (np.arange(1000) < positives).astype(float)
    scores = scores_of(old, old)
    found = volume(scores, scores.tail, 0.5, 0.5, 1.0)
    assert found is not None
    assert (found.half_width <= 0.25) == well_known


def test_nothing_passes() -> None:
    scores = scores_of(np.zeros(5), np.zeros(5))
    assert volume(scores, scores.tail, 0.5, 0.5, 1.0) is None
    assert Volume(0.0, 0.0, 0.0).half_width == math.inf
