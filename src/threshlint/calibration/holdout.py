"""Decisions on pairs that a threshold was not fitted on: what a rule does to data that it has not seen.

Groups of near-duplicates go into folds as a whole, so that no family stands on both sides. A pair belongs to the folds
of its two items, and is decided by a threshold fitted on the pairs that touch neither of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threshlint.calibration.agreement import Agreement, best_agreement
from threshlint.calibration.matching import finite, gap_at
from threshlint.calibration.scores import PairedScores, Rows

FOLDS = 5


@dataclass(frozen=True)
class HeldOut:
    """Agreement on pairs not used for fitting.

    Attributes:
        matched: Of the count-matched thresholds.
        optimal: Of the thresholds of highest F1.

    """

    matched: Agreement
    optimal: Agreement


def held_out(scores: PairedScores, rows: Rows, threshold: float, seed: int) -> HeldOut:
    """Fit on some folds and decide on the others, in turn.

    Args:
        scores: The population.
        rows: The rows that answer for the old threshold.
        threshold: The old threshold, as closeness.
        seed: Of the assignment of groups to folds.

    """
    folds = assign_folds(scores.group_sizes, seed)
    first = folds[scores.groups[rows.first]]
    second = folds[scores.groups[rows.second]] if scores.dyadic else first
    old_passes = rows.old >= threshold
    matched = np.zeros(len(rows), dtype=bool)
    optimal = np.zeros(len(rows), dtype=bool)
    for one in range(FOLDS):
        for other in range(one, FOLDS) if scores.dyadic else (one,):
            judged = ((first == one) & (second == other)) | ((first == other) & (second == one))
            if not judged.any():
                continue
            fitted = ~((first == one) | (first == other) | (second == one) | (second == other))
            training, passing = rows.where(fitted), old_passes[fitted]
            for decisions, fit in ((matched, _matched), (optimal, _optimal)):
                decisions[judged] = rows.new[judged] >= fit(training, passing)
    return HeldOut(*(_agreement(scores, rows, old_passes, new) for new in (matched, optimal)))


def assign_folds(sizes: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Spread groups over folds of about equal size: at random, the large ones first. Shape (groups,)."""
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    folds = np.zeros(len(sizes), dtype=np.int64)
    filled = [0] * FOLDS
    for group in order:
        smallest = filled.index(min(filled))
        folds[group] = smallest
        filled[smallest] += int(sizes[group])
    return folds


def _matched(training: Rows, passing: NDArray[np.bool_]) -> float:
    gap = gap_at(finite(training.new_sorted), int(passing.sum()))
    return gap.high if gap.positives else math.inf


def _optimal(training: Rows, passing: NDArray[np.bool_]) -> float:
    gap = best_agreement(training, passing)
    return math.inf if gap is None else gap.high


def _agreement(scores: PairedScores, rows: Rows, old: NDArray[np.bool_], new: NDArray[np.bool_]) -> Agreement:
    both = int((old & new).sum())
    old_only, new_only = int(old.sum()) - both, int(new.sum()) - both
    return Agreement(both * rows.scale, old_only * rows.scale, new_only * rows.scale, float(scores.total))
