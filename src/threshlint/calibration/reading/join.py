"""Two files of vectors, put side by side: by id where both have ids, else row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.metrics import Vectors
from threshlint.calibration.reading.table import Table

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Joined:
    """The same items under both models.

    Joined by id, they stand in the order of their ids, whatever order the files have: the same items make the same
    sample.

    Attributes:
        what: ``items`` or ``queries``, for messages.
        old: The old vectors, shape (n, d_old).
        new: The new vectors, shape (n, d_new).
        ids: What the items are called, if a file says so.
        rows: In which row of the old file each item stands, shape (n,).
        size: How many rows the old file has; what comes one a line counts these.
        remarks: What was left out, a sentence each.

    """

    what: str
    old: Vectors
    new: Vectors
    ids: tuple[str, ...] | None
    rows: NDArray[np.intp]
    size: int
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def join(what: str, old: Table, new: Table) -> Joined:
    """Put two files side by side.

    Args:
        what: ``items`` or ``queries``, for messages.
        old: Vectors under the old model.
        new: Vectors under the new one.

    Raises:
        SampleError: They have different counts of rows, or no id in common.

    """
    if old.ids is None or new.ids is None:
        return _by_row(what, old, new)
    old_rows = {name: row for row, name in enumerate(old.ids)}
    new_rows = {name: row for row, name in enumerate(new.ids)}
    ids = sorted(old_rows.keys() & new_rows.keys())
    if not ids:
        raise SampleError(
            f"{old.file} and {new.file} have no id in common (the one has {old.ids[0]!r}, the other {new.ids[0]!r}); "
            "embed the same items with both models"
        )
    rows = np.array([old_rows[name] for name in ids], dtype=np.intp)
    others = np.array([new_rows[name] for name in ids], dtype=np.intp)
    remarks = [
        f"{len(missing)} of {len(table)} {what} are in {table.file} only and were left out: {_named(missing)}"
        for table, missing in ((old, _missing(old.ids, new_rows)), (new, _missing(new.ids, old_rows)))
        if missing
    ]
    return Joined(what, old.vectors[rows], new.vectors[others], tuple(ids), rows, len(old), tuple(remarks))


def _by_row(what: str, old: Table, new: Table) -> Joined:
    if len(old) != len(new):
        raise SampleError(
            f"{old.file} has {len(old)} rows and {new.file} {len(new)}; both need the same {what} in the same order, "
            "or ids to join them by (.npz, .parquet or .jsonl)"
        )
    remarks = []
    if old.ids is not None or new.ids is not None:
        with_ids, without = (old, new) if old.ids is not None else (new, old)
        remarks = [f"{with_ids.file} has ids and {without.file} has none: they were joined row by row"]
    rows = np.arange(len(old), dtype=np.intp)
    return Joined(what, old.vectors, new.vectors, old.ids or new.ids, rows, len(old), tuple(remarks))


def _missing(ids: Sequence[str], others: dict[str, int]) -> list[str]:
    return sorted(name for name in ids if name not in others)


def _named(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + (", …" if len(names) > _SHOWN else "")
