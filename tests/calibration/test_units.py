from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from threshlint.calibration import Metric, Space, Unit, UnitError, natural_unit, unit_of, units_of

SPACES = [Space("m", 3, metric) for metric in Metric] + [Space("unit length", 3, Metric.COSINE, normalised=True)]
EVERY = [(space, unit) for space in SPACES for unit in units_of(space)]
RANGES = {Metric.COSINE: (-1.0, 1.0), Metric.ANGLE: (-math.pi, 0.0), Metric.DOT: (-50.0, 50.0)}


def closeness_in(space: Space) -> tuple[float, float]:
    return RANGES.get(space.metric, (-50.0, 0.0))


@pytest.mark.parametrize(("space", "unit"), EVERY, ids=lambda each: getattr(each, "name", None) or each.model)
class TestEveryUnit:
    def test_there_and_back(self, space: Space, unit: Unit) -> None:
        for closeness in np.linspace(*closeness_in(space), 501):
            assert unit.closeness(unit.told(closeness)) == pytest.approx(closeness, abs=1e-7)

    def test_is_monotone_in_its_direction(self, space: Space, unit: Unit) -> None:
        told = [unit.told(closeness) for closeness in np.linspace(*closeness_in(space), 501)]
        steps = np.diff(told)
        assert (steps < 0).all() if unit.is_distance else (steps > 0).all()

    def test_what_is_beyond_the_range_is_closer_or_further_than_anything(self, space: Space, unit: Unit) -> None:
        least, most = closeness_in(space)
        ends = unit.told(least), unit.told(most)
        width = abs(ends[1] - ends[0])
        beyond = min(ends) - width, max(ends) + width
        closer, further = beyond if unit.is_distance else beyond[::-1]
        assert unit.closeness(closer) > most
        assert unit.closeness(further) < least


@given(cosine=st.floats(-1, 1))
def test_units_say_what_their_names_say(cosine: float) -> None:
    """Of two vectors at length 1 with this cosine, as any store would compute them."""
    one, other = np.array([1.0, 0.0]), np.array([cosine, math.sqrt(1 - cosine**2)])
    told = {unit.name: unit.told(cosine) for unit in units_of(Space("m", 2, normalised=True))}
    distance = float(np.linalg.norm(one - other))
    assert told.pop("cosine-similarity") == cosine
    assert told.pop("cosine-distance") == 1 - cosine
    assert told.pop("certainty") == (1 + cosine) / 2
    assert told.pop("angle") == pytest.approx(math.acos(cosine))
    assert told.pop("dot") == pytest.approx(one @ other)
    assert told.pop("negative-dot") == pytest.approx(-(one @ other))
    assert told.pop("l2") == pytest.approx(distance, abs=1e-7)
    assert told.pop("squared-l2") == pytest.approx(distance**2, abs=1e-12)
    assert not told, "a unit without a check"


def test_certainty_is_half_of_two_less_the_distance() -> None:
    unit = unit_of(SPACES[0], "certainty")
    assert unit.told(0.4) == pytest.approx((2 - (1 - 0.4)) / 2)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("cosine", "cosine-similarity"), ("ip", "dot"), ("euclidean", "l2"), ("sqeuclidean", "squared-l2")],
)
def test_other_names(alias: str, name: str) -> None:
    space = Space("m", 3, normalised=True)
    assert unit_of(space, alias) is unit_of(space, name)


def test_without_a_name_it_is_the_metrics_own() -> None:
    for space in SPACES:
        assert unit_of(space).name == natural_unit(space.metric)
        assert unit_of(space).is_distance == space.metric.is_distance


def test_a_unit_that_scores_cannot_be_told_in() -> None:
    with pytest.raises(
        UnitError, match=r"l2 cannot be told from cosine scores of m, whose vectors are not of length 1"
    ):
        unit_of(Space("m", 3), "l2")
    with pytest.raises(UnitError, match=r"they are told in dot, negative-dot"):
        unit_of(Space("m", 3, Metric.DOT), "cosine")
