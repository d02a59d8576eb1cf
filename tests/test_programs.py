"""The small programs of ``fixtures/programs``: the scan finds what is marked there, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from threshlint.config import Config
from threshlint.scan import scan
from threshlint.site import Kind

PROGRAMS = Path(__file__).resolve().parent.parent / "fixtures" / "programs"
MAY = "may"
KINDS = {kind.value for kind in Kind}

_MARKS = re.compile(r"#: (?P<marks>.*)$")
_NUMBER = re.compile(r"(?<![\w.%-])-?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?(?![\w.])")


class Marked(NamedTuple):
    path: str
    line: int
    value: str
    kind: str


class Expected(NamedTuple):
    sites: Counter[Marked]
    allowed: set[tuple[str, int, str | None]]  # path, line, and the value, or None for every value


def programs() -> list[Path]:
    groups = (path for path in PROGRAMS.iterdir() if path.is_dir())
    return sorted(path for group in groups for path in group.iterdir() if path.is_dir() or path.suffix == ".py")


def expected(program: Path) -> Expected:
    sites: Counter[Marked] = Counter()
    allowed = set()
    root = root_of(program)
    for file in sorted(program.rglob("*.py")) if program.is_dir() else [program]:
        path = file.relative_to(root).as_posix()
        for line, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for kind, value in marks(text, f"{file}:{line}"):
                if kind == MAY:
                    allowed.add((path, line, value))
                else:
                    assert value is not None
                    sites[Marked(path, line, value, kind)] += 1
    return Expected(sites, allowed)


def marks(text: str, place: str) -> Iterator[tuple[str, str | None]]:
    """Yield the marks of a line, each with the value that it means; None stands for every value, with ``may`` only."""
    found = _MARKS.search(text)
    if found is None:
        return
    for mark in found["marks"].split():
        kind, _, value = mark.partition("=")
        assert kind in {*KINDS, MAY}, f"{place}: {kind!r} is no kind"
        numbers = _NUMBER.findall(text[: found.start()])
        if value:
            assert any(value == number.lstrip("-") or value == number for number in numbers), (
                f"{place}: no {value} there"
            )
            yield kind, value
        elif kind == MAY:
            yield kind, None
        else:
            assert len(numbers) == 1, f"{place}: the mark must say which of {numbers} it means"
            yield kind, numbers[0]


def found_in(program: Path) -> Counter[Marked]:
    inventory = scan([program], Config(root=root_of(program)))
    assert not inventory.skipped
    return Counter(Marked(site.path, site.line, site.value.strip("\"'"), site.kind.value) for site in inventory.sites)


def root_of(program: Path) -> Path:
    return program if program.is_dir() else program.parent


def name_of(program: Path) -> str:
    return f"{program.parent.name}/{program.stem}"


def known_misses() -> set[str]:
    rows = (PROGRAMS / "MISSED.md").read_text(encoding="utf-8").splitlines()
    return {row.split("|")[1].strip() for row in rows if row.startswith("|") and "/" in row}


def test_known_misses_are_programs() -> None:
    assert known_misses() <= {name_of(program) for program in programs()}


@pytest.mark.parametrize("program", [pytest.param(path, id=name_of(path)) for path in programs()])
def test_finds_what_is_marked_and_nothing_else(program: Path, request: pytest.FixtureRequest) -> None:
    if name_of(program) in known_misses():
        request.applymarker(pytest.mark.xfail(strict=True, reason="listed in MISSED.md; take it out once it is right"))
    wanted = expected(program)
    found = found_in(program)
    missed = wanted.sites - found
    alarms = Counter(
        {
            site: count
            for site, count in (found - wanted.sites).items()
            if not wanted.allowed & {(site.path, site.line, None), (site.path, site.line, site.value)}
        }
    )
    assert not missed | alarms, "\n".join(
        [
            *(f"missed {site.path}:{site.line} {site.value} {site.kind}" for site in sorted(missed)),
            *(f"false alarm {site.path}:{site.line} {site.value} {site.kind}" for site in sorted(alarms)),
        ]
    )


def test_there_are_enough_programs() -> None:
    assert len(programs()) >= 170
