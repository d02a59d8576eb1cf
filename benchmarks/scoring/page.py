"""Figures -> Markdown tables, and the page that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring.figures import Counts, Score, alarms_without_sites, mean, total
from scoring.labels import LabelledPackage


@dataclass(frozen=True)
class Markers:
    """The lines of a page between which a benchmark writes."""

    name: str
    script: str

    @property
    def begin(self) -> str:
        """The line before the tables."""
        return f"<!-- {self.name}: what follows is written by {self.script} -->"

    @property
    def end(self) -> str:
        """The line after the tables."""
        return f"<!-- {self.name}: end -->"


ACCURACY = Markers("accuracy", "benchmarks/accuracy.py")

_PACKAGE_HEADER = (
    "package", "version", "sites", "found", "false alarms", "recall", "precision", "kind", "may", "skipped",
)  # fmt: skip
_TOOL_HEADER = ("tool", "recall", "precision", "mean recall", "mean precision", "false alarms where no site is")
_NONE = "-"


class PageError(Exception):
    """A page without a place for the tables."""


def package_table(corpus: Sequence[LabelledPackage], scores: Sequence[Score]) -> str:
    """Show what one tool makes of each package, and of all."""
    counts = [score.counts for score in scores]
    means = mean(counts)
    return table(
        _PACKAGE_HEADER,
        [
            *(_row(package.name, package.version, each) for package, each in zip(corpus, counts, strict=True)),
            _row("**ALL**", "", total(counts)),
            ("**MEAN**", *[""] * 4, *map(_percent, (means.recall, means.precision, means.kind)), "", ""),
        ],
    )


def tool_table(scores_of: Mapping[str, Sequence[Score]]) -> str:
    """Show tools beside each other."""
    return table(_TOOL_HEADER, [_tool_row(name, [one.counts for one in scores]) for name, scores in scores_of.items()])


def mistakes(corpus: Sequence[LabelledPackage], scores: Sequence[Score]) -> str:
    """List what was missed and what was a false alarm, a line each."""
    lines = []
    for package, score in zip(corpus, scores, strict=True):
        missed = sorted((label.path, label.line, label.value, label.kind) for label in score.missed)
        alarms = sorted((alarm.path, alarm.line, alarm.value, alarm.kind or "") for alarm in score.alarms)
        for title, places in (("missed", missed), ("false alarm", alarms)):
            lines += [f"{title:11}  {package.name}/{path}:{line}: {value} {kind}" for path, line, value, kind in places]
    return "".join(f"{line}\n" for line in lines)


def write_tables(page: Path, tables: str, markers: Markers = ACCURACY) -> None:
    """Put the tables in the place of those that a page has."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(markers.begin)
    _, end, after = rest.partition(markers.end)
    if not begin or not end:
        raise PageError(f"{page}: there have to be a line `{markers.begin}` and, further down, a line `{markers.end}`")
    page.write_text(f"{before}{begin}\n\n{tables}\n{end}{after}", encoding="utf-8")


def _row(name: str, version: str, counts: Counts) -> tuple[str, ...]:
    shares = map(_percent, (counts.recall, counts.precision, counts.kind)) if counts.must else [_NONE] * 3
    numbers = map(str, (counts.must, counts.found, counts.alarms))
    return (name, version, *numbers, *shares, _percent(counts.may_share), str(counts.skipped))


def _tool_row(name: str, counts: Sequence[Counts]) -> tuple[str, ...]:
    whole, means = total(counts), mean(counts)
    shares = map(_percent, (whole.recall, whole.precision, means.recall, means.precision))
    return (name, *shares, str(alarms_without_sites(counts)))


def _percent(share: float) -> str:
    return f"{share:.1%}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; every column but the first is of numbers."""
    lines = (header, ["---", *["---:"] * (len(header) - 1)], *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
