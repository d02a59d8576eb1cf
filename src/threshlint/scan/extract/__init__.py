"""Python source -> facts: one file's part of the score-flow graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threshlint.scan.facts import Facts

if TYPE_CHECKING:
    from threshlint.scan.lexer import Lexed


def extract(lexed: Lexed, path: str, module: str) -> Facts:
    """Turn a file into facts.

    Raises NotPythonError for what is no Python, and RecursionError for what is nested deeper than the
    stack.
    """
    from threshlint.scan.extract.positions import locate
    from threshlint.scan.extract.statements import Statements
    from threshlint.scan.extract.tree import parse  # loads native code: only once a file needs it

    tree = parse(lexed.text)
    walker = Statements(Facts(path, module), lexed, locate(tree, lexed))
    walker.speak(module)
    walker.body(tree)
    walker.close()
    return walker.facts
