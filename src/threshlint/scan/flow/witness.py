"""Hears names as witnesses, once everything that flow proves is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from threshlint.scan.facts import NOTHING, Binding, Function, Named, Op, Operation
from threshlint.scan.flow.calls import HAND_OVER, Arguments
from threshlint.scan.flow.comparisons import Comparisons
from threshlint.scan.flow.demand import KINDS, REFUTES, Demand
from threshlint.scan.flow.names import (
    LIMIT_NAMES,
    TOP_K_NAMES,
    Claim,
    claim,
    is_embedding_name,
    is_score_cutoff,
    is_vector_argument,
    makes_embeddings,
    makes_scores,
    searches,
    speaks_of_vectors,
)
from threshlint.scan.flow.values import (
    CLASS,
    DIFFERENCE,
    EMBEDDING,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MODULE,
    OBJECT,
    ORDER,
    OTHER,
    RANKED,
    SCORES,
)
from threshlint.scan.vocabulary import Hint, words
from threshlint.site import Evidence, Kind

_TYPED = frozenset({OBJECT, INSTANCE, MODULE, CLASS})
_MOST_CANDIDATES = 60
_ALIASES = 3
_LARGE_FAMILY = 4
_AGAINST = Hint.LEXICAL | Hint.SAMPLING | Hint.CLASSIFIER


_ARRAYS = frozenset("ndarray NDArray Tensor Array DataFrame Series Variable".split())


def _may_be_array(value: tuple[Any, ...]) -> bool:
    """Return whether a value leaves it open that a variable holds vectors."""
    if value[0] == INSTANCE:
        return value[1].name in _ARRAYS
    return value[0] not in (OBJECT, CLASS, FUNCTION, MODULE)


@dataclass(frozen=True)
class OpenCall:
    """A call whose function nothing is known of."""

    result: int
    name: str
    receiver: int
    arguments: Arguments


class Witness(Comparisons):
    """The stages after the certain one."""

    def hear_names(self) -> None:
        """Let names speak: first of values, then of calls that nothing resolves, then of numbers."""
        self._share_paths()
        self._name_fields()
        self._name_embeddings()
        self.run()
        self._resolve_by_name()
        self.run()
        self._name_calls()
        self.run()
        self._name_differences()
        self.run()
        while self.rank_attributes():
            self.run()
        self.settle()
        self._vote_in_families()
        self._join_by_attribute()
        self.run()
        self.settle()
        self._name_numbers()
        self._vote_in_families()
        self._join_by_attribute()
        self.run()

    # values

    def _share_paths(self) -> None:
        """``self.state.best``, written in one method, is what another reads, whatever object ``self.state`` is."""
        written: dict[tuple[int, str, str], int] = {}
        for _, _, base, name, source in self.assignments:
            for path in self._paths(base, name):
                self.edge(source, written.setdefault(path, self.once(base, "path", path)))
        if not written:
            return
        for node, made in tuple(self.made_by.items()):
            if made[0] is Op.ATTRIBUTE:
                for path in self._paths(made[2], made[3]):
                    if path in written:
                        self.edge(written[path], node)

    def _paths(self, base: int, name: str) -> Iterator[tuple[int, str, str]]:
        """Yield the classes in whose instances an unknown object hangs, and the attributes on the way."""
        made = self.made_by.get(base)
        if made is None or made[0] is not Op.ATTRIBUTE or made[2] < 0:
            return
        if any(isinstance(value, tuple) for value in self.held[base]):
            return
        for value in tuple(self.held[made[2]]):
            if isinstance(value, tuple) and value[0] == OBJECT:
                yield value[1], made[3], name

    def _each_named(self) -> list[tuple[int, Named]]:
        return [(file, named) for file, facts in enumerate(self.graph.files) for named in facts.named]

    def _name_fields(self) -> None:
        """A field of a hit takes its role from the name that it is bound to."""
        for _, named in self._each_named():
            if named.binding in (Binding.VARIABLE, Binding.PARAMETER):
                self.name_score(named.node, named.name)

    def _name_embeddings(self) -> None:
        for file, named in self._each_named():
            node = named.node
            if (
                named.binding is Binding.KEYWORD
                or not is_embedding_name(named.name)
                or self.graph.literal(node) is not None
            ):
                continue
            held = self.held[node]
            if any(isinstance(value, tuple) and not _may_be_array(value) for value in held):
                continue
            if held & (SCORES | {OTHER, ORDER}) or not self.graph.files[file].hints & Hint.EMBEDDING:
                continue
            self.add(node, EMBEDDING)
        for node, made in tuple(self.made_by.items()):
            is_named = made[0] is Op.ITEM and isinstance(made[3], str) and is_embedding_name(made[3])
            if is_named and not self.held[node] and self.graph.files[self.graph.file_of(node)].hints & Hint.EMBEDDING:
                self.add(node, EMBEDDING)

    def _name_differences(self) -> None:
        """What an embedding is subtracted from, or what is subtracted from one, is a vector as well."""
        for node, made in tuple(self.made_by.items()):
            if made[0] is not Op.BINARY or made[2] != "-":
                continue
            for this, other in ((made[3], made[4]), (made[4], made[3])):
                unknown = other >= 0 and not self.held[other] and not self.is_constant(other)
                if unknown and this >= 0 and EMBEDDING in self.held[this]:
                    self.add(node, DIFFERENCE)

    # calls

    def _open_calls(self) -> Iterator[OpenCall]:
        """Yield the calls whose function nothing is known of, those that another function makes included."""
        for operation in self._calls:
            _, result, function, positional, keywords, sequences, mappings = operation
            if result in self.resolved:
                continue
            name = self.graph.word_of(result) or ""
            handed = HAND_OVER.get(name)
            if handed is not None and handed < len(positional) and positional[handed] >= 0:
                function, positional = positional[handed], positional[handed + 1 :]
                name = self.graph.word_of(function) or ""
            made = self._attribute_behind(function, name)
            receiver = NOTHING
            if made is not None:
                receiver, name = made[2], made[3]
            yield OpenCall(result, name, receiver, Arguments(positional, keywords, sequences, mappings))

    def _attribute_behind(self, function: int, name: str) -> Operation | None:
        """Return the look-up of a method that is called, also through a variable: ``find = store.search``."""
        near = [function]
        for _ in range(_ALIASES):
            made = [self.made_by[node] for node in near if node in self.made_by]
            looked_up = [operation for operation in made if operation[0] is Op.ATTRIBUTE]
            if looked_up:
                return next((operation for operation in looked_up if operation[3] == name), looked_up[0])
            near = [source for node in near if node >= 0 for source in self.back[node]]
        return None

    _calls: list[Operation]
    assignments: list[Operation]  # to attributes

    def _resolve_by_name(self) -> None:
        """``store.search(query=…, top_k=…)`` on an unknown store may be any of the project's ``search`` methods."""
        methods: dict[str, list[int]] = defaultdict(list)
        for index, function in enumerate(self.graph.functions):
            if function.owner >= 0:
                methods[function.name].append(index)
        for call in self._open_calls():
            name, receiver, result, arguments = call.name, call.receiver, call.result, call.arguments
            candidates = methods.get(name, ())
            if receiver < 0 or not candidates or len(candidates) > _MOST_CANDIDATES or name.startswith("__"):
                continue
            if any(isinstance(value, tuple) and value[0] in (EXTERNAL, *_TYPED) for value in self.held[receiver]):
                continue
            fitting = [index for index in candidates if self._fits(index, arguments.positional, arguments.keywords)]
            alike = len(arguments.keywords) > 1 or self._one_family(fitting) or self._one_order(fitting, arguments)
            if not fitting or not alike:
                continue
            if not self._worth_joining(name, arguments.keywords):
                continue
            for index in fitting:
                self.resolved.add(result)
                self.call_function(
                    index, result, arguments, skip=0 if "staticmethod" in self.graph.functions[index].decorators else 1
                )

    def _worth_joining(self, name: str, keywords: Mapping[str, int]) -> bool:
        """Only calls that may carry what is looked for are worth a guess."""
        return searches(name) or makes_embeddings(name) or any(claim(keyword) is not None for keyword in keywords)

    def _fits(self, index: int, positional: tuple[int, ...], keywords: Mapping[str, int]) -> bool:
        parameters = self.graph.functions[index].parameters
        names = {parameter.name for parameter in parameters}
        styles = {parameter.style for parameter in parameters}
        return ("mapping" in styles or keywords.keys() <= names) and (
            "sequence" in styles or len(positional) <= len(self._positional_names(index))
        )

    def _positional_names(self, method: int) -> list[str]:
        """Return the names of what a method takes by position, its receiver aside."""
        declared = self.graph.functions[method]
        names = [parameter.name for parameter in declared.parameters if parameter.style == "normal"]
        return names if "staticmethod" in declared.decorators else names[1:]

    def _one_order(self, methods: list[int], arguments: Arguments) -> bool:
        """Return whether methods of several classes take the same by the same position: one interface."""
        given = len(arguments.positional)
        return given > 1 and len({tuple(self._positional_names(index)[:given]) for index in methods}) == 1

    def _one_family(self, functions: list[int]) -> bool:
        """Return whether methods override one another: one interface, many implementations."""
        if len(functions) == 1:
            return True
        tops = {self._top_class(self.owner_of(index)) for index in functions}
        return len(tops) == 1

    def owner_of(self, function: int) -> int:
        """Return the class that a method stands in."""
        return self._owner_of(function)

    def _top_class(self, cls: int) -> int:
        lineage = self.lineage(cls)
        return lineage[-1]

    def _name_calls(self) -> None:
        searching: list[OpenCall] = []
        for call in self._open_calls():
            name, receiver, result = call.name, call.receiver, call.result
            file = self.graph.file_of(result)
            if not self.graph.files[file].hints & Hint.EMBEDDING:
                continue
            if makes_embeddings(name) or (
                name in ("encode", "aencode", "__call__") and self._receiver_embeds(receiver)
            ):
                self.add(result, EMBEDDING)
                continue
            role = makes_scores(name)
            if role is not None:
                self.add(result, role)
                continue
            searching.append(call)
        self.run()
        for call in searching:
            if searches(call.name):
                self._name_search(call)
            else:
                self._name_vector_call(call)

    def _name_vector_call(self, call: OpenCall) -> None:
        """A function of an unknown library that is given embeddings, and a number whose name is plain."""
        result, name, positional, keywords = call.result, call.name, call.arguments.positional, call.arguments.keywords
        if not any(self.carries(node, EMBEDDING) for node in (*positional, *keywords.values()) if node >= 0):
            return
        for keyword, node in keywords.items():
            said = claim(keyword)
            if (
                node >= 0
                and said is not None
                and (said.plain or keyword in ("k", "top_n", "diversity", "alpha", "threshold"))
            ):
                self.sink(
                    node,
                    Demand(said.kind, Evidence.NAME, result, f"`{keyword}` of `{name}`, which is given embeddings"),
                )

    def _receiver_embeds(self, receiver: int) -> bool:
        word = self.graph.word_of(receiver) or ""
        return not {"model", "encoder", "embedder", "embed", "embedding", "transformer", "sbert", "st"}.isdisjoint(
            words(word)
        )

    def _name_search(self, call: OpenCall) -> None:
        """A search on a receiver, or with arguments, that speak of vectors."""
        result, name, positional, keywords = call.result, call.name, call.arguments.positional, call.arguments.keywords
        word = self.graph.word_of(call.receiver) or ""
        by_vector = any(is_vector_argument(keyword) for keyword in keywords) or any(
            EMBEDDING in self.held[node] for node in (*positional, *keywords.values()) if node >= 0
        )
        if (
            not by_vector
            and not speaks_of_vectors(word)
            and not {"similarity", "similar", "nearest", "knn", "semantic"} & set(words(name))
        ):
            return
        if not by_vector and {"recent", "user", "session"} & set(words(word)):
            return
        self.add(result, RANKED)
        note = f"`{name}` of what looks like a vector search"
        for keyword, node in keywords.items():
            said = claim(keyword)
            if node >= 0 and said is not None and keyword.lower() in TOP_K_NAMES | LIMIT_NAMES:
                self.sink(node, Demand(Kind.TOP_K.value, Evidence.NAME, result, f"`{keyword}` of {note}"))
            elif (
                node >= 0
                and said is not None
                and said.kind in (Kind.SIMILARITY_THRESHOLD.value, Kind.DISTANCE_THRESHOLD.value)
            ):
                self.sink(node, Demand(said.kind, Evidence.NAME, result, f"`{keyword}` of {note}"))
        for node in positional[1:3]:
            literal = self.graph.literal(node)
            said = claim(self.graph.word_of(node) or "") if by_vector else None
            if (literal is not None and literal.text.isdigit()) or (said is not None and said.kind == Kind.TOP_K.value):
                self.sink(node, Demand(Kind.TOP_K.value, Evidence.NAME, result, f"cap given to {note}"))

    # families of methods

    def _vote_in_families(self) -> None:
        """What one implementation does with a parameter, its siblings most likely do as well."""
        for members in self._families().values():
            by_name: dict[str, list[tuple[int, bool]]] = defaultdict(list)
            for index in members:
                declared = self.graph.functions[index]
                for parameter in declared.parameters:
                    if parameter.style in ("normal", "keyword") and parameter.name != "self":
                        by_name[parameter.name].append((parameter.node, declared.stub))
            for name, nodes in by_name.items():
                self._vote(members[0], name, nodes)

    def _learn_families(self) -> None:
        """Note the methods that have many implementations."""
        for key, members in self._families().items():
            if sum(not self.graph.functions[index].stub for index in members) >= _LARGE_FAMILY:
                for index in members:
                    self.family_of[index] = key

    def _families(self) -> dict[tuple[int, str], list[int]]:
        families: dict[tuple[int, str], list[int]] = defaultdict(list)
        for index, function in enumerate(self.graph.functions):
            if function.owner < 0 or function.name.startswith("__"):
                continue
            owner = self.owner_of(index)
            top = next(
                (cls for cls in reversed(self.lineage(owner)) if function.name in self.graph.classes[cls].members),
                owner,
            )
            families[top, function.name].append(index)
        return {key: members for key, members in families.items() if len(members) > 1}

    def _vote(self, function: int, name: str, nodes: list[tuple[int, bool]]) -> None:
        counted = [node for node, stub in nodes if not stub]
        if not counted:
            counted = [node for node, _ in nodes]
        for kind in sorted(KINDS):
            in_favour = [node for node in counted if kind in self.demands.get(node, {})]
            if not in_favour:
                in_favour = [node for node, _ in nodes if kind in self.demands.get(node, {})]
                if not in_favour:
                    continue
            likely = searches(self.graph.functions[function].name)
            if len(in_favour) * 2 < len(counted) and not (likely and len(in_favour) * 5 >= len(counted)):
                continue
            family = self.family_of.get(function)
            if family is not None and (family, name, kind) not in self.approved:
                self.approved.add((family, name, kind))
                for node in in_favour:
                    self._carry_to_calls(node, self.demands[node][kind])
            model = self.demands[in_favour[0]][kind]
            for node, _ in nodes:
                if kind not in self.demands.get(node, {}) and REFUTES not in self.demands.get(node, {}):
                    self.demand(
                        node,
                        model.step(in_favour[0], f"as `{name}` of the method that overrides it, or that it overrides"),
                    )

    def _carry_to_calls(self, node: int, demand: Demand) -> None:
        """Carry a demand on to the arguments, where one implementation alone was not enough."""
        for source in tuple(self.back[node]):
            if (source, node) in self.crossings:
                self._demand_back(source, node, demand)

    # attributes and keys of unknown objects

    def _join_by_attribute(self) -> None:
        """An attribute of an unknown object is the field of that name, if only one can be meant."""
        fields = self._declared_fields()
        for node, wanted in tuple(self.demands.items()):
            if not any(kind in KINDS for kind in wanted):
                continue
            made = self.made_by.get(node)
            if made is None:
                continue
            if made[0] is Op.ATTRIBUTE or (made[0] is Op.ITEM and isinstance(made[3], str)):
                name, base = made[3], made[2]
            else:
                continue
            declared = fields.get(name, ())
            if not 0 < len(declared) <= 3 or not self._is_distinctive(name, declared):
                continue
            if base >= 0 and any(isinstance(value, tuple) and value[0] in _TYPED for value in self.held[base]):
                continue
            for source in declared:
                self.edge(source, node)

    def _declared_fields(self) -> dict[str, list[int]]:
        fields: dict[str, list[int]] = defaultdict(list)
        for index, cls in enumerate(self.graph.classes):
            for name in cls.members:
                if claim(name) is not None or len(words(name)) > 1:
                    node = self.member(index, name)
                    if node >= 0 and not any(
                        isinstance(value, tuple) and value[0] == FUNCTION for value in self.held[node]
                    ):
                        fields[name].append(self.class_attribute(index, name))
        for facts in self.graph.files:
            for key, node in facts.names.items():
                if key.startswith("option "):
                    fields[key.removeprefix("option ")].append(node)
            for named in facts.named:
                if named.binding is Binding.KEY and named.node in facts.literals:
                    fields[named.name].append(named.node)
        return fields

    def _is_distinctive(self, name: str, declared: list[int]) -> bool:
        return len(words(name)) > 1 or len(declared) == 1

    # numbers

    def _name_numbers(self) -> None:
        for file, named in self._each_named():
            node = named.node
            said = claim(named.name)
            if said is None or any(kind in KINDS for kind in self.demands.get(node, {})):
                continue
            if REFUTES in self.demands.get(node, {}) or not self._leads_to_number(node):
                continue
            kind = (
                said.kind
                if said.sure and self._is_about_meaning(file, said)
                else self._believed(file, named, said.kind, plain=said.plain)
            )
            if kind is not None:
                self.demand(
                    node, Demand(kind, Evidence.NAME, node, f"`{named.name}` says so, among code about vector search")
                )

    def _is_about_meaning(self, file: int, said: Claim) -> bool:
        hints = Hint(self.graph.files[file].hints)
        return self._embeds(file) or (
            said.kind == Kind.SIMILARITY_THRESHOLD.value and not hints & (Hint.LEXICAL | Hint.GEOMETRY)
        )

    def _embeds(self, file: int) -> bool:
        """Return whether a file has to do with embeddings; in a project about them, a softer word is enough."""
        wanted = Hint.VECTOR if self.project_embeds else Hint.EMBEDDING
        return bool(self.graph.files[file].hints & wanted)

    @cached_property
    def project_embeds(self) -> bool:
        """Whether a good part of the project's files speaks of embeddings."""
        files = [facts for facts, size in zip(self.graph.files, self.graph.sizes, strict=True) if size > 20]
        return sum(bool(facts.hints & Hint.EMBEDDING) for facts in files) * 4 > len(files)

    def _takes_score_cutoff(self, function: Function, limit: Named) -> bool:
        """Return whether a search has a cutoff for scores beside its limit."""
        return any(
            parameter.name != limit.name and is_score_cutoff(parameter.name) for parameter in function.parameters
        )

    def _leads_to_number(self, node: int) -> bool:
        return self.graph.literal(node) is not None or bool(self.back[node]) or node in self.made_by

    def _believed(self, file: int, named: Named, kind: str, *, plain: bool) -> str | None:
        """Return the kind that a name's claim amounts to in its surroundings, or None."""
        facts = self.graph.files[file]
        if not self._embeds(file):
            return None
        function = facts.functions[named.function] if named.function >= 0 else None
        cls = facts.classes[named.owner] if named.owner >= 0 else None
        hints = Hint(function.hints if function is not None else cls.hints if cls is not None else facts.hints)
        if function is not None and not hints & Hint.VECTOR and cls is not None and speaks_of_vectors(cls.name):
            hints |= Hint.VECTOR
        if hints & _AGAINST and not (hints & Hint.VECTOR and plain):
            return None
        if function is not None and cls is not None and function.name.startswith("__"):
            function, takes_vector = None, False
        name = (
            function.name if function is not None else cls.name if cls is not None else facts.module.rpartition(".")[2]
        )
        modules = facts.module.split(".")[-2:]
        literal = self.graph.literal(named.node)
        keys = literal.keys if literal is not None else ()
        around = [
            part for part in (function.name if function else "", cls.name if cls else "", *modules, *keys) if part
        ]
        speaks = any(speaks_of_vectors(part) for part in around)
        takes_vector = function is not None and any(
            is_vector_argument(parameter.name) for parameter in function.parameters
        )
        if kind == Kind.TOP_K.value:
            if keys:
                agreed: bool | Hint = plain and any(speaks_of_vectors(key) for key in keys)
            elif function is not None:
                agreed = (searches(function.name) and (takes_vector or (speaks and hints & Hint.VECTOR))) or (
                    takes_vector and plain
                )
                if named.name.lower() in LIMIT_NAMES:
                    agreed = searches(function.name) and (takes_vector or self._takes_score_cutoff(function, named))
            else:
                agreed = speaks and plain
            return kind if agreed else None
        if not hints & Hint.VECTOR:
            return None
        if kind == Kind.SCORE_WEIGHT.value:
            return kind if plain and speaks else None
        if plain:
            return kind
        if not speaks:
            return None
        if kind == Kind.DISTANCE_THRESHOLD.value and not hints & Hint.GEOMETRY:
            return kind
        return kind if set(words(named.name)) & {"score", "relevance", "match"} or speaks_of_vectors(name) else None
