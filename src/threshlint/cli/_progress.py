"""How far a long run is, on the standard error and to a terminal only; nothing of it stays there."""

from __future__ import annotations

import os
import shutil
import sys
import time
from types import TracebackType

_FIRST_AFTER = 0.5  # seconds: a short run needs no bar
_AGAIN_AFTER = 0.1
_WIDEST = 40


class Progress:
    """A bar that is drawn over itself, and cleared at the end."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = time.monotonic() + _FIRST_AFTER
        self._drawn = 0  # characters

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._draw("")

    def show(self, done: int, total: int) -> None:
        """Tell how much of the work is done; this may be called as often as one likes."""
        now = time.monotonic()
        if self._is_terminal and total > 0 and now >= self._next:
            self._next = now + _AGAIN_AFTER
            self._draw(_bar(min(done / total, 1.0)))

    def _draw(self, text: str) -> None:
        if text or self._drawn:
            sys.stderr.write("\r" + text.ljust(self._drawn) + ("" if text else "\r"))
            sys.stderr.flush()
        self._drawn = len(text)


def _bar(share: float) -> str:
    width = max(0, min(_WIDEST, shutil.get_terminal_size().columns - len("scanning  100% []") - 1))
    full = int(share * width)
    return f"scanning {share:4.0%} [{'#' * full}{'.' * (width - full)}]"
