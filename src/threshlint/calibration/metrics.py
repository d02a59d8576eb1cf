"""Scores of vectors under a metric, as closeness: for every metric, higher is closer.

Distances are negated, so that what counts, sorts and matches scores needs one direction only. ``units.py`` turns
closeness into what a store reports.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.floating[Any]]


class Metric(str, Enum):
    """How two vectors are compared."""

    COSINE = "cosine"
    DOT = "dot"
    L2 = "l2"
    SQUARED_L2 = "squared-l2"
    ANGLE = "angle"  # in radians

    __str__ = str.__str__

    @property
    def is_distance(self) -> bool:
        """Whether lower is closer."""
        return self in (Metric.L2, Metric.SQUARED_L2, Metric.ANGLE)


def widened(vectors: Vectors) -> Vectors:
    """Return the vectors in single or double precision: products of others are slow, of half precision coarse too."""
    return vectors.astype(np.float64 if vectors.dtype.itemsize > 4 else np.float32, copy=False)


def normalised(vectors: Vectors) -> Vectors:
    """Return the vectors at length 1.

    Args:
        vectors: Shape (n, d), none of them zero.

    """
    # The squares of very large and very small numbers leave the range, so bring the largest of each near to 1 first.
    _, exponents = np.frexp(np.abs(vectors).max(axis=1, keepdims=True))
    scaled = np.ldexp(vectors, -exponents)
    unit: Vectors = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    return unit


class Closeness:
    """Closeness of the rows of two sets of vectors, block by block.

    What only needs doing once a vector (norms, unit length) is done once, so that a block costs a matrix product.

    Args:
        metric: How vectors are compared.
        first: Shape (n, d).
        second: Shape (m, d); the same as ``first`` if left out.

    """

    def __init__(self, metric: Metric, first: Vectors, second: Vectors | None = None) -> None:
        self.metric = metric
        self.first = _prepared(metric, first)
        self.second = self.first if second is None else _prepared(metric, second)
        if metric in (Metric.L2, Metric.SQUARED_L2):
            # Distances do not care where the origin is, and the squares of vectors far from it cancel.
            centre = self.second.mean(axis=0)
            self.first = self.first - centre
            self.second = self.first if second is None else self.second - centre
            self._first_squares = np.einsum("ij,ij->i", self.first, self.first)
            self._second_squares = (
                self._first_squares if second is None else np.einsum("ij,ij->i", self.second, self.second)
            )

    def block(self, rows: slice, columns: slice = slice(None)) -> Vectors:
        """Return the closeness of some rows of ``first`` and some of ``second``, shape (rows, columns)."""
        return self._scored(self.first[rows] @ self.second[columns].T, rows, columns)

    def rows(self, numbers: NDArray[np.int32]) -> Vectors:
        """Return the closeness of chosen rows of ``first`` and all of ``second``, shape (len(numbers), m)."""
        return self._scored(self.first[numbers] @ self.second.T, numbers, slice(None))

    def _scored(self, products: Vectors, rows: slice | NDArray[np.int32], columns: slice) -> Vectors:
        if self.metric in (Metric.L2, Metric.SQUARED_L2):
            products *= 2
            products -= self._first_squares[rows, None]
            products -= self._second_squares[None, columns]
        return self._finished(products)

    def of(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Vectors:
        """Return the closeness of chosen rows, one of ``first`` with one of ``second``, shape (len(first),)."""
        one, other = self.first[first], self.second[second]
        if self.metric in (Metric.L2, Metric.SQUARED_L2):
            difference = one - other
            return self._finished(-np.einsum("ij,ij->i", difference, difference))
        return self._finished(np.einsum("ij,ij->i", one, other))

    def _finished(self, scores: Vectors) -> Vectors:
        if self.metric is Metric.L2:
            np.minimum(scores, 0, out=scores)
            return -np.sqrt(-scores)
        if self.metric is Metric.SQUARED_L2:
            return np.minimum(scores, 0, out=scores)
        if self.metric is Metric.DOT:
            return scores
        np.clip(scores, -1, 1, out=scores)  # of a vector and itself, rounding makes it 1.0000001
        return -np.arccos(scores) if self.metric is Metric.ANGLE else scores


def _prepared(metric: Metric, vectors: Vectors) -> Vectors:
    vectors = widened(vectors)
    return normalised(vectors) if metric in (Metric.COSINE, Metric.ANGLE) else vectors
