from __future__ import annotations

from dataclasses import replace

import pytest

from threshlint.calibration import Limits, Verdict
from threshlint.calibration.verdict import Facts, judge
from threshlint.calibration.volume import Volume

GOOD = Facts(
    positives=500,
    kappa=0.8,
    kappas=(0.75, 0.85),
    volume=Volume(1.0, 0.95, 1.05),
    same_hit=None,
    cut_off=0.0,
    partial_index=False,
)
WIDE = Volume(1.0, 0.6, 1.6)


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        ({}, Verdict.OK, ""),
        ({"kappas": (0.2, 0.5)}, Verdict.NEEDS_LABELS, "Cohen's kappa 0.80, at least 0.20 at 95 % confidence; 0.6 is"),
        ({"kappas": (0.5, 0.7)}, Verdict.NEEDS_LABELS, "no threshold reproduces the rule, so label pairs"),
        (
            {"volume": WIDE},
            Verdict.INSUFFICIENT_TAIL,
            "500 old-positive pairs do not settle the volume (known within 60 %",
        ),
        ({"volume": None}, Verdict.INSUFFICIENT_TAIL, "the volume (it may be anything; within 25 % is asked for)"),
        ({"kappas": None}, Verdict.INSUFFICIENT_TAIL, "do not settle the volume"),
        ({"cut_off": 0.06}, Verdict.INSUFFICIENT_TAIL, "take more neighbours of each seed"),
        ({"cut_off": 0.05}, Verdict.OK, ""),
        ({"same_hit": 0.49}, Verdict.NEEDS_LABELS, "49% have the same best hit, and 50% is asked for"),
        ({"same_hit": 0.5}, Verdict.OK, ""),
        ({"partial_index": True}, Verdict.PARTIAL_INDEX, "embed all documents with both models"),
        # Where several hold, what no larger sample would mend comes first.
        ({"kappas": (0.2, 0.5), "volume": WIDE, "partial_index": True}, Verdict.NEEDS_LABELS, "label pairs"),
        (
            {"kappas": (0.2, 0.9), "volume": WIDE, "partial_index": True},
            Verdict.INSUFFICIENT_TAIL,
            "do not settle the volume",
        ),
        ({"same_hit": 0.1, "partial_index": True}, Verdict.NEEDS_LABELS, "on other documents"),
    ],
)
def test_verdicts(change: dict, verdict: Verdict, reason: str) -> None:
    found, why = judge(replace(GOOD, **change), Limits())
    assert found is verdict
    assert reason in why
    assert bool(why) == (verdict is not Verdict.OK)
