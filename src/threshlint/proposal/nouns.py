"""The proposal: what is to become of one site, and all that speaks for it or against it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from threshlint.calibration.population import Population
from threshlint.calibration.recalibration import Recalibration, Verdict
from threshlint.calibration.top_k import AtK
from threshlint.site import Site


class Refusal(str, Enum):
    """Why a map cannot be asked for a site's new value; what a map answers is a ``Verdict``."""

    UNIT_UNKNOWN = "unit-unknown"  # nothing says what the number is measured in
    POPULATION_UNKNOWN = "population-unknown"  # nothing says over which pairs it decides
    NOT_IN_MAP = "not-in-map"  # the map was made for other populations, or another metric
    NO_SCALAR_MAP = "no-scalar-map"  # a top-K, a count of clusters, a weight: no single number corresponds to it
    SEVERAL_MODELS = "several-models"  # the number is for the old model and for others

    __str__ = str.__str__


@dataclass(frozen=True)
class Proposal:
    """What is to become of one site.

    Attributes:
        site: The site, as it stands.
        old: Its number.
        verdict: Whether the new value may be used: what the map says, or why it could not be asked.
        reason: What is behind the verdict and what to do about it; empty for ``ok``.
        unit: What the number is measured in, where that is known.
        population: Over which pairs it decides, where that is known.
        recalibration: What the map says of it; None where it could not be asked.
        evidence: Where no single number corresponds to it: what the map knows for the choice of one, a sentence each.
        at_k: For a top-K: the numbers behind that, where the map has them for this K.
        accepted: The value that its owner gave in place of the map's, as they wrote it.
        obstacle: Why the new value cannot be written into the code.

    """

    site: Site
    old: float
    verdict: Verdict | Refusal
    reason: str = ""
    unit: str | None = None
    population: Population | None = None
    recalibration: Recalibration | None = None
    evidence: tuple[str, ...] = ()
    at_k: AtK | None = None
    accepted: str | None = None
    obstacle: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether the new value is to be written: vouched for by the map, or accepted by the owner."""
        return self.new is not None and (self.verdict is Verdict.OK or self.accepted is not None)

    @property
    def new(self) -> float | None:
        """The new value: the owner's, else the map's, which is there for many a refused one, too."""
        if self.accepted is not None:
            return float(self.accepted)
        return self.recalibration.new if self.recalibration is not None else None

    @property
    def new_text(self) -> str | None:
        """The new value as it is written into the code."""
        if self.accepted is not None:
            return self.accepted
        return written(self.new) if self.new is not None else None

    @property
    def is_of_map(self) -> bool:
        """Whether what the map has measured is about the new value, not about another that its owner put in place."""
        return self.recalibration is not None and self.new == self.recalibration.new


def written(value: float) -> str:
    """Write a number with all its digits and without an exponent, which SQL, for one, may not take."""
    text = f"{Decimal(repr(value)):f}"
    return text if "." in text else f"{text}.0"
