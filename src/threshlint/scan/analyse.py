"""One file: its source read, lexed and turned into facts, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.lexer import MOST_BRACKETS, Lexed, lex
from threshlint.scan.source import MOST_BYTES, Unreadable, decode, digest_of, is_generated, read_bytes
from threshlint.scan.trouble import TOO_DEEP, guarded

if TYPE_CHECKING:
    from threshlint.scan.coverage import FileComments
    from threshlint.scan.facts import Facts
    from threshlint.scan.fingerprint import Statements

# Beyond these, LibCST's parser may take long, or more stack than there is; what people write stays far below.
_DEEPEST = 1_000
_MOST_BRANCHES = 400
_MOST_PATTERN_BRACKETS = 12  # each takes it twice as long


@dataclass(frozen=True)
class Job:
    """A file to analyse."""

    path: Path
    relative: str
    module: str
    checked: bool = False  # only whether it is Python, and for its comments: nothing else is asked of it
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
    statements: Statements = field(default_factory=dict)  # around its literals


def analyse(job: Job, *, expendable: bool = False) -> Analysed:
    """Analyse one file; whatever is wrong with it becomes a reason.

    Code that may crash or stall the parser is only parsed if this process may die (``expendable``).
    """
    return guarded(
        lambda: _analyse(job, expendable=expendable),
        lambda reason: Analysed(job.relative, reason=reason),
    )


def _analyse(job: Job, *, expendable: bool) -> Analysed:
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
        if job.checked:
            return _check(job, source.text, digest, expendable=expendable)
        lexed = lex(source.text)
        if lexed.most_brackets > MOST_BRACKETS:
            reason = f"is nested too deeply: Python allows {MOST_BRACKETS} open brackets, and it has more"
            return Analysed(job.relative, reason=reason, digest=digest)
        if not expendable and is_risky(lexed):
            return Analysed(job.relative, reason=TOO_DEEP, risky=True)
        return replace(_parse(job, lexed), digest=digest)
    except UnicodeEncodeError:
        reason = "holds half a character (a lone surrogate); save it as UTF-8"
        return Analysed(job.relative, reason=reason, digest=digest)


def is_risky(lexed: Lexed) -> bool:
    """Tell whether parsing a file may crash or stall the process; the parser is native code."""
    text = lexed.text
    return (
        lexed.deepest > _DEEPEST
        or text.count("elif") + text.count("lambda") > _MOST_BRANCHES
        or (lexed.most_brackets > _MOST_PATTERN_BRACKETS and "case" in text)
    )


def _check(job: Job, text: str, digest: str, *, expendable: bool) -> Analysed:
    """Check a file that holds and carries nothing; if this interpreter does not take it, it is analysed after all."""
    from threshlint.scan.coverage import FileComments, has_remarks, read_comments
    from threshlint.scan.facts import Facts
    from threshlint.scan.glance import glance
    from threshlint.scan.syntax import compiles

    if not compiles(text):
        return analyse(replace(job, checked=False), expendable=expendable)
    comments = read_comments(lex(text)) if has_remarks(text) else FileComments()
    imports = sorted(glance(text, job.relative, job.module).imports)
    return Analysed(job.relative, Facts(job.relative, job.module, imports=imports), comments, digest=digest)


def _parse(job: Job, lexed: Lexed) -> Analysed:
    from threshlint.scan.coverage import read_comments
    from threshlint.scan.extract import extract  # loads native code: only once a file needs it
    from threshlint.scan.extract.positions import OutOfStepError
    from threshlint.scan.extract.tree import NotPythonError
    from threshlint.scan.fingerprint import read_statements
    from threshlint.scan.syntax import refusal

    try:
        facts = extract(lexed, job.relative, job.module)
        return Analysed(job.relative, facts, read_comments(lexed), statements=read_statements(lexed, facts))
    except NotPythonError:
        return Analysed(job.relative, reason=refusal(lexed.text) or "cannot be parsed by LibCST")
    except OutOfStepError:
        reason = "could not be analysed: its parser and its lexer disagree on it; please report it with the file"
        return Analysed(job.relative, reason=reason)
