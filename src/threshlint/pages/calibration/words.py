"""Numbers and verdicts as an owner reads them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from threshlint.calibration.population import PAIRS, TOP1, Population
from threshlint.calibration.recalibration import Limits, Verdict
from threshlint.calibration.resolution import highest_resolved
from threshlint.calibration.scores import PairedScores
from threshlint.calibration.space import Space
from threshlint.calibration.units import unit_of
from threshlint.proposal import Refusal

NOTHING = "–"
_UNITS = {"l2": "Euclidean distance", "squared-l2": "squared Euclidean distance", "angle": "angle in radians"}
_UNITS |= {"dot": "dot product", "negative-dot": "negative dot product"}

VERDICTS: Mapping[Verdict | Refusal, tuple[str, str]] = {
    Verdict.OK: (
        "can move",
        "The new value lets as many pairs pass as before, and for the most part the same ones. Look at those that "
        "flip, then sign.",
    ),
    Verdict.NEEDS_LABELS: (
        "needs labels",
        "No new value reproduces the old decisions: the two models rank pairs too differently. Have people judge some, "
        "and choose the value by these.",
    ),
    Verdict.INSUFFICIENT_TAIL: (
        "sample too small here",
        "Too few pairs of the sample pass the old value to know how many will pass the new one. Add close pairs to it.",
    ),
    Verdict.PARTIAL_INDEX: (
        "part of the index only",
        "With more documents the best hit is closer, so a value found on a part of the index is not the one for all of "
        "it. Embed all documents.",
    ),
    Verdict.OUT_OF_RANGE: (
        "outside of the sample",
        "All pairs of the sample lie on one side of the old value, so nothing is known of it.",
    ),
    Refusal.UNIT_UNKNOWN: ("unit not known", "Nothing says what the number is measured in; its annotation can."),
    Refusal.POPULATION_UNKNOWN: (
        "pairs not known",
        "Nothing says over which pairs the number decides; its annotation can.",
    ),
    Refusal.NOT_IN_MAP: ("not in this map", "The map was made for other pairs, or for another metric."),
    Refusal.NO_SCALAR_MAP: (
        "no single number",
        "A count of hits, a count of clusters or a weight has no counterpart: it is chosen anew, by evidence.",
    ),
    Refusal.SEVERAL_MODELS: ("for several models", "One value serves several models; give each its own."),
}
_LOOKS = {Verdict.OK: "good", Verdict.NEEDS_LABELS: "bad"}


def look_of(verdict: Verdict | Refusal) -> str:
    """Return how a verdict looks: ``good``, ``bad``, or ``open`` where more has to be known."""
    return _LOOKS.get(verdict, "open") if isinstance(verdict, Verdict) else "open"


def resolves(scores: PairedScores, old: Space) -> str:
    """Say which old thresholds a sample can resolve."""
    highest = highest_resolved(scores)
    if highest is None:
        return "It has too few close pairs to resolve any old threshold."
    unit = unit_of(old)
    end = f"{'down' if unit.is_distance else 'up'} to {number(unit.told(highest), 3)}"
    return (
        f"It can resolve old thresholds {end}: how many will pass is known within {share(Limits().volume)} there, "
        "if the two models agree as real ones do."
    )


def unit_words(name: str) -> str:
    """Write a unit out: ``cosine similarity``."""
    return _UNITS.get(name, name.replace("-", " "))


def title_of(population: Population) -> str:
    """Return what a population is, as a heading."""
    if population == PAIRS:
        return "Any two items"
    return "Each query’s best hit" if population == TOP1 else f"Each query’s {population.k} best hits"


def purpose_of(population: Population) -> str:
    """Return which rules decide over a population."""
    if population == PAIRS:
        return "For rules that compare items with each other, such as finding duplicates or forming clusters."
    if population == TOP1:
        return "For rules that look at the best hit only, such as a cache, routing, or “is there a match at all?”"
    return f"For rules that filter the {population.k} best hits of a query by their score."


def noun_of(population: Population) -> str:
    """Return what a rule decides about: two items, a query, or a hit of a query."""
    return "pairs" if population == PAIRS else "queries" if population == TOP1 else "hits"


def size_of(scores: PairedScores, population: Population) -> str:
    """Say how large a population is in the sample: pairs of items, else queries."""
    return f"{thousands(len(scores.groups))} queries" if population.k else f"{thousands(scores.total)} pairs of items"


def thousands(count: int) -> str:
    """Write a count with narrow spaces between its thousands."""
    return f"{count:,}".replace(",", "\u202f")


def number(value: float | None, digits: int = 6) -> str:
    """Write a number in as few digits as it has, up to some."""
    if value is None:
        return NOTHING
    text = fixed(value, digits).rstrip("0")
    return text + "0" if text.endswith(".") else text


def fixed(value: float, digits: int) -> str:
    """Write a number with so many decimals, and a true minus sign before it."""
    return f"{value:.{digits}f}".replace("-", "−")


def interval(low: float | None, high: float | None) -> str:
    """Write an interval, with two digits that matter; the sample may rule nothing out on one side, or on both."""
    if low is None or high is None:
        return NOTHING
    width = high - low
    digits = 3 if not 0 < width < math.inf else max(0, 1 - math.floor(math.log10(width)))
    if math.isinf(low):
        return "anything" if math.isinf(high) else f"up to {fixed(high, digits)}"
    return f"from {fixed(low, digits)} on" if math.isinf(high) else f"{fixed(low, digits)} to {fixed(high, digits)}"


def share(value: float | None) -> str:
    """Write a share as a percentage, with digits where it is small."""
    if value is None:
        return NOTHING
    percent = 100 * value
    if percent == 0 or percent >= 10:
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if percent >= 0.1 else f"{percent:.2g} %"


def hundredths(value: float | None) -> str:
    """Write a number between 0 and 1 with two decimals."""
    return NOTHING if value is None else f"{value:.2f}"


def ratio(value: float | None) -> str:
    """Write a ratio: ``×1.02``."""
    return NOTHING if value is None else f"×{value:.2f}"


def shortened(text: str, most: int = 260) -> str:
    """Cut a text at a word, its blanks and line breaks made single spaces."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0] + " …"
