"""One file's LibCST tree: what stands at a place, and whether two trees are the same code."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from functools import cache, cached_property
from typing import Any

import libcst as cst

from threshlint.rewrite.errors import RewriteError
from threshlint.scan.analyse import is_risky
from threshlint.scan.extract.positions import CHILDREN, OutOfStepError, locate
from threshlint.scan.lexer import Lexed
from threshlint.scan.stack import with_deep_stack

_BLANKS = (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comment)
_NUMBERS = (cst.Integer, cst.Float, cst.Imaginary)
_SIGNS = (cst.Minus, cst.Plus)
# What LibCST infers from the spaces of a file, and a comma that a new entry of a table may bring.
_NO_CODE: dict[type[cst.CSTNode], set[str]] = {
    cst.Module: {"encoding", "default_indent", "default_newline", "has_trailing_newline"},
    cst.IndentedBlock: {"indent"},
    cst.DictElement: {"comma"},
}
# The words of literals are compared one by one: see proof.py.
_TEXTS = (*_NUMBERS, cst.SimpleString, cst.FormattedStringText)


class Tree:
    """A parsed file, with the places of its leaves.

    Raises:
        RewriteError: The text cannot be parsed.

    """

    def __init__(self, lexed: Lexed) -> None:
        if is_risky(lexed):
            raise RewriteError("is nested too deeply to be rewritten; simplify it, or change it by hand")
        try:
            self.module = with_deep_stack(cst.parse_module, lexed.text)
            self.places = locate(self.module, lexed)
        except cst.ParserSyntaxError as error:
            raise RewriteError(f"cannot be parsed by LibCST (line {error.raw_line})") from error
        except cst.CSTValidationError as error:
            raise RewriteError(f"cannot be parsed by LibCST: {error}") from error
        except OutOfStepError as error:
            raise RewriteError(
                "cannot be rewritten: its parser and its lexer disagree on it; please report it"
            ) from error

    def around(self, end: int) -> list[Any]:
        """Return the literal that holds the character before ``end``, and the nodes around it, innermost first.

        There are none for what stands in the text of an f-string.
        """
        index = bisect_right(self._leaf_starts, end - 1) - 1
        if index < 0:
            return []
        _, leaf = self._leaves[index]
        if end > self.places[id(leaf)][1]:
            return []
        path = [leaf]
        while (parent := self._parents.get(id(path[-1]))) is not None:
            path.append(parent)
        return path

    def strings_of_declared_type(self, end: int, prefix: str) -> Iterator[int]:
        """Yield where the strings with a prefix begin in the type of the declaration whose default holds a literal."""
        for node in self.around(end):
            if isinstance(node, (cst.Lambda, cst.FunctionDef, cst.ClassDef)):
                return
            if isinstance(node, (cst.AnnAssign, cst.Param)) and node.annotation is not None:
                for each in walk(node.annotation):
                    if isinstance(each, cst.SimpleString) and each.raw_value.startswith(prefix):
                        yield self.places[id(each)][0]
                return

    @cached_property
    def statement_starts(self) -> list[int]:
        """Where formatters break a logical line: before a statement that follows a header or a semicolon."""
        starts = []
        last = 0  # where the last leaf so far ended: `pass` has none of its own
        for node in self.nodes():
            _, last, _ = self.places.get(id(node), (0, last, 0))
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                before = last
                for index, statement in enumerate(node.body):
                    start = self.start(statement)
                    if index or isinstance(node, cst.SimpleStatementSuite):
                        starts.append(before if start is None else start)
                    before = self.end(statement) or before
        return sorted(starts)

    def entries_whose_keys_start_in(self, stretches: Sequence[tuple[int, int]]) -> set[int]:
        """Return the ``id`` of each entry of a dict whose key begins in one of some stretches of the text."""
        if not stretches:
            return set()
        return {
            id(node)
            for node in self.nodes()
            if isinstance(node, cst.DictElement)
            and any(start <= (self.start(node) or 0) < end for start, end in stretches)
        }

    def start(self, node: Any) -> int | None:
        """Return where the first leaf of a node begins, None where it has no leaf."""
        for each in walk(node):
            if id(each) in self.places:
                return self.places[id(each)][0]
        return None

    def end(self, node: Any) -> int | None:
        """Return where the last leaf of a node ends, None where it has no leaf."""
        ends = [self.places[id(each)][1] for each in walk(node) if id(each) in self.places]
        return ends[-1] if ends else None

    def nodes(self) -> Iterator[Any]:
        """Yield every node that holds leaves, in the order of the source."""
        return walk(self.module)

    @cached_property
    def _leaves(self) -> list[tuple[int, Any]]:
        return [(self.places[id(node)][0], node) for node in self.nodes() if id(node) in self.places]

    @cached_property
    def _leaf_starts(self) -> list[int]:
        return [start for start, _ in self._leaves]

    @cached_property
    def _parents(self) -> dict[int, Any]:
        return {id(child): node for node in self.nodes() for child in _children(node)}


def walk(node: Any) -> Iterator[Any]:
    """Yield a node and those below that hold leaves, in the order of the source."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(_children(node)))


def _children(node: Any) -> list[Any]:
    found: list[Any] = []
    for name in CHILDREN.get(type(node).__name__, ()):
        child = getattr(node, name)
        if isinstance(child, (list, tuple)):
            found += child
        elif isinstance(child, cst.CSTNode):
            found.append(child)
    return found


def shape(module: cst.Module, left_out: Collection[int] = ()) -> Iterator[object]:
    """Yield all that a tree says but comments, blanks and the text of literals; a sign belongs to its number.

    Args:
        module: The tree.
        left_out: The ``id`` of each node that is passed over.

    """
    pending: list[Any] = [module]
    while pending:
        item = pending.pop()
        if isinstance(item, (list, tuple)):
            kept = [each for each in item if id(each) not in left_out and not isinstance(each, _BLANKS)]
            yield len(kept)
            pending.extend(reversed(kept))
        elif not isinstance(item, cst.CSTNode):
            if not isinstance(item, cst.MaybeSentinel):
                yield item
        elif not isinstance(item, _BLANKS):
            if _is_signed(item):
                item = _unsigned(item)
            yield "number" if isinstance(item, _NUMBERS) else item.__class__
            pending.extend(getattr(item, name) for name in reversed(_code_fields(item.__class__)))


def _is_signed(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.UnaryOperation)
        and isinstance(node.operator, _SIGNS)
        and isinstance(node.expression, _NUMBERS)
        and not node.expression.lpar
    )


def _unsigned(node: Any) -> Any:
    return node.expression.with_changes(lpar=node.lpar, rpar=node.rpar)


@cache
def _code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    passed_over = _NO_CODE.get(kind, set())
    names = [field.name for field in fields(kind) if field.name not in passed_over]
    return tuple(name for name in names if not (issubclass(kind, _TEXTS) and name == "value"))
