"""Value tables keyed by models: a new model gets an entry of its own, beside the old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import libcst as cst

from threshlint.rewrite.code import Code
from threshlint.rewrite.edits import Edit, apply_edits
from threshlint.rewrite.errors import RewriteError
from threshlint.rewrite.values import value_edit
from threshlint.scan.lexer import TokenKind
from threshlint.site import Site

_NOT_IN_A_KEY = frozenset("\"'\\\r\n")
_BLANK = " \t\f\r\n\\"


@dataclass(frozen=True)
class NewValue:
    """What a site's number is for another model."""

    site: Site
    value: str
    model: str


def table_edits(code: Code, values: Sequence[NewValue], canonical: Callable[[str], str]) -> list[Edit]:
    """Return the edits that give tables the values of new models.

    A new entry is a copy of the old one, nested tables and all, with the new model for its key. Where the table has the
    new model already, its values change.

    Args:
        code: The code of one file.
        values: The sites, each keyed by its model, and what they are for the new one.
        canonical: Gives the one name of a model.

    Raises:
        RewriteError: A site is keyed in another way, or its entry holds a site that no value is given for.

    """
    entries: dict[int, _Entry] = {}
    wanted: dict[tuple[int, str], dict[Site, str]] = defaultdict(dict)
    for each in values:
        entry = _entry_of(code, each.site, canonical)
        entries[id(entry.element)] = entry
        wanted[id(entry.element), each.model][each.site] = each.value
    edits: list[Edit] = []
    for (element, model), of_entry in wanted.items():
        entry = entries[element]
        there = entry.sibling(model, canonical)
        edits += entry.copied_for(model, of_entry) if there is None else entry.changed_in(there, of_entry)
    return edits


def counterpart(code: Code, site: Site, model: str, canonical: Callable[[str], str]) -> Site | None:
    """Return the number that a table has for another model in the place of a site, if it is there."""
    entry = _find_entry(code, site, canonical)
    there = entry.sibling(model, canonical) if entry is not None else None
    return entry.in_place_of(site, there) if entry is not None and there is not None else None


def _find_entry(code: Code, site: Site, canonical: Callable[[str], str]) -> _Entry | None:
    """Find the innermost entry around a site whose key is the site's model."""
    path = code.tree.around(code.place(site)[1])
    for element, table in pairwise(path):
        key = _key(element)
        if key is not None and canonical(key) in site.models:
            return _Entry(code, table, element)
    return None


def _entry_of(code: Code, site: Site, canonical: Callable[[str], str]) -> _Entry:
    entry = _find_entry(code, site, canonical)
    if entry is not None:
        return entry
    raise RewriteError(
        f"line {site.line}: {site.value} belongs to {', '.join(site.models)} by its branch or its Enum; "
        "add the new model there by hand",
        sites=[site],
    )


