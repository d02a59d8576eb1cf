"""Projects that are too large to be solved at once: which files go together, and what is told of them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from threshlint.cli import main
from threshlint.config import Config
from threshlint.scan import parts as parts_module
from threshlint.scan import scan, tasks
from threshlint.scan.components import Links
from threshlint.scan.parts import parts
from threshlint.scan.solve import Outcome
from threshlint.site import Inventory


def divide(files: dict[str, list[str]], most: float, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the files of each part, one byte each: its own, and those that it takes along."""
    monkeypatch.setattr(parts_module, "MOST_BYTES", most / parts_module._MOST_OF_A_PART)
    names = list(files)
    found = parts([Links(name, tuple(imports)) for name, imports in files.items()], [1] * len(names))
    return [
        (
            " ".join(names[file] for file in part.files if file in part.own),
            " ".join(names[file] for file in part.files if file not in part.own),
        )
        for part in found
    ]


class TestParts:
    def test_what_is_small_stays_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert divide({"a": ["b"], "b": [], "c": []}, 2, monkeypatch) == [("a b", ""), ("c", "")]

    def test_neighbours_stay_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        files = {"p.x.a": ["p.y.d"], "p.x.b": ["p.x.a"], "p.x.c": ["p.x.a"], "p.y.d": [], "p.y.e": ["p.y.d"]}
        assert divide(files, 3.5, monkeypatch) == [("p.x.a p.x.b", "p.y.d"), ("p.x.c", "p.x.a"), ("p.y.d p.y.e", "")]

    def test_what_is_imported_most_is_taken_along_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        files = {"a.m": ["c.one", "c.two"], "a.n": ["c.two"], "c.one": [], "c.two": [], "d.o": ["c.one"]}
        (first, *_) = divide(files, 3.5, monkeypatch)
        assert first == ("a.m a.n", "c.two")

    def test_files_of_the_same_name_can_be_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parts_module, "MOST_BYTES", 1)
        links = [Links("a", ("a.b",)), Links("a", ("a.b",)), Links("a.b")]
        assert sorted(file for part in parts(links, [1, 1, 1]) for file in part.own) == [0, 1, 2]

    @given(
        st.lists(st.tuples(st.integers(1, 9), st.lists(st.integers(0, 11), max_size=4)), min_size=1, max_size=12),
        st.integers(1, 40),
    )
    def test_every_file_belongs_to_one_part_and_none_is_too_large(
        self, drawn: list[tuple[int, list[int]]], most: int
    ) -> None:
        def module(number: int) -> str:
            return f"p{number % 3}.q{number % 2}.m{number}"

        links = [Links(module(number), tuple(map(module, imports))) for number, (_, imports) in enumerate(drawn)]
        sizes = [size for size, _ in drawn]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(parts_module, "MOST_BYTES", most)
            found = parts(links, sizes)
        assert sorted(file for part in found for file in part.own) == list(range(len(drawn)))
        for part in found:
            assert part.own <= set(part.files)
            assert list(part.files) == sorted(part.files)
            assert sum(sizes[file] for file in part.files) <= most or len(part.own) == 1


PROJECT = {
    "shop/settings.py": "CUTOFF = 0.83\nOTHER = 0.5\n",
    "shop/search/near.py": (
        "import faiss\nfrom shop.settings import CUTOFF\n\n\ndef near(index: faiss.IndexFlatIP, vectors):\n"
        "    scores, ids = index.search(vectors, 7)\n    return [score for score in scores if score > CUTOFF]\n"
    ),
    "shop/twins/find.py": (
        "from sklearn.metrics.pairwise import cosine_similarity\nfrom shop.settings import CUTOFF\n\n\n"
        "def twins(a, b):\n    return cosine_similarity(a, b) > CUTOFF\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in PROJECT.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(inventory: Inventory) -> list[tuple[str, int, str]]:
    return [(site.path, site.line, site.value) for site in inventory.sites]


def test_a_site_of_several_parts_is_told_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scan([project], Config(project))
    assert whole.in_parts == 0
    monkeypatch.setattr(parts_module, "MOST_BYTES", 1_500)
    divided = scan([project], Config(project))
    assert divided.in_parts == 3
    assert places(divided) == places(whole)
    assert ("shop/settings.py", 1, "0.83") in places(divided)


def test_it_is_said_however_often_it_is_asked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MOST_BYTES", 1_500)
    for _ in "cold", "warm":
        result = CliRunner().invoke(main, ["check", "--report", "--output-format", "json"])
        assert result.exit_code == 0
        assert "3 of these files are linked with too many others" in result.stderr
        assert json.loads(result.stdout)["in_parts"] == 3
    assert os.path.isdir(".threshlint_cache/runs")


def test_a_part_that_fails_costs_its_own_files(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MOST_BYTES", 1_500)

    def solve(facts: Sequence[bytes], *rest: object) -> Outcome:
        if len(facts) == 1:
            raise MemoryError
        return solve_part(facts, *rest)  # type: ignore[arg-type]

    solve_part = tasks.solve
    monkeypatch.setattr(tasks, "solve", solve)
    inventory = scan([project], Config(project))
    (skipped,) = inventory.skipped
    assert skipped.path == "shop/settings.py"
    assert skipped.reason.startswith("together with the files that it is linked with, takes more memory than there is")
    assert ("shop/settings.py", 1, "0.83") in places(inventory)  # the others took it along


def test_after_an_edit_warm_is_cold(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MOST_BYTES", 1_500)
    cache = project / "cache"
    for name in PROJECT:
        (project / name).write_text(PROJECT[name] + "LATER = 0.7\n")
        assert scan([project], Config(project), cache=cache) == scan([project], Config(project))


def test_when_the_last_vector_goes_warm_is_cold(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MOST_BYTES", 600)
    cache = project / "cache"
    (project / "shop" / "typed.py").write_text("(a): int = 1\n")
    scan([project], Config(project), cache=cache)
    for name in ("shop/search/near.py", "shop/twins/find.py"):
        (project / name).unlink()
    assert scan([project], Config(project), cache=cache) == scan([project], Config(project))


def test_a_flat_package_of_many_files_is_divided_in_no_time() -> None:
    links = [Links("p"), *(Links(f"p.m{number}", ("p",)) for number in range(20_000))]
    before = time.process_time()
    found = parts(links, [2_000] * len(links))
    assert len(found) > 3
    assert time.process_time() - before < 5
