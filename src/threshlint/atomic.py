"""Files that are replaced as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Draft:
    """What a file is to hold, in a file beside it until it takes its place.

    A link is followed, not replaced, and the file keeps its permissions.

    Raises:
        OSError: The draft cannot be written; nothing of it is left.

    """

    def __init__(self, file: Path, content: bytes) -> None:
        self.target = Path(os.path.realpath(file))
        self._draft = self.target.with_name(f".{self.target.name}.{os.urandom(4).hex()}.tmp")
        opened = self._draft.open("xb")  # with the permissions of any new file
        try:
            with opened:
                opened.write(content)
            if self.target.exists():
                shutil.copymode(self.target, self._draft)
        except BaseException:
            self.discard()
            raise

    def commit(self) -> None:
        """Take the place of the file."""
        try:
            os.replace(self._draft, self.target)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Leave the file as it is."""
        self._draft.unlink(missing_ok=True)
