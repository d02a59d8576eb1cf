"""What is known of third-party APIs, read from one TOML file a library.

The schema is documented in ``docs/knowledge.md``.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from threshlint.config import ConfigError
from threshlint.scan.knowledge.shapes import ROLES, Shape, ShapeError, parse_shape
from threshlint.site import Kind

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TAKEN = frozenset({*(kind.value for kind in Kind), "score-threshold", "knob", "embedding", "other"})
UNITS = frozenset(
    "cosine-similarity cosine-distance certainty l2 squared-l2 dot negative-dot angle percentile rank-fraction "
    "normalised-similarity".split()
)
NEEDED = ROLES | {"ranked", "vector-query"}


class KnowledgeError(ConfigError):
    """A knowledge entry that does not follow the schema."""


@dataclass(frozen=True)
class Take:
    """What a parameter takes."""

    kind: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class When:
    """What changes with an argument's value."""

    argument: str
    values: frozenset[str]
    absent: bool
    takes: Mapping[str, Take]
    constructor: Mapping[str, Take]
    returns: Shape | None


@dataclass(frozen=True, eq=False)
class Call:
    """One entry about a function, a method or a constructor."""

    library: str
    name: str
    parameters: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, Take] = field(default_factory=dict)
    constructor: Mapping[str, Take] = field(default_factory=dict)
    returns: Shape | None = None
    embedder: Mapping[str, str] = field(default_factory=dict)
    whens: tuple[When, ...] = ()
    duck: bool = False
    source: str = ""
    unit: str | None = None  # of the scores that come back


@dataclass(frozen=True, eq=False)
class Type:
    """A class of a library."""

    library: str
    name: str
    bases: tuple[str, ...] = ()
    attributes: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class DictPattern:
    """A dict that is a query."""

    takes: Mapping[str, Take]
    under: frozenset[str] = frozenset()  # a key, or an argument, that it stands below
    has: frozenset[str] = frozenset()  # its own keys
    text: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what the text at a key must hold one of
    under_score: bool = False  # the nearest key around it names a score
    within: str = ""  # "query": it is a query by vector itself; "part": or a part of one
    vector_query: bool = False  # it makes what it is part of a query by vector


@dataclass
class Library:
    """One library's entries."""

    name: str
    modules: tuple[str, ...]
    types: dict[str, Type] = field(default_factory=dict)
    calls: dict[str, list[Call]] = field(default_factory=dict)
    models: tuple[str, ...] = ()


class Knowledge:
    """All entries, found by the names that code uses."""

    def __init__(self) -> None:
        self.libraries: dict[str, Library] = {}
        self.dicts: list[DictPattern] = []
        self.ducks: dict[str, list[Call]] = {}
        self._prefixes: dict[str, list[Library]] = {}
        self._found: dict[str, tuple[Type | None, list[Call]]] = {}

    def add(self, library: Library) -> None:
        """Take in one library."""
        self._found.clear()
        self.libraries[library.name] = library
        for module in library.modules:
            self._prefixes.setdefault(module, []).append(library)
        for name, calls in library.calls.items():
            for call in calls:
                if call.duck:
                    self.ducks.setdefault(name.rsplit(".", 1)[-1], []).append(call)

    def owners(self, dotted: str) -> list[tuple[Library, str]]:
        """Return the libraries that a dotted name may belong to, with what follows the module."""
        parts = dotted.split(".")
        found = []
        for length in range(len(parts), 0, -1):
            for library in self._prefixes.get(".".join(parts[:length]), ()):
                found.append((library, ".".join(parts[length:])))
        return found

    def knows(self, dotted: str) -> bool:
        """Return whether a dotted name belongs to a library that is known."""
        return bool(self.owners(dotted))

    def find(self, dotted: str) -> tuple[Type | None, list[Call]]:
        """Return the type and the entries of a dotted name, matched from its end."""
        found = self._found.get(dotted)
        if found is None:
            found = self._found[dotted] = self._look_for(dotted)
        return found

    def _look_for(self, dotted: str) -> tuple[Type | None, list[Call]]:
        for library, rest in self.owners(dotted):
            if not rest:
                continue
            parts = rest.split(".")
            for start in range(len(parts)):
                name = ".".join(parts[start:])
                kind = library.types.get(name)
                calls = library.calls.get(name, [])
                if kind is not None or calls:
                    return kind, calls
            general = library.calls.get("*")
            if general:
                return None, general
        return None, []

    def type_named(self, library: str, name: str) -> Type | None:
        """Return a type by the name that an entry uses for it."""
        own = self.libraries[library].types.get(name) if library in self.libraries else None
        if own is not None:
            return own
        for candidate, rest in self.owners(name):
            if rest.rsplit(".", 1)[-1] in candidate.types:
                return candidate.types[rest.rsplit(".", 1)[-1]]
        return None

    def lineage(self, kind: Type) -> list[Type]:
        """Return a type and its bases, nearest first."""
        found: list[Type] = []
        pending = [kind]
        while pending:
            current = pending.pop(0)
            if current in found:
                continue
            found.append(current)
            for base in current.bases:
                known = self.type_named(current.library, base)
                if known is not None:
                    pending.append(known)
        return found

    def method(self, kind: Type, name: str) -> list[Call]:
        """Return the entries of a method, the nearest class's."""
        for ancestor in self.lineage(kind):
            calls = self.libraries[ancestor.library].calls.get(f"{ancestor.name}.{name}")
            if calls:
                return calls
        return self.libraries[kind.library].calls.get("*", [])

    def attribute(self, kind: Type, name: str) -> Shape | None:
        """Return what an attribute holds."""
        for ancestor in self.lineage(kind):
            if name in ancestor.attributes:
                return ancestor.attributes[name]
        return None

    @property
    def models(self) -> frozenset[str]:
        """The embedding models that the libraries name."""
        return frozenset(model for library in self.libraries.values() for model in library.models)


_KEYS = {
    "": {"library", "modules", "docs", "types", "calls", "dicts", "models", "functions", "operators"},
    "types": {"bases", "attributes", "source"},
    "calls": {
        "name",
        "duck",
        "parameters",
        "needs",
        "takes",
        "constructor",
        "returns",
        "embedder",
        "source",
        "unit",
        "when",
    },
    "when": {"argument", "is", "absent", "takes", "constructor", "returns"},
    "dicts": {"under", "has", "text", "under_score", "within", "vector_query", "takes", "source"},
}


def _check_keys(table: Mapping[str, Any], where: str, section: str) -> None:
    for key in table:
        if key not in _KEYS[section]:
            near = difflib.get_close_matches(key, _KEYS[section], 1)
            raise KnowledgeError(f"{where}: no key {key!r} here" + (f"; did you mean {near[0]!r}?" if near else ""))


def _check_unit(unit: Any, where: str) -> None:
    if unit is not None and unit not in UNITS:
        raise KnowledgeError(f"{where}: unknown unit {unit!r}; the units are {', '.join(sorted(UNITS))}")


def _takes(table: Any, where: str) -> dict[str, Take]:
    if not isinstance(table, Mapping):
        raise KnowledgeError(f"{where}: takes must be a table of parameters")
    found = {}
    for name, value in table.items():
        entry: Any = {"kind": value} if isinstance(value, str) else value
        if not isinstance(entry, Mapping) or entry.get("kind") not in TAKEN:
            near = difflib.get_close_matches(str(entry.get("kind") if isinstance(entry, Mapping) else entry), TAKEN, 1)
            raise KnowledgeError(
                f"{where}: {name} takes {value!r}, which is no kind" + (f"; did you mean {near[0]!r}?" if near else "")
            )
        _check_unit(entry.get("unit"), where)
        unknown = set(entry) - {"kind", "unit", "low", "high"}
        if unknown:
            raise KnowledgeError(f"{where}: {name} has no {sorted(unknown)[0]!r}")
        found[name] = Take(entry["kind"], entry.get("unit"), entry.get("low"), entry.get("high"))
    return found


def _within(word: Any, where: str) -> str:
    if word not in ("", "query", "part"):
        raise KnowledgeError(f'{where}: a dict is within a "query" by vector or a "part" of one, not {word!r}')
    return str(word)


def _shape(text: Any, where: str) -> Shape | None:
    if text is None:
        return None
    try:
        return parse_shape(text)
    except ShapeError as problem:
        raise KnowledgeError(f"{where}: {problem}") from None


