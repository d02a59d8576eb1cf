"""One file: its source read, lexed and turned into facts, or the reason why not."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.lexer import MOST_BRACKETS, Lexed, lex
from threshlint.scan.source import MOST_BYTES, Unreadable, decode, digest_of, is_generated, read_bytes

if TYPE_CHECKING:
    import libcst

    from threshlint.scan.coverage import FileComments
    from threshlint.scan.facts import Facts

# Beyond these, LibCST's parser may take long, or more stack than there is; what people write stays far below.
_DEEPEST = 1_000
_MOST_BRANCHES = 400
_MOST_PATTERN_BRACKETS = 12  # each takes it twice as long

_WHERE_IT_STANDS = re.compile(r"(?:parser|tokenizer) error: (?:error at \d+:\d+: )?")
_LONGEST_MESSAGE = 120
_TOO_DEEP = "is nested too deeply to be analysed; simplify or exclude it"


@dataclass(frozen=True)
class Job:
    """A file to analyse."""

    path: Path
    relative: str
    module: str
    most_bytes: int = MOST_BYTES


@dataclass
class Analysed:
    """What came of a file; without facts and reason it was left out on purpose."""

    relative: str
    facts: Facts | None = None
    comments: FileComments | None = None
    reason: str | None = None
    risky: bool = False  # to be done again where a crash costs nothing but itself
    digest: str = ""  # of the file's content, where that alone decided what came of it


def analyse(job: Job, *, expendable: bool = False) -> Analysed:
    """Analyse one file; whatever is wrong with it becomes a reason.

    Code that may crash or stall the parser is only parsed if this process may die (``expendable``).
    """
    content = read_bytes(job.path, job.most_bytes)
    if isinstance(content, Unreadable):
        return Analysed(job.relative, reason=content.reason)
    digest = digest_of(content)
    source = decode(content)
    if isinstance(source, Unreadable):
        return Analysed(job.relative, reason=source.reason, digest=digest)
    if is_generated(source.text, job.relative):
        return Analysed(job.relative, digest=digest)
    try:
        lexed = lex(source.text)
        if lexed.most_brackets > MOST_BRACKETS:
            reason = f"is nested too deeply: Python allows {MOST_BRACKETS} open brackets, and it has more"
            return Analysed(job.relative, reason=reason, digest=digest)
        if not expendable and is_risky(lexed):
            return Analysed(job.relative, reason=_TOO_DEEP, risky=True)
        return replace(_parse(job, lexed), digest=digest)
    except RecursionError:
        return Analysed(job.relative, reason=_TOO_DEEP)
    except MemoryError:
        return Analysed(job.relative, reason="takes more memory than there is; split or exclude it")
    except UnicodeEncodeError:
        return Analysed(job.relative, reason="holds half a character (a lone surrogate); save it as UTF-8")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # one file's trouble is not the others'; a panic of the parser is no Exception
        said = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
        reason = f"could not be analysed ({said}), which is a bug in threshlint: please report it with the file"
        return Analysed(job.relative, reason=reason)


def is_risky(lexed: Lexed) -> bool:
    """Tell whether parsing a file may crash or stall the process; the parser is native code."""
    text = lexed.text
    return (
        lexed.deepest > _DEEPEST
        or text.count("elif") + text.count("lambda") > _MOST_BRANCHES
        or (lexed.most_brackets > _MOST_PATTERN_BRACKETS and "case" in text)
    )


def _parse(job: Job, lexed: Lexed) -> Analysed:
    import libcst  # costs 0.2 s: only once a file needs it

    from threshlint.scan.coverage import read_comments
    from threshlint.scan.extract import extract
    from threshlint.scan.extract.positions import OutOfStepError

    try:
        return Analysed(job.relative, extract(lexed, job.relative, job.module), read_comments(lexed))
    except libcst.ParserSyntaxError as error:
        return Analysed(job.relative, reason=_syntax_error(lexed.text, error))
    except libcst.CSTValidationError as error:
        return Analysed(job.relative, reason=f"cannot be parsed by LibCST: {error}")
    except OutOfStepError:
        reason = "could not be analysed: its parser and its lexer disagree on it; please report it with the file"
        return Analysed(job.relative, reason=reason)


def _syntax_error(text: str, error: libcst.ParserSyntaxError) -> str:
    """Say what is wrong with a text in the words of this interpreter, which tells more than LibCST, if it agrees."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as own:
        return f"cannot be parsed: {own.msg} (line {own.lineno}, column {own.offset})"
    except (ValueError, RecursionError, MemoryError):
        pass  # it gives up where LibCST has an answer
    said = " ".join(_WHERE_IT_STANDS.sub("", error.message).split())
    if len(said) > _LONGEST_MESSAGE:
        said = said[:_LONGEST_MESSAGE].rpartition(" ")[0] + " ..."
    return f"cannot be parsed by LibCST: {said} (line {error.raw_line})"
