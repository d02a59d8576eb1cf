"""Measure how far calibration can be trusted, on thousands of real texts under real models.

    python benchmarks/calibration.py                                  # the tables of docs/calibration.md, 20 minutes
    python benchmarks/calibration.py --write docs/calibration.md      # and put them there
    python benchmarks/calibration.py --draws 20 --only top1           # a look

The texts are the docstrings of Python's standard library; two models whose weights come in their packages embed them,
once. Exit code: 0, or 1 where a figure is short of its bar.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from calibrating.coverage import Coverage, coverage
from calibrating.draws import Corpus, Sampler, samplers
from calibrating.models import NEW, OLD, vectors_of
from calibrating.rivals import Outcome, rivals
from calibrating.speed import DIMENSIONS, ITEMS, MANY_ITEMS, memory, speed
from calibrating.texts import docstrings
from scoring.page import Markers, table, write_tables

HERE = Path(__file__).parent
MARKERS = Markers("calibration", "benchmarks/calibration.py")
THRESHOLDS = [0.95, 0.9, 0.85, 0.8, 0.7, 0.6]
TRUNCATED = 128
_RIVAL_ITEMS = 3_000
_RIVAL_THRESHOLDS = [0.9, 0.8, 0.7]
_FEWEST = 20  # vouched-for draws from which on a share says anything
LEAST_COVERED, MOST_COVERED = 0.92, 0.99
LEAST_HOLDING_ONE = 0.9
_NONE = "-"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge."""
    options = _options(arguments)
    texts = docstrings()
    old, new = vectors_of(texts, options.vectors, _progress("embedding"))
    corpora = [
        Corpus.of(old, new, (OLD.name, NEW.name)),
        Corpus.of(old, old[:, :TRUNCATED], (OLD.name, f"{OLD.name}@{TRUNCATED}")),
    ]
    parts, short = [f"{len(texts):,} texts, {options.draws} draws.\n"], []
    for corpus in corpora:
        title = f"{corpus.names[0]} → {corpus.names[1]}"
        studied = [
            (sampler, coverage(sampler, THRESHOLDS, options.draws, _progress(f"{title}, {sampler.name}")))
            for sampler in samplers(corpus)
            if not options.only or str(sampler.population) in options.only
        ]
        parts.append(f"### {title}\n\n{_coverage_table(studied)}")
        short += [f"{title}, {line}" for line in _short(studied)]
    if not options.only:
        outcomes = rivals(corpora[0], _RIVAL_THRESHOLDS, _RIVAL_ITEMS, options.rival_draws, _progress("other methods"))
        parts.append(_rival_table(outcomes))
        timed, large = speed(), memory()
        parts.append(
            f"All pairs of {ITEMS:,} × {DIMENSIONS}: {timed.ratio:.2f} times the bare matrix products "
            f"({timed.pairs:.2f} s and {timed.products:.2f} s in turn). A map of {MANY_ITEMS:,} × {DIMENSIONS}: "
            f"{large.seconds:.0f} s, {large.megabytes:,.0f} MB at the peak.\n"
        )
        if timed.ratio > options.slowest:
            short.append(f"all pairs take {timed.ratio:.2f} times the bare products")
        if large.megabytes > options.megabytes:
            short.append(f"{MANY_ITEMS:,} items take {large.megabytes:,.0f} MB")
    page = "\n".join(parts)
    print(page)
    if options.write:
        write_tables(options.write, page, MARKERS)
    for line in short:
        print(line, file=sys.stderr)
    return int(bool(short))


def _coverage_table(studied: Sequence[tuple[Sampler, Sequence[Coverage]]]) -> str:
    header = (
        "population, sample",
        "t",
        "t′",
        "positives",
        "ok",
        "t′ covered",
        "volume holds 1",
        "volume covered",
        "other verdicts",
    )
    rows = []
    for sampler, of_thresholds in studied:
        for each in of_thresholds:
            others = sorted({str(answer.verdict) for answer in each.answers} - {"ok"})
            drawn = len(each.answers)
            positives = sum(answer.positives for answer in each.answers) / drawn
            enough = len(each.vouched) >= _FEWEST
            shares = (each.of_threshold, each.of_one, each.of_volume) if enough else (None, None, None)
            rows.append(
                (
                    f"{sampler.population}, {sampler.name}",
                    f"{each.threshold:.2f}",
                    _NONE if each.whole.new is None else f"{each.whole.new:.3f}",
                    f"{positives:.0f}",
                    f"{len(each.vouched) / drawn:.0%}",
                    *(_NONE if share is None else f"{share:.3f}" for share in shares),
                    ", ".join(others) or _NONE,
                )
            )
    return table(header, rows)


def _rival_table(outcomes: Mapping[tuple[str, float], Outcome]) -> str:
    header = ["method", *(f"t = {threshold}: t′, volume, F1" for threshold in _RIVAL_THRESHOLDS)]
    names = dict.fromkeys(name for name, _ in outcomes)
    rows = []
    for name in names:
        cells = [name]
        for threshold in _RIVAL_THRESHOLDS:
            outcome = outcomes.get((name, threshold))
            cells.append(
                _NONE if outcome is None else f"{outcome.threshold:.3f}, ×{outcome.volume:.2f}, {outcome.f1:.2f}"
            )
        rows.append(cells)
    title = f"The same pairs, {_RIVAL_ITEMS:,} items drawn uniformly; volume and F1 in the whole corpus:"
    return f"{title}\n\n{table(header, rows)}"


def _short(studied: Sequence[tuple[Sampler, Sequence[Coverage]]]) -> Iterator[str]:
    """Say which figures are short of their bars, where there are draws enough to say."""
    for sampler, of_thresholds in studied:
        name = f"{sampler.population}, {sampler.name}"
        vouched = sum(len(each.vouched) for each in of_thresholds)
        if not vouched:
            continue
        # Over all thresholds: of a few draws at one of them, a share is noise.
        covered = sum(len(each.vouched) * (each.of_threshold or 0.0) for each in of_thresholds) / vouched
        holds_one = sum(len(each.vouched) * (each.of_one or 0.0) for each in of_thresholds) / vouched
        if not LEAST_COVERED <= covered <= MOST_COVERED:
            yield f"{name}: {covered:.3f} of {vouched} intervals cover t′, not {LEAST_COVERED} to {MOST_COVERED}"
        if holds_one < LEAST_HOLDING_ONE:
            yield f"{name}: {holds_one:.3f} of {vouched} volume intervals hold 1, not {LEAST_HOLDING_ONE}"


def _progress(what: str) -> Callable[[float], None]:
    def show(share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{what}: {share:.0%}" if share < 1 else "\r\033[K", end="", file=sys.stderr, flush=True)

    return show


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, default=HERE / ".vectors", metavar="DIR", help="where vectors are kept")
    parser.add_argument("--draws", type=int, default=200, metavar="N", help="how many samples are drawn")
    parser.add_argument("--rival-draws", type=int, default=5, metavar="N", help="how many for the other methods")
    parser.add_argument("--only", action="append", metavar="POPULATION", help="only pairs, top1 or topk:10")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the markers of this page")
    bars = parser.add_argument_group("bars")
    bars.add_argument("--slowest", type=float, default=3.0, help="most times the bare matrix products")
    bars.add_argument("--megabytes", type=float, default=2_000.0, help="most memory of the large sample")
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("--write needs every population: leave out --only")
    return options


if __name__ == "__main__":
    sys.exit(main())
