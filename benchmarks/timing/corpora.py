"""What is scanned: the packages of the accuracy benchmark, and one that is large."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from scoring.labels import LabelledPackage, read_corpus
from scoring.packages import unpacked

LABELS = Path(__file__).parent.parent / "corpus"
LARGE = LabelledPackage("transformers", "5.18.0", ())


@dataclass(frozen=True)
class Corpus:
    """Folders that are scanned together."""

    name: str
    folders: tuple[Path, ...]

    def laid_out(self, folder: Path, copies: int = 1) -> Path:
        """Copy the files to a new folder, several times where growth is measured; the copies are theirs to edit."""
        for number in range(copies):
            for source in self.folders:
                shutil.copytree(source, folder / (f"copy{number}" if copies > 1 else "") / source.name)
        return folder

    def files(self) -> int:
        """Count the files."""
        return sum(1 for folder in self.folders for _ in folder.rglob("*.py"))

    def megabytes(self) -> float:
        """Add the files' sizes up."""
        return sum(path.stat().st_size for folder in self.folders for path in folder.rglob("*.py")) / 1_000_000


def with_sites(packages: Path) -> Corpus:
    """Return the packages that have sites."""
    return _corpus("with sites", [package for package in read_corpus(LABELS) if package.labels], packages)


def without_sites(packages: Path) -> Corpus:
    """Return the packages that have none."""
    return _corpus("without sites", [package for package in read_corpus(LABELS) if not package.labels], packages)


def large(packages: Path) -> Corpus:
    """Return the large package."""
    return _corpus("large", [LARGE], packages)


def _corpus(name: str, members: list[LabelledPackage], packages: Path) -> Corpus:
    return Corpus(name, tuple(unpacked(member.name, member.version, packages) for member in members))
