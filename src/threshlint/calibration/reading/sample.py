"""A paired sample, put together from its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.metrics import Vectors
from threshlint.calibration.reading.column import read_column
from threshlint.calibration.reading.files import reported
from threshlint.calibration.reading.join import Joined, join
from threshlint.calibration.reading.labels import read_labels
from threshlint.calibration.reading.lines import lines_of
from threshlint.calibration.reading.rows import Names
from threshlint.calibration.reading.vectors import read_vectors
from threshlint.calibration.sample import PairedSample

_SAME_VECTOR = 0.99  # equal texts have equal vectors, but for the rounding of whoever computed them in batches


@dataclass(frozen=True)
class Reading:
    """A sample, and what its owner should know of how it was read, a sentence each."""

    sample: PairedSample
    remarks: tuple[str, ...] = ()


def read_sample(
    old: Path,
    new: Path,
    *,
    queries_old: Path | None = None,
    queries_new: Path | None = None,
    groups: Path | None = None,
    query_groups: Path | None = None,
    labels: Path | None = None,
    texts: Path | None = None,
    query_texts: Path | None = None,
    seeds: Path | None = None,
    neighbours: int | None = None,
    index_size: int | None = None,
) -> Reading:
    """Read and check a paired sample.

    Args:
        old: Items under the old model: ``.npy``, ``.npz``, ``.parquet`` or ``.jsonl``.
        new: The same items under the new one, in any of these formats; joined by id where both have ids.
        queries_old: Queries under the old model, if they are not the items themselves.
        queries_new: The same queries under the new one.
        groups: A number or a word for each item; near-duplicates share one.
        query_groups: The same for queries.
        labels: Judged pairs: ``.csv``, ``.tsv`` or ``.jsonl``.
        texts: What was embedded.
        query_texts: The same for queries.
        seeds: The ids or rows of the items that are seeds, one a line.
        neighbours: How many neighbours of each seed were taken in each space.
        index_size: How many documents production's index holds.

    Raises:
        SampleError: Says which file is wrong, where in it, and what to do.

    """
    items = join("items", read_vectors(old), read_vectors(new))
    queries = _queries(queries_old, queries_new)
    if queries is None and (query_groups or query_texts):
        raise SampleError(
            f"{query_groups or query_texts}: there are no queries that it could be about; give their vectors"
        )
    item_texts = read_column(texts, "text", items) if texts else None
    sample = PairedSample(
        old=items.old,
        new=items.new,
        queries_old=queries.old if queries else None,
        queries_new=queries.new if queries else None,
        groups=_numbered(read_column(groups, "group", items)) if groups else None,
        query_groups=_numbered(read_column(query_groups, "group", queries)) if query_groups and queries else None,
        labels=read_labels(labels, items, queries) if labels else None,
        texts=item_texts,
        query_texts=read_column(query_texts, "text", queries) if query_texts and queries else None,
        ids=items.ids,
        seeds=_seeds(seeds, items) if seeds else None,
        neighbours=neighbours,
        index_size=index_size,
    )
    remarks = [*items.remarks, *(queries.remarks if queries else ())]
    try:
        sample.check()
    except SampleError as error:
        raise SampleError("; ".join((str(error), *remarks))) from error
    if texts and item_texts:
        remarks += _strange_texts(texts, item_texts, items)
    return Reading(sample, tuple(remarks))


def _queries(old: Path | None, new: Path | None) -> Joined | None:
    if old is None or new is None:
        if old or new:
            raise SampleError(
                f"{old or new}: it holds queries under one model; give the same ones under the other, too"
            )
        return None
    return join("queries", read_vectors(old), read_vectors(new))


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.intp)


def _seeds(file: Path, items: Joined) -> NDArray[np.bool_]:
    chosen = np.zeros(len(items), dtype=bool)
    names = Names(items)
    with reported(file):
        for number, line in lines_of(file):
            if line.strip():
                chosen[names.find(line, f"{file}: line {number}")] = True
    return chosen


def _strange_texts(file: Path, texts: Sequence[str], items: Joined) -> Iterator[str]:
    """Say so if texts are equal and their vectors are not: the lines may stand in another order than the vectors."""
    first: dict[str, int] = {}
    twins = [(first[text], row) for row, text in enumerate(texts) if first.setdefault(text, row) != row]
    strange = [
        (one, other) for one, other in twins if not (_alike(items.old, one, other) or _alike(items.new, one, other))
    ]
    if len(strange) > len(twins) // 2:
        one, other = (int(items.rows[row]) for row in strange[0])
        yield (
            f"{file}: {len(strange)} of {len(twins)} pairs of equal texts have different vectors "
            f"(rows {one} and {other}, for example): are the texts in the order of the vectors?"
        )


def _alike(vectors: Vectors, one: int, other: int) -> bool:
    first, second = vectors[one], vectors[other]
    return float(first @ second) >= _SAME_VECTOR * float(np.linalg.norm(first) * np.linalg.norm(second))
