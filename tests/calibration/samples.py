"""Synthetic items under two models: families of near-duplicates, seen through two rotations with noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from threshlint.calibration import CalibrationMap, Metric, PairedSample, Population, Space, fit, pairs
from threshlint.calibration.scores import PairedScores, Rows

Floats = NDArray[np.floating[Any]]


def rotation(rng: np.random.Generator, dimension: int) -> Floats:
    """A random rotation."""
    return np.linalg.qr(rng.normal(size=(dimension, dimension)))[0]


def families(
    rng: np.random.Generator, count: int = 100, size: int = 4, dimension: int = 24, spread: float = 0.6
) -> Floats:
    """Items in families, one family after another, shape (count * size, dimension)."""
    centres = np.repeat(rng.normal(size=(count, dimension)), size, axis=0)
    return centres + spread * rng.normal(size=centres.shape) * rng.uniform(0.3, 1.5, (len(centres), 1))


def related(seed: int = 0, noise: float = 0.15, dtype: Any = np.float32, **shape: Any) -> PairedSample:
    """The same items under two models that agree but for some noise. Families are the groups."""
    rng = np.random.default_rng(seed)
    old = families(rng, **shape)
    new = (old + noise * rng.normal(size=old.shape)) @ rotation(rng, old.shape[1])
    size = shape.get("size", 4)
    return PairedSample(old.astype(dtype), new.astype(dtype), groups=np.arange(len(old)) // size)


def shuffled(sample: PairedSample, seed: int = 0) -> PairedSample:
    """The same vectors, but the new ones are those of other items: two unrelated spaces."""
    return replace(sample, new=np.random.default_rng(seed).permutation(sample.new))


def fitted(
    sample: PairedSample,
    *populations: Population,
    metric: Metric = Metric.COSINE,
    new_metric: Metric | None = None,
    seed: int = 0,
) -> CalibrationMap:
    """The map from a sample's old space to its new one."""
    old, new = (
        Space(name, vectors.shape[1], each)
        for name, vectors, each in (("old", sample.old, metric), ("new", sample.new, new_metric or metric))
    )
    return fit(sample, old, new, populations or None, seed=seed)


def scores_of(
    old: Any, new: Any, first: Any = None, second: Any = None, groups: Any = None, *, dyadic: bool = True
) -> PairedScores:
    """Paired scores of some pairs, kept as a whole. Without numbers of items, no pair shares one with another."""
    old, new = np.asarray(old), np.asarray(new)
    if first is None:
        first = np.arange(len(old)) * (2 if dyadic else 1)
    if second is None:
        second = np.asarray(first) + 1
    first, second = np.asarray(first, dtype=np.int32), np.asarray(second, dtype=np.int32)
    if groups is None:
        groups = np.arange(max(first.max(initial=0), second.max(initial=0) if dyadic else 0) + 1)
    return PairedScores(
        Rows(old, new, first, second), None, -np.inf, -np.inf, len(old), np.asarray(groups, dtype=np.int32), dyadic
    )


def keep_pairs(patched: pytest.MonkeyPatch, tail: int, body: int) -> None:
    """Have fewer pairs kept one by one, and fewer of the body drawn, than of samples that are not made for tests."""
    for name, value in {"TAIL": tail, "BODY": body, "_ALL": tail + body}.items():
        patched.setattr(pairs, name, value)


def at_rate(made: CalibrationMap, population: Population, rate: float) -> float:
    """The old threshold, as closeness, that so large a share of a population passes."""
    scores = made.scores_of(population)
    known = np.sort(scores.old[np.isfinite(scores.old)])[::-1]
    place = max(1, round(rate * len(known)))
    return float(known[place - 1] + known[place]) / 2
