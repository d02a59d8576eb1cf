"""A site's fingerprint: what stays when lines move, values change and comments come or go."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from threshlint.scan.lexer import Lexed, TokenKind
from threshlint.scan.logical import LogicalLines
from threshlint.site import Site

_LEFT_OUT = frozenset({TokenKind.COMMENT, TokenKind.NUMBER, TokenKind.STRING})


def fingerprints(sites: Sequence[Site], sources: Mapping[str, Lexed]) -> list[str]:
    """Return the fingerprint of each site; equal sites of a file are told apart by a count."""
    lines = {path: LogicalLines(lexed) for path, lexed in sources.items()}
    counts: Counter[str] = Counter()
    found = []
    for site in sites:
        statement = _statement(site, lines[site.path]) if site.path in lines else ""
        key = "|".join((site.path, site.scope, site.name or "", site.kind.value, _digest(statement, 6)))
        counts[key] += 1
        found.append(_digest(f"{key}|{counts[key]}", 8))
    return found


def _statement(site: Site, lines: LogicalLines) -> str:
    """Return the logical line of a site without its literals, comments and spaces."""
    lexed = lines.lexed
    logical = lines.at(lexed.line_starts[site.span.line - 1] + site.span.column - 1)
    if logical is None:
        return ""
    pieces, at = [], logical.start
    for kind, start, end in lexed.tokens:
        if start >= logical.end:
            break
        if start >= at and kind in _LEFT_OUT:
            pieces.append(lexed.text[at:start])
            at = end
    pieces.append(lexed.text[at : logical.end])
    return "".join("".join(pieces).split())


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
