"""Redraw coverage: how often an interval from a sample holds what the whole corpus says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from calibrating.draws import Sampler
from threshlint.calibration import CalibrationMap, Population, Recalibration, Verdict


@dataclass
class Coverage:
    """What came of all draws at one threshold.

    Attributes:
        threshold: The old one.
        whole: What the whole corpus makes of it.
        answers: What each draw made of it.
        volumes: New positives over old ones in the whole corpus, at each draw's new threshold; None where it has none.

    """

    threshold: float
    whole: Recalibration
    answers: list[Recalibration]
    volumes: list[float | None]

    @property
    def vouched(self) -> list[int]:
        """The draws whose verdict is ok."""
        return [draw for draw, answer in enumerate(self.answers) if answer.verdict is Verdict.OK]

    @property
    def of_threshold(self) -> float | None:
        """Share of the vouched-for intervals that hold the whole corpus's threshold."""
        return self._share(lambda draw: _holds(self.answers[draw].low, self.answers[draw].high, self.whole.new))

    @property
    def of_one(self) -> float | None:
        """Share of the vouched-for volume intervals that hold 1."""
        return self._share(lambda draw: _holds(self.answers[draw].volume_low, self.answers[draw].volume_high, 1.0))

    @property
    def of_volume(self) -> float | None:
        """Share of the vouched-for volume intervals that hold the volume in the whole corpus."""
        return self._share(
            lambda draw: _holds(self.answers[draw].volume_low, self.answers[draw].volume_high, self.volumes[draw])
        )

    def _share(self, holds: Callable[[int], bool]) -> float | None:
        vouched = self.vouched
        return sum(map(holds, vouched)) / len(vouched) if vouched else None


def coverage(
    sampler: Sampler, thresholds: Sequence[float], draws: int, progress: Callable[[float], None]
) -> list[Coverage]:
    """Draw samples and compare each with the whole corpus."""
    whole = sampler.whole()
    of_all = [Coverage(threshold, whole.recalibrate(threshold, sampler.population), [], []) for threshold in thresholds]
    for draw in range(draws):
        made = sampler.draw(np.random.default_rng(draw))
        for each in of_all:
            answer = made.recalibrate(each.threshold, sampler.population, second_opinion=False)
            each.answers.append(answer)
            each.volumes.append(volume_in(whole, sampler.population, each.threshold, answer.new))
        progress((draw + 1) / draws)
    return of_all


def volume_in(made: CalibrationMap, population: Population, threshold: float, new: float | None) -> float | None:
    """Return new positives over old ones; None where one of the two cannot be counted."""
    if new is None:
        return None
    scores = made.scores_of(population)
    rows = scores.rows_for(threshold)
    old = int((rows.old >= threshold).sum())
    if rows is scores.tail and new < scores.floor_new:  # there are more than are kept
        return None
    return int((rows.new >= new).sum()) / old if old else None


def _holds(low: float | None, high: float | None, value: float | None) -> bool:
    return low is not None and high is not None and value is not None and low <= value <= high
