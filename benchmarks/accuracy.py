"""Measure how well threshlint finds the sites of real packages, beside what one would use without it.

    python benchmarks/accuracy.py                              # the tables of docs/accuracy.md
    python benchmarks/accuracy.py --write docs/accuracy.md     # and put them there
    python benchmarks/accuracy.py --alone --misses redisvl     # one package, with every mistake

The packages are downloaded by pip, once. Exit code: 0, or 1 where a figure is short of its bar or a file was skipped,
or 2 where something could not be measured.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from scoring.figures import Counts, Score, alarms_without_sites, mean, score, total
from scoring.labels import LabelError, LabelledPackage, read_corpus
from scoring.packages import FetchError, unpacked
from scoring.page import PageError, mistakes, package_table, tool_table, write_tables
from scoring.tools import NARROW, THRESHLINT, WIDE, Answer, ToolError, grep, ruff_magic_values, threshlint

HERE = Path(__file__).parent
PEERS: Mapping[str, Callable[[Path], Answer]] = {
    "ruff PLR2004": ruff_magic_values,
    "grep, wide": partial(grep, pattern=WIDE),
    "grep, narrow": partial(grep, pattern=NARROW),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge."""
    options = _options(arguments)
    try:
        return measure(options)
    except (FetchError, LabelError, PageError, ToolError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def measure(options: argparse.Namespace) -> int:
    """Do what the options ask for."""
    corpus = _named(read_corpus(options.labels), options.names)
    folders = [unpacked(package.name, package.version, options.packages) for package in corpus]
    answers = _ask(partial(threshlint, command=options.tool), corpus, folders, "threshlint")
    scores = [score(one, answer.reports, len(answer.skipped)) for one, answer in zip(corpus, answers, strict=True)]
    tables = package_table(corpus, scores)
    if not options.alone:
        tables = f"{_comparison(scores, corpus, folders)}\n{tables}"
    print(tables, end="")
    if options.misses:
        print(f"\n{mistakes(corpus, scores)}", end="")
    if options.write:
        write_tables(options.write, tables)
    short = [*shortfalls([each.counts for each in scores], options), *_skipped(corpus, answers)]
    for line in short:
        print(line, file=sys.stderr)
    return int(bool(short))


def shortfalls(counts: Sequence[Counts], bars: argparse.Namespace) -> Iterator[str]:
    """Say which figures are short of their bars."""
    whole, means = total(counts), mean(counts)
    for name, figure, bar in (
        ("recall in all", whole.recall, bars.recall),
        ("mean recall", means.recall, bars.recall),
        ("precision in all", whole.precision, bars.precision),
        ("mean precision", means.precision, bars.precision),
        ("kind", whole.kind, bars.kind),
    ):
        if figure < bar:
            yield f"{name}: {figure:.3f} is below {bar}"
    if whole.may_share > bars.may:
        yield f"may: {whole.may_share:.3f} is above {bars.may}"
    alarms = alarms_without_sites(counts)
    if bars.siteless_alarms is not None and alarms > bars.siteless_alarms:
        yield f"false alarms in packages without sites: {alarms} are more than {bars.siteless_alarms}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="PACKAGE", help="only these packages of the corpus")
    parser.add_argument("--labels", type=Path, default=HERE / "corpus", metavar="DIR", help="the labels")
    parser.add_argument(
        "--packages", type=Path, default=HERE / ".packages", metavar="DIR", help="where packages are kept"
    )
    parser.add_argument("--tool", type=shlex.split, default=THRESHLINT, help="the command that runs threshlint")
    parser.add_argument("--alone", action="store_true", help="leave out the other tools")
    parser.add_argument("--misses", action="store_true", help="list what was missed and what was a false alarm")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the markers of this page")
    bars = parser.add_argument_group("bars", "recall and precision are held against theirs in all and in the mean")
    bars.add_argument("--recall", type=float, default=0.0, help="least share of sites that are found")
    bars.add_argument("--precision", type=float, default=0.0, help="least share of reports that are right")
    bars.add_argument("--kind", type=float, default=0.0, help="least share of found sites with the right kind")
    bars.add_argument(
        "--may", type=float, default=1.0, help="largest share of reports that are neither right nor wrong"
    )
    bars.add_argument("--siteless-alarms", type=int, metavar="N", help="most false alarms in packages without sites")
    options = parser.parse_args(arguments)
    if options.write and (options.names or options.alone):
        parser.error("--write needs every package and every tool: leave out --alone and the names of packages")
    return options


def _named(corpus: Sequence[LabelledPackage], names: Sequence[str]) -> Sequence[LabelledPackage]:
    unknown = sorted(set(names) - {package.name for package in corpus})
    if unknown:
        raise LabelError(
            f"no labels of {', '.join(unknown)}; there are {', '.join(package.name for package in corpus)}"
        )
    return [package for package in corpus if not names or package.name in names]


def _comparison(scores: Sequence[Score], corpus: Sequence[LabelledPackage], folders: Sequence[Path]) -> str:
    """Measure the other tools, and show them beside threshlint."""
    scores_of = {"threshlint": scores}
    for name, ask in PEERS.items():
        answers = _ask(ask, corpus, folders, name)
        scores_of[name] = [score(one, answer.reports) for one, answer in zip(corpus, answers, strict=True)]
    return tool_table(scores_of)


def _ask(
    tool: Callable[[Path], Answer], corpus: Sequence[LabelledPackage], folders: Sequence[Path], name: str
) -> list[Answer]:
    answers = []
    for package, folder in zip(corpus, folders, strict=True):
        if sys.stderr.isatty():
            print(f"\r\033[K{name}: {package.name}", end="", file=sys.stderr, flush=True)
        answers.append(tool(folder))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return answers


def _skipped(corpus: Sequence[LabelledPackage], answers: Sequence[Answer]) -> Iterator[str]:
    for package, answer in zip(corpus, answers, strict=True):
        for reason in answer.skipped:
            yield f"skipped: {package.name}/{reason}"


if __name__ == "__main__":
    sys.exit(main())
