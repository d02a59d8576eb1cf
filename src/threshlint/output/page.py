"""What an output is written onto: from where paths are seen, how wide it is, whether it has colours."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from threshlint.output.text import printable


@dataclass(frozen=True)
class Page:
    """How an output is shown."""

    directory: Path  # the working directory
    width: int | None = None  # of the terminal; None where a line may be as long as it likes
    colour: bool = False
    statistics: bool = False  # findings are counted by rule as well

    def path(self, root: str, path: str) -> str:
        """Show a path of the project as seen from the working directory, so that a terminal can click it."""
        whole = os.path.join(root, path)
        try:
            return printable(os.path.relpath(whole, self.directory))
        except ValueError:  # another drive
            return printable(whole)

    def bold(self, text: str) -> str:
        """Make a heading of a text."""
        return self._style(text, bold=True)

    def dim(self, text: str) -> str:
        """Step a text back behind the rest."""
        return self._style(text, dim=True)

    def alarm(self, text: str) -> str:
        """Mark what is wrong."""
        return self._style(text, fg="red", bold=True)

    def warning(self, text: str) -> str:
        """Mark what a reader should not overlook."""
        return self._style(text, fg="yellow", bold=True)

    def advice(self, text: str) -> str:
        """Mark what helps."""
        return self._style(text, fg="cyan", bold=True)

    def _style(self, text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
        return click.style(text, fg=fg, bold=bold, dim=dim) if self.colour else text
