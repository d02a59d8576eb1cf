"""What is given to a worker: something to do, how long it may take, and what stands for it when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from threshlint.scan.analyse import Job, analyse
from threshlint.scan.cache.memory import Memory
from threshlint.scan.components import Links
from threshlint.scan.entry import Entry, Head, close
from threshlint.scan.solve import Outcome, solve
from threshlint.scan.trouble import guarded

if TYPE_CHECKING:
    from threshlint.config import Config

# LibCST parses a megabyte in 2 s, in 8 s where numbers stand close; what takes a multiple of that never ends.
_SECONDS = 10.0
_SECONDS_FOR_A_MEGABYTE = 40.0
_LARGE = 6_000_000  # bytes of facts, which take some 100 MB to solve


class Task(Protocol):
    """Something that a worker does."""

    @property
    def size(self) -> int:
        """How much there is to do, in bytes of source."""

    @property
    def seconds(self) -> float | None:
        """How long it may take."""

    @property
    def is_large(self) -> bool:
        """Whether it takes so much memory that it had better be done in a process that ends soon."""

    def prepare(self) -> None:
        """Import what is needed, which takes time once and is not the task's fault."""

    def do(self, *, expendable: bool) -> object:
        """Do it; what may crash or stall only if this process may die."""

    def give_up(self, reason: str) -> object:
        """Return what stands for the result of a task that cannot be done."""


@dataclass(frozen=True)
class AnalyseFile:
    """Turn a file into facts."""

    job: Job
    size: int
    limit: float | None = None  # seconds, in place of a time that goes by the size
    is_large: ClassVar[bool] = False

    @property
    def seconds(self) -> float:
        """How long it may take."""
        return self.limit if self.limit is not None else _SECONDS + _SECONDS_FOR_A_MEGABYTE * self.size / 1_000_000

    def prepare(self) -> None:
        """Import the parser, which takes 0.2 s."""
        import threshlint.scan.extract.statements  # noqa: F401

    def do(self, *, expendable: bool) -> Entry | None:
        """Analyse the file; return None for one that is to be analysed where a crash costs nothing but itself."""
        analysed = analyse(self.job, expendable=expendable)
        return None if analysed.risky else close(analysed, self.job.module)

    def give_up(self, reason: str) -> Entry:
        """Say why the file has no facts."""
        return Entry(Head("", Links(self.job.module), reason))


@dataclass(frozen=True)
class SolvePart:
    """Find the sites in files that are solved together."""

    facts: tuple[bytes, ...]
    config: Config
    cache: Path | None
    size: int
    seconds: ClassVar[None] = None

    @property
    def is_large(self) -> bool:
        """Whether it takes much memory."""
        return sum(map(len, self.facts)) > _LARGE

    def prepare(self) -> None:
        """Nothing is measured."""

    def do(self, *, expendable: bool) -> Outcome:
        """Solve it; nothing in there is native."""
        return guarded(
            lambda: solve(self.facts, self.config, Memory(self.cache, self.config)),
            lambda reason: self.give_up(f"together with the files that it is linked with, {reason}"),
        )

    def give_up(self, reason: str) -> Outcome:
        """Say why nothing was found out."""
        return Outcome(reason=reason)
