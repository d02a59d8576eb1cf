"""A small sample whose two models agree for the most part, with a project to go with it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from threshlint.cli import main

FAMILIES, SIZE = 60, 3
HOSTILE = "<script>alert('text')</script> & \"quoted\" \u202e reversed"

CODE = """\
from sklearn.metrics.pairwise import cosine_similarity

DUPLICATE = 0.8  # threshold@old-model population=pairs owner=catalog


def is_duplicate(a, b):
    return cosine_similarity([a], [b])[0][0] >= DUPLICATE


def nearest(index, query):
    return sorted(index, key=lambda one: -cosine_similarity([one], [query])[0][0])[:7]  # threshold@old-model
"""


def paired_vectors(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return families of items, more or less alike, as two models see them."""
    rng = np.random.default_rng(seed)
    count = FAMILIES * SIZE
    spread = rng.uniform(0.1, 1.2, size=(count, 1))
    items = np.repeat(rng.normal(size=(FAMILIES, 16)), SIZE, axis=0) + spread * rng.normal(size=(count, 16))
    old = items @ rng.normal(size=(16, 24)) + 0.3 * rng.normal(size=(count, 24))
    new = items @ rng.normal(size=(16, 32)) + 0.3 * rng.normal(size=(count, 32))
    return old.astype(np.float32), new.astype(np.float32)


def calibrate(*args: object) -> Result:
    """Run the command in the working directory."""
    names = ("--old-model", "old-model", "--new-model", "new-model")
    result = CliRunner().invoke(main, ["calibrate", *map(str, args), *names], prog_name="threshlint")
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with old.npy and new.npy."""
    monkeypatch.chdir(tmp_path)
    write_sample(tmp_path)
    return tmp_path


def write_sample(folder: Path) -> None:
    for name, vectors in zip(("old", "new"), paired_vectors(), strict=True):
        np.save(folder / f"{name}.npy", vectors)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a sample with texts, queries and a project, as the command writes it."""
    folder = tmp_path_factory.mktemp("page")
    write_sample(folder)
    old, new = paired_vectors()
    np.save(folder / "queries_old.npy", old[:60] + 0.1)
    np.save(folder / "queries_new.npy", new[:60] + 0.1)
    (folder / "texts.txt").write_text("".join(f"{HOSTILE} {row}\n" for row in range(len(old))), encoding="utf-8")
    (folder / "queries.txt").write_text("".join(f"query {row}\n" for row in range(60)), encoding="utf-8")
    project = folder / "project"
    project.mkdir()
    (project / "threshlint.toml").touch()
    (project / "dedupe.py").write_text(CODE)
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = calibrate(
            "old.npy", "new.npy", "--queries-old", "queries_old.npy", "--queries-new", "queries_new.npy",
            "--texts", "texts.txt", "--query-texts", "queries.txt", "--project", "project", "-o", "made.thrmap",
        )  # fmt: skip
    finally:
        os.chdir(before)
    assert result.exit_code == 0, result.output
    return folder / "made.html"
