"""The README shows what threshlint really prints, and CI runs the commands that it gives.

``UPDATE_SNAPSHOTS=1 pytest tests/test_readme.py`` writes the shown output anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
SHOP = PROJECT / "fixtures" / "demo"

CONSOLE = re.compile(r"^```console\n\$ (?P<command>.+)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)
SHELL = re.compile(r"^```sh\n(?P<commands>(?:(?!```).*\n)*)```$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)")

COMMANDS = [block["command"] for block in CONSOLE.finditer(README.read_text(encoding="utf-8"))]


def run(command: str, folder: Path = PROJECT) -> str:
    """Run threshlint in a pipe, and return what it prints; findings and all."""
    program, *arguments = shlex.split(command)
    assert program == "threshlint"
    outcome = subprocess.run(
        [sys.executable, "-m", "threshlint", *arguments], cwd=folder, text=True, capture_output=True, check=False
    )
    assert outcome.returncode in (0, 1), outcome.stderr
    assert outcome.stderr == ""
    return outcome.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_output_that_is_shown(command: str) -> None:
    text = README.read_text(encoding="utf-8")
    (block,) = (block for block in CONSOLE.finditer(text) if block["command"] == command)
    printed = run(command)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        README.write_text(text[: block.start("output")] + printed + text[block.end("output") :], encoding="utf-8")
        return
    assert block["output"] == printed


def test_ci_runs_the_commands_that_set_everything_up() -> None:
    blocks = [block["commands"] for block in SHELL.finditer(README.read_text(encoding="utf-8"))]
    set_up = [command for block in blocks for command in block.splitlines() if ".venv/bin/" in command]
    assert len(set_up) == 2
    steps = [step for command in set_up for step in command.replace(".venv/bin/", "").split(" && ")]
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    ran = [re.sub(r"^(announce|step) ", "", line) for line in script.splitlines()]
    assert steps[0] == "python3 -m venv .venv"
    assert [step for step in steps[1:] if step not in ran] == []


def test_the_shop_shows_each_kind_and_crosses_modules() -> None:
    printed = run("threshlint check --output-format concise", SHOP)
    for code in ("THR101", "THR103", "THR104", "THR105", "THR204"):
        assert f" {code} " in printed
    full = run("threshlint check --output-format full --select THR101", SHOP)
    assert "shop/settings.py" in full
    assert "shop/dedupe.py" in full
    assert "0.97" not in run("threshlint check --report", SHOP)


def test_the_shop_has_owners_where_it_is_a_repository(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / ".git").mkdir()
    assert "@shop/catalog" in run("threshlint check --report", tmp_path / "shop")


def test_the_shop_is_valid_code() -> None:
    files = sorted(SHOP.rglob("*.py"))
    assert len(files) > 8
    for file in files:
        compile(file.read_text(encoding="utf-8"), str(file), "exec")


@pytest.mark.parametrize(
    "page", [README, PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


def test_every_page_of_the_docs_is_in_the_index() -> None:
    index = (PROJECT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (PROJECT / "docs").glob("*.md")} - {"index.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()
