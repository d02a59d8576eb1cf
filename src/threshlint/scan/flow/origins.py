"""Where values come from, read off the solved graph: the way back from any node, with parameters and calls."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, repeat

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.access import NAMESPACE
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.values import CLASS, EXTERNAL, FUNCTION, INSTANCE, LIBRARY_METHOD, METHOD, OBJECT
from threshlint.scan.knowledge import Call

_PROJECT = frozenset({FUNCTION, METHOD, CLASS, OBJECT})
_INFINITIES = frozenset({"inf", "infinity", "Infinity", "NINF"})
_STARTS = frozenset({"0", "0.0", "0.", "1", "1.0", "1.", "inf", "-inf", "+inf", "infinity"})
_MOST_STRINGS = 400  # nodes looked at for one string


class Origins:
    """The graph backward, once it is solved."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def sources(self, node: int) -> list[int]:
        """Return the nodes that values come from."""
        engine = self.engine
        return sorted((*engine.back[node], *engine.carried.get(node, ()))) if node >= 0 else []

    @cached_property
    def guessed(self) -> frozenset[int]:
        """The nodes that names alone tied to others."""
        sure = chain(self.engine.sure_edges, repeat(0))
        return frozenset(
            target
            for targets, certain in zip(self.engine.onward, sure, strict=False)
            if len(targets) > certain
            for target in targets[certain:]
        )

    @cached_property
    def _derived(self) -> dict[int, Operation]:
        """The operations that the engine added, by their results."""
        made_by = self.engine.made_by
        return {
            operation[1]: operation
            for operations in self.engine.users
            for operation in operations
            if operation[1] >= 0 and operation[1] not in made_by
        }

    def sure_edges(self, node: int) -> int:
        """Return how many of a node's edges onward no name had a say in; they come first."""
        sure = self.engine.sure_edges
        return sure[node] if node < len(sure) else 0

    def made_by(self, node: int) -> Operation | None:
        """Return the operation behind a node, one that the engine added included."""
        return self.engine.made_by.get(node) or self._derived.get(node)

    @cached_property
    def open_parameters(self) -> frozenset[int]:
        """The parameters of functions that the project itself never calls: anything may be given to them."""
        engine, graph = self.engine, self.engine.graph
        called = {crossing.function for crossing in engine.crossings.values()}
        for made in engine.made_by.values():
            if made[0] is Op.CALL and made[2] >= 0:
                for value in engine.held[made[2]]:
                    if isinstance(value, tuple) and value[0] == CLASS:
                        initializer = engine.method_of(value[1], "__init__")
                        if initializer is not None:
                            called.add(initializer)
        return frozenset(
            parameter.node
            for index, function in enumerate(graph.functions)
            if index not in called
            for parameter in function.parameters
        )

    def says_nothing(self, node: int) -> bool:
        """Tell a declared type, and what a search for the best starts with, from what brings scores."""
        made = self.made_by(node)
        if made is not None:
            is_infinity = made[0] is Op.ATTRIBUTE and made[3] in _INFINITIES
            return made[0] is Op.INSTANCE or is_infinity or (made[0] is Op.UNARY and self.says_nothing(made[3]))
        literal = self.engine.graph.literal(node)
        return (literal.text.strip("-") if literal is not None else self.engine.graph.string(node)) in _STARTS

    def calls_project(self, function: int) -> bool:
        """Tell whether a called expression may be one of the project's own functions or classes."""
        return any(
            isinstance(value, tuple) and value[0] in _PROJECT
            for value in (self.engine.held[function] if function >= 0 else ())
        )

    def receiver(self, function: int) -> int:
        """Return the object whose method a called expression is, or -1."""
        made = self.engine.made_by.get(function)
        return int(made[2]) if made is not None and made[0] is Op.ATTRIBUTE else -1

    def entries(self, function: int) -> list[Call]:
        """Return what is known of the library functions that a called expression may be."""
        knowledge = self.engine.knowledge
        found: list[Call] = []
        for value in self.engine.held[function] if function >= 0 else ():
            if not isinstance(value, tuple):
                continue
            if value[0] == EXTERNAL:
                found += knowledge.find(value[1])[1]
            elif value[0] == LIBRARY_METHOD:
                found += knowledge.method(value[1], value[2])
            elif value[0] == INSTANCE:
                found += knowledge.method(value[1], "__call__")
        return found

    def strings(self, node: int) -> frozenset[str] | None:
        """Return every constant string that a node may hold; None where it may hold another as well."""
        engine = self.engine
        found: set[str] = set()
        seen = {node}
        pending = [node]
        while pending:
            current = pending.pop()
            text = engine.graph.string(current) if current >= 0 else None
            if text is not None:
                found.add(text)
                continue
            if current < 0 or len(seen) > _MOST_STRINGS or self._is_given_from_outside(current):
                return None
            sources = self.sources(current)
            if not sources:
                return None
            fresh = [source for source in sources if source not in seen]
            seen.update(fresh)
            pending += fresh
        return frozenset(found) or None

    def _is_given_from_outside(self, node: int) -> bool:
        """Tell whether a value may come from a caller, a command line, the environment or a library."""
        if node in self.open_parameters or node in self.guessed:
            return True
        made = self.engine.made_by.get(node)
        if made is None:
            return False
        if made[0] is Op.CALL:
            return not self.calls_project(made[2])
        if made[0] is Op.ATTRIBUTE:
            return made[2] >= 0 and (EXTERNAL, NAMESPACE) in self.engine.held[made[2]]
        return made[0] is Op.BINARY
