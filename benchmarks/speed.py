"""Measure how long threshlint takes, and how much memory, beside the tools that a hook has anyway.

    python benchmarks/speed.py                                  # the tables of docs/performance.md
    python benchmarks/speed.py --write docs/performance.md      # and put them there
    python benchmarks/speed.py sites --alone --rounds 9         # a part of it
    python benchmarks/speed.py sites siteless large --bars      # 1 where a promise is not kept

Whole processes are timed, in turns, and compared with what `ast.parse` of the same files takes in the same round. The
packages and the other tools are brought by pip, once. Exit code: 0, or 1 where a figure is above its bar (with
`--bars`), or 2 where something could not be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scoring.labels import LabelError
from scoring.packages import FetchError
from scoring.page import PageError, write_tables
from timing import bars, corpora
from timing.cases import THRESHLINT, Case, Threshlint, yardstick
from timing.page import MARKERS, comparison, growth
from timing.peers import peers
from timing.process import RunError
from timing.rounds import Measured, measure

HERE = Path(__file__).parent
COPIES = (1, 2, 4, 8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge."""
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="threshlint-speed-") as scratch:
            return measure_all(options, Path(scratch).resolve())
    except (FetchError, LabelError, PageError, RunError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def measure_all(options: argparse.Namespace, scratch: Path) -> int:
    """Do what the options ask for."""
    tables, short = [_machine()], []
    for part in options.parts:
        text, found = PARTS[part](options, scratch)
        print(text, flush=True)
        tables.append(text)
        short += found
    if options.write:
        write_tables(options.write, "\n".join(tables), MARKERS)
    for line in short:
        print(line, file=sys.stderr)
    return int(options.bars and bool(short))


def sites(options: argparse.Namespace, scratch: Path) -> tuple[str, list[str]]:
    """The packages that have sites: all of them, then one file as a hook checks it."""
    corpus = corpora.with_sites(options.packages)
    # What is edited has a folder of its own, for elsewhere nothing may have changed.
    still, moving, one = (
        Threshlint(corpus.laid_out(scratch / name), options.tool) for name in ("still", "moving", "one")
    )
    cases = [
        yardstick(still.folder), still.cold(), still.warm(), moving.edited(),
        still.one_file(), one.edited_file(), still.version(),
    ]  # fmt: skip
    if not options.alone:
        cases += peers(corpus.laid_out(scratch / "peers"), options.peers)
    return _compared("Twelve packages with sites", corpus, cases, options.rounds, bars.WITH_SITES)


def siteless(options: argparse.Namespace, scratch: Path) -> tuple[str, list[str]]:
    """The packages that have no sites."""
    corpus = corpora.without_sites(options.packages)
    folder = corpus.laid_out(scratch / "siteless")
    tool = Threshlint(folder, options.tool)
    cases = [yardstick(folder), tool.cold(), tool.warm()]
    return _compared("Six packages without sites", corpus, cases, options.rounds, bars.WITHOUT_SITES)


def large(options: argparse.Namespace, scratch: Path) -> tuple[str, list[str]]:
    """One large package."""
    corpus = corpora.large(options.packages)
    folder = corpus.laid_out(scratch / "large")
    tool = Threshlint(folder, options.tool)
    cases = [yardstick(folder), tool.cold(), tool.warm()]
    title = f"{corpora.LARGE.name} {corpora.LARGE.version}"
    return _compared(title, corpus, cases, min(options.rounds, 3), bars.LARGE)


def grown(options: argparse.Namespace, scratch: Path) -> tuple[str, list[str]]:
    """Copies of the packages with sites, under different names."""
    corpus = corpora.with_sites(options.packages)
    folders = [corpus.laid_out(scratch / f"grown{copies}", copies) for copies in COPIES]
    cases = [Threshlint(folder, options.tool).cold() for folder in folders]
    measured = measure(cases, min(options.rounds, 2))
    sizes = [(copies, copies * corpus.files(), copies * corpus.megabytes()) for copies in COPIES]
    return growth("The twelve packages once and several times, cold", sizes, measured), []


PARTS: Mapping[str, Callable[[argparse.Namespace, Path], tuple[str, list[str]]]] = {
    "sites": sites, "siteless": siteless, "large": large, "growth": grown,
}  # fmt: skip


def _compared(
    title: str, corpus: corpora.Corpus, cases: Sequence[Case], rounds: int, promised: Mapping[str, bars.Bar]
) -> tuple[str, list[str]]:
    measured: list[Measured] = measure(cases, rounds)
    whole_title = f"{title}: {corpus.files():,} files, {corpus.megabytes():.1f} MB"
    targets = {name: str(bar) for name, bar in promised.items()}
    return comparison(whole_title, measured, targets), list(bars.shortfalls(title, measured, promised))


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"Measured with Python {platform.python_version()} on {cores} cores, {system}.\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument(
        "--packages", type=Path, default=HERE / ".packages", metavar="DIR", help="where packages are kept"
    )
    parser.add_argument("--peers", type=Path, default=HERE / ".peers", metavar="DIR", help="where other tools are kept")
    parser.add_argument("--tool", type=shlex.split, default=THRESHLINT, help="the command that runs threshlint")
    parser.add_argument("--alone", action="store_true", help="leave out the other tools")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each case is run (5)")
    parser.add_argument("--bars", action="store_true", help="exit with 1 where a promise is not kept")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the markers of this page")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.write and (options.parts or options.alone):
        parser.error("--write needs every part and every tool: leave out --alone and the names of parts")
    if options.rounds < 1:
        parser.error("--rounds has to be 1 or more")
    options.parts = options.parts or list(PARTS)
    options.packages, options.peers = options.packages.resolve(), options.peers.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
