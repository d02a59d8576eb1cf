"""A scan as a command does it: with the cache of the project, and telling a terminal how far it is."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threshlint.cli._progress import Progress

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.site import Inventory

_MANY = 100_000  # objects

_IN_PARTS = (
    "Note: {:,} of these files are linked with too many others to be looked at together with them all, so they were "
    "analysed in parts; what flows from one part to another may be missed."
)


def scan_for_command(paths: Sequence[Path], config: Config, *, no_cache: bool) -> Inventory:
    """Scan what a command was given."""
    from threshlint.scan import scan

    # This process ends soon. To look through all that a scan has made for what could be freed before, or at the end,
    # takes longer than some scans do.
    gc.disable()
    try:
        with Progress() as progress:
            inventory = scan(paths, config, cache=None if no_cache else config.cache_folder, watch=progress.show)
        if inventory.in_parts:
            click.echo(_IN_PARTS.format(inventory.in_parts), err=True)
        return inventory
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
        gc.enable()
