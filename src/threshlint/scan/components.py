"""Which files have anything to do with one another: a project falls into components, and each is solved by itself.

Two files are linked when one imports the other, or when one is the package that the other stands in. What files share
without an import (methods and fields of the same name, options of a command line) they share within their component
only: code that has nothing to do with a file says nothing about it. So the outcome of a component depends on its own
files, and is the same whatever else lies beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from threshlint.scan.facts import Facts, Op
from threshlint.scan.flow.modules import Modules
from threshlint.scan.vocabulary import words

_DJANGO_SETTINGS = "django.conf"
_IMPORTS_LATER = frozenset({"lazy", "import", "importer"})
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


@dataclass(frozen=True)
class Links:
    """What a file says of others."""

    module: str
    imports: tuple[str, ...] = ()  # every module and name that it imports
    later: tuple[str, ...] = ()  # what it may hand to a function that imports it when it is needed


def links_of(facts: Facts) -> Links:
    """Read off a file's facts what it says of others."""
    later: list[str] = []
    if any(
        operation[0] is Op.CALL and not _IMPORTS_LATER.isdisjoint(words(facts.words.get(operation[1], "")))
        for operation in facts.operations
    ):
        later = [text for text in facts.strings.values() if _MODULE.fullmatch(text)]
    return Links(facts.module, tuple(dict.fromkeys(facts.imports)), tuple(dict.fromkeys(later)))


def components(files: Sequence[Links]) -> list[list[int]]:
    """Return the components of a project, each as the places of its files, in order."""
    groups = _Groups(len(files))
    modules = Modules([file.module for file in files])
    parts = _Parts(modules)
    settings = [index for index, file in enumerate(files) if _holds_settings(file.module)]
    for index, file in enumerate(files):
        for part in parts.of((*file.imports, *file.later)):
            other = modules.find(part, index)
            if other is not None:
                groups.join(index, other)
        if any(dotted.startswith(_DJANGO_SETTINGS) for dotted in file.imports):
            for other in settings:
                groups.join(index, other)
        package = modules.exact(file.module.rpartition(".")[0])
        if package is not None:
            groups.join(index, package)
    return groups.all()


class _Parts:
    """What dotted names begin with that may be a module of the project; most are of libraries."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._known: dict[str, tuple[str, ...]] = {"": ()}

    def of(self, imports: Iterable[str]) -> set[str]:
        """Return the modules that names may mean, or be a part of: ``a.b.c`` runs ``a`` and ``a.b`` first."""
        return {part for dotted in imports for part in self._of_one(dotted)}

    def _of_one(self, dotted: str) -> tuple[str, ...]:
        known = self._known.get(dotted)
        if known is None:
            above = self._of_one(dotted.rpartition(".")[0])
            known = self._known[dotted] = (*above, dotted) if self._modules.may_mean(dotted) else above
        return known


def _holds_settings(module: str) -> bool:
    """Tell whether a module holds Django's settings, as far as its name says."""
    return "settings" in module.split(".")[-2:]


def imported(files: Sequence[Links]) -> list[list[int]]:
    """Return, for each file, the files that it imports itself."""
    modules = Modules([file.module for file in files])
    parts = _Parts(modules)
    found = []
    for near, file in enumerate(files):
        means = (modules.find(part, near) for part in parts.of(file.imports))
        found.append(sorted({index for index in means if index is not None}))
    return found


class _Groups:
    """Numbers that are joined into groups (a disjoint-set forest)."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def _top(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    def join(self, one: int, other: int) -> None:
        """Put two numbers, and all that they are joined with, into one group."""
        one, other = self._top(one), self._top(other)
        self._above[max(one, other)] = min(one, other)

    def all(self) -> list[list[int]]:
        """Return the groups in the order of their least numbers."""
        found: dict[int, list[int]] = defaultdict(list)
        for number in range(len(self._above)):
            found[self._top(number)].append(number)
        return list(found.values())
