"""THR205: a site that nobody owns."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.config import Config
from threshlint.rules.base import Context, Example, Rule, describe
from threshlint.site import Finding


class SiteWithoutOwner(Rule):
    """A site that neither its annotation nor CODEOWNERS gives an owner."""

    code = "THR205"
    name = "site-without-owner"
    summary = "A threshold has no owner"
    what_it_does = (
        "Finds sites that have no `owner=` in their annotation and whose file has none in CODEOWNERS. Off by default: "
        "`require-owner` turns it on, and so does selecting `THR205`."
    )
    why_is_this_bad = (
        "A migration asks somebody to sign every new value. Where nobody is named, the question goes to whoever "
        "touched the line last, and the threshold is carried over unmeasured."
    )
    options = ("require-owner",)
    opt_in = True
    invalid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small
""",
            lines=(5,),
            options={"require_owner": True},
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small owner=search-team
""",
            options={"require_owner": True},
        ),
    )

    def is_asked_for(self, config: Config) -> bool:
        """Tell whether ``require-owner`` is set."""
        return config.require_owner

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the sites without an owner."""
        for site in context.sites:
            if site.owner is None:
                yield self.at_site(
                    site,
                    f"{describe(site)} has no owner",
                    "add `owner=TEAM` to its annotation, or its file to CODEOWNERS",
                )
