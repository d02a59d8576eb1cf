"""Cases run in turns, round after round, so that what else the machine does slows all of them alike."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from timing.cases import Case
from timing.process import Cost, run

# What takes longer is run once, for there the machine's moods even out.
_LONG = 30.0  # seconds


@dataclass(frozen=True)
class Measured:
    """A case, and what each of its runs cost."""

    name: str
    costs: tuple[Cost, ...]
    ratio: float | None = None  # to the first case, in time

    @property
    def seconds(self) -> float:
        """The median time of a run."""
        return median(cost.seconds for cost in self.costs)

    @property
    def cpu(self) -> float:
        """The median of the processor's time, in seconds, of all processes of a run."""
        return median(cost.cpu for cost in self.costs)

    @property
    def megabytes(self) -> float:
        """The most memory that any process of any run had."""
        return max(cost.megabytes for cost in self.costs)


def measure(cases: Sequence[Case], rounds: int) -> list[Measured]:
    """Run each case in each round; the first is the one that the others are compared with, round by round."""
    costs: list[list[Cost]] = [[] for _ in cases]
    for number in range(rounds):
        for case, so_far in zip(cases, costs, strict=True):
            if so_far and so_far[0].seconds > _LONG:
                continue
            if sys.stderr.isatty():
                print(f"\r\033[K{number + 1}/{rounds} {case.name}", end="", file=sys.stderr, flush=True)
            case.before()
            so_far.append(run(case.command, case.folder, case.codes))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return [
        Measured(
            case.name,
            tuple(so_far),
            median(cost.seconds / first.seconds for cost, first in zip(so_far, costs[0], strict=False)),
        )
        for case, so_far in zip(cases, costs, strict=True)
    ]
