"""Comparisons: what a score is held against is its cutoff, however that is written."""

from __future__ import annotations

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.arithmetic import Arithmetic
from threshlint.scan.flow.calls import Arguments
from threshlint.scan.flow.demand import REFUTES, Demand
from threshlint.scan.flow.values import DISTANCE, OTHER, SCORES, SEQUENCE, SIMILARITY
from threshlint.site import Evidence, Kind

_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_THRESHOLDS = {SIMILARITY: Kind.SIMILARITY_THRESHOLD.value, DISTANCE: Kind.DISTANCE_THRESHOLD.value}
# Methods of columns, arrays and tensors that compare them, and functions that compare two of their arguments.
_METHODS = frozenset({"gt", "ge", "lt", "le", "between", "is_between", "greater", "less"})
_FUNCTIONS = frozenset(
    """
    greater greater_equal less less_equal gt ge lt le bisect bisect_left bisect_right digitize searchsorted cut
""".split()
)


class Comparisons(Arithmetic):
    """What is compared with what."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._compared: dict[tuple[int, int], None] = {}  # of a score with something, in order

    def _compare(self, operation: Operation) -> None:
        _, _, left, operator, right = operation
        if operator in ("in", "not in"):
            self._compare_with_range(left, right)
        if operator not in _ORDERINGS:
            return
        self._hold_against(left, right)
        self._hold_against(right, left)

    def _hold_against(self, score: int, other: int) -> None:
        """Note a comparison, if it is one of a score (or of what is certainly none)."""
        if score >= 0 and other >= 0 and (self._score_within(score) is not None or OTHER in self.held[score]):
            self._compared.setdefault((score, other))

    def _score_within(self, node: int) -> str | None:
        """Return the role of a score, or of the scores in a list that is an array by now."""
        role = self.holds_score(node)
        if role is not None:
            return role
        for value in self.held[node]:
            if isinstance(value, tuple) and value[0] == SEQUENCE:
                element = self.any_element(value[1])
                self.watch(element)
                role = role or self.holds_score(element)
        return role

    def call_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """Call a method by its name, on whatever its receiver holds."""
        super().call_on(result, base, name, arguments)
        if name in _METHODS and base >= 0:
            for node in (*arguments.positional[:2], *arguments.keywords.values()):
                self._hold_against(base, node)
        if name in _FUNCTIONS and len(arguments.positional) > 1:
            one, other = arguments.positional[:2]
            for score, cuts in ((one, other), (other, one)):
                for cut in self._parts(cuts):
                    self._hold_against(score, cut)
                self.watch(score)

    def _parts(self, node: int) -> tuple[int, ...]:
        """Return what is compared: a number, or each number of a list."""
        lists = (
            [value[1] for value in self.held[node] if isinstance(value, tuple) and value[0] == SEQUENCE]
            if node >= 0
            else []
        )
        return tuple(self.any_element(made) for made in lists) or (node,)

    def settle(self) -> None:
        """Start the demands of all sinks, comparisons included: only now is it known what is compared."""
        for this, other in tuple(self._compared):
            role = self._score_within(this)
            if role is None:
                if not self._score_within(other):
                    self.demand(other, Demand(REFUTES, Evidence.FLOW, this, "compared with what is no closeness"))
                continue
            what = self.graph.word_of(this)
            note = f"compared with a vector {role}" + (f", `{what}`" if what else "")
            demand = Demand(_THRESHOLDS[role], Evidence.FLOW, this, note)
            if self.held[other] & SCORES:
                self.demand_beside_scores(other, demand)  # two scores are compared: neither is a cutoff
            else:
                self.demand(other, demand)
        super().settle()

    def _compare_with_range(self, score: int, bounds: int) -> None:
        """``score in range(60, 80)`` compares with both ends."""
        role, made = self.holds_score(score), self.made_by.get(bounds)
        if role is not None and made is not None and made[0] is Op.CALL and self.graph.word_of(bounds) == "range":
            for bound in made[3][:2]:
                self.sink(bound, Demand(_THRESHOLDS[role], Evidence.FLOW, score, f"compared with a vector {role}"))

    def demand_beside_scores(self, node: int, demand: Demand, depth: int = 4) -> None:
        """``cap = low + (high - low) * SHARE``: what is no score itself decides where the cutoff lies."""
        made = self.made_as(node)
        if made is None or not depth:
            return
        if made[0] is Op.BINARY and made[2] in ("+", "-", "*"):
            parts = made[3:]
        elif made[0] is Op.CALL and self.graph.word_of(made[1]) in ("min", "max", "minimum", "maximum"):
            parts = made[3]
        else:
            return
        for part in parts:
            if part < 0:
                continue
            if self.held[part] & SCORES:
                self.demand_beside_scores(part, demand, depth - 1)
            elif not self.is_constant(part):
                self.demand(part, demand)
