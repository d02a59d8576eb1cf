"""The cost of twice as much of the same is about twice as high, whatever it is."""

from __future__ import annotations

import os
from pathlib import Path

from fuzzing.law import BrokenLawError, check_scan
from fuzzing.shapes import Files, Shape

# Less CPU than this, in seconds, is noise: what is risky by its size alone has a worker process started for it.
_NOISE = 0.4
# What is linear takes 4 times as long for 4 times as much, a square 16 times.
_MOST = 8.0


def check_growth(name: str, shape: Shape, folder: Path) -> tuple[float, float, float]:
    """Scan a shape at once, twice and four times its size; return the seconds of CPU that each took.

    Raises:
        BrokenLawError: It took more than in proportion.
    """
    _seconds(folder, {})  # imports what has to be imported
    base = _seconds(folder, {})
    once, twice, fourfold = (
        max(_seconds(folder, shape.files(times * shape.size)) - base, 0.001) for times in (1, 2, 4)
    )
    # A bound that ends the search in what is large may hide that it takes too long in what is smaller.
    if fourfold > _MOST * max(once, _NOISE) or max(once, twice) > 2 * fourfold + _NOISE:
        series = f"{once:.2f} s, {twice:.2f} s and {fourfold:.2f} s"
        raise BrokenLawError(f"{name}: {series} for {shape.size}, and for twice and four times that")
    return once, twice, fourfold


def _seconds(folder: Path, files: Files) -> float:
    before = _cpu()
    check_scan(folder, files, marked=False)
    return _cpu() - before


def _cpu() -> float:
    """Return what this process and those that it started have used."""
    return sum(os.times()[:4])
