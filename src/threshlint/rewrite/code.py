"""One file's code as rewriting sees it: its text, its sites with their places, and what covers them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from threshlint.annotation import ANNOTATION_PREFIX, Annotation
from threshlint.rewrite.edits import Edit, apply_edits, moved
from threshlint.rewrite.errors import RewriteError
from threshlint.scan.coverage import PlacedRemark, Rank, read_comments
from threshlint.scan.lexer import Lexed, lex
from threshlint.scan.logical import LogicalLine, LogicalLines
from threshlint.site import Site, Span

if TYPE_CHECKING:
    from threshlint.rewrite.tree import Tree

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Code:
    """The code of one file.

    Args:
        lexed: The file's text and tokens.
        sites: All sites of the file, not only those that are to be rewritten.

    Raises:
        RewriteError: A site's number does not stand where the site says.

    """

    def __init__(self, lexed: Lexed, sites: Sequence[Site]) -> None:
        self.text = lexed.text
        self.sites = sites
        self.lexed = lexed
        self.logicals = LogicalLines(lexed)
        self.comments = read_comments(lexed)
        self._places = {site: self._place(site) for site in sites}

    def edited(self, edits: Sequence[Edit]) -> Code:
        """Return the edited code, with each site where it stands then; their order stays."""
        lexed = lex(apply_edits(self.text, edits))
        sites = []
        for site in self.sites:
            start, end = moved(*self.place(site), edits)
            span = Span(*lexed.position(start), *lexed.position(end))
            sites.append(replace(site, span=span, value="".join(lexed.text[start:end].split())))
        return Code(lexed, sites)

    def place(self, site: Site) -> tuple[int, int]:
        """Return the offsets at which a site's literal begins and ends."""
        return self._places[site]

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a 1-based line and column; raises IndexError behind the last line."""
        return self.lexed.line_starts[line - 1] + column - 1

    def logical(self, site: Site) -> LogicalLine:
        """Return the logical line of a site."""
        logical = self.logicals.at(self.place(site)[0])
        assert logical is not None, "a literal stands in a logical line"
        return logical

    def sites_of(self, logical: LogicalLine) -> list[Site]:
        """Return every site of a logical line."""
        return self._sites_by_statement.get(logical.index, [])

    def line_text(self, line: int) -> str:
        """Return a physical line without its line break."""
        return self.text[self.logicals.line_start(line) : self.logicals.line_end(line)]

    def line_break(self, line: int) -> str:
        """Return how a physical line is ended, or another one of the file where it is the last."""
        at = self.logicals.line_end(line)
        match = _LINE_BREAK.match(self.text, at) or _LINE_BREAK.search(self.text)
        return match.group() if match else "\n"

    @cached_property
    def tree(self) -> Tree:
        """The file's LibCST tree; raises RewriteError where there is none."""
        from threshlint.rewrite.tree import Tree  # imports LibCST, which takes 0.2 s

        return Tree(self.lexed)

    @cached_property
    def _sites_by_statement(self) -> dict[int, list[Site]]:
        statements: dict[int, list[Site]] = defaultdict(list)
        for site in self.sites:
            statements[self.logical(site).index].append(site)
        return statements

    # What covers a site

    def annotations_over(self, site: Site) -> Iterator[PlacedRemark]:
        """Yield every annotation that covers a site, well-formed or not."""
        start, _ = self.place(site)
        declared = self._declared_annotations(site)
        for remark in self.comments.remarks:
            if remark.rank is Rank.ANNOTATED and self.offset(remark.span.line, remark.span.column) in declared:
                yield remark
        for cover in self.comments.covering(self.logicals.span(start, self.place(site)[1])):
            if cover.remark.annotation is not None:
                yield cover.remark

    def winners(self, site: Site) -> list[PlacedRemark]:
        """Return the annotations that decide for a site: those of the highest rank, more than one where they agree.

        A table's ``threshold@key`` is none of them: there the keys decide.
        """
        readable = [
            remark
            for remark in self.annotations_over(site)
            if isinstance(remark.annotation, Annotation) and remark.rank is not Rank.TABLE_KEY
        ]
        best = min((remark.rank for remark in readable), default=None)
        return [remark for remark in readable if remark.rank is best]

    def annotation_of(self, site: Site) -> Annotation | None:
        """Return the annotation that decides for a site, if there is one."""
        found = {remark.annotation for remark in self.winners(site) if isinstance(remark.annotation, Annotation)}
        return found.pop() if len(found) == 1 else None

    def _declared_annotations(self, site: Site) -> set[int]:
        """Return where the ``threshold@…`` strings begin in the type of the declaration whose default a site is."""
        if not any(remark.rank is Rank.ANNOTATED for remark in self.comments.remarks):
            return set()
        return set(self.tree.strings_of_declared_type(self.place(site)[1], ANNOTATION_PREFIX))

    def _place(self, site: Site) -> tuple[int, int]:
        span = site.span
        try:
            start, end = self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)
        except IndexError:
            start = end = 0
        if not "".join(self.text[start:end].split()).endswith(site.value.lstrip("+-")):
            raise RewriteError(f"line {span.line}: {site.value} is not there any more; run the command again")
        return start, end
