"""Remarks inside SQL strings: ``-- threshold@model`` covers the SQL line that it stands on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from threshlint.annotation import ANNOTATION_PREFIX, SUPPRESSION_PREFIX, Remark, find_remarks
from threshlint.scan.logical import BLANKS_AND_COMMENTS, LogicalLines, StringPiece

_SQL_SIGN = "--"
_HINT_OF_REMARK = re.compile(rf"{_SQL_SIGN}\s*(?:{ANNOTATION_PREFIX}|{SUPPRESSION_PREFIX})")
_ESCAPE_OR_BREAK = re.compile(r"\\(?:\r\n|[\s\S])|\r\n|[\r\n]")
_BREAK = re.compile(r"\r\n|[\r\n]")


@dataclass(frozen=True)
class SqlRemark:
    """A remark of an SQL string; the offsets are those of the file."""

    remark: Remark
    start: int
    end: int
    line_start: int  # of the SQL line, which adjacent string literals can share


def read_sql_remarks(logicals: LogicalLines) -> Iterator[SqlRemark]:
    """Find the remarks of every SQL string of a file.

    A string that stands alone as a statement is documentation, not SQL.
    """
    text = logicals.text
    hints = [match.start() for match in _HINT_OF_REMARK.finditer(text)]
    if not hints:
        return
    pieces = logicals.strings
    starts = [piece.start for piece in pieces]
    sql: _SqlText | None = None
    done_to = -1
    for hint in hints:
        index = bisect_right(starts, hint) - 1
        if hint < done_to or index < 0 or hint >= pieces[index].body_end:
            continue
        if sql is None or index not in sql.indices:
            sql = _sql_text(logicals, index)
        if sql.is_statement:
            continue
        piece = pieces[index]
        nearest = bisect_right(sql.breaks, (hint, hint))
        line_start = sql.breaks[nearest - 1][1] if nearest else pieces[sql.indices.start].body_start
        done_to = min(sql.breaks[nearest][0] if nearest < len(sql.breaks) else piece.body_end, piece.body_end)
        written_from = max(line_start, piece.body_start)
        for remark in find_remarks(text[written_from:done_to], _SQL_SIGN):
            yield SqlRemark(remark, written_from + remark.start, written_from + remark.end, line_start)


@dataclass(frozen=True)
class _SqlText:
    """Adjacent string literals, which Python puts together."""

    indices: range
    breaks: list[tuple[int, int]]  # where its lines end, be it by a line break or by ``\\n``
    is_statement: bool


def _sql_text(logicals: LogicalLines, index: int) -> _SqlText:
    text, pieces = logicals.text, logicals.strings
    logical = logicals.at(pieces[index].start)
    earliest, latest = (logical.start, logical.end) if logical else (pieces[index].start, pieces[index].end)
    first = last = index
    while first and pieces[first - 1].start >= earliest and _skip(text, pieces[first - 1].end) == pieces[first].start:
        first -= 1
    while (
        last + 1 < len(pieces)
        and pieces[last + 1].end <= latest
        and _skip(text, pieces[last].end) == pieces[last + 1].start
    ):
        last += 1
    is_statement = pieces[first].start == earliest and _skip(text, pieces[last].end) >= latest
    breaks = [place for piece in pieces[first : last + 1] for place in _breaks(text, piece)]
    return _SqlText(range(first, last + 1), breaks, is_statement)


def _skip(text: str, at: int) -> int:
    match = BLANKS_AND_COMMENTS.match(text, at)
    return match.end() if match else at


def _breaks(text: str, piece: StringPiece) -> Iterator[tuple[int, int]]:
    pattern = _BREAK if piece.raw else _ESCAPE_OR_BREAK
    for match in pattern.finditer(text, piece.body_start, piece.body_end):
        if match.group() in ("\\n", "\n", "\r", "\r\n"):
            yield match.span()