def _call(table: Mapping[str, Any], library: str, where: str) -> Call:
    _check_keys(table, where, "calls")
    name = table.get("name")
    if not isinstance(name, str):
        raise KnowledgeError(f"{where}: an entry needs a name")
    where = f"{where} {name}"
    needs = dict(table.get("needs", {}))
    for argument, role in needs.items():
        if role not in NEEDED:
            raise KnowledgeError(f"{where}: {argument} needs {role!r}; it can need {', '.join(sorted(NEEDED))}")
    _check_unit(table.get("unit"), where)
    whens = []
    for when in table.get("when", ()):
        _check_keys(when, where, "when")
        values = when.get("is", [])
        whens.append(
            When(
                when["argument"],
                frozenset(str(value).lower() for value in ([values] if isinstance(values, str) else values)),
                bool(when.get("absent", False)),
                _takes(when.get("takes", {}), where),
                _takes(when.get("constructor", {}), where),
                _shape(when.get("returns"), where),
            )
        )
    return Call(
        library,
        name,
        tuple(table.get("parameters", ())),
        needs,
        _takes(table.get("takes", {}), where),
        _takes(table.get("constructor", {}), where),
        _shape(table.get("returns"), where),
        dict(table.get("embedder", {})),
        tuple(whens),
        bool(table.get("duck", False)),
        str(table.get("source", "")),
        table.get("unit"),
    )


def read_library(data: Mapping[str, Any], where: str, into: Knowledge) -> None:
    """Take one library's tables in; raise KnowledgeError, naming the entry, for what is not in the schema."""
    _check_keys(data, where, "")
    library = Library(data["library"], tuple(data["modules"]), models=tuple(data.get("models", ())))
    for name, table in data.get("types", {}).items():
        _check_keys(table, f"{where} {name}", "types")
        shapes = {key: _shape(text, f"{where} {name}.{key}") for key, text in table.get("attributes", {}).items()}
        library.types[name] = Type(
            library.name,
            name,
            tuple(table.get("bases", ())),
            {key: shape for key, shape in shapes.items() if shape is not None},
        )
    for table in data.get("calls", ()):
        call = _call(table, library.name, where)
        library.calls.setdefault(call.name, []).append(call)
        head = call.name.split(".")[0]
        if "." in call.name and head[:1].isupper() and head not in library.types:
            library.types[head] = Type(library.name, head)
    for table in data.get("dicts", ()):
        _check_keys(table, where, "dicts")
        into.dicts.append(
            DictPattern(
                _takes(table.get("takes", {}), where),
                frozenset(table.get("under", ())),
                frozenset(table.get("has", ())),
                {key: tuple(parts) for key, parts in table.get("text", {}).items()},
                bool(table.get("under_score", False)),
                _within(table.get("within", ""), where),
                bool(table.get("vector_query", False)),
            )
        )
    into.add(library)


# Documents by their names, as TOML and JSON alike lay them out.
Documents = dict[str, dict[str, Any]]


@cache
def read_documents() -> Documents:
    """Read the files of this package, which takes 0.2 s."""
    folder = Path(__file__).parent
    return {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


def load_knowledge(taught: Iterable[Mapping[str, Any]] = (), documents: Documents | None = None) -> Knowledge:
    """Return what is known: the files of this package, and what the user taught in the configuration.

    A taught entry's ``name`` is a full dotted name, since the user's own modules have no file here. The documents of
    ``read_documents`` may be given by who has them at hand.
    """
    knowledge = Knowledge()
    for name, data in (documents or read_documents()).items():
        if "library" in data:
            read_library(data, name, knowledge)
    _teach(knowledge, taught)
    return knowledge


def check_taught(taught: Iterable[Mapping[str, Any]]) -> None:
    """Find out whether what the user taught can be understood, before anything else is done.

    Raises:
        KnowledgeError: It cannot.
    """
    _teach(Knowledge(), taught)


def _teach(knowledge: Knowledge, taught: Iterable[Mapping[str, Any]]) -> None:
    for number, entry in enumerate(taught, 1):
        where = f"[[tool.threshlint.calls]] number {number}"
        call = _call(entry, "configuration", where)
        module, _, last = call.name.rpartition(".")
        head, _, class_name = module.rpartition(".")
        method_of_class = class_name[:1].isupper()
        library = Library(where, (head if method_of_class and head else module or call.name,))
        name = f"{class_name}.{last}" if method_of_class else last
        library.calls[name] = [Call(where, name, *[getattr(call, part) for part in _REST])]
        if method_of_class:
            library.types[class_name] = Type(where, class_name)
        knowledge.add(library)


_REST = ("parameters", "needs", "takes", "constructor", "returns", "embedder", "whens", "duck", "source", "unit")
