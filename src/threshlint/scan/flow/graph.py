"""All files' facts as one graph: nodes numbered through, names resolved across modules."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable

from threshlint.scan.facts import NOTHING, Class, Facts, Function, Literal
from threshlint.scan.flow.modules import Modules
from threshlint.scan.flow.numbering import numbers, renumber
from threshlint.scan.flow.signature import Signature, signature


class Graph:
    """The facts of a project, addressed by numbers that hold for all files."""

    def __init__(self, files: Iterable[Facts]) -> None:
        """Take over files one by one: their nodes get new numbers, and their words, texts and lines go to the graph."""
        self.files: list[Facts] = []
        self.sizes: list[int] = []  # how many nodes each file has
        self.function_bases: list[int] = []
        self.class_bases: list[int] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.function_file: list[int] = []
        self.class_file: list[int] = []
        self.size = 0
        self._files = array("i")  # of each node
        self._lines = array("i")
        words: dict[int, str] = {}
        literals: dict[int, Literal] = {}
        strings: dict[int, str] = {}
        for index, facts in enumerate(files):
            first, size = self.size, facts.size
            self.files.append(facts)
            self.sizes.append(size)
            self.function_bases.append(len(self.functions))
            self.class_bases.append(len(self.classes))
            self.functions.extend(facts.functions)
            self.classes.extend(facts.classes)
            self.function_file.extend([index] * len(facts.functions))
            self.class_file.extend([index] * len(facts.classes))
            self._files.extend([index] * size)
            self._lines.extend(facts.lines)
            self.size += size
            renumber(facts, numbers(first, size))
            words.update(facts.words)
            literals.update(facts.literals)
            strings.update(facts.strings)
            facts.words, facts.strings, facts.lines = {}, {}, []
        # Asked for millions of times, so these are the dictionaries' own look-ups: they return None for what has none.
        self.word_of: Callable[[int], str | None] = words.get
        self.literal: Callable[[int], Literal | None] = literals.get
        self.string: Callable[[int], str | None] = strings.get
        self.extra: list[tuple[int, int]] = []  # (file, line) of nodes added later
        self._modules = Modules([facts.module for facts in self.files])
        self._signatures: dict[int, Signature] = {}
        self._exported: dict[tuple[int, str], int | None] = {}
        self._star_files: dict[int, tuple[int, ...]] = {}

    def file_of(self, node: int) -> int:
        """Return the file of a node."""
        if node >= self.size:
            return self.extra[node - self.size][0]
        return self._files[node]

    def line_of(self, node: int) -> int:
        """Return the line of a node."""
        if node >= self.size:
            return self.extra[node - self.size][1]
        return self._lines[node]

    def path_of(self, node: int) -> str:
        """Return the path of the file of a node."""
        return self.files[self.file_of(node)].path

    def signature(self, function: int) -> Signature:
        """Return what a function can be given."""
        found = self._signatures.get(function)
        if found is None:
            found = self._signatures[function] = signature(self.functions[function])
        return found

    def module(self, dotted: str, near: int) -> int | None:
        """Return the file of a module as imported by the file ``near``."""
        return self._modules.find(dotted, near)

    def exported(self, file: int, name: str) -> int | None:
        """Return the node that a module binds a name to, star imports included."""
        key = (file, name)
        if key not in self._exported:
            self._exported[key] = self._look_for(file, name)
        return self._exported[key]

    def _look_for(self, file: int, name: str) -> int | None:
        """Look through a module and what it star-imports, each once and nearest first."""
        pending, seen = deque([file]), {file}
        while pending:
            at = pending.popleft()
            node = self.files[at].names.get(name, NOTHING)
            if node >= 0:
                return node
            for source in self._stars(at):
                if source not in seen:
                    seen.add(source)
                    pending.append(source)
        return None

    def _stars(self, file: int) -> tuple[int, ...]:
        """Return the modules of the project that a module star-imports."""
        if file not in self._star_files:
            sources = (self.module(star, file) for star in self.files[file].stars)
            self._star_files[file] = tuple(source for source in sources if source is not None)
        return self._star_files[file]
