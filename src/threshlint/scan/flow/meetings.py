"""Where vectors of two models meet: in one comparison, or in one index that holds the one and is asked the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.models import Models, Named
from threshlint.scan.flow.origins import Origins
from threshlint.scan.flow.values import EMBEDDING, LIBRARY_METHOD, ORDER, RANKED, SCORES, SHAPE
from threshlint.scan.knowledge import Call
from threshlint.spaces import share_space

# Arguments that tell one collection of vectors in a store from another, or one of several vectors of a record.
_PLACES = frozenset(
    "collection_name collection index index_name table table_name namespace using vector_name target_vector anns_field "
    "partition_name partition_names class_name".split()
)


@dataclass(frozen=True)
class Meeting:
    """Two models whose vectors meet, and the node where they do."""

    node: int
    one: Named
    other: Named
    in_index: bool = False


@dataclass(frozen=True)
class _Handed:
    """Vectors that a method of an object was given, and their model, if it is only one."""

    call: int
    model: Named | None
    places: frozenset[tuple[str, str | None]]
    asks: bool  # for what is near, rather than to be kept


class Meetings:
    """Finds the meetings of two models that are sure."""

    def __init__(self, engine: Engine, origins: Origins, models: Models) -> None:
        self.engine = engine
        self.origins = origins
        self.models = models

    def all(self) -> Iterator[Meeting]:
        """Yield each meeting of vectors that share no space."""
        if not self.models.any_known:
            return
        handed: dict[int, list[_Handed]] = defaultdict(list)
        for node, made in self.engine.made_by.items():
            if made[0] is Op.BINARY and made[2] in ("@", "*", "-"):
                yield from self._of_two(node, made[3], made[4])
            elif made[0] is Op.CALL:
                yield from self._in_call(node, made, handed)
        for one_object in handed.values():
            yield from _in_index(one_object)

    def _of_two(self, node: int, left: int, right: int) -> Iterator[Meeting]:
        if not (self._is_vector(left) and self._is_vector(right)):
            return
        one, other = self._only_model(left), self._only_model(right)
        if one is not None and other is not None and not share_space(one.model, other.model):
            yield Meeting(node, one, other)

    def _in_call(self, node: int, made: Operation, handed: dict[int, list[_Handed]]) -> Iterator[Meeting]:
        arguments = self.engine.given.get(node)
        if arguments is None:
            return
        scores = self._holds_scores(node)
        for entry in self.origins.entries(made[2]):
            given = self.engine.named_arguments(entry, arguments)
            vectors = [given[name] for name in _vector_parameters(entry) if name in given]
            if scores and len(vectors) == 2:
                yield from self._of_two(node, vectors[0], vectors[1])
            objects = self._objects(made[2])
            for vector in vectors:
                model = self._only_model(vector) if len(objects) == 1 and self._is_vector(vector) else None
                for made_by in objects:
                    handed[made_by].append(_Handed(node, model, self._places(given), scores))

    def _objects(self, function: int) -> set[int]:
        """Return the calls that made the objects whose method a called expression is."""
        return {
            value[3]
            for value in self.engine.held[function]
            if isinstance(value, tuple) and value[0] == LIBRARY_METHOD and value[3] >= 0
        }

    def _places(self, given: Mapping[str, int]) -> frozenset[tuple[str, str | None]]:
        return frozenset((name, self.engine.constant_string(node)) for name, node in given.items() if name in _PLACES)

    def _is_vector(self, node: int) -> bool:
        return node >= 0 and self.engine.carries(node, EMBEDDING)

    def _only_model(self, node: int) -> Named | None:
        """Return the model of vectors that can only be of one."""
        behind = self.models.behind(node)
        if len(behind.models) != 1:
            return None
        return min(behind.named, key=lambda named: named.node)

    def _holds_scores(self, node: int) -> bool:
        held = self.engine.held[node]
        return bool(held & (SCORES | {RANKED, ORDER})) or any(
            isinstance(value, tuple) and value[0] == SHAPE for value in held
        )


def _vector_parameters(entry: Call) -> list[str]:
    taken = [name for name, take in entry.takes.items() if take.kind == "embedding"]
    return list(dict.fromkeys([*taken, *(name for name, role in entry.needs.items() if role == EMBEDDING)]))


def _in_index(handed: list[_Handed]) -> Iterator[Meeting]:
    """Compare what an object was asked with all that it keeps in the same place."""
    for asked in handed:
        if not asked.asks or asked.model is None or any(value is None for _, value in asked.places):
            continue
        kept = [one.model for one in handed if not one.asks and one.places == asked.places]
        certain = [model for model in kept if model is not None and not share_space(model.model, asked.model.model)]
        if kept and len(certain) == len(kept):
            yield Meeting(asked.call, certain[0], asked.model, in_index=True)
