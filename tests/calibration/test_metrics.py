from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tests.calibration.samples import rotation
from threshlint.calibration import Metric
from threshlint.calibration.metrics import Closeness, normalised

ORACLES = {
    Metric.COSINE: lambda one, other: 1 - cdist(one, other, "cosine"),
    Metric.DOT: lambda one, other: one @ other.T,
    Metric.L2: lambda one, other: -cdist(one, other, "euclidean"),
    Metric.SQUARED_L2: lambda one, other: -cdist(one, other, "sqeuclidean"),
    Metric.ANGLE: lambda one, other: -np.arccos(np.clip(1 - cdist(one, other, "cosine"), -1, 1)),
}


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.dtype(">f4")])
def test_scores_are_those_of_scipy(metric: Metric, dtype: np.dtype) -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.normal(size=(count, 7)).astype(dtype) for count in (20, 30))
    expected = ORACLES[metric](one.astype(np.float64), other.astype(np.float64))
    closeness = Closeness(metric, one, other)
    tolerance = 1e-12 if np.dtype(dtype).itemsize > 4 else 2e-5
    np.testing.assert_allclose(closeness.block(slice(3, 9), slice(4, 11)), expected[3:9, 4:11], atol=tolerance)
    numbers = np.array([5, 2, 2], dtype=np.int32)
    np.testing.assert_allclose(closeness.rows(numbers), expected[numbers], atol=tolerance)
    first, second = np.array([0, 19, 7]), np.array([29, 0, 7])
    np.testing.assert_allclose(closeness.of(first, second), expected[first, second], atol=tolerance)


@pytest.mark.parametrize("metric", Metric)
def test_a_vector_and_itself_are_as_close_as_can_be(metric: Metric) -> None:
    """Rounding makes a cosine 1.0000001 and a squared distance -1e-7: no angle and no root could be told of these."""
    vectors = np.random.default_rng(0).normal(size=(500, 33)).astype(np.float32)
    if metric is Metric.DOT:
        vectors = normalised(vectors)
    scores = np.diag(Closeness(metric, vectors).block(slice(None)))
    best = 1.0 if metric in (Metric.COSINE, Metric.DOT) else 0.0
    assert not np.isnan(scores).any()
    if metric is not Metric.DOT:
        assert (scores <= best).all()
    # Of squares near 60, rounding leaves 1e-5; the root of that is 3e-3.
    assert np.abs(scores - best).max() < 2e-2


@pytest.mark.parametrize("factor", [1e-30, 1e-3, 1.0, 1e3, 1e30])
@pytest.mark.parametrize("metric", [Metric.COSINE, Metric.ANGLE])
def test_directions_do_not_depend_on_length(metric: Metric, factor: float) -> None:
    """The squares of 1e30 and of 1e-30 are out of single precision's range."""
    vectors = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    there, here = (Closeness(metric, each).block(slice(None)) for each in (vectors * np.float32(factor), vectors))
    off_diagonal = ~np.eye(40, dtype=bool)
    np.testing.assert_allclose(there[off_diagonal], here[off_diagonal], atol=1e-5)


@given(seed=st.integers(0, 1000), metric=st.sampled_from(list(Metric)))
@settings(max_examples=25, deadline=None)
def test_rotation_changes_nothing_and_scale_as_the_metric_says(seed: int, metric: Metric) -> None:
    rng = np.random.default_rng(seed)
    vectors, turn = rng.normal(size=(30, 6)), rotation(rng, 6)
    before = Closeness(metric, vectors).block(slice(None))
    after = Closeness(metric, 3.0 * vectors @ turn).block(slice(None))
    power = {Metric.DOT: 2, Metric.SQUARED_L2: 2, Metric.L2: 1}.get(metric, 0)
    off_diagonal = ~np.eye(30, dtype=bool)
    np.testing.assert_allclose(after[off_diagonal], 3.0**power * before[off_diagonal], atol=1e-9)


def test_half_precision_is_widened() -> None:
    vectors = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float16)
    assert Closeness(Metric.COSINE, vectors).block(slice(None)).dtype == np.float32


@pytest.mark.parametrize("metric", [Metric.L2, Metric.SQUARED_L2])
def test_distances_do_not_drown_in_how_far_off_the_vectors_are(metric: Metric) -> None:
    vectors = (1000 + np.random.default_rng(0).normal(size=(50, 16))).astype(np.float32)
    apart = np.linalg.norm(vectors[:, None].astype(np.float64) - vectors[None].astype(np.float64), axis=2)
    expected = apart if metric is Metric.L2 else apart**2
    others = ~np.eye(len(vectors), dtype=bool)
    found = -Closeness(metric, vectors).block(slice(0, len(vectors)))
    assert found[others] == pytest.approx(expected[others], rel=1e-4)
