"""The docstrings of Python's standard library: thousands of short real texts that every machine has."""

from __future__ import annotations

import ast
import re
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

LONGEST = 300  # characters
FEWEST_WORDS = 3

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# What others installed, and what is written for Python 2: neither is the library.
_OTHERS = frozenset({"site-packages", "dist-packages", "lib2to3"})


def docstrings(library: Path | None = None) -> list[str]:
    """Return the first paragraph of every docstring, each text once, in an order that stays.

    Modules are parsed, never imported. Near-duplicates stay: a family of functions is documented in one family of
    sentences. A text that is there twice to the letter would be a tie at 1 in every space, and is taken once.

    Args:
        library: A folder of Python files; this interpreter's standard library if left out. Its texts differ from one
            version of Python to the next.

    """
    folder = Path(sysconfig.get_path("stdlib")) if library is None else library
    return list(dict.fromkeys(text for path in _modules(folder) for text in _of_module(path)))


def _modules(folder: Path) -> list[Path]:
    paths = folder.rglob("*.py")
    inside = ((path.relative_to(folder), path) for path in paths)
    return [path for relative, path in sorted(inside) if _OTHERS.isdisjoint(relative.parts)]


def _of_module(path: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's own tests have invalid escapes on purpose
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return  # the library's tests have files that no parser takes, on purpose
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED):
            text = _first_paragraph(ast.get_docstring(node) or "")
            if len(text.split()) >= FEWEST_WORDS:
                yield text


def _first_paragraph(docstring: str) -> str:
    """Return it on one line, cut at the end of a word."""
    paragraph = " ".join(re.split(r"\n\s*\n", docstring.strip(), maxsplit=1)[0].split())
    return paragraph if len(paragraph) <= LONGEST else paragraph[: LONGEST + 1].rsplit(" ", 1)[0]
