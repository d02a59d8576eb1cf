"""Proposals as the library makes them, without the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import threshlint
from tests.calibrated import NEW, OLD, made_map, write_map
from threshlint.calibration import TOP1, Limits, Verdict
from threshlint.calibration.errors import MapError
from threshlint.proposal import Refusal, candidates, written

SOURCE = """\
from sklearn.metrics.pairwise import cosine_similarity

MIN_SIMILARITY = 0.0  # threshold@old-model


def near(q, v):
    return cosine_similarity([q], v)[0].max() {operator} 0.9  # threshold@old-model


def anything(q, v):
    return cosine_similarity([q], v)[0].max() > MIN_SIMILARITY
"""


def proposals_of(folder: Path, source: str, **rest: object) -> tuple[threshlint.Proposal, ...]:
    (folder / "shop.py").write_text(source)
    config = threshlint.Config(root=folder)
    inventory = threshlint.scan_paths([folder], config)
    return threshlint.propose(inventory, made_map(), config, **rest)  # type: ignore[arg-type]


def test_a_proposal_is_what_the_map_answers(tmp_path: Path) -> None:
    (proposal,) = proposals_of(tmp_path, SOURCE.format(operator=">="))
    assert proposal.recalibration == made_map().recalibrate(0.9, TOP1, unit="cosine-similarity")
    assert (proposal.verdict, proposal.is_ok, proposal.obstacle) == (Verdict.OK, True, None)
    assert proposal.new_text == repr(proposal.new)


def test_the_operator_tells_whether_an_equal_score_passes(tmp_path: Path) -> None:
    (proposal,) = proposals_of(tmp_path, SOURCE.format(operator=">"))
    assert proposal.recalibration == made_map().recalibrate(0.9, TOP1, unit="cosine-similarity", inclusive=False)


def test_limits_decide_the_verdict(tmp_path: Path) -> None:
    (proposal,) = proposals_of(tmp_path, SOURCE.format(operator=">"), limits=Limits(kappa=0.99))
    assert (proposal.verdict, proposal.is_ok) == (Verdict.NEEDS_LABELS, False)
    assert proposal.new is not None


def test_an_exempt_site_is_no_candidate(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SOURCE.format(operator=">"))
    config = threshlint.Config(root=tmp_path)
    inventory = threshlint.scan_paths([tmp_path], config)
    assert [site.value for site in inventory.sites] == ["0.0", "0.9"]
    assert [site.value for site in candidates(inventory, OLD, NEW, config)] == ["0.9"]


def test_a_map_is_saved_and_loaded(tmp_path: Path) -> None:
    loaded = threshlint.load_map(write_map(tmp_path))
    assert loaded.digest == made_map().digest
    (tmp_path / "x").write_text("")
    with pytest.raises(MapError):
        threshlint.load_map(tmp_path / "x")


def test_an_accepted_value_is_written_as_it_was_given(tmp_path: Path) -> None:
    (proposal,) = proposals_of(tmp_path, SOURCE.format(operator=">"))
    accepted = replace(proposal, accepted="0.90")
    assert (accepted.new, accepted.new_text, accepted.is_ok, accepted.is_of_map) == (0.9, "0.90", True, False)
    refused = replace(proposal, verdict=Refusal.SEVERAL_MODELS, recalibration=None)
    assert (refused.new, refused.new_text, refused.is_ok) == (None, None, False)
    assert replace(refused, accepted="1").is_ok


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6))
def test_a_number_is_written_whole_and_without_exponent(value: float) -> None:
    text = written(value)
    assert float(text) == value
    assert "e" not in text
    assert "." in text
