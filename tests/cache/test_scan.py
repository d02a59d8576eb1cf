"""A scan with a cache gives what a scan without one gives, whatever happened before."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threshlint.config import Config
from threshlint.scan import scan, tasks
from threshlint.scan.analyse import Analysed, Job
from threshlint.scan.cache import identity, store
from threshlint.scan.cache.memory import Memory
from threshlint.site import Inventory

SHOP = Path(__file__).resolve().parents[2] / "fixtures" / "shop" / "shop"

EMBED = """\
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("BAAI/bge-small-en-v1.5")

def closeness(one, other):
    one, other = model.encode([one, other])
    return one @ other
"""
USE = """\
from {package}embed import closeness
from {package}values import CUTOFF

def same(one, other):
    return closeness(one, other) > CUTOFF  # threshold@bge-small-en-v1.5
"""
CONTENTS = [
    EMBED,
    USE.format(package=""),
    USE.format(package="shop."),
    "CUTOFF = 0.82\n",
    "CUTOFF = 0.9  # threshold@text-embedding-3-small\n",
    "CUTOFF = {'BAAI/bge-small-en-v1.5': 0.82, 'other': 0.7}  # threshlint: ignore[THR101] why\n",
    "# a comment more\n\nCUTOFF = 0.82\n",
    "CUTOFF = (\n",
    "x = '\udcff'\n",
    "# @generated\nCUTOFF = 0.82\n",
    "",
    "from shop.values import *\nfrom embed import *\n\ndef f(a, b):\n    return closeness(a, b) < CUTOFF\n",
    "def search(query, top_k=5):\n    return index.search(query, top_k=top_k)\n",
]
PATHS = ["embed.py", "values.py", "use.py", "shop/__init__.py", "shop/embed.py", "shop/values.py", "shop/use.py"]
CONFIGS = [
    {},
    {"models": ("text-embedding-3-small",)},
    {"aliases": {"bge": ("BAAI/bge-small-en-v1.5", "bge-small-en-v1.5")}},
    {"test_paths": ("use.py",)},
    {"calls": ({"name": "embed.closeness", "parameters": ["one", "other"], "returns": "distance"},)},
    {"file_size_limit": 100},
]

writes = st.tuples(st.just("write"), st.sampled_from(PATHS), st.sampled_from(CONTENTS))
deletes = st.tuples(st.just("delete"), st.sampled_from(PATHS))
renames = st.tuples(st.just("rename"), st.sampled_from(PATHS), st.sampled_from(PATHS))
configures = st.tuples(st.just("configure"), st.sampled_from(CONFIGS))
owners = st.tuples(st.just("own"), st.sampled_from(["* @shop\n", "use.py @search\n"]))


class Project:
    """A folder, its configuration and its cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / ".threshlint_cache"
        self.config = Config(root)
        for path, content in zip(PATHS[:3], [EMBED, CONTENTS[3], CONTENTS[1]], strict=True):
            self.do("write", path, content)

    def do(self, what: str, *arguments: object) -> None:
        if what == "configure":
            self.config = replace(Config(self.root), **arguments[0])  # type: ignore[arg-type]
            return
        if what == "own":
            (self.root / "CODEOWNERS").write_text(str(arguments[0]))
            return
        path = self.root / str(arguments[0])
        path.parent.mkdir(exist_ok=True)
        if what == "write":
            path.write_bytes(str(arguments[1]).encode("utf-8", "surrogateescape"))
        elif what == "delete":
            path.unlink(missing_ok=True)
        elif path.exists():
            target = self.root / str(arguments[1])
            target.parent.mkdir(exist_ok=True)
            path.replace(target)

    def warm(self, *names: str) -> Inventory:
        return scan([self.root / name for name in names or ("",)], self.config, cache=self.cache)

    def cold(self, *names: str) -> Inventory:
        return scan([self.root / name for name in names or ("",)], self.config)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@given(edits=st.lists(writes | deletes | renames | configures | owners, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_edits_warm_is_cold(edits: Sequence[Sequence[object]], tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    project = Project(root)
    for edit in edits:
        project.do(*edit)  # type: ignore[arg-type]
        assert project.warm() == project.cold()
    names = [path for path in PATHS if (root / path).exists()]
    for name in names:
        assert project.warm(name) == project.cold(name)


def test_there_are_sites_to_lose(project: Project) -> None:
    first = project.warm()
    assert [(site.path, site.value, site.sources) for site in first.sites] == [
        ("values.py", "0.82", ("BAAI/bge-small-en-v1.5",))
    ]
    assert first == project.warm() == project.cold()


def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the files that are analysed from now on."""
    seen: list[str] = []
    analyse = tasks.analyse

    def watched(job: Job, **options: bool) -> Analysed:
        seen.append(job.relative)
        return analyse(job, **options)

    monkeypatch.setattr(tasks, "analyse", watched)
    return seen


def solved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of the sizes of the components that are solved from now on."""
    seen: list[int] = []
    solve = tasks.solve

    def watched(facts: Sequence[bytes], config: Config, memory: Memory) -> object:
        seen.append(len(facts))
        return solve(facts, config, memory)

    monkeypatch.setattr(tasks, "solve", watched)
    return seen


class TestWork:
    def test_is_done_once(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        files, components = analysed(monkeypatch), solved(monkeypatch)
        project.do("write", "alone.py", "x = 1\n")
        project.warm()
        assert (sorted(files), sorted(components)) == (["alone.py", "embed.py", "use.py", "values.py"], [1, 3])
        project.warm()
        assert (len(files), len(components)) == (4, 2)

    def test_of_an_edit_is_the_file_and_what_is_linked_to_it(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.do("write", "alone.py", "x = 1\n")
        project.warm()
        files, components = analysed(monkeypatch), solved(monkeypatch)
        project.do("write", "values.py", "CUTOFF = 0.83\n")
        assert [site.value for site in project.warm().sites] == ["0.83"]
        assert (files, components) == (["values.py"], [3])

    def test_of_a_comment_is_the_file_alone(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.warm()
        files, components = analysed(monkeypatch), solved(monkeypatch)
        project.do("write", "values.py", "CUTOFF = 0.82  # threshold@text-embedding-3-small\n")
        assert [site.models for site in project.warm().sites] == [("text-embedding-3-small",)]
        assert (files, components) == (["values.py"], [])

    def test_of_what_is_as_it_was_before_is_none(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        first = project.warm()
        project.do("write", "values.py", "CUTOFF = 0.83\n")
        project.warm()
        files, components = analysed(monkeypatch), solved(monkeypatch)
        project.do("write", "values.py", "CUTOFF = 0.82\n")
        assert project.warm() == first
        assert (files, components) == ([], [])

    def test_of_other_settings_is_to_solve_anew(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.warm()
        files, components = analysed(monkeypatch), solved(monkeypatch)
        project.do("configure", {"retired": ("BAAI/bge-small-en-v1.5",)})
        project.warm()
        assert (files, components) == ([], [3])
        project.do("configure", {"retired": ("BAAI/bge-small-en-v1.5",), "select": ("THR1",), "exclude": ("x.py",)})
        project.warm()
        assert (files, components) == ([], [3])

    def test_of_another_version_is_everything(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.warm()
        files = analysed(monkeypatch)
        identity.identity.cache_clear()
        monkeypatch.setattr("threshlint.__version__", "99.0")
        try:
            project.warm()
        finally:
            identity.identity.cache_clear()
        assert len(files) == 3

    def test_of_a_named_file_uses_what_is_known_of_all(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.config = replace(project.config, source=project.root / "threshlint.toml")
        project.warm()
        files, components = analysed(monkeypatch), solved(monkeypatch)
        assert [site.path for site in project.warm("values.py").sites] == ["values.py"]
        assert project.warm("use.py").sites == ()
        assert (files, components) == ([], [])


def test_what_may_have_been_bad_luck_is_tried_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: Job, **options: bool) -> Analysed:
        return Analysed(job.relative, reason="takes more memory than there is; split or exclude it")

    with monkeypatch.context() as context:
        context.setattr(tasks, "analyse", fail)
        assert len(project.warm().skipped) == 3
    assert project.warm().skipped == ()


def test_a_file_that_changes_in_the_middle_leaves_nothing_wrong(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyse = tasks.analyse

    def change(job: Job, **options: bool) -> Analysed:
        project.do("write", "values.py", "CUTOFF = 0.83  # something else\n")
        result = analyse(job, **options)
        project.do("write", "values.py", "if 1:\n    CUTOFF = 0.84\n")
        return result

    with monkeypatch.context() as context:
        context.setattr(tasks, "analyse", change)
        project.warm()
    assert project.warm() == project.cold()
    for content in ("CUTOFF = 0.82\n", "CUTOFF = 0.83  # something else\n"):
        project.do("write", "values.py", content)
        assert project.warm() == project.cold()


def test_a_damaged_cache_is_mended(project: Project) -> None:
    expected = project.warm()
    chance = random.Random(1)
    for turn in range(60):
        entries = [path for kind in store.KINDS for path in (project.cache / kind).iterdir()]
        for path in entries if turn % 2 else chance.sample(entries, 3):
            content = bytearray(path.read_bytes())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(content[: chance.choice((len(content), len(content), chance.randrange(len(content))))])
        assert project.warm() == expected
    assert project.warm() == expected


@pytest.mark.parametrize("content", [b"{}", b"[]\n[]", b"null", b'["x"]\n{}', b"[[1]]"])
def test_an_entry_that_says_nonsense_is_none(content: bytes, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = project.warm()
    with monkeypatch.context() as context:  # with a checksum that is right
        context.setattr(store.Store, "get", lambda self, kind, key: content)
        assert project.warm() == expected


def test_a_cache_that_cannot_be_written_is_done_without(project: Project) -> None:
    project.cache.write_text("a file")
    assert project.warm() == project.cold()
    assert project.cache.read_text() == "a file"


def test_runs_at_once(project: Project) -> None:
    expected = project.cold()
    found: list[Inventory] = []
    threads = [threading.Thread(target=lambda: found.append(project.warm())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6
    assert project.warm() == expected


def test_a_scan_through_the_api_writes_nothing(project: Project) -> None:
    project.cold()
    assert not project.cache.exists()


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


IMPORTED = """
import sys
from pathlib import Path
from threshlint.config import Config
from threshlint.scan import scan
root = Path(sys.argv[1])
assert len(scan([root], Config(root), cache=root / ".threshlint_cache").sites) == 1
heavy = ("libcst", "numpy", "threshlint.scan.lexer", "threshlint.scan.flow.engine", "threshlint.scan.knowledge")
print([name for name in heavy if name in sys.modules])
"""


def test_a_run_with_nothing_changed_imports_little(project: Project) -> None:
    assert python(IMPORTED, project.root).stdout != "[]\n"
    assert python(IMPORTED, project.root).stdout == "[]\n"


KILLED = """
import shutil, sys
from pathlib import Path
from threshlint.config import Config
from threshlint.scan import scan
root = Path(sys.argv[1])
scan([root], Config(root))
print("started", flush=True)
while True:
    shutil.rmtree(root / ".threshlint_cache", ignore_errors=True)
    for turn in range(3):
        scan([root], Config(root), cache=root / ".threshlint_cache")
"""


def test_a_run_that_is_killed_at_any_moment_leaves_nothing_wrong(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    cache = tmp_path / ".threshlint_cache"
    expected = scan([tmp_path], Config(tmp_path))
    assert len(expected.sites) == 10
    chance = random.Random(1)
    states = set()
    for _ in range(20):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.3))
        process.kill()
        process.communicate()
        states.add(tuple(len(list((cache / kind).glob("*"))) if cache.exists() else 0 for kind in store.KINDS))
        assert scan([tmp_path], Config(tmp_path), cache=cache) == expected
        assert scan([tmp_path], Config(tmp_path), cache=cache) == expected
    assert len(states) > 1, "it was always killed at the same moment"


@pytest.mark.skipif(os.name == "nt", reason="needs a link")
def test_a_cache_may_be_a_link(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    project.cache.symlink_to(tmp_path / "elsewhere")
    assert project.warm() == project.warm()
    assert (tmp_path / "elsewhere" / "CACHEDIR.TAG").exists()
