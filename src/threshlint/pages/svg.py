"""Pictures as SVG: shapes by name, their looks in the style sheet, so that they follow the reader's light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Point = tuple[float, float]


class Drawing:
    """A picture that grows with the page.

    Args:
        width: In units of its own; a unit is a pixel where the page gives it so much room.
        height: The same.
        label: What it shows, for those who do not see it.

    """

    def __init__(self, width: float, height: float, label: str) -> None:
        self._open = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            _number(width), _number(height), label
        )
        self._shapes: list[Markup] = []

    def __html__(self) -> str:
        return str(self._open + Markup("").join(self._shapes) + Markup("</svg>"))

    def line(self, start: Point, end: Point, look: str) -> None:
        """Draw a straight line."""
        self._shapes.append(
            Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(*map(_number, (*start, *end)), look)
        )

    def path(self, points: Iterable[Point], look: str, *, closed: bool = False) -> None:
        """Draw a line through points, or the area that they enclose."""
        steps = "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        if steps:
            self._shapes.append(Markup('<path d="M{}{}" class="{}"/>').format(steps, "Z" if closed else "", look))

    def bar(self, corner: Point, other: Point, look: str, title: str = "") -> None:
        """Draw a rectangle between two corners; its title shows when it is pointed at."""
        (left, top), (right, bottom) = (
            (min(corner[0], other[0]), min(corner[1], other[1])),
            (max(corner[0], other[0]), max(corner[1], other[1])),
        )
        size = (left, top, right - left, bottom - top)
        shape = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"').format(*map(_number, size), look)
        self._finish(shape, "rect", title)

    def dot(self, centre: Point, radius: float, look: str, title: str = "") -> None:
        """Draw a circle; its title shows when it is pointed at."""
        shape = Markup('<circle cx="{}" cy="{}" r="{}" class="{}"').format(*map(_number, (*centre, radius)), look)
        self._finish(shape, "circle", title)

    def text(self, place: Point, text: str, look: str = "", *, turned: bool = False) -> None:
        """Write a text; its look says whether the place is its start, its middle or its end."""
        turn = Markup(' transform="rotate(-90 {} {})"').format(*map(_number, place)) if turned else Markup("")
        self._shapes.append(
            Markup('<text x="{}" y="{}" class="{}"{}>{}</text>').format(*map(_number, place), look, turn, text)
        )

    def _finish(self, shape: Markup, name: str, title: str) -> None:
        end = Markup("><title>{}</title></{}>").format(title, name) if title else Markup("/>")
        self._shapes.append(shape + end)


def stairs(edges: Sequence[float], heights: Sequence[float]) -> list[Point]:
    """Return the outline of a histogram: two points a bin."""
    return [point for at, height in enumerate(heights) for point in ((edges[at], height), (edges[at + 1], height))]


def _number(value: float) -> str:
    return str(escape(f"{value:.1f}".removesuffix(".0")))
