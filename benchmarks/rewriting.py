"""Rewrite real packages, and prove that nothing changes but thresholds and their annotations.

    python benchmarks/rewriting.py                                # the table of docs/rewrite.md
    python benchmarks/rewriting.py --write docs/rewrite.md        # and put it there
    python benchmarks/rewriting.py semhash chonkie                # other packages of the corpus

Each package is annotated by script, and every site gets a new value: the map's where it vouches for one, else one that
is made up and accepted. The files before and after are then compared byte for byte, with numbers and models masked, and
all of it is done twice. The packages are downloaded by pip, once. Exit code: 0, or 1 where anything else changed, or 2
where something could not be measured.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scoring.labels import LabelError, read_corpus
from scoring.packages import FetchError, unpacked
from scoring.page import Markers, PageError, table, write_tables
from scoring.rewritten import NEW, OLD, Rewritten, rewritten
from scoring.tools import THRESHLINT, ToolError

from threshlint.calibration import PAIRS, TOP1, PairedSample, Space, fit, save, top_k

HERE = Path(__file__).parent
PACKAGES = ("imagededup", "nano-graphrag", "semantic-router", "semhash", "txtai")
MARKERS = Markers("rewriting", "benchmarks/rewriting.py")
HEADER = ("package", "sites", "by the map", "accepted", "left", "git diff --shortstat", "anything else")


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite, print, judge."""
    options = _options(arguments)
    try:
        done = list(_rewrite(options))
    except (FetchError, LabelError, ToolError, OSError) as error:
        return _fail(error)
    tables = table(HEADER, map(_row, done))
    print(tables, end="")
    if options.write:
        try:
            write_tables(options.write, tables, MARKERS)
        except (PageError, OSError) as error:
            return _fail(error)
    wrong = [f"{each.name}: {what}" for each in done for what in each.wrong]
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


def _fail(error: Exception) -> int:
    print(f"error: {error}", file=sys.stderr)
    return 2


def _rewrite(options: argparse.Namespace) -> Iterator[Rewritten]:
    corpus = {package.name: package for package in read_corpus(options.labels)}
    unknown = sorted(set(options.names) - corpus.keys())
    if unknown:
        raise LabelError(f"no package {', '.join(unknown)}; there are {', '.join(corpus)}")
    with tempfile.TemporaryDirectory() as scratch:
        map_file = Path(scratch, "old-to-new.thrmap")
        _make_map(map_file)
        for name in options.names or PACKAGES:
            if sys.stderr.isatty():
                print(f"\r\033[K{name}", end="", file=sys.stderr, flush=True)
            package = unpacked(name, corpus[name].version, options.packages)
            copy = Path(scratch, name)
            copy.mkdir()
            yield rewritten(name, package, map_file, copy, options.tool)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _make_map(file: Path) -> None:
    """Make a map of two made-up models that agree well: what it says is of no matter here."""
    rng = np.random.default_rng(3)
    meanings = np.repeat(rng.normal(size=(60, 16)), 4, axis=0) + rng.normal(size=(240, 16)) * 0.5
    sample = PairedSample(
        meanings, np.tanh(meanings * 0.3) + 0.2, meanings[::2] + 0.1, np.tanh(meanings[::2] * 0.3) + 0.2
    )
    save(fit(sample, Space(OLD, 16), Space(NEW, 16), [PAIRS, TOP1, top_k(5), top_k(10)]), file)


def _row(done: Rewritten) -> tuple[str, ...]:
    return (
        done.name,
        *map(str, (done.sites, done.by_map, done.accepted, done.left)),
        done.stat or "nothing",
        f"{len(done.wrong)}, see below" if done.wrong else "no",
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="PACKAGE", help="these packages of the corpus")
    parser.add_argument("--labels", type=Path, default=HERE / "corpus", metavar="DIR", help="the labels")
    parser.add_argument(
        "--packages", type=Path, default=HERE / ".packages", metavar="DIR", help="where packages are kept"
    )
    parser.add_argument("--tool", type=shlex.split, default=THRESHLINT, help="the command that runs threshlint")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table between the markers of this page")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
