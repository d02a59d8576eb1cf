"""New values and new models for sites: what ``threshlint rewrite --write`` does to a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from threshlint.annotation import Annotation
from threshlint.rewrite.code import Code
from threshlint.rewrite.comments import place_comments
from threshlint.rewrite.edits import Edit
from threshlint.rewrite.errors import RewriteError
from threshlint.rewrite.models import retarget
from threshlint.rewrite.proof import rewritten
from threshlint.rewrite.values import value_edit
from threshlint.scan.lexer import lex
from threshlint.site import Site


@dataclass(frozen=True)
class Change:
    """What becomes of a site."""

    site: Site
    value: str | None = None  # the new number, as Python writes it; None leaves the old one
    models: tuple[str, ...] = ()  # the models that it is for then; none leaves the annotation


@dataclass(frozen=True)
class Changed:
    """A file's new text, and what became of the changes."""

    text: str
    made: tuple[Change, ...]
    left: tuple[tuple[Change, str], ...]  # with the reason of each


def apply_what_goes(
    text: str,
    changes: Sequence[Change],
    sites: Sequence[Site],
    line_length: int,
    canonical: Callable[[str], str] = lambda model: model,
) -> Changed:
    """Apply the changes that can be done, and say why the others cannot; see ``apply``.

    Raises:
        RewriteError: The file cannot be rewritten at all.

    """
    left: list[tuple[Change, str]] = []
    while True:
        try:
            new_text = apply(text, changes, sites, line_length, canonical)
        except RewriteError as error:
            blamed = [change for change in changes if change.site in error.sites]
            if not blamed:
                raise
            left += [(change, str(error)) for change in blamed]
            changes = [change for change in changes if change not in blamed]
        else:
            return Changed(new_text, tuple(changes), tuple(left))


def apply(
    text: str,
    changes: Sequence[Change],
    sites: Sequence[Site],
    line_length: int,
    canonical: Callable[[str], str] = lambda model: model,
) -> str:
    """Return a file's text with new values, each with the annotation that belongs to it.

    A site that is keyed by its model gets an entry for the new one beside the old one; the old value stays.

    Args:
        text: The file's text.
        changes: What is to change, at most once for each site.
        sites: All sites of the file, those that change among them.
        line_length: How long the file's formatter lets a line be.
        canonical: Gives the one name of a model.

    Raises:
        RewriteError: Any of it cannot be done; then nothing is.

    """
    sites_changed = [change.site for change in changes]
    if len(set(sites_changed)) < len(sites_changed) or not set(sites_changed) <= set(sites):
        raise ValueError("each change needs a site of its own among the sites of the file")
    if not changes:
        return text
    code = Code(lex(text), sites)
    in_place = [change for change in changes if not _adds_entry(change, canonical)]
    edits = [value_edit(code, change.site, change.value) for change in in_place if change.value is not None]
    edits += _entries(code, [change for change in changes if _adds_entry(change, canonical)], canonical)

    models = {change.site: change.models for change in in_place if change.models and not change.site.keyed}
    retargeted = retarget(code, models)
    placement = place_comments(code, retargeted.missing, line_length)
    for site, reason in placement.left.items():
        raise RewriteError(f"line {site.line}: {reason}", sites=[site])
    annotations = {
        site: replace(code.annotation_of(site) or Annotation(of_site), models=of_site)
        for site, of_site in models.items()
    }
    return rewritten(code, [*edits, *retargeted.edits, *placement.edits], annotations)


def already_there(
    text: str,
    wanted: Collection[Site],
    sites: Sequence[Site],
    model: str,
    canonical: Callable[[str], str] = lambda name: name,
) -> dict[Site, str]:
    """Return those sites whose table has a number for another model already, each with that number as it is written.

    Args:
        text: The file's text.
        wanted: The sites to look at.
        sites: All sites of the file.
        model: The other model.
        canonical: Gives the one name of a model.

    Raises:
        RewriteError: The file cannot be parsed, or has changed.

    """
    keyed = [site for site in wanted if site.keyed]
    if not keyed:
        return {}
    from threshlint.rewrite.tables import counterpart  # imports LibCST, which takes 0.2 s

    code = Code(lex(text), sites)
    found = {site: counterpart(code, site, model, canonical) for site in keyed}
    return {site: other.value for site, other in found.items() if other is not None}


def _adds_entry(change: Change, canonical: Callable[[str], str]) -> bool:
    """Tell whether a change is for another model than the one that the site is keyed by."""
    return change.site.keyed and not {canonical(model) for model in change.models} <= set(change.site.models)


def _entries(code: Code, changes: Sequence[Change], canonical: Callable[[str], str]) -> list[Edit]:
    if not changes:
        return []
    from threshlint.rewrite.tables import NewValue, table_edits  # imports LibCST, which takes 0.2 s

    for change in changes:
        if change.value is None:
            raise RewriteError(
                f"line {change.site.line}: a table's entry for another model needs a value", sites=[change.site]
            )
    values = [NewValue(change.site, change.value or "", model) for change in changes for model in change.models]
    return table_edits(code, values, canonical)
