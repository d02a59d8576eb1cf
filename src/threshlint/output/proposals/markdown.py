"""``markdown``: proposals for a pull request, where their owners see and sign them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from threshlint.output.markup import code, escape, section
from threshlint.output.page import Page
from threshlint.output.proposal_words import (
    agreement,
    firing,
    interval,
    map_line,
    ratio,
    share,
    summary,
    verdict,
    volume,
    why,
)
from threshlint.output.summary import skip_reason
from threshlint.proposal import Proposal
from threshlint.site import Inventory, Skipped

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap

_HEADER = (
    "place",
    "name",
    "kind",
    "population",
    "old",
    "new",
    "95 % interval",
    "verdict",
    "fires",
    "volume",
    "precision",
    "recall",
    "F1",
    "kappa",
    "irreducible",
    "pairs",
    "best agreement",
    "owner",
)


def render(proposals: Sequence[Proposal], made: CalibrationMap, inventory: Inventory, page: Page) -> str:
    """Render the proposals as one table, what is behind those that are refused, and what was not analysed."""
    explained = [(proposal, lines) for proposal in proposals if (lines := tuple(why(proposal)))]
    sections = (
        escape(map_line(made)),
        section("Proposals", _HEADER, map(_row, proposals)),
        section("What to know", ("place", "verdict", "what to do"), [_why_row(*each) for each in explained]),
        section("Not analysed", ("path", "reason"), map(_skipped_row, inventory.skipped)),
        summary(proposals, inventory),
    )
    title = f"# Thresholds from {code(made.old.model)} to {code(made.new.model)}"
    return "\n\n".join(filter(None, (title, *sections))) + "\n"


def _row(proposal: Proposal) -> Sequence[str]:
    site, found = proposal.site, proposal.recalibration
    measured = found if proposal.is_of_map else None
    return (
        _place(proposal),
        code(site.name or ""),
        site.kind.value,
        str(proposal.population or ""),
        code(site.value),
        code(proposal.new_text or ""),
        interval(proposal),
        escape(verdict(proposal)),
        firing(proposal),
        volume(proposal),
        ratio(measured.precision if measured else None),
        ratio(measured.recall if measured else None),
        ratio(measured.f1 if measured else None),
        ratio(measured.kappa if measured else None),
        share(found.irreducible_disagreement if found else None),
        str(found.positives) if found else "",
        agreement(proposal),
        code(site.owner or ""),
    )


def _why_row(proposal: Proposal, lines: Sequence[str]) -> Sequence[str]:
    return (_place(proposal), escape(verdict(proposal)), "<br>".join(map(escape, lines)))


def _place(proposal: Proposal) -> str:
    return code(f"{proposal.site.path}:{proposal.site.line}:{proposal.site.span.column}")


def _skipped_row(file: Skipped) -> Sequence[str]:
    return (code(file.path), escape(skip_reason(file)))
