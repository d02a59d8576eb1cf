"""How often each score occurs in the two spaces."""

from __future__ import annotations

from collections.abc import Sequence

from threshlint.calibration.histogram import Histogram
from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.population import Population
from threshlint.calibration.space import Space
from threshlint.calibration.units import Unit, unit_of
from threshlint.pages.calibration.figures.frame import LEFT, RIGHT, WIDTH, Badge, Frame, model_name
from threshlint.pages.calibration.marks import Mark
from threshlint.pages.calibration.words import noun_of, unit_words
from threshlint.pages.scale import Scale, around, short
from threshlint.pages.svg import Drawing, stairs

_BINS = 60
_PANEL = 118.0
_TOP = 22.0
_AXIS = 46.0


def draw(made: CalibrationMap, population: Population, marks: Sequence[Mark]) -> Drawing:
    """Draw both distributions, one above the other, each over its own scores."""
    scores = made.scores_of(population)
    old, new = scores.old_histogram(_BINS), scores.new_histogram(_BINS)
    height = 2 * (_TOP + _PANEL + _AXIS)
    drawing = Drawing(
        WIDTH,
        height,
        f"Two histograms of scores: above under {made.old.model}, below under {made.new.model}. "
        + _described(made.old, old)
        + " "
        + _described(made.new, new),
    )
    for space, histogram, look, top in (
        (made.old, old, "old", _TOP),
        (made.new, new, "new", 2 * _TOP + _PANEL + _AXIS),
    ):
        frame = _panel(drawing, space, histogram, look, top, noun_of(population))
        if look == "new":
            _bands(frame, marks)
        _marks(frame, [(mark.number, mark.old if look == "old" else mark.new) for mark in marks], look)
    return drawing


def _panel(drawing: Drawing, space: Space, histogram: Histogram, look: str, top: float, noun: str) -> Frame:
    unit = unit_of(space)
    edges, counts = _told(unit, histogram)
    most = max(counts)
    x = Scale(*around(edges[0], edges[-1], 0.02), LEFT, WIDTH - RIGHT)
    y = Scale(0.5, max(most * 1.5, 2.0), top + _PANEL, top, log=True)
    frame = Frame(drawing, x, y)
    frame.axes(f"{unit_words(unit.name)} under {model_name(space.model)}", noun, y_ticks=4)
    outline = [frame.at(edge, max(count, 0.5)) for edge, count in stairs(edges, counts)]
    floor = y.start
    drawing.path([(outline[0][0], floor), *outline, (outline[-1][0], floor)], f"area {look}", closed=True)
    drawing.path(outline, f"outline {look}")
    return frame


def _marks(frame: Frame, values: Sequence[tuple[str, float | None]], look: str) -> None:
    known = [(number, frame.x(value)) for number, value in values if value is not None and frame.x.holds(value)]
    for _, place in known:
        frame.drawing.line((place, frame.y.start), (place, frame.y.end - 2), f"mark {look}")
    frame.badges(Badge((place, frame.y.end - 9), number, look) for number, place in known)


def _bands(frame: Frame, marks: Sequence[Mark]) -> None:
    for mark in marks:
        if mark.low is not None and mark.high is not None:
            low, high = frame.x(mark.low), frame.x(mark.high)
            frame.drawing.bar((low, frame.y.start), (max(high, low + 1), frame.y.end), "band new")


def _told(unit: Unit, histogram: Histogram) -> tuple[list[float], list[float]]:
    """Return edges, rising, and counts in a unit."""
    told = [unit.told(float(edge)) for edge in histogram.edges]
    heights = [float(count) for count in histogram.counts]
    return (told[::-1], heights[::-1]) if unit.is_distance else (told, heights)


def _described(space: Space, histogram: Histogram) -> str:
    unit = unit_of(space)
    edges, counts = _told(unit, histogram)
    peak = counts.index(max(counts))
    return (
        f"Under {space.model} scores lie between {edges[0]:.2f} and {edges[-1]:.2f}, most often near "
        f"{(edges[peak] + edges[peak + 1]) / 2:.2f} ({short(sum(counts))} in all)."
    )
