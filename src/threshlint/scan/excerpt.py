"""What has to be looked up in a file's text once it is known what was found in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from threshlint.scan.fingerprint import read_statements
from threshlint.scan.lexer import lex

if TYPE_CHECKING:
    from threshlint.scan.solve import Outcome


@dataclass(frozen=True)
class Asked:
    """What has to be looked up in one file."""

    places: tuple[tuple[int, int], ...]  # the lines and columns of sites
    lines: tuple[int, ...]  # of mismatches


def asked_of_texts(outcomes: Sequence[Outcome]) -> dict[str, Asked]:
    """Return what has to be looked up in which file, to put outcomes together."""
    places, lines = defaultdict(list), defaultdict(list)
    for outcome in outcomes:
        for each in outcome.found:
            places[each.site.path].append((each.site.span.line, each.site.span.column))
        for mismatch in outcome.mismatches:
            lines[mismatch.path].append(mismatch.span.line)
    return {path: Asked(tuple(places[path]), tuple(lines[path])) for path in sorted({*places, *lines})}


@dataclass(frozen=True)
class Excerpt:
    """Parts of one file's text."""

    statements: dict[tuple[int, int], str] = field(default_factory=dict)  # digests, by the place of a number in each
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)  # where what is written on a line begins and ends

    def says(self, asked: Asked) -> bool:
        """Tell whether it says all that is asked for."""
        return self.statements.keys() >= set(asked.places) and self.lines.keys() >= set(asked.lines)


def excerpt(text: str, asked: Asked) -> Excerpt:
    """Look up what is asked in the text of a file."""
    lexed = lex(text)
    extents = {}
    for line in asked.lines:
        written = text[slice(*[*lexed.line_starts, None][line - 1 : line + 1])]
        extents[line] = (len(written) - len(written.lstrip()) + 1, len(written.rstrip()) + 1)
    return Excerpt(read_statements(lexed, asked.places), extents)
