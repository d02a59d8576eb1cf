"""Files that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from threshlint.calibration.errors import SampleError


@contextmanager
def reported(file: Path) -> Iterator[None]:
    """Turn what the system says of a file into an error that names it.

    Raises:
        SampleError: The file cannot be read, is empty, or is none.

    """
    try:
        if file.exists() and not file.is_file():  # a FIFO would never end
            raise SampleError(f"{file}: it is not a file")
        if file.stat().st_size == 0:
            raise SampleError(f"{file}: it is empty")
        yield
    except FileNotFoundError as error:
        raise SampleError(f"{file}: there is no such file") from error
    except OSError as error:
        raise SampleError(f"{file}: it cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise SampleError(
            f"{file}: it says of itself to be larger than memory; write it again, or take fewer items"
        ) from error
