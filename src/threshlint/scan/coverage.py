"""Where the annotations and suppressions of one file stand, and what each covers.

Coverage is by logical line, since formatters move a trailing comment to the closing bracket when they explode a
statement. Only lines that hold a remark are worked out; a file without one costs two substring searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from threshlint.annotation import (
    ANNOTATION_PREFIX,
    SUPPRESSION_PREFIX,
    Annotation,
    Malformed,
    Remark,
    Suppression,
    find_remarks,
    parse_annotation,
)
from threshlint.scan.lexer import Lexed, TokenKind
from threshlint.scan.logical import LogicalLine, LogicalLines
from threshlint.scan.sql_lines import read_sql_remarks
from threshlint.site import Span


class Rank(IntEnum):
    """By what right a remark covers a literal; the lowest takes precedence."""

    TABLE_KEY = 1
    ANNOTATED = 2
    INNER_LINE = 3
    LINE_END = 4
    LINE_ABOVE = 5


@dataclass(frozen=True)
class PlacedRemark:
    """An annotation or a suppression where it stands, and the lines that it covers."""

    span: Span
    text: str
    annotation: Annotation | Malformed | None
    suppression: Suppression | Malformed | None
    rank: Rank
    first_line: int  # what it covers, in lines, both ends included
    last_line: int


@dataclass(frozen=True)
class Cover:
    """A stretch of code that a remark covers."""

    remark: PlacedRemark
    span: Span
    member: str | None = None  # the member that the stretch assigns, in an Enum with ``threshold@key``


@dataclass
class FileComments:
    """Every remark of one file, in the order of the source, and what covers what."""

    remarks: list[PlacedRemark] = field(default_factory=list)
    covers_by_line: dict[int, list[Cover]] = field(default_factory=dict)

    def covering(self, span: Span) -> Iterator[Cover]:
        """Yield what covers a literal."""
        for cover in self.covers_by_line.get(span.line, ()):
            around = cover.span
            if (around.line, around.column) <= (span.line, span.column) and (span.end_line, span.end_column) <= (
                around.end_line,
                around.end_column,
            ):
                yield cover


def has_remarks(text: str) -> bool:
    """Tell whether a file may hold any remark at all."""
    return ANNOTATION_PREFIX in text or SUPPRESSION_PREFIX in text


def read_comments(lexed: Lexed) -> FileComments:
    """Find every remark of a file, and what it covers."""
    if not has_remarks(lexed.text):
        return FileComments()
    reader = _Reader(LogicalLines(lexed))
    reader.read_python_comments()
    reader.read_sql_comments()
    reader.read_annotated_types()
    reader.found.remarks.sort(key=lambda remark: remark.span)
    return reader.found


_ANNOTATED_TYPE = re.compile(r"\bAnnotated\s*\[")
_CLOSING_BRACKETS = re.compile(r"\s*[)\]}][)\]}\s,]*")
_ENUM_HEADER = re.compile(r"class\b[^(]*\((?:.*\W)?\w*Enum\b", re.DOTALL)
_MEMBER = re.compile(r"(?P<name>[^\W\d]\w*)\s*(?::[^=\r\n]*)?=(?!=)")


class _Reader:
    def __init__(self, logicals: LogicalLines) -> None:
        self.logicals = logicals
        self.text = logicals.text
        self.found = FileComments()

    def read_python_comments(self) -> None:
        for kind, start, end in self.logicals.lexed.tokens:
            if kind is TokenKind.COMMENT:
                for remark in find_remarks(self.text[start:end]):
                    self.place_comment(remark, start)

    def place_comment(self, remark: Remark, comment_start: int) -> None:
        """Decide what a comment covers from where it stands in its logical line."""
        start, end = comment_start + remark.start, comment_start + remark.end
        line = self.logicals.line(start)
        logical = self.logicals.at(start)
        if logical is None or line < logical.first_line_above:
            self.place(remark, start, end, Rank.LINE_ABOVE, (line, line))
        elif line < logical.first_line or line == logical.last_line:
            rank = Rank.LINE_ABOVE if line < logical.first_line else Rank.LINE_END
            placed = self.place(remark, start, end, rank, (logical.first_line_above, logical.last_line))
            self.cover(placed, self.logicals.lines_span(logical.first_line, logical.last_line))
            if _is_by_key(remark):
                self.cover_enum_members(placed, logical)
        else:
            self.place_inner(remark, start, end, logical)

    def place_inner(self, remark: Remark, start: int, end: int, logical: LogicalLine) -> None:
        """Cover the literals of an inner physical line.

        A formatter that explodes what stood on that line leaves the comment beside the closing bracket, so a line that
        begins with one covers what it closes. ``threshold@key`` beside an opening bracket covers what that encloses.
        """
        line = self.logicals.line(start)
        line_start, line_end = self.logicals.line_start(line), self.logicals.line_end(line)
        first, last = line_start, line_end
        closing = _CLOSING_BRACKETS.match(self.text, line_start, line_end)
        for opened, closed in self.logicals.brackets_of_line(logical, line):
            if closing and opened < line_start and closed <= closing.end():
                first = min(first, opened)
            if _is_by_key(remark) and line_start <= opened and closed > line_end:
                last = max(last, closed)
        span = self.logicals.span(first, last)
        placed = self.place(remark, start, end, Rank.INNER_LINE, (span.line, span.end_line))
        self.cover(placed, span)

    def read_sql_comments(self) -> None:
        for found in read_sql_remarks(self.logicals):
            span = self.logicals.span(found.line_start, found.end)
            placed = self.place(found.remark, found.start, found.end, Rank.INNER_LINE, (span.line, span.end_line))
            self.cover(placed, span)

    def read_annotated_types(self) -> None:
        """Find the annotations in ``Annotated[…]``; the extraction says which literal each belongs to."""
        if not _ANNOTATED_TYPE.search(self.text):
            return
        for piece in self.logicals.strings:
            body = self.text[piece.body_start : piece.body_end]
            if not body.startswith(ANNOTATION_PREFIX):
                continue
            logical = self.logicals.at(piece.start)
            if logical is None or not _ANNOTATED_TYPE.search(self.text, logical.start, piece.start):
                continue
            remark = Remark(0, len(body), annotation=parse_annotation(body))
            self.place(
                remark, piece.start, piece.end, Rank.ANNOTATED, (logical.first_line, logical.last_line), text=body
            )

    def cover_enum_members(self, placed: PlacedRemark, header: LogicalLine) -> None:
        """Cover the members of an Enum; the rest of a body is never covered by its header."""
        if not _ENUM_HEADER.match(self.text, header.start, header.end):
            return
        indent = self.logicals.indent(header)
        body_indent: str | None = None
        index = header.index + 1
        while (logical := self.logicals.number(index)) is not None:
            own_indent = self.logicals.indent(logical)
            if len(own_indent) <= len(indent):
                return
            if body_indent is None:
                body_indent = own_indent
            member = _MEMBER.match(self.text, logical.start, logical.end)
            if member and own_indent == body_indent:
                self.cover(placed, self.logicals.lines_span(logical.first_line, logical.last_line), member["name"])
            index += 1

    def place(
        self, remark: Remark, start: int, end: int, rank: Rank, lines: tuple[int, int], text: str | None = None
    ) -> PlacedRemark:
        placed = PlacedRemark(
            span=self.logicals.span(start, end),
            text=self.text[start:end] if text is None else text,
            annotation=remark.annotation,
            suppression=remark.suppression,
            rank=Rank.TABLE_KEY if _is_by_key(remark) else rank,
            first_line=lines[0],
            last_line=lines[1],
        )
        self.found.remarks.append(placed)
        return placed

    def cover(self, remark: PlacedRemark, span: Span, member: str | None = None) -> None:
        cover = Cover(remark, span, member)
        for line in range(span.line, span.end_line + 1):
            self.found.covers_by_line.setdefault(line, []).append(cover)


def _is_by_key(remark: Remark) -> bool:
    return isinstance(remark.annotation, Annotation) and remark.annotation.by_key
