"""The speed benchmark: what it runs, what it counts, what it holds against what, on a corpus of a few lines."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import speed
from scoring.page import write_tables
from timing import bars, corpora
from timing.bars import Bar, shortfalls
from timing.cases import Case, Threshlint, yardstick
from timing.corpora import Corpus
from timing.page import MARKERS, comparison, growth
from timing.process import Cost, RunError, run
from timing.rounds import Measured, measure

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
SHOP = """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    return cosine_similarity(a, b)[0][0] > 0.82
"""


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", code)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "packages" / "shop" / "shop").mkdir(parents=True)
    (tmp_path / "packages" / "shop" / "shop" / "search.py").write_text(SHOP)
    (tmp_path / "packages" / "shop" / "shop" / "plain.py").write_text("x = 1\n")
    return Corpus("shop", (tmp_path / "packages" / "shop",))


# One process


def measured_from_a_small_process(code: str, folder: Path) -> Cost:
    """Measure as the benchmark does: what starts a process must be small, and the one that tests is not."""
    lines = (
        "import dataclasses, json, sys",
        "from pathlib import Path",
        f"sys.path.insert(0, {str(PAGE.parents[1] / 'benchmarks')!r})",
        "from timing.process import run",
        f"print(json.dumps(dataclasses.asdict(run([sys.executable, '-c', {code!r}], Path({str(folder)!r})))))",
    )
    done = subprocess.run(python("\n".join(lines)), capture_output=True, text=True, check=True)
    return Cost(**json.loads(done.stdout))


def test_a_run_is_measured_with_what_it_started(tmp_path: Path) -> None:
    hungry = "x = bytearray(150_000_000)\nfor _ in range(3_000_000): pass"
    starter = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {hungry!r}])"
    # The starter is forked from this process, whose size counts until it is another program.
    cost = measured_from_a_small_process(starter, tmp_path)
    assert cost.megabytes > 150
    assert cost.cpu > 0.02
    assert measured_from_a_small_process("pass", tmp_path).cpu < cost.cpu


def test_a_run_that_fails_is_no_measure(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"ended in 3 in .*: no\n"):
        run(python("import sys; sys.stderr.write('no\\n'); sys.exit(3)"), tmp_path)
    assert run(python("raise SystemExit(3)"), tmp_path, codes=(0, 3)).seconds > 0


def test_a_run_that_says_much_ends(tmp_path: Path) -> None:
    run(python("import sys\nfor stream in (sys.stdout, sys.stderr): stream.write('x' * 1_000_000)"), tmp_path)


# Rounds


def test_cases_take_turns_and_are_compared_round_by_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    seconds = iter([1.0, 2.0, 40.0, 2.0, 2.0, 4.0, 16.0])

    def timed(command: Sequence[str], folder: Path, codes: Sequence[int]) -> Cost:
        order.append(command[0])
        return Cost(next(seconds), 1.0, float(len(order)))

    monkeypatch.setattr("timing.rounds.run", timed)
    cases = [Case(name, (name,), tmp_path, before=lambda: order.append("before")) for name in ("a", "b", "slow")]
    a, b, slow = measure(cases, 3)
    assert order == [step for name in ("a", "b", "slow", "a", "b", "a", "b") for step in ("before", name)]
    assert (a.ratio, b.ratio, slow.ratio) == (1.0, 2.0, 40.0)
    assert (a.seconds, b.seconds, len(slow.costs)) == (2.0, 2.0, 1)
    assert a.megabytes == 12.0


# threshlint's cases


def test_the_cases_of_threshlint(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus.laid_out(tmp_path / "laid out")
    tool = Threshlint(folder)
    changed = folder / "shop" / "shop" / "search.py"
    for case in (yardstick(folder), tool.cold(), tool.warm(), tool.one_file(), tool.version()):
        case.before()
        run(case.command, case.folder, case.codes)
        assert changed.read_text() == SHOP
    assert tool.one_file().command[-1] == "shop/shop/search.py"
    assert "--cache-dir" in tool.cold().command
    for number, case in enumerate((tool.edited(), tool.edited_file())):
        case.before()
        case.before()
        assert changed.read_text().endswith("\nEDITED_1 = 1\n")
        assert changed.read_text().count("EDITED_0") == number + 1
        run(case.command, case.folder, case.codes)
    assert not list(folder.rglob(".threshlint_cache"))


def test_a_cold_run_finds_nothing_and_a_warm_one_the_cache(corpus: Corpus, tmp_path: Path) -> None:
    tool = Threshlint(corpus.laid_out(tmp_path / "still"))
    cold, warm = tool.cold(), tool.warm()
    kept = [Path(case.command[case.command.index("--cache-dir") + 1]) for case in (cold, warm)]
    assert kept[0] != kept[1]
    assert kept[1].is_dir()
    cold.before()
    run(cold.command, cold.folder, cold.codes)
    assert kept[0].is_dir()
    cold.before()
    assert not kept[0].exists()


def test_copies_have_different_names(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus.laid_out(tmp_path / "grown", 2)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("search.py")}
    assert found == {"copy0/shop/shop/search.py", "copy1/shop/shop/search.py"}
    assert corpus.files() == 2
    assert corpus.megabytes() == pytest.approx((len(SHOP) + 6) / 1e6)


# Bars and tables


def measured(
    name: str, seconds: float = 1.0, cpu: float = 1.0, megabytes: float = 100.0, ratio: float = 1.0
) -> Measured:
    return Measured(name, (Cost(seconds, cpu, megabytes),), ratio)


def test_bars() -> None:
    promised = {"a": Bar("ratio", 2.0, "x"), "b": Bar("cpu", 0.5, "s of processor"), "c": Bar("megabytes", 400, "MB")}
    kept = [measured("a", ratio=2.0), measured("b", cpu=0.5), measured("c", megabytes=400), measured("d", ratio=99)]
    assert list(shortfalls("all", kept, promised)) == []
    missed = [measured("a", ratio=2.01), measured("b", cpu=0.51), measured("c", megabytes=401)]
    assert list(shortfalls("all", missed, promised)) == [
        "all: a: 2.01 x is above 2",
        "all: b: 0.51 s of processor is above 0.5",
        "all: c: 401.00 MB is above 400",
    ]


def test_every_bar_is_of_a_case(corpus: Corpus, tmp_path: Path) -> None:
    tool = Threshlint(corpus.laid_out(tmp_path / "still"))
    names = {
        case.name
        for case in (tool.cold(), tool.warm(), tool.edited(), tool.one_file(), tool.edited_file(), tool.version())
    }
    assert {*bars.WITH_SITES, *bars.WITHOUT_SITES, *bars.LARGE} <= names


def test_tables() -> None:
    assert comparison("Shop", [measured("a", 1.234, 0.5, 99.6, 2.345)], {"a": "≤ 4 x"}).splitlines() == [
        "**Shop**",
        "",
        "| what runs | time | x `ast.parse` | processor | memory | target |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| a | 1.23 s | 2.35 | 0.50 s | 100 MB | ≤ 4 x |",
    ]
    assert growth("Shop", [(2, 2422, 17.8)], [measured("a", 9.87, ratio=2.1)]).splitlines()[-1] == (
        "| 2 | 2,422 | 17.8 | 9.9 s | 2.10 | 100 MB |"
    )


# The command


def run_speed(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(corpora, "without_sites", lambda packages: corpus)
    return speed.main(["siteless", "--rounds", "1", *arguments])


def test_the_command(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_speed(corpus, monkeypatch) == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert rows == ["what runs", "---", "`ast.parse` of every file", "threshlint, cold", "threshlint, nothing changed"]


def test_the_command_holds_to_the_bars(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bars, "WITHOUT_SITES", {"threshlint, cold": Bar("ratio", 0.001, "x")})
    assert run_speed(corpus, monkeypatch, "--bars") == 1
    assert "threshlint, cold" in capsys.readouterr().err
    assert run_speed(corpus, monkeypatch) == 0


def test_what_cannot_be_measured(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_speed(corpus, monkeypatch, "--tool", shlex.join(python("raise SystemExit(5)"))) == 2
    assert "ended in 5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "there is no part nonsense; there are sites, siteless, large, growth"),
        (["sites", "--write", "x.md"], "--write needs every part and every tool"),
        (["--rounds", "0"], "--rounds has to be 1 or more"),
    ],
)
def test_wrong_options(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        speed.main(arguments)
    assert complaint in capsys.readouterr().err


def test_the_page_has_a_place_for_the_tables_and_no_half_of_them(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    write_tables(page, "| tables |\n", MARKERS)
    assert f"{MARKERS.begin}\n\n| tables |\n\n{MARKERS.end}" in page.read_text(encoding="utf-8")
    tables = PAGE.read_text(encoding="utf-8").partition(MARKERS.begin)[2].partition(MARKERS.end)[0]
    for name in ("threshlint, cold", "ruff", "semgrep", "flake8", "fixit", "`threshlint --version`", "8 | "):
        assert f"| {name}" in tables or not tables.strip()
