"""What is held against what: the project's promises on speed and memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from timing.rounds import Measured


@dataclass(frozen=True)
class Bar:
    """The most that a figure of a case may be."""

    figure: str  # of Measured
    most: float
    unit: str

    def __str__(self) -> str:
        return f"≤ {self.most:g} {self.unit}".strip()


_MEMORY = Bar("megabytes", 400, "MB")
WITH_SITES: Mapping[str, Bar] = {
    "threshlint, cold": Bar("ratio", 4.0, "x"),
    "threshlint, nothing changed": Bar("ratio", 0.25, "x"),
    "threshlint, one file changed": Bar("ratio", 0.6, "x"),
    "one file, unchanged": Bar("cpu", 0.25, "s of processor"),
    "one file, changed": Bar("cpu", 0.7, "s of processor"),
    "`threshlint --version`": Bar("cpu", 0.1, "s of processor"),
}
WITHOUT_SITES: Mapping[str, Bar] = {"threshlint, cold": Bar("ratio", 1.0, "x")}
LARGE: Mapping[str, Bar] = {"threshlint, cold": _MEMORY, "threshlint, nothing changed": _MEMORY}


def shortfalls(title: str, measured: Sequence[Measured], bars: Mapping[str, Bar]) -> Iterator[str]:
    """Say which figures are above their bars."""
    for each in measured:
        bar = bars.get(each.name)
        if bar is not None and getattr(each, bar.figure) > bar.most:
            yield f"{title}: {each.name}: {getattr(each, bar.figure):.2f} {bar.unit} is above {bar.most:g}"
