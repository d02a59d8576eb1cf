"""Numbers as people write them: as few digits as still say the same."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

_MOST_DIGITS = 17


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
        return float(math.floor(low) + 1)
    middle = (Decimal(low) + Decimal(high)) / 2
    for digits in range(_MOST_DIGITS + 1):
        step = Decimal(1).scaleb(-digits)
        nearest = middle.quantize(step, rounding=ROUND_HALF_EVEN)
        for candidate in (nearest, nearest - step, nearest + step):
            if low < float(candidate) <= high:
                return float(candidate)
    return high
