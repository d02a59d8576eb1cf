from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from tests.calibration.samples import related, shuffled
from threshlint.calibration import PairedSample, SampleError, adjusted_rand_index, compare_clusterings

labels = st.integers(-1, 5)


@given(pairs=st.lists(st.tuples(labels, labels), min_size=1, max_size=60))
def test_adjusted_rand_index_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    one, other = zip(*pairs, strict=True)
    assert adjusted_rand_index(one, other) == pytest.approx(adjusted_rand_score(one, other))


@pytest.mark.parametrize("clusters", [[0] * 6, list(range(6))])
def test_clusterings_that_say_nothing(clusters: list[int]) -> None:
    assert adjusted_rand_index(clusters, clusters) == 1
    assert adjusted_rand_index([0] * 6, list(range(6))) == 0


def test_clusterings_of_different_items() -> None:
    with pytest.raises(ValueError, match="clusterings of 2 and of 3 items"):
        adjusted_rand_index([0, 1], [0, 1, 1])


def by_nearest_of(count: int):
    """Cluster by the nearest of some items that chance chooses: a k-means of one step."""

    def cluster(vectors: np.ndarray, seed: int) -> np.ndarray:
        centres = vectors[np.random.default_rng(seed).choice(len(vectors), count, replace=False)]
        return ((vectors[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)

    return cluster


def in_families(vectors: np.ndarray, seed: int) -> np.ndarray:
    return np.arange(len(vectors)) // 4


class TestComparison:
    sample = related(count=40, noise=0.05)

    def test_the_floor_is_what_chance_alone_changes(self) -> None:
        found = compare_clusterings(self.sample, by_nearest_of(15), seeds=range(4))
        # The same items are centres in both spaces, so the models agree where two seeds do not.
        assert found.floor < 0.6 < found.across
        assert (found.clusters_old, found.clusters_new) == (15, 15)

    def test_a_clustering_without_chance_has_a_floor_of_one(self) -> None:
        found = compare_clusterings(self.sample, in_families)
        assert (found.across, found.floor) == (1, 1)

    def test_unrelated_spaces_have_nothing_in_common(self) -> None:
        found = compare_clusterings(shuffled(self.sample), by_nearest_of(15))
        assert abs(found.across) < 0.1 < found.floor

    def test_the_new_boundary_is_used_in_the_new_space(self) -> None:
        found = compare_clusterings(self.sample, by_nearest_of(15), by_nearest_of(7))
        assert (found.clusters_old, found.clusters_new) == (15, 7)

    def test_one_seed_tells_nothing_of_chance(self) -> None:
        with pytest.raises(SampleError, match="needs two seeds or more"):
            compare_clusterings(PairedSample(self.sample.old, self.sample.new), in_families, seeds=[0])
