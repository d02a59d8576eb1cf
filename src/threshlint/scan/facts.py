"""What one file says about the flow of values, before anything is decided.

A file becomes a small graph: nodes are values, operations say how one value comes from others.
Nodes are numbered from 0 in each file, until a graph takes it over (``flow/graph.py``); -1 stands for a value that
nothing can be asked of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from threshlint.site import Span

NOTHING = -1
KEYS = "<keys>"  # the entry that holds a mapping's own keys, where they are values

# An operation: (Op, result, operands …); the comments in Op give the operands.
Operation = tuple[Any, ...]
Key = str | int | None  # a constant key, or None where it is not constant


class Op(IntEnum):
    """How a value comes from others."""

    COPY = 0  # source
    EXTERNAL = 1  # dotted name: something imported
    BUILTIN = 2  # a name that no scope binds
    ATTRIBUTE = 3  # base, name
    CALL = 4  # function, positional, {name: node}, unpacked sequences, unpacked mappings
    ITEM = 5  # base, constant key, key node
    SLICE = 6  # base, lower, upper, backwards
    ITERATE = 7  # source
    UNPACK = 8  # source, index
    BINARY = 9  # operator, left, right
    UNARY = 10  # operator, operand
    COMPARE = 11  # left, operator, right
    SEQUENCE = 12  # elements, is a tuple
    MAPPING = 13  # [(constant key, value)], unpacked mappings
    FUNCTION = 14  # index into functions
    CLASS = 15  # index into classes
    SET_ATTRIBUTE = 16  # base, name, source (no result)
    SET_ITEM = 17  # base, constant key, key node, source (no result)
    GATHER = 18  # the list, what was iterated to fill it (no result)
    CUT_LOOP = 19  # what is iterated, the bound that ends the loop (no result)
    INSTANCE = 20  # a class: the result is an instance of it
    DEFAULT = 21  # source: a value that stands in when another is missing
    TEXT = 22  # a query text with its parts: index into queries
    AWAIT = 23  # source
    PICK = 25  # what an argmax was given, the bound of the loop around it (no result)
    SUPER = 24  # the receiver, index into classes: what is above that class


class Binding(IntEnum):
    """How a name is bound to a value."""

    VARIABLE = 0
    PARAMETER = 1
    FIELD = 2  # in a class body
    ATTRIBUTE = 3
    KEY = 4  # of a dict, or of a look-up with a default
    KEYWORD = 5  # of a call
    OPTION = 6  # of a command line


@dataclass(frozen=True, slots=True)
class Literal:
    """A number in the source."""

    text: str
    span: Span
    scope: str
    function: int  # index into functions, -1 at module level
    name: str | None = None
    keys: tuple[str, ...] = ()  # of the dicts around it, outermost first
    tests: tuple[str, ...] = ()  # strings that the branches around it compare with
    annotated: tuple[str, ...] = ()  # strings in its declaration's Annotated[…]
    in_text: bool = False  # the number stands inside a string


@dataclass(slots=True)
class Parameter:
    """One parameter of a function."""

    name: str
    node: int
    default: int = NOTHING
    style: str = "normal"  # or "keyword", "sequence" (*args), "mapping" (**kwargs)


@dataclass(slots=True)
class Function:
    """A function, a method or a lambda."""

    name: str
    qualified: str
    line: int
    parameters: list[Parameter] = field(default_factory=list)
    returns: int = NOTHING
    owner: int = -1  # index into classes
    decorators: tuple[str, ...] = ()
    hints: int = 0  # what its words speak of: see vocabulary.Hint
    parent: int = -1  # the function that it stands in
    stub: bool = False  # nothing but a docstring, `pass`, `...` or a raise


@dataclass(slots=True)
class Class:
    """A class: what it is built from, and what its body binds."""

    name: str
    qualified: str
    line: int
    bases: list[int] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)  # in order, for a generated constructor
    decorators: tuple[str, ...] = ()
    hints: int = 0


@dataclass(slots=True)
class Named:
    """A name that may speak for the value that it is bound to."""

    node: int
    name: str
    binding: Binding
    function: int
    owner: int  # index into classes, -1 outside
    line: int


@dataclass(slots=True)
class Query:
    """A query text: what it asks to be cut, and by which of its parts."""

    # (what is cut, the node of the number or expression, note)
    cuts: list[tuple[str, int, str]] = field(default_factory=list)
    # (what is cut, placeholder position or name, note): filled by the call that binds parameters
    placeholders: list[tuple[str, int | str, str]] = field(default_factory=list)
    gaps: list[tuple[str, str, str]] = field(default_factory=list)  # the same: filled by ``str.format``
    columns: dict[str | int, str] = field(default_factory=dict)  # result columns that hold scores, by name and place
    ranked: bool = False
    unit: str | None = None  # of the scores that it cuts, where all have the same


@dataclass(slots=True)
class Facts:
    """The graph of one file."""

    path: str
    module: str
    lines: list[int] = field(default_factory=list)  # of each node
    operations: list[Operation] = field(default_factory=list)
    literals: dict[int, Literal] = field(default_factory=dict)
    strings: dict[int, str] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)  # what the module binds
    stars: list[str] = field(default_factory=list)  # modules whose names are all imported
    named: list[Named] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)  # every module and name imported, dotted
    words: dict[int, str] = field(default_factory=dict)  # identifiers behind nodes, for messages
    hints: int = 0
    test: bool = False

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.lines)
