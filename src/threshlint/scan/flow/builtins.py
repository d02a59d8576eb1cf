"""Python's own functions, and the methods that lists, dicts and arrays have everywhere."""

from __future__ import annotations

import builtins
from dataclasses import replace

from threshlint.scan.facts import NOTHING, Op, Operation, Query
from threshlint.scan.flow.access import NAMESPACE
from threshlint.scan.flow.calls import Arguments, Calls
from threshlint.scan.flow.demand import Demand
from threshlint.scan.flow.values import (
    CLASS,
    DIFFERENCE,
    DISTANCE,
    EMBEDDING,
    EXTERNAL,
    FUNCTION,
    HIT,
    INSTANCE,
    MAPPING,
    METHOD,
    OBJECT,
    ORDER,
    OTHER,
    PRODUCT,
    RANK,
    RANKED,
    ROWS,
    SCORES,
    SEQUENCE,
    SHAPE,
    SIMILARITY,
    ZIPPED,
    Values,
    score_role,
)
from threshlint.scan.knowledge import Take
from threshlint.scan.knowledge.shapes import Many
from threshlint.site import Evidence, Kind

# What hands its first argument on, element by element or whole.
SAME = frozenset(
    """
    float int round abs list tuple set sorted reversed iter next min max str bool frozenset deepcopy copy
""".split()
)
# Array and tensor methods that hand their object on.
PASSING = frozenset(
    """
    item tolist numpy cpu cuda detach squeeze unsqueeze flatten ravel astype reshape copy clone float double
    half to transpose view clip clamp clamp_ abs round diagonal contiguous expand type view_as permute compute
    result values max min mean sum amax amin std get_scores fillna dropna reset_index to_list to_numpy as_numpy
    fill_diagonal_ masked_fill masked_fill_ triu tril t repeat strip
""".split()
)
# What a search that is being built hands on, with its ranking.
BUILDERS = frozenset(
    """
    metric distance_type where filter select nprobes refine_factor prefilter postfilter limit offset to_list
    to_pandas to_arrow to_df to_pydantic execute all with_row_id options get fetchall run
""".split()
)
EXECUTES = frozenset(
    """
    search aggregate sort_by return_fields dialect execute fetch fetchrow fetchval fetch_all fetch_one
    executemany exec run query sql scalars scalar
    execute_query raw read_sql execute_fetchall
""".split()
)
FETCHES = frozenset(
    """
    fetchall fetchone fetchmany all first one one_or_none mappings scalars data to_dict fetchdf df records
    single result_rows rows
""".split()
)
# What a text is still itself after.
TEXT_METHODS = frozenset({"format", "format_map", "strip", "lstrip", "rstrip", "replace", "lower", "upper"})


