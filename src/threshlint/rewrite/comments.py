"""Where a new annotation goes: at the end of the statement, above it, or at the end of an inner line.

It goes where ``ruff format`` and ``black`` leave it, and where it covers the sites that it is for and no others.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from threshlint.output.text import TAB_WIDTH, display_width
from threshlint.rewrite.code import Code
from threshlint.rewrite.edits import Edit
from threshlint.scan.coverage import Rank
from threshlint.scan.lexer import TokenKind
from threshlint.site import Site

_BEFORE_COMMENT = "  # "
_BLANKS = " \t\f"
# A comment that would say something else with ours behind it: a type, or what Sphinx prints.
_TAKES_THE_WHOLE_LINE = re.compile(r"#\s*type:(?!\s*ignore\b)|#:")
# A comment above a statement that speaks to the very next line.
_SPEAKS_TO_NEXT_LINE = re.compile(r"\s*#(?::|\s*[a-z][\w.-]*:\s?\S|\s*nosemgrep\b)")
_HEADER = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")
_HEADER_LINES = 2
_CLOSING_BRACKET = re.compile(r"\s*[)\]}]")


@dataclass
class Placement:
    """The comments that are to be written, and the sites for which there is no place."""

    edits: list[Edit] = field(default_factory=list)
    left: dict[Site, str] = field(default_factory=dict)  # and why


def place_comments(code: Code, annotations: Mapping[Site, str], line_length: int) -> Placement:
    """Find a place for the annotation of each site, one for all of a logical line where that says no more than it may.

    Args:
        code: The code of one file.
        annotations: For each site the text of its annotation, from ``threshold@`` on.
        line_length: How long the file's formatter lets a line be.

    """
    statements: dict[int, dict[Site, str]] = defaultdict(dict)
    for site, annotation in annotations.items():
        statements[code.logical(site).index][site] = annotation
    placement = Placement()
    for wanted in statements.values():
        statement = _Statement(code, wanted, line_length)
        if not statement.place_whole(placement):
            statement.place_by_line(placement)
    return placement


class _Statement:
    """One logical line with the annotations that its sites are to get."""

    def __init__(self, code: Code, wanted: Mapping[Site, str], line_length: int) -> None:
        self.code = code
        self.wanted = wanted
        self.line_length = line_length
        self.logical = code.logical(next(iter(wanted)))
        self.others = [site for site in code.sites_of(self.logical) if site not in wanted]
        first, last = self.logical.first_line, self.logical.last_line
        self.is_continued = any(_ends_in_backslash(code, line) for line in range(first, last))

    def place_whole(self, placement: Placement) -> bool:
        """Let one annotation cover the logical line; return whether it may."""
        annotations = set(self.wanted.values())
        if len(annotations) > 1:
            return False
        ranks = self.ranks()
        if any(_disturbs(self.code, other, rank) for other in self.others for rank in ranks):
            return False
        if any(_decides_already(self.code, site, rank) for site in self.wanted for rank in ranks):
            return False
        (annotation,) = annotations
        if Rank.LINE_ABOVE in ranks:
            placement.edits.append(self.above(annotation))
        if Rank.LINE_END in ranks:
            placement.edits.append(_trailing(self.code, self.logical.last_line, annotation))
        return True

    def ranks(self) -> set[Rank]:
        """Say whether the annotation goes above the statement, at its end, or to both places.

        Formatters break a line behind a header and a semicolon: what stands above stays with the first part, and what
        stands at the end with the last.
        """
        breaks = self.breaks()
        if breaks and not self.is_continued:
            return {self.rank_in_part(site, breaks) for site in self.wanted}
        (annotation,) = set(self.wanted.values())
        fits = not self.is_continued and self.fits_at_end_of(self.logical.last_line, annotation)
        return {Rank.LINE_END if fits or not self.has_place_above() else Rank.LINE_ABOVE}

    def breaks(self) -> Sequence[int]:
        """Return where formatters break this logical line."""
        starts = self.code.tree.statement_starts
        return starts[bisect_left(starts, self.logical.start + 1) : bisect_left(starts, self.logical.end)]

    def rank_in_part(self, site: Site, breaks: Sequence[int]) -> Rank:
        return Rank.LINE_END if bisect_right(breaks, self.code.place(site)[0]) else Rank.LINE_ABOVE

    def has_place_above(self) -> bool:
        """Tell whether a comment can stand above: not where a backslash on the line before goes on."""
        first = self.logical.first_line
        return first == 1 or not _ends_in_backslash(self.code, first - 1)

    def above(self, annotation: str) -> Edit:
        code, line = self.code, self.logical.first_line
        indent = code.logicals.indent(self.logical).replace("\f", "")
        ending = code.line_break(line)
        while line > self.logical.first_line_above and _speaks_to_next_line(code, line - 1):
            line -= 1
        at = code.logicals.line_start(line)
        return Edit(at, at, f"{indent}# {annotation}{ending}")

    def fits_at_end_of(self, line: int, annotation: str) -> bool:
        comment = _comment_of(self.code, line)
        if comment is not None and _TAKES_THE_WHOLE_LINE.match(comment):
            return False
        text = self.code.line_text(line).rstrip() + _BEFORE_COMMENT + annotation
        return display_width(text.expandtabs(TAB_WIDTH)) <= self.line_length

    # Line by line, where the statement holds what the annotation is not to cover

    def place_by_line(self, placement: Placement) -> None:
        lines: dict[int, dict[Site, str]] = defaultdict(dict)
        for site, annotation in self.wanted.items():
            lines[site.span.line][site] = annotation
        for line, wanted in lines.items():
            obstacle = self.obstacle_on(line, wanted)
            if obstacle:
                placement.left.update(dict.fromkeys(wanted, obstacle))
            else:
                placement.edits.append(_trailing(self.code, line, next(iter(wanted.values()))))

    def obstacle_on(self, line: int, wanted: Mapping[Site, str]) -> str | None:
        """Say why an inner line cannot be annotated for its own sites alone, None where it can."""
        beside = [
            other
            for other in (*self.others, *(site for site in self.wanted if site not in wanted))
            if other.span.line <= line <= other.span.end_line
        ]
        others = [other for other in beside if _disturbs(self.code, other, Rank.INNER_LINE)]
        if any(_decides_already(self.code, site, Rank.INNER_LINE) for site in wanted) and not others:
            return "the annotation there covers other sites, too; put each on a line of its own"
        if others or len(set(wanted.values())) > 1:
            named = ", ".join(f"{other.kind} {other.value}" for other in others) or "other values"
            return f"an annotation would cover {named} on the same line, too; put each on a line of its own"
        if line == self.logical.last_line:
            return "an annotation would cover the whole statement, other sites included; put each on a line of its own"
        if not self.keeps_comment(line) or not self.fits_at_end_of(line, next(iter(wanted.values()))):
            return "a comment on this line would not survive formatters; put each site on a line of its own"
        return None

    def keeps_comment(self, line: int) -> bool:
        """Tell whether formatters leave a comment at the end of an inner line with what stands on that line."""
        text = self.code.line_text(line)
        comment = _comment_of(self.code, line) or ""
        bare = text.rstrip()[: len(text.rstrip()) - len(comment)].rstrip()
        end = self.code.logicals.line_end(line)
        in_string = any(piece.start < end < piece.end for piece in self.code.logicals.strings)
        return bare.endswith(",") and not in_string and not _CLOSING_BRACKET.match(text)


def _disturbs(code: Code, site: Site, rank: Rank) -> bool:
    """Tell whether an annotation of a rank would say something new of a site."""
    winners = code.winners(site)
    if winners:
        return winners[0].rank >= rank
    return site.exempt is None and not site.keyed


def _decides_already(code: Code, site: Site, rank: Rank) -> bool:
    """Tell whether an annotation that is there takes precedence over a new one of a rank, or would disagree with it."""
    winners = code.winners(site)
    return bool(winners) and winners[0].rank <= rank


def _trailing(code: Code, line: int, annotation: str) -> Edit:
    at = code.logicals.line_start(line) + len(code.line_text(line).rstrip(_BLANKS))
    return Edit(at, at, _BEFORE_COMMENT + annotation)


def _comment_of(code: Code, line: int) -> str | None:
    """Return the comment that ends a physical line."""
    start, end = code.logicals.line_start(line), code.logicals.line_end(line)
    tokens = code.lexed.tokens
    index = bisect_left(tokens, end, key=lambda token: token[1]) - 1
    while index >= 0 and tokens[index][1] >= start:
        kind, begin, stop = tokens[index]
        if kind is TokenKind.COMMENT and stop == end:
            return code.text[begin:stop].rstrip()
        index -= 1
    return None


def _ends_in_backslash(code: Code, line: int) -> bool:
    """Tell whether a backslash joins a line to the next, or seems to within a string."""
    return code.line_text(line).endswith("\\") and _comment_of(code, line) is None


def _speaks_to_next_line(code: Code, line: int) -> bool:
    text = code.line_text(line)
    if line <= _HEADER_LINES and _HEADER.match(text):
        return False
    return _SPEAKS_TO_NEXT_LINE.match(text) is not None
