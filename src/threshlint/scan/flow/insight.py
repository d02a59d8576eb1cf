"""What the solved graph tells of a site beyond its kind: the models behind its scores, their unit, the side kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from threshlint.scan.facts import Literal, Op, Operation
from threshlint.scan.flow.direction import Direction
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.meetings import Meetings
from threshlint.scan.flow.models import Models, Named
from threshlint.scan.flow.origins import Origins
from threshlint.scan.flow.populations import Populations
from threshlint.scan.flow.units import RANGES, Units
from threshlint.scan.flow.uses import Use, Uses
from threshlint.site import Evidence, Kind, Mismatch, Site, Span, Step


@dataclass(frozen=True)
class _Measure:
    unit: str | None = None
    low: float | None = None
    high: float | None = None


class Insight:
    """Looks at the graph again, once it is solved."""

    def __init__(self, engine: Engine, known_models: Collection[str]) -> None:
        self.engine = engine
        self.origins = Origins(engine)
        self.models = Models(engine, self.origins, known_models)
        self.units = Units(engine, self.origins)
        self.uses = Uses(engine, self.origins)
        self.direction = Direction(engine)
        self.populations = Populations(engine, self.origins)

    def into(self, site: Site, node: int, literal: Literal) -> Site:
        """Return a site with what is sure of the scores that reach it; a name alone makes nothing sure."""
        uses = self.uses.of(node) if site.evidence is not Evidence.NAME else []
        if not uses:
            return site
        measure = self._measure(uses)
        return replace(
            site,
            sources=self._sources(uses),
            unit=measure.unit,
            low=measure.low,
            high=measure.high,
            population=self._population(site, uses),
            inclusive=self._inclusive(site, uses),
            kept=self._kept(uses, literal) if measure.unit else None,
        )

    def _sources(self, uses: list[Use]) -> tuple[str, ...]:
        found: set[str] = set()
        for use in uses:
            models = self.models.behind(use.demand.node).models
            if not models:
                return ()
            found |= models
        return tuple(sorted(found))

    def _measure(self, uses: list[Use]) -> _Measure:
        measures = {self._measure_of(use) for use in uses}
        return measures.pop() if len(measures) == 1 else _Measure()

    def _measure_of(self, use: Use) -> _Measure:
        take = use.demand.take
        unit = take.unit if take is not None else self._unit_of_score(use)
        if use.scaled or unit is None:
            return _Measure()
        low, high = RANGES.get(unit, (None, None))
        if take is not None:
            low = take.low if take.low is not None else low
            high = take.high if take.high is not None else high
        return _Measure(unit, low, high)

    def _unit_of_score(self, use: Use) -> str | None:
        """Return the unit of the score that a number is compared with itself, not after some reckoning."""
        compared = any(
            operation[0] is Op.COMPARE and use.demand.node in (operation[2], operation[4])
            for node in use.nodes
            for operation in self.engine.users[node]
        )
        return self.units.of(use.demand.node) if compared else None

    def _population(self, site: Site, uses: list[Use]) -> str | None:
        if site.kind not in (Kind.SIMILARITY_THRESHOLD, Kind.DISTANCE_THRESHOLD) or any(use.scaled for use in uses):
            return None
        found = {self.populations.of(use) for use in uses}
        return found.pop() if len(found) == 1 else None

    def _inclusive(self, site: Site, uses: list[Use]) -> bool | None:
        """Return whether a score that equals a cutoff counts as close, by the operators that compare them."""
        found = {
            self._passes_when_equal(site, operation, use.demand.node)
            for use in uses
            for node in use.nodes
            for operation in self.engine.users[node]
            if operation[0] is Op.COMPARE and {operation[2], operation[4]} == {node, use.demand.node}
        }
        return found.pop() if len(found) == 1 else None

    @staticmethod
    def _passes_when_equal(site: Site, comparison: Operation, score: int) -> bool:
        _, _, left, operator, _ = comparison
        keeps_above: bool = operator.startswith(">") == (left == score)
        # `score < cutoff` sorts out what is not close: what equals the cutoff stays.
        sorts_out = keeps_above == (site.kind is Kind.DISTANCE_THRESHOLD)
        passes: bool = operator.endswith("=") != sorts_out
        return passes

    def _kept(self, uses: list[Use], literal: Literal) -> str | None:
        if len(uses) != 1 or uses[0].scaled:
            return None
        sides = {self.direction.kept(node, uses[0].demand.node, literal.scope) for node in uses[0].nodes} - {None}
        return sides.pop() if len(sides) == 1 else None

    def mismatches(self) -> Iterator[Mismatch]:
        """Yield the places where vectors of two models meet; a span is the line's, for a node has no more."""
        graph = self.engine.graph
        for meeting in Meetings(self.engine, self.origins, self.models).all():
            line = graph.line_of(meeting.node)
            yield Mismatch(
                graph.path_of(meeting.node),
                Span(line, 1, line, 1),
                (meeting.one.model, meeting.other.model),
                meeting.in_index,
                (self._step(meeting.one), self._step(meeting.other)),
            )

    def _step(self, named: Named) -> Step:
        graph = self.engine.graph
        return Step(graph.path_of(named.node), graph.line_of(named.node), f"`{named.model}` is named")
