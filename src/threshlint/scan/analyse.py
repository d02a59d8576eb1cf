"""One file: its source read, lexed and turned into facts, or the reason why not."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.lexer import lex
from threshlint.scan.source import Unreadable, is_generated, read_source

if TYPE_CHECKING:
    from threshlint.scan.coverage import FileComments
    from threshlint.scan.facts import Facts

# The parser and the walk need stack in proportion to the nesting; the memory is only taken when used.
STACK_BYTES = 512 * 1024 * 1024
RECURSION_LIMIT = 200_000
# Code that people write stays far below this; beyond it a parser's stack is at risk.
MOST_BRACKETS = 60
LONGEST_CHAIN = 1_500
MOST_ELIFS = 400


@dataclass(frozen=True)
class Job:
    """A file to analyse."""

    path: Path
    relative: str
    module: str


@dataclass
class Analysed:
    """What came of a file; without facts and reason it was left out on purpose."""

    relative: str
    facts: Facts | None = None
    comments: FileComments | None = None
    reason: str | None = None
    risky: bool = False  # to be done again where a crash costs nothing but itself


def analyse(job: Job, *, isolated: bool = False) -> Analysed:
    """Analyse one file.

    Code that is nested so deeply that the parser's native stack may overflow is only parsed when
    the caller says that this process may die (``isolated``).
    """
    source = read_source(job.path)
    if isinstance(source, Unreadable):
        return Analysed(job.relative, reason=source.reason)
    if is_generated(source.text, job.relative):
        return Analysed(job.relative)
    lexed = lex(source.text)
    if not isolated and (
        lexed.max_depth > MOST_BRACKETS
        or lexed.longest_chain > LONGEST_CHAIN
        or source.text.count("elif ") > MOST_ELIFS
    ):
        return Analysed(job.relative, risky=True)

    import libcst  # costs 0.2 s: only once a file needs it

    from threshlint.scan.coverage import read_comments
    from threshlint.scan.extract import extract
    from threshlint.scan.extract.positions import OutOfStepError

    try:
        facts = extract(lexed, job.relative, job.module)
        return Analysed(job.relative, facts, read_comments(lexed))
    except libcst.ParserSyntaxError as error:
        return Analysed(
            job.relative,
            reason=f"is not valid Python: {_first_line(error.message)} (line {error.raw_line}, column {error.raw_column + 1})",
        )
    except RecursionError:
        return Analysed(job.relative, reason="is nested too deeply to be analysed")
    except OutOfStepError:
        return Analysed(
            job.relative, reason="could not be analysed: the places of its tokens could not be told for certain"
        )


def _first_line(message: str) -> str:
    return " ".join(message.split())[:200]


def with_deep_stack(function, *arguments):  # type: ignore[no-untyped-def]
    """Call a function on a thread whose stack is deep enough for deeply nested code."""
    outcome: list[object] = []
    before = sys.getrecursionlimit()

    def run() -> None:
        try:
            outcome.append(function(*arguments))
        except BaseException as problem:  # handed on to the caller below
            outcome.append(problem)

    stack = threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(RECURSION_LIMIT)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(stack)
        sys.setrecursionlimit(before)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
