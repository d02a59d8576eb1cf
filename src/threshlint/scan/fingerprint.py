"""A site's fingerprint: what stays when lines move, values change and comments come or go."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from threshlint.scan.facts import Facts
from threshlint.scan.lexer import Lexed, TokenKind
from threshlint.scan.logical import LogicalLine, LogicalLines
from threshlint.site import Site

_LEFT_OUT = frozenset({TokenKind.COMMENT, TokenKind.NUMBER, TokenKind.STRING})


# Digests of the statements in one file, by the lines and columns of the numbers in them.
Statements = dict[tuple[int, int], str]


def fingerprints(sites: Sequence[Site], statements: Mapping[str, Statements]) -> list[str]:
    """Return the fingerprint of each site; equal sites of a file are told apart by a count."""
    counts: Counter[str] = Counter()
    found = []
    for site in sites:
        statement = statements.get(site.path, {}).get((site.span.line, site.span.column)) or _digest("", 6)
        key = "|".join((site.path, site.scope, site.name or "", site.kind.value, statement))
        counts[key] += 1
        found.append(_digest(f"{key}|{counts[key]}", 8))
    return found


def read_statements(lexed: Lexed, facts: Facts) -> Statements:
    """Return a digest of the statement around each literal of a file."""
    statements = _Statements(lexed)
    places = [(literal.span.line, literal.span.column) for literal in facts.literals.values()]
    return {place: statements.digest(*place) for place in places}


class _Statements:
    """The logical lines of one file without their literals, comments and spaces, as digests."""

    def __init__(self, lexed: Lexed) -> None:
        self._lexed = lexed
        self._lines = LogicalLines(lexed)
        self._starts = [start for _, start, _ in lexed.tokens]
        self._known: dict[int, str] = {}

    def digest(self, line: int, column: int) -> str:
        logical = self._lines.at(self._lexed.line_starts[line - 1] + column - 1)
        if logical is None:
            return _digest("", 6)
        if logical.index not in self._known:  # a table of thousands of sites may be one logical line
            self._known[logical.index] = _digest(self._bare(logical), 6)
        return self._known[logical.index]

    def _bare(self, logical: LogicalLine) -> str:
        text = self._lexed.text
        pieces, at = [], logical.start
        for index in range(bisect_left(self._starts, logical.start), bisect_left(self._starts, logical.end)):
            kind, start, end = self._lexed.tokens[index]
            if start >= at and kind in _LEFT_OUT:
                pieces.append(text[at:start])
                at = end
        pieces.append(text[at : logical.end])
        return "".join("".join(pieces).split())


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
