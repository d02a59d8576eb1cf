"""What is measured: a command in a folder, and what is done before each run, which is not measured."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from timing.process import RunError

THRESHLINT = (sys.executable, "-I", "-m", "threshlint")
_ENDS = (0, 2)  # a package may hold a file that is no Python
_STRIDE = 11  # packages are in the order of their names; the next file is of another
# Every file read and parsed by Python's own parser, in one process: what a linter written in Python has to beat.
_PARSE_ALL = """\
import ast, pathlib, warnings
warnings.simplefilter("ignore")
for path in pathlib.Path().rglob("*.py"):
    try:
        ast.parse(path.read_bytes())
    except SyntaxError:
        pass
"""


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Case:
    """One thing to measure."""

    name: str
    command: Sequence[str]
    folder: Path
    before: Callable[[], object] = _nothing
    codes: Sequence[int] = field(default=(0,))


def yardstick(folder: Path) -> Case:
    """Parse every file with Python's own parser."""
    return Case("`ast.parse` of every file", (sys.executable, "-I", "-c", _PARSE_ALL), folder)


class Threshlint:
    """threshlint in a folder, with what it keeps in a cache beside the folder."""

    def __init__(self, folder: Path, command: Sequence[str] = THRESHLINT) -> None:
        self.folder = folder
        self._command = command
        self._cache = folder.with_name(f"{folder.name} cache")

    def cold(self) -> Case:
        """Scan all that there is, with nothing kept from a run before."""
        empty = self._cache.with_name(f"{self._cache.name} of nothing")
        command = self._check(".", empty)
        return Case("threshlint, cold", command, self.folder, lambda: shutil.rmtree(empty, ignore_errors=True), _ENDS)

    def warm(self) -> Case:
        """Scan all that there is once more."""
        return self._warm("threshlint, nothing changed", ".")

    def one_file(self) -> Case:
        """Scan one file with a site, in view of the rest, with nothing changed."""
        return self._warm("one file, unchanged", self._files_with_sites()[0])

    def edited(self) -> Case:
        """Scan all that there is after one file has changed; each run, it is another."""
        return self._warm("threshlint, one file changed", ".", self._edits(self._files_with_sites()))

    def edited_file(self) -> Case:
        """Scan one file with a site, in view of the rest, after it has changed."""
        path = self._files_with_sites()[0]
        return self._warm("one file, changed", path, self._edits([path]))

    def version(self) -> Case:
        """Say which version it is."""
        return Case("`threshlint --version`", (*self._command, "--version"), self.folder)

    def _warm(self, name: str, path: str, edits: Iterator[str] | None = None) -> Case:
        """Describe a run that finds a cache."""
        if not self._cache.exists():
            _answer(self._check(".", self._cache), self.folder)
        before = _nothing if edits is None else partial(next, edits)
        return Case(name, self._check(path, self._cache), self.folder, before, _ENDS)

    def _check(self, path: str, cache: Path, *more: str) -> tuple[str, ...]:
        options = ("--isolated", "--no-gitignore", "--exit-zero", "--cache-dir", str(cache))
        return (*self._command, "check", *options, *more, path)

    def _files_with_sites(self) -> list[str]:
        """Name the files that are most work, those that have sites, in an order that mixes the packages."""
        command = self._check(".", self._cache, "--report", "--output-format", "json")
        inventory = json.loads(_answer(command, self.folder))
        paths = sorted({site["path"] for site in inventory["sites"]})
        if not paths:
            raise RunError(f"{self.folder}: there is no site in it, so that there is no file to edit")
        return [path for start in range(_STRIDE) for path in paths[start::_STRIDE]]

    def _edits(self, paths: Sequence[str]) -> Iterator[str]:
        """Change one file after the other, for ever."""
        for number, path in enumerate(itertools.cycle(paths)):
            with (self.folder / path).open("a", encoding="utf-8") as file:
                file.write(f"\nEDITED_{number} = {number}\n")
            yield path


def _answer(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        raise RunError(f"{' '.join(command)} ended in {done.returncode} in {folder}: {done.stderr[-500:]}")
    return done.stdout
