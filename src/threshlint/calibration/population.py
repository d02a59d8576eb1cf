"""Which pairs a rule decides over: one map does not serve all rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from threshlint.calibration.errors import CalibrationError

_TOP_K = re.compile(r"topk:([1-9]\d*)")


@dataclass(frozen=True, order=True)
class Population:
    """``pairs``, ``top1``, or ``topk:K`` for one K.

    ``pairs`` are all unordered pairs of items (deduplication, clustering); ``top1`` is each query's best hit in each
    space (a cache, routing); ``topk`` each query's K best hits in each space (retrieval filters).
    """

    name: str
    k: int = 0

    @classmethod
    def parse(cls, text: str) -> Population:
        """Read ``pairs``, ``top1`` or ``topk:8``.

        Raises:
            CalibrationError: The text is none of these.

        """
        if text == "pairs":
            return PAIRS
        if text in ("top1", "topk:1"):
            return TOP1
        match = _TOP_K.fullmatch(text)
        if match is None:
            raise CalibrationError(
                f"unknown population {text!r}; there are pairs, top1, and topk:K for a K such as topk:10"
            )
        return top_k(int(match[1]))

    def __str__(self) -> str:
        return f"topk:{self.k}" if self.name == "topk" else self.name


PAIRS = Population("pairs")
TOP1 = Population("top1", 1)


def top_k(k: int) -> Population:
    """Return the population of each query's ``k`` best hits."""
    return TOP1 if k == 1 else Population("topk", k)
