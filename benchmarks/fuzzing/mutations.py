"""Real files with bytes changed: cut short, spliced, with a quote too many or an indent too few."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

# What confuses those who read Python.
_TEXTS = (
    *"\"'()[]{}:;,.\\#@=\n\r\t\x0c \0\x1a\x1c\x7f", '"""', "'''", 'f"', "rb'", "\\\n", "\r\n", "\\\r\n", "\n\n    ",
    "{{", "!r}", "lambda:", "async ", "await ", "yield ", "match x:\n case ", "else:\n", "elif x:\n", "if ", "def f(",
    "class A(", "import ", "from . import *\n", "*", "**", ":=", "->", "0x", "1e", "_", "0.82", "\ufeff", "\u2028",
    "é", "\u00a0", "猫", "# coding: latin-1\n", "# coding: utf-7\n", "# threshold@m", "# threshlint: ignore",
    "print 'x'\n", "exec 'x'\n", "`x`", "<>", "type X = int\n", "t'{x}'", "except* X:\n", "print(x for x in y)",
    "global x\n", "return\n",
)  # fmt: skip
_PIECES = (*map(str.encode, _TEXTS), b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x80\x80")
_LONGEST = 4_000  # bytes


@st.composite
def mutants(draw: st.DrawFn, paths: Sequence[Path]) -> bytes:
    """Draw a stretch of one of some files, changed in a few places."""
    content = _stretch(draw, paths)
    for _ in range(draw(st.integers(0, 4))):
        content = _mutated(draw, content, paths)
    return content


def _mutated(draw: st.DrawFn, content: bytes, paths: Sequence[Path]) -> bytes:
    at = draw(st.integers(0, len(content)))
    end = min(len(content), at + draw(st.sampled_from((1, 1, 4, 20, 200, 10_000))))
    kind = draw(st.sampled_from(("insert", "insert", "replace", "remove", "repeat", "splice", "move")))
    if kind == "insert":
        return content[:at] + draw(st.sampled_from(_PIECES)) + content[at:]
    if kind == "replace":
        return content[:at] + draw(st.binary(max_size=4)) + content[end:]
    if kind == "remove":
        return content[:at] + content[end:]
    if kind == "repeat":
        times = draw(st.sampled_from((2, 3, 50)))
        return content[:at] + content[at : min(end, at + 400)] * times + content[end:]
    if kind == "splice":
        return content[:at] + _stretch(draw, paths) + content[at:]
    return content[end:] + content[at:end] + content[:at]


def _stretch(draw: st.DrawFn, paths: Sequence[Path]) -> bytes:
    """Draw some statements of a file that stand one after the other."""
    statements = _statements(draw(st.sampled_from(paths)))
    begin = draw(st.integers(0, len(statements)))
    return b"".join(statements[begin : begin + draw(st.integers(1, 4))])[:_LONGEST]


@lru_cache(maxsize=512)
def _statements(path: Path) -> list[bytes]:
    """Cut a file before each line on which a statement of the module starts."""
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            starts = [node.lineno - 1 for node in ast.parse(content).body]
    except (SyntaxError, ValueError):  # some are there to be bad
        return lines
    return [b"".join(lines[begin:end]) for begin, end in pairwise([0, *starts, len(lines)])]
