"""One value an item: texts, groups, seeds. One a line, or a table or JSON lines with ids."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.files import reported
from threshlint.calibration.reading.join import Joined
from threshlint.calibration.reading.jsonl import id_of, objects
from threshlint.calibration.reading.lines import lines_of

_TABLES = {".csv": ",", ".tsv": "\t"}
_SHOWN = 5


@dataclass(frozen=True)
class Record:
    """One row of a table, or one object of JSON lines."""

    where: str
    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """Return a value.

        Raises:
            SampleError: There is none of that name.

        """
        if self.values.get(name) is None:
            raise SampleError(f"{self.where} has no {name!r}")
        return self.values[name]


def is_records(file: Path) -> bool:
    """Tell by its name whether a file is a table with a header, or JSON lines."""
    return file.suffix.lower() in (*_TABLES, ".jsonl")


def records(file: Path, plain: str | None = None) -> Iterator[Record]:
    """Yield the rows of a ``.csv`` or ``.tsv`` with a header, or the objects of a ``.jsonl``.

    Args:
        file: The file.
        plain: What a line of JSON that is no object is the value of.

    Raises:
        SampleError: The file is none of these, or damaged.

    """
    if file.suffix.lower() == ".jsonl":
        for number, values in objects(file, plain):
            yield Record(f"{file}: line {number}", values)
        return
    lines = (f"{line}\n" for _, line in lines_of(file))
    rows = csv.DictReader(lines, delimiter=_TABLES[file.suffix.lower()], strict=True)
    try:
        for values in rows:
            where = f"{file}: line {rows.line_num}"
            if None in values:
                raise SampleError(f"{where} has more values than the header has names")
            yield Record(where, values)
    except csv.Error as error:
        raise SampleError(f"{file}: line {rows.line_num} is not valid CSV ({error})") from error


def read_column(file: Path, name: str, items: Joined) -> list[str]:
    """Read one value for each item.

    A ``.csv``, ``.tsv`` or ``.jsonl`` has it under its name, beside an ``id`` where the items have ids; any other file
    has one a line, in the order of the old file's rows.

    Args:
        file: The file.
        name: What the value is called in it, such as ``text``.
        items: Whose values they are.

    Raises:
        SampleError: The values do not match the items.

    """
    with reported(file):
        if not is_records(file):
            return _in_order(file, f"{name}s", [line for _, line in lines_of(file)], items)
        found = list(records(file, name))
        if not any("id" in record.values for record in found):
            return _in_order(file, f"{name}s", [_text(record, name) for record in found], items)
        return _by_id(file, name, found, items)


def _by_id(file: Path, name: str, found: list[Record], items: Joined) -> list[str]:
    if items.ids is None:
        raise SampleError(f"{file}: it names {items.what} by id, and the vectors have no ids; leave the ids out")
    values: dict[str, str] = {}
    for record in found:
        key = id_of(record.get("id"), record.where)
        if key in values:
            raise SampleError(f"{record.where}: the id {key!r} stands in an earlier line, too; keep one of them")
        values[key] = _text(record, name)
    missing = [key for key in items.ids if key not in values]
    if missing:
        shown = ", ".join(map(repr, missing[:_SHOWN])) + (", …" if len(missing) > _SHOWN else "")
        raise SampleError(
            f"{file}: {len(missing)} of {len(items)} {items.what} have no {name} in it: {shown}; give one for each"
        )
    return [values[key] for key in items.ids]


def _in_order(file: Path, names: str, values: list[str], items: Joined) -> list[str]:
    if len(values) != items.size:
        raise SampleError(
            f"{file}: it has {len(values)} {names} for {items.size} rows of vectors; give one for each, in their order"
            + ("" if is_records(file) else " (a text of several lines needs a .jsonl)")
        )
    return [values[row] for row in items.rows]


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise SampleError(f"{record.where}: its {name!r} is neither a text nor a whole number")
