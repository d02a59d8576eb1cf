"""The paired sample: the same items, embedded by both models."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.metrics import Vectors

FEWEST_ITEMS = 30


@dataclass(frozen=True, eq=False)
class Labels:
    """Pairs that people judged: do the two belong together?

    Attributes:
        first: The first item of each pair, or its query where the sample has queries. Shape (n,).
        second: The second item of each pair. Shape (n,).
        same: Whether they belong together. Shape (n,), boolean.
        weight: How many pairs of production each stands for: 1 / the probability that it was drawn. Shape (n,).

    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    same: NDArray[np.bool_]
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, first: ArrayLike, second: ArrayLike, same: ArrayLike, weight: ArrayLike | None = None) -> Labels:
        """Make labels of anything that numpy takes; without weights, every pair weighs the same."""
        judged = np.asarray(same, dtype=bool)
        weights = np.ones(len(judged)) if weight is None else np.asarray(weight, dtype=np.float64)
        return cls(np.asarray(first, dtype=np.intp), np.asarray(second, dtype=np.intp), judged, weights)


@dataclass(frozen=True, eq=False)
class PairedSample:
    """The same items in both spaces, row by row, and what is known of them.

    ``check`` refuses what cannot be used; everything that takes a sample calls it.

    Attributes:
        old: The items under the old model. Shape (n, d_old).
        new: The same items under the new one. Shape (n, d_new).
        queries_old: Queries under the old model, if they are not the items themselves. Shape (q, d_old).
        queries_new: The same queries under the new one. Shape (q, d_new).
        groups: A number for each item; near-duplicates share one. Shape (n,). They are found if left out.
        query_groups: The same for queries. Shape (q,).
        labels: Judged pairs.
        texts: What was embedded, for people to look at.
        query_texts: The same for queries.
        ids: What the items are called.
        seeds: For a sample of seeds and their neighbours, which items are seeds. Shape (n,), boolean.
        neighbours: How many neighbours of each seed were taken in each space.
        index_size: How many documents production's index holds. With queries, the items are taken for all of them
            unless this says otherwise; without, nothing is known of the index unless this says so.

    """

    old: Vectors
    new: Vectors
    queries_old: Vectors | None = None
    queries_new: Vectors | None = None
    groups: NDArray[np.intp] | None = None
    query_groups: NDArray[np.intp] | None = None
    labels: Labels | None = None
    texts: Sequence[str] | None = None
    query_texts: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    seeds: NDArray[np.bool_] | None = None
    neighbours: int | None = None
    index_size: int | None = None

    def __len__(self) -> int:
        return len(self.old)

    @property
    def has_queries(self) -> bool:
        """Whether queries are something other than the items."""
        return self.queries_old is not None

    @property
    def query_count(self) -> int:
        """How many queries there are; the items are the queries where there are no others."""
        return len(self.old if self.queries_old is None else self.queries_old)

    @property
    def whole_index(self) -> bool:
        """Whether the items are all documents of the index, as far as the sample says."""
        return self.has_queries if self.index_size is None else self.index_size <= len(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over vectors, queries, groups, labels and seeds, in hexadecimal digits."""
        content = hashlib.sha256()
        labels = self.labels
        parts: list[Any] = [
            self.old,
            self.new,
            self.queries_old,
            self.queries_new,
            self.groups,
            self.query_groups,
            self.seeds,
        ]
        parts += [labels.first, labels.second, labels.same, labels.weight] if labels is not None else [None] * 4
        for part in parts:
            if part is None:
                content.update(b"-")
            else:
                array = np.ascontiguousarray(part)
                content.update(f"{array.dtype.str}{array.shape}".encode())
                content.update(array.tobytes())
        return content.hexdigest()

    def check(self) -> None:
        """Refuse what no map can be made of.

        Raises:
            SampleError: Says what is wrong, in which rows, and what to do.

        """
        _check_pair("items", self.old, self.new)
        if len(self) < FEWEST_ITEMS:
            raise SampleError(f"{len(self)} items are too few to calibrate anything; take {FEWEST_ITEMS} at the least")
        if (self.queries_old is None) != (self.queries_new is None):
            raise SampleError("queries are there for one model only; embed them with both")
        if self.queries_old is not None and self.queries_new is not None:
            _check_pair("queries", self.queries_old, self.queries_new)
            for name, queries, items in (
                ("old", self.queries_old, self.old),
                ("new", self.queries_new, self.new),
            ):
                if queries.shape[1] != items.shape[1]:
                    raise SampleError(
                        f"the {name} model's queries have {queries.shape[1]} dimensions, its items {items.shape[1]}: "
                        "embed both with the same model"
                    )
        self._check_lengths()
        if _is_same(self.old, self.new):
            raise SampleError(
                "both models' vectors are identical: the new file is probably the old one; "
                "embed the items with the new model"
            )

    def _check_lengths(self) -> None:
        items, queries = len(self), self.query_count if self.has_queries else 0
        for name, values, expected, of in (
            ("groups", self.groups, items, "items"),
            ("texts", self.texts, items, "items"),
            ("ids", self.ids, items, "items"),
            ("seeds", self.seeds, items, "items"),
            ("query groups", self.query_groups, queries, "queries"),
            ("query texts", self.query_texts, queries, "queries"),
        ):
            if values is not None and len(values) != expected:
                raise SampleError(
                    f"there are {len(values)} {name} for {expected} {of}; give one for each, in the same order"
                )
        if self.ids is not None and len(set(self.ids)) < len(self.ids):
            seen: set[str] = set()
            twice = next(each for each in self.ids if each in seen or seen.add(each))  # type: ignore[func-returns-value]
            raise SampleError(f"the id {twice!r} stands for two items; every item needs one of its own")
        if self.seeds is not None and not np.any(self.seeds):
            raise SampleError("none of the items is a seed; say which are, or leave seeds out")
        if self.neighbours is not None and (self.seeds is None or self.neighbours < 1):
            raise SampleError("neighbours are counted for each seed, from 1 on: say which items are seeds")
        if self.index_size is not None and self.index_size < items:
            raise SampleError(
                f"an index of {self.index_size} documents cannot hold the sample's {items}; correct its size"
            )
        if self.labels is not None:
            _check_labels(self.labels, self.query_count, items, same_items=not self.has_queries)


def _check_pair(what: str, old: Vectors, new: Vectors) -> None:
    for name, vectors in (("old", old), ("new", new)):
        if vectors.ndim != 2 or 0 in vectors.shape:
            raise SampleError(
                f"the {name} model's {what} have shape {vectors.shape}; they need rows and columns, one row an item"
            )
        if not np.issubdtype(vectors.dtype, np.floating):
            raise SampleError(
                f"the {name} model's {what} are of type {vectors.dtype}; they need to be floating-point numbers"
            )
        _refuse_rows(
            np.logical_not(np.isfinite(vectors).all(axis=1)), f"the {name} model's {what}", "NaN or infinite values"
        )
        _refuse_rows(
            np.logical_not(vectors.any(axis=1)),
            f"the {name} model's {what}",
            "nothing but zeros: they have no direction",
        )
    if len(old) != len(new):
        raise SampleError(
            f"there are {len(old)} {what} under the old model and {len(new)} under the new one; "
            "both need the same ones in the same order, or ids to join them by"
        )


def _refuse_rows(bad: NDArray[np.bool_], whose: str, what: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        shown = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
        raise SampleError(
            f"{whose} hold {what} in {len(rows)} of {len(bad)} rows (counted from 0: {shown}); "
            "leave them out or embed them again"
        )


def _check_labels(labels: Labels, queries: int, items: int, *, same_items: bool) -> None:
    count = len(labels.same)
    if not len(labels.first) == len(labels.second) == len(labels.weight) == count:
        raise SampleError("labels need a first item, a second one, a judgement and a weight each")
    for name, rows, bound in (("first", labels.first, queries), ("second", labels.second, items)):
        if count and not (rows.min() >= 0 and rows.max() < bound):
            raise SampleError(f"labels name a {name} item outside of 0 to {bound - 1}; their rows are counted from 0")
    if count and not (np.isfinite(labels.weight).all() and labels.weight.min() > 0):
        raise SampleError("a label's weight must be a number above 0: how many pairs it stands for")
    if same_items and (labels.first == labels.second).any():
        raise SampleError("a label pairs an item with itself; that tells nothing: leave it out")


def _is_same(old: Vectors, new: Vectors) -> bool:
    return old.shape == new.shape and bool(np.array_equal(old, new))
