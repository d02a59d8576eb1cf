"""The tutorial shows what its commands really print: they are run in order, in a copy of the shop.

``UPDATE_SNAPSHOTS=1 pytest tests/test_tutorial.py`` writes the shown output anew.

Vectors differ in their last digits from one machine's BLAS to the next, and so may a count, an interval's end or how
many digits a new value needs. So numbers are held against each other with a tolerance; words have to be the same, but
for where lines break and how wide columns are. Dates and digests are of the day and of the last digits.
"""

from __future__ import annotations

import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "tutorial.md"
SHOP = PROJECT / "fixtures" / "shop"

CONSOLE = re.compile(r"^```console\n\$ (?P<command>(?:.*\\\n)*.*)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)
RELATIVE = 0.005
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
OF_THE_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b[0-9a-f]{12,64}\b")
RULED = re.compile(r"[-─]{2,}")


def blocks() -> list[re.Match[str]]:
    return list(CONSOLE.finditer(PAGE.read_text(encoding="utf-8")))


def run(command: str, folder: Path) -> str:
    """Run one command of the tutorial; return what a terminal would show."""
    words = shlex.split(command.replace("\\\n", " "))
    settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    program, *arguments = words[len(settings) :]
    programs = {"threshlint": [sys.executable, "-m", "threshlint"], "python": [sys.executable]}
    environment = {**os.environ, **settings}
    outcome = subprocess.run(
        [*programs[program], *arguments], cwd=folder, env=environment, text=True, capture_output=True, check=False
    )
    assert outcome.returncode in ((0, 1) if program == "threshlint" else (0,)), f"{command}\n{outcome.stderr}"
    return outcome.stdout + outcome.stderr


@dataclass(frozen=True)
class Followed:
    """The tutorial, followed to its end: a shop, and what each command printed, in the order of the page."""

    shop: Path
    printed: list[str]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    pytest.importorskip("wordllama", reason="wordllama has no wheel for this Python")
    shop = tmp_path_factory.mktemp("tutorial") / "shop"
    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns("vectors", "*.thrmap", "*.html", "*.md", "__pycache__"))
    return Followed(shop, [run(block["command"], shop) for block in blocks()])


def test_the_output_that_is_shown(followed: Followed) -> None:
    shown, printed = blocks(), followed.printed
    if os.environ.get("UPDATE_SNAPSHOTS"):
        text = PAGE.read_text(encoding="utf-8")
        for block, output in reversed(list(zip(shown, printed, strict=True))):
            text = text[: block.start("output")] + output + text[block.end("output") :]
        PAGE.write_text(text, encoding="utf-8")
        return
    assert len(shown) > 10
    for block, output in zip(shown, printed, strict=True):
        difference = first_difference(block["output"], output)
        assert difference is None, f"$ {block['command']}\n{difference}\n\n{output}"


def first_difference(shown: str, printed: str) -> str | None:
    """Return the first word or number that is not as shown."""
    ours, theirs = words_of(shown), words_of(printed)
    for one, other in zip(ours, theirs, strict=False):
        if not is_as_shown(one, other):
            return f"shown: {one}, printed: {other}"
    return None if len(ours) == len(theirs) else f"{len(ours)} words are shown, {len(theirs)} printed"


def words_of(text: str) -> list[str]:
    return RULED.sub("--", OF_THE_DAY.sub("", text)).split()


def is_as_shown(shown: str, printed: str) -> bool:
    if NUMBER.sub("0", shown) != NUMBER.sub("0", printed):
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    return all(
        math.isclose(float(one), float(other), rel_tol=RELATIVE, abs_tol=last_digit(one)) for one, other in pairs
    )


def last_digit(number: str) -> float:
    """Return what one is worth in the last digit; positions in code are exact, and have none."""
    return 10.0 ** -len(number.partition(".")[2]) if "." in number else 0.0


def test_what_the_commands_leave_behind(followed: Followed) -> None:
    for name in ("listings", "questions", "shelves"):
        assert (followed.shop / f"{name}.html").stat().st_size > 10_000
        assert "| verdict |" in (followed.shop / f"{name}.md").read_text(encoding="utf-8")
    assert run("threshlint check", followed.shop) == ""


def test_a_retired_model_is_found_where_it_is_left(followed: Followed, tmp_path: Path) -> None:
    (settings,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    shutil.copytree(followed.shop / "shop", tmp_path / "shop")
    (finding,) = run("threshlint check --output-format concise", tmp_path).splitlines()
    assert finding.startswith("shop/shelving/shelf.py:12:18: THR204 ")


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("0.883592 ok", "0.88359 ok"),
        ("a table\n  666 pairs", "a table\n    667\npairs"),
        ("28.8 % -> 1,000", "28.9 % -> 1,000"),
        ("map of 2026-11-27, digest dbf29c3b7a2d", "map of 2027-01-02, digest 0123456789ab"),
    ],
)
def test_what_may_differ(shown: str, printed: str) -> None:
    assert first_difference(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("0.883 ok", "0.89 ok"),
        ("0.88 ok", "0.88 needs-labels"),
        ("shop/dedupe.py:9:13", "shop/dedupe.py:10:13"),
        ("one line", "one line more"),
        ("# threshold@a", "# threshold@b"),
    ],
)
def test_what_may_not_differ(shown: str, printed: str) -> None:
    assert first_difference(shown, printed) is not None


def test_the_shop_has_each_kind_of_site() -> None:
    inventory = run("threshlint check --report", SHOP)
    for kind in ("similarity-threshold", "distance-threshold", "top-k", "cluster-boundary", "score-weight"):
        assert re.search(rf"^  \d+:\d+ +{kind} ", inventory, re.MULTILINE), kind


def test_the_shop_lists_the_same_on_every_machine() -> None:
    program = (
        "from shop.catalogue import listings, searches; from shop.questions import questions;"
        "print(len(listings()), listings()[-1].text, searches()[-1].text, questions()[-1].text, sep='\\n')"
    )
    assert run(f"python -c {shlex.quote(program)}", SHOP).splitlines() == [
        "1657",
        "The carpet from Fenwick: the pattern goes with everything; warm underfoot. 120 x 180 cm, wool, sand.",
        "cheap kitchen knife",
        "Can I order accessories for the rain jacket?",
    ]
