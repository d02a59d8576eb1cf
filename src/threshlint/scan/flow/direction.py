"""Which side of a cutoff a filter keeps, where its name says that it keeps what is close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.engine import Engine
from threshlint.scan.vocabulary import words

_CLOSE = frozenset(
    "match matches matched matching relevant similar close closest near nearest neighbor neighbors neighbour "
    "neighbours duplicate duplicates".split()
)
_FAR = frozenset(
    "non not no un dis far different dissimilar diverse distinct unique novel new outlier outliers negative negatives "
    "reject rejected drop dropped remove removed exclude excluded unmatched mismatch mismatches bad low weak without "
    "less least max min below under over dedupe deduplicate".split()
)


@dataclass(frozen=True)
class _Filter:
    kept: int  # the list that is left
    comparison: Operation


class Direction:
    """Answers which side of a cutoff is kept."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._filters: dict[int, list[_Filter]] = {}  # by the bound
        for found in self._masks():
            self._note(found)

    def _note(self, found: _Filter) -> None:
        _, _, left, _, right = found.comparison
        for side in (left, right):
            self._filters.setdefault(side, []).append(found)

    def kept(self, bound: int, score: int, scope: str) -> str | None:
        """Return ``below`` or ``above`` for a bound that a score is compared with; None where that is not sure."""
        filters = self._filters.get(bound, ())
        if len(filters) != 1:
            return None
        _, _, left, operator, right = filters[0].comparison
        if {left, right} != {bound, score} or not self._means_close(filters[0].kept, scope):
            return None
        return "below" if operator.startswith("<") == (score == left) else "above"

    def _means_close(self, kept: int, scope: str) -> bool:
        """Tell by the name of a list, or else of the function that returns it, that it holds what is close."""
        graph, onward = self.engine.graph, self.engine.onward
        named = [word for word in map(graph.word_of, onward[kept]) if word] or [scope.rpartition(".")[2]]
        parts = {part for name in named for part in words(name)}
        return bool(parts & _CLOSE) and not parts & _FAR

    def _masks(self) -> Iterator[_Filter]:
        """Find ``similarities[similarities > bound]``."""
        for result, made in self.engine.made_by.items():
            if made[0] is Op.ITEM and made[4] >= 0:
                compared = self.engine.made_by.get(made[4])
                if compared is not None and compared[0] is Op.COMPARE:
                    yield _Filter(result, compared)
