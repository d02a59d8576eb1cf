"""One threshold from the old space to the new: verdicts, and the laws that an answer keeps."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.calibration.samples import at_rate, fitted, keep_pairs, related, rotation, scores_of, shuffled
from threshlint.calibration import (
    PAIRS,
    TOP1,
    CalibrationMap,
    Limits,
    Metric,
    PairedSample,
    Population,
    Recalibration,
    Space,
    Verdict,
    fit,
    recalibrate,
    top_k,
    unit_of,
    units_of,
)
from threshlint.calibration.bootstrap import percentile_interval

fit_module = sys.modules[fit.__module__]  # the package has the function under the module's name


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few resamplings for the interval of best agreement, which is not what most of this is about."""
    monkeypatch.setattr(recalibrate, "percentile_interval", partial(percentile_interval, draws=20))


@pytest.fixture(scope="module")
def sample() -> PairedSample:
    """Of 300 items, which are the whole index."""
    return replace(related(count=75), index_size=300)


@pytest.fixture(scope="module")
def made(sample: PairedSample) -> CalibrationMap:
    return fitted(sample, PAIRS, TOP1, top_k(5))


def with_queries(sample: PairedSample, documents: int) -> PairedSample:
    """Some items, spread over families, are the documents; the others are the queries."""
    chosen = np.zeros(len(sample), dtype=bool)
    chosen[:: len(sample) // documents] = True
    assert sample.groups is not None
    return replace(
        sample,
        old=sample.old[chosen],
        new=sample.new[chosen],
        queries_old=sample.old[~chosen],
        queries_new=sample.new[~chosen],
        groups=None,
        query_groups=sample.groups[~chosen],
    )


def passing(
    made: CalibrationMap, population: Population, answer: Recalibration, unit: str | None = None
) -> tuple[int, int]:
    """How many pairs pass the old and the new threshold, as a store would decide that tells scores in a unit."""
    scores = made.scores_of(population).tail
    found = []
    for space, column, threshold in ((made.old, scores.old, answer.old), (made.new, scores.new, answer.new)):
        assert threshold is not None
        told = unit_of(space, unit)
        each = np.array([told.told(float(score)) for score in column[np.isfinite(column)]])
        found.append(int((each <= threshold).sum() if told.is_distance else (each >= threshold).sum()))
    return found[0], found[1]


class TestVerdicts:
    @pytest.mark.parametrize("rate", [0.001, 0.3, 0.8])
    @pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(2)], ids=str)
    def test_unrelated_spaces_need_labels(self, population: Population, rate: float) -> None:
        answer = unrelated(population).recalibrate(at_rate(unrelated(population), population, rate), population)
        assert answer.verdict is Verdict.NEEDS_LABELS
        assert answer.firing_rate_old == pytest.approx(rate, rel=0.1, abs=2e-4)
        assert "no threshold reproduces the rule, so label pairs and choose by them" in answer.reason
        # The volume is kept all the same: a narrow interval is not a valid map.
        assert answer.firing_rate_new == pytest.approx(rate, rel=0.1, abs=2e-4)
        assert answer.kappa is not None
        assert abs(answer.kappa) < 0.1

    @pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(5)], ids=str)
    def test_related_spaces_are_ok(self, made: CalibrationMap, population: Population) -> None:
        answer = made.recalibrate(at_rate(made, population, 0.3), population)
        assert (answer.verdict, answer.reason) == (Verdict.OK, "")

    @pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(5)], ids=str)
    def test_a_sample_without_a_tail(self, made: CalibrationMap, population: Population) -> None:
        highest = np.sort(made.scores_of(population).old)[::-1]
        answer = made.recalibrate(float(highest[1] + highest[2]) / 2, population)
        assert answer.verdict is Verdict.INSUFFICIENT_TAIL
        assert answer.positives == 2
        assert answer.reason.startswith("2 old-positive pairs do not settle the volume")

    @pytest.mark.parametrize("population", [TOP1, top_k(5)], ids=str)
    def test_part_of_an_index(self, sample: PairedSample, made: CalibrationMap, population: Population) -> None:
        part = fitted(replace(sample, index_size=301), PAIRS, population)
        threshold = at_rate(made, population, 0.3)
        answer = part.recalibrate(threshold, population)
        assert answer.verdict is Verdict.PARTIAL_INDEX
        assert "embed all documents with both models" in answer.reason
        assert (part.sample.items, part.sample.index_size) == (300, 301)
        # All pairs are no matter of the index.
        assert part.recalibrate(at_rate(made, PAIRS, 0.01), PAIRS).verdict is Verdict.OK

    def test_documents_of_queries_are_the_whole_index_unless_it_is_said_to_be_larger(self) -> None:
        sample = with_queries(related(count=100), 50)
        whole, part = (fitted(replace(sample, index_size=size), TOP1) for size in (None, 51))
        threshold = at_rate(whole, TOP1, 0.4)
        assert whole.recalibrate(threshold, TOP1).verdict is Verdict.OK
        assert part.recalibrate(threshold, TOP1).verdict is Verdict.PARTIAL_INDEX

    @pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(5)], ids=str)
    @pytest.mark.parametrize("beyond", ["above", "below"])
    def test_out_of_range(self, made: CalibrationMap, population: Population, beyond: str) -> None:
        known = made.scores_of(population).old
        known = known[np.isfinite(known)]
        threshold = float(known.max()) + 1e-3 if beyond == "above" else float(known.min()) - 1e-3
        answer = made.recalibrate(threshold, population)
        assert answer.verdict is Verdict.OUT_OF_RANGE
        assert (answer.new, answer.low, answer.high) == (None, None, None)
        end = known.max() if beyond == "above" else known.min()
        assert f"{float(end):.4g}" in answer.reason

    def test_out_of_range_is_told_in_the_unit(self, made: CalibrationMap) -> None:
        known = made.scores_of(PAIRS).old
        answer = made.recalibrate(1e-6, PAIRS, unit="cosine-distance")
        assert answer.verdict is Verdict.OUT_OF_RANGE
        assert f"the closest is {1 - float(known.max()):.4g}" in answer.reason

    def test_other_best_hits_are_no_match(self) -> None:
        """Each query has a document as close as before, but another one: the pass rate is kept, the answers are not."""
        rng = np.random.default_rng(0)
        documents = rng.normal(size=(100, 16))
        queries = documents[rng.integers(0, 100, 2000)]
        queries = queries + rng.uniform(0.1, 1.2, (2000, 1)) * rng.normal(size=queries.shape)
        moved = rotation(rng, 16)
        sample = PairedSample(
            documents, rng.permutation(documents) @ moved, queries, queries @ moved, query_groups=np.arange(2000)
        )
        made = fitted(sample, TOP1)
        answer = made.recalibrate(at_rate(made, TOP1, 0.5), TOP1)
        assert answer.verdict is Verdict.NEEDS_LABELS
        assert "but on other documents" in answer.reason
        assert answer.kappa_low is not None
        assert answer.kappa_low > 0.6
        assert made.recalibrate(answer.old, TOP1, limits=Limits(same_hit=0.0)).verdict is Verdict.OK

    def test_neighbours_that_were_cut_off(self) -> None:
        sample = related(count=150, size=8)
        seeds = replace(sample, seeds=np.arange(1200) % 5 == 0, neighbours=4)
        made, unlimited = fitted(seeds, PAIRS), fitted(replace(seeds, neighbours=100), PAIRS)
        answer = made.recalibrate(0.6, PAIRS)
        assert answer.verdict is Verdict.INSUFFICIENT_TAIL
        assert "take more neighbours of each seed" in answer.reason
        assert unlimited.recalibrate(0.6, PAIRS).verdict is Verdict.OK

    def test_limits_are_the_owners(self, made: CalibrationMap) -> None:
        threshold = at_rate(made, PAIRS, 0.01)
        assert made.recalibrate(threshold, PAIRS, limits=Limits(kappa=0.99)).verdict is Verdict.NEEDS_LABELS
        assert made.recalibrate(threshold, PAIRS, limits=Limits(volume=1e-6)).verdict is Verdict.INSUFFICIENT_TAIL


