"""The formats of proposals, byte for byte and by what they promise; snapshots as in test_output.py."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import referencing

from tests.test_output import ROOT, compare_with_snapshot, registry, validate
from threshlint.calibration import PAIRS, TOP1, CalibrationMap, Recalibration, SampleFacts, Space, Verdict
from threshlint.calibration.top_k import AtK
from threshlint.output import proposals_format, proposals_formats
from threshlint.output.page import Page
from threshlint.output.text import display_width
from threshlint.proposal import Proposal, Refusal
from threshlint.site import Evidence, Inventory, Kind, Site, Skipped, Span

__all__ = ["registry"]  # a fixture

MADE = CalibrationMap(
    Space("text-embedding-3-small", 1536),
    Space("bge-small-en-v1.5", 384),
    {},
    SampleFacts(5000, 300, 4100, "near-duplicates", 0, None, 5000, True, "ab" * 32),
    "2026-01-31",
)
FOUND = Recalibration(
    PAIRS,
    "cosine-similarity",
    0.92,
    Verdict.OK,
    new=0.8413,
    low=0.83771,
    high=0.84521,
    positives=1231,
    volume_ratio=1.012,
    volume_low=0.93,
    volume_high=1.103,
    firing_rate_old=0.00123,
    firing_rate_new=0.00124,
    precision=0.81,
    recall=0.83,
    f1=0.8199,
    kappa=0.8187,
    kappa_low=0.744,
    kappa_high=0.86,
    irreducible_disagreement=0.123,
    agreement_optimal=0.8444,
    agreement_low=0.8391,
    agreement_high=0.8502,
)
REFUSED = replace(
    FOUND,
    population=TOP1,
    verdict=Verdict.NEEDS_LABELS,
    reason="the two models decide too differently; label pairs",
    low=float("-inf"),
    remarks=("the rule lets almost everything pass",),
)
FINGERPRINT = "0123456789abcdef"


def site(path: str, line: int, value: str, kind: Kind = Kind.SIMILARITY_THRESHOLD, **rest: Any) -> Site:
    span = Span(line, 13, line, 13 + len(value))
    rest = {"models": ("text-embedding-3-small",), "owner": "@shop/search", "fingerprint": FINGERPRINT} | rest
    return Site(path, span, value, kind, rest.pop("name", "CUTOFF"), "shop", Evidence.FLOW, **rest)


def from_map(where: Site, found: Recalibration, **rest: Any) -> Proposal:
    return Proposal(where, found.old, found.verdict, found.reason, found.unit, found.population, found, **rest)


PROPOSALS = (
    from_map(site("shop/dedupe.py", 12, "0.92", name="DUPLICATE"), FOUND),
    from_map(site("shop/cache.py", 3, "0.92"), REFUSED),
    from_map(site("shop/cache.py", 4, "0.92"), REFUSED, accepted="0.85"),
    from_map(site("shop/cache.py", 5, "0.92", keyed=True), FOUND, obstacle="0.92 belongs to an Enum"),
    Proposal(
        site("shop/search.py", 8, "8", Kind.TOP_K),
        8.0,
        Refusal.NO_SCALAR_MAP,
        "how many hits to take has no counterpart in scores",
        evidence=("the new top 8 holds 61 % of the old one", "80 % of it are in the new top 13"),
        at_k=AtK(8, 0.61, 0.58, 0.64, ((0.8, 13), (0.95, None)), 0.71, 0.66),
    ),
    Proposal(site("shop/search.py", 9, "0.3"), 0.3, Refusal.UNIT_UNKNOWN, "add `unit=cosine-similarity`"),
)
INVENTORY = Inventory("", files=3, skipped=(Skipped("shop/broken.py", "line 3: a bracket is never closed"),))


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    monkeypatch.setattr("threshlint.output.data.__version__", "0.0.0")
    return replace(INVENTORY, root=str(tmp_path))


def rendered(name: str, inventory: Inventory, proposals: tuple[Proposal, ...] = PROPOSALS, **page: Any) -> str:
    return proposals_format(name)(proposals, MADE, inventory, Page(Path(inventory.root), **page))


@pytest.mark.parametrize("name", proposals_formats())
def test_snapshot(name: str, inventory: Inventory) -> None:
    compare_with_snapshot(f"proposals-{name}.txt", rendered(name, inventory))


def test_snapshot_of_a_terminal(inventory: Inventory) -> None:
    compare_with_snapshot("terminal-proposals.txt", rendered("table", inventory, width=100, colour=True))


@pytest.mark.parametrize("found", [True, False])
def test_json_is_as_its_schema_says(found: bool, inventory: Inventory, registry: referencing.Registry) -> None:
    document = json.loads(rendered("json", inventory, PROPOSALS if found else ()))
    validate(document, "proposals.schema.json", registry)
    assert len(document["proposals"]) == (len(PROPOSALS) if found else 0)


def test_json_says_null_where_there_is_no_number(inventory: Inventory) -> None:
    text = rendered("json", inventory)
    assert "Infinity" not in text
    assert "NaN" not in text
    _, refused, accepted, *_ = json.loads(text)["proposals"]
    assert (refused["low"], refused["high"], refused["new"]) == (None, 0.84521, 0.8413)
    assert (accepted["new"], accepted["high"], accepted["f1"], accepted["positives"]) == (0.85, None, None, 1231)


@pytest.mark.parametrize("name", proposals_formats())
@pytest.mark.parametrize("found", [True, False])
def test_what_could_not_be_analysed_is_named(name: str, found: bool, inventory: Inventory) -> None:
    text = rendered(name, inventory, PROPOSALS if found else ())
    assert "shop/broken.py" in text
    assert "line 3: a bracket is never closed" in text


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_details_fit_the_page(width: int, inventory: Inventory) -> None:
    details = [line for line in rendered("table", inventory, width=width).split("\n") if line.startswith("    ")]
    assert len(details) > 10
    assert max(map(display_width, details)) <= width


def test_a_table_fits_a_hundred_columns(inventory: Inventory) -> None:
    assert max(map(display_width, rendered("table", inventory).split("\n"))) <= 100


@pytest.mark.parametrize("name", ["table", "markdown"])
@pytest.mark.parametrize("evil", ["\x1b[2J", "\r", "\n# x", "\u202eabc", "\x00", "\udc80", "|"])
def test_text_from_code_cannot_act(name: str, evil: str, inventory: Inventory) -> None:
    where = site(f"a{evil}.py", 1, "0.9", name=evil, owner=evil)
    made = replace(MADE, old=Space(f"a{evil}", 8))
    proposal = replace(from_map(where, FOUND), obstacle=evil, reason=evil)
    text = proposals_format(name)((proposal,), made, inventory, Page(Path(inventory.root)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
    assert "\n# x" not in text
    if name == "markdown":
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in text.split("\n") if line.startswith("| `a")}) == 2


def test_every_format_and_verdict_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "rewrite.md").read_text(encoding="utf-8")
    for name in (*proposals_formats(), *Verdict, *Refusal):
        assert f"`{name}`" in page
    schema = json.loads((ROOT / "docs" / "proposals.schema.json").read_text(encoding="utf-8"))
    verdicts = schema["$defs"]["proposal"]["properties"]["verdict"]["enum"]
    assert set(verdicts) == {*Verdict, *Refusal}
