"""The tools that are beside threshlint in a hook, each with the rule that is nearest, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from timing.cases import Case
from timing.process import RunError

RULES = Path(__file__).parent / "rules"
_VERSIONS = {"ruff": "0.17.6", "semgrep": "1.185.0", "flake8": "7.5.0", "fixit": "2.2.1"}


def peers(folder: Path, environments: Path) -> list[Case]:
    """Install the peers where they are not installed yet, and say how each checks a folder, with nothing kept."""
    ruff, semgrep, flake8, fixit = (_program(name, environments) for name in _VERSIONS)
    (folder / "fixit.toml").write_text(
        '[tool.fixit]\nroot = true\ndisable = ["fixit.rules"]\nenable = [".compared_number"]\n', encoding="utf-8"
    )
    rule = RULES / "compared_number.py"
    (folder / rule.name).write_text(rule.read_text(encoding="utf-8"), encoding="utf-8")
    ruff_options = "check --select PLR2004 --isolated --no-respect-gitignore --no-cache --exit-zero ."
    semgrep_options = f"--metrics=off --disable-version-check --no-git-ignore --quiet --jobs {os.cpu_count()} ."
    thresholds = str(RULES / "thresholds.yml")
    return [
        Case(_title("ruff", "rule PLR2004"), (ruff, *ruff_options.split()), folder),
        Case(
            _title("semgrep", "[rules](../benchmarks/timing/rules/thresholds.yml) for thresholds"),
            (semgrep, "scan", "--config", thresholds, *semgrep_options.split()),
            folder,
        ),
        Case(_title("flake8", "its own rules"), (flake8, "--isolated", "--exit-zero", "."), folder),
        Case(
            _title("fixit", "[a rule](../benchmarks/timing/rules/compared_number.py) like PLR2004"),
            (fixit, "--quiet", "lint", "."),
            folder,
            codes=(0, 1),
        ),
    ]


def _title(name: str, what: str) -> str:
    return f"{name} {_VERSIONS[name]}, {what}"


def _program(name: str, environments: Path) -> str:
    """Install a program with pip, once; return its path."""
    environment = environments / f"{name}-{_VERSIONS[name]}"
    program = environment / ("Scripts" if os.name == "nt" else "bin") / name
    if not program.exists():
        python = program.with_name("python")
        _install([sys.executable, "-m", "venv", str(environment)])
        _install([str(python), "-m", "pip", "install", "--quiet", f"{name}=={_VERSIONS[name]}"])
    return str(program)


def _install(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(f"{' '.join(command)} ended in {done.returncode}: {done.stderr[-500:]}")