@cache
def unrelated(population: Population) -> CalibrationMap:
    if population == PAIRS:
        return fitted(shuffled(related(count=75)), PAIRS)
    sample = with_queries(related(1, count=3000), 150)
    assert sample.queries_new is not None
    queries = np.random.default_rng(0).permutation(sample.queries_new)
    before, fit_module.DEPTH = fit_module.DEPTH, 10  # the comparison of hits is another matter
    try:
        return fitted(replace(sample, queries_new=queries), TOP1, top_k(2))
    finally:
        fit_module.DEPTH = before


UNITS = [
    pytest.param(metric, unit.name, id=f"{metric}-{unit.name}")
    for metric in Metric
    for unit in units_of(Space("m", 1, metric, normalised=True))
]


class TestTheSameSpaceRotated:
    """The same vectors, rotated and scaled: every threshold stays what it is."""

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize(("metric", "unit"), UNITS)
    def test_is_ok_and_keeps_the_threshold(self, metric: Metric, unit: str, dtype: Any) -> None:
        rng = np.random.default_rng(3)
        old = related(count=30).old.astype(np.float64)
        old /= np.linalg.norm(old, axis=1, keepdims=True)
        new = old @ rotation(rng, old.shape[1])
        if metric in (Metric.COSINE, Metric.ANGLE) and unit not in ("dot", "negative-dot", "l2", "squared-l2"):
            new = 12.5 * new  # directions only
        made = fitted(
            PairedSample(old.astype(dtype), new.astype(dtype), groups=np.arange(120) // 4), PAIRS, metric=metric
        )
        told = unit_of(made.old, unit)
        for rate in (0.012, 0.3, 0.8):
            threshold = float(f"{told.told(at_rate(made, PAIRS, rate)):.3g}")
            answer = made.recalibrate(threshold, PAIRS, unit=unit)
            assert answer.verdict is Verdict.OK, answer.reason
            assert answer.new == threshold
            assert abs(answer.count_error) <= 1  # rounding may bring a score over the edge
            assert answer.f1 == pytest.approx(1, abs=0.02)

    @pytest.mark.parametrize(("metric", "power"), [(Metric.DOT, 2), (Metric.L2, 1), (Metric.SQUARED_L2, 2)], ids=str)
    @pytest.mark.parametrize("scale", [0.01, 3.0, 1000.0])
    def test_what_has_a_length_scales_with_it(self, metric: Metric, power: int, scale: float) -> None:
        old = related(count=60, dtype=np.float64).old
        new = scale * old @ rotation(np.random.default_rng(3), old.shape[1])
        made = fitted(PairedSample(old, new, groups=np.arange(240) // 4), PAIRS, metric=metric)
        threshold = unit_of(made.old).told(at_rate(made, PAIRS, 0.01))
        answer = made.recalibrate(threshold, PAIRS)
        assert answer.verdict is Verdict.OK
        assert answer.count_error == 0
        assert answer.new == pytest.approx(scale**power * threshold, rel=0.01)
        assert answer.low is not None
        assert answer.high is not None
        assert answer.low <= scale**power * threshold <= answer.high

    def test_short_vectors_are_no_rounding_error(self) -> None:
        """Scores of a millionth differ, though by less than rounding would change scores near 1."""
        sample = related(count=60, dtype=np.float32)
        tiny = replace(sample, old=sample.old * np.float32(1e-4), new=sample.new * np.float32(2e-4))
        made = fitted(tiny, PAIRS, metric=Metric.DOT)
        threshold = at_rate(made, PAIRS, 0.01)
        answer = made.recalibrate(threshold, PAIRS)
        assert answer.new == pytest.approx(4 * threshold, rel=0.1)
        assert answer.count_error == 0


class TestTheCount:
    @given(
        rate=st.floats(0.001, 0.95),
        inclusive=st.booleans(),
        unit=st.sampled_from([None, "cosine-distance", "certainty", "angle"]),
    )
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_written_value_keeps_it(self, rate: float, inclusive: bool, unit: str | None) -> None:
        """Pitfall 1: as written, and as decided in the unit."""
        made = small_map()
        scores = made.scores_of(PAIRS)
        threshold = unit_of(made.old, unit).told(at_rate(made, PAIRS, rate))
        answer = made.recalibrate(threshold, PAIRS, unit=unit, inclusive=inclusive)
        assert answer.count_error == 0
        old, new = passing(made, PAIRS, answer, unit)
        assert old == new == answer.positives
        assert float(repr(answer.new)) == answer.new
        if unit is None and rate < 0.5:
            positives = int((scores.old >= threshold).sum())
            assert positives == answer.positives

    def test_two_decimals_would_not(self, made: CalibrationMap) -> None:
        threshold = at_rate(made, PAIRS, 0.01)
        answer = made.recalibrate(threshold, PAIRS)
        assert answer.new is not None
        rounded = replace(answer, new=round(answer.new, 2))
        assert passing(made, PAIRS, answer)[1] == answer.positives
        assert passing(made, PAIRS, rounded)[1] != answer.positives

    @given(rates=st.lists(st.floats(0.001, 0.95), min_size=2, max_size=2, unique=True))
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_map_is_monotone(self, rates: list[float]) -> None:
        made = small_map()
        lower, higher = (
            made.recalibrate(threshold, PAIRS) for threshold in sorted(at_rate(made, PAIRS, rate) for rate in rates)
        )
        assert lower.new is not None
        assert higher.new is not None
        assert lower.new <= higher.new

    @given(rate=st.floats(0.002, 0.9))
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_there_and_back_is_the_same_rule(self, rate: float) -> None:
        there = small_map()
        back = small_map(back=True)
        threshold = at_rate(there, PAIRS, rate)
        new = there.recalibrate(threshold, PAIRS).new
        assert new is not None
        answer = back.recalibrate(new, PAIRS)
        assert answer.new is not None
        old = there.scores_of(PAIRS).old
        assert (old >= answer.new).sum() == (old >= threshold).sum()

    @pytest.mark.parametrize("rate", [0.01, 0.3])
    def test_units_and_metrics_that_are_one_another_give_the_same_decisions(self, rate: float) -> None:
        """`1 - cos`, `(1 + cos) / 2`, angles, and L2 beside its square at length 1."""
        sample = related(count=20, dtype=np.float64)
        unit_length = replace(
            sample,
            **{
                side: getattr(sample, side) / np.linalg.norm(getattr(sample, side), axis=1)[:, None]
                for side in ("old", "new")
            },
        )
        by_cosine = fitted(unit_length, PAIRS)
        cosine = at_rate(by_cosine, PAIRS, rate)
        plain = by_cosine.recalibrate(cosine, PAIRS)
        for metric in Metric:
            made = fitted(unit_length, PAIRS, metric=metric)
            for unit in units_of(made.old):
                threshold = unit.told(at_rate(made, PAIRS, rate))
                answer = made.recalibrate(threshold, PAIRS, unit=unit.name)
                assert answer.unit == unit.name
                assert answer.positives == plain.positives
                assert answer.count_error == plain.count_error == 0
                assert answer.new is not None
                same = (
                    "positives firing_rate_new f1 precision recall kappa kappa_low volume_low irreducible_disagreement"
                )
                for name in same.split():
                    assert getattr(answer, name) == pytest.approx(getattr(plain, name))

    def test_another_unit_or_metric_in_the_new_space(self, sample: PairedSample) -> None:
        made = fitted(sample, PAIRS, new_metric=Metric.L2)
        assert (made.old.metric, made.new.metric) == (Metric.COSINE, Metric.L2)
        threshold = at_rate(made, PAIRS, 0.01)
        answer = made.recalibrate(threshold, PAIRS, unit="cosine-similarity", new_unit="squared-l2")
        scores = made.scores_of(PAIRS)
        assert answer.unit == "squared-l2"
        assert answer.new is not None
        assert (scores.new.astype(float) ** 2 <= answer.new).sum() == answer.positives
        assert answer.low is not None
        assert answer.high is not None
        assert answer.low <= answer.new <= answer.high

    def test_reversed_direction(self, made: CalibrationMap) -> None:
        """A higher distance lets more pass: the interval's ends and the answers follow."""
        near, far = (
            made.recalibrate(threshold, PAIRS, unit="cosine-distance")
            for threshold in (1 - at_rate(made, PAIRS, 0.01), 1 - at_rate(made, PAIRS, 0.2))
        )
        assert near.new is not None
        assert far.new is not None
        assert near.old < far.old
        assert near.new < far.new
        assert near.low is not None
        assert near.high is not None
        assert near.low <= near.new <= near.high
        similar = made.recalibrate(1 - near.old, PAIRS)
        assert similar.positives == near.positives
        assert similar.low == pytest.approx(1 - near.high)


@cache
def small_map(back: bool = False) -> CalibrationMap:
    sample = related(7, count=15, dtype=np.float32)
    return fitted(replace(sample, old=sample.new, new=sample.old) if back else sample, PAIRS)


class TestTies:
    """Whole numbers in both spaces: most scores are shared by many pairs."""

    def tied(self) -> CalibrationMap:
        rng = np.random.default_rng(0)
        old = rng.integers(-1, 2, (60, 6)).astype(float)
        old[~old.any(axis=1)] = 1
        new = np.where(rng.random(old.shape) < 0.03, -old, old)
        new[~new.any(axis=1)] = 1
        return fitted(PairedSample(old, new, groups=np.arange(60)), PAIRS, metric=Metric.DOT)

    @pytest.mark.parametrize("threshold", [-2, 0, 1, 3])
    def test_the_nearest_count_is_taken_and_said(self, threshold: float) -> None:
        made = self.tied()
        scores = made.scores_of(PAIRS)
        answer = made.recalibrate(threshold, PAIRS)
        positives = int((scores.old >= threshold).sum())
        errors = {float(each): int((scores.new >= each).sum()) - positives for each in np.unique(scores.new)}
        assert answer.positives == positives
        assert abs(answer.count_error) == min(map(abs, errors.values())) > 0
        more_or_fewer = "more" if answer.count_error > 0 else "fewer"
        assert answer.remarks[0].startswith(f"{abs(answer.count_error)} {more_or_fewer} pairs pass than before")

    @pytest.mark.parametrize("threshold", [-2, 0, 1, 3])
    def test_above_is_not_from_there_on(self, threshold: float) -> None:
        made = self.tied()
        scores = made.scores_of(PAIRS)
        above, from_there = (made.recalibrate(threshold, PAIRS, inclusive=each) for each in (False, True))
        assert above.positives == (scores.old > threshold).sum() < from_there.positives
        assert above.new is not None
        assert (scores.new > above.new).sum() - above.positives == above.count_error
        # More than one threshold means "above 0" among whole numbers; both say the same of the next one.
        next_one = made.recalibrate(threshold + 1, PAIRS)
        assert (above.positives, above.count_error) == (next_one.positives, next_one.count_error)

    def test_below_is_not_up_to_there(self) -> None:
        made = self.tied()
        scores = made.scores_of(PAIRS)
        below = made.recalibrate(-1.0, PAIRS, unit="negative-dot", inclusive=False)
        assert below.positives == (-scores.old < -1).sum()
        assert below.new is not None
        assert (-scores.new < below.new).sum() - below.positives == below.count_error

    def test_an_old_value_at_the_excluded_end_does_not_stay(self) -> None:
        """0.5 lets a hundred ties pass that it did not in the old space: 0.5 is no match, though it is next to one."""
        rng = np.random.default_rng(0)
        old = np.append(rng.uniform(0.6, 1, 300), np.full(700, 0.1))
        new = np.append(rng.uniform(0.6, 1, 300), np.full(700, 0.5))
        made = replace(small_map(), scores={PAIRS: scores_of(old, new)})
        answer = made.recalibrate(0.5, PAIRS)
        assert answer.count_error == 0
        assert answer.new is not None
        assert 0.5 < answer.new <= new[:300].min()


class TestDuplicates:
    """Exact duplicates have a cosine of 1 but for rounding, in both spaces."""

    @pytest.mark.parametrize("unit", ["cosine-similarity", "cosine-distance", "angle", "certainty", "l2", "squared-l2"])
    @pytest.mark.parametrize("threshold", [0.9, 0.99999])
    def test_they_pass_every_threshold_below_one(self, unit: str, threshold: float) -> None:
        rng = np.random.default_rng(0)
        sample = related(count=80, size=1)
        copies = {
            side: np.repeat(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 3, axis=0).astype(np.float32)
            for side, vectors in (("old", sample.old), ("new", sample.new))
        }
        # Only some are duplicates in the old space, so that the count falls among those of the new one.
        copies["old"][120:] += 0.05 * rng.normal(size=copies["old"][120:].shape).astype(np.float32)
        copies["old"] /= np.linalg.norm(copies["old"], axis=1, keepdims=True)
        made = fitted(PairedSample(copies["old"], copies["new"], groups=np.arange(240) // 3), PAIRS)
        told = unit_of(made.old, unit)
        answer = made.recalibrate(told.told(threshold), PAIRS, unit=unit)
        assert answer.positives >= 120
        assert answer.new is not None
        assert np.isfinite([answer.new, answer.low, answer.high]).all()
        best = told.told(1.0)
        assert answer.new >= best if told.is_distance else answer.new <= best

    def test_an_item_is_no_pair_with_itself(self, made: CalibrationMap) -> None:
        assert made.scores_of(PAIRS).total == 300 * 299 // 2
        for population in (PAIRS, TOP1, top_k(5)):
            scores = made.scores_of(population)
            assert (scores.first != scores.second).all()
            assert scores.old.max() < 0.9999


def test_single_beside_double_precision(sample: PairedSample) -> None:
    answers = [
        fitted(replace(sample, old=sample.old.astype(one), new=sample.new.astype(other)), PAIRS).recalibrate(0.8, PAIRS)
        for one in (np.float32, np.float64)
        for other in (np.float32, np.float64)
    ]
    assert len({answer.positives for answer in answers}) == 1
    for answer in answers[1:]:
        assert answer.new == pytest.approx(answers[0].new, abs=1e-4)
        assert answer.verdict is answers[0].verdict


class TestEvidence:
    def test_intervals_hold_their_values(self, made: CalibrationMap) -> None:
        for population in made.populations:
            answer = made.recalibrate(at_rate(made, population, 0.2), population)
            for low, value, high in (
                (answer.low, answer.new, answer.high),
                (answer.volume_low, answer.volume_ratio, answer.volume_high),
                (answer.kappa_low, answer.kappa, answer.kappa_high),
                (answer.agreement_low, answer.agreement_optimal, answer.agreement_high),
            ):
                assert low is not None
                assert value is not None
                assert high is not None
                assert low <= value <= high
            assert answer.f1 is not None
            assert answer.irreducible_disagreement is not None
            assert answer.f1 + answer.irreducible_disagreement == pytest.approx(1, abs=0.06)

    def test_firing_rates_are_of_decisions(self, made: CalibrationMap) -> None:
        """Of `topk`, a rule sees each query's K best only: the share is of these."""
        for population, decisions in ((PAIRS, 300 * 299 / 2), (TOP1, 300), (top_k(5), 1500)):
            answer = made.recalibrate(at_rate(made, population, 0.2), population)
            assert answer.firing_rate_old == pytest.approx(answer.positives / decisions)
            assert answer.firing_rate_old == pytest.approx(0.2, abs=0.01)

    def test_best_agreement_elsewhere_is_remarked(self) -> None:
        """Many new pairs just above: the count is kept by a threshold at which the decisions agree badly."""
        rng = np.random.default_rng(0)
        old, new = rng.uniform(0, 0.5, 4000), rng.uniform(0, 0.5, 4000)
        old[:1000] += 0.5
        new[:500] += 0.5
        made = replace(small_map(), scores={PAIRS: scores_of(old, new)})
        answer = made.recalibrate(0.5, PAIRS)
        assert answer.agreement_low is not None
        assert answer.high is not None
        assert answer.agreement_low > answer.high
        assert "the owner decides which is meant" in answer.remarks[-1]

    def test_unseen_pairs_do_not_look_better_than_seen_ones(self, made: CalibrationMap) -> None:
        """Held-out agreement, over thresholds, is at the most what the fitted ones have."""
        seen, unseen = [], []
        for rate in (0.002, 0.01, 0.05, 0.2):
            answer = made.recalibrate(at_rate(made, PAIRS, rate), PAIRS)
            scores = made.scores_of(PAIRS).tail
            old = scores.old >= answer.old
            best = max(
                2 * (old & new).sum() / (old.sum() + new.sum())
                for new in (scores.new >= each for each in np.quantile(scores.new, np.linspace(0, 1, 400)[:-1]))
            )
            seen.append(best)
            assert answer.irreducible_disagreement is not None
            unseen.append(1 - answer.irreducible_disagreement)
        assert np.mean(unseen) < np.mean(seen) + 0.005


def test_the_body_answers_about_as_all_pairs_do(sample: PairedSample, monkeypatch: pytest.MonkeyPatch) -> None:
    every = fitted(sample, PAIRS)
    thresholds = [at_rate(every, PAIRS, rate) for rate in (0.005, 0.3, 0.8)]
    keep_pairs(monkeypatch, tail=2000, body=8000)
    part = fitted(sample, PAIRS)
    assert part.scores_of(PAIRS).body is not None
    for threshold in thresholds:
        exact, estimate = (made.recalibrate(threshold, PAIRS) for made in (every, part))
        assert estimate.verdict is exact.verdict is Verdict.OK
        assert estimate.positives == pytest.approx(exact.positives, rel=0.05)
        assert estimate.new == pytest.approx(exact.new, abs=0.01)
        assert estimate.kappa == pytest.approx(exact.kappa, abs=0.02)
        assert estimate.firing_rate_old == pytest.approx(exact.firing_rate_old, rel=0.05)
    tail = part.recalibrate(thresholds[0], PAIRS)
    assert (tail.new, tail.positives) == (every.recalibrate(thresholds[0], PAIRS).new, round(0.005 * 44_850))


def test_scores_that_are_all_equal_decide_nothing() -> None:
    vectors = np.ones((40, 3))
    answer = fitted(PairedSample(vectors, 2 * vectors), PAIRS).recalibrate(0.9, PAIRS)
    assert answer.verdict is Verdict.OUT_OF_RANGE
    assert "every old score of the sample passes it" in answer.reason


def test_of_the_same_seed_the_same_answer(sample: PairedSample) -> None:
    threshold = 0.8
    one, other, another = (fitted(sample, PAIRS, seed=seed).recalibrate(threshold, PAIRS) for seed in (1, 1, 2))
    assert one == other
    assert one.new == another.new
    assert one.f1 != another.f1  # other folds
