"""How long all pairs take beside the bare matrix products, and how much memory a large sample takes.

Run as a script it is the large sample: a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from threshlint.calibration import PAIRS, Metric, PairedSample, Space, fit
from threshlint.calibration.metrics import Closeness
from threshlint.calibration.pairs import pair_scores

DIMENSIONS = 384
ITEMS = 5_000
MANY_ITEMS = 50_000
_BLOCK = 256
_ROUNDS = 7


@dataclass(frozen=True)
class Speed:
    """Medians over rounds in which the two take turns, in seconds."""

    products: float
    pairs: float

    @property
    def ratio(self) -> float:
        """How many times as long as the bare products all pairs take."""
        return self.pairs / self.products


@dataclass(frozen=True)
class Memory:
    """A large sample: seconds for the whole fit, and the peak of the process in megabytes."""

    seconds: float
    megabytes: float


def speed() -> Speed:
    """Score all pairs, and multiply the same blocks, in turn."""
    old, new = _vectors(ITEMS)
    groups = np.arange(ITEMS, dtype=np.int32)
    products, pairs = [], []
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        for vectors in (old, new):
            for start in range(0, ITEMS, _BLOCK):
                vectors[start : start + _BLOCK] @ vectors.T
        products.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        spaces = Closeness(Metric.COSINE, old), Closeness(Metric.COSINE, new)
        pair_scores(*spaces, groups, np.random.default_rng(0))
        pairs.append(time.perf_counter() - begin)
    return Speed(median(products), median(pairs))


def memory() -> Memory:
    """Fit a map on a large sample in a process of its own."""
    source = Path(__file__).resolve()
    code = (
        f"import sys; sys.path.insert(0, {str(source.parent.parent)!r}); from calibrating.speed import _many; _many()"
    )
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return Memory(time.perf_counter() - begin, float(done.stdout))


def _many() -> None:
    old, new = _vectors(MANY_ITEMS)
    sample = PairedSample(old, new, groups=np.arange(MANY_ITEMS))
    fit(sample, Space("old", DIMENSIONS), Space("new", DIMENSIONS), [PAIRS])
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1_000_000)


def _vectors(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    old = rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
    return old, old + rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
