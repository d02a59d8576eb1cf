"""Python source -> facts: one file's part of the score-flow graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threshlint.scan.facts import Facts

if TYPE_CHECKING:
    from threshlint.scan.lexer import Lexed


def extract(lexed: Lexed, path: str, module: str) -> Facts:
    """Turn a file into facts.

    Raises libcst.ParserSyntaxError for what is no Python, and RecursionError for what is nested
    deeper than the stack.
    """
    import libcst as cst  # costs 0.2 s: only once a file needs it

    from threshlint.scan.extract.positions import locate
    from threshlint.scan.extract.statements import Statements

    tree = cst.parse_module(lexed.text)
    walker = Statements(Facts(path, module), lexed, locate(tree, lexed))
    walker.speak(module)
    walker.body(tree)
    walker.close()
    return walker.facts
