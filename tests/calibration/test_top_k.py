from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from threshlint.calibration import Cliff, Labels, top_k
from threshlint.calibration.hits import Hits, ranks_among
from threshlint.calibration.top_k import RECOVERIES, compare_hits
from threshlint.calibration.top_k import cliff as find_cliff

QUERIES, DEPTH, DOCUMENTS = 60, 20, 200


def hits(seed: int, scores: np.ndarray | None = None) -> Hits:
    rng = np.random.default_rng(seed)
    documents = np.stack([rng.permutation(DOCUMENTS)[:DEPTH] for _ in range(QUERIES)]).astype(np.int32)
    return Hits(documents, -np.sort(-rng.random((QUERIES, DEPTH)), axis=1) if scores is None else scores)


def swapped(seed: int) -> tuple[Hits, Hits]:
    """Hits whose second half is another's: the first ten are the same ones in another order."""
    old, other, rng = hits(seed), hits(seed + 1), np.random.default_rng(seed)
    documents = np.array(
        [
            np.append(rng.permutation(of[:10]), 1000 + than[10:])
            for of, than in zip(old.documents, other.documents, strict=True)
        ]
    )
    return old, Hits(documents.astype(np.int32), old.scores)


@given(seed=st.integers(0, 200))
def test_ranks_are_where_documents_stand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (np.stack([rng.permutation(9)[:5] for _ in range(4)]).astype(np.int32) for _ in range(2))
    wanted = [
        [list(there).index(document) if document in there else 5 for document in row]
        for row, there in zip(one.tolist(), other.tolist(), strict=True)
    ]
    assert ranks_among(one, other).tolist() == wanted


def test_overlap_and_recovery_against_sets() -> None:
    old, new = swapped(0)
    found = compare_hits(old, new, np.arange(QUERIES), ks=[7])
    assert [each.k for each in found.at] == [1, 2, 3, 5, 7, 8, 10, 15, 20]

    def held(k: int, depth: int) -> float:
        """The share of the old top-k that the new top-depth holds."""
        return float(
            np.mean(
                [
                    len({*one[:k]} & {*other[:depth]}) / k
                    for one, other in zip(old.documents.tolist(), new.documents.tolist(), strict=True)
                ]
            )
        )

    assert found.overlaps == pytest.approx([held(k, k) for k in range(1, DEPTH + 1)])
    for each in found.at:
        assert each.overlap == pytest.approx(held(each.k, each.k))
        assert each.overlap_low - 1e-9 <= each.overlap <= each.overlap_high + 1e-9
        assert [share for share, _ in each.recovery] == list(RECOVERIES)
        for share, smallest in each.recovery:
            reaching = [depth for depth in range(1, DEPTH + 1) if held(each.k, depth) >= share - 1e-9]
            assert smallest == (reaching[0] if reaching else None)
    at_ten = found.at_k(10)
    assert at_ten is not None
    assert at_ten.overlap == 1
    at_twenty = found.at_k(20)
    assert at_twenty is not None
    assert at_twenty.recovery == ((0.8, None), (0.9, None), (0.95, None))  # half of it is gone
    assert found.at_k(9) is None
    assert top_k(7).k == 7


def test_the_interval_resamples_families_of_queries() -> None:
    # All queries of one family lose all hits: whole families come and go.
    old, other = hits(0), hits(1)
    lost = np.arange(QUERIES) // 10 % 2 == 0
    new = Hits(np.where(lost[:, None], other.documents + 1000, old.documents), old.scores)
    alone = compare_hits(old, new, np.arange(QUERIES)).at[0]
    in_families = compare_hits(old, new, np.arange(QUERIES) // 10).at[0]
    assert alone.overlap == in_families.overlap == 0.5
    assert in_families.overlap_high - in_families.overlap_low > 2 * (alone.overlap_high - alone.overlap_low)


def test_recall_of_what_people_judged_right() -> None:
    old, new = swapped(3)
    # Query 0 has two right documents, of which the old top-20 holds both and the new one holds one; query 1 has one
    # that is nowhere; what was judged wrong does not count.
    labels = Labels.of(
        [0, 0, 1, 2], [old.documents[0, 0], old.documents[0, 15], 999, old.documents[2, 0]], [True, True, True, False]
    )
    found = compare_hits(old, new, np.arange(QUERIES), labels=labels).at_k(20)
    assert found is not None
    assert (found.recall_old, found.recall_new) == (0.5, 0.25)
    without = compare_hits(old, new, np.arange(QUERIES)).at_k(20)
    assert without is not None
    assert (without.recall_old, without.recall_new) == (None, None)
    none_right = Labels.of([0], [1], [False])
    nothing = compare_hits(old, new, np.arange(QUERIES), labels=none_right).at_k(20)
    assert nothing is not None
    assert nothing.recall_old is None


class TestCliff:
    rng = np.random.default_rng(0)

    def found(self, curve: np.ndarray, noise: float = 0.02) -> Cliff:
        scores = curve + noise * self.rng.normal(size=(QUERIES, len(curve)))
        weights = self.rng.multinomial(QUERIES, np.full(QUERIES, 1 / QUERIES), 200) / QUERIES
        return find_cliff(-np.sort(-scores, axis=1), weights)

    @pytest.mark.parametrize("place", [4, 8, 12])
    def test_is_where_scores_fall(self, place: int) -> None:
        curve = np.where(np.arange(40) < place, 0.9 - 0.002 * np.arange(40), 0.4 - 0.002 * np.arange(40))
        found = self.found(curve)
        assert found.rank == pytest.approx(place + 1, abs=1)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.rank <= found.high

    @pytest.mark.parametrize(
        "curve",
        [
            np.linspace(0.9, 0.5, 40),
            0.9 - 0.1 * np.log(1 + np.arange(40)),  # bends everywhere: there is a knee wherever one looks
            0.9 / (1 + np.arange(40)) ** 0.3,
        ],
        ids=["line", "logarithm", "power"],
    )
    def test_is_not_on_smooth_curves(self, curve: np.ndarray) -> None:
        assert self.found(curve) == Cliff(None, None, None)

    @pytest.mark.parametrize("documents", [100, 400, 4000])
    def test_is_not_among_what_chance_makes_close(self, documents: int) -> None:
        scores = -np.sort(-self.rng.normal(size=(QUERIES, documents)), axis=1)[:, : min(40, documents // 2)]
        weights = self.rng.multinomial(QUERIES, np.full(QUERIES, 1 / QUERIES), 200) / QUERIES
        assert find_cliff(scores, weights) == Cliff()

    def test_of_level_scores_is_none(self) -> None:
        assert self.found(np.full(40, 0.5), noise=0.0) == Cliff()

    def test_too_few_ranks_have_none(self) -> None:
        assert self.found(np.array([0.9, 0.9, 0.1, 0.1])) == Cliff()

    def test_queries_that_differ_have_none(self) -> None:
        places = self.rng.integers(2, 38, QUERIES)
        scores = np.where(np.arange(40) < places[:, None], 0.9, 0.4)
        weights = self.rng.multinomial(QUERIES, np.full(QUERIES, 1 / QUERIES), 200) / QUERIES
        assert find_cliff(scores, weights) == Cliff()
