"""Statements and declarations of the tree -> values of the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from threshlint.scan.extract.expressions import OPERATORS, Expressions, enumerated, option_name
from threshlint.scan.extract.tree import nodes as cst
from threshlint.scan.facts import NOTHING, Binding, Class, Function, Op, Parameter

_WRAPPERS = frozenset("Optional Union Annotated Final ClassVar Required NotRequired InitVar Mapped".split())
_CONTAINERS = frozenset(
    """
    list List Sequence Iterable Iterator AsyncIterator Generator AsyncGenerator set Set frozenset tuple Tuple
    Collection deque Awaitable
""".split()
)
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


class Statements(Expressions):
    """Walks a module's statements in the order in which they run."""

    def body(self, node: Any) -> None:
        """Walk a block of statements."""
        for statement in node.body:
            handler = self.STATEMENTS.get(statement.__class__)
            if handler is not None:
                handler(self, statement)

    def _line_of_statements(self, node: cst.SimpleStatementLine) -> None:
        self.body(node)

    def _expression(self, node: cst.Expr) -> None:
        self.value(node.value)

    # assignments

    def target(self, node: Any, value: int) -> None:
        """Bind an assignment's target to a value."""
        if isinstance(node, cst.Name):
            self.look(node)
            self.speak(node.value)
            self.bind(node.value, value)
        elif isinstance(node, (cst.Tuple, cst.List)):
            for index, element in enumerate(node.elements):
                if isinstance(element, cst.StarredElement):
                    self.target(element.value, value)
                else:
                    part = self.emit(Op.UNPACK, value, index) if value != NOTHING else NOTHING
                    self.target(element.value, part)
        elif isinstance(node, cst.Attribute):
            base = self.value(node.value)
            self.look(node.attr)
            name = node.attr.value
            self.speak(name)
            if value == NOTHING or base == NOTHING:
                return
            stored = self.node()
            self.copy(stored, value)
            self.facts.words[stored] = name
            self.declare(stored, name, Binding.ATTRIBUTE)
            self.effect(Op.SET_ATTRIBUTE, base, name, stored)
        elif isinstance(node, cst.Subscript):
            base = self.value(node.value)
            for place in node.slice:
                if isinstance(place.slice, cst.Index):
                    key = self.constant(place.slice.value)
                    inner = NOTHING if isinstance(key, str) else self.value(place.slice.value)
                    if isinstance(key, str):
                        self.declare(value, key, Binding.KEY)
                    self.effect(Op.SET_ITEM, base, key, inner, value)
                    if isinstance(key, str) and isinstance(node.value, cst.Name):
                        self.columns[self.function, node.value.value, key] = value
                    break

    def _assign(self, node: cst.Assign) -> None:
        first = node.targets[0].target
        if (
            isinstance(first, (cst.Tuple, cst.List))
            and isinstance(node.value, (cst.Tuple, cst.List))
            and len(node.targets) == 1
        ) and len(first.elements) == len(node.value.elements):
            self._assign_each(first, node.value)
            return
        value = self.value_as(_target_name(first), node.value)
        for target in node.targets:
            self.target(target.target, value)

    def _assign_each(self, targets: cst.Tuple | cst.List, sources: cst.Tuple | cst.List) -> None:
        """``a, b = 1, 2`` binds each name to its own value."""
        values = [
            self.value_as(_target_name(target.value), source.value)
            for target, source in zip(targets.elements, sources.elements, strict=True)
        ]
        for target, value in zip(targets.elements, values, strict=True):
            self.target(target.value, value)

    def _annotated_assign(self, node: cst.AnnAssign) -> None:
        name = _target_name(node.target)
        before = self.annotated
        declared, self.annotated = self.annotation(node.annotation.annotation)
        value = NOTHING
        if node.value is not None:
            value = self.value_as(name, node.value)
        if declared != NOTHING:
            instance = self.emit(Op.INSTANCE, declared)
            value = self.join([value, instance])
        self.annotated = before
        self.target(node.target, value)
        if self.scope.style == "class" and isinstance(node.target, cst.Name):
            self.facts.classes[self.owner].fields.append(node.target.value)

    def _augmented_assign(self, node: cst.AugAssign) -> None:
        value = self.value(node.value)
        operator = OPERATORS[node.operator.__class__]
        before = self.value(node.target)
        if before != NOTHING or value != NOTHING:
            self.target(node.target, self.emit(Op.BINARY, operator, before, value))

    def annotation(self, node: Any) -> tuple[int, tuple[str, ...]]:
        """Return the class that an annotation names, and the strings in its ``Annotated``."""
        if isinstance(node, cst.SimpleString):
            text = node.raw_value.strip()
            if _DOTTED.fullmatch(text):
                first, *rest = text.split(".")
                value = self.read(first)
                for part in rest:
                    value = self.emit(Op.ATTRIBUTE, value, part)
                return value, ()
            return NOTHING, ()
        if isinstance(node, (cst.Name, cst.Attribute)):
            return self.value(node), ()
        if isinstance(node, cst.BinaryOperation):
            left, right = self.annotation(node.left), self.annotation(node.right)
            return self.join([left[0], right[0]]), (*left[1], *right[1])
        if isinstance(node, cst.Subscript):
            name: Any = (
                node.value.attr.value if isinstance(node.value, cst.Attribute) else getattr(node.value, "value", "")
            )
            inner: list[Any] = [part.slice.value for part in node.slice if isinstance(part.slice, cst.Index)]
            if name in _WRAPPERS:
                strings: list[str] = []
                values = []
                for position, part in enumerate(inner):
                    if name == "Annotated" and position:
                        if isinstance(part, cst.SimpleString):
                            strings.append(part.raw_value)
                        else:
                            values.append(self._annotated_metadata(part))
                        continue
                    found = self.annotation(part)
                    values.append(found[0])
                    strings.extend(found[1])
                return self.join(values), tuple(strings)
            if name in _CONTAINERS:
                classes = [self.annotation(part)[0] for part in inner[:1]]
                return self.emit(Op.SEQUENCE, tuple(classes), False), ()
            return self.value(node.value), ()
        return NOTHING, ()

    def _annotated_metadata(self, node: Any) -> int:
        """``Annotated[int, Field(default=5)]`` and typer's ``Option`` carry defaults; bounds are calls too."""
        self.value(node)
        return NOTHING

    # control flow

    def _if(self, node: cst.If) -> None:
        branches: list[dict[str, int]] = []
        exhaustive = False
        test_before = self.tests
        current: Any = node
        while True:
            self.value(current.test)
            self.tests = (*test_before, *_compared_strings(current.test))
            self._cut_of_loop(current)
            self.begin_branch()
            self.body(current.body)
            branches.append(self.end_branch())
            self.tests = test_before
            if isinstance(current.orelse, cst.If):
                current = current.orelse
                continue
            if isinstance(current.orelse, cst.Else):
                exhaustive = True
                self.begin_branch()
                self.body(current.orelse.body)
                branches.append(self.end_branch())
            break
        self.merge(branches, exhaustive=exhaustive)

    def _cut_of_loop(self, node: cst.If) -> None:
        """``if len(found) >= 5: break`` in a loop over ranked hits is a top-k."""
        if not self.gathering or not _leaves_loop(node.body):
            return
        for comparison in _alternatives(node.test):
            self._cut_by_count(comparison)

    def _cut_by_count(self, comparison: cst.Comparison) -> None:
        target = comparison.comparisons[0]
        if OPERATORS[target.operator.__class__] in (">=", "==", ">"):
            counter, bound = comparison.left, target.comparator
        elif OPERATORS[target.operator.__class__] in ("<=", "<"):
            counter, bound = target.comparator, comparison.left
        else:
            return
        counts = isinstance(counter, cst.Call) and isinstance(counter.func, cst.Name) and counter.func.value == "len"
        if counts or (isinstance(counter, cst.Name) and counter.value in self.counters):
            self.effect(Op.CUT_LOOP, self.gathering[-1], self.value(bound))

    def _for(self, node: cst.For) -> None:
        source = self.value(node.iter)
        self.begin_loop()
        self.gathering.append(source)
        rounds = self._rounds(node.iter)
        self.rounds.extend(rounds)
        counters_before = self.counters
        self.counters = counters_before | _counters(node)
        self.target(node.target, self.emit(Op.ITERATE, source))
        self.body(node.body)
        self.counters = counters_before
        self.gathering.pop()
        del self.rounds[len(self.rounds) - len(rounds) :]
        self.end_loop()
        if node.orelse is not None:
            self.body(node.orelse.body)

    def _rounds(self, node: Any) -> list[int]:
        """``for _ in range(k - 1)`` goes round as often as its bound says."""
        if (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Name)
            and node.func.value in ("range", "trange")
            and node.args
        ):
            return [self.value(node.args[0 if len(node.args) == 1 else 1].value)]
        return []

    def _rounds_of_while(self, test: Any) -> list[int]:
        """``while len(chosen) < k`` goes round until so many are chosen."""
        if (
            isinstance(test, cst.Comparison)
            and isinstance(test.left, cst.Call)
            and isinstance(test.left.func, cst.Name)
        ):
            target = test.comparisons[0]
            if test.left.func.value == "len" and OPERATORS[target.operator.__class__] in ("<", "<="):
                return [self.value(target.comparator)]
        return []

    def _while(self, node: cst.While) -> None:
        self.begin_loop()
        self.value(node.test)
        rounds = self._rounds_of_while(node.test)
        self.rounds.extend(rounds)
        self.body(node.body)
        del self.rounds[len(self.rounds) - len(rounds) :]
        self.end_loop()
        if node.orelse is not None:
            self.body(node.orelse.body)

    def _with(self, node: cst.With) -> None:
        for item in node.items:
            value = self.value(item.item)
            if item.asname is not None:
                self.target(item.asname.name, value)
        self.body(node.body)

    def _try(self, node: cst.Try) -> None:
        self.begin_branch()
        self.body(node.body)
        tried = self.end_branch()
        self.merge([tried], exhaustive=False)
        handled = []
        for handler in node.handlers:
            self.begin_branch()
            if handler.type is not None:
                self.value(handler.type)
            if handler.name is not None:
                self.target(handler.name.name, NOTHING)
            self.body(handler.body)
            handled.append(self.end_branch())
        # After a try that went well its names hold what it bound, whatever was before.
        self.merge([tried, *handled], exhaustive=True)
        if node.orelse is not None:
            self.body(node.orelse.body)
        if node.finalbody is not None:
            self.body(node.finalbody.body)

    def _match(self, node: cst.Match) -> None:
        subject = self.value(node.subject)
        branches = []
        tests_before = self.tests
        for case in node.cases:
            self.begin_branch()
            self.tests = (*tests_before, *_pattern_strings(case.pattern))
            self._pattern(case.pattern, subject)
            if case.guard is not None:
                self.value(case.guard)
            self.body(case.body)
            branches.append(self.end_branch())
            self.tests = tests_before
        self.merge(branches, exhaustive=False)

    def _pattern(self, node: Any, subject: int) -> None:
        if isinstance(node, cst.MatchAs):
            if node.pattern is not None:
                self._pattern(node.pattern, subject)
            if node.name is not None:
                self.bind(node.name.value, subject)
        elif isinstance(node, cst.MatchOr):
            for element in node.patterns:
                self._pattern(element.pattern, subject)
        elif isinstance(node, (cst.MatchList, cst.MatchTuple)):
            for index, part in enumerate(node.patterns):
                if isinstance(part, cst.MatchSequenceElement):
                    self._pattern(part.value, self.emit(Op.UNPACK, subject, index))
        elif isinstance(node, cst.MatchClass):
            for named in node.kwds:
                self._pattern(named.pattern, self.emit(Op.ATTRIBUTE, subject, named.key.value))
        elif isinstance(node, cst.MatchMapping):
            for entry in node.elements:
                self._pattern(entry.pattern, self.emit(Op.ITEM, subject, self.constant(entry.key), NOTHING))

    def _return(self, node: cst.Return) -> None:
        if node.value is not None and self.function >= 0:
            name = self.facts.functions[self.function].name
            self.copy(self.facts.functions[self.function].returns, self.value_as(name, node.value))

    def yielded(self, value: int) -> int:
        """Note what a generator yields: its calls return a list of that."""
        if self.function < 0:
            return NOTHING
        result = self.emit(Op.SEQUENCE, (value,), False)
        self.copy(self.facts.functions[self.function].returns, result)
        for source in self.gathering:
            self.effect(Op.GATHER, result, source)
        return NOTHING

    def _assert(self, node: cst.Assert) -> None:
        self.value(node.test)

    def _raise(self, node: cst.Raise) -> None:
        if node.exc is not None:
            self.value(node.exc)

    def _global(self, node: cst.Global | cst.Nonlocal) -> None:
        self.scope.outer_names.update(item.name.value for item in node.names)

    # imports

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            dotted = _dotted(alias.name)
            self.facts.imports.append(dotted)
            self.speak(dotted)
            if alias.asname is not None:
                bound: Any = alias.asname.name
                self.look(bound)
                self.bind(bound.value, self.emit(Op.EXTERNAL, dotted))
            else:
                first = dotted.split(".")[0]
                self.bind(first, self.emit(Op.EXTERNAL, first))

    def _import_from(self, node: cst.ImportFrom) -> None:
        module = self._absolute(node)
        self.speak(module)
        if isinstance(node.names, cst.ImportStar):
            self.facts.stars.append(module)
            self.facts.imports.append(module)
            return
        for alias in node.names:
            name = _dotted(alias.name)
            given: Any = alias.asname.name if alias.asname is not None else None
            bound = name if given is None else given.value
            dotted = f"{module}.{name}" if module else name
            self.facts.imports.append(dotted)
            self.look(alias.name)
            self.bind(bound, self.emit(Op.EXTERNAL, dotted))

    def _absolute(self, node: cst.ImportFrom) -> str:
        module = _dotted(node.module) if node.module is not None else ""
        if not node.relative:
            return module
        package = self.facts.module.split(".") if self.facts.module else []
        up = len(node.relative) - (
            1 if self.facts.path.endswith(("/__init__.py", "/__init__.pyi")) or self.facts.path == "__init__.py" else 0
        )
        base = package[: len(package) - up] if up else package
        return ".".join([*base, module] if module else base)

    # functions and classes

    def _function(self, node: cst.FunctionDef) -> None:
        decorators = [decorator.decorator for decorator in node.decorators]
        values = self.values(decorators)
        names = tuple(_decorator_name(decorator) for decorator in decorators)
        self.look(node.name)
        self.speak(node.name.value)
        result = self.define(node.name.value, node.params, node.returns, node, names)
        function = self.facts.functions[self._defined]
        for decorator in decorators:
            if isinstance(decorator, cst.Call):
                self._option_of_parameter(decorator, function)
        if values:
            decorated = self.node()
            self.copy(decorated, result)
            result = decorated
        self.bind(node.name.value, result)

    def _option_of_parameter(self, decorator: cst.Call, function: Function) -> None:
        """``@click.option("--top-k", default=5)`` is the parameter's default."""
        names = [
            name
            for argument in decorator.args
            if argument.keyword is None and isinstance(name := self.constant(argument.value), str)
        ]
        if not names or not names[-1].replace("-", "_").strip("_"):
            return
        wanted = option_name(names)
        for argument in decorator.args:
            if argument.keyword is None or argument.keyword.value != "default":
                continue
            for parameter in function.parameters:
                if parameter.name == wanted:
                    parameter.default = self.value_as(wanted, argument.value)
                    self.copy(parameter.node, parameter.default)

    def define(self, name: str, params: cst.Parameters, returns: Any, node: Any, decorators: tuple[str, ...]) -> int:
        """Make a function's node and walk its body."""
        facts = self.facts
        index = len(facts.functions)
        in_class = self.scope.style == "class"
        function = Function(
            name,
            ".".join([*self.scope_names, name]),
            self.line,
            owner=self.owner if in_class else -1,
            decorators=decorators,
            parent=self.function,
        )
        facts.functions.append(function)
        function.returns = self.node()
        result = self.emit(Op.FUNCTION, index)
        outer_function = self.function
        declared = list(self._parameters(params, function, index, name))
        self.push_scope("function", name)
        self.function = index
        self.speak(name)
        gathering, self.gathering = self.gathering, []
        tests, self.tests = self.tests, ()
        naming, self.naming = self.naming, None
        annotated, self.annotated = self.annotated, ()
        keys, self.keys = self.keys, ()
        for parameter in declared:
            self.speak(parameter.name)
            self.declare(parameter.node, parameter.name, Binding.PARAMETER)
            self.scope.current[parameter.name] = parameter.node
            self.scope.versions[parameter.name] = [parameter.node]
        if isinstance(node, cst.Lambda):
            self.copy(function.returns, self.value(node.body))
        else:
            function.stub = _is_stub(node.body)
            self.body(node.body)
        self.gathering, self.tests, self.naming, self.annotated, self.keys = gathering, tests, naming, annotated, keys
        self.pop_scope()
        self.function = outer_function
        if outer_function >= 0:
            facts.functions[outer_function].hints |= function.hints
        if returns is not None:
            declared_class, _ = self.annotation(returns.annotation)
            if declared_class != NOTHING:
                self.copy(function.returns, self.emit(Op.INSTANCE, declared_class))
        self._defined = index
        return result

    def _parameters(self, params: cst.Parameters, function: Function, index: int, name: str) -> Iterator[Parameter]:
        """Declare the parameters; defaults are values of the scope outside."""
        groups: list[tuple[Sequence[Any], str]] = [(params.posonly_params, "normal"), (params.params, "normal")]
        if isinstance(params.star_arg, cst.Param):
            groups.append(([params.star_arg], "sequence"))
        groups.append((params.kwonly_params, "keyword"))
        if params.star_kwarg is not None:
            groups.append(([params.star_kwarg], "mapping"))
        self.scope_names.append(name)
        outer = self.function
        for group, style in groups:
            for param in group:
                self.look(param.name)
                line = self.line
                node = self.node()
                self.facts.words[node] = param.name.value
                before = self.annotated
                if param.annotation is not None:
                    declared, self.annotated = self.annotation(param.annotation.annotation)
                    if declared != NOTHING:
                        self.copy(node, self.emit(Op.INSTANCE, declared))
                default = NOTHING
                if param.default is not None:
                    self.function = index
                    default = self.value_as(param.name.value, param.default)
                    self.function = outer
                    self.effect_default(node, default)
                self.annotated = before
                parameter = Parameter(param.name.value, node, default, style)
                function.parameters.append(parameter)
                self.line = line
                yield parameter
        self.scope_names.pop()

    def _class(self, node: cst.ClassDef) -> None:
        for decorator in node.decorators:
            self.value(decorator.decorator)
        self.look(node.name)
        facts = self.facts
        index = len(facts.classes)
        name = node.name.value
        bases = [self._base_class(argument.value) for argument in node.bases if not argument.star]
        for argument in node.keywords:
            self.value(argument.value)
        self.look(node.name)
        declared = Class(
            name,
            ".".join([*self.scope_names, name]),
            self.line,
            bases,
            decorators=tuple(_decorator_name(d.decorator) for d in node.decorators),
        )
        facts.classes.append(declared)
        result = self.emit(Op.CLASS, index)
        outer, self.owner = self.owner, index
        function, self.function = self.function, -1
        gathering, self.gathering = self.gathering, []
        self.push_scope("class", name)
        self.speak(name)
        self.body(node.body)
        members = self.pop_scope().versions
        declared.members = {member: self.join(versions) for member, versions in members.items()}
        self.owner, self.function, self.gathering = outer, function, gathering
        self.bind(name, result)

    def _base_class(self, node: Any) -> int:
        """``Generic[T]`` and ``Base[T]`` are their heads."""
        return self.value(node.value if isinstance(node, cst.Subscript) else node)

    counters: frozenset[str] = frozenset()
    _defined: int = -1

    STATEMENTS: ClassVar[dict[type[cst.CSTNode], Callable[[Any, Any], None]]] = {
        cst.SimpleStatementLine: _line_of_statements,
        cst.Expr: _expression,
        cst.Assign: _assign,
        cst.AnnAssign: _annotated_assign,
        cst.AugAssign: _augmented_assign,
        cst.If: _if,
        cst.For: _for,
        cst.While: _while,
        cst.With: _with,
        cst.Try: _try,
        cst.TryStar: _try,
        cst.Match: _match,
        cst.Return: _return,
        cst.Assert: _assert,
        cst.Raise: _raise,
        cst.Global: _global,
        cst.Nonlocal: _global,
        cst.Import: _import,
        cst.ImportFrom: _import_from,
        cst.FunctionDef: _function,
        cst.ClassDef: _class,
    }


