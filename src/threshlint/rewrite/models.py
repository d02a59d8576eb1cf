"""Annotations that are there, for other models; their keys stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from threshlint.annotation import ANNOTATION_PREFIX, Annotation, Malformed, format_annotation
from threshlint.rewrite.code import Code
from threshlint.rewrite.edits import Edit
from threshlint.rewrite.errors import RewriteError
from threshlint.scan.coverage import PlacedRemark, Rank
from threshlint.site import Site

_NOT_IN_A_STRING = frozenset("\"'\\{}")


@dataclass
class Retargeted:
    """The annotations that change where they stand, and those that are to be written."""

    edits: set[Edit] = field(default_factory=set)
    missing: dict[Site, str] = field(default_factory=dict)


def retarget(code: Code, models: Mapping[Site, tuple[str, ...]]) -> Retargeted:
    """Let sites name other models.

    An annotation changes where it stands if that is right for all that it covers; else a site gets one of its own.

    Args:
        code: The code of one file.
        models: The new models of each site.

    Raises:
        RewriteError: The annotation of a site stands elsewhere, cannot be read, or cannot hold the models.

    """
    done = Retargeted()
    for site, of_site in models.items():
        remarks = code.winners(site)
        if not remarks:
            _require_place_for_annotation(code, site)
            done.missing[site] = format_annotation(Annotation(of_site))
        elif all(models.get(other) == of_site for remark in remarks for other in _decided_by(code, remark)):
            done.edits.update(_models_edit(code, remark, of_site) for remark in remarks)
        elif remarks[0].rank is Rank.ANNOTATED:
            raise RewriteError(
                f"line {site.line}: its `Annotated` holds other numbers, too; take them apart by hand", sites=[site]
            )
        else:
            done.missing[site] = f"{ANNOTATION_PREFIX}{','.join(of_site)}{_keys_of(remarks[0])}"
    return done


def obstacle_to_annotation(code: Code, site: Site) -> str | None:
    """Say what keeps a site without an annotation from getting one, None where nothing does."""
    for remark in code.annotations_over(site):
        if isinstance(remark.annotation, Malformed):
            return f"the annotation there is malformed: {remark.annotation.problem}"
        if remark.rank is Rank.TABLE_KEY:
            return "it stands in a table with `threshold@key`, under no key that is a string"
        return "the annotations there disagree; keep one"
    return None


def _require_place_for_annotation(code: Code, site: Site) -> None:
    if site.annotation is not None:
        raise RewriteError(
            f"line {site.line}: its annotation stands in an `Annotated` elsewhere; change it there", sites=[site]
        )
    obstacle = obstacle_to_annotation(code, site)
    if obstacle is not None:
        raise RewriteError(f"line {site.line}: {obstacle}", sites=[site])


def _decided_by(code: Code, remark: PlacedRemark) -> Sequence[Site]:
    return [site for site in code.sites if site.exempt is None and remark in code.winners(site)]


def _models_edit(code: Code, remark: PlacedRemark, models: Sequence[str]) -> Edit:
    start = code.text.index(ANNOTATION_PREFIX, code.offset(remark.span.line, remark.span.column))
    in_string = any(piece.start <= start < piece.end for piece in code.logicals.strings)
    text = ",".join(models)
    if in_string and _NOT_IN_A_STRING & set(text):
        raise RewriteError(
            f"line {remark.span.line}: {text} cannot stand in a string as it is; change it by hand",
            sites=_decided_by(code, remark),
        )
    start += len(ANNOTATION_PREFIX)
    return Edit(start, start + len(_written_models(remark)), text)


def _written_models(remark: PlacedRemark) -> str:
    return remark.text.removeprefix(ANNOTATION_PREFIX).split(maxsplit=1)[0]


def _keys_of(remark: PlacedRemark) -> str:
    return remark.text.removeprefix(ANNOTATION_PREFIX + _written_models(remark))
