"""Numbers as people write them: as few digits as still say the same."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal

_MOST_DIGITS = 1074  # of the smallest number there is; any other gap needs fewer
_EXACT = Context(prec=2000)  # the largest and the smallest number, to the last digit


def shortest_between(low: float, high: float) -> float:
    """Return a number above ``low`` and up to ``high`` with the fewest decimals, the one nearest to the middle.

    Args:
        low: Not included; may be minus infinity.
        high: Included; may be infinity.

    Raises:
        ValueError: There is no number between.

    """
    if not low < high:
        raise ValueError(f"no number lies above {low} and up to {high}")
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return float(math.floor(high))
    if math.isinf(high):
        return max(float(math.floor(low)) + 1, math.nextafter(low, math.inf))
    middle = _EXACT.divide(_EXACT.add(Decimal(low), Decimal(high)), Decimal(2))
    for digits in range(_MOST_DIGITS + 1):
        step = Decimal(1).scaleb(-digits)
        nearest = middle.quantize(step, rounding=ROUND_HALF_EVEN, context=_EXACT)
        for candidate in (nearest, _EXACT.subtract(nearest, step), _EXACT.add(nearest, step)):
            if low < float(candidate) <= high:
                return float(candidate) + 0.0  # no minus before a zero
    return high
