"""Findings, the inventory or proposals, in one of several formats; one file a format.

A format of findings is a module in ``threshlint.output.findings`` with a function ``render(findings, inventory,
page)``; a format of the inventory is one in ``threshlint.output.inventory`` with ``render(inventory, page)``; one of
proposals is in ``threshlint.output.proposals`` with ``render(proposals, made, inventory, page)``. Its name is the
format's name, and being there is all that it takes to be offered.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from threshlint.output.page import Page
from threshlint.site import Finding, Inventory

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap
    from threshlint.proposal import Proposal

_FINDINGS = "threshlint.output.findings"
_INVENTORY = "threshlint.output.inventory"
_PROPOSALS = "threshlint.output.proposals"


class RenderFindings(Protocol):
    """What a format of findings does: the whole text, with a newline at its end unless it is empty."""

    def __call__(self, findings: Sequence[Finding], inventory: Inventory, page: Page) -> str:
        """Render findings, and what of the inventory could not be analysed."""


class RenderInventory(Protocol):
    """What a format of the inventory does: the whole text, with a newline at its end unless it is empty."""

    def __call__(self, inventory: Inventory, page: Page) -> str:
        """Render the sites, the embedders, and what could not be analysed."""


class RenderProposals(Protocol):
    """What a format of proposals does: the whole text, with a newline at its end."""

    def __call__(self, proposals: Sequence[Proposal], made: CalibrationMap, inventory: Inventory, page: Page) -> str:
        """Render the proposals of a map, and what of the inventory could not be analysed."""


def findings_formats() -> tuple[str, ...]:
    """Name the formats that findings have."""
    return _modules(_FINDINGS)


def inventory_formats() -> tuple[str, ...]:
    """Name the formats that the inventory has."""
    return _modules(_INVENTORY)


def findings_format(name: str) -> RenderFindings:
    """Load one format of findings."""
    return cast("RenderFindings", import_module(f"{_FINDINGS}.{name}").render)


def inventory_format(name: str) -> RenderInventory:
    """Load one format of the inventory."""
    return cast("RenderInventory", import_module(f"{_INVENTORY}.{name}").render)


def proposals_formats() -> tuple[str, ...]:
    """Name the formats that proposals have."""
    return _modules(_PROPOSALS)


def proposals_format(name: str) -> RenderProposals:
    """Load one format of proposals."""
    return cast("RenderProposals", import_module(f"{_PROPOSALS}.{name}").render)


def _modules(package: str) -> tuple[str, ...]:
    """Name the modules of a package without importing them: asking for ``--help`` loads no format."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(import_module(package).__path__)))
