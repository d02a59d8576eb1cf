"""Text from scanned code, made safe and measurable for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

TAB_WIDTH = 4
ELLIPSIS = "..."


def printable(text: str) -> str:
    """Write control characters, bidirectional overrides and their like as escapes.

    Names, notes and reasons come from other people's code: what they hold must neither move the cursor nor turn the
    reading direction.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def source_cells(line: str) -> list[str]:
    """Turn each character of a source line into what is shown for it: a tab into blanks up to its stop."""
    cells: list[str] = []
    column = 0
    for char in line:
        cell = " " * (TAB_WIDTH - column % TAB_WIDTH) if char == "\t" else _visible(char)
        cells.append(cell)
        column += display_width(cell)
    return cells


def display_width(text: str) -> int:
    """Count the terminal cells that a printable text fills."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def pad(text: str, width: int) -> str:
    """Fill up with blanks to a width in cells."""
    return text + " " * (width - display_width(text))


def shorten(text: str, width: int) -> str:
    """Cut to a width in cells, in the middle: the ends tell names apart."""
    if display_width(text) <= width:
        return text
    room = width - len(ELLIPSIS)
    head = _fitting(text, room - room // 2)
    tail = _fitting(text[::-1], room // 2)[::-1]
    return head + ELLIPSIS + tail


def column_widths(rows: Iterable[Sequence[str]]) -> list[int]:
    """Find how wide each column of a table is."""
    return [max(map(display_width, column)) for column in zip(*rows, strict=True)]


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _fitting(text: str, room: int) -> str:
    """Take the longest start of a text that fits into a number of cells."""
    for end, char in enumerate(text):
        room -= _char_width(char)
        if room < 0:
            return text[:end]
    return text