class _Entry:
    """One entry of a dict that is keyed by models."""

    def __init__(self, code: Code, table: cst.Dict, element: cst.DictElement) -> None:
        self.code = code
        self.table = table
        self.element = element
        self.start, self.key_end, _ = code.tree.places[id(element.key)]
        self.end = _end_of_expression(code, self.key_end)

    def sibling(self, model: str, canonical: Callable[[str], str]) -> cst.DictElement | None:
        """Return the entry of another model in the same table."""
        for element in self.table.elements:
            key = _key(element)
            if key is not None and canonical(key) == canonical(model) and isinstance(element, cst.DictElement):
                return element
        return None

    def changed_in(self, there: cst.DictElement, values: Mapping[Site, str]) -> Iterator[Edit]:
        """Yield the edits that give another entry, which is built alike, new values."""
        for site, value in values.items():
            other = self.in_place_of(site, there)
            if other is None:
                raise RewriteError(
                    f"line {site.line}: the entry of {_key(there)} holds no number in the place of {site.value}; "
                    "change it by hand",
                    sites=[site],
                )
            yield value_edit(self.code, other, value)

    def in_place_of(self, site: Site, there: cst.DictElement) -> Site | None:
        """Return the site of another entry that stands where a site stands in this one."""
        number = _follow(there.value, self.keys_within(site))
        end = self.code.tree.end(number) if number is not None else None
        return next((each for each in self.code.sites if self.code.place(each)[1] == end), None)

    def keys_within(self, site: Site) -> list[str | None]:
        """Return the keys that lead from this entry's value to a site, outermost first."""
        path = self.code.tree.around(self.code.place(site)[1])
        inner = path[: next(index for index, node in enumerate(path) if node is self.element)]
        return [_key(node) for node in reversed(inner) if isinstance(node, cst.DictElement)]

    def copied_for(self, model: str, values: Mapping[Site, str]) -> list[Edit]:
        """Return the edits that put a copy of this entry behind it, for another model."""
        code = self.code
        for other in code.sites:
            if other not in values and other.exempt is None and self.start <= code.place(other)[0] < self.end:
                raise RewriteError(
                    f"line {other.line}: {other.value} stands in the same entry, and has no value for {model}; "
                    "give one, or add the entry by hand",
                    sites=values,
                )
        if _NOT_IN_A_KEY & set(model):
            raise RewriteError(
                f"line {code.logicals.line(self.start)}: {model} cannot stand in quotes as it is", sites=values
            )
        changes = [value_edit(code, site, value) for site, value in values.items()]
        changes.append(Edit(*self._between_quotes(), model))
        within = [Edit(edit.start - self.start, edit.end - self.start, edit.text) for edit in changes]
        return self._put_behind(apply_edits(code.text[self.start : self.end], within))

    def _between_quotes(self) -> tuple[int, int]:
        key = cst.ensure_type(self.element.key, cst.SimpleString)
        return self.start + len(key.prefix) + len(key.quote), self.key_end - len(key.quote)

    def _put_behind(self, entry: str) -> list[Edit]:
        """Write a new entry in the style of the old one: on a line of its own if that one is."""
        code = self.code
        line = code.logicals.line(self.start)
        indent = code.text[code.logicals.line_start(line) : self.start]
        if indent.strip():
            return [Edit(self.end, self.end, f", {entry}", adds_code=True)]
        own_line = code.line_break(line) + indent + entry
        line_end = code.logicals.line_end(code.logicals.line(self.end))
        rest = code.text[self.end : line_end]
        comma = "," if rest.lstrip().startswith(",") else ""
        if not rest.strip().removeprefix(",").lstrip().startswith("#"):
            return [Edit(self.end, self.end, "," + own_line, adds_code=True)]
        behind_comment = self.end + len(rest.rstrip())
        edits = [Edit(behind_comment, behind_comment, own_line + comma, adds_code=True)]
        return edits if comma else [Edit(self.end, self.end, ",", adds_code=True), *edits]


def _key(element: Any) -> str | None:
    """Return the key of an entry of a dict, None where it is no plain string."""
    key = element.key if isinstance(element, cst.DictElement) else None
    if not isinstance(key, cst.SimpleString) or key.lpar or not isinstance(key.evaluated_value, str):
        return None
    return key.evaluated_value


def _follow(value: Any, keys: Sequence[str | None]) -> Any:
    """Go down a nested dict by its keys; return the value there, None where there is none."""
    for key in keys:
        elements = value.elements if isinstance(value, cst.Dict) else ()
        value = next((element.value for element in elements if key is not None and _key(element) == key), None)
    return value


def _end_of_expression(code: Code, start: int) -> int:
    """Return where what stands before the next comma, or the end of the brackets around it, ends."""
    opaque = {piece.start: piece.end for piece in code.logicals.strings}
    comments = {begin: end for kind, begin, end in code.lexed.tokens if kind is TokenKind.COMMENT}
    at = end = start
    depth = 0
    while at < len(code.text):
        character = code.text[at]
        if at in comments:
            at = comments[at]
            continue
        if depth == 0 and character in ",)]}":
            break
        depth += (character in "([{") - (character in ")]}")
        at = opaque.get(at, at + 1)
        if character not in _BLANK:
            end = at
    return end
