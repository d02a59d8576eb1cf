"""The fuzzers: a short run of each, and that they would find what they look for."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import fuzz
import pytest
from fuzzing import growth, law
from fuzzing.growth import check_growth
from fuzzing.law import BrokenLawError, check_scan
from fuzzing.mutations import mutants
from fuzzing.programs import programs, projects
from fuzzing.rounds import STDLIB, modules
from fuzzing.shapes import SHAPES, Shape
from hypothesis import HealthCheck, given, settings

from threshlint.config import Config
from threshlint.scan import scan
from threshlint.site import Inventory, Skipped

MODULES = sorted(STDLIB.glob("*.py"))

short = settings(
    max_examples=20,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@short
@given(files=projects())
def test_generated_programs(files: dict[str, bytes], tmp_path: Path) -> None:
    check_scan(tmp_path / "project", files, cache=tmp_path / "cache")


@short
@given(content=mutants(MODULES))
def test_changed_files(content: bytes, tmp_path: Path) -> None:
    check_scan(tmp_path / "project", {"m.py": content}, cache=tmp_path / "cache")


def test_modules_of_the_library(tmp_path: Path) -> None:
    small = [path for path in MODULES if path.stat().st_size < 20_000]
    assert modules(tmp_path / "project", 0, 20, small) == "20 files, 0 skipped"


# What the fuzzers found, made as small as can be.
FOUND = {
    "a sign and a number in brackets": "from sklearn.metrics.pairwise import cosine_similarity\n"
    "cosine_similarity(a, b) < -(0.5)\n",
    "a sign and a number in brackets, with a remark": "similarity = threshold > -(  # a-b\n 0.5)\n",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str, tmp_path: Path) -> None:
    assert check_scan(tmp_path / "project", {"m.py": FOUND[name].encode()}, cache=tmp_path / "cache") == {}


# What once took time by the square of its size, or worse.
@pytest.mark.parametrize("name", ["classes in a ring", "overrides that ask above", "one query"])
def test_growth(name: str, tmp_path: Path) -> None:
    check_growth(name, SHAPES[name], tmp_path / "project")


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_python_and_grow(name: str) -> None:
    once, twice = (SHAPES[name].files(size) for size in (100, 200))
    for content in (*once.values(), *twice.values()):
        ast.parse(content)
    assert sum(map(len, twice.values())) > 1.5 * sum(map(len, once.values()))


# That the generator is worth its while


def test_programs_have_statements_of_every_kind_and_are_mostly_valid() -> None:
    kinds: set[type[ast.AST]] = set()
    outcomes: list[bool] = []

    @settings(short, max_examples=200)
    @given(programs())
    def look(text: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                compile(text, "generated", "exec")
                kinds.update(type(node) for node in ast.walk(ast.parse(text)))
            except SyntaxError:
                outcomes.append(False)
            else:
                outcomes.append(True)

    look()
    assert sum(outcomes) > 0.8 * len(outcomes)
    wanted = {*ast.stmt.__subclasses__(), *ast.expr.__subclasses__()}
    deprecated = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Suite"}
    missing = {kind.__name__ for kind in wanted - kinds} - deprecated
    assert len(missing) <= 6, missing  # what needs luck, such as a loop in an async function


# That a broken law is seen


Change = Callable[[Inventory], Inventory]


def scan_that(change: Change) -> Callable[[Sequence[Path], Config], Inventory]:
    return lambda paths, config: change(scan(paths, config))


def skip(inventory: Inventory, reason: str) -> Inventory:
    return replace(inventory, skipped=(Skipped("m.py", reason),), files=inventory.files - 1)


def moved(inventory: Inventory) -> Inventory:
    spans = [replace(site.span, column=site.span.column + 1) for site in inventory.sites]
    return replace(
        inventory, sites=tuple(replace(site, span=span) for site, span in zip(inventory.sites, spans, strict=True))
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda found: replace(found, sites=()), "the site of good_marker.py is lost"),
        (lambda found: replace(found, sites=found.sites[:1]), "m.py was not read to its end"),
        (lambda found: replace(found, files=found.files - 1), "1 files are analysed and 0 skipped, of 2"),
        (lambda found: skip(found, "cannot be parsed: invalid syntax"), "m.py is Python, and is said to be none"),
        (lambda found: skip(found, "could not be analysed, which is a bug in threshlint"), "which is a bug"),
        (moved, "is reported where '.8250125' stands"),
    ],
)
def test_a_scan_that_breaks_a_law(
    change: Change, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"m.py": b"x = 1\n"}
    check_scan(tmp_path / "project", files)
    monkeypatch.setattr(law, "scan", scan_that(change))
    with pytest.raises(BrokenLawError, match=complaint):
        check_scan(tmp_path / "project", files)


def test_a_file_that_is_half_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "scan", scan_that(lambda found: replace(found, skipped=(), files=2)))
    with pytest.raises(BrokenLawError, match=r"m\.py is no Python, and is not named as skipped"):
        check_scan(tmp_path / "project", {"m.py": b"x = (\n"})


def test_a_cache_that_tells_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(paths: Sequence[Path], config: Config, cache: Path | None = None) -> Inventory:
        found = scan(paths, config)
        return found if cache is None else replace(found, embedders=(), sites=found.sites[:1])

    monkeypatch.setattr(law, "scan", forgetful)
    with pytest.raises(BrokenLawError, match="with a cache the scan finds something else"):
        check_scan(tmp_path / "project", {"m.py": b"x = 1\n"}, cache=tmp_path / "cache")


def test_what_cannot_be_parsed_is_told(tmp_path: Path) -> None:
    (reason,) = check_scan(tmp_path / "project", {"m.py": b"x = (\n"}).values()
    assert reason.startswith("cannot be parsed")


def test_growth_by_the_square(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    shape = Shape(10, lambda size: {"m.py": b"x\n" * size})
    monkeypatch.setattr(growth, "_seconds", lambda folder, files: (sum(map(len, files.values())) / 20) ** 2)
    with pytest.raises(BrokenLawError, match=r"squares: 1\.00 s, 4\.00 s and 16\.00 s for 10"):
        check_growth("squares", shape, tmp_path)
    monkeypatch.setattr(growth, "_seconds", lambda folder, files: sizes.append(1) or sum(map(len, files.values())) / 20)
    assert check_growth("lines", shape, tmp_path) == (1, 2, 4)


# The command


def run_fuzz(folder: Path, *arguments: str) -> int:
    return fuzz.main([*arguments, "--findings", str(folder / "findings")])


def test_a_round(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_fuzz(tmp_path, "programs", "--seed", "1", "--examples", "3") == 0
    assert capfd.readouterr().out.startswith("programs   seed 1 ")
    assert not (tmp_path / "findings").exists()


def test_what_is_found_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(command: Sequence[str]) -> tuple[str, int]:
        folder = Path(command[command.index("--inside") + 1])
        folder.mkdir()
        (folder / "m.py").write_text("x = 1\n")
        return "Fatal Python error: Segmentation fault", -11

    monkeypatch.setattr(fuzz, "_run", die)
    assert run_fuzz(tmp_path, "mutations", "--seed", "7") == 1
    kept = tmp_path / "findings" / "mutations-7"
    assert (kept / "m.py").read_text() == "x = 1\n"
    assert (kept / "what.txt").read_text() == "exit code -11\n\nFatal Python error: Segmentation fault\n"


def test_a_fuzzer_that_there_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_fuzz(tmp_path, "nonsense")
    assert "there is no fuzzer nonsense; there are programs, mutations, modules, growth" in capsys.readouterr().err
