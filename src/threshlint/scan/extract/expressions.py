"""Expressions of the tree -> values of the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from threshlint.scan.extract.builder import Builder
from threshlint.scan.extract.texts import Part, speaks_of_vectors
from threshlint.scan.extract.tree import nodes as cst
from threshlint.scan.facts import KEYS, NOTHING, Binding, Key, Literal, Op
from threshlint.site import Span

if TYPE_CHECKING:
    from threshlint.scan.extract.positions import Place
    from threshlint.scan.facts import Facts
    from threshlint.scan.lexer import Lexed

NUMBER_TEXT = re.compile(r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# Calls whose first argument or `default` is what they stand for: field declarations of dataclasses,
# pydantic, attrs and typer, and the parameters of web frameworks.
DECLARATIONS = frozenset(
    """
    Field field attrib ib Option Argument Query Body Form Param Parameter Header confloat conint Setting
""".split()
)
LOOK_UPS = frozenset({"get", "pop", "setdefault"})
GATHERERS = frozenset({"append", "extend", "insert", "appendleft", "put"})  # in order, as sets do not
# An augmented assignment's operator is the operator's own.
_SYMBOLS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%", "Power": "**",
    "MatrixMultiply": "@", "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LeftShift": "<<", "RightShift": ">>",
    "LessThan": "<", "LessThanEqual": "<=", "GreaterThan": ">", "GreaterThanEqual": ">=", "Equal": "==",
    "NotEqual": "!=", "In": "in", "NotIn": "not in", "Is": "is", "IsNot": "is not", "Minus": "-", "Plus": "+",
    "Not": "not", "BitInvert": "~",
}  # fmt: skip
OPERATORS: dict[type[cst.CSTNode], str] = {
    getattr(cst, name + suffix): symbol
    for name, symbol in _SYMBOLS.items()
    for suffix in ("", "Assign")
    if hasattr(cst, name + suffix)
}


class Expressions(Builder):
    """Turns expressions into nodes and operations."""

    def __init__(self, facts: Facts, lexed: Lexed, places: dict[int, Place]) -> None:
        super().__init__(facts)
        self.lexed = lexed
        self.places = places
        self.naming: str | None = None  # the name that a literal met now is bound to
        self.keys: tuple[str, ...] = ()
        self.tests: tuple[str, ...] = ()
        self.annotated: tuple[str, ...] = ()
        self.gathering: list[int] = []  # what the loops around iterate over
        self.bases: dict[int, int] = {}  # the object behind each attribute
        self.columns: dict[tuple[int, str, str], int] = {}  # stored under a constant key of a variable
        self.rounds: list[int] = []  # how often the loops around go round, where `range` says so

    def value(self, node: Any) -> int:
        """Return the value of an expression."""
        handler = self.HANDLERS.get(node.__class__)
        return handler(self, node) if handler is not None else NOTHING

    def value_as(self, name: str | None, node: Any) -> int:
        """Return the value of an expression whose literals are bound to a name."""
        before, self.naming = self.naming, name
        value = self.value(node)
        self.naming = before
        return value

    def values(self, nodes: Sequence[Any]) -> list[int]:
        """Return the values of several expressions."""
        return [self.value(node) for node in nodes]

    def look(self, node: Any) -> None:
        """Set the current line to a leaf's."""
        place = self.places.get(id(node))
        if place is not None:
            self.line = place[2]

    # leaves

    def _name(self, node: cst.Name) -> int:
        self.look(node)
        name = node.value
        if name in ("None", "True", "False"):
            return NOTHING
        self.speak(name)
        return self.read(name)

    def _number(self, node: cst.Integer | cst.Float) -> int:
        start, end, _ = self.places[id(node)]
        return self.literal(node.value, start, end)

    def literal(self, text: str, start: int, end: int, *, in_text: bool = False) -> int:
        """Make the node of a number in the source."""
        position, last = self.lexed.position(start), self.lexed.position(end)
        self.line = position[0]
        node = self.node()
        self.facts.literals[node] = Literal(
            text,
            Span(*position, *last),
            ".".join(self.scope_names),
            self.function,
            self.naming,
            self.keys,
            self.tests,
            self.annotated,
            in_text,
        )
        return node

    def _string(self, node: cst.SimpleString) -> int:
        start, end, line = self.places[id(node)]
        text = node.raw_value
        if NUMBER_TEXT.fullmatch(text):
            return self.literal(node.value, start, end, in_text=True)
        if speaks_of_vectors(text):
            offset = start + len(node.prefix) + len(node.quote)
            return self.query([Part(text, offset)])
        if len(text) > 120:
            return NOTHING
        self.line = line
        result = self.node()
        self.facts.strings[result] = text
        return result

    def _joined_text(self, node: Any) -> int:
        parts = self._parts(node)
        if speaks_of_vectors("".join(part.text for part in parts)):
            return self.query(parts)
        return NOTHING

    def _parts(self, node: Any) -> list[Part]:
        if isinstance(node, cst.SimpleString):
            start, *_ = self.places[id(node)]
            return [Part(node.raw_value, start + len(node.prefix) + len(node.quote))]
        if isinstance(node, cst.ConcatenatedString):
            return [*self._parts(node.left), *self._parts(node.right)]
        parts = []
        at = self.places[id(node)][1]
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                at = self.lexed.text.find(part.value, at)
                parts.append(Part(part.value, at))
                at += len(part.value)
            elif isinstance(part, cst.FormattedStringExpression):
                parts.append(Part("", -1, self.value(part.expression)))
                for spec in part.format_spec or ():
                    if isinstance(spec, cst.FormattedStringExpression):
                        self.value(spec.expression)
        return parts

    def query(self, parts: list[Part]) -> int:
        """Make the node of a query text."""
        from threshlint.scan.extract.queries import read_query  # many patterns, and seldom needed

        self.facts.queries.append(
            read_query(parts, lambda text, start: self.literal(text, start, start + len(text), in_text=True))
        )
        return self.emit(Op.TEXT, len(self.facts.queries) - 1)

    # operators

    def _unary(self, node: cst.UnaryOperation) -> int:
        operator = OPERATORS[node.operator.__class__]
        if operator in "-+" and isinstance(node.expression, (cst.Integer, cst.Float)):
            start, end, _ = self.places[id(node.expression)]
            at = self.lexed.text.rfind(operator, 0, start)
            if at >= 0 and not self.lexed.text[at + 1 : start].strip(" \t\f\\\r\n"):  # no bracket between them
                return self.literal(operator + node.expression.value, at, end)
        return self.emit(Op.UNARY, operator, self.value(node.expression))

    def _binary(self, node: cst.BinaryOperation) -> int:
        # Long chains lean to the left: walk down them instead of calling down them.
        chain = [node]
        while isinstance(chain[-1].left, cst.BinaryOperation):
            chain.append(chain[-1].left)
        result = self.value(chain[-1].left)
        for link in reversed(chain):
            right = self.value(link.right)
            operator = OPERATORS[link.operator.__class__]
            if result == NOTHING and right == NOTHING:
                continue
            result = self.emit(Op.BINARY, operator, result, right)
        return result

    def _boolean(self, node: cst.BooleanOperation) -> int:
        operands: list[Any] = [node.right]
        left = node.left
        while isinstance(left, cst.BooleanOperation):
            operands.append(left.right)
            left = left.left
        operands.append(left)
        return self.join(self.values(operands[::-1]))

    def _comparison(self, node: cst.Comparison) -> int:
        left = self.value(node.left)
        results = []
        for target in node.comparisons:
            right = self.value_as(None, target.comparator)
            operator = OPERATORS[target.operator.__class__]
            if operator not in ("is", "is not") and not (left == NOTHING and right == NOTHING):
                results.append(self.emit(Op.COMPARE, left, operator, right))
            left = right
        return results[0] if len(results) == 1 else self.join(results)

    def _conditional(self, node: cst.IfExp) -> int:
        self.value(node.test)
        return self.join([self.value(node.body), self.value(node.orelse)])

    def _walrus(self, node: cst.NamedExpr) -> int:
        value = self.value(node.value)
        if isinstance(node.target, cst.Name):
            self.bind(node.target.value, value)
        return value

    def _await(self, node: cst.Await) -> int:
        return self.emit(Op.AWAIT, self.value(node.expression))

    def _starred(self, node: Any) -> int:
        return self.emit(Op.ITERATE, self.value(node.value))

    # containers

    def _sequence(self, node: cst.Tuple | cst.List | cst.Set) -> int:
        elements = [
            self.value(element.value) if isinstance(element, cst.Element) else self._starred(element)
            for element in node.elements
        ]
        if not elements:
            return self.emit(Op.SEQUENCE, (), isinstance(node, cst.Tuple))
        return self.emit(Op.SEQUENCE, tuple(elements), isinstance(node, cst.Tuple))

    def _mapping(self, node: cst.Dict) -> int:
        entries: list[tuple[Key, int]] = []
        unpacked: list[int] = []
        before = self.keys
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.constant(element.key)
                if key is None:
                    entries.append((KEYS, self.value(element.key)))
                if isinstance(key, str):
                    self.keys = (*before, key)
                    self.speak(key)
                value = self.value_as(key if isinstance(key, str) else self.naming, element.value)
                if isinstance(key, str):
                    self.declare(value, key, Binding.KEY)
                self.keys = before
                entries.append((key, value))
            else:
                unpacked.append(self.value(element.value))
        return self.emit(Op.MAPPING, tuple(entries), tuple(unpacked))

    def constant(self, node: Any) -> Key:
        """Return a constant key: a string or an integer; a dotted name's last part stands for itself."""
        if isinstance(node, cst.SimpleString):
            raw = node.raw_value
            return raw if len(raw) <= 120 else None
        if isinstance(node, cst.Integer) and node.value.isdigit():
            return int(node.value) if len(node.value) < 10 else None
        if (
            isinstance(node, cst.UnaryOperation)
            and isinstance(node.operator, cst.Minus)
            and isinstance(node.expression, cst.Integer)
        ):
            inner = self.constant(node.expression)
            return -inner if isinstance(inner, int) else None
        return None

    def _comprehension(self, node: Any) -> int:
        self.begin_branch()
        gathered = len(self.gathering)
        sources: list[int] = []
        clause = node.for_in
        while clause is not None:
            source = self.value(clause.iter)
            sources.append(source)
            self.gathering.append(source)
            self.target(clause.target, self.emit(Op.ITERATE, source))
            for condition in clause.ifs:
                self.value(condition.test)
                self._cut_by_index(clause, condition.test, source)
            clause = clause.inner_for_in
        if isinstance(node, cst.DictComp):
            key = self.value(node.key)
            result = self.emit(Op.MAPPING, ((KEYS, key), (None, self.value(node.value))), ())
        else:
            result = self.emit(Op.SEQUENCE, (self.value(node.elt),), False)
            for source in sources:
                self.effect(Op.GATHER, result, source)
        del self.gathering[gathered:]
        self.end_branch()
        return result

    def _cut_by_index(self, clause: cst.CompFor, test: Any, source: int) -> None:
        """``[hit for i, hit in enumerate(hits) if i < 5]`` takes the first five."""
        counter = enumerated(clause.target, clause.iter)
        if counter is None or not isinstance(test, cst.Comparison):
            return
        target = test.comparisons[0]
        counts = isinstance(test.left, cst.Name) and test.left.value == counter
        if counts and isinstance(target.operator, (cst.LessThan, cst.LessThanEqual)):
            self.effect(Op.CUT_LOOP, source, self.value(target.comparator))

    # access

    def _attribute(self, node: cst.Attribute) -> int:
        base = self.value(node.value)
        self.look(node.attr)
        name = node.attr.value
        self.speak(name)
        if base == NOTHING:
            base = self.node()
        result = self.emit(Op.ATTRIBUTE, base, name)
        self.bases[result] = base
        self.facts.words[result] = name
        self._read_column(node.value, name, result)
        self.declare(result, name, Binding.ATTRIBUTE)
        return result

    def _subscript(self, node: cst.Subscript) -> int:
        base = self.value(node.value)
        result = base
        for position, element in enumerate(node.slice):
            part = element.slice
            if isinstance(part, cst.Index):
                key = self.constant(part.value)
                inner = NOTHING if isinstance(key, str) else self.value(part.value)
                if isinstance(key, str):
                    self.speak(key)
                if position == 0 or inner != NOTHING:
                    result = self.emit(Op.ITEM, result, key, inner)
                    if isinstance(key, str):
                        self._read_column(node.value, key, result)
            else:
                result = self._slice(result, part)
        return result

    def _read_column(self, base: Any, key: str, result: int) -> None:
        """``frame["sim"]`` (and ``frame.sim``) holds what was stored there under that name."""
        if isinstance(base, cst.Name):
            self.copy(result, self.columns.get((self.function, base.value, key), NOTHING))

    def _slice(self, base: int, part: Any) -> int:
        lower = self.value(part.lower) if part.lower is not None else NOTHING
        upper = self.value(part.upper) if part.upper is not None else NOTHING
        backwards = isinstance(part.step, cst.UnaryOperation) and isinstance(part.step.operator, cst.Minus)
        return self.emit(Op.SLICE, base, lower, upper, backwards)

    # calls

    def _call(self, node: cst.Call) -> int:
        func = node.func
        simple = (
            func.value if isinstance(func, cst.Name) else func.attr.value if isinstance(func, cst.Attribute) else ""
        )
        if simple in LOOK_UPS and isinstance(func, cst.Attribute):
            looked_up = self._look_up(func, node.args)
            if looked_up is not None:
                return looked_up
        if simple == "getattr" and len(node.args) >= 2:
            key = self.constant(node.args[1].value)
            if isinstance(key, str):
                found = self.emit(Op.ATTRIBUTE, self.value(node.args[0].value), key)
                return self._with_default(found, key, node.args[2].value if len(node.args) > 2 else None)
        if simple == "super" and isinstance(func, cst.Name) and not node.args:
            return self._super()
        function = self.value(func)
        call_line = self.line
        positional: list[int] = []
        keywords: dict[str, int] = {}
        sequences: list[int] = []
        mappings: list[int] = []
        default: int = NOTHING
        declares = simple in DECLARATIONS
        for argument in node.args:
            if argument.star == "*":
                sequences.append(self.value(argument.value))
            elif argument.star == "**":
                mappings.append(self.value(argument.value))
            elif argument.keyword is not None:
                name = argument.keyword.value
                self.look(argument.keyword)
                self.speak(name)
                value = self._argument(self.naming if name == "default" else name, argument.value)
                keywords[name] = value
                self.declare(value, name, Binding.KEYWORD)
                if name == "default" or (declares and name == "default_factory"):
                    default = value
            else:
                positional.append(self._argument(None if positional else self.naming, argument.value))
        self.line = call_line
        if isinstance(func, cst.Attribute) and simple in GATHERERS:
            base = self.bases.get(function, NOTHING)
            for source in self.gathering:
                self.effect(Op.GATHER, base, source)
        result = self.emit(Op.CALL, function, tuple(positional), keywords, tuple(sequences), tuple(mappings))
        self.facts.words[result] = simple
        if simple in ("argmax", "argmin") and self.rounds:
            self.effect(Op.PICK, positional[0] if positional else self.bases.get(function, NOTHING), self.rounds[-1])
        if declares:
            self._declared(result, default if default != NOTHING else positional[0] if positional else NOTHING, node)
        elif default != NOTHING and node.args and node.args[0].keyword is None:
            self._option(result, default, simple, node.args)
        elif simple == "getenv" and len(positional) > 1:
            self._with_default(result, str(self.constant(node.args[0].value) or ""), None)
            self.effect_default(result, positional[1])
        return result

    def _argument(self, name: str | None, node: Any) -> int:
        """An argument; `True` and `False` are constants that a call's meaning may depend on."""
        if isinstance(node, cst.Name) and node.value in ("True", "False"):
            self.look(node)
            result = self.node()
            self.facts.strings[result] = node.value
            return result
        return self.value_as(name, node)

    def _super(self) -> int:
        """``super()`` is the receiver, seen from above the class that the method stands in."""
        function = self.function
        while function >= 0:
            declared = self.facts.functions[function]
            if declared.owner >= 0 and declared.parameters:
                return self.emit(Op.SUPER, declared.parameters[0].node, declared.owner)
            function = declared.parent
        return NOTHING

    def effect_default(self, result: int, default: int) -> None:
        """Let a default stand in for a value that may be missing."""
        if default != NOTHING:
            self.facts.operations.append((Op.DEFAULT, result, default))

    def _declared(self, result: int, default: int, node: cst.Call) -> None:
        self.effect_default(result, default)
        for argument in node.args:
            if (
                argument.keyword is not None
                and argument.keyword.value == "default_factory"
                and isinstance(argument.value, cst.Lambda)
            ):
                self.effect_default(result, self.value(argument.value.body))

    def _look_up(self, func: cst.Attribute, arguments: Sequence[cst.Arg]) -> int | None:
        """Return the value of ``base.get("key", default)``, or None where the call is no such thing."""
        arguments = [argument for argument in arguments if argument.keyword is None or argument.keyword.value != "type"]
        if not 1 <= len(arguments) <= 2 or any(argument.star for argument in arguments):
            return None
        key = self.constant(arguments[0].value)
        if not isinstance(key, str):
            return None
        if len(arguments) == 2 and arguments[1].keyword is not None and arguments[1].keyword.value != "default":
            return None
        base = self.value(func.value)
        self.look(func.attr)
        found = self.emit(Op.ITEM, base, key, NOTHING)
        if func.attr.value == "get" and len(arguments) == 1:
            method = self.emit(Op.ATTRIBUTE, base, "get")
            called = self.emit(Op.CALL, method, (self.value(arguments[0].value),), {}, (), ())
            self.facts.words[called] = "get"
            self.copy(found, called)  # of an object that is no mapping
        if func.attr.value == "setdefault":
            self.effect(Op.SET_ITEM, base, key, NOTHING, found)
        return self._with_default(found, key, arguments[1].value if len(arguments) == 2 else None)

    def _with_default(self, found: int, key: str, default: Any) -> int:
        self.speak(key)
        self.facts.words[found] = key
        if default is not None:
            self.effect_default(found, self.value_as(key, default))
        self.declare(found, key, Binding.KEY)
        return found

    def _option(self, result: int, default: int, method: str, arguments: Sequence[cst.Arg]) -> None:
        """A default of a command-line option, or of a look-up in settings."""
        names = [
            name
            for argument in arguments
            if argument.keyword is None and isinstance(name := self.constant(argument.value), str)
        ]
        if not names:
            return
        name = option_name(names)
        if method == "add_argument":
            self.facts.names.setdefault(f"option {name}", default)
            self.declare(default, name, Binding.OPTION)
        else:
            self.effect_default(result, default)
            self.declare(result, name, Binding.OPTION if names[0].startswith("-") else Binding.KEY)
        self._rename(default, name)

    def _rename(self, node: int, name: str) -> None:
        literal = self.facts.literals.get(node)
        if literal is not None:
            self.facts.literals[node] = Literal(
                literal.text,
                literal.span,
                literal.scope,
                literal.function,
                name,
                literal.keys,
                literal.tests,
                literal.annotated,
                literal.in_text,
            )

    # functions without a name

    def _lambda(self, node: cst.Lambda) -> int:
        return self.define("<lambda>", node.params, None, node, ())

    def define(self, name: str, params: cst.Parameters, returns: Any, node: Any, decorators: tuple[str, ...]) -> int:
        """Make the node of a function; statements and lambdas differ in their bodies."""
        raise NotImplementedError

    def target(self, node: Any, value: int) -> None:
        """Bind an assignment's target."""
        raise NotImplementedError

    def _yield(self, node: cst.Yield) -> int:
        inner = node.value
        if inner is None:
            return NOTHING
        if isinstance(inner, cst.From):
            return self.yielded(self.emit(Op.ITERATE, self.value(inner.item)))
        return self.yielded(self.value(inner))

    def yielded(self, value: int) -> int:
        """Note what a generator yields."""
        raise NotImplementedError

    HANDLERS: ClassVar[dict[type[cst.CSTNode], Callable[[Any, Any], int]]] = {
        cst.Name: _name,
        cst.Integer: _number,
        cst.Float: _number,
        cst.SimpleString: _string,
        cst.FormattedString: _joined_text,
        cst.ConcatenatedString: _joined_text,
        cst.UnaryOperation: _unary,
        cst.BinaryOperation: _binary,
        cst.BooleanOperation: _boolean,
        cst.Comparison: _comparison,
        cst.IfExp: _conditional,
        cst.NamedExpr: _walrus,
        cst.Await: _await,
        cst.StarredElement: _starred,
        cst.Tuple: _sequence,
        cst.List: _sequence,
        cst.Set: _sequence,
        cst.Dict: _mapping,
        cst.ListComp: _comprehension,
        cst.SetComp: _comprehension,
        cst.GeneratorExp: _comprehension,
        cst.DictComp: _comprehension,
        cst.Attribute: _attribute,
        cst.Subscript: _subscript,
        cst.Call: _call,
        cst.Lambda: _lambda,
        cst.Yield: _yield,
    }


def enumerated(target: Any, iterated: Any) -> str | None:
    """Return the name of the index in ``for index, element in enumerate(…)``."""
    if (
        isinstance(iterated, cst.Call)
        and isinstance(iterated.func, cst.Name)
        and iterated.func.value == "enumerate"
        and isinstance(target, cst.Tuple)
        and target.elements
        and isinstance(target.elements[0].value, cst.Name)
    ):
        return str(target.elements[0].value.value)
    return None


def option_name(names: Sequence[str]) -> str:
    """Return the variable that a command-line option is stored in: ``-k --top-k`` gives ``top_k``."""
    plain = [name for name in names if not name.startswith("-")]
    chosen = plain[-1] if plain else max(names, key=lambda name: (name.startswith("--"), len(name)))
    return chosen.lstrip("-").split("/")[0].replace("-", "_")
