"""What of the knowledge begins something: makes vectors or scores, embeds, or takes numbers, whatever it is given.

All else needs a vector or a score first. So where nothing begins there are no sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from threshlint.scan.knowledge.shapes import Fixed, Instance, Many, Record, Role, Shape
from threshlint.site import Kind

if TYPE_CHECKING:
    from threshlint.scan.glance import Glance
    from threshlint.scan.knowledge import Call, DictPattern, Knowledge, Library, Take

_WORD = re.compile(r"[^\W\d]\w*")
_KINDS = frozenset({*(kind.value for kind in Kind), "score-threshold"})
_NOTHING = frozenset({"any", "other"})


class Seeds:
    """The beginnings in a body of knowledge.

    Most libraries are of vectors or scores alone: to import one is a beginning. Those that are of much else as well
    (of arrays, of statistics) have words that something of them begins with.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._ducks = frozenset(name for name, entries in knowledge.ducks.items() if any(map(_begins, entries)))
        self._dicts = [seed for pattern in knowledge.dicts if (seed := _dict_seed(pattern)) is not None]
        self._narrow: set[str] = set()  # modules
        self._words: dict[str, frozenset[str]] = {}  # of each module of the others
        for library in knowledge.libraries.values():
            begins = frozenset(_beginnings(library))
            modules = {above for module in library.modules for above in _with_packages(module)}
            calls = [call for named in library.calls.values() for call in named]
            if not begins:
                continue
            if "*" in begins or 2 * sum(map(_begins, calls)) >= len([call for call in calls if call.needs]):
                self._narrow |= modules
            else:
                for module in modules:
                    self._words[module] = self._words.get(module, frozenset()) | begins

    def begin_in(self, files: Iterable[Glance]) -> bool:
        """Tell whether something may begin in any of the files of a project; stops at the first."""
        looked_at = []
        for file in files:
            if file.telling or self._begin_at_once(file):
                return True
            looked_at.append(file)
        return self._begin_by_words(looked_at)

    def _begin_at_once(self, file: Glance) -> bool:
        return (
            not self._ducks.isdisjoint(file.words)
            or any(module in self._narrow for dotted in file.imports for module in _with_packages(dotted))
            or any(seed.may_be_in(file) for seed in self._dicts)
        )

    def _begin_by_words(self, files: Iterable[Glance]) -> bool:
        """A library that one file imports may be used by others, under whatever name."""
        files = list(files)
        imported = {module for file in files for dotted in file.imports for module in _with_packages(dotted)}
        wanted = frozenset[str]().union(*(self._words[module] for module in imported & self._words.keys()))
        return any(not wanted.isdisjoint(file.words) for file in files)


def _with_packages(dotted: str) -> Iterator[str]:
    """Yield a dotted name and all that are above it."""
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]


def _beginnings(library: Library) -> Iterator[str]:
    """Yield words one of which a file holds when something of a library begins there.

    What needs an instance of a type begins where that type is named, unless a function hands one out.
    """
    handed = _handed_out(library)
    for name, calls in library.calls.items():
        above, _, last = name.rpartition(".")
        if any(map(_begins, calls)):
            owner = library.types.get(above)
            if last == "*":
                yield last
            if owner is not None:
                yield above.split(".")[-1]
            if owner is None or above in handed:
                yield last
    for kind in library.types.values():
        held = [name for name, shape in kind.attributes.items() if _holds_something(shape)]
        if held or any("." in base for base in kind.bases):
            yield kind.name.split(".")[-1]
            if kind.name in handed:
                yield from held


def _handed_out(library: Library) -> set[str]:
    """Return the types whose instances come from functions that need nothing, and from methods of such instances."""
    handed: set[str] = set()
    while True:
        more = {
            made
            for name, calls in library.calls.items()
            if (above := name.rpartition(".")[0]) not in library.types
            or above in handed
            or (not any(call.needs for call in library.calls.get(above, ())) and above in library.calls)
            for call in calls
            if not call.needs
            for shape in (call.returns, *(when.returns for when in call.whens))
            for made in _types_in(shape)
        }
        if more <= handed:
            return handed
        handed |= more


def _begins(call: Call) -> bool:
    if any(role not in _NOTHING for role in call.needs.values()):
        return False
    return bool(
        call.embedder
        or _takes(call.takes.values())
        or _takes(call.constructor.values())
        or _holds_something(call.returns)
        or any(
            _holds_something(when.returns) or _takes(when.takes.values()) or _takes(when.constructor.values())
            for when in call.whens
        )
    )


def _takes(taken: Iterable[Take]) -> bool:
    return any(take.kind in _KINDS for take in taken)


def _holds_something(shape: Shape | None) -> bool:
    if isinstance(shape, Role):
        return shape.name not in _NOTHING
    if isinstance(shape, Many):
        return shape.ranked or _holds_something(shape.element)
    if isinstance(shape, Fixed):
        return any(map(_holds_something, shape.elements))
    if isinstance(shape, Record):
        return any(_holds_something(inner) for _, inner in shape.fields)
    return isinstance(shape, Instance) and "." in shape.type  # a type of another library


def _types_in(shape: Shape | None) -> Iterator[str]:
    if isinstance(shape, Instance):
        yield shape.type
    elif isinstance(shape, Many):
        yield from _types_in(shape.element)
    elif isinstance(shape, Fixed):
        for part in shape.elements:
            yield from _types_in(part)
    elif isinstance(shape, Record):
        for _, part in shape.fields:
            yield from _types_in(part)


@dataclass(frozen=True)
class DictSeed:
    """What a file holds where a dict display may be a query by vector, or a part of one."""

    own: frozenset[str]  # all of its keys that make it one
    around: frozenset[str]  # a key or an argument that it stands below, if it has to
    taken: frozenset[str]  # one of its keys that takes a number, if nothing but numbers begins with it
    texts: tuple[str, ...]  # parts of a text in it

    def may_be_in(self, file: Glance) -> bool:
        """Tell whether a file may hold such a dict."""
        return (
            self.own <= file.keys
            and (not self.around or not self.around.isdisjoint(file.words))
            and (not self.taken or not self.taken.isdisjoint(file.keys))
            and (not self.texts or any(file.words.issuperset(_WORD.findall(text)) for text in self.texts))
        )


def _dict_seed(pattern: DictPattern) -> DictSeed | None:
    taken = frozenset(key for key, take in pattern.takes.items() if take.kind in _KINDS)
    if pattern.within or not (pattern.vector_query or taken):
        return None  # a part of a query by vector, or of nothing that matters
    return DictSeed(
        pattern.has,
        frozenset(word for key in pattern.under for word in _WORD.findall(key)),
        frozenset() if pattern.vector_query else taken,
        tuple(part for parts in pattern.text.values() for part in parts),
    )
