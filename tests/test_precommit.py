"""The hook for real: pre-commit builds threshlint from this repository, and stops a commit or lets it pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKED = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "src")
WHO = {f"GIT_{who}_{what}": "shop@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

SAME = """\
from sklearn.metrics.pairwise import cosine_similarity


def same(a, b):
    if cosine_similarity(a, b) > 0.82:
        return True
    return False
"""
VECTORS = """\
from sklearn.metrics.pairwise import cosine_similarity


def closeness(a, b):
    return cosine_similarity([a], [b])[0][0]
"""
DEDUPE = """\
from settings import DUPLICATE
from vectors import closeness


def duplicates(a, b):
    return closeness(a, b) > DUPLICATE
"""
CACHE = """\
from vectors import closeness


def is_hit(a, b):
    return closeness(a, b) > 0.95
"""

pytestmark = pytest.mark.slow


class Repository:
    """A git repository in which nothing of the caller's git and pre-commit has a say."""

    def __init__(self, folder: Path, home: Path) -> None:
        """Begin one; ``home`` is where pre-commit keeps the environments that it builds."""
        self.folder = folder
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "PYTHON"))
        }
        alone = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(home),
            "NO_COLOR": "1",
        }
        self.environment = {**inherited, **WHO, **alone}
        self.git("init", "--quiet")

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, and stage them."""
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", "--all")

    def git(self, *arguments: str) -> str:
        """Run a git command that has to succeed, and return what it prints."""
        outcome = self.run("git", *arguments)
        assert outcome.returncode == 0, outcome.stdout
        return outcome.stdout

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def threshlint(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """What a release of this working tree would hold: pre-commit installs what is committed."""
    folder = tmp_path_factory.mktemp("threshlint")
    for name in PACKED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / name, folder)
    repository = Repository(folder, home)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "threshlint")
    return repository


@pytest.fixture
def shop(home: Path, tmp_path: Path) -> Repository:
    return Repository(tmp_path, home)


def test_try_repo(threshlint: Repository, shop: Repository) -> None:
    shop.write({"same.py": SAME})
    outcome = shop.pre_commit("try-repo", str(threshlint.folder), "threshlint")
    assert outcome.returncode == 1, outcome.stdout
    assert "same.py:5:34: THR101 similarity-threshold 0.82" in outcome.stdout

    shop.write({"same.py": SAME.replace("0.82:", "0.82:  # threshold@text-embedding-3-small")})
    outcome = shop.pre_commit("try-repo", str(threshlint.folder), "threshlint")
    assert outcome.returncode == 0, outcome.stdout
    assert "Passed" in outcome.stdout


def test_commits(threshlint: Repository, shop: Repository) -> None:
    """Only the files of a commit are given to the hook; they are judged with the whole project in view."""
    revision = threshlint.git("rev-parse", "HEAD").strip()
    config = f"repos:\n  - repo: {threshlint.folder}\n    rev: {revision}\n    hooks:\n      - id: threshlint\n"
    shop.write({".pre-commit-config.yaml": config, "vectors.py": VECTORS, "dedupe.py": DEDUPE})
    shop.git("commit", "--quiet", "--message", "before the hook")
    outcome = shop.pre_commit("install", "--install-hooks")
    assert outcome.returncode == 0, outcome.stdout

    # What compares the constant is not given.
    commit_is_stopped(shop, {"settings.py": "DUPLICATE = 0.92\n"}, "settings.py:1:13: THR101 similarity-threshold 0.92")
    commit_passes(shop, {"settings.py": "DUPLICATE = 0.92  # threshold@text-embedding-3-small\n"})
    # What makes a score of two vectors is not given.
    commit_is_stopped(shop, {"cache.py": CACHE}, "cache.py:5:30: THR101 similarity-threshold 0.95")
    commit_passes(shop, {"cache.py": CACHE.replace("0.95", "0.95  # threshold@text-embedding-3-small")})


def commit_is_stopped(shop: Repository, files: Mapping[str, str], complaint: str) -> None:
    before = shop.git("rev-parse", "HEAD")
    shop.write(files)
    outcome = shop.run("git", "commit", "--message", "new")
    assert outcome.returncode == 1, outcome.stdout
    assert complaint in outcome.stdout
    assert shop.git("rev-parse", "HEAD") == before


def commit_passes(shop: Repository, files: Mapping[str, str]) -> None:
    before = shop.git("rev-parse", "HEAD")
    shop.write(files)
    shop.git("commit", "--message", "new")
    assert shop.git("rev-parse", "HEAD") != before
