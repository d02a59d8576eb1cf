"""Where the leaves of a LibCST tree stand in the source.

LibCST keeps no positions; its metadata finds them by printing the whole tree again, which costs
several times the parse. Here the leaves of the tree, in the order of the source, are laid beside
the tokens of the lexer: both name the same things in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from threshlint.scan.extract.tree import NotPythonError
from threshlint.scan.extract.tree import nodes as cst
from threshlint.scan.lexer import Lexed, TokenKind

# The children of each node that hold leaves, in the order of the source.
CHILDREN: dict[str, tuple[str, ...]] = {
    "AnnAssign": ("target", "annotation", "value"),
    "Annotation": ("annotation",),
    "Arg": ("keyword", "value"),
    "AsName": ("name",),
    "Assert": ("test", "msg"),
    "Assign": ("targets", "value"),
    "AssignTarget": ("target",),
    "Attribute": ("value", "attr"),
    "AugAssign": ("target", "value"),
    "Await": ("expression",),
    "BinaryOperation": ("left", "right"),
    "BooleanOperation": ("left", "right"),
    "Call": ("func", "args"),
    "ClassDef": ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    "CompFor": ("target", "iter", "ifs", "inner_for_in"),
    "CompIf": ("test",),
    "Comparison": ("left", "comparisons"),
    "ComparisonTarget": ("comparator",),
    "ConcatenatedString": ("left", "right"),
    "Decorator": ("decorator",),
    "Del": ("target",),
    "Dict": ("elements",),
    "DictComp": ("key", "value", "for_in"),
    "DictElement": ("key", "value"),
    "Element": ("value",),
    "Else": ("body",),
    "ExceptHandler": ("type", "name", "body"),
    "ExceptStarHandler": ("type", "name", "body"),
    "Expr": ("value",),
    "Finally": ("body",),
    "For": ("target", "iter", "body", "orelse"),
    "FormattedString": ("parts",),
    "FormattedStringExpression": ("expression", "format_spec"),
    "From": ("item",),
    "FunctionDef": ("decorators", "name", "type_parameters", "params", "returns", "body"),
    "GeneratorExp": ("elt", "for_in"),
    "Global": ("names",),
    "If": ("test", "body", "orelse"),
    "IfExp": ("body", "test", "orelse"),
    "Import": ("names",),
    "ImportAlias": ("name", "asname"),
    "ImportFrom": ("module", "names"),
    "IndentedBlock": ("body",),
    "Index": ("value",),
    "Lambda": ("params", "body"),
    "List": ("elements",),
    "ListComp": ("elt", "for_in"),
    "Match": ("subject", "cases"),
    "MatchAs": ("pattern", "name"),
    "MatchCase": ("pattern", "guard", "body"),
    "MatchClass": ("cls", "patterns", "kwds"),
    "MatchKeywordElement": ("key", "pattern"),
    "MatchList": ("patterns",),
    "MatchMapping": ("elements", "rest"),
    "MatchMappingElement": ("key", "pattern"),
    "MatchOr": ("patterns",),
    "MatchOrElement": ("pattern",),
    "MatchSequenceElement": ("value",),
    "MatchSingleton": ("value",),
    "MatchStar": ("name",),
    "MatchTuple": ("patterns",),
    "MatchValue": ("value",),
    "Module": ("body",),
    "NameItem": ("name",),
    "NamedExpr": ("target", "value"),
    "Nonlocal": ("names",),
    "Param": ("name", "annotation", "default"),
    "ParamSpec": ("name",),
    "Parameters": ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    "Raise": ("exc", "cause"),
    "Return": ("value",),
    "Set": ("elements",),
    "SetComp": ("elt", "for_in"),
    "SimpleStatementLine": ("body",),
    "SimpleStatementSuite": ("body",),
    "Slice": ("lower", "upper", "step"),
    "StarredDictElement": ("value",),
    "StarredElement": ("value",),
    "Subscript": ("value", "slice"),
    "SubscriptElement": ("slice",),
    "Try": ("body", "handlers", "orelse", "finalbody"),
    "TryStar": ("body", "handlers", "orelse", "finalbody"),
    "Tuple": ("elements",),
    "TypeAlias": ("name", "type_parameters", "value"),
    "TypeParam": ("param", "default"),
    "TypeParameters": ("params",),
    "TypeVar": ("name", "bound"),
    "TypeVarTuple": ("name",),
    "UnaryOperation": ("expression",),
    "While": ("test", "body", "orelse"),
    "With": ("items", "body"),
    "WithItem": ("item", "asname"),
    "Yield": ("value",),
    # Newer nodes, where the installed LibCST has them.
    "TemplatedString": ("parts",),
    "TemplatedStringExpression": ("expression", "format_spec"),
    "LazyImport": ("names",),
    "LazyImportFrom": ("module", "names"),
    "StarredDictComp": ("value", "for_in"),
}

_NAME, _NUMBER, _STRING, _FSTRING = TokenKind.NAME, TokenKind.NUMBER, TokenKind.STRING, TokenKind.FSTRING
_LEAVES = {
    "Name": _NAME,
    "Integer": _NUMBER,
    "Float": _NUMBER,
    "Imaginary": _NUMBER,
    "SimpleString": _STRING,
    "FormattedString": _FSTRING,
    "TemplatedString": _FSTRING,
}
_SOFT_KEYWORDS = frozenset({"Match", "MatchCase", "TypeAlias", "LazyImport", "LazyImportFrom"})


def _kind_of_string(node: Any) -> str:
    """Return of which kind a string is, or the first of several: those of different kinds cannot be joined."""
    while type(node).__name__ == "ConcatenatedString":
        node = node.left
    if type(node).__name__ == "TemplatedString":
        return "template"
    return "bytes" if type(node).__name__ == "SimpleString" and "b" in node.prefix else "text"


def _is_wildcard(node: Any) -> bool:
    """Tell whether a pattern is ``_`` or ``*_``, whose name no node holds."""
    return node.name is None and getattr(node, "pattern", None) is None


# What the grammar allows, and Python and LibCST's own classes do not.
_IS_WRONG: dict[str, Callable[[Any], bool]] = {
    "ConcatenatedString": lambda node: _kind_of_string(node.left) != _kind_of_string(node.right),
    "Try": lambda node: any(handler.type is None for handler in node.handlers[:-1]),
}


class _About:
    """What there is to know of a class of nodes; its name decides, whether it is LibCST's own or a bare one."""

    __slots__ = ("fields", "is_wildcard", "is_wrong", "leaf", "soft")

    def __init__(self, name: str) -> None:
        self.leaf = _LEAVES.get(name)
        self.fields = CHILDREN.get(name, ())[::-1]
        self.soft = name in _SOFT_KEYWORDS
        self.is_wrong = _IS_WRONG.get(name)
        self.is_wildcard = _is_wildcard if name in ("MatchAs", "MatchStar") else None


