"""JSON Lines: an object a line, with a vector and perhaps an ``id``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.lines import lines_of
from threshlint.calibration.reading.table import Table, vector_name


def read(file: Path) -> Table:
    """Read vectors as 32-bit numbers, which is what models compute in, and ids if the lines have any.

    Raises:
        SampleError: A line is no such object, or differs from the first in its length or in having an id.

    """
    vectors: list[Any] = []
    ids: list[str] = []
    lines: list[int] = []
    name: str | None = None
    for number, record in objects(file):
        name = name or vector_name(list(record), file, "keys")
        vector = _vector(record, name, f"{file}: line {number}")
        if vectors and len(vector) != len(vectors[0]):
            raise SampleError(
                f"{file}: the vector in line {number} has {len(vector)} dimensions and that in line {lines[0]} "
                f"{len(vectors[0])}; embed all lines with one model"
            )
        if "id" in record:
            ids.append(id_of(record["id"], f"{file}: line {number}"))
        vectors.append(vector)
        lines.append(number)
        if ids and len(ids) != len(vectors):
            without = number if "id" not in record else lines[0]
            raise SampleError(f"{file}: line {without} has no id, and others have; give every line one, or none")
    if not vectors:
        raise SampleError(f"{file}: it is empty; it needs a line of JSON for each item")
    return Table(file, np.stack(vectors), tuple(ids) or None, lines)


def objects(file: Path, plain: str | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file, each with its line, counted from 1; empty lines are passed over.

    Args:
        file: The file.
        plain: What a text or number that stands for itself is called; without, it is an error.

    Raises:
        SampleError: A line is no JSON object.

    """
    for number, line in lines_of(file):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SampleError(f"{file}: line {number} is not valid JSON ({error}); write one object a line") from error
        if plain is not None and isinstance(record, (str, int)):
            record = {plain: record}
        if not isinstance(record, dict):
            raise SampleError(f'{file}: line {number} is no JSON object; write {{"id": …, …}}, one a line')
        yield number, record


def id_of(value: object, where: str) -> str:
    """Return an id as text.

    Raises:
        SampleError: It is neither a text nor a whole number.

    """
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise SampleError(f"{where}: the id {value!r} is neither a text nor a whole number")


def _vector(record: dict[str, Any], name: str, where: str) -> Any:
    if name not in record:
        raise SampleError(f"{where} has no {name!r}, and the first line has")
    try:
        values = np.array(record[name])
    except (ValueError, OverflowError):  # lists of unequal length within
        values = np.array(None)
    if values.ndim != 1 or (values.dtype.kind not in "iuf" and len(values)):
        raise SampleError(f"{where}: its {name!r} is not a list of numbers")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
        return values.astype(np.float32)