def _target_name(node: Any) -> str | None:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if (
        isinstance(node, cst.Subscript)
        and isinstance(node.slice[0].slice, cst.Index)
        and isinstance(node.slice[0].slice.value, cst.SimpleString)
    ):
        return str(node.slice[0].slice.value.raw_value)
    return None


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    parts.append(node.value)
    return ".".join(reversed(parts))


def _decorator_name(node: Any) -> str:
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _compared_strings(node: Any) -> tuple[str, ...]:
    """Return the strings that an equality test compares with."""
    if isinstance(node, cst.BooleanOperation):
        return (*_compared_strings(node.left), *_compared_strings(node.right))
    if not isinstance(node, cst.Comparison):
        return ()
    strings: list[str] = []
    for target in node.comparisons:
        operator = OPERATORS[target.operator.__class__]
        sides = [node.left, target.comparator]
        if operator == "in" and isinstance(target.comparator, (cst.Tuple, cst.List, cst.Set)):
            sides = [element.value for element in target.comparator.elements]
        elif operator != "==":
            continue
        strings.extend(side.raw_value for side in sides if isinstance(side, cst.SimpleString))
    return tuple(strings)


def _pattern_strings(node: Any) -> tuple[str, ...]:
    if isinstance(node, cst.MatchValue) and isinstance(node.value, cst.SimpleString):
        return (node.value.raw_value,)
    if isinstance(node, cst.MatchOr):
        return tuple(text for element in node.patterns for text in _pattern_strings(element.pattern))
    return ()


