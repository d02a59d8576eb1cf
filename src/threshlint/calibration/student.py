"""Quantiles of Student's t, for sums that a few groups dominate."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_LIKE_NORMAL = 1e6


def two_sided(level: float, degrees: float) -> float:
    """Return how many standard errors to each side hold so much of a t distribution.

    Hill 1970, "Algorithm 396: Student's t-Quantiles", Communications of the ACM 13: to three digits or better. His
    series is not made for less than 2 degrees of freedom; there the logarithm is interpolated, up to 4 % too wide.

    Args:
        level: Such as 0.95.
        degrees: Of freedom, whole or not; 1 is taken for less.

    """
    outside = 1 - level
    if degrees >= _LIKE_NORMAL:
        return _NORMAL.inv_cdf(1 - outside / 2)
    if degrees <= 2:
        of_two = math.sqrt(2 / (outside * (2 - outside)) - 2)
        share = 2 / max(degrees, 1) - 1
        return math.exp((1 - share) * math.log(of_two) + share * math.log(math.tan(math.pi / 2 * level)))
    n = degrees
    a = 1 / (n - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    x = d * outside
    y = x ** (2 / n)
    if y > 0.05 + a:
        x = _NORMAL.inv_cdf(outside / 2)
        y = x * x
        if n < 5:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (n + 1) / (
            n + 2
        ) + 1 / y
    return math.sqrt(n * y)
