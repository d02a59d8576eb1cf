"""Tail and body collected block by block, against the whole matrix."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.calibration.samples import keep_pairs, related, scores_of
from threshlint.calibration import Metric, pairs
from threshlint.calibration.metrics import Closeness
from threshlint.calibration.pairs import numbered, pair_scores, seed_scores
from threshlint.calibration.scores import PairedScores

SAMPLE = related(count=40)
COUNT = len(SAMPLE)
TOTAL = COUNT * (COUNT - 1) // 2


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that 160 items are beyond, and blocks that are no divisor of anything."""
    monkeypatch.setattr(pairs, "TAIL", 500)
    monkeypatch.setattr(pairs, "BODY", 3000)
    monkeypatch.setattr(pairs, "_ALL", 3500)
    monkeypatch.setattr(pairs, "_BLOCK", 7 * COUNT + 3)


def spaces(metric: Metric = Metric.COSINE) -> tuple[Closeness, Closeness]:
    return Closeness(metric, SAMPLE.old), Closeness(metric, SAMPLE.new)


def collected(metric: Metric = Metric.COSINE, seed: int = 0) -> PairedScores:
    return pair_scores(*spaces(metric), np.arange(COUNT), np.random.default_rng(seed))


def expected(metric: Metric = Metric.COSINE) -> dict[tuple[int, int], tuple[float, float]]:
    old, new = (space.block(slice(None)) for space in spaces(metric))
    return {(i, j): (old[i, j], new[i, j]) for i in range(COUNT) for j in range(i + 1, COUNT)}


def as_dict(scores: PairedScores) -> dict[tuple[int, int], tuple[float, float]]:
    rows = scores.tail
    found = {
        (int(i), int(j)): (old, new) for i, j, old, new in zip(rows.first, rows.second, rows.old, rows.new, strict=True)
    }
    assert len(found) == len(rows), "a pair came twice"
    return found


@pytest.mark.parametrize("metric", Metric)
def test_every_pair_once_and_no_item_with_itself(metric: Metric) -> None:
    scores = collected(metric)
    assert scores.body is None
    assert scores.total == TOTAL
    found, wanted = as_dict(scores), expected(metric)
    assert found.keys() == wanted.keys()
    np.testing.assert_allclose([found[pair] for pair in wanted], list(wanted.values()), atol=1e-5)


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.usefixtures("small")
def test_the_tail_is_complete_above_its_floors(metric: Metric) -> None:
    scores = collected(metric)
    found = as_dict(scores)
    assert len(found) < 2 * 500 + 1 < TOTAL
    for pair, (old, new) in expected(metric).items():
        # Blocks of different shapes round differently.
        if old > scores.floor_old + 1e-5 or new > scores.floor_new + 1e-5:
            np.testing.assert_allclose(found[pair], (old, new), atol=1e-5)
    rows = scores.tail
    assert ((rows.old >= scores.floor_old) | (rows.new >= scores.floor_new)).all()
    assert (rows.old >= scores.floor_old).sum() >= 400


@pytest.mark.usefixtures("small")
def test_the_body_is_a_uniform_sample() -> None:
    """Its means over many drawings are those of all pairs, and no pair is likelier than another."""
    drawn = [collected(seed=seed).body for seed in range(40)]
    wanted = np.array(list(expected().values()))
    drawings = [body for body in drawn if body is not None]
    assert len(drawings) == 40
    for body in drawings:
        assert len(body) == pytest.approx(3000, abs=250)
        assert len(body) * body.scale == pytest.approx(TOTAL)
        assert (body.first < body.second).all()
    olds = np.concatenate([body.old for body in drawings])
    for level in (0.05, 0.5, 0.95):
        edge = np.quantile(wanted[:, 0], level)
        assert (olds <= edge).mean() == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / len(olds)) + 1e-3)
    often = np.bincount(np.concatenate([body.first for body in drawings]), minlength=COUNT)
    pairs_of = COUNT - 1 - np.arange(COUNT)  # an item is the first of a pair with all that follow
    expected_often = len(olds) * pairs_of / TOTAL
    assert (np.abs(often - expected_often) < 5 * np.sqrt(expected_often) + 5).all()


@pytest.mark.usefixtures("small")
def test_the_tail_answers_where_it_is_deep_enough_and_else_the_body() -> None:
    scores = collected()
    highest = np.sort(scores.old)[::-1]
    assert scores.rows_for(float(highest[50])) is scores.tail
    assert scores.rows_for(float(highest[480])) is scores.body  # an interval would look beyond the tail
    assert scores.rows_for(scores.floor_old - 0.1) is scores.body


