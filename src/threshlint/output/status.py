"""What the formats say of a site beyond its fields: its models, what excuses it, what may change it."""

from __future__ import annotations

from threshlint.annotation import ANY_MODEL, Suppression
from threshlint.site import Site


def is_for_any_model(site: Site) -> bool:
    """Tell ``threshold@*``: right for no model in particular, and listed apart."""
    return site.annotation is not None and site.annotation.any_model


def is_annotated(site: Site) -> bool:
    """Tell whether a model is named for the site, by an annotation or by a key of its table."""
    return bool(models(site)) and not is_for_any_model(site)


def models(site: Site) -> tuple[str, ...]:
    """Name the models of a site, ``*`` for no model in particular."""
    return (ANY_MODEL,) if is_for_any_model(site) else site.models


def annotation_reason(site: Site) -> str | None:
    """Give the reason that the annotation of a site states."""
    return site.annotation.reason if site.annotation else None


def suppressions(site: Site) -> tuple[Suppression, ...]:
    """List the well-formed suppressions that cover a site; a malformed one suppresses nothing."""
    return tuple(use.parsed for use in site.suppressions if isinstance(use.parsed, Suppression))


def suppressed_codes(site: Site) -> tuple[str, ...]:
    """Name the rules that are silenced at a site."""
    return tuple(dict.fromkeys(code for suppression in suppressions(site) for code in suppression.codes))


def suppression_reason(site: Site) -> str | None:
    """Give the reason of a suppressed site: empty if it has none, None if the site is not suppressed."""
    found = suppressions(site)
    return "; ".join(suppression.reason for suppression in found if suppression.reason) if found else None


def remarks(site: Site) -> tuple[str, ...]:
    """Say in a few words each what is special about a site."""
    said: list[str] = []
    if site.keyed:
        said.append("model from its key")
    if site.exempt is not None:
        said.append(f"exempt: {site.exempt}")
    if codes := suppressed_codes(site):
        reason = suppression_reason(site)
        said.append(f"{', '.join(codes)} suppressed" + (f": {reason}" if reason else ""))
    if site.test:
        said.append("test")
    return tuple(said)
