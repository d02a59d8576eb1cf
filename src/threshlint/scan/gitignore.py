"""What git would leave out: ``.gitignore`` files, nested ones too, and ``.git/info/exclude``.

Paths are absolute strings with ``/``.

What a user's own ``core.excludesFile`` says is left out on purpose: a report must not depend on
whose machine wrote it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from threshlint.patterns import Pattern, PatternError, Patterns, parse_pattern


@dataclass(frozen=True)
class Ignores:
    """The patterns that hold in one folder: those of its own file, and then those from above."""

    patterns: Patterns
    prefix: int  # how much to cut off an absolute path, which is then relative to the patterns' folder
    above: Ignores | None = None

    def leave_out(self, path: str, name: str, is_folder: bool) -> bool:
        """Tell whether git leaves this absolute path out, given that it looks into the folder above."""
        ignores: Ignores | None = self
        while ignores is not None:
            decision = ignores.patterns.decide(path[ignores.prefix :], name, is_folder)
            if decision is not None:
                return decision
            ignores = ignores.above
        return False

    def without_those_above(self, folder: str) -> Ignores:
        """Set aside the patterns that match this folder or one above it, for it is to be entered all the same."""
        above = self.above.without_those_above(folder) if self.above else None
        return Ignores(self.patterns.without_those_above(folder[self.prefix :]), self.prefix, above)


NOTHING_IGNORED = Ignores(Patterns(()), 0)


def read_repository_excludes(repository: str) -> Ignores:
    """Read what ``.git/info/exclude`` of a work tree leaves out.

    Raises:
        OSError: The file is there and cannot be read.
    """
    file = os.path.join(_git_folder(repository), "info", "exclude")
    return Ignores(_read(file), _prefix(repository))


def read_gitignore(folder: str, above: Ignores) -> Ignores:
    """Read a folder's ``.gitignore``, if it has one.

    Raises:
        OSError: The file is there and cannot be read.
    """
    patterns = _read(os.path.join(folder, ".gitignore"))
    return Ignores(patterns, _prefix(folder), above) if patterns else above


def _prefix(folder: str) -> int:
    return len(folder) if folder.endswith("/") else len(folder) + 1


def _read(file: str) -> Patterns:
    if os.path.islink(file) or not os.path.isfile(file):  # git does not follow a link here
        return Patterns(())
    with open(file, "rb") as opened:
        text = opened.read().decode("utf-8-sig", errors="surrogateescape")
    return Patterns(_parse(text))


def _parse(text: str) -> Iterator[Pattern]:
    for line in text.split("\n"):
        try:
            pattern = parse_pattern(line.removesuffix("\r"))
        except PatternError:
            continue  # git passes over such a line without a word
        if pattern is not None:
            yield pattern


def _git_folder(repository: str) -> str:
    """Find the folder that holds ``info/exclude``; a linked work tree and a submodule name it in a file."""
    folder = os.path.join(repository, ".git")
    if os.path.isfile(folder):
        folder = os.path.join(repository, _read_line(folder).removeprefix("gitdir:").strip())
    common = os.path.join(folder, "commondir")
    return os.path.join(folder, _read_line(common).strip()) if os.path.isfile(common) else folder


def _read_line(file: str) -> str:
    with open(file, encoding="utf-8", errors="surrogateescape") as opened:
        return opened.readline()
