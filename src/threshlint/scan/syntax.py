"""Whether a text is Python, where no tree of it is needed, and what is wrong with it where it is none.

This interpreter's own parser takes a tenth of LibCST's time. It knows the grammar of its own version only, so where it
says no, LibCST decides.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst

_WHERE_IT_STANDS = re.compile(r"(?:parser|tokenizer) error: (?:error at \d+:\d+: )?")
_LONGEST_MESSAGE = 120


def compiles(text: str) -> bool:
    """Tell whether this interpreter takes a text; no tree is built, which would take as long again."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(text, "", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def refusal(text: str) -> str | None:
    """Return why LibCST takes a text for no Python, or None if it does not.

    The words are this interpreter's, which tell more, if it agrees.
    """
    import libcst  # costs 0.2 s: only for a file that is most likely broken

    try:
        libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        return _own_words(text) or _words_of(error)
    except libcst.CSTValidationError as error:
        return _own_words(text) or f"cannot be parsed by LibCST: {error}"
    return None


def _own_words(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as own:
        return f"cannot be parsed: {own.msg} (line {own.lineno}, column {own.offset})"
    except (ValueError, RecursionError, MemoryError):
        pass  # it gives up where LibCST has an answer
    return None


def _words_of(error: libcst.ParserSyntaxError) -> str:
    said = " ".join(_WHERE_IT_STANDS.sub("", error.message).split())
    if len(said) > _LONGEST_MESSAGE:
        said = said[:_LONGEST_MESSAGE].rpartition(" ")[0] + " ..."
    return f"cannot be parsed by LibCST: {said} (line {error.raw_line})"
