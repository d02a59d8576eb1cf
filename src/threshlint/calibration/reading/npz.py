"""``.npz``: arrays by name: the vectors, and ``ids`` if there are any."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.npy import DAMAGE
from threshlint.calibration.reading.table import AnyArray, Table, as_vectors, vector_name


def read(file: Path) -> Table:
    """Read vectors, and ids if there are any.

    Raises:
        SampleError: The file is no such archive, is damaged, or would have to be unpickled.

    """
    try:
        with zipfile.ZipFile(file) as opened:
            names = [name.removesuffix(".npy") for name in opened.namelist()]
            name = vector_name(names, file, "arrays")
            vectors = as_vectors(_array(opened, name, file), file)
            ids = _ids(_array(opened, "ids", file), file) if "ids" in names else None
    except SampleError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError) as error:
        raise SampleError(
            f"{file}: it is no archive as numpy.savez writes it, or is damaged ({error}); write it again"
        ) from error
    if ids is not None and len(ids) != len(vectors):
        raise SampleError(f"{file}: it holds {len(vectors)} vectors and {len(ids)} ids; give one for each")
    return Table(file, vectors, ids)


def _array(opened: zipfile.ZipFile, name: str, file: Path) -> AnyArray:
    with opened.open(f"{name}.npy") as member:
        try:
            return np.lib.format.read_array(member, allow_pickle=False)
        except (*DAMAGE, MemoryError) as error:
            if "allow_pickle" in str(error):
                raise SampleError(
                    f"{file}: its array {name!r} holds Python objects, which would have to be unpickled, and that can "
                    "run code; save numbers, and ids as an array of strings"
                ) from error
            raise SampleError(f"{file}: its array {name!r} is damaged ({error}); write it again") from error


def _ids(array: AnyArray, file: Path) -> tuple[str, ...]:
    if array.ndim != 1 or array.dtype.kind not in "Uiu":
        raise SampleError(
            f"{file}: its ids are {array.dtype} of shape {array.shape}; "
            "they need to be strings or whole numbers, one for each vector"
        )
    return tuple(map(str, array.tolist()))
