"""Carries values forward and demands backward through the graph, to a fixed point.

Everything only grows: a node gains values, an edge is added, a demand is noted once for each kind.
So the work ends, and the order in which it is done does not matter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from threshlint.scan.facts import NOTHING, Op, Operation
from threshlint.scan.flow.demand import Demand
from threshlint.scan.flow.graph import Graph
from threshlint.scan.flow.names import speaks_against
from threshlint.scan.flow.values import HIT, PART, RANKED, SCORES, SEQUENCE, SIMILARITY, Value, Values, score_role
from threshlint.scan.knowledge import Knowledge

# A node that may be almost anything tells nothing; more values than this are not kept.
MOST_VALUES = 32
MOST_STEPS = 24
MOST_CONTEXTS = 16
_HUB = 48  # edges from which on they are looked up rather than looked through

_T = TypeVar("_T")


@dataclass(slots=True)
class Crossing:
    """An edge between a call and the function that it calls."""

    inward: bool  # an argument's, not a result's
    function: int
    site: int  # the result of the call
    parameter: str = ""
    classes: tuple[int, ...] = ()  # of the receivers, if it is a method


class Solver:
    """Nodes, edges, values and demands; what each operation does is told by the classes above it."""

    def __init__(self, graph: Graph, knowledge: Knowledge) -> None:
        self.graph = graph
        self.knowledge = knowledge
        size = graph.size
        # Most nodes have little of these, so what is empty is one and the same for all.
        self._empty = Values()
        self.held: list[Values] = [self._empty] * size
        self.onward: list[Sequence[int]] = [()] * size
        self.back: list[Sequence[int]] = [()] * size
        self.users: list[Sequence[Operation]] = [()] * size
        self.made_by: dict[int, Operation] = {}
        self.demands: dict[int, dict[str, Demand]] = {}
        self.score_names: dict[int, str] = {}
        self._full: dict[tuple[Value, ...], Values] = {}  # what nodes hold that hold as much as they may: much the same
        self._hubs: dict[int, set[int]] = {}  # of nodes with many edges: where these lead
        self._pending: deque[int] = deque()
        self._fresh: dict[int, list[Value]] = {}  # what pending nodes have gained
        self._made: dict[tuple[object, ...], int] = {}
        self.carried: dict[int, list[int]] = {}  # of nodes: what values come from and no demand goes back to
        self.crossings: dict[tuple[int, int], Crossing] = {}
        self.attribute_class: dict[int, int] = {}  # of the nodes that are attributes of instances
        self._half_ranked: set[int] = set()
        self._gathered: dict[int, list[int]] = {}  # of a list: what was iterated to fill it
        self.shared: set[int] = set()  # nodes that hold the elements of containers
        self._sinks: dict[tuple[int, str, int], Demand] = {}
        self._visited: set[tuple[int, str, int, int, str | int | None]] = set()
        self._contexts: dict[tuple[int, str], int] = {}
        self.current: Operation | None = None  # the operation that is being done
        self.changed = NOTHING  # the node whose gain is being worked off
        self.gained: list[Value] = []

    # nodes and edges

    def new_node(self, like: int) -> int:
        """Make a node that stands where another does."""
        file, line = (self.graph.file_of(like), self.graph.line_of(like)) if like >= 0 else (0, 1)
        self.graph.extra.append((file, line))
        self.held.append(self._empty)
        self.onward.append(())
        self.back.append(())
        self.users.append(())
        return len(self.held) - 1

    def once(self, like: int, *purpose: object) -> int:
        """Return the node made for a purpose; an operation that is done again finds its node again."""
        node = self._made.get(purpose)
        if node is None:
            node = self._made[purpose] = self.new_node(like)
        return node

    def edge(self, source: int, target: int) -> None:
        """Let values flow from ``source`` to ``target``, and demands back."""
        if source < 0 or target < 0 or source == target or not self._add_edge(source, target):
            return
        _append(self.back, target, source)
        held = self.held[source]
        if held:
            for value in tuple(held):
                self.add(target, value)
        if target in self.demands:
            for demand in tuple(self.demands[target].values()):
                self._demand_back(source, target, demand)

    def carry(self, source: int, target: int) -> None:
        """Let values flow on, and no demand back."""
        if source < 0 or target < 0 or source == target or not self._add_edge(source, target):
            return
        self.carried.setdefault(target, []).append(source)
        for value in tuple(self.held[source]):
            self.add(target, value)

    def _add_edge(self, source: int, target: int) -> bool:
        """Add an edge; return whether it is a new one."""
        targets = self.onward[source]
        if len(targets) < _HUB:
            if target in targets:
                return False
        else:
            known = self._hubs.get(source)
            if known is None:
                known = self._hubs[source] = set(targets)
            if target in known:
                return False
            known.add(target)
        _append(self.onward, source, target)
        return True

    def use(self, node: int, operation: Operation) -> bool:
        """Do an operation again whenever a node gains a value; return whether that is new."""
        if operation in self.users[node]:
            return False
        _append(self.users, node, operation)
        return True

    def add(self, node: int, value: Value) -> None:
        """Note that a node may hold a value."""
        if node < 0:
            return
        held = self.held[node]
        if value in held or len(held) >= MOST_VALUES:
            return
        if value == RANKED and (node in self.attribute_class or node in self.shared):
            # An attribute or an entry that several places fill is ranked when all of them are.
            self._half_ranked.add(node)
            return
        self._hold(node, value)

    def _hold(self, node: int, value: Value) -> None:
        held = self.held[node]
        if len(held) >= MOST_VALUES - 1:
            held = Values((*held, value))
            self.held[node] = self._full.setdefault(tuple(held), held)
        else:
            self.held[node] = held.plus(value)
        fresh = self._fresh.get(node)
        if fresh is None:
            self._fresh[node] = [value]
            self._pending.append(node)
        else:
            fresh.append(value)
        if node in self.score_names and value in (PART, HIT):
            self.add(node, self.score_names[node])

    def rank_attributes(self) -> bool:
        """Let attributes be ranked whose every list is; return whether any was."""
        ranked = False
        for node in tuple(self._half_ranked):
            if RANKED not in self.held[node] and self._keeps_order(node, set()):
                ranked = True
                self._hold(node, RANKED)
        return ranked

    def _keeps_order(self, node: int, assumed: set[int]) -> bool:
        """Return whether all lists behind a node are ranked, or hold what one of its own lists holds, in its order."""
        if node in assumed or RANKED in self.held[node]:
            return True
        assumed.add(node)
        gathered = self._gathered.get(node)
        if gathered:
            return any(self._keeps_order(source, assumed) for source in gathered)
        made = self.made_by.get(node)
        if made is not None and made[0] in (Op.SEQUENCE, Op.INSTANCE):
            return made[0] is Op.INSTANCE or not made[2]  # an empty list, or only a declaration
        if made is not None and made[0] is Op.CALL and self.graph.word_of(node) == "zip":
            return any(self._keeps_order(column, assumed) for column in made[3])
        sources = [source for source in self.back[node] if self._holds_list(source)]
        return bool(sources) and all(self._keeps_order(source, assumed) for source in sources)

    def _holds_list(self, node: int) -> bool:
        return any(isinstance(value, tuple) and value[0] == SEQUENCE for value in self.held[node])

    def name_score(self, node: int, name: str) -> None:
        """A field of a hit that is bound to this name is a score if the name says so."""
        role = score_role(name)
        if role is not None and node not in self.score_names:
            self.score_names[node] = role
            if PART in self.held[node] or HIT in self.held[node]:
                self.add(node, role)

    def run(self) -> None:
        """Work until nothing changes."""
        pending, onward, users, held = self._pending, self.onward, self.users, self.held
        add, apply = self.add, self.apply
        while pending:
            node = pending.popleft()
            gained = self._fresh.pop(node)
            own = held[node]
            for target in onward[node]:
                known = held[target]
                if known is own:
                    continue
                for value in gained:
                    if value not in known:
                        add(target, value)
            if users[node]:
                self.changed, self.gained = node, gained
                for operation in tuple(users[node]):
                    self.current = operation
                    apply(operation)
                self.changed = NOTHING

    def watch(self, node: int) -> None:
        """Do the current operation again when a node gains a value that it looks at in passing."""
        if self.current is not None and node >= 0:
            self.use(node, self.current)

    def news(self, node: int) -> tuple[Value, ...]:
        """Return the values of a node that an operation has not seen yet (or all, the first time)."""
        if node < 0:
            return ()
        return tuple(self.gained) if node == self.changed else tuple(self.held[node])

    def apply(self, operation: Operation) -> None:
        """Do an operation again, after one of its operands gained a value."""
        raise NotImplementedError

    # demands

    def sink(self, node: int, demand: Demand) -> None:
        """Note a place that decides what a number is; demands start there once all values are known."""
        if node >= 0:
            self._sinks.setdefault((node, demand.kind, demand.node), demand)

    def settle(self) -> None:
        """Start the demands of all sinks."""
        for (node, _, _), demand in tuple(self._sinks.items()):
            self.demand(node, demand)

    def demand(self, node: int, demand: Demand) -> None:
        """Note a demand on a node and carry it back, once for each kind and each call that it came by."""
        work = [(node, demand)]
        while work:
            at, wanted = work.pop()
            visit = (at, wanted.kind, wanted.site, wanted.cls, wanted.key)
            if at < 0 or wanted.depth > MOST_STEPS or visit in self._visited:
                continue
            known = self.demands.setdefault(at, {})
            contexts = self._contexts[at, wanted.kind] = self._contexts.get((at, wanted.kind), 0) + 1
            if contexts > MOST_CONTEXTS:
                continue
            self._visited.add(visit)
            known.setdefault(wanted.kind, wanted)
            for source in self.back[at]:
                stepped = self._step(source, at, wanted)
                if stepped is not None:
                    work.append((source, stepped))
            work.extend(self.demand_through(at, wanted))

    def _demand_back(self, source: int, target: int, demand: Demand) -> None:
        stepped = self._step(source, target, demand)
        if stepped is not None:
            self.demand(source, stepped)

    def _step(self, source: int, target: int, demand: Demand) -> Demand | None:
        """Return the demand one edge further back, with a note where a reader needs one.

        A demand that came into a function by one call's result leaves it by that call's arguments,
        and by no other's.
        """
        crossing = self.crossings.get((source, target))
        if crossing is not None:
            if not crossing.inward:
                demand = demand.within(crossing.function, crossing.site)
            elif not self.may_leave(demand, crossing):
                return None
            elif demand.function == crossing.function:
                demand = demand.within(NOTHING, NOTHING)
        owner = self.attribute_class.get(target)
        if owner is not None:
            demand = demand.of_class(owner)
        word = self.graph.word_of(target)
        if word is not None and speaks_against(word, demand.kind) and self.graph.literal(source) is None:
            return None
        if word is None or (self.graph.literal(source) is None and self.graph.word_of(source) in (None, word)):
            return demand
        return demand.step(target, f"flows into `{word}`")

    def may_leave(self, demand: Demand, crossing: Crossing) -> bool:
        """Return whether a demand on a parameter concerns the arguments of this call."""
        return demand.function != crossing.function or demand.site == crossing.site

    def demand_through(self, node: int, demand: Demand) -> list[tuple[int, Demand]]:
        """Return what a demand on a result asks of the operands behind it."""
        raise NotImplementedError

    # helpers

    def holds_score(self, node: int) -> str | None:
        """Return the role of a score that a node holds."""
        if node < 0:
            return None
        found = self.held[node] & SCORES
        if len(found) < 2:
            return str(min(found)) if found else None
        return self._named_role(node, 3) or SIMILARITY

    def _named_role(self, node: int, depth: int) -> str | None:
        """Return the direction that the nearest name gives to a score."""
        word = self.graph.word_of(node)
        role = score_role(word) if word else None
        if role is not None or not depth:
            return role
        made = self.made_by.get(node)
        given = made[3][:1] if made is not None and made[0] is Op.CALL else ()
        for source in (*given, *self.back[node]):
            role = self._named_role(source, depth - 1) if source >= 0 else None
            if role is not None:
                return role
        return None

    def constant_string(self, node: int, depth: int = 4) -> str | None:
        """Return the constant string that a node holds, if it is near."""
        if node < 0:
            return None
        text = self.graph.string(node)
        if text is not None or not depth:
            return text
        for source in self.back[node]:
            text = self.constant_string(source, depth - 1)
            if text is not None:
                return text
        return None

    def link_operations(self) -> None:
        """Put every file's operations into the graph; the facts, most of whose memory they take, give them up."""
        for file, facts in enumerate(self.graph.files):
            for operation in facts.operations:
                if operation[0] is Op.COPY or operation[0] is Op.DEFAULT:
                    self.edge(operation[2], operation[1])
                else:
                    self._link(operation, file)
            facts.operations = []

    def _link(self, operation: Operation, file: int) -> None:
        result = operation[1]
        if result != NOTHING:
            self.made_by[result] = operation
        if operation[0] is Op.GATHER:
            self._gathered.setdefault(operation[2], []).append(operation[3])
        for operand in operands(operation):
            if operand >= 0:
                _append(self.users, operand, operation)
        self.start(operation, file)

    def start(self, operation: Operation, file: int) -> None:
        """Do an operation for the first time."""
        raise NotImplementedError


