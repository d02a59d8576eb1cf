"""The calibration map: what a score in the old space corresponds to in the new one, with the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from threshlint.calibration.errors import MapError
from threshlint.calibration.labelled import LabelledScores, Target
from threshlint.calibration.population import Population
from threshlint.calibration.recalibrate import Question, by_labels, recalibrate
from threshlint.calibration.recalibration import DEFAULT_LIMITS, Limits, Recalibration
from threshlint.calibration.scores import PairedScores
from threshlint.calibration.space import Space
from threshlint.calibration.top_k import TopKEvidence
from threshlint.calibration.units import unit_of


@dataclass(frozen=True)
class SampleFacts:
    """What a map says of the sample that it was made from.

    Attributes:
        items: How many items there were.
        queries: How many queries, where they were not the items.
        groups: How many groups of near-duplicates.
        grouped_by: ``given``, or ``near-duplicates`` where they were found by their cosines.
        labels: How many pairs people had judged.
        seeds: How many items were seeds, in a sample of seeds and their neighbours.
        index_size: How many documents production's index holds, if that was said.
        whole_index: Whether the items were all of them.
        digest: SHA-256 of the sample.

    """

    items: int
    queries: int | None
    groups: int
    grouped_by: str
    labels: int
    seeds: int | None
    index_size: int | None
    whole_index: bool
    digest: str


@dataclass(frozen=True, eq=False)
class CalibrationMap:
    """A map from one space to another, made by ``fit``.

    Attributes:
        old: The old space.
        new: The new one.
        scores: The paired scores of each population.
        top_k: How the best hits of the two spaces compare, where they were looked for.
        labels: The judged pairs with their scores.
        sample: What it was made from.
        created: The date, as ``2026-01-31``.
        seed: Of folds and resamplings.

    """

    old: Space
    new: Space
    scores: Mapping[Population, PairedScores]
    sample: SampleFacts
    created: str
    seed: int = 0
    top_k: TopKEvidence | None = None
    labels: LabelledScores | None = field(default=None)

    @property
    def populations(self) -> tuple[Population, ...]:
        """The populations that it was made for."""
        return tuple(self.scores)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the whole content, in hexadecimal digits."""
        from threshlint.calibration.map_file import digest_of

        return digest_of(self)

    def recalibrate(
        self,
        threshold: float,
        population: Population,
        *,
        unit: str | None = None,
        new_unit: str | None = None,
        inclusive: bool = True,
        limits: Limits = DEFAULT_LIMITS,
        target: Target | None = None,
        second_opinion: bool = True,
    ) -> Recalibration:
        """Carry a threshold from the old space to the new one.

        By count matching; where the map has labels enough and a target is given, by these.

        Args:
            threshold: The old threshold.
            population: Over which pairs the rule decides.
            unit: What it is told in (``cosine-similarity``, ``cosine-distance``, ``certainty``, ``l2``, …); the
                metric's own without.
            new_unit: What the new one is to be told in; the same without.
            inclusive: Whether a score equal to the threshold passes, as with ``>=``.
            limits: When an answer is refused.
            target: What to keep where there are labels: precision or recall.
            second_opinion: Whether to look for the threshold of best agreement, too: it takes most of the time.

        Returns:
            The new threshold with its evidence, or a verdict that refuses it.

        Raises:
            MapError: The map was not made for this population.
            UnitError: A space's scores cannot be told in a unit.

        """
        question = Question(
            threshold=threshold,
            population=population,
            old_unit=unit_of(self.old, unit),
            new_unit=unit_of(self.new, new_unit or unit),
            inclusive=inclusive,
            limits=limits,
            partial_index=bool(population.k) and not self.sample.whole_index,
            seed=self.seed,
            second_opinion=second_opinion,
        )
        answer = recalibrate(self.scores_of(population), question)
        if target is None or self.labels is None:
            return answer
        return by_labels(answer, self.scores_of(population), self.labels, question, target)

    def scores_of(self, population: Population) -> PairedScores:
        """Return the paired scores of a population.

        Raises:
            MapError: The map was not made for it.

        """
        if population not in self.scores:
            known = ", ".join(map(str, self.populations))
            raise MapError(
                f"the map was made for {known} and not for {population}: calibrate again with --population {population}"
            )
        return self.scores[population]
