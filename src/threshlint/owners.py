"""Who owns a file, by the repository's ``CODEOWNERS`` as GitHub reads it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from threshlint.config import ConfigError
from threshlint.patterns import Pattern, PatternError, Patterns, parse_pattern
from threshlint.repository import repository_of

# Where GitHub looks, and in this order.
LOCATIONS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")

_WORDS = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True)
class _Line:
    pattern: Pattern
    owners: tuple[str, ...]

    def matches(self, path: str) -> bool:
        if self.pattern.line.endswith("/*"):  # for GitHub, the files of that folder and not those of its folders
            return self.pattern.matches(path, path.rpartition("/")[2], is_folder=False)
        return Patterns([self.pattern]).match(path)


class Owners:
    """The owners that a ``CODEOWNERS`` file gives to paths."""

    def __init__(self, text: str = "", prefix: str = "") -> None:
        """Take a file's text, and where the project root is, seen from the repository's."""
        self._prefix = prefix
        self._last_first = tuple(_parse(text))[::-1]

    def of(self, path: str) -> str | None:
        """Give the owners of a path, which is relative to the project root; the last line that matches decides."""
        in_repository = posixpath.normpath(posixpath.join(self._prefix, path))
        for line in self._last_first:
            if line.matches(in_repository):
                return " ".join(line.owners) or None
        return None


def read_owners(root: Path) -> Owners:
    """Read the ``CODEOWNERS`` of the repository that the project root is in, or of the root itself.

    Raises:
        ConfigError: The file is there and cannot be read.
    """
    repository = repository_of(os.path.realpath(root)) or os.path.realpath(root)
    for location in LOCATIONS:
        file = Path(repository, location)
        if file.is_file():
            try:
                text = file.read_text(encoding="utf-8-sig", errors="surrogateescape")
            except OSError as error:
                raise ConfigError(f"{file}: it cannot be read: {error.strerror or error}") from error
            prefix = os.path.relpath(os.path.realpath(root), repository)
            return Owners(text, Path(prefix).as_posix())
    return Owners()


def _parse(text: str) -> Iterator[_Line]:
    """Read the lines that mean something to GitHub, which passes over the others without a word."""
    for line in text.splitlines():
        words = _WORDS.findall(line.partition("#")[0])
        if not words or words[0].startswith("!") or "[" in words[0]:
            continue
        if not all("@" in owner for owner in words[1:]):
            continue
        try:
            pattern = parse_pattern(words[0])
        except PatternError:
            continue
        if pattern is not None:
            yield _Line(pattern, tuple(words[1:]))
