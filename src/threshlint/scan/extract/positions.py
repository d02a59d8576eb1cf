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
CHILDREN: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.AnnAssign: ("target", "annotation", "value"),
    cst.Annotation: ("annotation",),
    cst.Arg: ("keyword", "value"),
    cst.AsName: ("name",),
    cst.Assert: ("test", "msg"),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.Attribute: ("value", "attr"),
    cst.AugAssign: ("target", "value"),
    cst.Await: ("expression",),
    cst.BinaryOperation: ("left", "right"),
    cst.BooleanOperation: ("left", "right"),
    cst.Call: ("func", "args"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.CompFor: ("target", "iter", "ifs", "inner_for_in"),
    cst.CompIf: ("test",),
    cst.Comparison: ("left", "comparisons"),
    cst.ComparisonTarget: ("comparator",),
    cst.ConcatenatedString: ("left", "right"),
    cst.Decorator: ("decorator",),
    cst.Del: ("target",),
    cst.Dict: ("elements",),
    cst.DictComp: ("key", "value", "for_in"),
    cst.DictElement: ("key", "value"),
    cst.Element: ("value",),
    cst.Else: ("body",),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.Expr: ("value",),
    cst.Finally: ("body",),
    cst.For: ("target", "iter", "body", "orelse"),
    cst.FormattedString: ("parts",),
    cst.FormattedStringExpression: ("expression", "format_spec"),
    cst.From: ("item",),
    cst.FunctionDef: ("decorators", "name", "type_parameters", "params", "returns", "body"),
    cst.GeneratorExp: ("elt", "for_in"),
    cst.Global: ("names",),
    cst.If: ("test", "body", "orelse"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.Import: ("names",),
    cst.ImportAlias: ("name", "asname"),
    cst.ImportFrom: ("module", "names"),
    cst.IndentedBlock: ("body",),
    cst.Index: ("value",),
    cst.Lambda: ("params", "body"),
    cst.List: ("elements",),
    cst.ListComp: ("elt", "for_in"),
    cst.Match: ("subject", "cases"),
    cst.MatchAs: ("pattern", "name"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.MatchClass: ("cls", "patterns", "kwds"),
    cst.MatchKeywordElement: ("key", "pattern"),
    cst.MatchList: ("patterns",),
    cst.MatchMapping: ("elements", "rest"),
    cst.MatchMappingElement: ("key", "pattern"),
    cst.MatchOr: ("patterns",),
    cst.MatchOrElement: ("pattern",),
    cst.MatchSequenceElement: ("value",),
    cst.MatchSingleton: ("value",),
    cst.MatchStar: ("name",),
    cst.MatchTuple: ("patterns",),
    cst.MatchValue: ("value",),
    cst.Module: ("body",),
    cst.NameItem: ("name",),
    cst.NamedExpr: ("target", "value"),
    cst.Nonlocal: ("names",),
    cst.Param: ("name", "annotation", "default"),
    cst.ParamSpec: ("name",),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.Raise: ("exc", "cause"),
    cst.Return: ("value",),
    cst.Set: ("elements",),
    cst.SetComp: ("elt", "for_in"),
    cst.SimpleStatementLine: ("body",),
    cst.SimpleStatementSuite: ("body",),
    cst.Slice: ("lower", "upper", "step"),
    cst.StarredDictElement: ("value",),
    cst.StarredElement: ("value",),
    cst.Subscript: ("value", "slice"),
    cst.SubscriptElement: ("slice",),
    cst.Try: ("body", "handlers", "orelse", "finalbody"),
    cst.TryStar: ("body", "handlers", "orelse", "finalbody"),
    cst.Tuple: ("elements",),
    cst.TypeAlias: ("name", "type_parameters", "value"),
    cst.TypeParam: ("param", "default"),
    cst.TypeParameters: ("params",),
    cst.TypeVar: ("name", "bound"),
    cst.TypeVarTuple: ("name",),
    cst.UnaryOperation: ("expression",),
    cst.While: ("test", "body", "orelse"),
    cst.With: ("items", "body"),
    cst.WithItem: ("item", "asname"),
    cst.Yield: ("value",),
}

_NAME, _NUMBER, _STRING, _FSTRING = TokenKind.NAME, TokenKind.NUMBER, TokenKind.STRING, TokenKind.FSTRING
_LEAVES: dict[type[cst.CSTNode], TokenKind] = {
    cst.Name: _NAME,
    cst.Integer: _NUMBER,
    cst.Float: _NUMBER,
    cst.Imaginary: _NUMBER,
    cst.SimpleString: _STRING,
    cst.FormattedString: _FSTRING,
}
# Newer nodes, where the installed LibCST has them.
for _name, _fields in {
    "TemplatedString": ("parts",),
    "TemplatedStringExpression": ("expression", "format_spec"),
    "LazyImport": ("names",),
    "LazyImportFrom": ("module", "names"),
    "StarredDictComp": ("value", "for_in"),
}.items():
    if hasattr(cst, _name):
        CHILDREN[getattr(cst, _name)] = _fields
if hasattr(cst, "TemplatedString"):
    _LEAVES[cst.TemplatedString] = _FSTRING
_SOFT_KEYWORDS: frozenset[type[cst.CSTNode]] = frozenset(
    getattr(cst, name)
    for name in ("Match", "MatchCase", "TypeAlias", "LazyImport", "LazyImportFrom")
    if hasattr(cst, name)
)


def _is_bytes(node: Any) -> bool:
    """Tell whether a string, or the first of several, is one of bytes."""
    while node.__class__ is cst.ConcatenatedString:
        node = node.left
    return node.__class__ is cst.SimpleString and "b" in node.prefix


# What the grammar allows, and Python and LibCST's own classes do not.
_IS_WRONG: dict[type[cst.CSTNode], Callable[[Any], bool]] = {
    cst.ConcatenatedString: lambda node: _is_bytes(node.left) != _is_bytes(node.right),
    cst.Try: lambda node: any(handler.type is None for handler in node.handlers[:-1]),
}


class OutOfStepError(Exception):
    """The leaves of the tree and the tokens of the lexer do not name the same things."""


def locate(tree: cst.Module, lexed: Lexed) -> dict[int, tuple[int, int]]:
    """Return the (start, end) character offsets of every leaf, by the ``id`` of its node.

    Raises OutOfStepError where tree and tokens differ, so that no wrong line is ever reported, and NotPythonError for
    what is none although it has a tree.
    """
    text = lexed.text
    tokens = (token for token in lexed.tokens if token[0] <= _FSTRING)
    found: dict[int, tuple[int, int]] = {}
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
            cls = node.__class__
            expected = _LEAVES.get(cls)
            if expected is not None:
                kind, start, end = next(tokens)
                if kind is not expected:
                    raise OutOfStepError
                if cls is not cst.FormattedString and expected is not _FSTRING and text[start:end] != node.value:
                    raise OutOfStepError
                found[id(node)] = (start, end)
                if expected is not _FSTRING:
                    continue
            fields = CHILDREN.get(cls)
            if fields is None:
                continue
            if cls in _IS_WRONG and _IS_WRONG[cls](node):
                raise NotPythonError
            if cls is cst.MatchAs and node.pattern is None and node.name is None:
                push(None)
                continue
            if cls is cst.MatchStar and node.name is None:
                push(None)
                continue
            for name in reversed(fields):
                child = getattr(node, name)
                if child is None:
                    continue
                if child.__class__ is list or child.__class__ is tuple:
                    stack.extend(reversed(child))
                else:
                    push(child)
            if cls in _SOFT_KEYWORDS:
                push(None)
    except StopIteration:
        raise OutOfStepError from None
    if next(tokens, None) is not None:
        raise OutOfStepError
    return found
