"""Proposals carried out: what ``threshlint rewrite`` does to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from threshlint.proposal import Proposal
from threshlint.rewrite.change import Change, already_there, apply_what_goes
from threshlint.site import Site


@dataclass(frozen=True)
class CarriedOut:
    """A file's new text, and what became of its proposals."""

    text: str
    proposals: tuple[Proposal, ...]  # with what is in the way of each
    written: tuple[Site, ...]


def carry_out(
    text: str,
    proposals: Sequence[Proposal],
    sites: Sequence[Site],
    line_length: int,
    new: str,
    canonical: Callable[[str], str],
) -> CarriedOut:
    """Write the proposals that are vouched for or accepted into a file's text.

    A site whose table has a value for the new model already is done: it has no proposal any more, unless its owner has
    accepted another value.

    Args:
        text: The file's text.
        proposals: Those for sites of the file.
        sites: All sites of the file.
        line_length: How long the file's formatter lets a line be.
        new: The new model, as annotations are to name it.
        canonical: Gives the one name of a model.

    Raises:
        RewriteError: The file cannot be rewritten at all.

    """
    done = already_there(text, [proposal.site for proposal in proposals], sites, new, canonical)
    open_ones = [proposal for proposal in proposals if proposal.accepted is not None or proposal.site not in done]
    changes = [Change(proposal.site, proposal.new_text, (new,)) for proposal in open_ones if proposal.is_ok]
    changed = apply_what_goes(text, changes, sites, line_length, canonical)
    reasons = {change.site: reason.removeprefix(f"line {change.site.line}: ") for change, reason in changed.left}
    return CarriedOut(
        changed.text,
        tuple(replace(proposal, obstacle=reasons.get(proposal.site)) for proposal in open_ones),
        tuple(change.site for change in changed.made),
    )
