"""Numbers of nodes that hold for all files of a graph, in place of each file's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import intern
from typing import Any

from threshlint.scan.facts import NOTHING, Facts, Op, Operation

Numbers = Sequence[int]  # of each of a file's nodes, and NOTHING at the end, where -1 finds it


def numbers(first: int, size: int) -> Numbers:
    """Number a file's nodes; every operation shares these numbers, for as objects of its own they take much memory."""
    return [*range(first, first + size), NOTHING]


def renumber(facts: Facts, at: Numbers) -> None:
    """Give the nodes of a file's facts new numbers, wherever they are named."""
    facts.operations = [renumbered(operation, at) for operation in facts.operations]
    facts.words = {at[node]: intern(word) for node, word in facts.words.items()}
    facts.strings = {at[node]: text for node, text in facts.strings.items()}
    facts.literals = {at[node]: literal for node, literal in facts.literals.items()}
    facts.names = {name: at[node] for name, node in facts.names.items()}
    for function in facts.functions:
        function.returns = at[function.returns]
        for parameter in function.parameters:
            parameter.node, parameter.default = at[parameter.node], at[parameter.default]
    for cls in facts.classes:
        cls.bases = [at[node] for node in cls.bases]
        cls.members = {name: at[node] for name, node in cls.members.items()}
    for named in facts.named:
        named.node = at[named.node]
    for query in facts.queries:
        query.cuts = [(kind, at[node], note) for kind, node, note in query.cuts]


def renumbered(operation: Operation, at: Numbers) -> Operation:
    """Return an operation on nodes by their new numbers."""
    renumber = _RENUMBER.get(operation[0])
    rest = renumber(operation, at) if renumber is not None else operation[2:]
    return (operation[0], at[operation[1]], *rest)


def _all(nodes: Sequence[int], at: Numbers) -> tuple[int, ...]:
    return tuple([at[node] for node in nodes])


# What is not here has no nodes among its operands.
_RENUMBER: dict[Op, Callable[[Operation, Numbers], tuple[Any, ...]]] = {
    Op.COPY: lambda o, at: (at[o[2]],),
    Op.DEFAULT: lambda o, at: (at[o[2]],),
    Op.ITERATE: lambda o, at: (at[o[2]],),
    Op.AWAIT: lambda o, at: (at[o[2]],),
    Op.INSTANCE: lambda o, at: (at[o[2]],),
    Op.ATTRIBUTE: lambda o, at: (at[o[2]], o[3]),
    Op.UNPACK: lambda o, at: (at[o[2]], o[3]),
    Op.SUPER: lambda o, at: (at[o[2]], o[3]),
    Op.CALL: lambda o, at: (
        at[o[2]],
        _all(o[3], at),
        {name: at[node] for name, node in o[4].items()},
        _all(o[5], at),
        _all(o[6], at),
    ),
    Op.ITEM: lambda o, at: (at[o[2]], o[3], at[o[4]]),
    Op.SLICE: lambda o, at: (at[o[2]], at[o[3]], at[o[4]], o[5]),
    Op.BINARY: lambda o, at: (o[2], at[o[3]], at[o[4]]),
    Op.UNARY: lambda o, at: (o[2], at[o[3]]),
    Op.COMPARE: lambda o, at: (at[o[2]], o[3], at[o[4]]),
    Op.SEQUENCE: lambda o, at: (_all(o[2], at), o[3]),
    Op.MAPPING: lambda o, at: (tuple([(key, at[node]) for key, node in o[2]]), _all(o[3], at)),
    Op.SET_ATTRIBUTE: lambda o, at: (at[o[2]], o[3], at[o[4]]),
    Op.SET_ITEM: lambda o, at: (at[o[2]], o[3], at[o[4]], at[o[5]]),
    Op.GATHER: lambda o, at: (at[o[2]], at[o[3]]),
    Op.CUT_LOOP: lambda o, at: (at[o[2]], at[o[3]]),
    Op.PICK: lambda o, at: (at[o[2]], at[o[3]]),
}
