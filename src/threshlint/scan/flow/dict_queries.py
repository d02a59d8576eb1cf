"""Dicts that are queries of a known library, wherever they are built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from threshlint.scan.facts import NOTHING, Op, Operation
from threshlint.scan.flow.values import MAPPING, SEQUENCE, VECTOR_QUERY, score_role
from threshlint.scan.flow.witness import Witness
from threshlint.scan.knowledge import DictPattern

_DEEPEST = 8


class _Patterns:
    """Patterns of dicts by the key that each of them needs, so that few have to be tried on a dict."""

    def __init__(self, patterns: Sequence[DictPattern]) -> None:
        self.patterns = patterns
        self.by_own: dict[object, list[int]] = defaultdict(list)
        self.by_outer: dict[str, list[int]] = defaultdict(list)
        self.always: list[int] = []
        for index, pattern in enumerate(patterns):
            if pattern.has:
                self.by_own[min(pattern.has)].append(index)
            elif pattern.under:
                for key in pattern.under:
                    self.by_outer[key].append(index)
            else:
                self.always.append(index)

    def worth_a_look(self, own: Iterable[object], outer: Iterable[str]) -> list[DictPattern]:
        """Return the patterns that a dict with these keys, below those, may follow, in their order."""
        found = set(self.always)
        for key in own:
            found.update(self.by_own.get(key, ()))
        for key in outer:
            found.update(self.by_outer.get(key, ()))
        return [self.patterns[index] for index in sorted(found)]


class DictQueries(Witness):
    """Finds the dict displays that are queries by vector, or parts of one, and what their keys take."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.stores: list[Operation] = []  # what is stored under a key after the dict was made
        self._around: dict[int, tuple[str, int]] = {}  # of a value: the key or argument it stands at, and in what

    def take_dict_queries(self) -> None:
        """Do what the knowledge says of dicts."""
        displays = [node for node, made in self.made_by.items() if made[0] is Op.MAPPING]
        self._note_what_is_around()
        patterns = _Patterns(self.knowledge.dicts)
        fitting = [
            (node, pattern)
            for node in displays
            for pattern in patterns.worth_a_look(self.entries.get(node, {}), [key for key, _ in self._outward(node)])
            if self._has_form(node, pattern)
        ]
        for node, pattern in fitting:
            if pattern.vector_query:
                self._mark(node)
        self.run()
        self._mark_holders()
        for node, pattern in fitting:
            if pattern.takes and self._is_within(node, pattern.within):
                for key, entry in tuple(self.entries.get(node, {}).items()):
                    if key in pattern.takes:
                        self.take(entry, pattern.takes[str(key)], node, f"`{key}` of a vector query")

    def _note_what_is_around(self) -> None:
        for node, made in self.made_by.items():
            if made[0] is Op.MAPPING:
                self._around.update((value, (key, node)) for key, value in made[2] if isinstance(key, str))
            elif made[0] is Op.SEQUENCE:
                self._around.update((value, ("", node)) for value in made[2])
            elif made[0] is Op.CALL:
                self._around.update((value, (name, NOTHING)) for name, value in made[4].items())
        for _, _, base, key, _, value in self.stores:
            if isinstance(key, str):
                self._around.setdefault(value, (key, next(self._containers(base), NOTHING)))

    def _containers(self, node: int) -> Iterator[int]:
        """Yield the displays that a node holds."""
        for value in self.held[node] if node >= 0 else ():
            if isinstance(value, tuple) and value[0] in (MAPPING, SEQUENCE):
                yield value[1]

    def _outward(self, node: int) -> Iterator[tuple[str, int]]:
        """Yield the keys and the displays around a display, the nearest first."""
        for _ in range(_DEEPEST):
            if node not in self._around:
                return
            key, node = self._around[node]
            yield key, node

    def _has_form(self, node: int, pattern: DictPattern) -> bool:
        entries = self.entries.get(node, {})
        if not pattern.has <= entries.keys():
            return False
        around = [key for key, _ in self._outward(node) if key]
        if pattern.under and pattern.under.isdisjoint(around):
            return False
        if pattern.under_score and not (around and score_role(around[0])):
            return False
        return not pattern.text or any(
            part in (self.constant_string(entries[key]) or "")
            for key, parts in pattern.text.items()
            if key in entries
            for part in parts
        )

    def _mark(self, node: int) -> None:
        """A query by vector, and everything that it is put into, is one."""
        self.add(node, VECTOR_QUERY)
        for _, around in self._outward(node):
            if around >= 0:
                self.add(around, VECTOR_QUERY)

    def _mark_holders(self) -> None:
        """What is built of a query by vector that stands in a variable is one too."""
        for _ in range(_DEEPEST):
            marked = [
                node
                for node, made in self.made_by.items()
                if made[0] in (Op.MAPPING, Op.SEQUENCE)
                and VECTOR_QUERY not in self.held[node]
                and self._holds_vector_query(node)
            ]
            if not marked:
                return
            for node in marked:
                self._mark(node)
            self.run()

    def _holds_vector_query(self, node: int) -> bool:
        parts = self.entries.get(node, {}).values()
        return any(VECTOR_QUERY in self.held[part] for part in (*parts, self.elements.get(node, node)))

    def _is_within(self, node: int, wanted: str) -> bool:
        if not wanted:
            return True
        displays = (node, *(around for _, around in self._outward(node) if wanted == "part"))
        return any(VECTOR_QUERY in self.held[display] for display in displays if display >= 0)