def _append(lists: list[Sequence[_T]], place: int, item: _T) -> None:
    """Append to one of many lists, which are there only once something is in them."""
    found = lists[place]
    if isinstance(found, list):
        found.append(item)
    else:
        lists[place] = [item]


# Where the nodes stand whose values an operation looks at.
_LOOKS_AT: dict[Op, tuple[int, ...]] = {
    Op.ITEM: (2, 4),
    Op.BINARY: (3, 4),
    Op.UNARY: (3,),
    Op.COMPARE: (2, 4),
    Op.GATHER: (2, 3),
    Op.SET_ITEM: (2, 5),
    **dict.fromkeys(
        (
            Op.ATTRIBUTE,
            Op.UNPACK,
            Op.ITERATE,
            Op.AWAIT,
            Op.INSTANCE,
            Op.SLICE,
            Op.SET_ATTRIBUTE,
            Op.CUT_LOOP,
            Op.SUPER,
            Op.PICK,
        ),
        (2,),
    ),
}


def operands(operation: Operation) -> list[int]:
    """Return the nodes whose values an operation looks at."""
    if operation[0] is Op.CALL:
        _, _, function, positional, keywords, sequences, mappings = operation
        return [function, *positional, *keywords.values(), *sequences, *mappings]
    return [operation[place] for place in _LOOKS_AT.get(operation[0], ())]
