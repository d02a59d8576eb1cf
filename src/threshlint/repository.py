"""Where the repository is that a folder belongs to."""

from __future__ import annotations

import os


def repository_of(folder: str) -> str | None:
    """Find the git work tree that a folder is in: the nearest folder up, or itself, that holds a ``.git``."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder
