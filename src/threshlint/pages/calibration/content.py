"""What a calibration page says, before it is laid out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from threshlint.calibration.flips import Flip, flips
from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.population import PAIRS, TOP1, Population
from threshlint.calibration.recalibration import Recalibration, Verdict
from threshlint.calibration.sample import PairedSample
from threshlint.calibration.units import Unit, unit_of
from threshlint.output.text import printable
from threshlint.pages.calibration import words
from threshlint.pages.calibration.curve import curve_of, thresholds_of
from threshlint.pages.calibration.figures import distributions, mapping, top_k
from threshlint.pages.calibration.figures import flips as flip_figure
from threshlint.pages.calibration.marks import Mark, marks_of
from threshlint.pages.svg import Drawing
from threshlint.proposal import Proposal, Refusal
from threshlint.site import Skipped

_EXAMPLES = 6  # in each direction
_LONG = 3  # sites whose flips are shown unasked; those of others open on a click


@dataclass(frozen=True)
class Subject:
    """What a page is about.

    Attributes:
        made: The map.
        sample: What it was made from, for the texts of examples.
        proposals: What becomes of the sites of the old model; None where no project was looked at.
        skipped: What could not be analysed in that project.
        project: Where it is, for people.

    """

    made: CalibrationMap
    sample: PairedSample
    proposals: tuple[Proposal, ...] | None = None
    skipped: tuple[Skipped, ...] = ()
    project: str = ""


@dataclass(frozen=True)
class Decision:
    """One threshold with what the map says of it, in words."""

    old: str
    verdict: str
    label: str
    look: str
    reason: str
    new: str = words.NOTHING
    interval: str = words.NOTHING
    volume: str = words.NOTHING
    volume_interval: str = words.NOTHING
    precision: str = words.NOTHING
    recall: str = words.NOTHING
    f1: str = words.NOTHING
    best_f1: str = words.NOTHING
    kappa: str = words.NOTHING
    kappa_interval: str = words.NOTHING
    agreement: str = words.NOTHING
    agreement_interval: str = words.NOTHING
    positives: str = words.NOTHING
    fires_old: str = words.NOTHING
    fires_new: str = words.NOTHING
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteRow:
    """One site of the table."""

    number: int
    place: str
    name: str
    kind: str
    owner: str
    measured: str
    decision: Decision
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A pair whose decision flips."""

    first: str
    second: str
    old: str
    new: str


@dataclass(frozen=True)
class Case:
    """What changes at one threshold."""

    number: str
    unit: str
    as_drawn: str
    is_open: bool
    decision: Decision
    picture: Drawing
    kept: int
    lost: int
    gained: int
    unseen: int
    lost_examples: tuple[Example, ...]
    gained_examples: tuple[Example, ...]


@dataclass(frozen=True)
class Part:
    """One population."""

    anchor: str
    title: str
    purpose: str
    noun: str
    total: str
    resolves: str
    second: str
    marks: bool
    distributions: Drawing
    mapping: Drawing
    curve: tuple[Decision, ...]
    cases: tuple[Case, ...]
    is_example: bool


@dataclass(frozen=True)
class Content:
    """A whole page."""

    subject: Subject
    sites: tuple[SiteRow, ...]
    tally: tuple[tuple[str, str, int], ...]
    parts: tuple[Part, ...]
    top_k: Drawing | None
    glossary: tuple[tuple[str, str, str, str], ...]


def content_of(subject: Subject, progress: Callable[[float], None] = lambda share: None) -> Content:
    """Work out what a page says.

    Args:
        subject: What it is about.
        progress: Told the share that is done, from 0 to 1.

    """
    made, proposals = subject.made, subject.proposals or ()
    marks = {population: marks_of(made, population, proposals) for population in made.populations}
    grids = {
        population: thresholds_of(made, population, [mark.old for mark in marks[population]])
        for population in made.populations
    }
    steps, done = sum(map(len, grids.values())), 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done / steps)

    parts = tuple(
        _part(subject, population, marks[population], curve_of(made, population, grids[population], step))
        for population in made.populations
    )
    sites = tuple(_site(number, proposal) for number, proposal in enumerate(proposals, start=1))
    return Content(
        subject,
        sites,
        _tally(proposals),
        parts,
        top_k.draw(made, made.top_k) if made.top_k is not None else None,
        _glossary(proposals, parts),
    )


def _part(subject: Subject, population: Population, marks: Sequence[Mark], curve: Sequence[Recalibration]) -> Part:
    made = subject.made
    shown = [mark for mark in marks if mark.new is not None]
    cases = shown or _typical(curve)
    return Part(
        anchor=str(population).replace(":", "-"),
        title=words.title_of(population),
        purpose=words.purpose_of(population),
        noun=words.noun_of(population),
        total=words.size_of(made.scores_of(population), population),
        resolves=words.resolves(made.scores_of(population), made.old),
        second="" if population == PAIRS else "best hit today" if population == TOP1 else "hit",
        marks=bool(marks),
        distributions=distributions.draw(made, population, marks),
        mapping=mapping.draw(made, curve, marks),
        curve=tuple(map(_decision, curve)),
        cases=tuple(_case(subject, population, mark, is_open=at < _LONG) for at, mark in enumerate(cases)),
        is_example=not shown,
    )


