"""Why code is not rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from threshlint.site import Site


class RewriteError(Exception):
    """A file, or a place in one, that cannot be rewritten.

    The message says why and what to do. It goes on from the name of the file: ``is read-only; …``, or ``line 3: …``.
    """

    def __init__(self, message: str, path: Path | None = None, *, sites: Iterable[Site] = ()) -> None:
        super().__init__(message)
        self.path = path  # of the file, where several were to be written
        self.sites = frozenset(sites)  # without changes to these, it may well go
