"""The algebra of roles: what operators make of embeddings and scores, and of demands."""

from __future__ import annotations

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.builtins import SAME
from threshlint.scan.flow.demand import KINDS, Demand
from threshlint.scan.flow.edges import Edges
from threshlint.scan.flow.names import NORMS, PRODUCTS
from threshlint.scan.flow.values import (
    BUILTIN,
    DIFFERENCE,
    DISTANCE,
    EMBEDDING,
    NO_VALUES,
    OTHER,
    PRODUCT,
    RANK,
    ROWS,
    SCORES,
    SEQUENCE,
    SIMILARITY,
    WEIGHTED,
    Values,
    flipped,
)
from threshlint.scan.vocabulary import Hint, words
from threshlint.site import Evidence, Kind

_THRESHOLDS = frozenset({Kind.SIMILARITY_THRESHOLD.value, Kind.DISTANCE_THRESHOLD.value})
_FAR_BACK = 5
SHARE = "a share of the length of the ranked list"
_GUARDS = frozenset("maximum max clip clamp where expand_dims unsqueeze".split())
_WEIGHT_WORDS = frozenset(
    "alpha beta gamma lambda weight weights boost mult diversity ratio share factor scale".split()
)
_SCALES = _WEIGHT_WORDS - {"beta", "gamma", "factor", "scale"}  # those are of many things that vectors go through


