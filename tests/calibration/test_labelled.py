from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.calibration.samples import fitted, related, shuffled
from threshlint.calibration import PAIRS, Labels, Measure, Method, Metric, PairedSample, Target, Verdict
from threshlint.calibration.labelled import (
    FEWEST_OF_EACH,
    LabelledScores,
    OperatingPoint,
    effective_size,
    labelled_scores,
    operating_point,
    wilson,
)

RECALL, PRECISION = Target(Measure.RECALL), Target(Measure.PRECISION)


@given(total=st.integers(1, 500), data=st.data())
def test_wilson_is_that_of_scipy(total: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, total))
    expected = stats.binomtest(hits, total).proportion_ci(method="wilson")
    assert wilson(hits / total, total) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0.5, 0) == (0, 1)
    assert effective_size(np.zeros(0)) == 0


def test_effective_size() -> None:
    assert effective_size(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_size(np.array([100.0, 1e-9])) == pytest.approx(1)


def labels(seed: int = 0, count: int = 800, weight: Any = None, size: int = 1) -> LabelledScores:
    """Pairs judged the same score about 1 higher, under both models; the new one tells them apart a little better."""
    rng = np.random.default_rng(seed)
    same = rng.random(count) < 0.5
    old, new = same + 0.6 * rng.normal(size=count), 5 + same + 0.5 * rng.normal(size=count)
    weights = np.ones(count) if weight is None else np.where(same, weight, 1.0)
    return LabelledScores(old, new, same, weights, np.arange(count, dtype=np.int32) // size)


def rate(pairs: LabelledScores, measure: Measure, scores: np.ndarray, threshold: float) -> float:
    passes = scores >= threshold
    base = passes if measure is Measure.PRECISION else pairs.same
    return float(pairs.weight[passes & pairs.same].sum() / pairs.weight[base].sum())


def found(pairs: LabelledScores, threshold: float, target: Target) -> OperatingPoint:
    point = operating_point(pairs, threshold, target)
    assert isinstance(point, OperatingPoint), point
    return point


@pytest.mark.parametrize("weight", [None, 7.0])
@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("value", [None, 0.8, 0.9])
def test_the_target_is_kept_and_not_more_than_it(measure: Measure, value: float | None, weight: float | None) -> None:
    pairs = labels(weight=weight)
    point = found(pairs, 0.6, Target(measure, value))
    wanted = rate(pairs, measure, pairs.old, 0.6) if value is None else value
    assert point.target == pytest.approx(wanted)
    assert point.rate == pytest.approx(rate(pairs, measure, pairs.new, point.gap.high))
    assert point.rate >= wanted - 1e-9
    # Of all thresholds that keep it, the lowest for precision, the highest for recall.
    kept = [each for each in pairs.new if rate(pairs, measure, pairs.new, each) >= wanted - 1e-9]
    assert point.gap.high == (min(kept) if measure is Measure.PRECISION else max(kept))
    assert point.rate_low <= point.rate <= point.rate_high
    assert point.low <= point.gap.high <= point.high


def test_weights_of_sampling_move_the_threshold() -> None:
    """Pairs judged the same that each stand for nine make precision easier to reach."""
    plain, weighted = (found(labels(weight=weight), 0.6, Target(Measure.PRECISION, 0.9)) for weight in (1.0, 9.0))
    assert weighted.gap.high < plain.gap.high - 0.2


@pytest.mark.parametrize("target", [RECALL, PRECISION, Target(Measure.RECALL, 0.85)])
def test_the_interval_covers_the_threshold_of_all_pairs(target: Target) -> None:
    every = labels(1000, 200_000)
    wanted = target.value or rate(every, target.measure, every.old, 0.6)
    order = np.argsort(-every.new)
    hits = np.cumsum(every.same[order])
    if target.measure is Measure.RECALL:
        place = np.flatnonzero(hits / every.same.sum() >= wanted)[0]
    else:
        place = np.flatnonzero(hits / np.arange(1, len(hits) + 1) >= wanted)[-1]
    truth = every.new[order][place]
    points = [found(labels(seed), 0.6, target) for seed in range(80)]
    held = np.mean([point.low <= truth <= point.high for point in points])
    assert held >= 0.87  # of 80 drawings; 95 % is claimed


@pytest.mark.parametrize("wrong", [False, True])
def test_too_few_labels_are_refused(wrong: bool) -> None:
    pairs = labels(count=100)
    scarce = np.flatnonzero(pairs.same != wrong)[: FEWEST_OF_EACH - 1]
    kept = np.append(scarce, np.flatnonzero(pairs.same == wrong))
    few = LabelledScores(pairs.old[kept], pairs.new[kept], pairs.same[kept], pairs.weight[kept], pairs.groups[kept])
    refusal = operating_point(few, 0.6, RECALL)
    assert isinstance(refusal, str)
    assert "too few to choose by: 30 of each are the least" in refusal


def test_a_target_out_of_reach_is_refused() -> None:
    pairs = labels()
    highest = replace(pairs, same=pairs.same & (pairs.new < pairs.new.max()))
    refusal = operating_point(highest, 0.6, Target(Measure.PRECISION, 1.0))
    assert refusal == "no new threshold has the precision that is asked for on the labels"


def test_a_rate_that_is_hardly_known_is_refused() -> None:
    refusal = operating_point(labels(count=80), 0.6, Target(Measure.RECALL, 0.5))
    assert isinstance(refusal, str)
    assert refusal.startswith("the recall of the new threshold is known as 0.")
    assert refusal.endswith("label more pairs that belong together")


def test_one_heavy_label_is_little_knowledge() -> None:
    pairs = labels()
    heavy = replace(pairs, weight=np.where(np.arange(800) == np.flatnonzero(pairs.same)[0], 500.0, 1.0))
    assert isinstance(operating_point(heavy, 0.6, RECALL), str)


def test_families_make_the_interval_wider() -> None:
    widths = []
    for size in (1, 8):
        rng = np.random.default_rng(0)
        pairs = labels(count=1600, size=size)
        shift = np.repeat(rng.normal(size=1600 // size), size)  # a family's pairs move together
        point = found(replace(pairs, new=pairs.new + 0.7 * shift), 0.6, Target(Measure.RECALL, 0.85))
        widths.append(point.high - point.low)
    assert widths[1] > 1.5 * widths[0]


def test_judged_pairs_are_scored_in_both_spaces() -> None:
    sample = related(count=20)
    judged = Labels.of([3, 10], [5, 70], [True, False], [2.0, 1.0])
    scored = labelled_scores(replace(sample, labels=judged), Metric.COSINE, Metric.DOT, np.arange(80) // 4)
    assert scored is not None
    one, other = sample.old[3], sample.old[5]
    assert scored.old[0] == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=1e-5)
    assert scored.new[1] == pytest.approx(sample.new[10] @ sample.new[70], abs=1e-3)
    assert scored.groups.tolist() == [0, 2]
    assert labelled_scores(sample, Metric.COSINE, Metric.COSINE, np.arange(80)) is None
    queries = replace(sample, queries_old=sample.old[40:], queries_new=sample.new[40:], labels=judged)
    of_queries = labelled_scores(queries, Metric.DOT, Metric.DOT, np.arange(40))
    assert of_queries is not None
    assert of_queries.old[0] == pytest.approx(sample.old[43] @ sample.old[5], abs=1e-3)


class TestInAMap:
    """Labels override count matching, and say what is right where two models rank differently."""

    def judged(self, sample: PairedSample, count: int = 400) -> PairedSample:
        rng = np.random.default_rng(0)
        family = rng.integers(0, len(sample) // 4, count)
        first, second = np.array([rng.choice(4, 2, replace=False) for _ in range(count)]).T
        same = rng.random(count) < 0.5
        other = np.where(same, 4 * family + second, (4 * family + 4 + second) % len(sample))
        return replace(sample, labels=Labels.of(4 * family + first, other, same))

    def test_they_choose_the_threshold(self) -> None:
        made = fitted(self.judged(related()), PAIRS)
        matched = made.recalibrate(0.8, PAIRS)
        chosen = made.recalibrate(0.8, PAIRS, target=Target(Measure.RECALL, 0.9))
        assert (matched.method, chosen.method) == (Method.COUNT_MATCHING, Method.LABELS)
        assert chosen.verdict is Verdict.OK
        assert chosen.new is not None
        assert matched.new is not None
        assert chosen.new < matched.new - 0.05
        assert chosen.low is not None
        assert chosen.high is not None
        assert chosen.low <= chosen.new <= chosen.high
        assert made.labels is not None
        assert (made.labels.new[made.labels.same] >= chosen.new).mean() == pytest.approx(0.9, abs=0.005)
        assert "to keep a recall of 0.90" in chosen.remarks[0]
        # What the rule does then is told of the chosen threshold, not of the matched one.
        assert chosen.firing_rate_new is not None
        assert chosen.firing_rate_old is not None
        assert chosen.firing_rate_new > 1.5 * chosen.firing_rate_old

    def test_they_vouch_where_count_matching_cannot(self) -> None:
        sample = related()
        unrelated = self.judged(replace(sample, old=shuffled(sample).new[:, ::-1].copy()))
        made = fitted(unrelated, PAIRS)
        assert made.recalibrate(0.6, PAIRS).verdict is Verdict.NEEDS_LABELS
        chosen = made.recalibrate(0.6, PAIRS, target=Target(Measure.RECALL, 0.9))
        assert (chosen.verdict, chosen.reason) == (Verdict.OK, "")

    def test_they_vouch_beyond_the_scores(self) -> None:
        made = fitted(self.judged(related()), PAIRS)
        chosen = made.recalibrate(1.5, PAIRS, target=Target(Measure.RECALL, 0.9))
        assert chosen.verdict is Verdict.OK
        assert chosen.method is Method.LABELS

    def test_too_few_leave_the_answer_as_it_is(self) -> None:
        made = fitted(self.judged(related(), count=20), PAIRS)
        matched, answer = made.recalibrate(0.8, PAIRS), made.recalibrate(0.8, PAIRS, target=RECALL)
        assert replace(answer, remarks=()) == replace(matched, remarks=())
        assert "are too few to choose by" in answer.remarks[-1]

    def test_without_labels_a_target_changes_nothing(self) -> None:
        made = fitted(related(), PAIRS)
        assert made.recalibrate(0.8, PAIRS, target=RECALL) == made.recalibrate(0.8, PAIRS)
