"""All files' facts as one graph: nodes numbered through, names resolved across modules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from threshlint.scan.facts import NOTHING, Class, Facts, Function, Literal
from threshlint.scan.flow.modules import Modules

_T = TypeVar("_T")


class Graph:
    """The facts of a project, addressed by numbers that hold for all files.

    Node ``n`` of file ``f`` is ``base[f] + n``; functions and classes are numbered the same way.
    """

    def __init__(self, files: Sequence[Facts]) -> None:
        self.files = list(files)
        self.bases: list[int] = []
        self.function_bases: list[int] = []
        self.class_bases: list[int] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.function_file: list[int] = []
        self.class_file: list[int] = []
        size = 0
        for index, facts in enumerate(self.files):
            self.bases.append(size)
            self.function_bases.append(len(self.functions))
            self.class_bases.append(len(self.classes))
            size += facts.size
            self.functions.extend(facts.functions)
            self.classes.extend(facts.classes)
            self.function_file.extend([index] * len(facts.functions))
            self.class_file.extend([index] * len(facts.classes))
        self.size = size
        self._files: list[int] = []  # of each node
        for index, facts in enumerate(self.files):
            self._files.extend([index] * facts.size)
        words = self._numbered_through([facts.words for facts in self.files])
        literals = self._numbered_through([facts.literals for facts in self.files])
        strings = self._numbered_through([facts.strings for facts in self.files])
        # Asked for millions of times, so these are the dictionaries' own look-ups: they return None for what has none.
        self.word_of: Callable[[int], str | None] = words.get
        self.literal: Callable[[int], Literal | None] = literals.get
        self.string: Callable[[int], str | None] = strings.get
        self.extra: list[tuple[int, int]] = []  # (file, line) of nodes added later
        self._modules = Modules([facts.module for facts in self.files])
        self._exported: dict[tuple[int, str], int | None] = {}
        self._star_files: dict[int, tuple[int, ...]] = {}

    def _numbered_through(self, parts: Sequence[Mapping[int, _T]]) -> dict[int, _T]:
        """Return what the files say of their nodes, by the numbers that hold for all files."""
        return {base + node: said for base, part in zip(self.bases, parts, strict=True) for node, said in part.items()}

    def file_of(self, node: int) -> int:
        """Return the file of a node."""
        if node >= self.size:
            return self.extra[node - self.size][0]
        return self._files[node]

    def line_of(self, node: int) -> int:
        """Return the line of a node."""
        if node >= self.size:
            return self.extra[node - self.size][1]
        file = self.file_of(node)
        return self.files[file].lines[node - self.bases[file]]

    def path_of(self, node: int) -> str:
        """Return the path of the file of a node."""
        return self.files[self.file_of(node)].path

    def node_in_function(self, function: int, node: int) -> int:
        """Return the number of a node that a function's facts name."""
        return node if node < 0 else self.bases[self.function_file[function]] + node

    def node_in_class(self, cls: int, node: int) -> int:
        """Return the number of a node that a class's facts name."""
        return node if node < 0 else self.bases[self.class_file[cls]] + node

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
                return self.bases[at] + node
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
