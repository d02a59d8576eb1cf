"""Vectors as one file holds them, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.errors import SampleError
from threshlint.calibration.metrics import Vectors

AnyArray = NDArray[Any]

# What vectors are called, as an array of an .npz, a column of a Parquet file, or a key of a line of JSON.
VECTOR_NAMES = ("vectors", "vector", "embeddings", "embedding")
_SHOWN = 5
_BLOCK = 1 << 14


@dataclass(frozen=True, eq=False)
class Table:
    """The vectors of one file, row by row.

    Attributes:
        file: Where they come from, as the user named it.
        vectors: Shape (n, d), of floating-point numbers.
        ids: What the rows are called, if the file says so.
        lines: On which line of the file each row stands, where it is a text.

    """

    file: Path
    vectors: Vectors
    ids: tuple[str, ...] | None = None
    lines: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.vectors)

    def place(self, number: int) -> str:
        """Say where in the file a row stands."""
        return f"row {number}" if self.lines is None else f"line {self.lines[number]}"

    def row(self, number: int) -> str:
        """Name a row so that it can be found in the file: by its place, and by its id."""
        return self.place(number) if self.ids is None else f"{self.place(number)}, id {self.ids[number]!r}"

    def check(self) -> None:
        """Refuse vectors that have no direction, and ids that are not unique.

        Raises:
            SampleError: Says which rows of the file are wrong.

        """
        if 0 in self.vectors.shape:
            raise SampleError(f"{self.file}: it holds no vectors (its shape is {self.vectors.shape})")
        infinite, zero = [], []
        for start in range(0, len(self), _BLOCK):
            block = self.vectors[start : start + _BLOCK]
            finite = np.isfinite(block).all(axis=1)
            infinite += (start + np.flatnonzero(~finite)).tolist()
            with np.errstate(invalid="ignore"):  # some NaNs signal whenever they are looked at
                zero += (start + np.flatnonzero(~block.any(axis=1))).tolist()
        self._refuse(infinite, "NaN or infinite values", "embed them again, or leave them out of both files")
        self._refuse(
            zero, "nothing but zeros, which have no direction", "was the text empty? Leave them out of both files"
        )
        if self.ids is not None and len(set(self.ids)) < len(self.ids):
            first: dict[str, int] = {}
            for number, name in enumerate(self.ids):
                if first.setdefault(name, number) != number:
                    places = f"{self.place(first[name])} and in {self.place(number)}"
                    raise SampleError(
                        f"{self.file}: the id {name!r} stands in {places}; every item needs an id of its own"
                    )

    def _refuse(self, rows: Sequence[int], what: str, advice: str) -> None:
        if rows:
            shown = ", ".join(map(self.row, rows[:_SHOWN])) + (", …" if len(rows) > _SHOWN else "")
            counted = ", counted from 0" if self.lines is None else ""
            raise SampleError(
                f"{self.file}: {len(rows)} of {len(self)} vectors hold {what} ({shown}{counted}); {advice}"
            )


def vector_name(names: Sequence[str], file: Path, what: str) -> str:
    """Find what the vectors of a file are called.

    Args:
        names: What there is.
        file: The file, for messages.
        what: What its parts are called: arrays, columns, keys.

    Raises:
        SampleError: There is none, or more than one.

    """
    found = [name for name in VECTOR_NAMES if name in names]
    if len(found) == 1:
        return found[0]
    if found:
        raise SampleError(f"{file}: it has the {what} {' and '.join(found)}; keep the one that holds the vectors")
    shown = ", ".join(map(repr, names[:10])) or "none"
    raise SampleError(
        f"{file}: none of its {what} ({shown}) is called {', '.join(VECTOR_NAMES[:-1])} or {VECTOR_NAMES[-1]}; "
        "rename the one that holds the vectors"
    )


def as_vectors(array: AnyArray, file: Path) -> Vectors:
    """Return an array as vectors that products can be taken of; half precision becomes single.

    Raises:
        SampleError: It has no rows and columns, or holds something other than floating-point numbers.

    """
    if array.ndim != 2:
        raise SampleError(f"{file}: its vectors have shape {array.shape}; they need rows and columns, one row an item")
    if array.dtype.kind != "f":
        raise SampleError(
            f"{file}: its vectors are of type {array.dtype}; they need to be floating-point numbers: save them with "
            '.astype("float32"), and quantised ones as they were before'
        )
    if array.dtype.itemsize < 4:
        return array.astype(np.float32)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
