from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.calibration.samples import fitted, related
from threshlint.calibration import (
    PAIRS,
    TOP1,
    CalibrationError,
    Labels,
    MapError,
    Metric,
    PairedSample,
    Population,
    SampleError,
    Space,
    UnitError,
    fit,
    top_k,
)

SAMPLE = related(count=20)
OLD, NEW = Space("old", 24), Space("new", 24)


def queries(sample: PairedSample = SAMPLE) -> PairedSample:
    return replace(sample, queries_old=sample.old[::3] + 0.1, queries_new=sample.new[::3] + 0.1)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (SAMPLE, (PAIRS,)),
        (replace(SAMPLE, index_size=1000), (PAIRS, TOP1, top_k(10))),
        (queries(), (PAIRS, TOP1, top_k(10))),
    ],
)
def test_populations_that_a_sample_is_good_for(sample: PairedSample, expected: tuple[Population, ...]) -> None:
    made = fit(sample, OLD, NEW)
    assert made.populations == expected
    assert (made.top_k is None) == (len(expected) == 1)


def test_a_population_comes_once() -> None:
    assert fit(SAMPLE, OLD, NEW, [PAIRS, top_k(1), TOP1, PAIRS]).populations == (PAIRS, TOP1)


def test_the_comparison_of_hits_has_the_k_of_every_population() -> None:
    made = fit(SAMPLE, OLD, NEW, [TOP1, top_k(7), top_k(60)])
    assert made.top_k is not None
    for k in (1, 7, 60):
        assert made.top_k.at_k(k) is not None
    assert made.top_k.depth == 60


def test_facts_of_the_sample() -> None:
    facts = fit(SAMPLE, OLD, NEW).sample
    assert (facts.items, facts.queries, facts.groups, facts.grouped_by) == (80, None, 20, "given")
    assert (facts.labels, facts.seeds, facts.index_size, facts.whole_index) == (0, None, None, False)
    assert facts.digest == SAMPLE.digest
    labels = Labels.of([0], [1], [True])
    more = replace(queries(), groups=None, labels=labels, index_size=500, seeds=np.arange(80) < 9, neighbours=4)
    facts = fit(more, OLD, NEW, [PAIRS]).sample
    assert (facts.queries, facts.grouped_by, facts.labels, facts.seeds) == (27, "near-duplicates", 1, 9)
    assert (facts.index_size, facts.whole_index) == (500, False)


def test_the_date_and_the_seed() -> None:
    made = fit(SAMPLE, OLD, NEW, seed=17)
    assert made.seed == 17
    assert datetime.date.fromisoformat(made.created) >= datetime.date.today() - datetime.timedelta(days=1)


def test_near_duplicates_are_found_where_no_groups_are_given() -> None:
    rng = np.random.default_rng(0)
    twice = PairedSample(
        *(np.repeat(side, 2, axis=0) + 1e-3 * rng.normal(size=(160, 24)) for side in (SAMPLE.old, SAMPLE.new))
    )
    made = fit(twice, OLD, NEW)
    assert made.sample.groups <= 80
    groups = made.scores_of(PAIRS).groups
    assert (groups[::2] == groups[1::2]).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("length", [1.0, 1.0005, 0.5, 3.0])
def test_whether_vectors_have_length_one_is_seen(length: float, dtype: type[np.floating]) -> None:
    unit = SAMPLE.old / np.linalg.norm(SAMPLE.old, axis=1, keepdims=True)
    made = fit(replace(SAMPLE, old=(length * unit).astype(dtype)), replace(OLD, normalised=True), NEW)
    assert made.old.normalised == (abs(length - 1) < 1e-3)
    assert not made.new.normalised
    assert (made.old.model, made.old.metric) == ("old", Metric.COSINE)


def test_both_spaces_of_queries_are_used() -> None:
    sample = queries()
    scores = fit(sample, OLD, replace(NEW, metric=Metric.DOT), [TOP1]).scores_of(TOP1)
    assert sample.queries_old is not None
    assert sample.queries_new is not None
    np.testing.assert_allclose(scores.new, (sample.queries_new @ sample.new.T).max(axis=1), rtol=1e-5)
    one, other = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (sample.queries_old, sample.old))
    np.testing.assert_allclose(scores.old, (one @ other.T).max(axis=1), rtol=1e-5)


@pytest.mark.parametrize(
    ("sample", "populations", "message"),
    [
        (SAMPLE, [top_k(80)], "topk:80 needs 80 documents a query, and there are 79"),
        (queries(), [top_k(81)], "topk:81 needs 81 documents a query, and there are 80"),
        (SAMPLE, [], "a map is made for one population at the least"),
    ],
)
def test_populations_that_a_sample_has_not(sample: PairedSample, populations: list[Population], message: str) -> None:
    with pytest.raises(SampleError, match=message):
        fit(sample, OLD, NEW, populations)
    assert fit(queries(), OLD, NEW, [top_k(80)]).populations == (top_k(80),)


@pytest.mark.parametrize(
    ("name", "old", "new"), [("old", replace(OLD, dimension=23), NEW), ("new", OLD, replace(NEW, dimension=25))]
)
def test_a_dimension_that_is_not_so(name: str, old: Space, new: Space) -> None:
    with pytest.raises(SampleError, match=rf"the {name} space is said to have \d\d dimensions, its vectors have 24"):
        fit(SAMPLE, old, new)


@pytest.mark.parametrize("metric", [Metric.DOT, Metric.L2, Metric.SQUARED_L2])
def test_products_beyond_the_range_are_refused(metric: Metric) -> None:
    long = replace(SAMPLE, new=SAMPLE.new * np.float32(1e25))
    with pytest.raises(SampleError, match="the new model's vectors are so long"):
        fit(long, replace(OLD, metric=metric), replace(NEW, metric=metric))
    assert fit(replace(long, new=long.new.astype(np.float64)), OLD, replace(NEW, metric=metric)).populations
    assert fit(long, OLD, NEW).populations  # only directions count
    halves = replace(SAMPLE, old=SAMPLE.old.astype(np.float16) * 200, new=SAMPLE.new.astype(np.float16) * 200)
    assert fit(halves, replace(OLD, metric=metric), replace(NEW, metric=metric)).populations  # of wider products


def test_questions_that_a_map_cannot_answer() -> None:
    made = fit(SAMPLE, OLD, NEW)
    with pytest.raises(MapError, match=r"made for pairs and not for top1: calibrate again with --population top1"):
        made.recalibrate(0.9, TOP1)
    with pytest.raises(UnitError):
        made.recalibrate(0.9, PAIRS, unit="dot")
    with pytest.raises(UnitError):
        made.recalibrate(0.9, PAIRS, new_unit="furlongs")
    assert issubclass(MapError, CalibrationError)


def test_progress_is_a_share_that_rises_to_one() -> None:
    told: list[float] = []
    fit(replace(SAMPLE, index_size=80), OLD, NEW, progress=told.append)
    assert all(0 < one <= other <= 1 for one, other in pairwise(told))
    assert told[-1] == 1


def test_of_the_same_sample_and_seed_the_same_map() -> None:
    made = [fitted(SAMPLE, PAIRS, TOP1, seed=seed) for seed in (1, 1, 2)]
    assert made[0].digest == made[1].digest != made[2].digest
