from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import threshlint

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src" / "threshlint"


def run(*arguments: str, folder: Path, python_path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if python_path is not None:
        environment["PYTHONPATH"] = str(python_path)
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, text=True, capture_output=True, check=False
    )


def lint_imports(project: Path) -> subprocess.CompletedProcess[str]:
    call = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return run("-c", call, folder=project, python_path=project / "src")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that a test may spoil."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "src" / "threshlint", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_imports_run_one_way() -> None:
    outcome = lint_imports(PROJECT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("site.py", "from threshlint.config import Config", "Imports run one way"),
        ("scan/lexer.py", "from threshlint.output import page", "Imports run one way"),
        ("scan/source.py", "from threshlint.scan.discover import discover", "The phases of a scan run one way"),
        ("rules/spoilt.py", "from threshlint.scan.lexer import lex", "A rule sees sites and the configuration"),
        ("calibration/__init__.py", "from threshlint.scan.lexer import lex", "do not know each other"),
        ("homeless.py", "", "Imports run one way"),
    ],
)
def test_the_contract_is_broken_by(copy: Path, module: str, line: str, contract: str) -> None:
    file = copy / "src" / "threshlint" / module
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch()
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"\n{line}\n")
    outcome = lint_imports(copy)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert any(contract in line and " BROKEN" in line for line in outcome.stdout.splitlines()), outcome.stdout


def test_every_public_name_is_there() -> None:
    for name in threshlint.__all__:
        assert getattr(threshlint, name) is not None
    assert sorted(dir(threshlint)) == sorted(threshlint.__all__)


def test_a_name_that_is_not_public() -> None:
    with pytest.raises(AttributeError, match="module 'threshlint' has no attribute 'nonsense'"):
        threshlint.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    call = "import sys, threshlint; print([name for name in sys.modules if name.startswith('threshlint.')])"
    assert run("-c", call, folder=PROJECT).stdout == "[]\n"


def test_checking_needs_no_numpy(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("if cosine_similarity(a, b) > 0.82:\n    pass\n")
    call = (
        "import sys; sys.modules['numpy'] = None; from threshlint.cli import main; main(['check', '--report', 'a.py'])"
    )
    outcome = run("-c", call, folder=tmp_path)
    assert outcome.returncode == 0, outcome.stderr


def test_it_runs_as_a_module() -> None:
    outcome = run("-m", "threshlint", "--version", folder=PROJECT)
    assert outcome.stdout.split() == ["threshlint", threshlint.__version__]


def test_the_wheel_has_every_file_of_the_package(tmp_path: Path) -> None:
    outcome = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), folder=PROJECT)
    assert outcome.returncode == 0, outcome.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("threshlint/")}
    files = {
        file.relative_to(PROJECT / "src").as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == files
    assert {"threshlint/py.typed"} < packed
