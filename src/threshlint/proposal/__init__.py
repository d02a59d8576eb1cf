"""A site and a calibration map -> a proposal: the site's new value with its evidence, or why there is none."""

from __future__ import annotations

from threshlint.proposal.accept import AcceptError, Choice, accept, parse_choice
from threshlint.proposal.nouns import Proposal, Refusal, written
from threshlint.proposal.propose import candidates, propose, propose_each

__all__ = [
    "AcceptError",
    "Choice",
    "Proposal",
    "Refusal",
    "accept",
    "candidates",
    "parse_choice",
    "propose",
    "propose_each",
    "written",
]
