"""The map: which new threshold corresponds to each old one, with its band."""

from __future__ import annotations

import math
from collections.abc import Sequence

from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.recalibration import Recalibration
from threshlint.calibration.units import unit_of
from threshlint.pages.calibration.figures.frame import LEFT, RIGHT, WIDTH, Badge, Frame, model_name
from threshlint.pages.calibration.marks import Mark
from threshlint.pages.calibration.words import interval, look_of, number, unit_words
from threshlint.pages.scale import Scale, around
from threshlint.pages.svg import Drawing

_HEIGHT = 348.0
_TOP = 14.0
_AXIS = 46.0


def draw(made: CalibrationMap, curve: Sequence[Recalibration], marks: Sequence[Mark]) -> Drawing:
    """Draw the map over a range of old thresholds, with the sites on it."""
    known = [(answer.old, answer.new, answer) for answer in curve if answer.new is not None]
    olds = [old for old, _, _ in known] + [mark.old for mark in marks]
    news = [
        value
        for _, new, answer in known
        for value in (new, answer.low, answer.high)
        if value is not None and math.isfinite(value)
    ] + [mark.new for mark in marks if mark.new is not None]
    drawing = Drawing(WIDTH, _HEIGHT, _described(made, known))
    if not olds or not news:
        drawing.text((WIDTH / 2, _HEIGHT / 2), "nothing can be mapped with this sample", "label middle")
        return drawing
    frame = Frame(
        drawing,
        Scale(*around(min(olds), max(olds)), LEFT, WIDTH - RIGHT),
        Scale(*around(min(news), max(news)), _HEIGHT - _AXIS, _TOP),
    )
    frame.axes(
        f"old threshold, {unit_words(unit_of(made.old).name)} under {model_name(made.old.model)}",
        f"new threshold under {model_name(made.new.model)}",
    )
    _carried_over(frame)
    low_ends = [frame.at(old, _finite(answer.low, frame.y.low)) for old, _, answer in known]
    high_ends = [frame.at(old, _finite(answer.high, frame.y.high)) for old, _, answer in known]
    drawing.path([*low_ends, *reversed(high_ends)], "band new", closed=True)
    drawing.path([frame.at(old, new) for old, new, _ in known], "curve")
    for old, new, answer in known:
        title = f"{number(old)} → {number(new)} ({interval(answer.low, answer.high)}): {answer.verdict}"
        drawing.dot(frame.at(old, new), 4, f"point {look_of(answer.verdict)}", title)
    badges = []
    for mark in marks:
        if mark.new is not None:
            title = f"{number(mark.answer.old)} → {number(mark.answer.new)}: {mark.answer.verdict}"
            x, y = frame.at(mark.old, mark.new)
            drawing.line((x, y - 16), (x, y), "leader")
            drawing.dot((x, y), 3, "here")
            badges.append(Badge((x, max(y - 22, _TOP + 8)), mark.number, look_of(mark.answer.verdict), title))
    frame.badges(badges)
    return drawing


def _carried_over(frame: Frame) -> None:
    """Draw where the new threshold would be the old one, as far as the picture shows it."""
    low, high = max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high)
    if low < high:
        frame.drawing.line(frame.at(low, low), frame.at(high, high), "same")


def _finite(value: float | None, otherwise: float) -> float:
    return otherwise if value is None or math.isinf(value) else value


def _described(made: CalibrationMap, known: Sequence[tuple[float, float, Recalibration]]) -> str:
    if not known:
        return "An empty picture: nothing can be mapped with this sample."
    (first_old, first_new, _), (last_old, last_new, _) = known[0], known[-1]
    return (
        f"A curve of new thresholds under {made.new.model} over old ones under {made.old.model}, from "
        f"{number(first_old)} → {number(first_new)} to {number(last_old)} → {number(last_new)}; the table below it has "
        "the same numbers."
    )
