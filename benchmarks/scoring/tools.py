"""The tools that are compared: threshlint, and what a user would reach for without it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.figures import Report

# They run in the packages' folders: isolated from them, so that no module there is taken for one of theirs.
THRESHLINT = (sys.executable, "-I", "-m", "threshlint")
RUFF = (sys.executable, "-I", "-m", "ruff")

# What someone who looks for thresholds by hand would type, case ignored.
TELLING_NAME = r"(?:similar|distance|thresh|cutoff|cosine|score|top_?k|top_?n|n_results|limit|\beps\b|n_clusters|alpha)"
NUMBER = r"(?<![\w.])(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"
# Either a number that such a name is set to or compared with, or, casting wider, any on a line with such a name.
NARROW = rf"{TELLING_NAME}\w*(?:\s*:[^=,]*)?\s*(?:=|[<>]=?)\s*({NUMBER})"
WIDE = rf"({NUMBER})"


class ToolError(Exception):
    """A tool that did not answer as it should."""


@dataclass(frozen=True)
class Answer:
    """What a tool says of one package."""

    reports: tuple[Report, ...]
    skipped: tuple[str, ...] = ()


def threshlint(folder: Path, command: Sequence[str] = THRESHLINT) -> Answer:
    """Take the inventory of a folder, whatever its configuration and gitignore say."""
    options = ["check", "--report", "--isolated", "--no-gitignore", "--no-cache", "--output-format", "json", "."]
    outcome = subprocess.run([*command, *options], cwd=folder, text=True, capture_output=True, check=False)
    inventory = _json(outcome, folder)
    skipped = tuple(f"{file['path']}: {file['reason']}" for file in inventory["skipped"])
    if outcome.returncode != (2 if skipped else 0):
        raise ToolError(f"{folder.name}: threshlint ended in {outcome.returncode} with {len(skipped)} files skipped")
    sites = inventory["sites"]
    return Answer(
        tuple(Report(*(site[key] for key in ("path", "line", "column", "value", "kind"))) for site in sites), skipped
    )


def ruff_magic_values(folder: Path) -> Answer:
    """Ask ruff for numbers in comparisons (PLR2004)."""
    options = ["check", "--select", "PLR2004", "--isolated", "--no-respect-gitignore", "--no-cache", "--exit-zero"]
    command = [*RUFF, *options, "--output-format", "json", "."]
    outcome = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
    if outcome.returncode:
        raise ToolError(f"{folder.name}: ruff ended in {outcome.returncode}: {outcome.stderr.strip()}")
    return Answer(tuple(_ruff_reports(_json(outcome, folder), folder)))


def _ruff_reports(diagnostics: list[dict[str, Any]], folder: Path) -> Iterator[Report]:
    lines: dict[str, list[str]] = {}
    for diagnostic in diagnostics:
        if diagnostic["code"] != "PLR2004":
            continue  # a syntax error, which ruff reports whatever is selected
        file, start, end = Path(diagnostic["filename"]), diagnostic["location"], diagnostic["end_location"]
        path = file.resolve().relative_to(folder.resolve()).as_posix()
        if path not in lines:
            lines[path] = _lines(file)
        value = lines[path][start["row"] - 1][start["column"] - 1 : end["column"] - 1]
        yield Report(path, start["row"], start["column"], value)


def grep(folder: Path, pattern: str) -> Answer:
    """Search the lines with a telling name for numbers."""
    name, number = re.compile(TELLING_NAME, re.IGNORECASE), re.compile(pattern, re.IGNORECASE)
    return Answer(
        tuple(
            Report(file.relative_to(folder).as_posix(), row, found.start(1) + 1, found.group(1))
            for file in sorted(folder.rglob("*.py"))
            for row, line in enumerate(_lines(file), 1)
            if name.search(line)
            for found in number.finditer(line)
        )
    )


def _lines(file: Path) -> list[str]:
    with file.open("rb") as opened:
        encoding, _ = tokenize.detect_encoding(opened.readline)
    with file.open(encoding=encoding) as opened:  # universal newlines, and no others: as Python counts lines
        return opened.read().split("\n")


def _json(outcome: subprocess.CompletedProcess[str], folder: Path) -> Any:
    try:
        return json.loads(outcome.stdout)
    except json.JSONDecodeError:
        raise ToolError(f"{folder.name}: no JSON (exit code {outcome.returncode}): {outcome.stderr[-500:]}") from None
