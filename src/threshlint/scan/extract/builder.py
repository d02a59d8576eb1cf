"""Building a file's facts: nodes, operations, and the names in scope."""

from __future__ import annotations

from dataclasses import dataclass, field

from threshlint.scan.facts import NOTHING, Binding, Facts, Named, Op
from threshlint.scan.vocabulary import Hint, hints, is_telling


@dataclass
class Scope:
    """The names that a module, a class body or a function binds.

    ``current`` holds each name's version at this point of the code, so that a name which is bound
    twice is two values; ``versions`` holds all of them, for code that runs later.
    """

    style: str  # "module", "class" or "function"
    current: dict[str, int] = field(default_factory=dict)
    versions: dict[str, list[int]] = field(default_factory=dict)
    free: list[tuple[str, int]] = field(default_factory=list)  # read here, bound elsewhere or later
    outer_names: set[str] = field(default_factory=set)  # declared global or nonlocal
    branches: list[dict[str, int | None]] = field(default_factory=list)  # what each open branch replaced
    loops: list[dict[str, int]] = field(default_factory=list)  # what each open loop may read again


class Builder:
    """Nodes, operations and scopes; the walkers over the tree stand on it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scopes: list[Scope] = [Scope("module")]
        self.function = -1
        self.owner = -1
        self.scope_names: list[str] = [facts.module] if facts.module else []
        self.line = 1

    # nodes and operations

    def node(self) -> int:
        """Make a new value on the current line."""
        lines = self.facts.lines
        lines.append(self.line)
        return len(lines) - 1

    def emit(self, op: Op, *operands: object) -> int:
        """Add an operation with a result of its own; return the result."""
        result = self.node()
        self.facts.operations.append((op, result, *operands))
        return result

    def effect(self, op: Op, *operands: object) -> None:
        """Add an operation without a result."""
        self.facts.operations.append((op, NOTHING, *operands))

    def copy(self, target: int, source: int) -> None:
        """Let ``source`` flow into ``target``."""
        if source != NOTHING and source != target:
            self.facts.operations.append((Op.COPY, target, source))

    def join(self, sources: list[int]) -> int:
        """Return a value that may be any of ``sources``."""
        real = [source for source in dict.fromkeys(sources) if source != NOTHING]
        if len(real) <= 1:
            return real[0] if real else NOTHING
        result = self.node()
        for source in real:
            self.copy(result, source)
        return result

    def declare(self, node: int, name: str, binding: Binding) -> None:
        """Note that a telling name stands for a value."""
        if node != NOTHING and is_telling(name):
            self.facts.named.append(Named(node, name, binding, self.function, self.owner, self.line))

    def speak(self, identifier: str) -> None:
        """Note an identifier's field for the function, the class and the file around it."""
        hint = hints(identifier)
        if hint is Hint.NONE:
            return
        self.facts.hints |= hint
        if self.function >= 0:
            self.facts.functions[self.function].hints |= hint
        if self.owner >= 0:
            self.facts.classes[self.owner].hints |= hint

    # names

    @property
    def scope(self) -> Scope:
        """The innermost scope."""
        return self.scopes[-1]

    def bind(self, name: str, value: int, binding: Binding = Binding.VARIABLE) -> None:
        """Bind a name; from here on it reads as ``value``."""
        scope = self.scope
        if scope.style == "class":
            binding = Binding.FIELD
        if name in scope.outer_names:
            self.scopes[0].versions.setdefault(name, []).append(value)
            self.declare(value, name, binding)
            return
        if value == NOTHING:
            value = self.node()  # bound to something that says nothing: the older value is gone
        elif is_telling(name) or value in self.facts.literals:
            source, value = value, self.node()
            self.copy(value, source)
            self.facts.words[value] = name
            self.declare(value, name, binding)
        if scope.branches:
            scope.branches[-1].setdefault(name, scope.current.get(name))
        scope.current[name] = value
        scope.versions.setdefault(name, []).append(value)

    def read(self, name: str) -> int:
        """Return the value that a name has here."""
        scope = self.scope
        value = scope.current.get(name)
        if value is not None and name not in scope.outer_names:
            if scope.loops and name not in scope.loops[-1]:
                return self._read_again(scope, name, value)
            return value
        if scope.style == "module" and name in scope.versions:
            return self.join(scope.versions[name])
        result = self.node()
        scope.free.append((name, result))
        return result

    def _read_again(self, scope: Scope, name: str, value: int) -> int:
        """Read a name inside a loop, whose end may bind it anew for the next round."""
        depth = len(scope.loops)
        for outer in range(depth):
            if name in scope.loops[outer]:
                continue
            again = self.node()
            self.copy(again, value)
            scope.loops[outer][name] = again
            value = again
        if scope.branches:
            scope.branches[-1].setdefault(name, scope.current.get(name))
        scope.current[name] = value
        return value

    # control flow

    def begin_branch(self) -> None:
        """Start code that may or may not run."""
        self.scope.branches.append({})

    def end_branch(self) -> dict[str, int]:
        """End it; return what it bound, and have the names as they were before."""
        scope = self.scope
        replaced = scope.branches.pop()
        bound = {name: scope.current[name] for name in replaced if name in scope.current}
        for name, before in replaced.items():
            if scope.branches:
                scope.branches[-1].setdefault(name, before)
            if before is None:
                scope.current.pop(name, None)
            else:
                scope.current[name] = before
        return bound

    def merge(self, branches: list[dict[str, int]], *, exhaustive: bool) -> None:
        """Go on after branches of which one ran (or, unless ``exhaustive``, perhaps none)."""
        scope = self.scope
        for name in dict.fromkeys(name for branch in branches for name in branch):
            before = scope.current.get(name)
            values = [branch.get(name, before) for branch in branches]
            if not exhaustive:
                values.append(before)
            merged = self.join([value for value in values if value is not None])
            if merged == NOTHING:
                continue
            if scope.branches:
                scope.branches[-1].setdefault(name, before)
            scope.current[name] = merged

    def begin_loop(self) -> None:
        """Start code that may run again."""
        self.scope.loops.append({})
        self.begin_branch()

    def end_loop(self) -> None:
        """End it: what it bound may be what it reads."""
        scope = self.scope
        bound = self.end_branch()
        for name, again in scope.loops.pop().items():
            if name in bound:
                self.copy(again, bound[name])
        self.merge([bound], exhaustive=False)

    # scopes

    def push_scope(self, style: str, name: str) -> None:
        """Enter a class body or a function."""
        self.scopes.append(Scope(style))
        self.scope_names.append(name)

    def pop_scope(self) -> Scope:
        """Leave a scope; what it read without binding it is looked for outside."""
        scope = self.scopes.pop()
        self.scope_names.pop()
        outer = self.scopes[-1]
        for name, node in scope.free:
            if name in scope.versions and name not in scope.outer_names and scope.style != "class":
                for version in scope.versions[name]:
                    self.copy(node, version)
            elif outer.style == "class" and scope.style == "function":
                self._outside_class(name, node)
            else:
                outer.free.append((name, node))
        return scope

    def _outside_class(self, name: str, node: int) -> None:
        """A method does not see the names of its class's body."""
        for scope in reversed(self.scopes):
            if scope.style != "class":
                scope.free.append((name, node))
                return

    def close(self) -> None:
        """End the module: what no scope binds is a builtin, or comes from a star import."""
        scope = self.scopes[0]
        for name, node in scope.free:
            versions = scope.versions.get(name)
            if versions:
                for version in versions:
                    self.copy(node, version)
            else:
                self.facts.operations.append((Op.BUILTIN, node, name))
        self.facts.names.update({name: self.join(versions) for name, versions in scope.versions.items()})
