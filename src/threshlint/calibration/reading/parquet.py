"""Parquet: a column of vectors, and a column ``id`` if there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.table import Table, as_vectors, vector_name


def read(file: Path) -> Table:
    """Read vectors, from a column of lists of numbers, and ids if there are any.

    Raises:
        SampleError: The file is no Parquet, is damaged, has no such column, or pyarrow is missing.

    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise SampleError(
            f'{file}: reading Parquet needs pyarrow; install it with pip install "threshlint[migrate]"'
        ) from error
    try:
        with pq.ParquetFile(file) as opened:
            names = opened.schema_arrow.names
            name = vector_name(names, file, "columns")
            table = opened.read([name, "id"] if "id" in names else [name])
    except SampleError:
        raise
    except (pa.ArrowException, ValueError) as error:
        raise SampleError(f"{file}: it is no Parquet file, or is damaged ({error}); write it again") from error
    vectors = _vectors(table.column(name), name, file)
    ids = _ids(table.column("id"), file) if "id" in names else None
    return Table(file, as_vectors(vectors, file), ids)


def _vectors(column: Any, name: str, file: Path) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if not is_list or not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        raise SampleError(f"{file}: its column {name!r} is of type {kind}; it needs to hold lists of numbers")
    _refuse_null(column, f"its column {name!r}", file)
    if not len(column):
        return np.empty((0, 0), dtype=np.float32)
    lengths = pc.list_value_length(column).to_numpy()
    odd = np.flatnonzero(lengths != lengths[0])
    if len(odd):
        raise SampleError(
            f"{file}: the vector in row {odd[0]} (counted from 0) has {lengths[odd[0]]} dimensions and those before it "
            f"{lengths[0]}; embed all rows with one model"
        )
    values = pc.list_flatten(column)
    if values.null_count:
        hole = int(np.flatnonzero(values.is_null().to_numpy())[0]) // lengths[0]
        raise SampleError(f"{file}: the vector in row {hole} (counted from 0) has a hole; embed the item again")
    return values.to_numpy().reshape(len(column), lengths[0])


def _ids(column: Any, file: Path) -> tuple[str, ...]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise SampleError(f"{file}: its column 'id' is of type {kind}; ids are strings or whole numbers")
    _refuse_null(column, "its column 'id'", file)
    return tuple(map(str, column.to_pylist()))


def _refuse_null(column: Any, what: str, file: Path) -> None:
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise SampleError(f"{file}: {what} has nothing in row {row} (counted from 0); leave the row out, or fill it")
