"""Pairs that people judged: a table or JSON lines with ``first``, ``second``, ``same`` and perhaps ``weight``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.column import Record, is_records, records
from threshlint.calibration.reading.files import reported
from threshlint.calibration.reading.join import Joined
from threshlint.calibration.reading.rows import Names
from threshlint.calibration.sample import Labels

_SAME = {
    "1": True,
    "true": True,
    "yes": True,
    "same": True,
    "0": False,
    "false": False,
    "no": False,
    "different": False,
}


def read_labels(file: Path, items: Joined, queries: Joined | None) -> Labels:
    """Read judged pairs; ``first`` names a query where there are queries.

    Raises:
        SampleError: A line names no item, or no judgement.

    """
    if not is_records(file):
        raise SampleError(f"{file}: labels come as .csv, .tsv or .jsonl, with first, second, same and perhaps weight")
    firsts, seconds = Names(queries or items), Names(items)
    first, second, same, weight = [], [], [], []
    with reported(file):
        for record in records(file):
            first.append(firsts.find(record.get("first"), record.where))
            second.append(seconds.find(record.get("second"), record.where))
            same.append(_judgement(record))
            weight.append(_weight(record))
    if not same:
        raise SampleError(f"{file}: it holds no labels")
    return Labels.of(first, second, same, weight)


def _judgement(record: Record) -> bool:
    value = record.get("same")
    judged = _SAME.get(str(value).strip().lower())
    if judged is None:
        raise SampleError(f"{record.where}: its 'same' is {value!r}; write true or false")
    return judged


def _weight(record: Record) -> float:
    value: Any = record.values.get("weight")
    if value is None or value == "":
        return 1.0
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise SampleError(
            f"{record.where}: its 'weight' is {value!r}; write how many pairs of production it stands for, as a number"
        ) from error
