"""The labels of the corpus: where each package's sites are, by the rules of docs/labelling.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_UNCOUNTED_FOLDERS = frozenset({"test", "testing", "tests", "vendor"})
_COLUMNS = ["path", "line", "value", "kind", "strength", "note"]


class LabelError(Exception):
    """A file of labels that cannot be read."""


@dataclass(frozen=True)
class Label:
    """One literal that is a site: a tool must find it, or may."""

    path: str
    line: int
    value: str
    kind: str
    must: bool


@dataclass(frozen=True)
class LabelledPackage:
    """A package at the version that was labelled."""

    name: str
    version: str
    labels: tuple[Label, ...]
    covered: tuple[str, ...] = ()  # the folders that were labelled; without any, all of them

    def counts(self, path: str) -> bool:
        """Tell whether what is reported of a file is judged; tests and vendored code are not labelled."""
        if not _UNCOUNTED_FOLDERS.isdisjoint(path.split("/")[:-1]):
            return False
        return not self.covered or path.startswith(self.covered)


def read_corpus(folder: Path) -> tuple[LabelledPackage, ...]:
    """Read every file of labels in a folder, by name."""
    packages = tuple(read_labels(file) for file in sorted(folder.glob("*.tsv")))
    if not packages:
        raise LabelError(f"{folder}: there are no labels (*.tsv) in it")
    return packages


def read_labels(file: Path) -> LabelledPackage:
    """Read one file: ``# NAME==VERSION``, a header, then a row a literal."""
    name = version = ""
    labels, covered = [], []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# covered:"):
            covered.append(line.partition(":")[2].strip())
        elif line.startswith("#"):
            name, _, version = line.removeprefix("#").strip().partition("==")
        elif line and (cells := line.split("\t")) != _COLUMNS:
            labels.append(_label(cells, f"{file}:{number}"))
    if not version:
        raise LabelError(f"{file}: its first line has to name the package, as in `# NAME==VERSION`")
    return LabelledPackage(name, version, tuple(labels), tuple(covered))


def _label(cells: list[str], place: str) -> Label:
    if len(cells) < len(_COLUMNS) - 1 or not cells[1].isdigit() or cells[4] not in ("must", "may"):
        raise LabelError(f"{place}: a row has the columns {', '.join(_COLUMNS)}, with tabs between them")
    path, line, value, kind, strength, *_ = cells
    return Label(path, int(line), value, kind, strength == "must")
