"""The accuracy benchmark: its figures are counted by hand on a corpus of a few lines, and its page has its shape."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import accuracy
import pytest
from scoring.figures import Counts, Report, bare, mean, score, total
from scoring.labels import LabelError, read_corpus
from scoring.page import ACCURACY, PageError, package_table, tool_table, write_tables
from scoring.tools import NARROW, WIDE, grep, ruff_magic_values

PROJECT = Path(__file__).parents[1]
LABELS = PROJECT / "benchmarks" / "corpus"
PAGE = PROJECT / "docs" / "accuracy.md"

SHOP = """\
from sklearn.metrics.pairwise import cosine_similarity

CUTOFF = 0.82


def best(query, items, top_k=5, retries=3):
    scores = cosine_similarity([query], items)[0]
    if scores.max() < 0.25 or len(items) > 100:
        return []
    return [position for position in scores.argsort()[::-1][:top_k] if scores[position] > CUTOFF]
"""
SHOP_LABELS = """\
# shop==1.0
path\tline\tvalue\tkind\tstrength\tnote
shop.py\t3\t0.82\tsimilarity-threshold\tmust\tcut of the hits
shop.py\t6\t5\ttop-k\tmust\thits
shop.py\t8\t0.25\tsimilarity-threshold\tmust\tleast of the best
shop.py\t8\t100\ttop-k\tmay\tsize of the list
"""
PLAIN = "limit = 7\nif limit > 12:\n    print(12)\n"
PLAIN_LABELS = "# plain==2.0\npath\tline\tvalue\tkind\tstrength\tnote\n"

# What the stand-in for threshlint reports: path, line, column, value, kind.
REPORTED = {
    "shop": [
        ("shop.py", 3, 10, "0.82", "distance-threshold"),  # found, of the wrong kind
        ("shop.py", 6, 30, "5", "top-k"),  # found
        ("shop.py", 6, 30, "5", "top-k"),  # the same again: a false alarm
        ("shop.py", 6, 41, "3", "top-k"),  # a false alarm
        ("shop.py", 8, 46, "1_00", "top-k"),  # may
        ("tests/test_shop.py", 1, 1, "0.5", "top-k"),  # not judged
    ],
    "plain": [("plain.py", 1, 9, "7", "top-k")],  # a false alarm where nothing is to be found
}
IN_SHOP = Counts(must=3, found=2, kinds=1, may=1, alarms=2)
IN_PLAIN = Counts(alarms=1)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two labelled packages that are already there, and a stand-in for threshlint."""
    for name, code, labels in (("shop", SHOP, SHOP_LABELS), ("plain", PLAIN, PLAIN_LABELS)):
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / "labels" / f"{name}.tsv").write_text(labels)
        (tmp_path / "packages" / name).mkdir(parents=True)
        (tmp_path / "packages" / name / f"{name}.py").write_text(code)
    stand_in(tmp_path, REPORTED)
    return tmp_path


def stand_in(folder: Path, reported: Mapping[str, Sequence[tuple[object, ...]]], skipped: Sequence[str] = ()) -> None:
    keys = ("path", "line", "column", "value", "kind")
    sites = {name: [dict(zip(keys, site, strict=True)) for site in sites] for name, sites in reported.items()}
    files = [{"path": path, "reason": "of no matter"} for path in skipped]
    (folder / "tool.py").write_text(
        f"import json, pathlib, sys\nsites = {sites!r}[pathlib.Path.cwd().name]\n"
        f"print(json.dumps({{'sites': sites, 'skipped': {files!r}}}))\nsys.exit({2 if skipped else 0})\n"
    )


