"""The problem matchers for GitHub and VS Code, run by the engine of VS Code on what ``concise`` writes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from tests.output_sample import FINDINGS, INVENTORY
from threshlint.output import findings_format
from threshlint.output.page import Page
from threshlint.site import Finding, Skipped, Span

ROOT = Path(__file__).parent.parent
MATCHERS = {
    "github": json.loads((ROOT / ".github/problem-matcher.json").read_text())["problemMatcher"][0]["pattern"][0],
    "vscode": json.loads((ROOT / "docs/vscode-tasks.json").read_text())["tasks"][0]["problemMatcher"]["pattern"],
}
PATHS = (
    "shop/dedupe.py",
    "a b (copy)/c, d.py",
    "C:\\Users\\Ada L (x86)\\shop:1\\a.py",
    "..\\shop\\a.py",
    "../up:3:4: it/a.py",
    "店/質問.py",
)
MESSAGES = (
    "similarity-threshold 0.82 `DUPLICATE` has no `threshold@model`",
    "a:1:2: THR101 b: (c) [d] \\ $",
    "x",
)


@pytest.fixture(scope="module")
def engine() -> MiniRacer:
    return MiniRacer()


def matched(engine: MiniRacer, pattern: dict[str, Any], line: str) -> dict[str, str] | None:
    groups = json.loads(
        engine.eval(f"JSON.stringify(new RegExp({json.dumps(pattern['regexp'])}).exec({json.dumps(line)}))")
    )
    if groups is None:
        return None
    return {key: groups[pattern[key]] for key in ("file", "line", "column", "code", "message")}


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_finding_is_read(matcher: str, path: str, message: str, engine: MiniRacer, tmp_path: Path) -> None:
    finding = Finding("THR204", path, Span(12, 345, 12, 350), message, "help")
    inventory = replace(INVENTORY, root=str(tmp_path), skipped=())
    (line,) = findings_format("concise")((finding,), inventory, Page(tmp_path)).splitlines()
    assert matched(engine, MATCHERS[matcher], line) == {
        "file": path,
        "line": "12",
        "column": "345",
        "code": "THR204",
        "message": message,
    }


@pytest.mark.parametrize("matcher", MATCHERS)
def test_every_line_of_an_output_is_read_but_the_statistics(matcher: str, engine: MiniRacer, tmp_path: Path) -> None:
    inventory = replace(INVENTORY, root=str(tmp_path))
    lines = findings_format("concise")(FINDINGS, inventory, Page(tmp_path, statistics=True)).splitlines()
    read = [matched(engine, MATCHERS[matcher], line) for line in lines]
    codes = [found["code"] for found in read if found]
    assert codes == [*(finding.code for finding in FINDINGS), "SKIPPED", "SKIPPED"]
    assert [found is None for found in read] == [False] * 7 + [True] * 4


@pytest.mark.parametrize("matcher", MATCHERS)
def test_what_could_not_be_analysed_is_read(matcher: str, engine: MiniRacer, tmp_path: Path) -> None:
    inventory = replace(INVENTORY, root=str(tmp_path), skipped=(Skipped("a b.py", "line 3: no: such (thing)"),))
    (line,) = findings_format("concise")((), inventory, Page(tmp_path)).splitlines()
    assert matched(engine, MATCHERS[matcher], line) == {
        "file": "a b.py",
        "line": "1",
        "column": "1",
        "code": "SKIPPED",
        "message": "not analysed: line 3: no: such (thing)",
    }


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize(
    "line",
    [
        "",
        "shop/a.py:3:4: E501 line too long",
        "shop/a.py:3: error: Name is not defined",
        "Found 3 findings in 2 files; 118 files scanned.",
        "1  THR103",
        "shop/a.py:3:4: THR1011 no such code",
    ],
)
def test_other_tools_lines_are_left_alone(matcher: str, line: str, engine: MiniRacer) -> None:
    assert matched(engine, MATCHERS[matcher], line) is None


def test_the_page_shows_the_file() -> None:
    page = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    assert json.loads((ROOT / "docs/vscode-tasks.json").read_text()) in shown
