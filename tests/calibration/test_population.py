from __future__ import annotations

import pytest

from threshlint.calibration import PAIRS, TOP1, CalibrationError, Population, top_k


@pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(2), top_k(10)])
def test_there_and_back(population: Population) -> None:
    assert Population.parse(str(population)) == population


def test_the_best_hit_is_the_one_best_hit() -> None:
    assert top_k(1) == TOP1
    assert Population.parse("topk:1") == TOP1


@pytest.mark.parametrize("text", ["", "top-k", "topk", "topk:0", "topk:-1", "topk:x", "Pairs", "topk:3 "])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(CalibrationError, match="there are pairs, top1, and topk:K"):
        Population.parse(text)
