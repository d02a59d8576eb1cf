"""Values that the owner of a site gives in place of the map's."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from threshlint.proposal.nouns import Proposal
from threshlint.site import Inventory, Site

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class AcceptError(ValueError):
    """A choice that cannot be understood, or fits no site or several; the message says which and what to do."""


@dataclass(frozen=True)
class Choice:
    """A site, as somebody has named it, and the value that it is to have."""

    site: str
    value: str


def parse_choice(text: str) -> Choice:
    """Read ``SITE=VALUE``.

    Raises:
        AcceptError: It is none, or the value is no number.

    """
    site, _, value = text.rpartition("=")
    if not site:
        raise AcceptError(f"{text!r} is no SITE=VALUE, such as shop/cache.py:12=0.71")
    if not _NUMBER.fullmatch(value):
        raise AcceptError(f"{value!r} is no number, such as 0.71")
    return Choice(site, value)


def accept(
    proposals: Sequence[Proposal], choices: Sequence[Choice], inventory: Inventory, new: str, directory: Path
) -> list[Proposal]:
    """Put the owner's values into proposals.

    A site that has the value for the new model already is passed over, so that the same choices can be given again.

    Args:
        proposals: Those of the map.
        choices: What the owner has said. A site is named by its fingerprint, or by ``path:line`` with a path from
            ``directory`` or from the project root, and with ``:column`` where a line has several.
        inventory: What was scanned.
        new: The new model's one name.
        directory: The working directory.

    Raises:
        AcceptError: A choice fits no proposal, or several sites, or a site is given two values.

    """
    chosen: dict[Site, str] = {}
    proposed = {proposal.site for proposal in proposals}
    for choice in choices:
        site = _find(choice, inventory, proposed, directory)
        if site not in proposed:
            if new in site.models and _is_same(site.value, choice.value):
                continue
            raise AcceptError(f"{choice.site}: there is no proposal for {site.kind} {site.value} there; {_names(site)}")
        if chosen.setdefault(site, choice.value) != choice.value:
            raise AcceptError(f"{choice.site} is given both {chosen[site]} and {choice.value}; keep one")
    return [
        replace(proposal, accepted=chosen[proposal.site]) if proposal.site in chosen else proposal
        for proposal in proposals
    ]


def _find(choice: Choice, inventory: Inventory, proposed: set[Site], directory: Path) -> Site:
    """Find the one site that a choice names; those with a proposal come first."""
    fitting = [site for site in inventory.sites if _fits(choice.site, site, Path(inventory.root), directory)]
    found = [site for site in fitting if site in proposed] or fitting
    if not found:
        raise AcceptError(
            f"{choice.site}: there is no such site; give path:line, or the fingerprint of the json output"
        )
    if len(found) > 1:
        places = ", ".join(f"{site.path}:{site.line}:{site.span.column} ({site.kind} {site.value})" for site in found)
        raise AcceptError(f"{choice.site} may be any of {places}; add the column")
    return found[0]


def _fits(name: str, site: Site, root: Path, directory: Path) -> bool:
    if name == site.fingerprint:
        return True
    place = _PLACE.fullmatch(name)
    if place is None or int(place["line"]) != site.line:
        return False
    if place["column"] is not None and int(place["column"]) != site.span.column:
        return False
    whole = os.path.normpath(root / site.path)
    return whole in (os.path.normpath(directory / place["path"]), os.path.normpath(root / place["path"]))


def _is_same(one: str, other: str) -> bool:
    try:
        return float(one.strip("\"'")) == float(other)
    except ValueError:
        return False


def _names(site: Site) -> str:
    return f"it is annotated with {', '.join(site.models)}" if site.models else "it is not annotated"
