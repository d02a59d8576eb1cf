"""What an entry depends on beside the code that is scanned: this program, its interpreter and its parser."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = "threshlint"
_SOURCES = (".py", ".toml")
KEY_BYTES = 16


@cache
def identity() -> str:
    """Return a digest of everything that has a say in what a scan finds in given files with a given configuration.

    That is the version, and the program itself: where somebody works on it, no version tells today's from yesterday's.
    """
    parts = [sys.modules[_PACKAGE].__version__, sys.version, _parser()]
    folder = str(Path(__file__).parents[2])
    for path in sorted(_sources(folder)):
        with open(path, "rb") as file:
            parts += [path.removeprefix(folder), blake2b(file.read()).hexdigest()]
    return key(*parts)


def key(*parts: str) -> str:
    """Return a name for what is made of some parts."""
    whole = blake2b(digest_size=KEY_BYTES)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        whole.update(b"%d:" % len(encoded))
        whole.update(encoded)
    return whole.hexdigest()


def _sources(folder: str) -> list[str]:
    """Return the files of the package; none where it is no folder, but an archive."""
    found: list[str] = []
    for inside, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [os.path.join(inside, name) for name in files if name.endswith(_SOURCES)]
    return found


def _parser() -> str:
    """Return which LibCST there is, without importing it, which takes 0.2 s."""
    found = importlib.util.find_spec("libcst")
    if found is None or found.origin is None:
        return ""
    try:
        return Path(found.origin).with_name("_version.py").read_text(encoding="utf-8")
    except OSError:
        return found.origin
