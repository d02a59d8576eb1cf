"""Which files a run looks at.

The walk judges each folder before it enters it, and follows no link to a folder, as git does: what
is left out costs nothing, and no loop can form. Paths are absolute strings with ``/`` in here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from threshlint.config import Config
from threshlint.patterns import compile_patterns, path_and_folders
from threshlint.repository import repository_of
from threshlint.scan.gitignore import NOTHING_IGNORED, Ignores, read_gitignore, read_repository_excludes
from threshlint.scan.source import has_generated_name
from threshlint.site import Skipped

_SUFFIXES = (".py", ".pyi")
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True)
class SourceFile:
    """A file to look at."""

    path: Path  # absolute
    relative: str  # to the project root, with "/"
    real: str = field(repr=False)  # two paths with the same one are the same file
    named: bool = True  # by its own path or a folder's above it; else it is context


@dataclass(frozen=True)
class Discovered:
    """The files to look at, in the order of their relative paths, and what stood in the way."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...] = ()
    left_out: tuple[str, ...] = ()  # files that were named, and that gitignore or the configuration leaves out


def discover(paths: Sequence[Path], config: Config) -> Discovered:
    """Find the Python files that paths name: each a file, or a folder to walk through.

    A folder is entered even if it is ignored; a file is looked at whatever its name ends with, but not if it is
    ignored, for hooks name every file that they know.
    """
    search = _Search(config)
    for path in paths:
        search.add(_posix(os.path.abspath(path)))
    return search.result()


def project_files(config: Config, named: Iterable[SourceFile]) -> Discovered:
    """Find the other files of the project, which are the context of those named.

    Files outside the project have no context in it.
    """
    reals = {file.real for file in named}
    root = _Root(config.root)
    if not any(_holds(root.real, real) for real in reals):
        return Discovered(())
    search = _Search(config)
    search.add(root.path)
    found = search.result()
    return Discovered(
        tuple(replace(file, named=False) for file in found.files if file.real not in reals),
        tuple(replace(skipped, context=True) for skipped in found.skipped),
    )


