"""The same code gives the same inventory, however strings hash in a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / "fixtures" / "programs"


def inventory(folder: Path, seed: str) -> str:
    command = [sys.executable, "-m", "threshlint", "check", "--report", "--isolated", "--output-format", "json", "."]
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_an_inventory_does_not_depend_on_how_strings_hash() -> None:
    # All programs of the group at once: names meet that never met before, and limits of the analysis are reached.
    first = inventory(PROGRAMS / "incidents", "1")
    assert '"trace"' in first
    assert inventory(PROGRAMS / "incidents", "2") == first
    assert inventory(PROGRAMS / "incidents", "3") == first
