"""Where a literal ends: every place that a site's number reaches, read off the solved graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from threshlint.scan.facts import Op
from threshlint.scan.flow.builtins import SAME
from threshlint.scan.flow.demand import KINDS, Demand
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.origins import Origins

_MOST_NODES = 500


@dataclass(frozen=True)
class Use:
    """A place that makes something of a number."""

    demand: Demand
    nodes: frozenset[int]  # where the number arrives there
    scaled: bool  # whether something was reckoned with the number on its way


class Uses:
    """The way forward from a literal."""

    def __init__(self, engine: Engine, origins: Origins) -> None:
        self.engine = engine
        self.origins = origins
        self.ends: dict[int, list[Demand]] = defaultdict(list)
        for node, demand in engine.begun:
            if demand.kind in KINDS:
                self.ends[node].append(demand)

    def of(self, literal: int) -> list[Use]:
        """Return every use of a literal, or none where they are too many to tell."""
        arrived: dict[tuple[str, int], list[tuple[Demand, int, bool]]] = defaultdict(list)
        seen: set[tuple[int, bool]] = set()
        pending = [(literal, False)]
        while pending:
            node, scaled = pending.pop()
            if (node, scaled) in seen:
                continue
            seen.add((node, scaled))
            if len(seen) > _MOST_NODES:
                return []
            for demand in self.ends.get(node, ()):
                arrived[demand.kind, demand.node].append((demand, node, scaled))
            sure = self.engine.onward[node][: self.origins.sure_edges(node)]
            pending += [(target, scaled) for target in sure]
            pending += self._through_operations(node, scaled)
        return [
            Use(ways[0][0], frozenset(node for _, node, _ in ways), any(scaled for _, _, scaled in ways))
            for ways in arrived.values()
        ]

    def _through_operations(self, node: int, scaled: bool) -> Iterator[tuple[int, bool]]:
        """Yield the results that a demand came back through to their operand."""
        for operation in self.engine.users[node]:
            op, result = operation[0], operation[1]
            if result not in self.engine.demands:
                continue
            if op is Op.CALL and node != operation[2]:
                yield result, scaled or self.engine.graph.word_of(result) not in SAME
            elif op in (Op.BINARY, Op.UNARY):
                yield result, True
