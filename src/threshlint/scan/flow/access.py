"""Taking values apart: attributes, items, slices, elements."""

from __future__ import annotations

from collections import deque
from typing import Any

from threshlint.scan.facts import KEYS, NOTHING, Op, Operation
from threshlint.scan.flow.demand import Demand
from threshlint.scan.flow.solver import Solver
from threshlint.scan.flow.values import (
    CLASS,
    ELEMENTWISE,
    EXTERNAL,
    FUNCTION,
    HIT,
    INSTANCE,
    LIBRARY_METHOD,
    MAPPING,
    METHOD,
    MODULE,
    OBJECT,
    ORDER,
    PART,
    RANKED,
    ROW,
    ROWS,
    SCORES,
    SEQUENCE,
    SHAPE,
    SIMILARITY,
    SUPER,
    WEIGHTED,
    ZIPPED,
    score_role,
)
from threshlint.scan.knowledge import Type
from threshlint.scan.knowledge.shapes import Argument, Fixed, Instance, Many, Record, Role, Shape
from threshlint.site import Evidence, Kind

# Attributes of an array or a tensor that are the array itself, or a view of it.
_CONTAINERS = frozenset({SEQUENCE, MAPPING, ZIPPED, SHAPE, ROWS})
NAMESPACE = "argparse.Namespace()"  # what parse_args returns
DJANGO_SETTINGS = "django.conf.settings"
_ROWS = frozenset("docs results rows data hits records matches points".split())
VIEWS = frozenset({"T", "mT", "real", "data", "values", "flat", "iloc", "loc", "at", "iat", "value"})


