"""What stores report: cosine similarity, ``1 - cos``, ``(1 + cos) / 2``, squared distances and the like.

A map counts in closeness under one metric; a threshold in code stands in a unit. Each unit that a metric can be told in
is a monotone function of that closeness, so a threshold goes there and back without loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from threshlint.calibration.errors import UnitError
from threshlint.calibration.metrics import Metric
from threshlint.calibration.space import Space


@dataclass(frozen=True)
class Unit:
    """One way of telling a metric's scores.

    Attributes:
        name: As the scan and annotations have it.
        is_distance: Whether lower is closer.
        told: Closeness under the metric -> the unit.
        closeness: The unit -> closeness under the metric. Beyond the unit's range: minus or plus infinity.

    """

    name: str
    is_distance: bool
    told: Callable[[float], float]
    closeness: Callable[[float], float]


def _same(value: float) -> float:
    return value


def _negated(value: float) -> float:
    return -value


def _one_minus(value: float) -> float:
    return 1.0 - value


def _half(value: float) -> float:
    return (1.0 + value) / 2.0


def _double(value: float) -> float:
    return 2.0 * value - 1.0


def _arccos(value: float) -> float:
    return math.acos(min(1.0, max(-1.0, value)))


def _cos(angle: float) -> float:
    if angle < 0.0:
        return math.inf
    return math.cos(angle) if angle <= math.pi else -math.inf


def _square(distance: float) -> float:
    return math.inf if distance < 0.0 else -distance * distance


_UNITS: dict[Metric, tuple[Unit, ...]] = {
    Metric.COSINE: (
        Unit("cosine-similarity", False, _same, _same),
        Unit("cosine-distance", True, _one_minus, _one_minus),
        Unit("certainty", False, _half, _double),  # (1 + cos) / 2, which is (2 - (1 - cos)) / 2 as well
        Unit("angle", True, _arccos, _cos),
    ),
    Metric.DOT: (
        Unit("dot", False, _same, _same),
        Unit("negative-dot", True, _negated, _negated),
    ),
    Metric.L2: (
        Unit("l2", True, _negated, _negated),
        Unit("squared-l2", True, lambda c: c * c, lambda d: math.inf if d < 0.0 else -math.sqrt(d)),
    ),
    Metric.SQUARED_L2: (
        Unit("squared-l2", True, _negated, _negated),
        Unit("l2", True, lambda c: math.sqrt(max(0.0, -c)), _square),
    ),
    Metric.ANGLE: (
        Unit("angle", True, _negated, _negated),
        Unit(
            "cosine-similarity",
            False,
            lambda c: math.cos(c),
            lambda s: -_arccos(s) if -1.0 <= s <= 1.0 else math.copysign(math.inf, s),
        ),
        Unit(
            "cosine-distance",
            True,
            lambda c: 1.0 - math.cos(c),
            lambda d: -_arccos(1.0 - d) if 0.0 <= d <= 2.0 else math.copysign(math.inf, -d),
        ),
    ),
}
# At length 1, |a - b|^2 = 2 - 2 cos, and the dot product is the cosine.
_UNIT_LENGTH = (
    Unit("dot", False, _same, _same),
    Unit("negative-dot", True, _negated, _negated),
    Unit(
        "l2", True, lambda c: math.sqrt(max(0.0, 2.0 - 2.0 * c)), lambda d: math.inf if d < 0.0 else 1.0 - d * d / 2.0
    ),
    Unit("squared-l2", True, lambda c: 2.0 - 2.0 * c, lambda d: 1.0 - d / 2.0),
)
# What people call the same.
_ALIASES = {
    "cosine": "cosine-similarity",
    "cos": "cosine-similarity",
    "euclidean": "l2",
    "sqeuclidean": "squared-l2",
    "inner-product": "dot",
    "ip": "dot",
    "negative-inner-product": "negative-dot",
}


def natural_unit(metric: Metric) -> str:
    """Return the unit in which a metric's scores are told where nothing else is said."""
    return _UNITS[metric][0].name


def unit_of(space: Space, name: str | None = None) -> Unit:
    """Find a unit by name; without one, the metric's own.

    Raises:
        UnitError: Scores of this space cannot be told in it.

    """
    if name is None:
        return _UNITS[space.metric][0]
    wanted = _ALIASES.get(name, name)
    fitting = units_of(space)
    for unit in fitting:
        if unit.name == wanted:
            return unit
    known = ", ".join(unit.name for unit in fitting)
    raise UnitError(
        f"{name} cannot be told from {space.metric} scores of {space.model}"
        f"{'' if space.normalised else ', whose vectors are not of length 1'}; they are told in {known}"
    )


def units_of(space: Space) -> tuple[Unit, ...]:
    """Return every unit that a space's scores can be told in."""
    units = _UNITS[space.metric]
    return units + _UNIT_LENGTH if space.metric is Metric.COSINE and space.normalised else units
