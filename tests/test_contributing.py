"""CONTRIBUTING.md adds a rule, a format and a library with one file each: here they are added, and do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# "One file, `PATH` …:" and the block after it.
ADDED = re.compile(
    r"^One file, `(?P<path>[^`]+)`(?:(?!^```)[^\0])*?^```\w+\n(?P<text>(?:(?!^```)[^\0])*)^```$", re.MULTILINE
)

HITS = """\
from sklearn.metrics.pairwise import cosine_similarity

CUTOFF = 0.8  # threshold@bge-small-en-v1.5


def is_hit(a, b):
    return cosine_similarity(a, b)[0][0] > CUTOFF
"""
STORE = """\
from coolstore import Client


def search(vector):
    return [hit for hit in Client().search(vector, 12, min_score=0.25) if hit.score > 0.75]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the package with the three files of CONTRIBUTING.md in it."""
    shutil.copytree(PROJECT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    files = list(ADDED.finditer((PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(files) == 3
    for file in files:
        assert not (tmp_path / file["path"]).exists()
        (tmp_path / file["path"]).write_text(file["text"], encoding="utf-8")
    (tmp_path / "hits.py").write_text(HITS)
    (tmp_path / "store.py").write_text(STORE)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-m", "threshlint", *arguments]
    outcome = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)
    assert outcome.returncode in (0, 1), outcome.stderr
    return outcome.stdout


def test_the_rule(folder: Path) -> None:
    assert "no-reason" in run(folder, "rule", "THR207")
    found = run(folder, "check", "--isolated", "--select", "THR207", "hits.py")
    assert found == "hits.py:3:10: THR207 similarity-threshold 0.8 `CUTOFF` has no reason\n"


def test_the_format(folder: Path) -> None:
    assert run(folder, "check", "--isolated", "--output-format", "count", "store.py") == "3\n"


def test_the_library(folder: Path) -> None:
    found = run(folder, "check", "--isolated", "--output-format", "concise", "store.py").splitlines()
    assert [(line.split(": ")[0], line.split(" ")[1], line.split(" ")[3]) for line in found] == [
        ("store.py:5:52", "THR103", "12"),
        ("store.py:5:66", "THR101", "0.25"),
        ("store.py:5:87", "THR101", "0.75"),
    ]
