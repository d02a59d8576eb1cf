from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.calibration.samples import fitted, related, scores_of
from threshlint.calibration import PAIRS, TOP1, Flip, flips, top_k


def test_the_most_certain_come_first() -> None:
    """Ranks count, and the nearer of the two thresholds."""
    old = np.array([0.99, 0.95, 0.92, 0.5, 0.4, 0.3, 0.2, 0.1])
    new = np.array([0.1, 0.95, 0.59, 0.3, 0.99, 0.9, 0.2, 0.62])
    found = flips(scores_of(old, new, np.arange(8), np.arange(8) + 10, dyadic=False), 0.9, 0.6)
    assert [(flip.first, flip.gained) for flip in found] == [(0, False), (2, False), (4, True), (5, True), (7, True)]
    assert found[0] == Flip(0, 10, 0.99, 0.1, False)


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_they_are_those_whose_decision_flips(most: int) -> None:
    scores = fitted(related(count=40)).scores_of(PAIRS)
    threshold, new_threshold = 0.75, 0.7
    found = flips(scores, threshold, new_threshold, most)
    for gained in (False, True):
        of_direction = [flip for flip in found if flip.gained == gained]
        passes = (scores.old >= threshold, scores.new >= new_threshold)
        every = passes[gained] & ~passes[not gained]
        assert len(of_direction) == min(most, every.sum())
        for flip in of_direction:
            assert (flip.old >= threshold, flip.new >= new_threshold) == (not gained, gained)
    assert [flip.gained for flip in found] == sorted(flip.gained for flip in found)


def test_scores_are_those_of_the_items_named() -> None:
    sample = related(count=20)
    for population, given in ((PAIRS, sample), (TOP1, sample), (top_k(3), sample)):
        for flip in flips(fitted(given, population).scores_of(population), 0.8, 0.75):
            for side, score in ((sample.old, flip.old), (sample.new, flip.new)):
                one, other = side[flip.first], side[flip.second]
                cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
                if population == TOP1 and side is sample.new:
                    assert score >= cosine - 1e-6  # the best hit in the new space may be another
                else:
                    assert score == pytest.approx(cosine, abs=1e-5) or score == -np.inf


def test_seeds_are_named_by_their_rows() -> None:
    sample = replace(related(count=20), seeds=np.arange(80) >= 60)
    found = flips(fitted(sample, PAIRS).scores_of(PAIRS), 0.7, 0.7)
    assert found
    for flip in found:
        assert flip.first >= 60
        one, other = sample.old[flip.first], sample.old[flip.second]
        assert flip.old == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=1e-5)


def test_thresholds_are_not_rounded_to_the_scores_precision() -> None:
    """The nearest number to 0.7 in single precision lies below it, and does not pass."""
    scores = scores_of(np.array([0.7, 0.2], np.float32), np.array([0.1, 0.7], np.float32))
    assert float(np.float32(0.7)) < 0.7
    assert flips(scores, 0.7, 0.7) == []
    assert len(flips(scores, 0.69, 0.69)) == 2


def test_nothing_flips() -> None:
    scores = scores_of(np.array([0.9, 0.1]), np.array([0.8, 0.2]))
    assert flips(scores, 0.5, 0.5) == []
