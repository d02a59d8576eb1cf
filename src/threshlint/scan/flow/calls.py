"""Calls: of the project's functions and classes, and of library entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from threshlint.scan.facts import NOTHING, Op, Operation
from threshlint.scan.flow.access import NAMESPACE, Access
from threshlint.scan.flow.demand import KNOB, REFUTES, Demand
from threshlint.scan.flow.solver import Crossing
from threshlint.scan.flow.values import (
    BUILTIN,
    CLASS,
    EMBEDDER,
    EMBEDDING,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    LIBRARY_METHOD,
    MAPPING,
    METHOD,
    MODULE,
    OBJECT,
    SCORES,
    SEQUENCE,
    Value,
)
from threshlint.scan.knowledge import Call, Take, Type, When
from threshlint.scan.vocabulary import words
from threshlint.site import Evidence, Kind

# Functions that are handed a function and call it: the position of the function among their arguments.
_MODULE = re.compile(r"[A-Za-z_][\w.]*")
# Functions that hand their first argument on: wrappers of iterables and of awaitables.
WRAPPERS = frozenset(
    """
    as_completed wait_for shield create_task ensure_future tqdm track chain from_iterable progress_bar deepcopy
    copy text sql SQL literal_column
""".split()
)
_FACTORIES = (
    "from_",
    "load",
    "create",
    "open",
    "connect",
    "init",
    "get_or_create",
    "construct",
    "build",
    "restore",
    "afrom_",
)
HAND_OVER = {
    "to_thread": 0, "run_in_threadpool": 0, "run_sync": 0, "submit": 0, "partial": 0, "apply_async": 0,
    "run_in_executor": 1, "sync_to_async": 0, "to_process": 0, "retry_call": 0, "call_soon": 0, "delayed": 0,
    "wraps": 0, "lru_cache": 0, "cache": 0,
}  # fmt: skip


# Methods and classes of user interfaces that call a function with what their inputs hold.
EVENTS = frozenset({"click", "submit", "change", "release", "Interface"})

# What looks at what its arguments hold; a project's function only lets them flow.
LOOKING = frozenset({EXTERNAL, LIBRARY_METHOD, INSTANCE, BUILTIN})


_BY_NAME = frozenset(
    """
    asdict vars nlargest nsmallest islice takewhile dropwhile filterfalse defaultdict replace _replace evolve
    model_copy gather
