"""How long a line may be, by what the project's formatter is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from threshlint.rewrite.errors import RewriteError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEFAULT_LENGTH = 88  # of black and of ruff
_RUFF_FILES = ("ruff.toml", ".ruff.toml")


def line_length_of(file: Path) -> int:
    """Return how long the formatter of a file lets a line be: the shorter, where ruff and black differ.

    The nearest folder upwards decides whose ``ruff.toml`` or ``pyproject.toml`` says it.

    Raises:
        RewriteError: Such a file cannot be read.

    """
    return _length_in(file.absolute().parent)


@cache
def _length_in(folder: Path) -> int:
    lengths = [length for length in _configured(folder) if isinstance(length, int)]
    if lengths:
        return min(lengths)
    return _length_in(folder.parent) if folder.parent != folder else DEFAULT_LENGTH


def _configured(folder: Path) -> Iterator[Any]:
    for name in _RUFF_FILES:
        yield _read(folder / name).get("line-length")
    tools = _read(folder / "pyproject.toml").get("tool")
    for name in ("ruff", "black"):
        tool = tools.get(name) if isinstance(tools, dict) else None
        yield tool.get("line-length") if isinstance(tool, dict) else None


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise RewriteError(f"its formatter's configuration, {file}, cannot be read: {error}") from error