class Arithmetic(Edges):
    """Operators, forward and backward."""

    def _binary(self, operation: Operation) -> None:
        _, result, operator, left, right = operation
        left_held = self.held[left] if left >= 0 else NO_VALUES
        right_held = self.held[right] if right >= 0 else NO_VALUES
        if operator == "/" and left >= 0 and right >= 0:
            self._normalised(result, left, right)
        if not left_held and not right_held:
            return
        if operator == "@":
            if EMBEDDING in left_held or EMBEDDING in right_held:
                self.add(result, SIMILARITY)
        elif operator == "*":
            self._multiply(result, left, right)
        elif operator == "-":
            self._subtract(result, left, right)
        elif operator == "+":
            self._add_up(result, left, right)
        elif operator == "/":
            self._divide(result, left, right)
        elif operator == "**":
            for role in (DIFFERENCE, DISTANCE, SIMILARITY):
                if role in left_held:
                    self.add(result, role)
        elif operator in ("|", "&"):
            if operator == "|":
                self.edge(left, result)
                self.edge(right, result)
        elif operator == "%":
            for value in left_held:
                if isinstance(value, tuple) and value[0] == ROWS:
                    self.add(result, value)

    def _multiply(self, result: int, left: int, right: int) -> None:
        for this, other in ((left, right), (right, left)):
            held = self.held[this] if this >= 0 else NO_VALUES
            other_held = self.held[other] if other >= 0 else NO_VALUES
            if EMBEDDING in held:
                self.add(result, PRODUCT if EMBEDDING in other_held else EMBEDDING)
                if EMBEDDING not in other_held and other >= 0 and self._is_weight(other, _SCALES):
                    self.weigh(other, result, "scales embeddings that are compared")
            if DIFFERENCE in held:
                self.add(result, DIFFERENCE)
            for role in held & (SCORES | {OTHER}):
                self.add(result, role)
                if other >= 0 and role != OTHER and not other_held & (SCORES | {EMBEDDING}):
                    self.add(result, (WEIGHTED, other))
                    if self._is_weight(other):
                        self.weigh(other, result, "weighs an embedding score")

    def _is_weight(self, node: int, names: frozenset[str] = _WEIGHT_WORDS) -> bool:
        literal = self.graph.literal(node)
        made = self.made_by.get(node)
        owner = made[2] if made is not None and made[0] is Op.ATTRIBUTE else -1  # `weights.recency`
        spoken = (self.graph.word_of(node), literal.name if literal is not None else None, self.graph.word_of(owner))
        return any(name is not None and not names.isdisjoint(words(name)) for name in spoken)

    def weigh(self, node: int, where: int, note: str) -> None:
        """Demand a score weight."""
        self.sink(node, Demand(Kind.SCORE_WEIGHT.value, Evidence.FLOW, where, note))

    def _subtract(self, result: int, left: int, right: int) -> None:
        left_held = self.held[left] if left >= 0 else NO_VALUES
        right_held = self.held[right] if right >= 0 else NO_VALUES
        if EMBEDDING in left_held and EMBEDDING in right_held:
            self.add(result, DIFFERENCE)
        for role in left_held & (SCORES | {OTHER}):
            self.add(result, role)
        self._mix_parts(result, left, right)
        for role in right_held & SCORES:
            if not left_held & SCORES and self.is_constant(left):
                self.add(result, flipped(str(role)))
            else:
                self.add(result, role)
        if OTHER in right_held:
            self.add(result, OTHER)

    def is_constant(self, node: int) -> bool:
        """Return whether a node is a number that stands in the code."""
        return node >= 0 and self.graph.literal(node) is not None

    def _add_up(self, result: int, left: int, right: int) -> None:
        left_held = self.held[left] if left >= 0 else NO_VALUES
        held = Values((*left_held, *(self.held[right] if right >= 0 else NO_VALUES)))
        for role in held & (SCORES | {OTHER, EMBEDDING, PRODUCT, RANK}):
            self.add(result, role)
        for value in held:
            if isinstance(value, tuple) and value[0] in (ROWS, SEQUENCE):
                self.add(result, value)
        if self.is_ranked(left):
            self.edge(left, result)
        self._mix_parts(result, left, right)

    def _mix_parts(self, result: int, left: int, right: int) -> None:
        for this, other in ((left, right), (right, left)):
            for value in tuple(self.held[this]) if this >= 0 else ():
                if isinstance(value, tuple) and value[0] == WEIGHTED and other >= 0:
                    self._mix(value[1], other, result)
            if this >= 0 and other >= 0 and self.held[this] & SCORES and not self.held[other] & SCORES:
                self._weigh_beside(other, result)

    def _weigh_beside(self, other: int, result: int) -> None:
        """``score + WEIGHT * rest``: the other part's weight decides how much the score counts."""
        made = self.made_by.get(other)
        if made is not None and made[0] is Op.BINARY and made[2] in ("*", "/"):
            parts = [part for part in (made[3:4] if made[2] == "/" else made[3:]) if part >= 0]
            weights = [part for part in parts if self.is_constant(part) or self._is_weight(part)]
            for part in weights or [part for part in parts if self._names_number(part)]:
                self.weigh(part, result, "weighs what is added to an embedding score")

    def _names_number(self, node: int) -> bool:
        """Return whether a variable holds a number that was written down."""
        seen, pending = {node}, [node]
        for _ in range(_FAR_BACK):
            pending = [source for near in pending for source in self.back[near] if source not in seen]
            if any(self.is_constant(source) for source in pending):
                return True
            seen.update(pending)
        return False

    def _mix(self, weight: int, other: int, result: int) -> None:
        """``w * score + rest``: the weight, and the other part's own weight, mix scores."""
        if self.is_constant(other):
            return
        note = "weighs an embedding score that is mixed with another"
        self.weigh(weight, result, note)
        made = self.made_by.get(other)
        if made is not None and made[0] is Op.BINARY and made[2] == "*":
            for part in made[3:]:
                if part >= 0 and (self.is_constant(part) or self._is_weight(part)):
                    self.weigh(part, result, note)

    def _divide(self, result: int, left: int, right: int) -> None:
        left_held = self.held[left] if left >= 0 else NO_VALUES
        right_held = self.held[right] if right >= 0 else NO_VALUES
        for role in left_held & (SCORES | {OTHER, EMBEDDING, DIFFERENCE}):
            self.add(result, role)
        if not left_held and DISTANCE in right_held:
            self.add(result, SIMILARITY)  # 1 / (1 + distance)
        if PRODUCT in left_held:
            self.add(result, SIMILARITY)
        if RANK in right_held:
            # Reciprocal rank fusion: w / (60 + rank) is the share of one search in a mixed score.
            self.add(result, SIMILARITY)
            if left >= 0 and not self.is_constant(left):
                self.weigh(left, result, "weighs a rank by vector closeness")

    def _normalised(self, result: int, left: int, right: int) -> None:
        """A cosine by hand, or a vector made a direction: their form alone says what they are."""
        if self._is_geometry(result):
            return
        if self._is_product(left) and self._is_norm(right):
            self.add(result, SIMILARITY)  # see is_cosine
        elif self._normalises(left, right):
            self.add(result, EMBEDDING)

    def is_cosine(self, made: Operation) -> bool:
        """Return whether an operation is a cosine by hand: a dot product of vectors, by the product of their norms."""
        return made[0] is Op.BINARY and made[2] == "/" and self._is_product(made[3]) and self._is_norm(made[4])

    def _is_geometry(self, node: int) -> bool:
        hints = Hint(self.graph.files[self.graph.file_of(node)].hints)
        return bool(hints & Hint.GEOMETRY) and not hints & Hint.EMBEDDING

    def made_as(self, node: int, depth: int = 3) -> Operation | None:
        """Return the operation behind a value, seen through the variables that it was bound to."""
        made = self.made_by.get(node)
        if made is not None:
            if made[0] is Op.CALL and self.graph.word_of(node) in ("float", "abs") and made[3] and depth:
                return self.made_as(made[3][0], depth - 1)
            return made
        if depth and node >= 0 and len(self.back[node]) == 1:
            return self.made_as(self.back[node][0], depth - 1)
        return None

    def _is_product(self, node: int) -> bool:
        """Return whether a value is a dot product, by its form."""
        made = self.made_as(node)
        if made is None:
            return False
        return (made[0] is Op.CALL and self.graph.word_of(made[1]) in PRODUCTS) or (
            made[0] is Op.BINARY and made[2] == "@"
        )

    def _is_norm(self, node: int, depth: int = 3) -> bool:
        """Return whether a value is made of norms: ``norm(a) * norm(b)``, ``sqrt(sum(…)) * …``."""
        made = self.made_as(node)
        if made is None or not depth:
            return False
        if made[0] is Op.CALL:
            word = self.graph.word_of(made[1])
            return word in NORMS or (
                word in ("outer", "max", "maximum", "clip") and any(self._is_norm(part, depth - 1) for part in made[3])
            )
        return (
            made[0] is Op.BINARY
            and made[2] in ("*", "+", "**", "@")
            and any(self._is_norm(part, depth - 1) for part in made[3:])
        )

    def _normalises(self, left: int, right: int) -> bool:
        """``v / norm(v)`` is a direction: what is compared by its dot product."""
        made = self._guarded(right)
        if made is None or made[0] is not Op.CALL or self.graph.word_of(made[1]) != "norm":
            return False
        base = self.made_as(made[2])
        given = made[3][0] if made[3] else base[2] if base is not None and base[0] is Op.ATTRIBUTE else -1
        word = self.graph.word_of(left)
        return given == left or (given >= 0 and word is not None and self.graph.word_of(given) == word)

    def _guarded(self, node: int) -> Operation | None:
        """Return the operation behind a divisor, seen through what keeps it from being zero."""
        made = self.made_as(node)
        for _ in range(2):
            if made is None:
                return None
            if made[0] is Op.BINARY and made[2] == "+" and self.is_constant(made[4]):
                made = self.made_as(made[3])
            elif made[0] is Op.CALL and self.graph.word_of(made[1]) in _GUARDS and made[3]:
                made = self.made_as(made[3][0])
            elif made[0] is Op.ITEM:
                made = self.made_as(made[2])  # norms[:, None]
        return made

    def _unary(self, operation: Operation) -> None:
        _, result, operator, operand = operation
        if operator == "-":
            for value in tuple(self.held[operand]) if operand >= 0 else ():
                self.add(result, flipped(value) if isinstance(value, str) else value)
        elif operator in "+~":
            self.edge(operand, result)

    # demands through operators

    def demand_through(self, node: int, demand: Demand) -> list[tuple[int, Demand]]:
        """Return what a demand on a result asks of the operands behind it."""
        made = self.made_by.get(node)
        if made is None:
            return []
        op = made[0]
        if op is Op.BINARY:
            return self._through_binary(node, demand, made)
        if op is Op.UNARY and made[2] in "-+":
            return [(made[3], demand)]
        if op is Op.CALL:
            return self._through_call(made, demand)
        if op is Op.AWAIT:
            return [(made[2], demand)]
        if op is Op.SEQUENCE and demand.kind in KINDS:
            return [(element, demand) for element in made[2]]
        if op is Op.ITEM and demand.kind != Kind.TOP_K.value:
            # A table of thresholds, read by a key.
            return []
        return []

    def _through_binary(self, node: int, demand: Demand, made: Operation) -> list[tuple[int, Demand]]:
        _, _, operator, left, right = made
        literal_left, literal_right = self.is_constant(left), self.is_constant(right)
        if operator == "-" and literal_left and not literal_right:
            return [(right, demand.flipped(node, "is subtracted from a constant"))]
        if operator == "*" and demand.kind == Kind.TOP_K.value:
            for part, other in ((left, right), (right, left)):
                if self.graph.word_of(other) == "len":
                    return [(part, demand.step(node, SHARE))]
        if operator in ("+", "-", "*", "/", "//", "**") and (literal_left != literal_right):
            # `k * 4`, `limit + 1`, `threshold * 100`: the number beside it is a factor, no cut of its own.
            return [(right if literal_left else left, demand)]
        if operator == "-" and demand.kind in _THRESHOLDS:
            return [(left, demand)]
        if operator == "-" and demand.kind == Kind.TOP_K.value:
            return [(right if self.graph.word_of(left) == "len" else left, demand)]
        if operator in ("*", "+") and not literal_left:
            return [(part, demand) for part in (left, right) if part >= 0 and not self.held[part] & SCORES]
        if operator in ("|", "&"):
            return [(left, demand), (right, demand)]
        return []

    def _is_counted(self, node: int) -> bool:
        """Return whether a bound is what some call counted: ``min(k, len(rows))``, ``min(k, self.count())``."""
        sources = [node, *self.back[node]] if node >= 0 else []
        for source in sources:
            made = self.made_by.get(source)
            if (
                made is not None
                and made[0] in (Op.CALL, Op.AWAIT)
                and self.graph.word_of(source) not in ("int", "float", "max", "min", "get")
            ):
                return True
        return False

    def _through_call(self, made: Operation, demand: Demand) -> list[tuple[int, Demand]]:
        function, positional = made[2], made[3]
        names = (
            {value[1] for value in self.held[function] if isinstance(value, tuple) and value[0] == BUILTIN}
            if function >= 0
            else NO_VALUES
        )
        if names & {"max", "min"}:
            return [
                (argument, demand)
                for argument in positional
                if not (self.is_constant(argument) and demand.kind not in _THRESHOLDS)
                and not self._is_counted(argument)
            ]
        if names & SAME and positional:
            return [(positional[0], demand)]
        word = self.graph.word_of(made[1])
        if word in (
            "ceil",
            "floor",
            "sqrt",
            "square",
            "int32",
            "int64",
            "float32",
            "float64",
            "tensor",
            "asarray",
            "array",
            "Decimal",
            "cast",
            "full",
        ):
            return [(argument, demand) for argument in positional]
        return []