""".split()
)


@lru_cache(maxsize=50_000)
def _is_special(name: str) -> bool:
    """Tell whether a function of this name is known by it."""
    return name in HAND_OVER or name in WRAPPERS or name in EVENTS or name in _BY_NAME or _imports_lazily(name)


def _imports_lazily(name: str) -> bool:
    return not {"lazy", "import", "importer"}.isdisjoint(words(name))


@dataclass
class Arguments:
    """What a call is given, by position and by name."""

    positional: tuple[int, ...] = ()
    keywords: Mapping[str, int] = field(default_factory=dict)
    sequences: tuple[int, ...] = ()
    mappings: tuple[int, ...] = ()


class Calls(Access):
    """What a call does with its arguments, and what it returns."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.subclasses: dict[int, set[int]] = {}
        self._below: dict[int, tuple[int, ...]] = {}
        self.resolved: set[int] = set()  # results of calls whose function is known
        self.embedders: dict[int, tuple[Call, Arguments]] = {}
        # Methods with many implementations: one of them alone does not say what a parameter is.
        self.family_of: dict[int, tuple[int, str]] = {}
        self.approved: set[tuple[tuple[int, str], str, str]] = set()
        self.given: dict[int, Arguments] = {}  # the arguments of each call, by its result
        self._method_nodes: dict[tuple[int, str, int], int] = {}

    def _call(self, operation: Operation) -> None:
        _, result, function, positional, keywords, sequences, mappings = operation
        arguments = self.given.get(result)
        if arguments is None:
            arguments = self.given[result] = Arguments(positional, keywords, sequences, mappings)
        # When an argument gained a value, only what looks at its arguments has anything to do.
        again = self.changed >= 0 and self.changed != function
        spread = bool(sequences or mappings)
        for value in self.news(function):
            if not again or spread or (isinstance(value, tuple) and value[0] in LOOKING):
                self.call_value(value, result, function, arguments)
        made = self.made_by.get(function)
        if made is not None and made[0] is Op.ATTRIBUTE:
            self.call_on(result, made[2], made[3], arguments)
        name = self.graph.word_of(result)
        if name is not None and _is_special(name):
            self._call_by_name(name, result, made, arguments)

    def _call_by_name(self, name: str, result: int, made: Operation | None, arguments: Arguments) -> None:
        """Functions that are known by their names alone, wherever they come from."""
        positional = arguments.positional
        if name in HAND_OVER:
            self._hand_over(result, HAND_OVER[name], arguments)
        elif (name in WRAPPERS and positional) or (name in ("asdict", "vars") and positional):
            self.edge(positional[0], result)
        elif name in ("nlargest", "nsmallest", "islice") and len(positional) > 1:
            self.cut_iterable(name, result, arguments)
        elif name in ("takewhile", "dropwhile", "filterfalse") and len(positional) == 2:
            self.walk("filter", result, positional)
        elif name in EVENTS and ("inputs" in arguments.keywords or len(positional) > 1):
            self._handle_event(result, arguments)
        elif name == "defaultdict":
            self.make_defaultdict(result, arguments)
        elif name in ("replace", "_replace", "evolve", "model_copy"):
            self._copy_with(result, made[2] if made is not None and made[0] is Op.ATTRIBUTE else NOTHING, arguments)
        elif name == "gather":
            self._gather_results(result, arguments)
        elif _imports_lazily(name):
            self._import_lazily(result, arguments)

    def _gather_results(self, result: int, arguments: Arguments) -> None:
        """``await asyncio.gather(a, b)`` is a list of results."""
        for node in arguments.positional:
            self.edge(node, self.any_element(result))
        for node in arguments.sequences:
            self.element_of(node, self.any_element(result))
        self.add(result, (SEQUENCE, result))

    def _import_lazily(self, result: int, arguments: Arguments) -> None:
        """``LazyImport("shop.index")`` and its like stand for the module that they name."""
        for node in (*arguments.positional, *arguments.keywords.values()):
            text = self.constant_string(node)
            if text and _MODULE.fullmatch(text):
                module = self.graph.module(text, self.graph.file_of(result))
                if module is not None and "." in text:
                    self.add(result, (MODULE, module))
                elif self.knowledge.knows(text):
                    self.add(result, (EXTERNAL, text))

    def call_value(self, value: Value, result: int, function: int, arguments: Arguments) -> None:
        """Call one of the values that a function expression may hold."""
        if value == EMBEDDER:
            self.resolved.add(result)
            self.add(result, EMBEDDING)
            return
        if isinstance(value, str):
            return
        tag = value[0]
        if tag == FUNCTION:
            self.resolved.add(result)
            self.call_function(value[1], result, arguments, skip=0)
        elif tag == METHOD:
            self.resolved.add(result)
            self._call_method(value[1], value[2], result, arguments, overridden=value[3])
        elif tag == CLASS:
            self.resolved.add(result)
            self.construct(value[1], result, arguments)
        elif tag == OBJECT:
            for name in ("__call__", "forward", "call"):
                if self.method_of(value[1], name) is not None:
                    self.resolved.add(result)
                    self._call_method_named(value[1], name, result, arguments)
                    break
        elif tag == EXTERNAL:
            self.call_external(value[1], result, arguments)
        elif tag == LIBRARY_METHOD:
            _, kind, name, site, receiver = value
            entries = self.library_calls(kind) if name == kind.name else self.knowledge.method(kind, name)
            self.call_entries(entries, result, arguments, receiver, site, kind.library)
        elif tag == INSTANCE:
            entries = self.knowledge.method(value[1], "__call__")
            if entries:
                self.call_entries(entries, result, arguments, function, value[2], value[1].library)
        elif tag == BUILTIN:
            self.call_builtin(value[1], result, arguments)

    # the project's own

    def call_function(self, function: int, result: int, arguments: Arguments, skip: int, cls: int = NOTHING) -> None:
        """Bind arguments to parameters, and what comes back to the result; ``cls`` is the receiver's."""
        self.bind(function, arguments, skip, result, cls)
        declared = self.graph.functions[function]
        returns = declared.returns
        if "contextmanager" in declared.decorators or "asynccontextmanager" in declared.decorators:
            self.element_of(returns, result)
        self.crossings[returns, result] = Crossing(False, function, result)
        self.edge(returns, result)

    def bind(self, function: int, arguments: Arguments, skip: int, site: int, cls: int = NOTHING) -> None:
        """Let arguments flow into a function's parameters; ``skip`` of them are bound already."""
        signature = self.graph.signature(function)
        plain, by_name = signature.plain[skip:], signature.by_name
        rest, extra = signature.rest, signature.extra
        for index, argument in enumerate(arguments.positional):
            if index < len(plain):
                self._into(argument, plain[index], function, site, cls)
            elif rest >= 0:
                self._spread(rest, argument)
        for name, argument in arguments.keywords.items():
            if name in by_name:
                self._into(argument, (name, by_name[name]), function, site, cls)
            elif extra >= 0:
                self.edge(argument, self.entry(extra, name))
                self.add(extra, (MAPPING, extra))
        for sequence in arguments.sequences:
            for value in tuple(self.held[sequence]) if sequence >= 0 else ():
                if isinstance(value, tuple) and value[0] == SEQUENCE and value[1] in self.fixed:
                    for index, element in enumerate(self.fixed[value[1]], len(arguments.positional)):
                        if index < len(plain):
                            self.edge(element, plain[index][1])
            self.edge(sequence, rest)
        for mapping in arguments.mappings:
            for value in tuple(self.held[mapping]) if mapping >= 0 else ():
                if isinstance(value, tuple) and value[0] == MAPPING:
                    self._bind_mapping(value[1], by_name, extra)
                elif isinstance(value, tuple) and value[0] == OBJECT:
                    for name, parameter in by_name.items():
                        if name in self.graph.classes[value[1]].members:
                            self.edge(self.class_attribute(value[1], name), parameter)
                elif value == (EXTERNAL, NAMESPACE):
                    for name, parameter in by_name.items():
                        self.option(parameter, name)

    def _into(self, argument: int, parameter: tuple[str, int], function: int, site: int, cls: int) -> None:
        """Let an argument flow into a parameter."""
        name, target = parameter
        crossing = self.crossings.get((argument, target))
        if crossing is None:
            crossing = self.crossings[argument, target] = Crossing(True, function, site, name)
        if cls >= 0 and cls not in crossing.classes:
            crossing.classes = (*crossing.classes, cls)
        self.edge(argument, target)

    def _spread(self, holder: int, argument: int) -> None:
        """One more element of ``*args``."""
        self.edge(argument, self.any_element(holder))
        self.add(holder, (SEQUENCE, holder))

    def _bind_mapping(self, mapping: int, by_name: Mapping[str, int], extra: int) -> None:
        for name, parameter in by_name.items():
            self.edge(self.entry(mapping, name), parameter)
        if extra >= 0:
            self.add(extra, (MAPPING, mapping))

    def method_of(self, cls: int, name: str) -> int | None:
        """Return the function that a method name means on a class."""
        for ancestor in self.lineage(cls):
            member = self.member(ancestor, name)
            if member >= 0:
                for value in self.held[member]:
                    if isinstance(value, tuple) and value[0] == FUNCTION:
                        return int(value[1])
        return None

    def _call_method(
        self, function: int, cls: int, result: int, arguments: Arguments, *, overridden: bool = True
    ) -> None:
        """Call a method on an instance, of whose class or any below it; ``super()`` means one function only."""
        self.bind_receiver(function, cls)
        self.call_function(function, result, arguments, 1, cls)
        name = self.graph.functions[function].name
        for below in self.below(cls) if overridden else ():
            overriding = self.member(below, name)
            if overriding < 0:
                continue
            for value in tuple(self.held[overriding]):
                if isinstance(value, tuple) and value[0] == FUNCTION and value[1] != function:
                    self.bind_receiver(value[1], below)
                    self.call_function(value[1], result, arguments, 1, below)

    def _call_method_named(self, cls: int, name: str, result: int, arguments: Arguments) -> None:
        function = self.method_of(cls, name)
        if function is not None:
            self._call_method(function, cls, result, arguments)

    def call_named_method(self, result: int, cls: int, name: str, positional: tuple[int, ...]) -> None:
        """Call a special method of a project class."""
        function = self.method_of(cls, name)
        if function is None:
            return
        key = (cls, name, result)
        if key not in self._method_nodes:
            self._method_nodes[key] = result
            self._call_method(function, cls, result, Arguments(positional))
            if name == "__iter__":
                self.element_of(self.graph.functions[function].returns, result)

    def below(self, cls: int) -> Iterable[int]:
        """Return all project classes that derive from a class."""
        known = self._below.get(cls)
        if known is None:
            found: set[int] = set()
            pending = list(self.subclasses.get(cls, ()))
            while pending:
                current = pending.pop()
                if current not in found:
                    found.add(current)
                    pending.extend(self.subclasses.get(current, ()))
            known = tuple(found)
            if self.bases_are_known:
                self._below[cls] = known
        return known

    def construct(self, cls: int, result: int, arguments: Arguments) -> None:
        """Make an instance of a project class."""
        self.add(result, (OBJECT, cls))
        initializer = self.method_of(cls, "__init__")
        if initializer is not None:
            self.bind_receiver(initializer, cls)
            self.bind(initializer, arguments, 1, result, cls)
        if initializer is None or self._owner_of(initializer) != cls:
            self._construct_fields(cls, arguments)
        for kind, _ in self.library_bases(cls):
            entries = self.library_calls(kind)
            if entries:
                self.call_entries(entries, NOTHING, arguments, NOTHING, result, kind.library)

    def _owner_of(self, function: int) -> int:
        owner = self.graph.functions[function].owner
        return owner + self.graph.class_bases[self.graph.function_file[function]] if owner >= 0 else -1

    def library_calls(self, kind: Type) -> list[Call]:
        """Return the entries of a type's constructor."""
        return self.knowledge.libraries[kind.library].calls.get(kind.name, [])

    def _construct_fields(self, cls: int, arguments: Arguments) -> None:
        """The generated constructor of a dataclass, a pydantic model or a named tuple."""
        fields = [name for ancestor in reversed(self.lineage(cls)) for name in self.graph.classes[ancestor].fields]
        fields = list(dict.fromkeys(fields))
        for index, argument in enumerate(arguments.positional):
            if index < len(fields):
                self.edge(argument, self.class_attribute(cls, fields[index]))
        for name, argument in arguments.keywords.items():
            self.edge(argument, self.class_attribute(cls, name))
        for mapping in arguments.mappings:
            for value in tuple(self.held[mapping]) if mapping >= 0 else ():
                if isinstance(value, tuple) and value[0] == MAPPING:
                    for name in fields:
                        self.edge(self.entry(value[1], name), self.class_attribute(cls, name))

    def _hand_over(self, result: int, position: int, arguments: Arguments) -> None:
        """``asyncio.to_thread(store.search, query, top_k=5)`` calls what it is handed."""
        if position >= len(arguments.positional):
            return
        function = arguments.positional[position]
        rest = Arguments(
            arguments.positional[position + 1 :], arguments.keywords, arguments.sequences, arguments.mappings
        )
        name = self.graph.word_of(result)
        if function < 0:
            return
        if name == "partial" and not rest.positional:
            self.edge(function, result)
        made = self.made_by.get(function)
        if made is not None and made[0] is Op.ATTRIBUTE:
            self.call_on(result, made[2], made[3], rest)
        for value in tuple(self.held[function]):
            self.call_value(value, result, function, rest)

    def may_leave(self, demand: Demand, crossing: Crossing) -> bool:
        """Return whether a demand on a parameter concerns the arguments of this call."""
        if not super().may_leave(demand, crossing):
            return False
        if demand.cls >= 0 and crossing.classes and not any(self._related(demand.cls, cls) for cls in crossing.classes):
            return False
        family = self.family_of.get(crossing.function)
        return family is None or (family, crossing.parameter, demand.kind) in self.approved

    def _related(self, one: int, other: int) -> bool:
        return one in self.lineage(other) or other in self.lineage(one)

    # libraries

    def call_external(self, dotted: str, result: int, arguments: Arguments) -> None:
        """Call a name of a library."""
        kind, entries = self.knowledge.find(dotted)
        if kind is None and not entries:
            owner, _ = self.knowledge.find(dotted.rpartition(".")[0]) if "." in dotted else (None, [])
            if owner is not None:
                self._call_class_method(owner, dotted.rpartition(".")[2], result, arguments)
            return
        self.resolved.add(result)
        if kind is not None:
            self.add(result, (INSTANCE, kind, result))
        elif "." in dotted:
            owner, _ = self.knowledge.find(dotted.rpartition(".")[0])
            if owner is not None and all(entry.name == "*" for entry in entries):
                self._call_class_method(owner, dotted.rpartition(".")[2], result, arguments)
                return
        self.call_entries(entries, result, arguments, NOTHING, result, kind.library if kind else entries[0].library)

    def _call_class_method(self, owner: Type, name: str, result: int, arguments: Arguments) -> None:
        entries = self.knowledge.method(owner, name)
        named = [entry for entry in entries if entry.name != "*"]
        if named:
            self.call_entries(named, result, arguments, NOTHING, result, owner.library)
        if name.startswith(_FACTORIES):
            self.add(result, (INSTANCE, owner, result))

    def call_entries(
        self, entries: Iterable[Call], result: int, arguments: Arguments, receiver: int, site: int, library: str
    ) -> None:
        """Do what entries say of a call; ``site`` is the call that made the receiver."""
        for entry in entries:
            given = self.named_arguments(entry, arguments)
            if not self._needs_are_met(entry, given, receiver):
                continue
            if result >= 0 and entry.name != "*":
                self.resolved.add(result)
            self._call_entry(entry, given, result, receiver, site, library, arguments)

    def named_arguments(self, entry: Call, arguments: Arguments) -> dict[str, int]:
        """Return an entry's arguments by name, whichever way they were given."""
        given = dict(zip(entry.parameters, arguments.positional, strict=False))
        given.update(arguments.keywords)
        for mapping in arguments.mappings:
            for value in tuple(self.held[mapping]) if mapping >= 0 else ():
                if isinstance(value, tuple) and value[0] == MAPPING:
                    for name in (*entry.takes, *entry.parameters):
                        if name not in given:
                            given[name] = self.entry(value[1], name)
                elif isinstance(value, tuple) and value[0] == OBJECT:
                    for name in entry.takes:
                        if name not in given and name in self.graph.classes[value[1]].members:
                            given[name] = self.class_attribute(value[1], name)
        return given

    def _needs_are_met(self, entry: Call, given: Mapping[str, int], receiver: int) -> bool:
        for argument, role in entry.needs.items():
            node = receiver if argument == "self" else given.get(argument, NOTHING)
            if node < 0 or not self.carries(node, role):
                return False
        return True

    def carries(self, node: int, role: str) -> bool:
        """Return whether a node, or what it contains, holds a role."""
        held = self.held[node]
        if role == "ranked":
            return self.is_ranked(node)
        if role == "score":
            if held & SCORES:
                return True
        elif role in held:
            return True
        for value in held:
            if isinstance(value, tuple) and value[0] == SEQUENCE:
                self.watch(self.any_element(value[1]))
                inner = self.held[self.any_element(value[1])]
                if (role == "score" and inner & SCORES) or role in inner:
                    return True
        return False

    def _call_entry(
        self,
        entry: Call,
        given: Mapping[str, int],
        result: int,
        receiver: int,
        site: int,
        library: str,
        arguments: Arguments,
    ) -> None:
        takes = self._takes(entry, given, site)
        constructor: dict[str, Take] = dict(entry.constructor)
        returns = entry.returns
        for when in entry.whens:
            if self._applies(when, given, site):
                constructor.update(when.constructor)
                returns = when.returns or returns
        where = result if result >= 0 else site
        for name, take in takes.items():
            if name in given:
                self.take(given[name], take, where, f"`{name}` of {entry.library}'s `{entry.name}`")
        if constructor and site in self.given:
            made = self.given[site]
            types = [v[1] for v in self.held[site] if isinstance(v, tuple) and v[0] == INSTANCE]
            for kind in types:
                for own in self.library_calls(kind):
                    by_name = self.named_arguments(own, made)
                    said = self._takes(own, by_name, site)
                    for name, take in constructor.items():
                        if name in by_name:
                            if name in said and said[name].kind == take.kind:
                                take = said[name]  # it knows the unit by the other arguments
                            self.take(by_name[name], take, where, f"`{name}` of {entry.library}'s `{kind.name}`")
                if not self.library_calls(kind):
                    for name, take in constructor.items():
                        if name in made.keywords:
                            self.take(made.keywords[name], take, where, f"`{name}` of {entry.library}'s `{kind.name}`")
        if entry.embedder and result >= 0:
            self.embedders[result] = (entry, arguments)
        self.put(result, returns, result, library, dict(given), receiver)

    def _takes(self, entry: Call, given: Mapping[str, int], site: int) -> dict[str, Take]:
        """Return what an entry's parameters take, given its arguments."""
        takes = dict(entry.takes)
        for when in entry.whens:
            if self._applies(when, given, site):
                takes.update(when.takes)
        return takes

    def _applies(self, when: When, given: Mapping[str, int], site: int) -> bool:
        name = when.argument
        if name.startswith("constructor."):
            name = name.partition(".")[2]
            made = self.given.get(site)
            if made is None:
                return when.absent
            given = dict(made.keywords)
            for value in self.held[site]:
                if isinstance(value, tuple) and value[0] == INSTANCE:
                    for own in self.library_calls(value[1]):
                        given = {**given, **self.named_arguments(own, made)}
        node = given.get(name, NOTHING)
        if name not in given:
            return when.absent
        text = self.constant_string(node)
        if text is None:
            text = self.graph.word_of(node)
            for value in self.held[node] if node >= 0 else ():
                if isinstance(value, tuple) and value[0] == EXTERNAL:
                    text = value[1].rsplit(".", 1)[-1]
        return text is not None and text.lower() in when.values

    def take(self, node: int, take: Take, where: int, what: str) -> None:
        """Note what a parameter of a known API takes."""
        if node < 0 or take.kind == "embedding":
            return
        kind = take.kind
        if kind == "score-threshold":
            kind = Kind.SIMILARITY_THRESHOLD.value
        notes = {REFUTES: "no score: ", KNOB: "an index knob: "}
        self.sink(node, Demand(kind, Evidence.CALL, where, f"{notes.get(kind, '')}{what}", take=take))

    def call_protocol(self, result: int, base: int, value: tuple[Any, ...], name: str) -> None:
        """Call a special method of a library's type."""
        kind = value[1]
        entries = [entry for entry in self.knowledge.method(kind, name) if entry.name != "*"]
        self.call_entries(entries, result, Arguments(), base, value[2], kind.library)

    def _handle_event(self, result: int, arguments: Arguments) -> None:
        """``button.click(search, inputs=[query, cutoff])`` calls what handles it with what the inputs hold."""
        function = arguments.keywords.get("fn", arguments.positional[0] if arguments.positional else NOTHING)
        inputs = arguments.keywords.get("inputs", arguments.positional[-1] if arguments.positional else NOTHING)
        for value in tuple(self.held[inputs]) if inputs >= 0 and function >= 0 else ():
            made = self.made_by.get(value[1]) if isinstance(value, tuple) and value[0] == SEQUENCE else None
            if made is not None and made[0] is Op.SEQUENCE:
                for called in tuple(self.held[function]):
                    self.call_value(called, result, function, Arguments(made[2]))

    def _copy_with(self, result: int, receiver: int, arguments: Arguments) -> None:
        """``dataclasses.replace(profile, merge=0.9)`` sets fields of an object like the one that it copies."""
        for node in (receiver, *arguments.positional[:1]):
            for value in tuple(self.held[node]) if node >= 0 else ():
                if isinstance(value, tuple) and value[0] == OBJECT:
                    self.add(result, value)
                    for name, argument in arguments.keywords.items():
                        self.edge(argument, self.class_attribute(value[1], name))

    def make_defaultdict(self, result: int, arguments: Arguments) -> None:
        """``defaultdict(list)`` makes what it is asked for."""
        raise NotImplementedError

    def walk(self, name: str, result: int, given: tuple[int, ...]) -> None:
        """``map``, ``filter`` and their like call what they are given with each element."""
        raise NotImplementedError

    def cut_iterable(self, name: str, result: int, arguments: Arguments) -> None:
        """``heapq.nlargest`` and ``itertools.islice``."""
        raise NotImplementedError

    def call_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """Call a method by its name, on whatever its receiver holds."""
        raise NotImplementedError

    def call_builtin(self, name: str, result: int, arguments: Arguments) -> None:
        """Call a builtin function."""
        raise NotImplementedError
