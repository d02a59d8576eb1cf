"""Which file of a project an import means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

_LONGEST_ENDING = 12


class Modules:
    """Finds modules by the names that code imports them by.

    A repository's packages may lie below any folder (``src/``, ``backend/``), so a module is known
    by every ending of its dotted path; the one nearest to the importing file wins.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Take the dotted names of all files."""
        self.names = names
        self._exact: dict[str, int] = {}
        self._endings: dict[str, list[int]] = defaultdict(list)
        for index, name in enumerate(names):
            self._exact.setdefault(name, index)
            parts = name.split(".")
            for start in range(min(len(parts), _LONGEST_ENDING)):
                self._endings[".".join(parts[start:])].append(index)

    def may_mean(self, dotted: str) -> bool:
        """Tell whether a module is known by a name, whoever imports it."""
        return dotted in self._endings

    def exact(self, dotted: str) -> int | None:
        """Return the file of a module by its whole name."""
        return self._exact.get(dotted)

    def find(self, dotted: str, near: int) -> int | None:
        """Return the file of a module as imported by the file ``near``."""
        candidates = self._endings.get(dotted)
        if not candidates:
            return None
        if dotted in self._exact:
            return self._exact[dotted]
        if len(candidates) == 1 and ("." in dotted or self._reachable(candidates[0], near, dotted)):
            return candidates[0]
        reachable = [index for index in candidates if self._reachable(index, near, dotted)]
        return reachable[0] if reachable else None

    def _reachable(self, index: int, near: int, dotted: str) -> bool:
        """A short name is a module's only for files that share the folder above it."""
        above = self.names[index][: -len(dotted)].rstrip(".")
        return not above or self.names[near].startswith(above)
