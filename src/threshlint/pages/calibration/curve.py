"""The map over a range of old thresholds, for the picture and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.population import Population
from threshlint.calibration.recalibration import Recalibration
from threshlint.calibration.scores import PairedScores
from threshlint.calibration.units import unit_of
from threshlint.pages.calibration.marks import told
from threshlint.pages.scale import Scale

_POINTS = 16
_FEWEST = 5  # old positives at the strict end
# Old positives at the loose end, unless a site is looser: no more than so many, for time's sake, nor than such a share.
_MOST = 20_000
_LARGEST_SHARE = {True: 0.02, False: 0.9}  # of pairs of items; of queries or hits


def thresholds_of(made: CalibrationMap, population: Population, wanted: Iterable[float]) -> list[float]:
    """Return round old thresholds, in the metric's own unit, over the range where rules decide.

    Args:
        made: The map.
        population: Over which pairs.
        wanted: Thresholds that the range is to hold.

    """
    unit = unit_of(made.old)
    strict, loose = _ends(made.scores_of(population))
    ends = [*(told(unit, closeness) for closeness in (strict, loose)), *wanted]
    low, high = min(ends), max(ends)
    if not low < high:
        return [low]
    return [round(value, 12) for value, _ in Scale(low, high, 0, 1).ticks(_POINTS)]


def curve_of(
    made: CalibrationMap, population: Population, thresholds: Sequence[float], done: Callable[[], None]
) -> list[Recalibration]:
    """Ask the map for each threshold, in the metric's own unit, and for no second opinion, which takes long.

    Args:
        made: The map.
        population: Over which pairs.
        thresholds: In the old metric's own unit.
        done: Called after each.

    """
    answers = []
    new_unit = unit_of(made.new).name
    for threshold in thresholds:
        answers.append(made.recalibrate(threshold, population, new_unit=new_unit, second_opinion=False))
        done()
    return answers


def _ends(scores: PairedScores) -> tuple[float, float]:
    """Return the closeness that few old scores reach, and the one that many do."""
    old = np.sort(scores.old[np.isfinite(scores.old)])[::-1]
    most = min(_MOST, int(_LARGEST_SHARE[scores.dyadic] * scores.total), len(old) - 1)
    return float(old[min(_FEWEST, most)]), float(old[most])
