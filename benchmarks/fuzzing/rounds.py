"""One round of a fuzzer: some hundred inputs from one seed, in this process, which may die of one of them."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzzing.growth import check_growth
from fuzzing.law import check_scan
from fuzzing.mutations import mutants
from fuzzing.programs import projects
from fuzzing.shapes import SHAPES

STDLIB = Path(sysconfig.get_path("stdlib"))


def programs(folder: Path, number: int, examples: int, _: Sequence[Path]) -> str:
    """Programs that are generated, in projects of up to four files."""
    return _search(projects(), _law(folder), number, examples)


def mutations(folder: Path, number: int, examples: int, corpus: Sequence[Path]) -> str:
    """Stretches of real files with some bytes changed."""
    return _search(
        mutants(corpus).map(lambda content: {"m.py": content}), partial(check_scan, folder), number, examples
    )


def modules(folder: Path, number: int, examples: int, corpus: Sequence[Path]) -> str:
    """Whole real files, some at a time."""
    chosen = random.Random(number).sample(list(corpus), min(examples, len(corpus)))
    skipped: dict[str, str] = {}
    for begin in range(0, len(chosen), _AT_ONCE):
        files = {
            f"m{begin + index}.py": path.read_bytes() for index, path in enumerate(chosen[begin : begin + _AT_ONCE])
        }
        skipped.update(check_scan(folder, files))
    return f"{len(chosen)} files, {len(skipped)} skipped"


def growth(folder: Path, number: int, examples: int, _: Sequence[Path]) -> str:
    """Inputs that are made to take long."""
    names = random.Random(number).sample(list(SHAPES), min(examples, len(SHAPES)))
    for name in names:
        check_growth(name, SHAPES[name], folder)
    return ", ".join(names)


_AT_ONCE = 10
# Each with how many inputs a round of it has.
ROUNDS: Mapping[Callable[[Path, int, int, Sequence[Path]], str], int] = {
    programs: 150, mutations: 200, modules: 40, growth: 4,
}  # fmt: skip


def corpus(folders: Sequence[Path]) -> list[Path]:
    """Name the Python files of some folders, in an order that is the same everywhere."""
    return sorted(path for folder in folders for path in folder.rglob("*.py") if path.is_file())


def _law(folder: Path) -> Callable[[Mapping[str, bytes]], dict[str, str]]:
    """Give each input the cache that those before it have filled."""
    return partial(check_scan, folder, cache=folder.with_name(f"{folder.name} cache"))


def _search(
    strategy: st.SearchStrategy[dict[str, bytes]],
    law: Callable[[Mapping[str, bytes]], dict[str, str]],
    number: int,
    examples: int,
) -> str:
    skipped = files = 0

    @seed(number)
    @settings(
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def holds(given_files: dict[str, bytes]) -> None:
        nonlocal files, skipped
        files += len(given_files)
        skipped += len(law(given_files))

    holds()
    return f"{files} files, {skipped} skipped"