def _typical(curve: Sequence[Recalibration]) -> list[Mark]:
    """Choose a threshold to show where the project has none: the middle one of those that can move."""
    good = [answer for answer in curve if answer.verdict is Verdict.OK]
    able = good or [answer for answer in curve if answer.new is not None]
    if not able:
        return []
    answer = able[len(able) // 2]
    return [Mark("", answer.old, answer, answer.new, answer.low, answer.high)]


def _case(subject: Subject, population: Population, mark: Mark, *, is_open: bool) -> Case:
    made = subject.made
    assert mark.new is not None
    old, new = unit_of(made.old).closeness(mark.old), unit_of(made.new).closeness(mark.new)
    fates = flip_figure.fates_of(made, population, old, new)
    kept, lost, gained = fates.counts
    found = flips(made.scores_of(population), old, new, _EXAMPLES)
    drawn = unit_of(made.old).name
    return Case(
        number=mark.number,
        unit=words.unit_words(mark.answer.unit),
        as_drawn="" if mark.answer.unit == drawn else f"{words.number(mark.old)} as {words.unit_words(drawn)}",
        is_open=is_open,
        decision=_decision(mark.answer),
        picture=flip_figure.draw(made, population, fates, mark.old),
        kept=kept,
        lost=lost,
        gained=gained,
        unseen=sum(map(math.isinf, fates.gained)),
        lost_examples=_examples(subject, population, (flip for flip in found if not flip.gained)),
        gained_examples=_examples(subject, population, (flip for flip in found if flip.gained)),
    )


def _examples(subject: Subject, population: Population, found: Iterable[Flip]) -> tuple[Example, ...]:
    made, sample = subject.made, subject.sample
    of_query = bool(population.k) and sample.has_queries
    return tuple(
        Example(
            _named(sample.query_texts if of_query else sample.texts, None if of_query else sample.ids, flip.first),
            _named(sample.texts, sample.ids, flip.second),
            _score(unit_of(made.old), flip.old),
            _score(unit_of(made.new), flip.new),
        )
        for flip in found
    )


def _score(unit: Unit, closeness: float) -> str:
    return "not among the best hits" if math.isinf(closeness) else words.fixed(unit.told(closeness), 3)


def _named(texts: Sequence[str] | None, ids: Sequence[str] | None, row: int) -> str:
    if texts is not None:
        return printable(words.shortened(texts[row]))
    return printable(ids[row]) if ids is not None else f"row {row}"


def _site(number: int, proposal: Proposal) -> SiteRow:
    site, answer = proposal.site, proposal.recalibration
    over = words.title_of(proposal.population).lower() if proposal.population is not None else ""
    unit = words.unit_words(proposal.unit) if proposal.unit is not None else ""
    return SiteRow(
        number=number,
        place=printable(f"{site.path}:{site.line}"),
        name=printable(site.name or ""),
        kind=str(site.kind),
        owner=printable(site.owner or ""),
        measured=", ".join(filter(None, (unit, over))),
        decision=_decision(answer) if answer else _undecided(site.value, proposal.verdict, proposal.reason),
        evidence=tuple(map(printable, proposal.evidence)),
    )


def _undecided(old: str, verdict: Verdict | Refusal, reason: str) -> Decision:
    label, _ = words.VERDICTS[verdict]
    return Decision(old, str(verdict), label, words.look_of(verdict), reason)


def _decision(answer: Recalibration) -> Decision:
    label, _ = words.VERDICTS[answer.verdict]
    irreducible = answer.irreducible_disagreement
    return Decision(
        old=words.number(answer.old),
        new=words.number(answer.new, 8),
        interval=words.interval(answer.low, answer.high),
        verdict=str(answer.verdict),
        label=label,
        look=words.look_of(answer.verdict),
        reason=answer.reason,
        volume=words.ratio(answer.volume_ratio),
        volume_interval=words.interval(answer.volume_low, answer.volume_high),
        precision=words.share(answer.precision),
        recall=words.share(answer.recall),
        f1=words.hundredths(answer.f1),
        best_f1=words.hundredths(None if irreducible is None else 1 - irreducible),
        kappa=words.hundredths(answer.kappa),
        kappa_interval=words.interval(answer.kappa_low, answer.kappa_high),
        agreement=words.number(answer.agreement_optimal, 4),
        agreement_interval=words.interval(answer.agreement_low, answer.agreement_high),
        positives=words.thousands(answer.positives),
        fires_old=words.share(answer.firing_rate_old),
        fires_new=words.share(answer.firing_rate_new),
        remarks=answer.remarks,
    )


def _tally(proposals: Sequence[Proposal]) -> tuple[tuple[str, str, int], ...]:
    counts = Counter(proposal.verdict for proposal in proposals)
    return tuple(
        (words.VERDICTS[verdict][0], words.look_of(verdict), counts[verdict])
        for verdict in words.VERDICTS
        if counts[verdict]
    )


def _glossary(proposals: Sequence[Proposal], parts: Sequence[Part]) -> tuple[tuple[str, str, str, str], ...]:
    """Explain the verdicts that the page has."""
    there = {str(proposal.verdict) for proposal in proposals}
    there |= {decision.verdict for part in parts for decision in part.curve}
    return tuple(
        (str(verdict), label, words.look_of(verdict), meaning)
        for verdict, (label, meaning) in words.VERDICTS.items()
        if str(verdict) in there
    )
