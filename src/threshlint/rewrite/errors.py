"""Why code is not rewritten."""

from __future__ import annotations

from pathlib import Path


class RewriteError(Exception):
    """A file, or a place in one, that cannot be rewritten.

    The message says why and what to do. It goes on from the name of the file: ``is read-only; …``, or ``line 3: …``.
    """

    def __init__(self, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path  # of the file, where several were to be written
