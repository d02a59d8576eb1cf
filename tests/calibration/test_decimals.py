from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from threshlint.calibration.decimals import shortest_between

finite = st.floats(allow_nan=False, allow_infinity=False)


def decimals(number: float) -> int:
    """How many digits a number has after the point, as people write it."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


@given(low=finite, high=finite)
@example(low=1e300, high=1.0000000001e300)  # more digits than decimal's usual 28
@example(low=123456789012.00001, high=123456789012.00003)
@example(low=0.0, high=5e-324)
@example(low=1e-30, high=2e-30)  # smaller than 17 decimals can tell
@example(low=-0.3, high=0.4)
@example(low=0.7, high=math.nextafter(0.7, 1))
def test_it_lies_in_the_gap_and_no_shorter_one_does(low: float, high: float) -> None:
    if low == high:
        return
    low, high = sorted((low, high))
    found = shortest_between(low, high)
    assert low < found <= high
    digits = decimals(found)
    if digits:
        # Of all decimals with one digit less, the largest below the end is the only candidate.
        step = Decimal(10) ** -(digits - 1)
        below = math.floor(Decimal(high) / step) * step if digits < 20 else None
        assert below is None or not low < float(below) <= high
    assert math.copysign(1, found) == 1 or found < 0, "a minus before a zero"


@given(end=finite)
@example(end=1e17)  # adding 1 changes nothing
@example(end=1.7976931348623157e308)
def test_an_open_end_is_open(end: float) -> None:
    assert shortest_between(-math.inf, end) <= end
    if end < 1.7e308:
        assert shortest_between(end, math.inf) > end


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.7431, 0.7512, 0.75),
        (0.7431, 0.7438, 0.743_4),
        (0.2, 0.3, 0.3),  # the lower end does not belong, the upper one does
        (-1.5, 0.9, 0.0),
        (0.91, 0.95, 0.93),  # the one nearest to the middle
        (-math.inf, math.inf, 0.0),
    ],
)
def test_what_people_would_write(low: float, high: float, expected: float) -> None:
    assert shortest_between(low, high) == expected


def test_an_empty_gap_is_an_error() -> None:
    with pytest.raises(ValueError, match="no number lies above"):
        shortest_between(0.5, 0.5)


def test_two_decimals_would_not_keep_the_count() -> None:
    """Pitfall 1: rounding to two decimals leaves the gap."""
    low, high = 0.74312, 0.74391
    assert not low < round(shortest_between(low, high), 2) <= high
