"""The lines of source files, for showing them."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

_LINE_END = re.compile(r"\r\n|\r|\n")  # as Python counts lines: a form feed ends none


@dataclass(frozen=True)
class Sources:
    """Reads each file of a project once."""

    root: Path
    _files: dict[str, list[str] | None] = field(default_factory=dict)

    def line(self, path: str, number: int) -> str | None:
        """Get a line by its 1-based number; None if the file has changed or gone since it was scanned."""
        if path not in self._files:
            self._files[path] = _lines(self.root / path)
        lines = self._files[path]
        return lines[number - 1] if lines is not None and 0 < number <= len(lines) else None


def _lines(file: Path) -> list[str] | None:
    try:
        content = file.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except (OSError, ValueError, SyntaxError):  # gone; no name for a file; no encoding that Python knows
        return None
    return _LINE_END.split(content.decode(encoding, errors="replace"))
