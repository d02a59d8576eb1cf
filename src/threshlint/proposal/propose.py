"""Proposals for the sites of a map's old model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from threshlint.annotation import Suppression
from threshlint.calibration.errors import CalibrationError
from threshlint.calibration.population import Population
from threshlint.calibration.recalibration import DEFAULT_LIMITS, Limits, Recalibration
from threshlint.config import Config
from threshlint.proposal.convention import NotKnownError, population_of, unit_of
from threshlint.proposal.evidence import top_k_lines
from threshlint.proposal.nouns import Proposal, Refusal
from threshlint.rules.selection import is_ignored_in
from threshlint.rules.thr204_retired_model import RetiredModel
from threshlint.site import Inventory, Kind, Site

if TYPE_CHECKING:
    from threshlint.calibration.labelled import Target
    from threshlint.calibration.map import CalibrationMap

_QUOTES = re.compile(r"^[a-zA-Z]*['\"]+|['\"]+$")
_WHY_NO_NUMBER = {
    Kind.TOP_K: "how many hits to take has no counterpart in scores; choose it anew by what the new model finds again",
    Kind.SCORE_WEIGHT: "a weight depends on what the score is mixed with; choose it anew by queries with known answers",
    Kind.CLUSTER_BOUNDARY: "a count has no counterpart in scores; cluster anew and compare. If it is a cutoff, add its "
    "unit to its annotation, such as `unit=cosine-distance`",
}


def candidates(inventory: Inventory, old: str, new: str, config: Config) -> Iterator[Site]:
    """Yield the sites of an old model that a proposal is made for.

    They are those that the check would find if the model were retired: exempt sites are left out, those in tests unless
    the configuration judges tests, and those at which THR204 is suppressed or ignored. An annotation is taken at its
    word, whatever the evidence. A site that names the new model, too, is done.
    """
    old, new = config.canonical(old), config.canonical(new)
    for site in inventory.sites:
        if old in site.models and new not in site.models and site.exempt is None and _is_judged(site, config):
            yield site


def propose(
    inventory: Inventory,
    made: CalibrationMap,
    config: Config,
    *,
    limits: Limits = DEFAULT_LIMITS,
    target: Target | None = None,
) -> tuple[Proposal, ...]:
    """Propose a new value for each site of a map's old model, or say why there is none.

    Args:
        inventory: What was scanned; ``candidates`` says which of its sites are looked at.
        made: The map from the old model to the new one.
        config: The configuration that the scan went by. Its ``units`` and ``populations`` speak for sites that do not
            speak for themselves, its ``aliases`` join the names of models.
        limits: When a value is not vouched for.
        target: What to keep where the map has labels: precision or recall.

    """
    sites = candidates(inventory, made.old.model, made.new.model, config)
    return tuple(propose_each(sites, made, config, limits=limits, target=target))


def propose_each(
    sites: Iterable[Site],
    made: CalibrationMap,
    config: Config,
    *,
    limits: Limits = DEFAULT_LIMITS,
    target: Target | None = None,
) -> Iterator[Proposal]:
    """Propose a new value for each of some sites, one after the other; see ``propose``.

    Args:
        sites: The sites, such as ``candidates`` yields them.
        made: The map.
        config: Whose ``units`` and ``populations`` speak for sites that do not speak for themselves.
        limits: When a value is not vouched for.
        target: What to keep where the map has labels: precision or recall.

    """

    @cache  # many sites share a value, and an answer takes a while
    def ask(old: float, population: Population, unit: str, inclusive: bool) -> Recalibration:
        return made.recalibrate(old, population, unit=unit, inclusive=inclusive, limits=limits, target=target)

    for site in sites:
        yield _proposal(site, made, config, ask)


def _is_judged(site: Site, config: Config) -> bool:
    code = RetiredModel.code
    suppressed = any(isinstance(use.parsed, Suppression) and code in use.parsed.codes for use in site.suppressions)
    return (config.tests or not site.test) and not suppressed and not is_ignored_in(site.path, code, config)


def _proposal(
    site: Site,
    made: CalibrationMap,
    config: Config,
    ask: Callable[[float, Population, str, bool], Recalibration],
) -> Proposal:
    old = _number(site)
    if len(site.models) > 1:
        reason = (
            f"it is for {', '.join(site.models)}, and the new value would be for one more; give each its own in a "
            "table keyed by models"
        )
        return Proposal(site, old, Refusal.SEVERAL_MODELS, reason)
    unit: str | None = None
    population: Population | None = None
    try:
        _require_cutoff(site)
        unit = unit_of(site, made.old, config).name
        population = population_of(site, config)
        found = ask(old, population, unit, site.inclusive is not False)
    except NotKnownError as error:
        return _with_evidence(Proposal(site, old, error.refusal, str(error), unit, population), made)
    except CalibrationError as error:
        return Proposal(site, old, Refusal.NOT_IN_MAP, str(error), unit, population)
    return Proposal(site, old, found.verdict, found.reason, found.unit, population, found)


def _with_evidence(proposal: Proposal, made: CalibrationMap) -> Proposal:
    if proposal.site.kind is not Kind.TOP_K or not proposal.old.is_integer():
        return proposal
    k = int(proposal.old)
    at_k = made.top_k.at_k(k) if made.top_k is not None else None
    return replace(proposal, evidence=tuple(top_k_lines(made.top_k, k)), at_k=at_k)


def _require_cutoff(site: Site) -> None:
    """Refuse a number that no score is compared with."""
    says_unit = site.unit is not None or (site.annotation is not None and site.annotation.unit is not None)
    is_count = site.kind is Kind.CLUSTER_BOUNDARY and _number(site).is_integer() and not says_unit
    if site.kind in (Kind.TOP_K, Kind.SCORE_WEIGHT) or is_count:
        raise NotKnownError(Refusal.NO_SCALAR_MAP, _WHY_NO_NUMBER[site.kind])


def _number(site: Site) -> float:
    text = _QUOTES.sub("", site.value).replace("_", "").replace(" ", "")
    try:
        return float(text)
    except ValueError:
        return float(int(text, 0))
