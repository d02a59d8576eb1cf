"""LibCST's tree of a file, built of bare nodes.

LibCST's parser is native code that makes every node by calling the class of that name in the module ``libcst``. The
classes there check and freeze what they are given, which takes more than a third of the time, and importing them takes
0.2 s. Here the parser finds bare classes instead, and nothing at all for blanks and punctuation, which say nothing of
values. The nodes have LibCST's names and fields. Where the parser cannot be had by itself, LibCST's own classes do.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

_PACKAGE = "libcst"
_PARSER = "libcst.native"
# What stands between the words of a program; nobody asks for it.
_BLANKS = frozenset(
    """
    AssignEqual Comma Comment Dot EmptyLine Footer LeftCurlyBrace LeftParen LeftSquareBracket Newline
    ParenthesizedWhitespace RightCurlyBrace RightParen RightSquareBracket Semicolon SimpleWhitespace TrailingWhitespace
""".split()
)
_PREFIXES = "rRbBuU"


class NotPythonError(Exception):
    """The parser found a text to be no Python; LibCST itself can say why."""


class _Node(SimpleNamespace):
    """A node with the fields that the parser gave it; it leaves out those that are not there."""

    __slots__ = ()

    value = body = keyword = default = annotation = asname = orelse = finalbody = exc = cause = None
    msg = lower = upper = step = format_spec = guard = pattern = name = type = inner_for_in = returns = item = None
    star_arg = star_kwarg = type_parameters = module = expression = test = param = bound = rest = first_colon = None
    star = ""
    ifs = args = decorators = bases = keywords = handlers = parts = names = items = cases = targets = elements = ()
    params = posonly_params = kwonly_params = relative = comparisons = slice = patterns = kwds = body_lines = ()


def _prefix(self: Any) -> str:
    text = self.value
    return str(text[: len(text) - len(text.lstrip(_PREFIXES))]).lower()


def _quote(self: Any) -> str:
    text = self.value.lstrip(_PREFIXES)
    return str(text[:3] if len(text) >= 6 and text[:3] in ('"""', "'''") else text[:1])


def _raw_value(self: Any) -> str:
    text, width = self.value, len(self.quote)
    return str(text[len(self.prefix) + width : -width])


_PROPERTIES: dict[str, dict[str, Any]] = {
    "SimpleString": {"prefix": property(_prefix), "quote": property(_quote), "raw_value": property(_raw_value)}
}


def _stand_in() -> Any:
    """Make what stands for the module ``libcst`` while the parser runs; it makes each class when it is asked for."""
    module = ModuleType(_PACKAGE)

    def make(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made: Any = (
            _nothing if name in _BLANKS else type(name, (_Node,), {"__slots__": (), **_PROPERTIES.get(name, {})})
        )
        setattr(module, name, made)
        return made

    parts: dict[str, object] = {
        "__getattr__": make,
        "__spec__": SimpleNamespace(_initializing=False),  # all that an import asks of it
        "ParserSyntaxError": type("ParserSyntaxError", (NotPythonError,), {"__init__": _keep_nothing}),
    }
    vars(module).update(parts)
    return module


_nothing = type.__prepare__  # takes whatever it is given, in no time


def _load_parser() -> Callable[[str], Any]:
    """Load the native parser without the package around it.

    Raises:
        ImportError: It is not where it always was.
    """
    loaded = sys.modules.get(_PARSER)
    if loaded is None:
        package = importlib.util.find_spec(_PACKAGE)
        folders = [Path(folder) for folder in (package.submodule_search_locations or ())] if package else []
        files = (folder / f"native{suffix}" for folder in folders for suffix in importlib.machinery.EXTENSION_SUFFIXES)
        file = next((file for file in files if file.is_file()), None)
        spec = importlib.util.spec_from_file_location(_PARSER, file) if file else None
        if spec is None or spec.loader is None:
            raise ImportError(_PARSER)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[_PARSER] = loaded  # native code is set up once: the package will find it here
        spec.loader.exec_module(loaded)
    parser: Callable[[str], Any] = loaded.parse_module
    return parser


def _bare() -> tuple[Any, Callable[[str], Any]]:
    """Return the bare classes and a parser that uses them."""
    nodes = _stand_in()
    native = _load_parser()

    def parse(text: str) -> Any:
        # The parser is native and runs no Python code, so no other thread sees the module that stands in.
        real = sys.modules.get(_PACKAGE)
        sys.modules[_PACKAGE] = nodes
        try:
            return native(text)
        finally:
            if real is None:
                del sys.modules[_PACKAGE]
            else:
                sys.modules[_PACKAGE] = real

    tree = parse("x = f(1)  # a comment\n")
    if type(tree) is not nodes.Module or tree.body[0].body[0].value.func.value != "f":
        raise ImportError(f"{_PARSER} makes no nodes of these classes")
    return nodes, parse


def _keep_nothing(self: Exception, **_: object) -> None:
    """The parser says more than is kept."""


def _whole() -> tuple[Any, Callable[[str], Any]]:
    """Return LibCST's own classes and its parser."""
    import libcst

    def parse(text: str) -> Any:
        try:
            return libcst.parse_module(text)
        except (libcst.ParserSyntaxError, libcst.CSTValidationError) as error:
            raise NotPythonError from error

    return libcst, parse


__all__ = ["NotPythonError", "nodes", "parse"]

if TYPE_CHECKING:
    import libcst as nodes

    def parse(text: str) -> nodes.Module:
        """Return the tree of a text.

        Raises:
            NotPythonError: It has none.
        """
else:
    try:
        nodes, parse = _bare()
    except (ImportError, AttributeError, TypeError):
        nodes, parse = _whole()
