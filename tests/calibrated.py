"""A real calibration map of two made-up models, small enough to be made in a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from threshlint.calibration import PAIRS, TOP1, CalibrationMap, PairedSample, Space, fit, save, top_k

OLD, NEW = "old-model", "new-model"
ITEMS, QUERIES, TOPICS = 600, 300, 40


@cache
def made_map() -> CalibrationMap:
    """Return a map that was made for ``pairs``, ``top1`` and ``topk:5``.

    Every third item has a near-duplicate; queries are at any distance from the item that they ask for.
    """
    rng = np.random.default_rng(7)
    meanings = rng.normal(size=(TOPICS, 24))[rng.integers(TOPICS, size=ITEMS)] + rng.normal(size=(ITEMS, 24)) * 0.6
    meanings[1::3] = meanings[::3] + rng.normal(size=(ITEMS // 3, 24)) * rng.uniform(0.05, 0.6, (ITEMS // 3, 1))
    asked = meanings[rng.integers(ITEMS, size=QUERIES)]
    asked = asked + rng.normal(size=asked.shape) * rng.uniform(0.1, 1.5, (QUERIES, 1))
    into_old, into_new = rng.normal(size=(24, 32)), rng.normal(size=(24, 40))

    def old(of: np.ndarray) -> np.ndarray:
        return (of @ into_old).astype(np.float32)

    def new(of: np.ndarray) -> np.ndarray:
        return (np.tanh(of @ into_new * 0.03) + 0.15).astype(np.float32)

    sample = PairedSample(old(meanings), new(meanings), old(asked), new(asked))
    return fit(sample, Space(OLD, 32), Space(NEW, 40), [PAIRS, TOP1, top_k(5)])


def write_map(folder: Path) -> Path:
    """Write the map into a folder."""
    file = folder / "old-to-new.thrmap"
    save(made_map(), file)
    return file