class Builtins(Calls):
    """What Python itself does with values."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._sort_scores: set[int] = set()
        self.ducks_speak = False  # once it is known which receivers have a type
        self.displayed: dict[int, tuple[int, ...]] = {}  # the elements of list displays, by position

    def call_builtin(self, name: str, result: int, arguments: Arguments) -> None:
        """Call a builtin function."""
        given = arguments.positional
        if not hasattr(builtins, name):
            return  # nothing binds it: a name that somebody forgot to import, or that is made at run time
        self.resolved.add(result)
        if name in ("zip", "enumerate"):
            self._zip(name, result, given)
        elif name == "sorted" and given:
            self._reorder(result, given[0])
            self._sort(result, given[0], arguments.keywords.get("key", NOTHING))
        elif name in ("max", "min") and given:
            self._extreme(result, given, arguments)
        elif name == "sum" and given:
            self._sum(result, given[0])
        elif name in ("map", "filter") and len(given) == 2:
            self.walk(name, result, given)
        elif name == "dict":
            self._dict(result, arguments)
        elif name in ("list", "set") and not given:
            self.add(result, (SEQUENCE, result))
        elif name == "str" and given:
            self._spell(result, given[0])
        elif name in SAME and given:
            self.edge(given[0], result) if name != "next" else self.element_of(given[0], result)
            if self.is_ranked(given[0]) and name in ("list", "tuple", "set"):
                self.rank(result)

    def _spell(self, result: int, source: int) -> None:
        """A text of something is no list of hits any more; it may be a number that is read again."""
        for value in tuple(self.held[source]):
            if value not in (RANKED, HIT, ORDER) and not (isinstance(value, tuple) and value[0] in (SHAPE, SEQUENCE)):
                self.add(result, value)

    def make_defaultdict(self, result: int, arguments: Arguments) -> None:
        """``defaultdict(list)`` makes what it is asked for."""
        self.add(result, (MAPPING, result))
        if arguments.positional:
            factory = arguments.positional[0]
            made = self.once(result, "made when missing", result)
            for value in tuple(self.held[factory]) if factory >= 0 else ():
                self.call_value(value, made, factory, Arguments())
            self.edge(made, self.unknown_entry(result))

    def cut_iterable(self, name: str, result: int, arguments: Arguments) -> None:
        """``heapq.nlargest(5, hits, key=…)`` and ``islice(hits, 5)`` cap a ranking."""
        given = arguments.positional
        source, cap = (given[0], given[-1]) if name == "islice" else (given[1], given[0])
        if name == "islice":
            self.edge(source, result)
        else:
            self._reorder(result, source)
            self._sort(result, source, arguments.keywords.get("key", given[2] if len(given) > 2 else NOTHING))
        self.watch(result)
        if self.is_ranked(result):
            self.sink(
                cap, Demand(Kind.TOP_K.value, Evidence.FLOW, result, f"`{name}` of what is ranked by vector closeness")
            )

    def _reorder(self, result: int, source: int) -> None:
        """A sorted list holds the same, in another order."""
        for value in tuple(self.held[source]):
            if isinstance(value, tuple) and value[0] == SHAPE and isinstance(value[1], Many):
                value = (SHAPE, replace(value[1], ranked=False), *value[2:])
            if value != RANKED:
                self.add(result, value)

    def _zip(self, name: str, result: int, given: tuple[int, ...]) -> None:
        self.columns[result] = given if name == "zip" else (self._ranks(result, given), *given[:1])
        self.add(result, (ZIPPED, result))
        if any(self.is_ranked(column) for column in given if column >= 0):
            self.add(result, RANKED)

    def _ranks(self, result: int, given: tuple[int, ...]) -> int:
        """Return the node of what ``enumerate`` counts: of a ranked list, each one's rank."""
        ranks = self.once(result, "ranks", result)
        if given and self.is_ranked(given[0]):
            self.add(ranks, RANK)
        return ranks

    def _sort(self, result: int, source: int, key: int) -> None:
        """A list is ranked when it is sorted by a score."""
        if key < 0:
            if self.carries(source, "score") or self._first_part_is_score(source):
                self.rank(result)
            return
        element = self.once(result, "sorted element", result, key)
        self.element_of(source, element)
        scored = self.once(result, "sort score", element)
        self._sort_scores.add(scored)
        for value in tuple(self.held[key]):
            if isinstance(value, tuple) and value[0] in (FUNCTION, METHOD):
                self.call_value(value, scored, key, Arguments((element,)))
            elif isinstance(value, tuple) and value[0] == EXTERNAL:
                self.edge(element, scored)
        self._rank_when_scored(scored, result)
        made = self.made_by.get(key)
        if made is not None and len(made) > 3 and self.given.get(key) is not None:
            # itemgetter("score"), attrgetter("distance"), itemgetter(1)
            for argument in self.given[key].positional:
                name = self.constant_string(argument)
                if (name and score_role(name)) or (name is None and self._first_part_is_score(source, any_part=True)):
                    self.rank(result)
        if self.carries(source, "score") and made is None and not self.held[key]:
            self.rank(result)

    def _rank_when_scored(self, scored: int, result: int) -> None:
        """Look at what a sort key returned, now and whenever it changes."""
        operation = (Op.GATHER, NOTHING, result, scored)
        if self.held[scored] & SCORES:
            self.rank(result)
        else:
            self.use(scored, operation)

    def _gather(self, operation: Operation) -> None:
        _, _, gathered, source = operation
        if source in self._sort_scores and self.held[source] & SCORES:
            self.rank(gathered)
        super()._gather(operation)

    def _first_part_is_score(self, source: int, *, any_part: bool = False) -> bool:
        """Return whether a list holds tuples that start with (or contain) a score."""
        for value in self.held[source] if source >= 0 else ():
            if not isinstance(value, tuple):
                continue
            if value[0] == SEQUENCE:
                for inner in self.held[self.any_element(value[1])]:
                    if isinstance(inner, tuple) and inner[0] == SEQUENCE and inner[1] in self.fixed:
                        parts = self.fixed[inner[1]]
                        if any(self.holds_score(part) for part in (parts if any_part else parts[:1])):
                            return True
            elif value[0] == ZIPPED:
                columns = self.columns.get(value[1], ())
                if any(self.holds_score(column) for column in (columns if any_part else columns[:1])):
                    return True
        return False

    def _extreme(self, result: int, given: tuple[int, ...], arguments: Arguments) -> None:
        if len(given) == 1:
            self.element_of(given[0], result)
            if self.held[given[0]] & SCORES:
                self.carry(given[0], result)
            key = arguments.keywords.get("key", NOTHING)
            if key >= 0:
                self._sort(self.once(result, "ordered for the extreme", key), given[0], key)
        else:
            for node in given:
                self.carry(node, result)

    def _sum(self, result: int, source: int) -> None:
        element = self.once(result, "element", result)
        self.element_of(source, element)
        self.watch(element)
        held = Values((*self.held[source], *self.held[element]))
        if PRODUCT in held:
            self.add(result, SIMILARITY)
        elif DIFFERENCE in held:
            self.add(result, DISTANCE)
        else:
            for role in held & (SCORES | {OTHER, EMBEDDING}):
                self.add(result, role)

    def walk(self, name: str, result: int, given: tuple[int, ...]) -> None:
        """``map``, ``filter`` and their like call what they are given with each element."""
        element = self.once(result, "element", result)
        self.element_of(given[1], element)
        answer = self.once(result, "kept", result) if name == "filter" else self.any_element(result)
        for value in tuple(self.held[given[0]]) if given[0] >= 0 else ():
            self.call_value(value, answer, given[0], Arguments((element,)))
        if name == "filter":
            self.edge(given[1], result)
            return
        self.add(result, (SEQUENCE, result))
        if self.is_ranked(given[1]):
            self.rank(result)

    def _dict(self, result: int, arguments: Arguments) -> None:
        self.add(result, (MAPPING, result))
        for name, node in arguments.keywords.items():
            self.edge(node, self.entry(result, name))
        for node in (*arguments.positional, *arguments.mappings):
            self.edge(node, result)

    # methods of whatever the receiver is

    def call_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """Call a method by its name, on whatever its receiver holds."""
        if base < 0:
            return
        held = self.held[base]
        if name in PASSING and not (held and self._is_project_object(base)):
            self._pass_on(result, base, name)
        for value in tuple(held):
            if isinstance(value, tuple):
                if value[0] == SEQUENCE:
                    self._call_on_sequence(result, base, value[1], name, arguments)
                elif value[0] == MAPPING:
                    self._call_on_mapping(result, value[1], name, arguments)
                elif value[0] == OBJECT and name in ("dict", "model_dump", "asdict", "to_dict", "_asdict"):
                    self.add(result, value)
        if name == "sort" and not any(isinstance(value, tuple) and value[0] == SEQUENCE for value in held):
            self._sort(base, base, arguments.keywords.get("key", NOTHING))
        if name in ("apply", "map", "transform") and arguments.positional:
            self._apply(result, base, arguments.positional[0])
        if name == "sort" and self.carries(base, "score"):
            self.rank(base)
            self.edge(base, result)
        self.watch(base)
        if name in ("head", "nlargest", "nsmallest", "limit", "take") and self.is_ranked(base) and arguments.positional:
            self.sink(
                arguments.positional[0],
                Demand(Kind.TOP_K.value, Evidence.FLOW, result, "cuts a list ranked by vector closeness"),
            )
            self.edge(base, result)
        if name in BUILDERS and base not in self.resolved and self.held[base] and RANKED in self.held[base]:
            self.add(result, RANKED)
        if name == "result":
            self.edge(base, result)
        if name in ("items", "iterrows", "iteritems", "itertuples"):
            self._items(result, base)
        if name in EXECUTES:
            self._execute(result, base, arguments)
        if name in FETCHES or name in EXECUTES:
            for value in tuple(held):
                if isinstance(value, tuple) and value[0] == ROWS:
                    self.add(result, value)
                    self.add(result, RANKED)
        if name in TEXT_METHODS:
            self._hand_text_on(result, base, name, arguments)
        if name == "run" and arguments.positional:
            self._run(result, arguments)
        if name == "parse_args":
            self.add(result, (EXTERNAL, NAMESPACE))
        for entry in self.knowledge.ducks.get(name, ()) if self.ducks_speak else ():
            if not self._receiver_is_known(base):
                self.call_entries([entry], result, arguments, base, base, entry.library)

    def _is_project_object(self, base: int) -> bool:
        return any(isinstance(value, tuple) and value[0] in (OBJECT, CLASS) for value in self.held[base])

    def _receiver_is_known(self, base: int) -> bool:
        return any(isinstance(value, tuple) and value[0] in (OBJECT, CLASS, INSTANCE) for value in self.held[base])

    def _pass_on(self, result: int, base: int, name: str) -> None:
        for value in tuple(self.held[base]):
            if value in (PRODUCT, DIFFERENCE) and name == "sum":
                self.add(result, SIMILARITY if value == PRODUCT else DISTANCE)
            elif (
                (isinstance(value, str) and value not in (HIT, RANKED))
                or (value == RANKED and name not in ("max", "min", "mean", "sum", "item"))
                or (isinstance(value, tuple) and value[0] == SHAPE)
            ):
                self.add(result, value)

    def _call_on_sequence(self, result: int, base: int, sequence: int, name: str, arguments: Arguments) -> None:
        given = arguments.positional
        if name in ("append", "add", "appendleft", "put") and given:
            self.edge(given[0], self.any_element(sequence))
        elif name == "insert" and len(given) > 1:
            self.edge(given[1], self.any_element(sequence))
        elif name in ("extend", "update") and given:
            self.element_of(given[0], self.any_element(sequence))
            if self.is_ranked(given[0]):
                self.rank(base)
        elif name in ("pop", "popleft", "get"):
            self.edge(self.any_element(sequence), result)
        elif name == "copy":
            self.edge(base, result)
        elif name == "sort":
            self._sort(base, base, arguments.keywords.get("key", given[0] if given else NOTHING))

    def _call_on_mapping(self, result: int, mapping: int, name: str, arguments: Arguments) -> None:
        if name in ("get", "pop", "setdefault") and arguments.positional:
            key = self.graph.string(arguments.positional[0])
            if key is not None:
                self._entry_of_mapping(result, mapping, key)
            else:
                self.edge(self.any_element(mapping), result)
            for default in arguments.positional[1:]:
                self.edge(default, result)
                if name == "setdefault":
                    self.edge(default, self.unknown_entry(mapping) if key is None else self.entry(mapping, key))
        elif name in ("values",):
            holder = self.any_element(mapping)
            self.elements.setdefault(result, holder)
            self.add(result, (SEQUENCE, result))
        elif name == "update":
            for node in (*arguments.positional, *arguments.mappings):
                for value in tuple(self.held[node]) if node >= 0 else ():
                    if isinstance(value, tuple) and value[0] == MAPPING:
                        for own, entry in tuple(self.entries.get(value[1], {}).items()):
                            self.edge(entry, self.entry(mapping, own))
                        self.edge(self.unknown_entry(value[1]), self.unknown_entry(mapping))
            for name_of_key, node in arguments.keywords.items():
                self.edge(node, self.entry(mapping, name_of_key))
        elif name == "copy":
            self.add(result, (MAPPING, mapping))

    def _apply(self, result: int, base: int, function: int) -> None:
        """``column.apply(function)`` calls it with each element."""
        if function < 0:
            return
        element = self.once(result, "applied element", result)
        self.element_of(base, element)
        for value in tuple(self.held[function]):
            if isinstance(value, tuple) and value[0] in (FUNCTION, METHOD):
                self.call_value(value, result, function, Arguments((element,)))

    def _items(self, result: int, base: int) -> None:
        values = self.once(result, "values of items", result)
        for value in tuple(self.held[base]):
            if isinstance(value, tuple) and value[0] == MAPPING:
                self.edge(self.any_element(value[1]), values)
            elif value in (SIMILARITY, DISTANCE, EMBEDDING, OTHER):
                self.add(values, value)
            elif value in (RANKED, HIT):
                self.add(values, HIT)
        pair = self.any_element(result)
        self.fixed[pair] = (NOTHING, values)
        self.add(pair, (SEQUENCE, pair))
        self.add(result, (SEQUENCE, result))

    # queries

    def _execute(self, result: int, base: int, arguments: Arguments) -> None:
        """Run a query text: its placeholders are bound by the arguments beside it."""
        spread = self._spread_out(arguments.sequences)
        everything = (*arguments.positional, *spread, *arguments.keywords.values())
        texts = [
            value
            for node in everything
            if node >= 0
            for value in self.held[node]
            if isinstance(value, tuple) and value[0] == ROWS
        ]
        for value in texts:
            query = self.graph.files[value[1]].queries[value[2]]
            self.add(result, value)
            self.add(base, value)  # a cursor hands the rows out later
            if query.ranked:
                self.add(result, RANKED)
            for kind, place, note in query.placeholders:
                for node in everything:
                    if node >= 0 and value not in self.held[node]:
                        self._bind_placeholder(node, kind, place, result, note, query)
                if isinstance(place, int):
                    rest = [
                        node for node in (*arguments.positional, *spread) if node < 0 or value not in self.held[node]
                    ]
                    if 0 <= place < len(rest) and rest[place] >= 0:
                        self.cut_by_query(rest[place], kind, result, note, query)
                elif place in arguments.keywords:
                    self.cut_by_query(arguments.keywords[place], kind, result, note, query)

    def cut_by_query(self, node: int, kind: str, result: int, note: str, query: Query) -> None:
        """Note what a query text makes of a number."""
        is_cutoff = kind in (Kind.SIMILARITY_THRESHOLD.value, Kind.DISTANCE_THRESHOLD.value)
        take = Take(kind, query.unit) if is_cutoff and query.unit is not None else None
        self.sink(node, Demand(kind, Evidence.FLOW, result, note, take=take))

    def _run(self, result: int, arguments: Arguments) -> None:
        """``context.run(search, query)`` calls what it is given."""
        function = arguments.positional[0]
        rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.sequences, arguments.mappings)
        for value in tuple(self.held[function]) if function >= 0 else ():
            if isinstance(value, tuple) and value[0] in (FUNCTION, METHOD):
                self.call_value(value, result, function, rest)

    def _hand_text_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """``QUERY.format(limit=5)`` is the query, with its gaps filled."""
        for value in tuple(self.held[base]):
            if not (isinstance(value, tuple) and value[0] == ROWS):
                continue
            self.add(result, value)
            if name == "format":
                query = self.graph.files[value[1]].queries[value[2]]
                for kind, place, note in query.gaps:
                    self.cut_by_query(arguments.keywords.get(place, NOTHING), kind, result, note, query)

    def _spread_out(self, sequences: tuple[int, ...]) -> tuple[int, ...]:
        """Return the elements of lists that are spread into a call: ``fetch(sql, *parameters)``."""
        found: list[int] = []
        for node in sequences:
            for value in tuple(self.held[node]) if node >= 0 else ():
                if isinstance(value, tuple) and value[0] == SEQUENCE:
                    found.extend(self.fixed.get(value[1]) or self.displayed.get(value[1], ()))
        return tuple(found)

    def _bind_placeholder(self, node: int, kind: str, place: int | str, result: int, note: str, query: Query) -> None:
        for value in tuple(self.held[node]):
            if not isinstance(value, tuple):
                continue
            if value[0] == SEQUENCE and isinstance(place, int):
                fixed = self.fixed.get(value[1]) or self.displayed.get(value[1], ())
                if 0 <= place < len(fixed):
                    self.cut_by_query(fixed[place], kind, result, note, query)
            elif value[0] == MAPPING and isinstance(place, str):
                self.cut_by_query(self.entry(value[1], place), kind, result, note, query)