@pytest.mark.usefixtures("small")
def test_what_decides_holds_all_that_two_thresholds_could_disagree_about() -> None:
    scores = collected()
    threshold = float(np.sort(scores.old)[-30])
    rows = scores.deciding(threshold)
    assert len(rows) < len(scores.tail)
    kept = set(zip(rows.first.tolist(), rows.second.tolist(), strict=True))
    for pair, (old, _) in as_dict(scores).items():
        assert pair in kept or old < threshold
    of_new = np.sort(scores.new)[::-1][: 5 * 30]
    np.testing.assert_array_equal(np.sort(rows.new)[::-1][: 5 * 30], of_new)


@pytest.mark.parametrize("above", [np.nextafter(np.float32(0.7), np.float32(0)), np.float32(0.7), np.float32(0.75)])
def test_thresholds_are_not_rounded_to_the_scores_precision(above: np.float32) -> None:
    """0.7 lies above the nearest number in single precision, which does not reach it."""
    scores = scores_of(np.full(300, above), np.linspace(0, 1, 300, dtype=np.float32))
    assert float(np.float32(0.7)) < 0.7
    positives = 300 if above > 0.7 else 0
    # Of 300 pairs 200 decide, beside those that pass.
    assert len(scores.deciding(0.7)) == max(200, positives)


class TestSeeds:
    seeds = np.array([3, 50, 51, 159], dtype=np.int32)

    def scored(self) -> PairedScores:
        return seed_scores(*spaces(), self.seeds, np.arange(COUNT) // 4, np.random.default_rng(0))

    def check(self, scores: PairedScores) -> None:
        wanted = expected()
        for (first, second), each in as_dict(scores).items():
            seed = int(self.seeds[first])
            assert seed != second
            np.testing.assert_allclose(each, wanted[min(seed, second), max(seed, second)], atol=1e-5)

    def test_every_seed_with_every_other_item(self) -> None:
        scores = self.scored()
        assert len(scores.tail) == scores.total == 4 * (COUNT - 1)
        assert scores.body is None
        self.check(scores)
        assert not scores.dyadic
        # 50 and 51 are of one family, and seeds are counted through.
        assert scores.groups.tolist() == [0, 1, 1, 2]

    def test_block_by_block(self, monkeypatch: pytest.MonkeyPatch) -> None:
        keep_pairs(monkeypatch, tail=60, body=200)
        monkeypatch.setattr(pairs, "_BLOCK", COUNT + 1)
        scores = self.scored()
        self.check(scores)
        assert scores.body is not None
        assert len(scores.tail) < 4 * (COUNT - 1)
        complete = sum(old > scores.floor_old + 1e-5 for pair, (old, _) in self.every().items())
        assert (scores.old > scores.floor_old + 1e-5).sum() == complete

    def every(self) -> dict[tuple[int, int], tuple[float, float]]:
        wanted = expected()
        return {
            (int(seed), item): wanted[min(seed, item), max(seed, item)]
            for seed in self.seeds
            for item in range(COUNT)
            if item != seed
        }

    def test_seeds_with_as_many_positives_as_neighbours_are_cut_off(self) -> None:
        scores = self.scored()
        threshold = float(np.sort(scores.old[scores.first == 0])[-5])
        of_seed = np.bincount(scores.first[scores.old >= threshold], minlength=4)
        assert replace(scores, neighbours=5).cut_off(threshold, 2.0) == of_seed[of_seed >= 5].sum() / of_seed.sum() > 0
        assert replace(scores, neighbours=COUNT).cut_off(threshold, threshold) == 0
        assert scores.cut_off(threshold, threshold) == 0  # nothing is known of neighbours


@pytest.mark.parametrize("limit", ["all", "small"])
def test_equal_scores_without_end(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All items are one and the same: no tail can be told from the rest, and none may grow without bounds."""
    if limit == "small":
        keep_pairs(monkeypatch, tail=50, body=400)
        monkeypatch.setattr(pairs, "_BLOCK", 1000)
    same = np.ones((COUNT, 3), dtype=np.float32)
    closeness = Closeness(Metric.DOT, same)
    scores = pair_scores(closeness, closeness, np.arange(COUNT), np.random.default_rng(0))
    rows = scores.rows_for(3.0)
    assert (rows.old == 3).all()
    if limit == "small":
        assert len(scores.tail) <= 100
        assert rows is scores.body
    else:
        assert len(rows) == TOTAL


def test_progress_rises_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_BLOCK", 10 * COUNT)
    told: list[float] = []
    pair_scores(*spaces(), np.arange(COUNT), np.random.default_rng(0), told.append)
    assert len(told) > 5
    assert all(one < other for one, other in pairwise(told))
    assert told[-1] == 1


def test_groups_are_numbered_through() -> None:
    assert numbered(np.array(["b", "a", "b", "z"])).tolist() == [1, 0, 1, 2]
