"""What was found in a whole project: its parts put together, with what comments say of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from threshlint.site import AnnotationUse, Embedder, Inventory, Mismatch, Site, Skipped, Span, SuppressionUse

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.entry import Entry
    from threshlint.scan.solve import Outcome


@dataclass(frozen=True)
class Survey:
    """Everything found in the files of a project, whichever of them were named; without owners."""

    sites: tuple[Site, ...] = ()
    embedders: tuple[Embedder, ...] = ()
    annotations: tuple[AnnotationUse, ...] = ()
    suppressions: tuple[SuppressionUse, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    broken: dict[str, str] = field(default_factory=dict)  # the files that could not be analysed, and why
    imports: dict[str, tuple[str, ...]] = field(default_factory=dict)  # what each file imports, where any is broken
    in_parts: tuple[str, ...] = ()  # files that are linked with too many others to be solved with them all


def put_together(
    outcomes: Sequence[Outcome],
    entries: Mapping[str, Entry],
    line_of: Callable[[str, int], str],
    config: Config,
) -> Survey:
    """Join what was found in each part, attach what comments say, and give each site its fingerprint.

    Args:
        outcomes: Of all parts.
        entries: Of all files, by their paths.
        line_of: Reads a line of a file.
        config: Whose aliases join the names of models.
    """
    from threshlint.scan.attach import attach
    from threshlint.scan.fingerprint import fingerprints

    embedders = [each for outcome in outcomes for each in outcome.embedders]
    known = {*(model for outcome in outcomes for model in outcome.known_models), *(each.model for each in embedders)}
    found = [each for outcome in outcomes for each in outcome.found]
    found.sort(key=lambda each: (each.site.path, each.site.span))
    attached = attach(found, {path: entry.head.comments for path, entry in entries.items()}, known, config)
    statements = {path: entries[path].read_statements() for path in {each.site.path for each in found}}
    mismatches = [_placed(each, line_of, config) for outcome in outcomes for each in outcome.mismatches]
    broken = {path: entry.head.reason for path, entry in entries.items() if entry.head.reason is not None}
    return Survey(
        tuple(
            replace(site, fingerprint=fingerprint, sources=tuple(dict.fromkeys(map(config.canonical, site.sources))))
            for site, fingerprint in zip(attached.sites, fingerprints(attached.sites, statements), strict=True)
        ),
        tuple(sorted(embedders, key=lambda each: (each.path, each.line, each.model))),
        attached.annotations,
        attached.suppressions,
        tuple(sorted(mismatches, key=lambda each: (each.path, each.span))),
        broken,
        _imports(entries) if broken else {},
    )


def _imports(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    from threshlint.scan.components import imported

    paths = list(entries)
    found = imported([entry.head.links for entry in entries.values()])
    return {path: tuple(paths[other] for other in others) for path, others in zip(paths, found, strict=True)}


def _placed(mismatch: Mismatch, line_of: Callable[[str, int], str], config: Config) -> Mismatch:
    """Let a mismatch span what is written on its line, and name its models as the project does."""
    line = mismatch.span.line
    written = line_of(mismatch.path, line)
    begin = len(written) - len(written.lstrip())
    one, other = map(config.canonical, mismatch.models)
    return replace(mismatch, span=Span(line, begin + 1, line, len(written.rstrip()) + 1), models=(one, other))


def inventory(survey: Survey, named: Collection[str], skipped: Sequence[Skipped], config: Config) -> Inventory:
    """Cut a survey to the files that were named, and give each site its owner."""
    from threshlint.owners import read_owners

    owners = read_owners(config.root)
    return Inventory(
        str(config.root),
        tuple(replace(site, owner=site.owner or owners.of(site.path)) for site in survey.sites if site.path in named),
        tuple(each for each in survey.embedders if each.path in named),
        tuple(sorted((*skipped, *_skipped(survey, named)), key=lambda each: each.path)),
        tuple(each for each in survey.annotations if each.path in named),
        tuple(each for each in survey.suppressions if each.path in named),
        sum(path not in survey.broken for path in named),
        tuple(each for each in survey.mismatches if each.path in named),
        sum(path in named for path in survey.in_parts),
    )


def _skipped(survey: Survey, named: Collection[str]) -> list[Skipped]:
    """Name what could not be analysed; a context file counts fully when a named file depends on it."""
    reached, pending = set(named), list(named)
    while pending and survey.broken:
        fresh = [path for path in survey.imports.get(pending.pop(), ()) if path not in reached]
        reached.update(fresh)
        pending += fresh
    return [Skipped(path, reason, context=path not in reached) for path, reason in survey.broken.items()]
