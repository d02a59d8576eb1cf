"""The bare tree of a file is LibCST's, node by node and field by field."""

from __future__ import annotations

import subprocess
import sys
import tokenize
from dataclasses import fields
from pathlib import Path

import libcst as cst
import pytest

from threshlint.scan.extract import tree
from threshlint.scan.extract.positions import CHILDREN, locate
from threshlint.scan.extract.tree import NotPythonError, parse
from threshlint.scan.lexer import lex

STDLIB = Path(tokenize.__file__).parent
MODULES = sorted(path for path in STDLIB.glob("*.py") if path.stat().st_size < 100_000)[::5]
MORE = {
    "strings": "a = ''\nb = ''''''\nc = R'\\x'\nd = bR\"\"\"x\"y\"\"\"\ne = u''''x'''\nf = rb''\ng = '\"'\n",
    "stars": "def f(*a, b=1, **c): return g(*a, **c, d=1)\ndef h(*, i): pass\n",
    "relative": "from . import a\nfrom ...b import (c as d,)\nfrom e import *\n",
    "slices": "a[1:2:-1], b[::3], c[...], d[1, 2:3]\n",
    "match": "match a:\n  case [1, *_]: pass\n  case {'k': v, **r} if c: pass\n"
    "  case C(d, e=3) | None: pass\n  case _: pass\n",
}


@pytest.fixture(autouse=True)
def _bare_nodes_are_in_use() -> None:
    assert tree.nodes is not cst, "LibCST's parser does not make bare nodes any more"


def assert_same(bare: object, whole: object) -> None:
    """Compare all that the extraction can see of two trees."""
    pending = [(bare, whole)]
    while pending:
        one, other = pending.pop()
        if isinstance(other, (list, tuple)):
            assert isinstance(one, (list, tuple))
            assert len(one) == len(other)
            pending.extend(zip(one, other, strict=True))
        elif isinstance(other, cst.CSTNode):
            name = type(other).__name__
            if name in tree._BLANKS:
                continue
            assert type(one).__name__ == name
            if name == "NotEqual":
                continue  # its value is `<>` or not there
            for field in fields(other):
                if field.name in ("value", "name", "star", "first_colon") or field.name in _asked_for(name):
                    wanted = getattr(other, field.name)
                    given = getattr(one, field.name)
                    pending.append((given, None if isinstance(wanted, cst.MaybeSentinel) else wanted))
            if isinstance(other, cst.SimpleString):
                for part in ("prefix", "quote", "raw_value"):
                    assert getattr(one, part) == getattr(other, part)
        else:
            assert (one or None) == (other or None)  # what is not there is one as good as the other


def _asked_for(name: str) -> tuple[str, ...]:
    return (*CHILDREN.get(name, ()), "operator", "relative")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_on_modules_of_the_standard_library(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert_same(parse(text), cst.parse_module(text))


@pytest.mark.parametrize("name", MORE)
def test_on_the_grammar(name: str) -> None:
    assert_same(parse(MORE[name]), cst.parse_module(MORE[name]))


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(NotPythonError):
        parse("def f(:\n")


def test_libcst_itself_is_not_imported_and_works_afterwards() -> None:
    script = """
import sys
from threshlint.scan.extract.tree import parse
parse("x = 1\\n")
assert "libcst" not in sys.modules
import libcst
assert type(libcst.parse_module("x = 1\\n")) is libcst.Module
assert type(parse("x = 1\\n")) is not libcst.Module
assert sys.modules["libcst"] is libcst
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_the_native_parser_libcsts_own_classes_do(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes, parse_whole = tree._whole()
    assert nodes is cst
    assert type(parse_whole("x = 1\n")) is cst.Module
    with pytest.raises(NotPythonError):
        parse_whole("def f(:\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a' b'b'\n",
        "x = b'a' f'{x}'\n",
        "x = t'{x}' 'a'\n",
        "x = f'{x}' t'{x}'\n",
        "try: 1\nexcept: 2\nexcept E: 3\n",
    ],
)
def test_what_only_libcsts_classes_refuse_is_refused(text: str) -> None:
    with pytest.raises(NotPythonError):
        locate(parse(text), lex(text))
