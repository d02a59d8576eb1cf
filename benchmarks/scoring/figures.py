"""What was reported, held against the labels: counts, and the shares that are made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from scoring.labels import Label, LabelledPackage

# A package with fewer labels that a tool must find would weigh too much in the mean: one row, and it swings.
FEWEST_FOR_A_SHARE = 10


@dataclass(frozen=True, order=True)
class Report:
    """A literal that a tool pointed at; a tool that knows no kinds has none."""

    path: str
    line: int
    column: int
    value: str
    kind: str | None = None


@dataclass(frozen=True)
class Counts:
    """What a tool's reports on one package, or on several, come to."""

    must: int = 0  # labels that a tool must find
    found: int = 0  # of those
    kinds: int = 0  # found, and given the right kind
    may: int = 0  # labels that it may find, and did
    alarms: int = 0
    skipped: int = 0  # files that it could not analyse

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def recall(self) -> float:
        """The share of what must be found that was."""
        return _share(self.found, self.must)

    @property
    def precision(self) -> float:
        """The share of true reports among those that are right or wrong."""
        return _share(self.found, self.found + self.alarms)

    @property
    def kind(self) -> float:
        """The share of what was found that was given the right kind."""
        return _share(self.kinds, self.found)

    @property
    def may_share(self) -> float:
        """The share of reports that are neither right nor wrong: noise, if it grows."""
        return _share(self.may, self.found + self.may + self.alarms)


@dataclass(frozen=True)
class Mean:
    """The mean of each share over packages, so that no big package decides."""

    recall: float
    precision: float
    kind: float


@dataclass(frozen=True)
class Score:
    """A tool on one package: the counts, and what it got wrong."""

    counts: Counts
    missed: tuple[Label, ...] = ()
    alarms: tuple[Report, ...] = ()


def score(package: LabelledPackage, reports: Iterable[Report], skipped: int = 0) -> Score:
    """Match reports with labels by path, line and value; each label takes one report."""
    waiting: defaultdict[tuple[str, int, str], list[Label]] = defaultdict(list)
    for label in sorted(package.labels, key=lambda label: not label.must):
        if package.counts(label.path):
            waiting[label.path, label.line, bare(label.value)].append(label)
    matched: list[tuple[Label, Report]] = []
    alarms: list[Report] = []
    seen: set[tuple[str, int, int, str]] = set()
    for report in reports:
        if not package.counts(report.path):
            continue
        place = report.path, report.line, report.column, report.value
        labels = waiting.get((report.path, report.line, bare(report.value)))
        if labels is None or place in seen:
            alarms.append(report)
        elif labels:  # an equal literal on a labelled line that has no label left is neither right nor wrong
            matched.append((labels.pop(0), report))
        seen.add(place)
    found = [(label, report) for label, report in matched if label.must]
    missed = tuple(label for labels in waiting.values() for label in labels if label.must)
    counts = Counts(
        must=len(found) + len(missed),
        found=len(found),
        kinds=sum(label.kind == report.kind for label, report in found),
        may=len(matched) - len(found),
        alarms=len(alarms),
        skipped=skipped,
    )
    return Score(counts, missed, tuple(alarms))


def bare(value: str) -> str:
    """Return a literal as it is compared: without quotes, underscores and sign."""
    return value.strip().strip("\"'").replace("_", "").lstrip("+-")


def total(counts: Iterable[Counts]) -> Counts:
    """Add counts up."""
    return sum(counts, Counts())


def mean(counts: Sequence[Counts]) -> Mean:
    """Take the mean over packages; those with few labels, and those with none, are pooled into one."""
    members = [each for each in counts if each.must >= FEWEST_FOR_A_SHARE]
    pool = total(each for each in counts if each.must < FEWEST_FOR_A_SHARE)
    if pool.must:
        members.append(pool)
    return Mean(*(_share(sum(getattr(one, name) for one in members), len(members)) for name in _MEANS))


def alarms_without_sites(counts: Iterable[Counts]) -> int:
    """Count the alarms in packages that have nothing to be found."""
    return sum(each.alarms for each in counts if not each.must)


_MEANS = tuple(field.name for field in fields(Mean))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
