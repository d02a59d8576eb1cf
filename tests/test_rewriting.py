"""Rewriting whole programs: nothing changes but numbers and their annotations, and twice changes nothing more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scoring import rewritten as looking
from scoring.rewritten import rewritten

from tests.calibrated import write_map

PROJECT = Path(__file__).parents[1]
SHOP = PROJECT / "fixtures" / "shop"
COMMAND = (sys.executable, "-m", "threshlint")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


def test_the_shop(tmp_path: Path, copy: Path) -> None:
    package = tmp_path / "shop"
    for file in SHOP.rglob("*.py"):
        target = package / file.relative_to(SHOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whatever the shop is annotated with, here all of it is the old model's.
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        target.write_text("".join(line.partition("# threshold@")[0].rstrip() + "\n" for line in lines))
    done = rewritten("shop", package, write_map(tmp_path), copy, COMMAND)
    assert done.wrong == ()
    assert done.sites >= 6
    assert done.left == 0
    assert " insertions(+)" in done.stat


def test_the_benchmark(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "small.tsv").write_text("# small==1.0\npath\tline\tvalue\tkind\tstrength\tnote\n")
    (tmp_path / "packages" / "small").mkdir(parents=True)
    (tmp_path / "packages" / "small" / "a.py").write_bytes(
        b"# coding: latin-1\r\n# \xe9\r\nfrom sklearn.metrics.pairwise import cosine_similarity\r\n\r\n"
        b"def near(q, v, k = 5, low=.25):\r\n    s = cosine_similarity([q], v)[0]\r\n"
        b"    return s.argsort()[::-1][: k] if s.max() > low else None\r\n"
    )
    command = [sys.executable, str(PROJECT / "benchmarks" / "rewriting.py"), "small"]
    folders = ["--labels", str(tmp_path / "labels"), "--packages", str(tmp_path / "packages")]
    outcome = subprocess.run(
        [*command, *folders, "--tool", " ".join(COMMAND)], text=True, capture_output=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines()[-1] == (
        "| small | 2 | 0 | 2 | 0 | 1 file changed, 1 insertion(+), 1 deletion(-) | no |"
    )


@pytest.mark.parametrize(
    ("new", "is_same"),
    [
        (b"a = 0.7123  # threshold@new-model\n", True),
        (b"a = 0.7123  # threshold@other\n", False),
        (b"a = 0.7123 # threshold@new-model\n", False),
        (b"a = 0.7123  # threshold@new-model \n", False),
        (b"a = 0.7123  # threshold@new-model", False),
        (b"a = 0.7123  # threshold@new-model\r\n", False),
        (b"b = 0.7123  # threshold@new-model\n", False),
    ],
)
def test_the_comparison_sees_every_byte(new: bytes, is_same: bool) -> None:
    def site(end: int) -> dict[str, int]:
        return {"line": 1, "column": 5, "end_line": 1, "end_column": end}

    old = looking._masked(b"a = 0.8  # threshold@old-model\n", [site(8)])
    assert (looking._masked(new, [site(11)]) == old) is is_same
