"""Scores under a name: columns of data frames and of queries, filtered and sorted by that name.

Pandas' ``frame["gap"] = distances``, Django's ``annotate(gap=CosineDistance(…)).filter(gap__lt=0.3)``,
SQLAlchemy's ``distance.label("gap")`` followed by ``order_by("gap")``.
"""

from __future__ import annotations

from collections import defaultdict

from threshlint.scan.facts import NOTHING, Operation
from threshlint.scan.flow.builtins import Builtins
from threshlint.scan.flow.calls import Arguments
from threshlint.scan.flow.demand import Demand
from threshlint.scan.flow.values import HIT, RANKED, SIMILARITY, score_role
from threshlint.site import Evidence, Kind

_COLUMN_MAKERS = frozenset({"annotate", "alias", "assign", "with_columns"})
_COLUMN_NAMERS = frozenset({"label", "alias"})
_FILTERS = frozenset({"filter", "exclude", "get", "first"})
_LOOKUPS = frozenset({"lt", "lte", "gt", "gte"})
_SORTS = frozenset({"sort_values", "nlargest", "nsmallest", "order_by", "sort"})
# What a query that is being built hands on, with its order.
_HANDS_ON = frozenset(
    {"exclude", "with_columns", "distinct", "values", "values_list", "only", "defer", "select_related"}
)


class Columns(Builtins):
    """Columns that hold scores, by their names within a file."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._columns: dict[int, dict[str, str]] = defaultdict(dict)  # of each file: the role of each column
        self._readers: dict[int, list[Operation]] = defaultdict(list)  # of each file: what looked for columns

    def _column_role(self, node: int, name: str) -> str | None:
        """Return the role of a column, and look again once the file has more of them."""
        file = self.graph.file_of(node)
        if self.current is not None:
            self._readers[file].append(self.current)
        return self._columns[file].get(name)

    def _name_column(self, node: int, name: str, source: int) -> None:
        role = self.holds_score(source)
        columns = self._columns[self.graph.file_of(node)]
        if role is None or name in columns:
            return
        columns[name] = role
        for reader in tuple(self._readers[self.graph.file_of(node)]):
            self.apply(reader)

    def _set_item(self, operation: Operation) -> None:
        super()._set_item(operation)
        _, _, base, key, _, source = operation
        if isinstance(key, str):
            self._name_column(base, key, source)

    def _attribute_of_role(self, result: int, base: int, value: str, name: str) -> None:
        super()._attribute_of_role(result, base, value, name)
        if value == HIT:
            role = self._column_role(result, name)
            if role is not None:
                self.add(result, role)

    def call_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """Call a method by its name, on whatever its receiver holds."""
        super().call_on(result, base, name, arguments)
        if base < 0:
            return
        if name in _COLUMN_MAKERS:
            for column, source in arguments.keywords.items():
                self._name_column(result, column, source)
                self.watch(source)
        if name in _COLUMN_NAMERS and arguments.positional:
            column_name = self.constant_string(arguments.positional[0])
            if column_name is not None:
                self._name_column(result, column_name, base)
                self.edge(base, result)
        if name in _FILTERS:
            self._filter(result, arguments)
        if name in _SORTS and arguments:
            self._sort_by_column(result, base, name, arguments)
        if name in _HANDS_ON and RANKED in self.held[base]:
            self.add(result, RANKED)

    def call_external(self, dotted: str, result: int, arguments: Arguments) -> None:
        """Call a name of a library."""
        super().call_external(dotted, result, arguments)
        name = dotted.rpartition(".")[2]
        text = self.constant_string(arguments.positional[0]) if arguments.positional else None
        if text is None:
            return
        if name == "Series" and len(arguments.positional) > 1:
            self._name_column(result, text, arguments.positional[1])  # polars names a column where it makes it
            self.watch(arguments.positional[1])
        elif name == "col":
            role = self._column_role(result, text)
            if role is not None:
                self.add(result, role)

    def _filter(self, result: int, arguments: Arguments) -> None:
        """``filter(gap__lt=0.3)`` compares a column."""
        for keyword, node in arguments.keywords.items():
            column, _, lookup = keyword.rpartition("__")
            role = self._column_role(result, column) if column and lookup in _LOOKUPS else None
            if role is not None:
                kind = Kind.SIMILARITY_THRESHOLD if role == SIMILARITY else Kind.DISTANCE_THRESHOLD
                self.sink(node, Demand(kind.value, Evidence.FLOW, result, f"compared with a vector {role}, `{column}`"))

    def _sort_by_column(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        given = arguments.positional
        if name == "order_by":
            by = given[0] if given else NOTHING
        elif name == "sort_values" or name == "sort":
            by = arguments.keywords.get("by", given[0] if given else NOTHING)
        else:
            by = arguments.keywords.get("columns", given[1] if len(given) > 1 else NOTHING)
        text = (self.constant_string(by) or "").lstrip("-")
        if not text:
            return
        known = self._column_role(result, text) is not None
        if known or (name != "order_by" and name != "sort" and score_role(text) and self.held[base]):
            self.add(result, RANKED)
            if name in ("nlargest", "nsmallest"):
                self.add(base, RANKED)
        self.edge(base, result)
