"""The whole engine: every operation's meaning, and the stages in which it runs."""

from __future__ import annotations

from threshlint.scan.facts import Op, Operation
from threshlint.scan.flow.demand import Demand
from threshlint.scan.flow.dict_queries import DictQueries
from threshlint.scan.flow.values import (
    BUILTIN,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MAPPING,
    MODULE,
    OBJECT,
    ROWS,
    SEQUENCE,
    SUPER,
)

# Operations that do nothing before what they are about holds something, when they are done anyway; `value` is special.
_WAITING = frozenset({Op.ATTRIBUTE, Op.UNPACK, Op.ITERATE, Op.INSTANCE, Op.SUPER, Op.SET_ATTRIBUTE})


class Engine(DictQueries):
    """Runs a project's graph."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._calls: list[Operation] = []
        self.assignments: list[Operation] = []
        self.sure_edges: list[int] = []  # of each node: how many of its edges no name had a say in
        self.begun: list[tuple[int, Demand]] = []  # where demands started
        self._goes_on = False  # over an edge that came after the demand
        self._handlers = {
            Op.ATTRIBUTE: self._attribute,
            Op.CALL: self._call,
            Op.ITEM: self._item,
            Op.SLICE: self._slice,
            Op.ITERATE: self._iterate,
            Op.UNPACK: self._unpack,
            Op.BINARY: self._binary,
            Op.UNARY: self._unary,
            Op.COMPARE: self._compare,
            Op.SET_ATTRIBUTE: self._set_attribute,
            Op.SET_ITEM: self._set_item,
            Op.GATHER: self._gather,
            Op.CUT_LOOP: self._cut_loop,
            Op.INSTANCE: self._instance,
            Op.AWAIT: self._await,
            Op.SUPER: self._super,
            Op.PICK: self._pick,
        }

    def apply(self, operation: Operation) -> None:
        """Do an operation again, after one of its operands gained a value."""
        handler = self._handlers.get(operation[0])
        if handler is not None:
            handler(operation)

    def start(self, operation: Operation, file: int) -> None:
        """Do an operation for the first time."""
        op, result = operation[0], operation[1]
        if op is Op.EXTERNAL:
            self._import(result, operation[2], file)
        elif op is Op.BUILTIN:
            self._free_name(result, operation[2], file)
        elif op is Op.SEQUENCE:
            self.displayed[result] = operation[2]
            self.make_sequence(result, operation[2], operation[3])
        elif op is Op.MAPPING:
            self.make_mapping(result, operation[2])
            for mapping in operation[3]:
                self.edge(mapping, result)
        elif op is Op.FUNCTION:
            self.add(result, (FUNCTION, self.graph.function_bases[file] + operation[2]))
        elif op is Op.CLASS:
            cls = self.graph.class_bases[file] + operation[2]
            self.class_node[cls] = result
            self.add(result, (CLASS, cls))
        elif op is Op.TEXT:
            self._query(result, file, operation[2])
        elif op is Op.CALL:
            self._calls.append(operation)
        elif op in self._handlers:
            if op is Op.SET_ITEM:
                self.stores.append(operation)
            elif op is Op.SET_ATTRIBUTE:
                self.assignments.append(operation)
            if op not in _WAITING or self.held[operation[2]] or (op is Op.ATTRIBUTE and operation[3] == "value"):
                self.apply(operation)

    def _import(self, result: int, dotted: str, file: int) -> None:
        """What an import binds: a module, or a name of one."""
        module = self.graph.module(dotted, file)
        head, _, last = dotted.rpartition(".")
        if head:
            above = self.graph.module(head, file)
            if above is not None:
                node = self.graph.exported(above, last)
                if node is not None and node != result:
                    self.edge(node, result)
                    return
        if module is not None:
            self.add(result, (MODULE, module))
        else:
            self.add(result, (EXTERNAL, dotted))

    def _free_name(self, result: int, name: str, file: int) -> None:
        for star in self.graph.files[file].stars:
            source = self.graph.module(star, file)
            if source is not None:
                node = self.graph.exported(source, name)
                if node is not None:
                    self.edge(node, result)
                    return
            elif self.knowledge.knows(star):
                kind, entries = self.knowledge.find(f"{star}.{name}")
                if kind is not None or entries:
                    self.add(result, (EXTERNAL, f"{star}.{name}"))
                    return
        self.add(result, (BUILTIN, name))

    def _query(self, result: int, file: int, index: int) -> None:
        query = self.graph.files[file].queries[index]
        self.add(result, (ROWS, file, index))
        for kind, node, note in query.cuts:
            if node >= 0:
                self.cut_by_query(node, kind, result, note, query)

    def _instance(self, operation: Operation) -> None:
        _, result, declared = operation
        for value in tuple(self.held[declared]):
            if not isinstance(value, tuple):
                continue
            if value[0] == CLASS:
                self.add(result, (OBJECT, value[1]))
            elif value[0] == EXTERNAL:
                kind, _ = self.knowledge.find(value[1])
                if kind is not None:
                    self.add(result, (INSTANCE, kind, result))
            elif value[0] == SEQUENCE:
                holder = self.any_element(value[1])
                inner = self.once(result, "declared element", result)
                operation_inner: Operation = (Op.INSTANCE, inner, holder)
                if self.use(holder, operation_inner):
                    self.apply(operation_inner)
                self.edge(inner, self.any_element(result))
                self.add(result, (SEQUENCE, result))

    def _await(self, operation: Operation) -> None:
        self.edge(operation[2], operation[1])

    def _super(self, operation: Operation) -> None:
        _, result, receiver, cls = operation
        owner = self.graph.class_bases[self.graph.file_of(result)] + cls
        for value in self.news(receiver):
            if isinstance(value, tuple) and value[0] in (OBJECT, CLASS):
                self.add(result, (SUPER, owner, value[1]))

    # stages

    def solve(self) -> None:
        """Run what is certain, then what names alone suggest."""
        self.link_operations()
        self._learn_bases()
        self._learn_families()
        self._bind_methods()
        self.take_dict_queries()
        for call in self._calls:
            self.current = call
            made = self.made_by.get(call[2])
            if made is not None and made[0] is Op.ATTRIBUTE and made[2] >= 0:
                self.use(made[2], call)  # what a method does may depend on its object
            self.apply(call)
        self.run()
        self._let_ducks_speak()
        self.run()
        self.sure_edges = [len(targets) for targets in self.onward]
        self.hear_names()

    def demand(self, node: int, demand: Demand) -> None:
        """Note a demand, and where it began."""
        if node >= 0 and demand.toward is None and not self._goes_on:
            self.begun.append((node, demand))
        super().demand(node, demand)

    def _demand_back(self, source: int, target: int, demand: Demand) -> None:
        self._goes_on = True
        super()._demand_back(source, target, demand)
        self._goes_on = False

    def _let_ducks_speak(self) -> None:
        """Methods whose names speak for themselves, on receivers that no type is known of."""
        self.ducks_speak = True
        for call in self._calls:
            if self.graph.word_of(call[1]) in self.knowledge.ducks:
                self.current = call
                self.apply(call)

    def _learn_bases(self) -> None:
        """Find out what classes derive from, before anything is called."""
        calling = self._handlers.pop(Op.CALL)
        self.run()
        self._handlers[Op.CALL] = calling
        self.bases_are_known = True
        for cls in range(len(self.graph.classes)):
            for base in self.project_bases(cls):
                self.subclasses.setdefault(base, set()).add(cls)

    def _bind_methods(self) -> None:
        """A method's first parameter is an instance of its class, whoever calls it."""
        for index, function in enumerate(self.graph.functions):
            if function.owner >= 0:
                cls = self.graph.class_bases[self.graph.function_file[index]] + function.owner
                for receiver in (cls, *self.below(cls)):
                    self.bind_receiver(index, receiver)
            for parameter in function.parameters:
                if parameter.style in ("mapping", "sequence"):
                    node = parameter.node
                    self.add(node, (MAPPING if parameter.style == "mapping" else SEQUENCE, node))
