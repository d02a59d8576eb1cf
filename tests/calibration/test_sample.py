from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from threshlint.calibration import Labels, PairedSample, SampleError, Space, fit

RNG = np.random.default_rng(0)
OLD, NEW = RNG.normal(size=(40, 6)), RNG.normal(size=(40, 8))
GOOD = PairedSample(OLD, NEW)
QUERIES = replace(GOOD, queries_old=OLD[:7] + 1, queries_new=NEW[:7] + 1)


def spoiled(vectors: np.ndarray, value: float, *rows: int, whole_row: bool = False) -> np.ndarray:
    bad = vectors.copy()
    for row in rows:
        bad[row, slice(None) if whole_row else 2] = value
    return bad


def labelled(**changes: Any) -> PairedSample:
    columns = {"first": [0, 1], "second": [2, 3], "same": [True, False], "weight": None} | changes
    return replace(GOOD, labels=Labels.of(**columns))


REFUSED: dict[str, tuple[Callable[[], PairedSample], str]] = {
    "different row counts": (
        lambda: replace(GOOD, new=NEW[:-1]),
        r"40 items under the old model and 39 under the new one.*ids to join them by",
    ),
    "no rows": (lambda: PairedSample(OLD[:0], NEW[:0]), r"old model's items have shape \(0, 6\)"),
    "no columns": (lambda: replace(GOOD, new=NEW[:, :0]), r"new model's items have shape \(40, 0\)"),
    "one dimension short": (lambda: replace(GOOD, old=OLD[:, 0]), r"shape \(40,\); they need rows and columns"),
    "one too many": (lambda: replace(GOOD, old=OLD[None]), r"shape \(1, 40, 6\); they need rows and columns"),
    "whole numbers": (lambda: replace(GOOD, old=OLD.astype(int)), r"of type int64; they need to be floating-point"),
    "complex numbers": (lambda: replace(GOOD, new=NEW.astype(complex)), "of type complex128"),
    "NaN": (
        lambda: replace(GOOD, old=spoiled(OLD, np.nan, 3, 5)),
        r"old model's items hold NaN or infinite values in 2 of 40 rows \(counted from 0: 3, 5\)",
    ),
    "infinity": (lambda: replace(GOOD, new=spoiled(NEW, -np.inf, 39)), r"new model's items hold NaN.*from 0: 39\)"),
    "many bad rows": (lambda: replace(GOOD, old=spoiled(OLD, np.nan, *range(9))), r"9 of 40 rows.*0, 1, 2, 3, 4, …\)"),
    "zero vectors": (
        lambda: replace(GOOD, new=spoiled(NEW, 0.0, 7, whole_row=True)),
        r"nothing but zeros: they have no direction in 1 of 40 rows \(counted from 0: 7\)",
    ),
    "too few items": (lambda: PairedSample(OLD[:29], NEW[:29]), "29 items are too few to calibrate anything; take 30"),
    "identical": (lambda: PairedSample(OLD, OLD.copy()), "vectors are identical: the new file is probably the old one"),
    "identical but for precision": (
        lambda: PairedSample(OLD.astype(np.float32), OLD.astype(np.float32).astype(float)),
        "identical",
    ),
    "queries of one model": (lambda: replace(GOOD, queries_new=NEW[:3]), "queries are there for one model only"),
    "different query counts": (
        lambda: replace(QUERIES, queries_new=NEW[:6]),
        "7 queries under the old model and 6 under the new one",
    ),
    "queries of another model": (
        lambda: replace(QUERIES, queries_new=NEW[:7, :5]),
        "new model's queries have 5 dimensions, its items 8: embed both with the same model",
    ),
    "NaN in queries": (
        lambda: replace(QUERIES, queries_old=spoiled(OLD[:7], np.nan, 1)),
        "old model's queries hold NaN",
    ),
    "groups": (lambda: replace(GOOD, groups=np.arange(39)), "39 groups for 40 items; give one for each"),
    "texts": (lambda: replace(GOOD, texts=["a"] * 41), "41 texts for 40 items"),
    "ids": (lambda: replace(GOOD, ids=["a"]), "1 ids for 40 items"),
    "query groups": (lambda: replace(QUERIES, query_groups=np.arange(40)), "40 query groups for 7 queries"),
    "query texts without queries": (lambda: replace(GOOD, query_texts=["a"]), "1 query texts for 0 queries"),
    "duplicate ids": (
        lambda: replace(GOOD, ids=[str(i % 39) for i in range(40)]),
        "the id '0' stands for two items; every item needs one of its own",
    ),
    "seeds": (lambda: replace(GOOD, seeds=np.ones(3, dtype=bool)), "3 seeds for 40 items"),
    "no seeds": (lambda: replace(GOOD, seeds=np.zeros(40, dtype=bool)), "none of the items is a seed"),
    "neighbours of no seeds": (lambda: replace(GOOD, neighbours=5), "neighbours are counted for each seed"),
    "an index too small": (
        lambda: replace(GOOD, index_size=39),
        "an index of 39 documents cannot hold the sample's 40; correct its size",
    ),
    "labels of different lengths": (lambda: labelled(first=[0]), "labels need a first item, a second one, a judgement"),
    "labels beyond the items": (lambda: labelled(second=[2, 40]), "a second item outside of 0 to 39"),
    "labels before the items": (lambda: labelled(first=[-1, 1]), "a first item outside of 0 to 39"),
    "labels beyond the queries": (
        lambda: replace(QUERIES, labels=Labels.of([0, 7], [2, 3], [True, False])),
        "a first item outside of 0 to 6",
    ),
    "labels without weight": (lambda: labelled(weight=[1.0, 0.0]), "a label's weight must be a number above 0"),
    "labels of unknown weight": (lambda: labelled(weight=[1.0, np.nan]), "a label's weight must be a number above 0"),
    "labels of one item": (lambda: labelled(first=[0, 3]), "a label pairs an item with itself"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(SampleError, match=message):
        make().check()


@pytest.mark.parametrize("case", ["NaN", "identical", "too few items"])
def test_fit_refuses_too(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(SampleError, match=message):
        fit(make(), Space("a", 6), Space("b", 8))


@pytest.mark.parametrize(
    "sample",
    [
        GOOD,
        QUERIES,
        labelled(),
        replace(QUERIES, labels=Labels.of([0, 6], [0, 39], [True, False])),  # a query may have its item's number
        replace(QUERIES, query_groups=np.zeros(7, dtype=int), query_texts=["q"] * 7, index_size=40),
        replace(GOOD, groups=np.arange(40) // 3, texts=["same"] * 40, ids=[str(i) for i in range(40)]),
        replace(GOOD, seeds=np.arange(40) < 5, neighbours=9),
        PairedSample(OLD.astype(np.float32), OLD),  # the same but for rounding: two precisions of one model
        PairedSample(OLD.astype(np.float16), NEW),
    ],
)
def test_accepts(sample: PairedSample) -> None:
    sample.check()


class TestDigest:
    def test_is_of_the_content(self) -> None:
        assert PairedSample(OLD.copy(), NEW.copy()).digest == GOOD.digest
        assert len(GOOD.digest) == 64

    @pytest.mark.parametrize(
        "other",
        [
            replace(GOOD, old=OLD + 1e-12),
            replace(GOOD, old=NEW, new=OLD),
            replace(GOOD, groups=np.arange(40)),
            replace(GOOD, seeds=np.arange(40) < 5),
            labelled(),
            labelled(same=[False, False]),
            QUERIES,
        ],
    )
    def test_differs(self, other: PairedSample) -> None:
        assert other.digest != GOOD.digest


@pytest.mark.parametrize(
    ("sample", "whole"),
    [
        (GOOD, False),  # nothing is known of the index
        (replace(GOOD, index_size=40), True),
        (replace(GOOD, index_size=41), False),
        (QUERIES, True),  # the items are the documents
        (replace(QUERIES, index_size=1000), False),
    ],
)
def test_whether_the_items_are_the_whole_index(sample: PairedSample, whole: bool) -> None:
    assert sample.whole_index == whole


def test_labels_of_anything_that_numpy_takes() -> None:
    labels = Labels.of([1, 2], (3, 4), [1, 0])
    assert labels.same.tolist() == [True, False]
    assert labels.weight.tolist() == [1.0, 1.0]
    assert labels.first.dtype.kind == "i"
