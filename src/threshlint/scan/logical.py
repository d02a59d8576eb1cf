"""Logical lines: what the tokenizer ends with NEWLINE, the comments directly above, the brackets within."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from threshlint.scan.lexer import Lexed, TokenKind
from threshlint.site import Span

BLANKS_AND_COMMENTS = re.compile(r"(?:\s|\\(?=[\r\n])|#[^\r\n]*)*")
_BRACKET = re.compile(r"[()\[\]{}]")


@dataclass(frozen=True)
class LogicalLine:
    """One logical line; ``start`` and ``end`` are offsets, without the comments above."""

    index: int
    start: int
    end: int
    first_line: int
    last_line: int
    first_line_above: int  # where the block of comments directly above begins, ``first_line`` without one


@dataclass(frozen=True)
class StringPiece:
    """One string literal, f-strings included, between its quotes."""

    start: int
    body_start: int
    body_end: int
    end: int
    raw: bool


class LogicalLines:
    """The logical lines of a file, each worked out when it is asked for."""

    def __init__(self, lexed: Lexed) -> None:
        self.lexed = lexed
        self.text = lexed.text
        self._ends = [start for kind, start, _ in lexed.tokens if kind is TokenKind.NEWLINE]
        self._known: dict[int, LogicalLine] = {}
        self._brackets: dict[int, Mapping[int, list[tuple[int, int]]]] = {}

    def at(self, offset: int) -> LogicalLine | None:
        """Return the logical line that holds ``offset``, or that follows the comment there."""
        return self.number(bisect_left(self._ends, offset))

    def number(self, index: int) -> LogicalLine | None:
        """Return the logical line with this index, None behind the last."""
        if index >= len(self._ends):
            return None
        if index not in self._known:
            self._known[index] = self._work_out(index)
        return self._known[index]

    def span(self, start: int, end: int) -> Span:
        """Return the span between two offsets."""
        return Span(*self.lexed.position(start), *self.lexed.position(end))

    def line(self, offset: int) -> int:
        """Return the physical line of an offset."""
        return self.lexed.line(offset)

    def line_start(self, line: int) -> int:
        """Return the offset at which a physical line begins."""
        return self.lexed.line_starts[line - 1]

    def line_end(self, line: int) -> int:
        """Return the offset at which a physical line ends, before its line break."""
        starts = self.lexed.line_starts
        start, end = starts[line - 1], starts[line] if line < len(starts) else len(self.text)
        return start + len(self.text[start:end].rstrip("\r\n"))

    def lines_span(self, first: int, last: int) -> Span:
        """Return the span of whole physical lines."""
        return self.span(self.line_start(first), self.line_end(last))

    def indent(self, logical: LogicalLine) -> str:
        """Return what stands before a logical line on its first physical line."""
        return self.text[self.line_start(logical.first_line) : logical.start]

    def brackets_of_line(self, logical: LogicalLine, line: int) -> list[tuple[int, int]]:
        """Return where the brackets that open or close on a line of a logical line open and end."""
        if logical.index not in self._brackets:
            by_line: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for opened, closed in self._pair_brackets(logical):
                for end in {self.lexed.line(opened), self.lexed.line(closed - 1)}:
                    by_line[end].append((opened, closed))
            self._brackets[logical.index] = by_line
        return self._brackets[logical.index].get(line, [])

    @cached_property
    def strings(self) -> list[StringPiece]:
        """Every string literal of the file; of nested f-strings the outermost."""
        pieces: list[StringPiece] = []
        depth = outer_start = outer_body = 0
        text = self.text
        for kind, start, end in self.lexed.tokens:
            if kind is TokenKind.FSTRING:
                if not depth:
                    outer_start, outer_body = start, end
                depth += 1
            elif kind is TokenKind.FSTRING_END:
                depth -= 1
                if not depth:
                    pieces.append(_piece(text, outer_start, outer_body, end))
            elif kind is TokenKind.STRING and not depth:
                quote_at = start
                while text[quote_at] not in "\"'":
                    quote_at += 1
                quotes = 3 if text.startswith(text[quote_at] * 3, quote_at) else 1
                pieces.append(_piece(text, start, quote_at + quotes, end))
        return pieces

    def _work_out(self, index: int) -> LogicalLine:
        lexed, text = self.lexed, self.text
        previous_end = self._ends[index - 1] if index else 0
        blanks = BLANKS_AND_COMMENTS.match(text, previous_end)
        start = blanks.end() if blanks else previous_end
        first_line = lexed.line(start)
        lowest = lexed.line(previous_end) + 1 if index else 1
        above = first_line
        while above > lowest and text[self.line_start(above - 1) : self.line_end(above - 1)].lstrip().startswith("#"):
            above -= 1
        end = self._ends[index]
        return LogicalLine(index, start, end, first_line, lexed.line(end), above)

    def _pair_brackets(self, logical: LogicalLine) -> list[tuple[int, int]]:
        opaque = [(piece.start, piece.end) for piece in self._strings_within(logical)]
        opaque += self._comments_within(logical)
        opaque.sort()
        opaque.append((logical.end, logical.end))
        pairs: list[tuple[int, int]] = []
        opened: list[int] = []
        at = logical.start
        for gap_end, resume in opaque:
            for bracket in _BRACKET.finditer(self.text, at, gap_end):
                if bracket.group() in "([{":
                    opened.append(bracket.start())
                elif opened:
                    pairs.append((opened.pop(), bracket.end()))
            at = max(at, resume)  # a comment can stand inside an f-string
        return pairs

    def _strings_within(self, logical: LogicalLine) -> list[StringPiece]:
        first = bisect_left(self._string_starts, logical.start)
        return self.strings[first : bisect_left(self._string_starts, logical.end)]

    @cached_property
    def _string_starts(self) -> list[int]:
        return [piece.start for piece in self.strings]

    def _comments_within(self, logical: LogicalLine) -> list[tuple[int, int]]:
        comments = self._comments
        return comments[bisect_left(comments, (logical.start,)) : bisect_left(comments, (logical.end,))]

    @cached_property
    def _comments(self) -> list[tuple[int, int]]:
        return [(start, end) for kind, start, end in self.lexed.tokens if kind is TokenKind.COMMENT]


def _piece(text: str, start: int, body_start: int, end: int) -> StringPiece:
    opening = text[start:body_start]
    quotes = len(opening) - len(opening.lstrip("rbuftRBUFT"))
    return StringPiece(start, body_start, end - (len(opening) - quotes), end, "r" in opening.lower())