class _Search:
    """What the paths that were named so far have brought."""

    def __init__(self, config: Config) -> None:
        self._root = _Root(config.root)
        self._exclude = compile_patterns(config.exclude + config.extend_exclude)
        self._respect_gitignore = config.respect_gitignore
        self._files: list[SourceFile] = []
        self._skipped: dict[str, Skipped] = {}
        self._left_out: set[str] = set()
        self._ignores: dict[str, Ignores] = {}  # by the folder that they hold in
        self._folders_hidden: dict[str, bool] = {}
        self._repositories: dict[str, str | None] = {}

    def add(self, path: str) -> None:
        """Take in a file, or what is in a folder."""
        if os.path.isdir(path):
            self._walk(path)
        elif not os.path.lexists(path):
            self._skip(path, "does not exist")
        elif path.endswith(".ipynb"):
            self._skip(path, "is a notebook, which threshlint does not read; export it as a script")
        elif has_generated_name(path) or self._leaves_out(path):
            self._left_out.add(self._root.relative(path))
        else:
            self._files.append(SourceFile(Path(path), self._root.relative(path), _real(path)))

    def result(self) -> Discovered:
        """Give each file once, by its own path rather than a link's, and all in order."""
        files: dict[str, SourceFile] = {}
        for file in sorted(self._files, key=lambda file: (file.path.as_posix() != file.real, file.relative)):
            files.setdefault(file.real, file)
        return Discovered(
            tuple(sorted(files.values(), key=lambda file: file.relative)),
            tuple(self._skipped[path] for path in sorted(self._skipped)),
            tuple(sorted(self._left_out)),
        )

    def _skip(self, path: str, reason: str) -> None:
        relative = self._root.relative(path) or "."
        self._skipped[relative] = Skipped(relative, reason)

    def _walk(self, start: str) -> None:
        base = self._outermost(start)
        exclude = self._exclude.without_those_above(start[len(_slashed(base)) :])
        real_start = _slashed(_real(start))
        folders = [(start, self._ignores_above(start).without_those_above(start))]
        while folders:
            folder, ignores = folders.pop()
            try:
                with os.scandir(folder) as scan:
                    entries = list(scan)
            except OSError as error:
                self._skip(folder, f"cannot be listed: {error.strerror or error}")
                continue
            names = {entry.name for entry in entries}
            if _VIRTUAL_ENVIRONMENT in names and folder != start:
                continue
            ignores = self._ignores_in(folder, ignores, ".git" in names, ".gitignore" in names)
            inside = _slashed(folder)
            cut = len(_slashed(self._root.path if self._root.holds(folder) else base))
            relative = self._root.relative(inside)
            real = real_start + inside[len(_slashed(start)) :]
            for entry in entries:
                name = entry.name
                path = inside + name
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and (not name.endswith(_SUFFIXES) or has_generated_name(name)):
                    continue
                if exclude.decide(path[cut:], name, is_folder) or ignores.leave_out(path, name, is_folder):
                    continue
                if is_folder:
                    folders.append((path, ignores))
                elif not entry.is_symlink():
                    self._files.append(SourceFile(Path(path), relative + name, real + name))
                elif not os.path.isdir(path):
                    self._files.append(SourceFile(Path(path), relative + name, _real(path)))

    def _leaves_out(self, file: str) -> bool:
        """Tell whether a walk from the outermost folder would not come to a file."""
        inside = _slashed(self._outermost(os.path.dirname(file)))
        *folders, own = path_and_folders(file[len(inside) :])
        if any(self._hides_folder(inside, folder) for folder in folders):
            return True
        return self._hides(inside, own, is_folder=False)

    def _hides_folder(self, inside: str, relative: str) -> bool:
        path = inside + relative
        if path not in self._folders_hidden:
            is_environment = os.path.isfile(_slashed(path) + _VIRTUAL_ENVIRONMENT)
            self._folders_hidden[path] = is_environment or self._hides(inside, relative, is_folder=True)
        return self._folders_hidden[path]

    def _hides(self, inside: str, relative: str, is_folder: bool) -> bool:
        path = inside + relative
        folder, name = os.path.split(path)
        if self._exclude.decide(relative, name, is_folder):
            return True
        return self._ignores_inside(folder).leave_out(path, name, is_folder)

    def _outermost(self, folder: str) -> str:
        """Find the folder that the judging of paths begins in: it is looked into whatever its own name."""
        return self._root.path if self._root.holds(folder) else self._repository_of(folder) or folder

    def _repository_of(self, folder: str) -> str | None:
        known, above = self._repositories, os.path.dirname(folder)
        if folder not in known:
            inherits = above in known and not os.path.lexists(_slashed(folder) + ".git")
            known[folder] = known[above] if inherits else repository_of(folder)
        return known[folder]

    def _ignores_above(self, folder: str) -> Ignores:
        outermost = self._repository_of(folder) or self._outermost(folder)
        return NOTHING_IGNORED if folder == outermost else self._ignores_inside(os.path.dirname(folder))

    def _ignores_inside(self, folder: str) -> Ignores:
        if folder not in self._ignores:
            has_git = os.path.lexists(_slashed(folder) + ".git")
            self._ignores[folder] = self._ignores_in(folder, self._ignores_above(folder), has_git, True)
        return self._ignores[folder]

    def _ignores_in(self, folder: str, above: Ignores, has_git: bool, has_gitignore: bool) -> Ignores:
        """Add what a folder's own files leave out; a work tree in a work tree begins anew."""
        if not self._respect_gitignore:
            return NOTHING_IGNORED
        try:
            if has_git:
                above = read_repository_excludes(folder)
            return read_gitignore(folder, above) if has_gitignore else above
        except OSError as error:
            self._skip(_posix(error.filename), f"cannot be read: {error.strerror or error}")
            return above


class _Root:
    """The project root, as it was given and with its links resolved."""

    def __init__(self, root: Path) -> None:
        self.path = _posix(os.path.abspath(root))
        self.real = _real(self.path)

    def holds(self, path: str) -> bool:
        """Tell whether a path is the root or in it, by the names that it was given with."""
        return _holds(self.path, path)

    def relative(self, path: str) -> str:
        """Make a path relative to the root, as far as it goes; a folder keeps the slash that it ends with."""
        if self.holds(path):
            return path[len(_slashed(self.path)) :]
        folder, name = os.path.split(path)
        real_folder = _real(folder)
        if _holds(self.real, real_folder):
            return _slashed(real_folder)[len(_slashed(self.real)) :] + name
        try:
            relative = _slashed(_posix(os.path.relpath(folder, self.path)))
        except ValueError:  # on another drive
            return path
        return relative + name


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(_slashed(folder))


def _slashed(folder: str) -> str:
    return folder if folder.endswith("/") else folder + "/"


def _real(path: str) -> str:
    return _posix(os.path.realpath(path))


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
