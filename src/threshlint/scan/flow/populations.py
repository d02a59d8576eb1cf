"""Over which pairs a cutoff decides: read off the solved graph, and said only where it is sure.

``pairs`` are any two items of one set, ``top1`` is a query's best hit, ``topk:K`` its K best.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import Enum

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.calls import Arguments
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.origins import Origins
from threshlint.scan.flow.uses import Use
from threshlint.scan.flow.values import BUILTIN, DISTANCE, EMBEDDING, HIT, ORDER, SIMILARITY
from threshlint.site import Kind

PAIRS = "pairs"
TOP1 = "top1"

_EXTREMES = {
    SIMILARITY: frozenset({"max", "amax", "nanmax"}),
    DISTANCE: frozenset({"min", "amin", "nanmin"}),
}
_BEST_PLACES = frozenset({"argmax", "argmin", "nanargmax", "nanargmin"})
# What compares all rows of a matrix with one another, if it is given no second one.
_WITH_ITSELF = frozenset("cosine_similarity cosine_distances pairwise_distances euclidean_distances pdist".split())
# What hands scores, or the vectors of a set, on as they are.
_HANDING_ON = frozenset(
    "item tolist numpy cpu cuda detach squeeze flatten ravel float array asarray list tuple reshape unsqueeze "
    "transpose t astype abs round".split()
)
_POSITIONS = frozenset({ORDER, HIT})  # in a list that is sorted by closeness
_COMBINING = frozenset({"combinations", "permutations"})
_Answer = tuple[str | None, "list[tuple[int, _Way]]"]
_MOST_NODES = 60
_FARTHEST = 12


class _Best(Enum):
    """Whether a score is the best of several."""

    NO = 0
    OF_ROW = 1  # of those of one query
    OF_ALL = 2  # of all that there were, which may be those of many queries


@dataclass(frozen=True)
class _Way:
    """What has happened to a score between a place in the code and the comparison."""

    best: _Best = _Best.NO
    walked: bool = False  # a list of scores was walked
    picks: int = 0  # how often one of several was picked by a constant index

    def through_item(self) -> _Way:
        """Return the way through ``scores[0]``."""
        best = _Best.OF_ROW if self.best is _Best.OF_ALL else self.best
        return replace(self, best=best, picks=self.picks if self.walked else self.picks + 1)


class Populations:
    """Answers over which pairs a number decides."""

    def __init__(self, engine: Engine, origins: Origins) -> None:
        self.engine = engine
        self.origins = origins
        self._counts: dict[int, set[int]] = {}  # the numbers that cap the list that a node holds
        self._known: dict[int, str | None] = {}  # of scores: a table's every entry may be compared with each of many
        for node, demand in engine.begun:
            if demand.kind == Kind.TOP_K.value:
                self._counts.setdefault(demand.node, set()).add(node)

    def of(self, use: Use) -> str | None:
        """Return the population of one use of a number."""
        node = use.demand.node
        if use.demand.take is not None or self.engine.graph.literal(node) is not None:
            return self._of_hits(node)
        if node not in self._known:
            self._known[node] = self._of_score(node)
        return self._known[node]

    def _of_hits(self, node: int) -> str | None:
        """Return the population of what filters a list that is capped by a number in the code."""
        counts = {self._constant(count) for count in self._counts.get(node, ())}
        count = counts.pop() if len(counts) == 1 else None
        if count is None or count < 1:
            return None
        return TOP1 if count == 1 else f"topk:{count}"

    def _constant(self, node: int) -> int | None:
        """Return a whole number, where nothing else may stand in its place."""
        for _ in range(_FARTHEST):
            literal = self.engine.graph.literal(node)
            if literal is not None:
                return int(literal.text) if literal.text.isdecimal() else None
            sources = self.origins.sources(node)
            if len(sources) != 1 or node in self.origins.open_parameters or node in self.origins.guessed:
                return None
            node = sources[0]
        return None

    def _of_score(self, score: int) -> str | None:
        """Return the population of a score that is compared, where all that it may be have the same."""
        found: set[str] = set()
        seen: set[tuple[int, _Way]] = set()
        pending = [(score, _Way())]
        while pending:
            node, way = pending.pop()
            if (node, way) in seen or self.origins.says_nothing(node):
                continue
            seen.add((node, way))
            if node < 0 or node in self.origins.guessed or len(seen) > _MOST_NODES:
                return None
            answer, onward = self._look(node, way)
            if answer is not None:
                found.add(answer)
            elif not onward:
                return None
            pending += onward
        return found.pop() if len(found) == 1 else None

    def _look(self, node: int, way: _Way) -> _Answer:
        """Return the population of a score, or else where it comes from."""
        if node in self._counts:
            return self._of_picked_hits(node, way), []
        if way.best is _Best.NO and self._is_running_best(node):
            way = replace(way, best=_Best.OF_ROW)
        made = self.origins.made_by(node)
        if made is None:
            return None, [(source, way) for source in self.origins.sources(node)]
        if made[0] is Op.CALL:
            return self._look_at_call(node, made, way)
        if made[0] is Op.BINARY:
            return self._look_at_binary(made, way)
        if made[0] is Op.ITEM:
            return self._look_at_item(made, way)
        if made[0] is Op.ITERATE:
            return None, [(made[2], replace(way, walked=way.walked or not way.picks))]
        if made[0] is Op.UNPACK:
            column = self._column(made)
            return None, [(made[2], way) if column is None else (column, replace(way, walked=not way.picks))]
        if made[0] in (Op.SLICE, Op.AWAIT, Op.ATTRIBUTE):
            return None, [(made[2], way)]
        return None, []

    def _of_picked_hits(self, node: int, way: _Way) -> str | None:
        """Return the population of one of the hits of a capped list: a result is a list, or a list of lists."""
        population = self._of_hits(node)
        if way.best is not _Best.NO or way.picks > 1:
            return TOP1
        return population if population == TOP1 or not way.picks else None

    def _look_at_call(self, node: int, made: Operation, way: _Way) -> _Answer:
        word = self.engine.graph.word_of(node)
        role = self.engine.holds_score(node)
        sources = self.origins.sources(node)
        if word in _EXTREMES.get(role or "", ()):
            return self._look_at_extreme(made, sources, way)
        if word in _HANDING_ON:
            receiver = self.origins.receiver(made[2])
            handed = receiver if receiver >= 0 and self.engine.held[receiver] else (*made[3], -1)[0]
            return None, [(handed, way)]
        compared = self._compared(made)
        with_itself = len(compared) == 1 and word in _WITH_ITSELF and not way.picks
        if len(compared) == 2 or with_itself:
            is_one_set = len({self._set_of(each) for each in compared}) == 1
            if is_one_set or way.best is not _Best.NO:
                return self._of_compared(compared, is_one_set, way.best), []
        return None, [(source, way) for source in sources]

    def _look_at_extreme(self, made: Operation, sources: list[int], way: _Way) -> _Answer:
        """The best of several: of one list, if Python's own function takes it, or along an axis that is named."""
        if any(value == (BUILTIN, self.engine.graph.word_of(made[1])) for value in self.engine.held[made[2]]):
            best = replace(way, best=_Best.OF_ROW)
            return None, [(source, best) for source in sources] if len(made[3]) == 1 else []
        given = made[3]
        receiver = self.origins.receiver(made[2])
        is_method = receiver >= 0 and self.engine.holds_score(receiver) is not None
        base = receiver if is_method else (*given, -1)[0]
        along_axis = bool({"axis", "dim"} & set(made[4])) or len(given) > (0 if is_method else 1)
        return None, [(base, replace(way, best=_Best.OF_ROW if along_axis else _Best.OF_ALL))]

    def _look_at_binary(self, made: Operation, way: _Way) -> _Answer:
        _, _, operator, left, right = made
        if operator == "-" and self.engine.graph.literal(left) is not None:
            return None, [(right, way)]
        if self.engine.is_cosine(made):
            return None, [(left, way)]
        if operator == "@":
            is_one_set = self._set_of(left) == self._set_of(right)
            return self._of_compared([left, right], is_one_set, way.best), []
        return None, []

    def _look_at_item(self, made: Operation, way: _Way) -> _Answer:
        _, _, base, constant, key = made
        if constant == 0 and self.engine.is_ranked(base):
            return TOP1, []
        if isinstance(constant, int):
            return None, [(base, way.through_item())]
        if constant is not None or key < 0:
            return None, [(base, way)]
        place = self._behind(key)
        if place is not None and place[0] is Op.CALL and self.engine.graph.word_of(place[1]) in _BEST_PLACES:
            along_axis = bool({"axis", "dim"} & set(place[4]))
            return None, [(base, replace(way, best=_Best.OF_ROW if along_axis else _Best.OF_ALL))]
        if self.engine.held[key] & _POSITIONS:
            return self._look_at_place(place), []
        return None, [(base, way)]

    def _look_at_place(self, place: Operation | None) -> str | None:
        """A score at a position of those sorted by closeness: of the first, or of each of the K first."""
        if place is not None and place[0] is Op.ITEM and place[3] == 0:
            return TOP1
        return self._of_hits(place[2]) if place is not None and place[0] is Op.ITERATE else None

    def _is_running_best(self, score: int) -> bool:
        """Tell ``if score > best: best = score``: what goes on from there is the best of all."""
        reached, pending = {score}, [score]
        for _ in range(4):
            pending = [target for near in pending for target in self.engine.onward[near] if target not in reached]
            reached.update(pending)
        return any(
            operation[0] is Op.COMPARE
            and score in (operation[2], operation[4])
            and (operation[4] if operation[2] == score else operation[2]) in reached
            for operation in self.engine.users[score]
        )

    # sets of vectors

    def _compared(self, made: Operation) -> list[int]:
        """Return the arguments that a call compares: vectors, or the two that a function of the project is given."""
        entries = self.origins.entries(made[2])
        arguments = Arguments(made[3], made[4], made[5], made[6])
        for entry in entries:
            given = self.engine.named_arguments(entry, arguments)
            taken = [given[name] for name, take in entry.takes.items() if take.kind == "embedding" and name in given]
            if taken:
                return taken
        if entries:
            return []
        everything = [given for given in (*made[3], *made[4].values()) if given >= 0]
        if len(everything) == 2:
            return everything
        return [given for given in everything if self.engine.carries(given, EMBEDDING)]

    def _of_compared(self, compared: list[int], is_one_set: bool, best: _Best) -> str | None:
        if best is _Best.NO:
            return PAIRS if is_one_set else None
        is_one_query = best is _Best.OF_ROW or any(map(self._is_single, compared))
        return TOP1 if is_one_query and not is_one_set else None

    def _is_single(self, node: int) -> bool:
        """Tell one vector in brackets of its own: ``[vector]``."""
        made = self._behind(node)
        return made is not None and made[0] is Op.SEQUENCE and len(made[2]) == 1

    def _set_of(self, node: int) -> Hashable:
        """Return what stands for the set that vectors are taken from; two slices of one are two sets."""
        walked = False
        for _ in range(_FARTHEST):
            made = self.origins.made_by(node)
            if made is None:
                bound = self._bound_to(node)
                if bound in ({node}, frozenset()) or len(bound) > 1:
                    return bound
                (node,) = bound
            elif made[0] is Op.ITERATE or (made[0] is Op.ITEM and made[3] is None) or (made[0] is Op.SLICE and walked):
                walked = walked or made[0] is Op.ITERATE
                node = made[2]
            elif made[0] is Op.UNPACK:
                column = self._column(made)
                if column is None:
                    return node
                walked, node = True, column
            elif made[0] is Op.SEQUENCE and len(made[2]) == 1:
                node = made[2][0]
            elif made[0] is Op.ATTRIBUTE and made[3] == "T":
                node = made[2]
            elif made[0] is Op.ATTRIBUTE:
                return self._set_of(made[2]), made[3]
            elif made[0] is Op.CALL and self.engine.graph.word_of(node) in _HANDING_ON:
                receiver = self.origins.receiver(made[2])
                node = receiver if receiver >= 0 and self.engine.carries(receiver, EMBEDDING) else (*made[3], node)[0]
            else:
                return node
            if node < 0:
                break
        return object()  # like no other

    def _bound_to(self, node: int) -> frozenset[int]:
        """Return the values that a variable may be bound to, in a loop again and again; a parameter is a value."""
        found, seen, pending = set(), {node}, [node]
        while pending:
            current = pending.pop()
            sources = self.origins.sources(current)
            given = any((source, current) in self.engine.crossings for source in sources)
            if given or not sources or self.origins.made_by(current) is not None:
                found.add(current)
            else:
                pending += [source for source in sources if source not in seen]
                seen.update(sources)
        return frozenset(found)

    def _column(self, made: Operation) -> int | None:
        """Return what is walked where ``for i, one in enumerate(items)`` and the like take something apart."""
        walked = self._behind(made[2])
        call = self._behind(walked[2]) if walked is not None and walked[0] is Op.ITERATE else None
        if call is None or call[0] is not Op.CALL:
            return None
        word, given = self.engine.graph.word_of(call[1]), call[3]
        if word in _COMBINING and given:
            return int(given[0])
        place = {"enumerate": made[3] - 1, "zip": made[3]}.get(word or "", -1)
        return int(given[place]) if 0 <= place < len(given) else None

    def _behind(self, node: int) -> Operation | None:
        """Return the operation behind a value, seen through the variables and whole numbers that it was bound to."""
        for _ in range(_FARTHEST):
            made = self.origins.made_by(node)
            if made is not None and made[0] is Op.CALL and self.engine.graph.word_of(node) == "int" and made[3]:
                node = made[3][0]
                continue
            if made is not None:
                return made
            sources = self.origins.sources(node)
            if len(sources) != 1:
                return None
            node = sources[0]
        return None
