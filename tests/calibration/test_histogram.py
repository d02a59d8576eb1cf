from __future__ import annotations

import numpy as np
import pytest

from tests.calibration.samples import fitted, keep_pairs, related
from threshlint.calibration import PAIRS
from threshlint.calibration.histogram import histogram


def test_of_all_scores_it_is_numpys() -> None:
    scores = np.random.default_rng(0).normal(size=1000)
    found = histogram(scores, None, -np.inf, 1.0, 20)
    counts, edges = np.histogram(scores, 20)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.edges, edges)


def test_tail_and_body_together_make_up_the_population(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = related(count=60)
    every = fitted(sample).scores_of(PAIRS)
    keep_pairs(monkeypatch, tail=500, body=5000)
    part = fitted(sample).scores_of(PAIRS)
    assert part.body is not None
    for found, scores in ((part.old_histogram(12), every.old), (part.new_histogram(12), every.new)):
        assert found.counts.sum() == pytest.approx(len(scores), rel=0.05)
        exact = np.histogram(scores, found.edges)[0]
        np.testing.assert_allclose(found.counts, exact, atol=5 * np.sqrt(exact.max() * 6) + 5)
        assert found.counts[-1] == exact[-1]  # the tail is not sampled


def test_what_is_not_among_the_best_hits_is_left_out() -> None:
    found = histogram(np.array([0.5, -np.inf, 0.7]), None, -np.inf, 1.0, 4)
    assert found.counts.sum() == 2
    assert np.isfinite(found.edges).all()


@pytest.mark.parametrize("scores", [np.zeros(0), np.full(3, 0.5)])
def test_without_a_range_there_still_are_bins(scores: np.ndarray) -> None:
    found = histogram(scores, None, -np.inf, 1.0, 4)
    assert found.counts.sum() == len(scores)
    assert (np.diff(found.edges) > 0).all()