class Access(Solver):
    """What comes out of a value when it is taken apart."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.elements: dict[int, int] = {}  # of a sequence: the node that holds any element
        self.fixed: dict[int, tuple[int, ...]] = {}  # of a tuple: its elements
        self.entries: dict[int, dict[str | int, int]] = {}  # of a mapping: the nodes of its constant keys
        self._key_of: dict[int, tuple[int, str | int]] = {}  # of an entry: the mapping and the key
        self._read_by: dict[tuple[int, int], str | int] = {}  # of a look-up among keys that are not constant: its key
        self.attributes: dict[tuple[int, str], int] = {}  # of a class: the nodes of its instances' attributes
        self.class_node: dict[int, int] = {}  # where a class stands
        self.columns: dict[int, tuple[int, ...]] = {}  # what a zip walks in step
        self.bases_are_known = False
        self._lineages: dict[int, list[int]] = {}
        self._library_bases: dict[int, list[tuple[Type, int]]] = {}

    # containers

    def any_element(self, container: int) -> int:
        """Return the node that holds any element of a sequence or a mapping."""
        node = self.elements.get(container)
        if node is None:
            node = self.elements[container] = self.new_node(container)
            self.shared.add(node)
        return node

    def entry(self, mapping: int, key: str | int) -> int:
        """Return the node of one key of a mapping."""
        entries = self.entries.setdefault(mapping, {})
        node = entries.get(key)
        if node is None:
            node = entries[key] = self.new_node(mapping)
            self.shared.add(node)
            self._key_of[node] = (mapping, key)
            self.edge(node, self.any_element(mapping))
        return node

    def _step(self, source: int, target: int, demand: Demand) -> Demand | None:
        """Return the demand one edge further back; what was read by a key stays with that key.

        ``{key: expand(value) for key, value in config.items()}`` has its values under unknown keys, but the same.
        """
        key = self._read_by.get((source, target))
        if key is not None:
            demand = demand.of_key(key)
        elif demand.key is not None and source in self._key_of:
            mapping, own = self._key_of[source]
            if own != demand.key and target == self.elements.get(mapping):
                return None
        return super()._step(source, target, demand)

    def unknown_entry(self, mapping: int) -> int:
        """Return the node of what a mapping holds under keys that are no constants."""
        node = self.once(mapping, "unknown entry", mapping)
        self.edge(node, self.any_element(mapping))
        return node

    def make_sequence(self, node: int, elements: tuple[int, ...], is_tuple: bool) -> None:
        """A tuple, list or set display."""
        holder = self.any_element(node)
        for element in elements:
            self.edge(element, holder)
        if is_tuple:
            self.fixed[node] = elements
        self.add(node, (SEQUENCE, node))

    def make_mapping(self, node: int, entries: tuple[tuple[str | int | None, int], ...]) -> None:
        """A dict display."""
        for key, value in entries:
            if key is None:
                self.edge(value, self.unknown_entry(node))
            else:
                self.edge(value, self.entry(node, key))
        self.add(node, (MAPPING, node))

    def rank(self, node: int) -> None:
        """Note that a list is ordered by closeness."""
        self.add(node, RANKED)
        for value in tuple(self.held[node]):
            if isinstance(value, tuple) and value[0] == SEQUENCE:
                self.add(value[1], RANKED)

    def is_ranked(self, node: int) -> bool:
        """Return whether a node holds something ordered by closeness."""
        if node < 0:
            return False
        held = self.held[node]
        if RANKED in held or ORDER in held:
            return True
        return any(isinstance(v, tuple) and v[0] == SHAPE and isinstance(v[1], Many) and v[1].ranked for v in held)

    # shapes

    def put(
        self,
        node: int,
        shape: Shape | None,
        site: int,
        library: str,
        arguments: dict[str, int] | None = None,
        receiver: int = NOTHING,
    ) -> None:
        """Let a node hold what a shape says, in the words of a library's entries."""
        if shape is None or node < 0:
            return
        if isinstance(shape, Role):
            if shape.name == "score":
                self.add(node, SIMILARITY)
            elif shape.name != "any":
                self.add(node, shape.name)
        elif isinstance(shape, Argument):
            source = receiver if shape.name == "self" else (arguments or {}).get(shape.name, NOTHING)
            self.edge(source, node)
            self._join(source, node)
        elif isinstance(shape, Instance):
            kind = self.knowledge.type_named(library, shape.type)
            if kind is not None:
                self.add(node, (INSTANCE, kind, site))
        elif isinstance(shape, (Many, Fixed, Record)):
            if isinstance(shape, Many) and shape.ranked:
                self.add(node, RANKED)
            self.add(node, (SHAPE, shape, site, library, tuple(sorted((arguments or {}).items())), receiver))

    def _join(self, source: int, node: int) -> None:
        """An array that is made of a list is what the list's elements are, too."""
        for value in tuple(self.held[source]) if source >= 0 else ():
            if isinstance(value, tuple) and value[0] == SEQUENCE:
                element = self.any_element(value[1])
                self.watch(element)
                for role in self.held[element] & ELEMENTWISE:
                    self.add(node, role)

    def put_part(self, node: int, value: tuple[Any, ...], shape: Shape | None) -> None:
        """Let a node hold a part of a shape value."""
        _, _, site, library, arguments, receiver = value
        self.put(node, shape, site, library, dict(arguments), receiver)

    # attributes

    def class_attribute(self, cls: int, name: str) -> int:
        """Return the node of an attribute of a class's instances, shared with its project bases."""
        key = (cls, name)
        node = self.attributes.get(key)
        if node is not None:
            return node
        member = self.member(cls, name)
        like = member if member >= 0 else self.class_node.get(cls, 0)
        node = self.attributes[key] = self.new_node(like)
        self.attribute_class[node] = cls
        self.edge(member, node)
        for base in self.project_bases(cls):
            self.edge(self.class_attribute(base, name), node)
        return node

    def member(self, cls: int, name: str) -> int:
        """Return the node that a class's own body binds a name to."""
        return self.graph.classes[cls].members.get(name, NOTHING)

    def project_bases(self, cls: int) -> list[int]:
        """Return the project's classes that a class derives from directly."""
        found: list[int] = []
        for node in self.graph.classes[cls].bases:
            if node >= 0:
                found.extend(v[1] for v in self.held[node] if isinstance(v, tuple) and v[0] == CLASS and v[1] != cls)
        return found

    def lineage(self, cls: int) -> list[int]:
        """Return a class and the project's classes above it, nearest first."""
        known = self._lineages.get(cls)
        if known is not None:
            return known
        found: dict[int, None] = {}
        pending = deque([cls])
        while pending:
            current = pending.popleft()
            if current not in found:
                found[current] = None
                pending.extend(self.project_bases(current))
        lineage = list(found)
        if self.bases_are_known:
            self._lineages[cls] = lineage
        return lineage

    def library_bases(self, cls: int) -> list[tuple[Type, int]]:
        """Return the library types that a class derives from, at whatever distance."""
        known = self._library_bases.get(cls)
        if known is not None:
            return known
        found: list[tuple[Type, int]] = []
        for ancestor in self.lineage(cls):
            for node in self.graph.classes[ancestor].bases:
                if node < 0:
                    continue
                for value in self.held[node]:
                    if isinstance(value, tuple) and value[0] == EXTERNAL:
                        kind, _ = self.knowledge.find(value[1])
                        if kind is not None:
                            found.append((kind, node))
        if self.bases_are_known:
            self._library_bases[cls] = found
        return found

    def _attribute(self, operation: Operation) -> None:
        _, result, base, name = operation
        if name == "value":
            self.edge(base, result)  # of an Enum's member, among others
        for value in self.news(base):
            if isinstance(value, str):
                self._attribute_of_role(result, base, value, name)
                continue
            tag = value[0]
            if tag == MODULE:
                self._attribute_of_module(result, value[1], name)
            elif tag == EXTERNAL and value[1] == NAMESPACE:
                self.option(result, name)
            elif tag == EXTERNAL:
                if value[1] == DJANGO_SETTINGS:
                    self._setting(result, name)
                self.external(result, f"{value[1]}.{name}")
            elif tag == OBJECT:
                self._attribute_of_object(result, value[1], name)
            elif tag == CLASS:
                self._attribute_of_class(result, value[1], name)
            elif tag == ROWS:
                self._column(result, value, name)
            elif tag == SUPER:
                self._attribute_of_super(result, value[1], value[2], name)
            elif tag == INSTANCE:
                shape = self.knowledge.attribute(value[1], name)
                if shape is not None:
                    self.put(result, shape, value[2], value[1].library, receiver=base)
                elif self.knowledge.method(value[1], name):
                    self.add(result, (LIBRARY_METHOD, value[1], name, value[2], base))
            elif tag == SHAPE:
                self._attribute_of_shape(result, value, name)

    def option(self, result: int, name: str) -> None:
        """What a command line's option holds: its default, declared in this file or in another."""
        own = self.graph.file_of(result)
        for file in (own, *range(len(self.graph.files))):
            node = self.graph.files[file].names.get(f"option {name}", NOTHING)
            if node >= 0:
                self.edge(node, result)
                return

    def _setting(self, result: int, name: str) -> None:
        """What Django's settings hold: a constant of the project's settings modules."""
        for file, facts in enumerate(self.graph.files):
            if "settings" in facts.module.split(".")[-2:]:
                node = self.graph.exported(file, name)
                if node is not None:
                    self.edge(node, result)

    def _attribute_of_role(self, result: int, base: int, value: str, name: str) -> None:
        if name in VIEWS and (value in ELEMENTWISE or value in (ORDER, RANKED, HIT)):
            self.edge(base, result)
        elif value == HIT:
            role = score_role(name)
            if role is not None:
                self.add(result, role)

    def _attribute_of_module(self, result: int, file: int, name: str) -> None:
        node = self.graph.exported(file, name)
        if node is not None:
            self.edge(node, result)
            return
        submodule = self.graph.module(f"{self.graph.files[file].module}.{name}", file)
        if submodule is not None:
            self.add(result, (MODULE, submodule))

    def _attribute_of_object(self, result: int, cls: int, name: str) -> None:
        if name == "value" and self.is_enum(cls):
            for spelled in self.graph.classes[cls].members:
                self.edge(self.member(cls, spelled), result)
        for ancestor in self.lineage(cls):
            member = self.member(ancestor, name)
            if member < 0:
                continue
            for value in self.held[member]:
                if isinstance(value, tuple) and value[0] == FUNCTION:
                    self.method_value(result, value[1], cls)
            if any(isinstance(v, tuple) and v[0] == FUNCTION for v in self.held[member]):
                return
            break
        else:
            for kind, node in self.library_bases(cls):
                shape = self.knowledge.attribute(kind, name)
                if shape is not None:
                    self.put(result, shape, node, kind.library)
                elif self.knowledge.method(kind, name):
                    self.add(result, (LIBRARY_METHOD, kind, name, node, NOTHING))
        self.edge(self.class_attribute(cls, name), result)

    def _attribute_of_super(self, result: int, cls: int, receiver: int, name: str) -> None:
        for ancestor in self.lineage(cls)[1:]:
            member = self.member(ancestor, name)
            for value in tuple(self.held[member]) if member >= 0 else ():
                if isinstance(value, tuple) and value[0] == FUNCTION:
                    self.method_value(result, value[1], receiver, overridden=False)
                    return
        for kind, node in self.library_bases(cls):
            if name == "__init__":
                self.add(result, (LIBRARY_METHOD, kind, kind.name, node, NOTHING))
            elif self.knowledge.method(kind, name):
                self.add(result, (LIBRARY_METHOD, kind, name, node, NOTHING))

    def is_enum(self, cls: int) -> bool:
        """Return whether a class is an enumeration."""
        return any(
            isinstance(value, tuple) and value[0] == EXTERNAL and value[1].startswith("enum.")
            for node in self.graph.classes[cls].bases
            if node >= 0
            for value in self.held[node]
        )

    def method_value(self, result: int, function: int, cls: int, *, overridden: bool = True) -> None:
        """A method looked up on an instance: itself, or what a property returns."""
        decorators = self.graph.functions[function].decorators
        if "property" in decorators or "cached_property" in decorators:
            self.bind_receiver(function, cls)
            self.edge(self.graph.functions[function].returns, result)
        elif "staticmethod" in decorators:
            self.add(result, (FUNCTION, function))
        else:
            self.add(result, (METHOD, function, cls, overridden))

    def bind_receiver(self, function: int, cls: int) -> None:
        """Let a method's first parameter be the instance (or the class)."""
        declared = self.graph.functions[function]
        if declared.parameters and "staticmethod" not in declared.decorators:
            self.add(declared.parameters[0].node, (CLASS if "classmethod" in declared.decorators else OBJECT, cls))

    def _attribute_of_class(self, result: int, cls: int, name: str) -> None:
        for ancestor in self.lineage(cls):
            member = self.member(ancestor, name)
            if member < 0:
                continue
            for value in self.held[member]:
                if isinstance(value, tuple) and value[0] == FUNCTION:
                    if "classmethod" in self.graph.functions[value[1]].decorators:
                        self.add(result, (METHOD, value[1], cls, True))
                    else:
                        self.add(result, value)
                    return
            self.edge(member, result)
            return
        for kind, node in self.library_bases(cls):
            if self.knowledge.method(kind, name):
                self.add(result, (LIBRARY_METHOD, kind, name, node, NOTHING))

    def _attribute_of_shape(self, result: int, value: tuple[object, ...], name: str) -> None:
        shape = value[1]
        if isinstance(shape, Record):
            for key, inner in shape.fields:
                if key == name:
                    self.put_part(result, value, inner)
        elif isinstance(shape, Fixed) and name in shape.names:
            self.put_part(result, value, shape.elements[shape.names.index(name)])

    def external(self, result: int, dotted: str) -> None:
        """A name of a library."""
        self.add(result, (EXTERNAL, dotted))

    # items

    def _item(self, operation: Operation) -> None:
        _, result, base, key, index = operation
        if index >= 0 and ORDER in self.held[index]:
            self.add(result, RANKED)
        for value in self.news(base):
            if isinstance(value, str):
                if value in ELEMENTWISE or (value == ORDER and not isinstance(key, str)):
                    self.add(result, value)
                elif value == HIT:
                    self._field_of_hit(result, key)
                continue
            tag = value[0]
            if tag == SEQUENCE:
                fixed = self.fixed.get(value[1])
                if fixed is not None and isinstance(key, int) and -len(fixed) <= key < len(fixed):
                    self.edge(fixed[key], result)
                elif not isinstance(key, str):
                    self.edge(self.any_element(value[1]), result)
            elif tag == MAPPING:
                self._entry_of_mapping(result, value[1], key)
            elif tag == SHAPE:
                self._item_of_shape(result, value, key)
            elif tag == INSTANCE and self.knowledge.method(value[1], "__getitem__"):
                self.call_protocol(result, base, value, "__getitem__")
            elif tag == INSTANCE and isinstance(key, str):
                shape = self.knowledge.attribute(value[1], key)
                self.put(result, shape, value[2], value[1].library, receiver=base)
            elif tag == ROW and isinstance(key, int):
                self.unpack_row(result, value[1], key)
            elif tag == ROWS:
                self._column(result, value, key)
            elif tag == OBJECT:
                if isinstance(key, str):
                    self.edge(self.class_attribute(value[1], key), result)
                self.call_named_method(result, value[1], "__getitem__", (index,))
            elif tag == CLASS and isinstance(key, str):
                self.edge(self.member(value[1], key), result)
        if (
            not isinstance(key, str)
            and self.is_ranked(base)
            and not self.is_structured(base)
            and ORDER not in self.held[base]
        ):
            self.add(result, HIT)

    def _column(self, result: int, value: tuple[Any, ...], key: str | int | None) -> None:
        """A column of a query's rows; what else is asked of them hands them on."""
        columns = self.graph.files[value[1]].queries[value[2]].columns
        if key is not None and key in columns:
            self.add(result, columns[key])
        elif not isinstance(key, str) or key in _ROWS:
            self.add(result, value)

    def _field_of_hit(self, result: int, key: str | int | None) -> None:
        if isinstance(key, str):
            role = score_role(key)
            if role is not None:
                self.add(result, role)
        elif key is not None:
            self.add(result, PART)

    def _entry_of_mapping(self, result: int, mapping: int, key: str | int | None) -> None:
        if key is None:
            self.edge(self.any_element(mapping), result)
        else:
            self.edge(self.entry(mapping, key), result)
            self._read_by[self.unknown_entry(mapping), result] = key
            self.edge(self.unknown_entry(mapping), result)

    def _item_of_shape(self, result: int, value: tuple[object, ...], key: str | int | None) -> None:
        shape = value[1]
        if isinstance(shape, Many) and not isinstance(key, str):
            self.put_part(result, value, shape.element)
        elif isinstance(shape, Fixed) and isinstance(key, int) and -len(shape.elements) <= key < len(shape.elements):
            self.put_part(result, value, shape.elements[key])
        elif isinstance(shape, Record):
            for name, inner in shape.fields:
                if name == key:
                    self.put_part(result, value, inner)

    def call_protocol(self, result: int, base: int, value: tuple[Any, ...], name: str) -> None:
        """Call a special method of a library's type."""
        raise NotImplementedError

    def call_named_method(self, result: int, cls: int, name: str, positional: tuple[int, ...]) -> None:
        """Call a special method of a project class."""
        raise NotImplementedError

    # slices

    def _slice(self, operation: Operation) -> None:
        _, result, base, lower, upper, backwards = operation
        self.edge(base, result)
        if not self.is_ranked(base):
            return
        note = "slice bound of a list ranked by vector closeness"
        if upper >= 0 and lower < 0 and self._is_negative(upper) == backwards:
            self.sink(upper, Demand(Kind.TOP_K.value, Evidence.FLOW, result, note))
        if lower >= 0 and upper < 0 and self._is_negative(lower):
            self.sink(lower, Demand(Kind.TOP_K.value, Evidence.FLOW, result, note))

    def _is_negative(self, node: int) -> bool:
        literal = self.graph.literal(node)
        if literal is not None:
            return literal.text.startswith("-")
        made = self.made_by.get(node)
        return made is not None and made[0] is Op.UNARY and made[2] == "-"

    # elements

    def _iterate(self, operation: Operation) -> None:
        _, result, source = operation
        self.element_of(source, result)

    def element_of(self, source: int, result: int) -> None:
        """Let ``result`` hold any element of ``source``."""
        if source < 0:
            return
        structured = self.is_structured(source)
        for value in self.news(source):
            if isinstance(value, str):
                if value in ELEMENTWISE:
                    self.add(result, value)
                continue
            tag = value[0]
            if tag == SEQUENCE:
                self.edge(self.any_element(value[1]), result)
            elif tag == MAPPING:
                self.edge(self.entry(value[1], KEYS), result)
            elif tag == ZIPPED:
                self.add(result, (ROW, value[1]))
            elif tag == SHAPE and isinstance(value[1], Many):
                self.put_part(result, value, value[1].element)
                if value[1].ranked and isinstance(value[1].element, Instance):
                    self.add(result, HIT)
            elif tag == ROWS:
                self.add(result, value)
                self.add(result, HIT)
            elif tag == INSTANCE and self.knowledge.method(value[1], "__iter__"):
                elements = self.once(source, "iterated", source, value[1].name)
                self.call_protocol(elements, source, value, "__iter__")
                self.element_of(elements, result)
            elif tag == OBJECT:
                self.call_named_method(result, value[1], "__iter__", ())
        if not structured and self.is_ranked(source):
            self.add(result, HIT)

    def is_structured(self, node: int) -> bool:
        """Return whether it is known what a container holds."""
        if node < 0:
            return False
        return any(
            value in ELEMENTWISE
            if isinstance(value, str)
            else value[0] in _CONTAINERS and not (value[0] == SHAPE and not isinstance(value[1], Many))
            for value in self.held[node]
        )

    def _unpack(self, operation: Operation) -> None:
        _, result, source, index = operation
        for value in self.news(source):
            if isinstance(value, str):
                if value in ELEMENTWISE:
                    self.add(result, value)
                elif value == HIT:
                    self.add(result, PART)
                continue
            tag = value[0]
            if tag == SEQUENCE:
                fixed = self.fixed.get(value[1])
                if fixed is not None:
                    if index < len(fixed):
                        self.edge(fixed[index], result)
                else:
                    self.edge(self.any_element(value[1]), result)
            elif tag == ROW:
                self.unpack_row(result, value[1], index)
            elif tag == ROWS:
                self._column(result, value, index)
            elif tag == SHAPE:
                shape = value[1]
                if isinstance(shape, Fixed) and index < len(shape.elements):
                    self.put_part(result, value, shape.elements[index])
                elif isinstance(shape, Many):
                    self.put_part(result, value, shape.element)

    def unpack_row(self, result: int, zipped: int, index: int) -> None:
        """Let ``result`` hold the elements of one column of a zip."""
        columns = self.columns.get(zipped, ())
        if -len(columns) <= index < len(columns):
            column = columns[index]
            if column < 0:
                return
            self.edge(self._column_element(column), result)

    def _column_element(self, column: int) -> int:
        node = self.once(column, "element of column", column)
        operation: Operation = (Op.ITERATE, node, column)
        if self.use(column, operation):
            self.apply(operation)
        return node

    # changes

    def _set_attribute(self, operation: Operation) -> None:
        _, _, base, name, source = operation
        for value in tuple(self.held[base]):
            if isinstance(value, tuple) and value[0] in (OBJECT, CLASS):
                self.edge(source, self.class_attribute(value[1], name))
                self._set_property(value[1], name, source)

    def _set_property(self, cls: int, name: str, source: int) -> None:
        """A property's setter is called with what is assigned."""
        member = self.member(cls, name)
        for value in tuple(self.held[member]) if member >= 0 else ():
            if isinstance(value, tuple) and value[0] == FUNCTION:
                declared = self.graph.functions[value[1]]
                if "setter" in declared.decorators and len(declared.parameters) == 2:
                    self.edge(source, declared.parameters[1].node)

    def _set_item(self, operation: Operation) -> None:
        _, _, base, key, _, source = operation
        if base < 0:
            return
        for value in tuple(self.held[base]):
            if isinstance(value, tuple) and value[0] == MAPPING and key is not None:
                self.edge(source, self.entry(value[1], key))
            elif isinstance(value, tuple) and value[0] == MAPPING:
                self.edge(source, self.unknown_entry(value[1]))
            elif isinstance(value, tuple) and value[0] == SEQUENCE:
                self.edge(source, self.any_element(value[1]))
        if not isinstance(key, str) and not any(isinstance(value, tuple) for value in self.held[base]):
            self._fill(base, source)

    def _fill(self, array: int, source: int) -> None:
        """An array that scores are stored in holds scores."""
        for value in tuple(self.held[source]) if source >= 0 else ():
            if value in SCORES or (isinstance(value, tuple) and value[0] == WEIGHTED):
                self.add(array, value)

    def _gather(self, operation: Operation) -> None:
        _, _, gathered, source = operation
        if gathered >= 0 and self.is_ranked(source):
            self.rank(gathered)

    def carries(self, node: int, role: str) -> bool:
        """Return whether a node, or what it contains, holds a role."""
        raise NotImplementedError

    def _pick(self, operation: Operation) -> None:
        _, _, scores, bound = operation
        if bound >= 0 and self.carries(scores, "score"):
            self.sink(
                bound,
                Demand(
                    Kind.TOP_K.value, Evidence.FLOW, scores, "each round of the loop takes the closest that is left"
                ),
            )

    def _cut_loop(self, operation: Operation) -> None:
        _, _, source, bound = operation
        if bound >= 0 and self.is_ranked(source):
            self.sink(
                bound,
                Demand(Kind.TOP_K.value, Evidence.FLOW, source, "ends a loop over hits ranked by vector closeness"),
            )
