"""Which files are solved together, and that it does not matter what else lies beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from threshlint.config import Config
from threshlint.scan import scan
from threshlint.scan.analyse import Job, analyse
from threshlint.scan.components import Links, components, imported, links_of
from threshlint.site import Inventory

PROGRAMS = Path(__file__).resolve().parents[1] / "fixtures" / "programs"


def parts(files: dict[str, list[str]]) -> list[list[str]]:
    """Return the components of modules that import others, by their names."""
    names = list(files)
    links = [Links(name, tuple(imports)) for name, imports in files.items()]
    return [[names[index] for index in each] for each in components(links)]


class TestComponents:
    def test_files_without_imports_stand_alone(self) -> None:
        assert parts({"a": [], "b": ["numpy"], "c.d": []}) == [["a"], ["b"], ["c.d"]]

    def test_an_import_links_both_ways(self) -> None:
        assert parts({"a": ["c"], "b": [], "c": [], "d": ["c.name"]}) == [["a", "c", "d"], ["b"]]

    def test_links_reach_far(self) -> None:
        assert parts({"a": ["b"], "b": ["c"], "c": ["d"], "d": [], "e": []}) == [["a", "b", "c", "d"], ["e"]]

    def test_cycles_are_no_trouble(self) -> None:
        assert parts({"a": ["b"], "b": ["a"], "c": ["c"]}) == [["a", "b"], ["c"]]

    def test_a_package_is_linked_to_what_is_in_it(self) -> None:
        assert parts({"p": [], "p.a": [], "p.q": [], "p.q.b": [], "r.c": [], "r.d": []}) == [
            ["p", "p.a", "p.q", "p.q.b"],
            ["r.c"],
            ["r.d"],
        ]

    def test_an_import_means_the_packages_above_as_well(self) -> None:
        assert parts({"p": [], "x": ["p.gone.name"]}) == [["p", "x"]]

    def test_settings_are_linked_to_who_asks_django_for_them(self) -> None:
        files = {"project.settings.base": [], "shop.views": ["django.conf.settings"], "other": ["django.db"]}
        assert parts(files) == [["project.settings.base", "shop.views"], ["other"]]

    def test_what_is_imported_later_is_linked(self) -> None:
        links = [Links("a", (), ("shop.index",)), Links("shop.index"), Links("shop.other")]
        assert components(links) == [[0, 1], [2]]


def test_what_a_file_imports_itself() -> None:
    links = [Links("a", ("p.b.name",)), Links("p"), Links("p.b", ("a",)), Links("c")]
    assert imported(links) == [[1, 2], [], [0], []]


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("index = LazyImport('shop.index')\n", ("shop.index",)),
        ("index = import_module('shop.index')\nx = 'not a module'\n", ("shop.index",)),
        ("index = load('shop.index')\n", ()),
    ],
)
def test_modules_that_are_named_to_be_imported_later(text: str, later: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"import numpy\n{text}")
    facts = analyse(Job(tmp_path / "a.py", "a.py", "a")).facts
    assert facts is not None
    assert links_of(facts).later == later
    assert "numpy" in links_of(facts).imports


def programs() -> list[Path]:
    groups = (path for path in PROGRAMS.iterdir() if path.is_dir())
    every = sorted(path for group in groups for path in group.iterdir() if path.is_dir() or path.suffix == ".py")
    return every[::3]


def test_programs_that_are_thrown_together_give_what_each_gives_alone() -> None:
    config = Config(PROGRAMS)
    together = scan(programs(), config)
    alone = [scan([program], config) for program in programs()]
    assert len(together.sites) > 150
    for part in ("sites", "embedders", "annotations", "suppressions", "mismatches"):
        assert sorted(map(repr, getattr(together, part))) == sorted(
            repr(each) for inventory in alone for each in getattr(inventory, part)
        )


def test_names_say_nothing_of_files_that_are_not_linked(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(
        "import faiss\n\nclass Store:\n    def __init__(self):\n        self.index = faiss.IndexFlatIP(8)\n\n"
        "    def find(self, vector, count):\n        return self.index.search(vector, count)\n"
    )
    (tmp_path / "linked.py").write_text("import store\n\ndef f(x, vector):\n    return x.find(vector, count=7)\n")
    (tmp_path / "apart.py").write_text("def f(x, vector):\n    return x.find(vector, count=7)\n")

    def values(inventory: Inventory) -> list[tuple[str, str]]:
        return [(site.path, site.value) for site in inventory.sites]

    assert values(scan([tmp_path], Config(tmp_path))) == [("linked.py", "7")]
