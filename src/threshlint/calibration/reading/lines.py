"""Lines of a text file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from threshlint.calibration.errors import SampleError

_MARK = b"\xef\xbb\xbf"


def lines_of(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file without their ends, each with its number, counted from 1.

    Only line feeds end a line (a carriage return before one goes with it): texts hold all sorts of others.

    Raises:
        SampleError: A line is not valid UTF-8.

    """
    with file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            if number == 1:
                line = line.removeprefix(_MARK)
            try:
                yield number, line.decode("utf-8").removesuffix("\n").removesuffix("\r")
            except UnicodeDecodeError as error:
                raise SampleError(f"{file}: line {number} is not valid UTF-8; save the file as UTF-8") from error
