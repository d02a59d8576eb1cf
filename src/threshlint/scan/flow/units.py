"""What a score is measured in: read off the solved graph, and said only where it is sure."""

from __future__ import annotations

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.origins import Origins
from threshlint.scan.knowledge.shapes import Role

RANGES = {"cosine-similarity": (-1.0, 1.0), "cosine-distance": (0.0, 2.0), "certainty": (0.0, 1.0)}

_COMPLEMENTS = {"cosine-similarity": "cosine-distance", "cosine-distance": "cosine-similarity"}
_TAKING_APART = frozenset({Op.ITEM, Op.UNPACK, Op.ITERATE, Op.SLICE, Op.AWAIT})
# What hands a score on as it is.
_HANDING_ON = frozenset(
    "item tolist numpy cpu cuda detach squeeze flatten ravel float max min mean amax array asarray diagonal".split()
)
_NO_SCORE = Role("other")
_MOST_NODES = 60


class Units:
    """Answers what a node's scores are measured in."""

    def __init__(self, engine: Engine, origins: Origins) -> None:
        self.engine = engine
        self.origins = origins
        self._known: dict[int, str | None] = {}

    def of(self, node: int) -> str | None:
        """Return the unit of a score, where everything that it may be has the same."""
        if node not in self._known:
            self._known[node] = self._look_for(node)
        return self._known[node]

    def _look_for(self, node: int) -> str | None:
        found: set[str | None] = set()
        seen: set[tuple[int, bool]] = set()
        pending = [(node, False)]
        while pending:
            current, complement = pending.pop()
            if (current, complement) in seen:
                continue
            seen.add((current, complement))
            if current < 0 or current in self.origins.guessed or len(seen) > _MOST_NODES:
                return None
            if self.origins.says_nothing(current):
                continue
            made = self.origins.made_by(current)
            unit = self._of_call(made) if made is not None and made[0] is Op.CALL else None
            if made is not None and self.engine.is_cosine(made):
                unit = "cosine-similarity"
            if unit is not None:
                found.add(_COMPLEMENTS.get(unit) if complement else unit)
                continue
            onward = self._handed_on(current, made, complement) if made is not None else []
            sources = [(source, complement) for source in self.origins.sources(current)]
            if not onward and not sources:
                return None
            # What is taken apart may be joined to its parts by edges already.
            pending += sources or onward
        return found.pop() if len(found) == 1 else None

    def _of_call(self, made: Operation) -> str | None:
        units = {entry.unit for entry in self.origins.entries(made[2]) if entry.returns != _NO_SCORE}
        return units.pop() if len(units) == 1 else None

    def _handed_on(self, node: int, made: Operation, complement: bool) -> list[tuple[int, bool]]:
        if made[0] in _TAKING_APART:
            return [(made[2], complement)]
        if made[0] is Op.CALL and self.engine.graph.word_of(node) in _HANDING_ON:
            receiver = self.origins.receiver(made[2])
            if receiver >= 0 and self.engine.held[receiver] and not self.origins.entries(made[2]):
                return [(receiver, complement)]
            return [(made[3][0], complement)] if len(made[3]) == 1 else []
        if made[0] is Op.BINARY and made[2] == "-":
            literal = self.engine.graph.literal(made[3])
            if literal is not None and literal.text in ("1", "1.0", "1."):
                return [(made[4], not complement)]
        return []
