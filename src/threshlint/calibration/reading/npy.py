"""``.npy``: one array, mapped into memory rather than read."""

from __future__ import annotations

import tokenize
import warnings
from pathlib import Path

import numpy as np

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.table import AnyArray, Table, as_vectors

# What numpy makes of a damaged header, which it reads as Python's literals.
DAMAGE = (ValueError, TypeError, OverflowError, EOFError, SyntaxError, tokenize.TokenError)
_MAGIC = b"\x93NUMPY"


def read(file: Path) -> Table:
    """Read vectors; such a file has no ids."""
    return Table(file, as_vectors(read_array(file), file))


def read_array(file: Path) -> AnyArray:
    """Read an array of any type but objects.

    Raises:
        SampleError: The file is no array, is damaged, or would have to be unpickled.

    """
    with file.open("rb") as opened:
        start = opened.read(len(_MAGIC))
    if start != _MAGIC:
        raise SampleError(f"{file}: it is not an array as numpy.save writes it" if start else f"{file}: it is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of an absurd size, which then is an error
            array: AnyArray = np.load(file, mmap_mode="r", allow_pickle=False)
            return array
    except DAMAGE as error:
        if "Python objects" in str(error):
            raise SampleError(
                f"{file}: it holds Python objects, which would have to be unpickled, and that can run code; "
                'save numbers: numpy.save(file, numpy.asarray(vectors, dtype="float32"))'
            ) from error
        raise SampleError(f"{file}: it is truncated or damaged ({error}); write it again") from error
