"""Python source -> sites: files are found, turned into facts, joined, and every site is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.site import Inventory

if TYPE_CHECKING:
    from threshlint.config import Config


def scan(
    paths: Sequence[Path],
    config: Config,
    *,
    cache: Path | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Inventory:
    """Find every site in the files that ``paths`` name, with the rest of the project in view.

    Nothing of what is read is imported or run.

    Args:
        paths: Files and folders.
        config: What the project has configured.
        cache: A folder where earlier runs have left what they found out, and where this one does.
        watch: Is told from time to time how much of the work is done, and how much there is.

    Raises:
        ConfigError: What the configuration teaches cannot be understood.
    """
    from threshlint.scan.context import context_files
    from threshlint.scan.discover import discover
    from threshlint.scan.survey import inventory
    from threshlint.scan.surveyor import Surveyor

    found = discover(paths, config)
    context = context_files(config, found.files)
    files = sorted((*context.files, *found.files), key=lambda file: file.relative)
    survey = Surveyor(config, cache, watch).survey(files)
    return inventory(survey, {file.relative for file in found.files}, (*found.skipped, *context.skipped), config)


def module_name(relative: str) -> str:
    """Return the dotted name of a file by its path below the root: ``src/shop/__init__.py`` is ``src.shop``."""
    dotted = relative.rsplit(".", 1)[0].replace("/", ".").strip(".")
    return dotted.removesuffix("__init__").rstrip(".") if dotted.endswith((".__init__", "__init__")) else dotted
