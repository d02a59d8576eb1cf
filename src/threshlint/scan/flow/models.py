"""Which embedding models stand behind the vectors and the scores that reach a node.

Read off the solved graph, backward. What is said must hold, so a value that may come from anywhere leaves the answer
open; where two sides of a comparison meet, one of them is enough, since only vectors of one space can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.builtins import PASSING, SAME
from threshlint.scan.flow.calls import WRAPPERS
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.origins import Origins
from threshlint.scan.flow.values import (
    CLASS,
    DIFFERENCE,
    DISTANCE,
    EMBEDDER,
    EMBEDDING,
    EXTERNAL,
    FUNCTION,
    HIT,
    INSTANCE,
    LIBRARY_METHOD,
    MAPPING,
    MODULE,
    ORDER,
    PART,
    PRODUCT,
    RANKED,
    ROW,
    ROWS,
    SEQUENCE,
    SHAPE,
    SIMILARITY,
    ZIPPED,
)

_ROLES = frozenset({EMBEDDING, SIMILARITY, DISTANCE, DIFFERENCE, PRODUCT, ORDER, RANKED, HIT, PART, EMBEDDER})
_CARRIERS = frozenset({SHAPE, INSTANCE, LIBRARY_METHOD, SEQUENCE, MAPPING, ZIPPED, ROW, ROWS})
_WHOLE = frozenset({SHAPE, INSTANCE, ROWS})  # what is taken apart without an edge to its parts
_TAKING_APART = frozenset({Op.ATTRIBUTE, Op.ITEM, Op.UNPACK, Op.ITERATE, Op.SLICE})
_NO_DATA = frozenset({MODULE, EXTERNAL, CLASS, FUNCTION})
_DEEPEST = 300


@dataclass(frozen=True)
class Named:
    """A model, and the node where the code names it."""

    model: str
    node: int


@dataclass(frozen=True)
class Behind:
    """The models behind a node; ``open`` when there may be others."""

    named: frozenset[Named] = frozenset()
    open: bool = False

    @property
    def models(self) -> frozenset[str]:
        """All of them, or none where that is not known."""
        return frozenset() if self.open else frozenset(one.model for one in self.named)


_NEUTRAL = Behind()
_UNKNOWN = Behind(open=True)


class Models:
    """Answers which models stand behind a node."""

    def __init__(self, engine: Engine, origins: Origins, known_models: Collection[str]) -> None:
        self.engine = engine
        self.origins = origins
        self.known = frozenset(known_models)
        self._found: dict[int, Behind] = {}
        self._partial: dict[int, Behind] = {}  # of nodes in loops, for one question
        self._stack: dict[int, int] = {}
        self._named: dict[int, Behind] = {node: self._model_of(node) for node in engine.embedders}
        self.any_known = any(behind.models for behind in self._named.values())
        self._fed = self._what_objects_are_fed()

    def behind(self, node: int) -> Behind:
        """Return the models behind what a node holds."""
        if not self.any_known:
            return _UNKNOWN
        self._partial.clear()
        return self._walk(node)[0]

    def _model_of(self, node: int) -> Behind:
        entry, arguments = self.engine.embedders[node]
        given = self.engine.named_arguments(entry, arguments)
        names = self.origins.strings(given.get(entry.embedder.get("model", ""), -1))
        if names is None or not all(map(self._is_model, names)):
            return _UNKNOWN
        return Behind(frozenset(Named(name, node) for name in names))

    def _is_model(self, name: str) -> bool:
        """Tell a model's name from a deployment's, whose model the code does not say, and from a path."""
        return name in self.known or (name.count("/") == 1 and name[0] not in "./~")

    def _what_objects_are_fed(self) -> dict[int, list[int]]:
        """Return the vectors that a library's objects are given by their methods, by the call that made the object."""
        fed: dict[int, list[int]] = defaultdict(list)
        for made in self.engine.made_by.values():
            if made[0] is not Op.CALL or made[2] < 0:
                continue
            for value in self.engine.held[made[2]]:
                if isinstance(value, tuple) and value[0] == LIBRARY_METHOD:
                    fed[value[3]] += [node for node in _given(made) if self._is_of_interest(node)]
        return fed

    # the way back; each answer with the height of the lowest open question that it depends on

    def _walk(self, node: int) -> tuple[Behind, int]:
        free = len(self._stack)
        if node < 0:
            return _NEUTRAL, free
        if node in self._stack:
            return _NEUTRAL, self._stack[node]
        known = self._found.get(node) or self._partial.get(node)
        if known is not None:
            return known, free
        if free > _DEEPEST:
            return _UNKNOWN, free
        self._stack[node] = free
        behind, lowest = self._look(node, free)
        del self._stack[node]
        (self._found if lowest >= free else self._partial)[node] = behind
        return behind, lowest

    def _all(self, nodes: Iterable[int], lowest: int) -> tuple[list[Behind], int]:
        parts = []
        for node in nodes:
            behind, height = self._walk(node)
            parts.append(behind)
            lowest = min(lowest, height)
        return parts, lowest

    def _look(self, node: int, height: int) -> tuple[Behind, int]:
        engine = self.engine
        named = self._named.get(node)
        if named is not None:
            return named, height
        if engine.graph.literal(node) is not None or engine.graph.string(node) is not None:
            return _NEUTRAL, height
        sources = self.origins.sources(node)
        if node in engine.shared:
            sources = [source for source in sources if self._is_of_interest(source)]
        parts, lowest = self._all(sources, height)
        if node in self.origins.open_parameters or node in self.origins.guessed:
            parts.append(_UNKNOWN)
        made = self.origins.made_by(node)
        explained = bool(parts)
        if made is not None:
            inputs, together = self._inputs(node, made, explained)
            found, lowest = self._all(inputs, lowest)
            if found:
                parts.append(_met(found) if together else _joined(found))
            if made[0] is Op.CALL and self._is_unknown_call(node, made, explained):
                parts.append(_UNKNOWN)
        if node in engine.elements:
            found, lowest = self._all([engine.elements[node]], lowest)
            parts += found
        if not parts:
            return (_NEUTRAL if self._is_no_data(node) else _UNKNOWN), lowest
        return _joined(parts), lowest

    def _inputs(self, node: int, made: Operation, explained: bool) -> tuple[list[int], bool]:
        """Return the operands that an operation makes its result of, and whether they meet in it."""
        op = made[0]
        if op is Op.BINARY:
            return [side for side in made[3:5] if self._is_of_interest(side)], True
        if op is Op.UNARY:
            return [made[3]], False
        if op in _TAKING_APART:
            base = made[2]
            inputs = [base] if base >= 0 and (not explained or self._is_whole(base)) else []
            if op is Op.ITEM and made[4] >= 0 and ORDER in self.engine.held[made[4]]:
                inputs.append(made[4])
            return inputs, False
        if op is Op.CALL and not (self.origins.calls_project(made[2]) or (explained and not self._is_library(made[2]))):
            receiver = self.origins.receiver(made[2])
            inputs = [each for each in (receiver, *_given(made)) if self._is_of_interest(each)]
            for value in self.engine.held[receiver] if receiver >= 0 else ():
                if isinstance(value, tuple) and value[0] == INSTANCE:
                    inputs += self._fed.get(value[2], ())
            return inputs, True
        return [], False

    def _is_unknown_call(self, node: int, made: Operation, explained: bool) -> bool:
        """Tell whether it is not known what a called function makes of what it is given."""
        if explained or self.origins.calls_project(made[2]) or node in self.engine.resolved:
            return False
        return self.engine.graph.word_of(node) not in PASSING | SAME | WRAPPERS

    def _is_library(self, function: int) -> bool:
        return bool(self.origins.entries(function))

    def _is_whole(self, node: int) -> bool:
        return any(
            value in _ROLES - {RANKED} if isinstance(value, str) else value[0] in _WHOLE
            for value in self.engine.held[node]
        )

    def _is_of_interest(self, node: int) -> bool:
        """Tell whether a node holds anything that vectors or scores may be in."""
        if node < 0:
            return False
        return node in self._named or any(
            value in _ROLES if isinstance(value, str) else value[0] in _CARRIERS for value in self.engine.held[node]
        )

    def _is_no_data(self, node: int) -> bool:
        held = self.engine.held[node]
        return bool(held) and all(isinstance(value, tuple) and value[0] in _NO_DATA for value in held)


def _given(made: Operation) -> list[int]:
    """Return the arguments of a call."""
    return [*made[3], *made[4].values(), *made[5], *made[6]]


def _joined(parts: Iterable[Behind]) -> Behind:
    """It is one or the other."""
    parts = list(parts)
    return Behind(frozenset().union(*(part.named for part in parts)), any(part.open for part in parts))


def _met(parts: Iterable[Behind]) -> Behind:
    """They were compared, or made into one: what is known of some holds for all."""
    parts = list(parts)
    certain = [part for part in parts if part.named and not part.open]
    return _joined(certain or parts)
