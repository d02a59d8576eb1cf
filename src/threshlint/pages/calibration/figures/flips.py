"""Which decisions change when a threshold moves, by the old score of the pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.population import Population
from threshlint.calibration.units import unit_of
from threshlint.pages.calibration.figures.frame import LEFT, RIGHT, WIDTH, Frame, model_name
from threshlint.pages.calibration.marks import told
from threshlint.pages.calibration.words import noun_of, number, unit_words
from threshlint.pages.scale import Scale, around
from threshlint.pages.svg import Drawing

_HEIGHT = 230.0
_TOP = 16.0
_AXIS = 46.0
_BINS = 28
_REST = 0.02  # of the newly accepted pairs, those that are furthest off are not worth the room


@dataclass(frozen=True)
class Fates:
    """What becomes of the pairs that pass an old threshold or the new one.

    Attributes:
        kept: The old scores of those that pass both, in the old metric's own unit.
        lost: Of those that pass the old one only.
        gained: Of those that pass the new one only; infinite where the pair was not among the old K best.
        scale: How many pairs each stands for.

    """

    kept: NDArray[np.float64]
    lost: NDArray[np.float64]
    gained: NDArray[np.float64]
    scale: float

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many are kept, lost and gained."""
        kept, lost, gained = (round(len(each) * self.scale) for each in (self.kept, self.lost, self.gained))
        return kept, lost, gained


def fates_of(made: CalibrationMap, population: Population, old: float, new: float) -> Fates:
    """Sort the pairs by what becomes of them.

    Args:
        made: The map.
        population: Over which pairs.
        old: The old threshold, as closeness.
        new: The new one, as closeness.

    """
    rows = made.scores_of(population).deciding(old)
    passed, passes = rows.old >= old, rows.new >= new
    unit = unit_of(made.old)

    def scores(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.array([told(unit, float(score)) for score in rows.old[chosen]])

    return Fates(scores(passed & passes), scores(passed & ~passes), scores(~passed & passes), rows.scale)


def draw(made: CalibrationMap, population: Population, fates: Fates, threshold: float) -> Drawing:
    """Draw the three fates, stacked, in bins of the old score that meet at the old threshold.

    Args:
        made: The map.
        population: Over which pairs.
        fates: What becomes of the pairs.
        threshold: The old threshold, in the old metric's own unit.

    """
    unit, noun = unit_of(made.old), noun_of(population)
    kept, lost, gained = fates.counts
    drawing = Drawing(
        WIDTH,
        _HEIGHT,
        f"A histogram of old scores around the old threshold {number(threshold)}: {kept} {noun} keep passing, {lost} "
        f"pass no more, {gained} pass from now on.",
    )
    edges = _edges(fates, threshold)
    stacks = [
        np.histogram(each[np.isfinite(each)], edges)[0] * fates.scale for each in (fates.kept, fates.lost, fates.gained)
    ]
    most = float(sum(stacks).max())  # type: ignore[union-attr]
    frame = Frame(
        drawing,
        Scale(float(edges[0]), float(edges[-1]), LEFT, WIDTH - RIGHT),
        Scale(0.0, max(most * 1.08, 1.0), _HEIGHT - _AXIS, _TOP),
    )
    frame.axes(f"{unit_words(unit.name)} under {model_name(made.old.model)}", noun, y_ticks=4)
    for at in range(len(edges) - 1):
        base = 0.0
        for stack, look, fate in zip(stacks, ("kept", "lost", "gained"), _FATES, strict=True):
            height = float(stack[at])
            if height:
                title = f"{number(edges[at], 3)} to {number(edges[at + 1], 3)}: {height:.0f} {fate}"
                frame.drawing.bar(frame.at(edges[at], base), frame.at(edges[at + 1], base + height), look, title)
                base += height
    place = frame.x(threshold)
    drawing.line((place, frame.y.start), (place, frame.y.end - 6), "threshold")
    side = "end" if place > WIDTH / 2 else "start"
    drawing.text(
        (place + (-5 if side == "end" else 5), frame.y.end + 4), f"old threshold {number(threshold)}", f"tick {side}"
    )
    return drawing


_FATES = ("keep passing", "pass no more", "pass from now on")


def _edges(fates: Fates, threshold: float) -> NDArray[np.float64]:
    """Return edges of equal bins, one of them at the threshold."""
    passing = np.concatenate([fates.kept, fates.lost])
    gained = fates.gained[np.isfinite(fates.gained)]
    ends = [threshold, *(_extent(passing, 0.0)), *(_extent(gained, _REST))]
    low, high = min(ends), max(ends)
    width = (high - low) / _BINS or around(threshold, threshold)[1] - threshold
    below, above = int(np.ceil((threshold - low) / width)), int(np.ceil((high - threshold) / width))
    steps = np.arange(-max(below, 1), max(above, 1) + 1, dtype=np.float64)
    return threshold + width * steps


def _extent(scores: NDArray[np.float64], rest: float) -> Sequence[float]:
    return [float(end) for end in np.quantile(scores, [rest, 1 - rest])] if len(scores) else []
