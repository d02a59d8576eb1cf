from __future__ import annotations

import math

import pytest
from scipy import stats

from threshlint.calibration.student import two_sided


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(
    "degrees", [1, 1.01, 1.2, 1.5, 1.9, 2, 2.1, 2.7, 3, 4.4, 5, 7.5, 10, 30.3, 100, 1e4, 1e6, math.inf]
)
def test_quantiles_are_those_of_scipy(level: float, degrees: float) -> None:
    expected = stats.t.ppf((1 + level) / 2, degrees) if degrees < math.inf else stats.norm.ppf((1 + level) / 2)
    found = two_sided(level, degrees)
    if 1 < degrees < 2:
        assert expected < found < 1.04 * expected
    else:
        assert found == pytest.approx(expected, rel=5e-4)


def test_fewer_groups_than_one_are_one() -> None:
    assert two_sided(0.95, 0.3) == two_sided(0.95, 1)