class _Abouts(dict[type[cst.CSTNode], _About]):
    def __missing__(self, cls: type[cst.CSTNode]) -> _About:
        about = self[cls] = _About(cls.__name__)
        return about


_ABOUT = _Abouts()
Place = tuple[int, int, int]  # start, end, in characters from the start of the file, and the line of the start


class OutOfStepError(Exception):
    """The leaves of the tree and the tokens of the lexer do not name the same things."""


def locate(tree: cst.Module, lexed: Lexed) -> dict[int, Place]:
    """Return the place of every leaf, by the ``id`` of its node.

    Raises OutOfStepError where tree and tokens differ, so that no wrong line is ever reported, and NotPythonError for
    what is none although it has a tree.
    """
    text = lexed.text
    tokens = (token for token in lexed.tokens if token[0] <= _FSTRING)
    found: dict[int, Place] = {}
    starts = [*lexed.line_starts, len(text) + 1]
    line = 1
    # None on the stack stands for a soft keyword or a wildcard: a NAME token without a Name node.
    stack: list[Any] = [tree]
    push, pop = stack.append, stack.pop
    try:
        while stack:
            node = pop()
            if node is None:
                kind, _, _ = next(tokens)
                if kind is not _NAME:
                    raise OutOfStepError
                continue
            about = _ABOUT[node.__class__]
            expected = about.leaf
            if expected is not None:
                kind, start, end = next(tokens)
                if kind is not expected:
                    raise OutOfStepError
                if expected is not _FSTRING and text[start:end] != node.value:
                    raise OutOfStepError
                while starts[line] <= start:
                    line += 1
                found[id(node)] = (start, end, line)
                if expected is not _FSTRING:
                    continue
            if about.is_wrong is not None and about.is_wrong(node):
                raise NotPythonError
            if about.is_wildcard is not None and about.is_wildcard(node):
                push(None)
                continue
            for name in about.fields:
                child = getattr(node, name)
                if child is None:
                    continue
                if child.__class__ is list or child.__class__ is tuple:
                    stack.extend(reversed(child))
                else:
                    push(child)
            if about.soft:
                push(None)
    except StopIteration:
        raise OutOfStepError from None
    if next(tokens, None) is not None:
        raise OutOfStepError
    return found
