"""What THR101 to THR105 share: a site of one kind that names no model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from threshlint.rules.base import Context, Rule, describe
from threshlint.site import Finding, Kind, Site


class UnversionedSite(Rule):
    """A site of one kind without ``threshold@model``."""

    kind: ClassVar[Kind]
    options = ("models", "aliases", "tests", "min-evidence")

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the sites of the kind that no annotation covers and no table key speaks for."""
        remedy = _remedy(context)
        for site in context.sites:
            if not site.evidence.is_at_least(context.config.min_evidence):
                continue
            if site.kind is self.kind and not _is_annotated(site):
                yield self.at_site(site, f"{describe(site)} has no `threshold@model`", remedy)


def _is_annotated(site: Site) -> bool:
    return bool(site.models) or (site.annotation is not None and site.annotation.any_model)


def _remedy(context: Context) -> str:
    named = {context.config.canonical(embedder.model) for embedder in context.inventory.embedders}
    remedy = (
        f"add `# threshold@{named.pop() if len(named) == 1 else 'MODEL'}` with the model that it was calibrated for"
    )
    return f"{remedy}, at the end of the statement or on the line above, or key a table by model"
