"""The sites of the project as the pictures mark them: numbered as in the table, in the metric's own unit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.population import Population
from threshlint.calibration.recalibration import Recalibration
from threshlint.calibration.units import Unit, unit_of
from threshlint.proposal import Proposal


@dataclass(frozen=True)
class Mark:
    """A threshold of the code, or several that are the same.

    Attributes:
        number: As in the table; several with commas.
        old: The old threshold, in the old metric's own unit.
        answer: What the map says of it, in the site's unit.
        new: The new threshold in the new metric's own unit; None where there is none.
        low: The lower end of its interval there; minus infinity where the sample ends first.
        high: The upper end.

    """

    number: str
    old: float
    answer: Recalibration
    new: float | None
    low: float | None
    high: float | None


def marks_of(made: CalibrationMap, population: Population, proposals: Sequence[Proposal]) -> list[Mark]:
    """Return the marks of one population, those of equal thresholds joined."""
    together: dict[tuple[float, float | None], list[tuple[int, Recalibration]]] = defaultdict(list)
    for number, proposal in enumerate(proposals, start=1):
        answer = proposal.recalibration
        if answer is not None and proposal.population == population:
            together[_old(made, answer, proposal.unit), _new(made, answer, answer.new)].append((number, answer))
    marks = []
    for (old, new), sites in together.items():
        answer = sites[0][1]
        low, high = _ends(made, answer)
        marks.append(Mark(", ".join(str(number) for number, _ in sites), old, answer, new, low, high))
    return marks


def told(unit: Unit, closeness: float) -> float:
    """Tell closeness in a unit; infinities stay such."""
    if math.isinf(closeness):
        return -closeness if unit.is_distance else closeness
    return unit.told(closeness)


def _old(made: CalibrationMap, answer: Recalibration, unit: str | None) -> float:
    return told(unit_of(made.old), unit_of(made.old, unit).closeness(answer.old))


def _new(made: CalibrationMap, answer: Recalibration, value: float | None) -> float | None:
    if value is None:
        return None
    return value if math.isinf(value) else told(unit_of(made.new), unit_of(made.new, answer.unit).closeness(value))


def _ends(made: CalibrationMap, answer: Recalibration) -> tuple[float | None, float | None]:
    low, high = _new(made, answer, answer.low), _new(made, answer, answer.high)
    if low is not None and high is not None and low > high:  # the site's unit grows the other way
        return high, low
    return low, high
