"""From numbers to places on a picture, and the round numbers along its edges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

_NICE = (1, 2, 2.5, 5, 10)
_NEARLY = 0.8  # a few ticks too many are better than half as many


@dataclass(frozen=True)
class Scale:
    """A stretch of numbers, laid out along a stretch of a picture.

    Attributes:
        low: The number at ``start``.
        high: The number at ``end``; above ``low``.
        start: Where the picture's stretch begins.
        end: Where it ends.
        log: Whether equal ratios are equally long.

    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a number; those beyond an end are put there."""
        value = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Tell whether a number is on the scale."""
        return self.low <= value <= self.high

    def ticks(self, count: int = 5) -> list[tuple[float, str]]:
        """Return about so many round numbers on the scale, each with its text."""
        return list(_powers(self.low, self.high, count) if self.log else _steps(self.low, self.high, count))


def around(low: float, high: float, margin: float = 0.04) -> tuple[float, float]:
    """Widen a range a little, so that nothing lies on the edge of a picture."""
    space = (high - low) * margin or abs(high) * margin or margin
    return low - space, high + space


def short(count: float) -> str:
    """Write a count in few characters: 950, 1.2k, 35M."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.3g}{mark}"
    return f"{count:.3g}"


def _steps(low: float, high: float, count: int) -> Iterator[tuple[float, str]]:
    rough = (high - low) / max(count, 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(nice * size for nice in _NICE if nice * size >= rough * _NEARLY)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, decimals) != step and abs(round(step, decimals) - step) > step * 1e-6:
        decimals += 1  # steps of 2.5
    for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        value = number * step
        yield value, (f"{value:.{decimals}f}".replace("-", "−") if high < 10_000 else short(value))


def _powers(low: float, high: float, count: int) -> Iterator[tuple[float, str]]:
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    every = max(1, math.ceil((last - first) / count))
    for value in (10.0**power for power in range(first, last + 1, every)):
        if low <= value <= high:  # which the logarithm's rounding may belie
            yield value, short(value)