def _leaves_loop(body: Any) -> bool:
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, (cst.Break, cst.Return))


def _alternatives(test: Any) -> Iterator[cst.Comparison]:
    """Yield the comparisons of a condition any of which is enough."""
    if isinstance(test, cst.Comparison):
        yield test
    elif isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
        yield from _alternatives(test.left)
        yield from _alternatives(test.right)


def _counters(node: cst.For) -> frozenset[str]:
    """Return the names that count a loop's rounds: enumerate's index, and what each round adds 1 to."""
    found: set[str] = set()
    index = enumerated(node.target, node.iter)
    if index is not None:
        found.add(index)
    pending = list(node.body.body)
    while pending:
        statement = pending.pop()
        if isinstance(statement, cst.SimpleStatementLine):
            pending.extend(statement.body)
        elif (
            isinstance(statement, cst.AugAssign)
            and isinstance(statement.operator, cst.AddAssign)
            and isinstance(statement.target, cst.Name)
        ):
            if isinstance(statement.value, cst.Integer) and statement.value.value == "1":
                found.add(statement.target.value)
        elif isinstance(statement, cst.If):
            pending.extend(statement.body.body)
            if isinstance(statement.orelse, cst.Else):
                pending.extend(statement.orelse.body.body)
    return frozenset(found)


def _is_stub(body: Any) -> bool:
    """Return whether a function's body does nothing: an interface that others fill."""
    for statement in body.body:
        small = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
        for part in small:
            documents = isinstance(part, cst.Expr) and isinstance(
                part.value, (cst.SimpleString, cst.ConcatenatedString, cst.Ellipsis)
            )
            if not (documents or isinstance(part, (cst.Pass, cst.Raise))):
                return False
    return True
