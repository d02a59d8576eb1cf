"""The library by itself: usable without the linter, with numpy alone, and documented."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import fields, is_dataclass
from enum import Enum

import pytest

import threshlint.calibration as library


def test_it_needs_numpy_alone() -> None:
    code = """
import sys
import threshlint.calibration
foreign = {name.split(".")[0] for name in sys.modules} - sys.stdlib_module_names
print(*sorted(name for name in foreign if not name.startswith("_")))
print(*sorted(name for name in sys.modules if name.startswith("threshlint.") and name.count(".") == 1))
"""
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    foreign, own = ran.stdout.splitlines()
    assert {"libcst", "scipy", "sklearn", "click", "matplotlib"}.isdisjoint(foreign.split())
    assert {"numpy", "threshlint"} <= set(foreign.split())
    assert own.split() == ["threshlint.atomic", "threshlint.calibration"]


def test_every_public_name_is_there_once_and_sorted() -> None:
    assert len(set(library.__all__)) == len(library.__all__)
    for name in library.__all__:
        assert hasattr(library, name)


@pytest.mark.parametrize("name", library.__all__)
def test_public_names_are_documented(name: str) -> None:
    thing = getattr(library, name)
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return
    assert thing.__doc__
    assert not thing.__doc__.startswith(f"{name}("), "dataclasses write such a docstring when there is none"
    if is_dataclass(thing):
        said = thing.__doc__
        if name not in ("Population",):  # described as a whole
            assert all(f"{field.name}:" in said for field in fields(thing)), f"{name} has an attribute undescribed"
    elif inspect.isfunction(thing):
        for parameter in inspect.signature(thing).parameters:
            assert f"{parameter}:" in thing.__doc__ or len(inspect.signature(thing).parameters) <= 2
    elif issubclass(thing, Enum):
        assert all(str(member) == member.value for member in thing)


def test_the_example_in_the_docstring_runs(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.calibration.samples import related

    assert library.__doc__ is not None
    example = inspect.cleandoc(library.__doc__[library.__doc__.index("    from threshlint") :])
    sample = related(dimension=384, count=15)
    exec(example, {"old_vectors": sample.old, "new_vectors": sample.new})
    assert "Recalibration(" in capsys.readouterr().out
