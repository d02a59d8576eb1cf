"""The axes that every picture stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from threshlint.output.text import printable, shorten
from threshlint.pages.scale import Scale
from threshlint.pages.svg import Drawing, Point

WIDTH = 400.0
LEFT, RIGHT = 50.0, 12.0
_TICK = 4.0
_TEXT = 12.0
_NAME = 26  # characters


def model_name(model: str) -> str:
    """Cut a model's name to what fits beside an axis."""
    return shorten(printable(model), _NAME)


@dataclass(frozen=True)
class Frame:
    """An area of a picture with its two scales."""

    drawing: Drawing
    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> Point:
        """Return the place of two numbers."""
        return self.x(x), self.y(y)

    def axes(self, x_label: str, y_label: str, *, x_ticks: int = 6, y_ticks: int = 5) -> None:
        """Draw grid, ticks and labels."""
        drawing, x, y = self.drawing, self.x, self.y
        bottom, top, left, right = y.start, y.end, x.start, x.end
        for value, text in y.ticks(y_ticks):
            drawing.line((left, y(value)), (right, y(value)), "grid")
            drawing.text((left - 6, y(value) + 4), text, "tick end")
        for value, text in x.ticks(x_ticks):
            drawing.line((x(value), bottom), (x(value), bottom + _TICK), "axis")
            drawing.text((x(value), bottom + _TICK + _TEXT), text, "tick middle")
        drawing.line((left, bottom), (right, bottom), "axis")
        drawing.text(((left + right) / 2, bottom + _TICK + 2 * _TEXT + 6), x_label, "label middle")
        drawing.text((12, (top + bottom) / 2), y_label, "label middle", turned=True)

    def badges(self, badges: Iterable[Badge]) -> None:
        """Draw badges, those that would cover each other as one."""
        for badge in _gathered(badges):
            half = badge.half_width
            x = min(max(badge.place[0], self.x.start + half), self.x.end - half)
            y = badge.place[1]
            self.drawing.bar((x - half, y - 8), (x + half, y + 8), f"badge {badge.look}", badge.title)
            self.drawing.text((x, y + 4), badge.number, "number middle")


@dataclass(frozen=True)
class Badge:
    """The number of a site in a circle, wider where there are several.

    Attributes:
        place: Its middle.
        number: As in the table.
        look: Its colour, by name.
        title: What it says when it is pointed at.

    """

    place: Point
    number: str
    look: str
    title: str = ""

    @property
    def half_width(self) -> float:
        """How far it reaches to each side."""
        return max(8.0, 4.0 + 3.4 * len(self.number))

    def covers(self, other: Badge) -> bool:
        """Tell whether it lies upon another."""
        (x, y), (other_x, other_y) = self.place, other.place
        return abs(x - other_x) < self.half_width + other.half_width and abs(y - other_y) < 2 * 8.0

    def joined(self, other: Badge) -> Badge:
        """Return one badge for both."""
        place = (self.place[0] + other.place[0]) / 2, min(self.place[1], other.place[1])
        look = self.look if self.look == other.look else "several"
        return Badge(place, f"{self.number}, {other.number}", look, "; ".join(filter(None, (self.title, other.title))))


def _gathered(badges: Iterable[Badge]) -> list[Badge]:
    gathered: list[Badge] = []
    for badge in sorted(badges, key=lambda each: each.place[0]):
        if gathered and gathered[-1].covers(badge):
            gathered.append(gathered.pop().joined(badge))
        else:
            gathered.append(badge)
    return gathered