def run(corpus: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = shlex.join([sys.executable, str(corpus / "tool.py")])
    folders = ["--labels", str(corpus / "labels"), "--packages", str(corpus / "packages"), "--tool", tool]
    command = [sys.executable, str(PROJECT / "benchmarks" / "accuracy.py"), *folders, *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=False)


def rows(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if line[:1] == "|"]


def test_the_figures_of_each_package_and_of_all(corpus: Path) -> None:
    outcome = run(corpus, "--alone")
    assert outcome.returncode == 0, outcome.stderr
    assert rows(outcome.stdout)[2:] == [
        ["plain", "2.0", "0", "0", "1", "-", "-", "-", "0.0%", "0"],
        ["shop", "1.0", "3", "2", "2", "66.7%", "50.0%", "50.0%", "20.0%", "0"],
        ["**ALL**", "", "3", "2", "3", "66.7%", "40.0%", "50.0%", "16.7%", "0"],
        ["**MEAN**", "", "", "", "", "66.7%", "40.0%", "50.0%", "", ""],
    ]


def test_the_mistakes(corpus: Path) -> None:
    assert run(corpus, "--alone", "--misses").stdout.split("\n\n")[1].splitlines() == [
        "false alarm  plain/plain.py:1: 7 top-k",
        "missed       shop/shop.py:8: 0.25 similarity-threshold",
        "false alarm  shop/shop.py:6: 3 top-k",
        "false alarm  shop/shop.py:6: 5 top-k",
    ]


@pytest.mark.parametrize(
    ("bar", "passed", "failed"),
    [
        ("--recall", "0.66", "0.67"),
        ("--precision", "0.4", "0.41"),
        ("--kind", "0.5", "0.51"),
        ("--may", "0.17", "0.16"),
        ("--siteless-alarms", "1", "0"),
    ],
)
def test_bars(corpus: Path, bar: str, passed: str, failed: str) -> None:
    assert run(corpus, "--alone", bar, passed).returncode == 0
    outcome = run(corpus, "--alone", bar, failed)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[0].split(":")[0] in (
        "recall in all", "precision in all", "kind", "may", "false alarms in packages without sites",
    )  # fmt: skip


def test_a_skipped_file_fails(corpus: Path) -> None:
    stand_in(corpus, REPORTED, skipped=["broken.py"])
    outcome = run(corpus, "--alone", "shop")
    assert outcome.returncode == 1
    assert outcome.stderr == "skipped: shop/broken.py: of no matter\n"
    assert rows(outcome.stdout)[2][-1] == "1"


def test_small_packages_are_pooled_in_the_mean() -> None:
    big = Counts(must=10, found=10, kinds=5, alarms=10)
    assert mean([big, IN_SHOP, IN_PLAIN]).recall == pytest.approx((1 + 2 / 3) / 2)
    assert mean([big, IN_SHOP, IN_PLAIN]).precision == pytest.approx((1 / 2 + 2 / 5) / 2)
    assert mean([big, IN_PLAIN]).precision == pytest.approx(1 / 2)  # a pool without sites has no shares
    assert total([IN_SHOP, IN_PLAIN]) == Counts(must=3, found=2, kinds=1, may=1, alarms=3)


@pytest.mark.parametrize("value", ["0.82", "-0.82", '"0.82"', "+0.8_2"])
def test_a_value_is_compared_bare(value: str) -> None:
    assert bare(value) == "0.82"


def test_ruff_is_asked_for_real(corpus: Path) -> None:
    reports = ruff_magic_values(corpus / "packages" / "shop").reports
    assert reports == (Report("shop.py", 8, 23, "0.25"), Report("shop.py", 8, 44, "100"))


def test_grep(corpus: Path) -> None:
    shop = corpus / "packages" / "shop"
    assert [(report.line, report.value) for report in grep(shop, NARROW).reports] == [(3, "0.82"), (6, "5")]
    assert [(report.line, report.value) for report in grep(shop, WIDE).reports] == [
        (3, "0.82"), (6, "5"), (6, "3"), (7, "0"), (8, "0.25"), (8, "100"), (10, "1"),
    ]  # fmt: skip


def test_the_tools_stand_beside_each_other(corpus: Path) -> None:
    page = corpus / "page.md"
    page.write_text(f"before\n{ACCURACY.begin}\nold\n{ACCURACY.end}\nafter\n")
    outcome = run(corpus, "--write", str(page))
    assert outcome.returncode == 0, outcome.stderr
    assert page.read_text() == f"before\n{ACCURACY.begin}\n\n{outcome.stdout}\n{ACCURACY.end}\nafter\n"
    assert rows(outcome.stdout)[2:6] == [
        ["threshlint", "66.7%", "40.0%", "66.7%", "40.0%", "1"],
        ["ruff PLR2004", "33.3%", "50.0%", "33.3%", "50.0%", "1"],
        ["grep, wide", "100.0%", "37.5%", "100.0%", "37.5%", "2"],
        ["grep, narrow", "66.7%", "50.0%", "66.7%", "50.0%", "2"],
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--alone", "nonsense"], "no labels of nonsense; there are plain, shop"),
        (["--write", "missing.md"], "missing.md"),
        (["--alone", "--labels", "."], "there are no labels"),
        (["--alone", "--tool", f"{sys.executable} -c 1"], "plain: no JSON (exit code 0)"),
    ],
)
def test_what_cannot_be_measured(corpus: Path, arguments: list[str], complaint: str) -> None:
    outcome = run(corpus, *arguments)
    assert outcome.returncode == 2
    assert complaint in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_row_that_is_no_row(tmp_path: Path) -> None:
    (tmp_path / "shop.tsv").write_text("# shop==1.0\nshop.py 3 0.82\n")
    with pytest.raises(LabelError, match=r"shop\.tsv:2: a row has the columns path, line"):
        read_corpus(tmp_path)


# The corpus and the page of the project


def test_the_labels_of_the_project() -> None:
    kinds = {"similarity-threshold", "distance-threshold", "top-k", "cluster-boundary", "score-weight"}
    corpus = read_corpus(LABELS)
    assert len(corpus) == 18
    assert sum(not package.labels for package in corpus) == 6
    assert {label.kind for package in corpus for label in package.labels} == kinds


def test_the_page_has_the_tables_that_the_benchmark_prints() -> None:
    corpus = read_corpus(LABELS)
    scores = [score(package, ()) for package in corpus]
    printed = tool_table(dict.fromkeys(("threshlint", *accuracy.PEERS), scores)) + package_table(corpus, scores)
    shown = rows(PAGE.read_text(encoding="utf-8").partition(ACCURACY.begin)[2].partition(ACCURACY.end)[0])
    assert len(shown) == len(rows(printed))
    for there, here in zip(shown, rows(printed), strict=True):
        assert [re.sub(r"[\d.]+%|^\d+$|^-$", "", cell) for cell in there] == [
            re.sub(r"[\d.]+%|^\d+$|^-$", "", cell) for cell in here
        ]
    sites = [(row[0], row[2]) for row in shown if len(row) == 10]
    assert sites == [(row[0], row[2]) for row in rows(printed) if len(row) == 10]


def test_writing_needs_a_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(PageError, match="there have to be a line"):
        write_tables(page, "")


def test_the_stand_in_answers_as_threshlint_does(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    command = [sys.executable, "-m", "threshlint", "check", "--report", "--isolated", "--output-format", "json", "."]
    outcome = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, check=True)
    answer = json.loads(outcome.stdout)
    assert answer["skipped"] == []
    assert answer["sites"]
    assert all({"path", "line", "column", "value", "kind"} <= site.keys() for site in answer["sites"])
