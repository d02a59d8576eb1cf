"""A file of vectors, read by what its name ends with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading import jsonl, npy, npz, parquet
from threshlint.calibration.reading.files import reported
from threshlint.calibration.reading.table import Table

_FORMATS: dict[str, Callable[[Path], Table]] = {
    ".npy": npy.read,
    ".npz": npz.read,
    ".parquet": parquet.read,
    ".jsonl": jsonl.read,
}


def read_vectors(file: Path) -> Table:
    """Read and check vectors.

    Raises:
        SampleError: Says what is wrong with the file, where in it, and what to do.

    """
    read = _FORMATS.get(file.suffix.lower())
    if read is None:
        ending = f"{file.suffix!r} is no ending" if file.suffix else "it has no ending"
        raise SampleError(f"{file}: {ending} that vectors are read by; there are {', '.join(_FORMATS)}")
    with reported(file):
        table = read(file)
    table.check()
    return table
