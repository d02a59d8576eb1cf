"""Edits of a text: stretches that are replaced, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """The characters from ``start`` to ``end`` become ``text``; where both are one, it is put in between."""

    start: int
    end: int
    text: str
    adds_code: bool = False  # a new entry of a table; else a literal or a comment

    @property
    def growth(self) -> int:
        """How much longer the text becomes."""
        return len(self.text) - (self.end - self.start)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the edited text.

    Raises:
        ValueError: Two edits overlap.

    """
    pieces, at = [], 0
    for edit in in_order(edits):
        if edit.start < at:
            raise ValueError(f"two edits overlap at offset {edit.start}")
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Sort edits by their places; those that are put in at the same place keep their order."""
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def places_after(edits: Iterable[Edit]) -> Iterator[tuple[Edit, int, int]]:
    """Yield each edit with where its text begins and ends in the new text."""
    growth = 0
    for edit in in_order(edits):
        start = edit.start + growth
        yield edit, start, start + len(edit.text)
        growth += edit.growth


def moved(start: int, end: int, edits: Sequence[Edit]) -> tuple[int, int]:
    """Return where a stretch of the old text stands in the new one, with what was edited within."""
    return (
        start + sum(edit.growth for edit in edits if edit.end <= start),
        end + sum(edit.growth for edit in edits if edit.start < end),
    )
