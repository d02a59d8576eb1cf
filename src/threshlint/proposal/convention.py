"""What a site's number is measured in, and over which pairs it decides: said by somebody, or not known."""

from __future__ import annotations

from threshlint.calibration import units
from threshlint.calibration.errors import CalibrationError
from threshlint.calibration.population import PAIRS, Population
from threshlint.calibration.space import Space
from threshlint.calibration.units import Unit
from threshlint.config import Config
from threshlint.proposal.nouns import Refusal
from threshlint.site import Kind, Site

_SHARES = frozenset({"percentile", "rank-fraction"})  # they say how much passes, under any model


class NotKnownError(Exception):
    """Why a map cannot be asked; the message says what to do."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


def unit_of(site: Site, space: Space, config: Config) -> Unit:
    """Find what a site's number is measured in: its annotation says it, else the code, else the configuration.

    Raises:
        NotKnownError: Nobody says it, or a map of this space cannot tell it.

    """
    said = site.annotation.unit if site.annotation else None
    name = said or site.unit or config.unit(site.path)
    if name is None:
        raise NotKnownError(
            Refusal.UNIT_UNKNOWN,
            f"the code does not say what it is measured in; add `unit={_example(site, space)}`, or what it is, to "
            f"{_annotation(site)}, or set `units` in the configuration",
        )
    if name in _SHARES:
        raise NotKnownError(
            Refusal.NO_SCALAR_MAP,
            f"a {name} lets the same share pass under any model: look at what it does under the new one, then accept "
            "it as it is",
        )
    try:
        unit = units.unit_of(space, name)
    except CalibrationError as error:
        raise NotKnownError(Refusal.NOT_IN_MAP, str(error)) from error
    if not _fits(site, unit):
        grows = "lower is closer" if unit.is_distance else "higher is closer"
        raise NotKnownError(
            Refusal.UNIT_UNKNOWN,
            f"by its unit, {name}, {grows}, and it is used as a {site.kind}; say `unit={_example(site, space)}` in "
            f"{_annotation(site)}",
        )
    return unit


def population_of(site: Site, config: Config) -> Population:
    """Find the pairs that a site's number decides over: its annotation says it, else the code, else the configuration.

    Raises:
        NotKnownError: Nobody says it, or what is said is no population.

    """
    said = site.annotation.population if site.annotation else None
    by_code = site.population or (str(PAIRS) if site.kind is Kind.CLUSTER_BOUNDARY else None)
    name = said or by_code or config.population(site.path)
    if name is None:
        raise NotKnownError(
            Refusal.POPULATION_UNKNOWN,
            f"the code does not say over which pairs it decides; add one of these to {_annotation(site)}: "
            "`population=pairs` if any two items are compared, `population=top1` if only the best hit is, "
            "`population=topk:K` if the K best are (or set `populations` in the configuration)",
        )
    try:
        return Population.parse(name)
    except CalibrationError as error:
        raise NotKnownError(Refusal.POPULATION_UNKNOWN, f"{error}; correct {_annotation(site)}") from error


def _annotation(site: Site) -> str:
    """Say where somebody may write what the code does not say."""
    return "the `threshold@key` beside its table" if site.keyed else "its annotation"


def _example(site: Site, space: Space) -> str:
    """Name a unit that a site may have: boundaries of clusters are distances more often than not."""
    is_distance = site.kind is not Kind.SIMILARITY_THRESHOLD
    fitting = (unit.name for unit in units.units_of(space) if unit.is_distance is is_distance)
    return next(fitting, units.natural_unit(space.metric))


def _fits(site: Site, unit: Unit) -> bool:
    """Tell whether a unit grows the way the code takes it to; a boundary of clusters may go either way."""
    expected = {Kind.SIMILARITY_THRESHOLD: False, Kind.DISTANCE_THRESHOLD: True}.get(site.kind)
    return expected is None or unit.is_distance is expected
