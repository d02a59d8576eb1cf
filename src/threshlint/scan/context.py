"""Which files stand around those that were named: a constant may come from a file that nobody gave."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.discover import Discovered, SourceFile, discover, project_files

if TYPE_CHECKING:
    from threshlint.config import Config


def context_files(config: Config, named: Sequence[SourceFile]) -> Discovered:
    """Find the context of the named files.

    In a project (a configuration or a repository at the root) that is the whole project. Elsewhere
    the working directory may be anything, a home folder too, so it is the packages of the files.
    """
    if not named:
        return Discovered(())
    if config.source is not None or os.path.lexists(config.root / ".git"):
        return project_files(config, named)
    known = {file.real for file in named}
    packages = {_top_package(folder) for folder in {file.path.parent for file in named}}
    tops = sorted({package for package in packages if package is not None} - {config.root})
    found = discover(tops, config)
    files = tuple(
        SourceFile(file.path, file.relative, file.real, named=False) for file in found.files if file.real not in known
    )
    return Discovered(files)


def _top_package(folder: Path) -> Path | None:
    """Return the outermost package that a folder is, or is in."""
    top = None
    while (folder / "__init__.py").is_file():
        top, folder = folder, folder.parent
    return top
