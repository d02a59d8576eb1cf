"""Path patterns as gitignore has them: one language for every setting that names files.

A pattern is asked about one path at its own level, as git does while it walks down a tree: whether
a folder above matches is the walker's to know. That keeps ``*`` followed by ``!*/`` right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pathspec.patterns.gitignore.base import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern


class PatternError(ValueError):
    """A line that is no pattern."""


class Pattern:
    """One pattern: what it matches, and whether it takes that in or, with ``!``, lets it go."""

    __slots__ = ("_below", "_by_path", "_match", "_regex", "folders_only", "line", "negated")

    def __init__(self, line: str, body: str, regex: re.Pattern[str], negated: bool) -> None:
        self.line = line
        self.negated = negated
        self.folders_only = body.endswith("/")
        self._regex = regex
        stem = body[:-1] if self.folders_only else body
        short = not regex.pattern.startswith("^")  # as pathspec writes the patterns that any name matches
        self._match = regex.search if short else regex.fullmatch
        self._by_path = short or "/" in stem
        self._below = not short and stem.endswith("/**")

    def matches(self, path: str, name: str, is_folder: bool) -> bool:
        """Tell whether the pattern matches this path itself; ``name`` is its last part."""
        if self.folders_only and not is_folder:
            return False
        if self._below:  # everything in a folder, at whatever depth, but not the folder
            return self._regex.match(path) is not None
        asked = path if self._by_path else name
        return self._match(asked + "/" if self.folders_only else asked) is not None


def parse_pattern(line: str) -> Pattern | None:
    """Compile one line; ``None`` for a blank line or a comment."""
    try:
        compiled = GitIgnoreSpecPattern(line)
    except (GitIgnorePatternError, re.error) as error:
        raise PatternError(f'"{line}" is not a gitignore pattern') from error
    if compiled.regex is None or compiled.include is None:
        return None
    negated = not compiled.include
    body = line if line.endswith("\\ ") else line.rstrip()
    return Pattern(line, body[1:] if negated else body, compiled.regex, negated)


class Patterns:
    """Patterns in their order, of which the last that matches decides."""

    __slots__ = ("_for_files", "_for_folders")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        # Asked from the last to the first, and most patterns of most projects are for folders alone.
        self._for_folders = tuple(patterns)[::-1]
        self._for_files = tuple(pattern for pattern in self._for_folders if not pattern.folders_only)

    def __bool__(self) -> bool:
        return bool(self._for_folders)

    def decide(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Say what the last pattern that matches this path itself says of it: in, out, or nothing."""
        for pattern in self._for_folders if is_folder else self._for_files:
            if pattern.matches(path, name, is_folder):
                return not pattern.negated
        return None

    def without_those_above(self, path: str) -> Patterns:
        """Leave out the patterns that match this folder or one above it."""
        above = list(path_and_folders(path))
        return Patterns(
            pattern
            for pattern in reversed(self._for_folders)
            if not any(pattern.matches(folder, folder.rpartition("/")[2], True) for folder in above)
        )

    def match(self, file: str) -> bool:
        """Tell whether a file matches, by its own path or by a folder above it."""
        *folders, own = path_and_folders(file)
        if any(self.decide(folder, folder.rpartition("/")[2], True) for folder in folders):
            return True
        return self.decide(own, own.rpartition("/")[2], False) is True


def path_and_folders(path: str) -> Iterable[str]:
    """Yield the folders above a path, the outermost first, and then the path."""
    slash = path.find("/")
    while slash != -1:
        yield path[:slash]
        slash = path.find("/", slash + 1)
    yield path


@lru_cache(maxsize=256)
def compile_patterns(lines: tuple[str, ...]) -> Patterns:
    """Compile lines; each must be a pattern, a comment or blank."""
    return Patterns(pattern for line in lines if (pattern := parse_pattern(line)) is not None)
