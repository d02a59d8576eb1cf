"""Attach annotations and suppressions to the sites that they cover."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from threshlint.annotation import ANNOTATION_PREFIX, KEYS, Annotation, Malformed, Suppression, parse_annotation
from threshlint.config import Config
from threshlint.scan.coverage import Cover, FileComments, PlacedRemark, Rank
from threshlint.site import AnnotationUse, Site, SuppressionUse


@dataclass(frozen=True)
class Found:
    """A site as the scan found it, with what may name its models."""

    site: Site
    keys: tuple[str, ...] = ()  # of the dict literals around it, outermost first
    tests: tuple[str, ...] = ()  # the strings that the branches around it compare with
    annotated: tuple[str, ...] = ()  # the strings in the ``Annotated[…]`` of the declaration whose default it is


@dataclass(frozen=True)
class Attached:
    """The sites with what covers them, and each annotation and suppression with what it covers."""

    sites: tuple[Site, ...]
    annotations: tuple[AnnotationUse, ...]
    suppressions: tuple[SuppressionUse, ...]


def attach(
    found: Sequence[Found], comments: Mapping[str, FileComments], known_models: Collection[str], config: Config
) -> Attached:
    """Give each site its models, annotation, owner and suppressions.

    Args:
        found: The sites of the whole project.
        comments: The remarks of every file that was analysed, by path.
        known_models: The models by which a table may be keyed; the keys of ``threshold@key`` tables join them.
        config: Whose aliases join the names of models.
    """
    return _Attacher(comments, known_models, config).attach(found)


# Where a remark stands: two never begin at the same place.
_Place = tuple[str, int, int]


@dataclass(frozen=True)
class _Candidate:
    """A well-formed annotation that covers a site, and where it stands, if that is known."""

    rank: Rank
    annotation: Annotation
    text: str
    place: _Place | None


class _Attacher:
    def __init__(self, comments: Mapping[str, FileComments], known_models: Iterable[str], config: Config) -> None:
        self.comments = comments
        self.config = config
        self.known = set(map(config.canonical, known_models))
        self.sites_covered: Counter[_Place] = Counter()
        self.sites_annotated_elsewhere: Counter[str] = Counter()
        self.disagreements: dict[_Place, str] = {}
        self.suppression_uses = dict(self.read_suppressions())
        self.annotated_types: dict[tuple[str, str], list[PlacedRemark]] = defaultdict(list)
        for path, remark in self.remarks():
            if remark.rank is Rank.ANNOTATED:
                self.annotated_types[path, remark.text].append(remark)

    def attach(self, found: Sequence[Found]) -> Attached:
        covers = [list(self.covers_of(each)) for each in found]
        declared = self.declare_models(found, covers)
        sites = tuple(
            self.attach_one(each, its_covers, its_models)
            for each, its_covers, its_models in zip(found, covers, declared, strict=True)
        )
        return Attached(sites, tuple(self.annotation_uses()), tuple(self.suppression_uses.values()))

    def remarks(self) -> Iterator[tuple[str, PlacedRemark]]:
        for path, comments in self.comments.items():
            for remark in comments.remarks:
                yield path, remark

    def covers_of(self, found: Found) -> Iterator[Cover]:
        comments = self.comments.get(found.site.path)
        return comments.covering(found.site.span) if comments else iter(())

    # The models that tables and branches name

    def declare_models(self, found: Sequence[Found], covers: Sequence[Sequence[Cover]]) -> list[tuple[str, ...]]:
        """Find the models that ``threshold@key`` declares for each site, and make them known.

        Of nested keys those are models that are known; all are where none is. Shallow tables come first, since what
        they declare tells models from other keys in the deeper ones.
        """
        declared: list[tuple[str, ...]] = [()] * len(found)
        by_depth: dict[int, list[int]] = defaultdict(list)
        for index, its_covers in enumerate(covers):
            if any(cover.remark.rank is Rank.TABLE_KEY for cover in its_covers):
                by_depth[len(found[index].keys)].append(index)
        for depth in sorted(by_depth):
            for index in by_depth[depth]:
                members = [self.model_of_member(cover.member) for cover in covers[index] if cover.member is not None]
                names = (*found[index].keys, *members)
                declared[index] = self.known_among(names) or self.canonical(names)
            self.known.update(model for index in by_depth[depth] for model in declared[index])
        return declared

    def model_of_member(self, member: str) -> str:
        """Return the known model that an identifier spells (``BGE_SMALL`` is ``bge-small``), else the identifier."""
        spelled = _as_identifier(member)
        return min((model for model in self.known if _as_identifier(model) == spelled), default=member)

    def known_among(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in self.canonical(names) if self.is_known(name))

    def is_known(self, canonical: str) -> bool:
        return canonical in self.known or canonical.rpartition("@")[0] in self.known

    def canonical(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self.config.canonical, names)))

    # One site

    def attach_one(self, found: Found, covers: Sequence[Cover], declared: tuple[str, ...]) -> Site:
        path = found.site.path
        for cover in covers:
            if cover.remark.rank is not Rank.TABLE_KEY or declared:
                self.sites_covered[_place(path, cover.remark)] += 1
        keyed = declared or self.known_among(found.keys) or self.known_among(found.tests)
        annotation = self.winner([*self.annotated(found), *_candidates(path, covers)])
        if keyed:
            annotation = _nearest_table(covers) or (None if annotation and annotation.any_model else annotation)
        return replace(
            found.site,
            models=keyed or self.canonical(annotation.named_models if annotation else ()),
            keyed=bool(keyed),
            annotation=annotation,
            owner=annotation.owner if annotation else None,
            suppressions=tuple(
                self.suppression_uses[_place(path, cover.remark)]
                for cover in covers
                if isinstance(cover.remark.suppression, Suppression)
            ),
        )

    def annotated(self, found: Found) -> Iterator[_Candidate]:
        """Yield the annotations in the ``Annotated[…]`` of a declaration, which may be an alias from elsewhere."""
        for text in found.annotated:
            if not text.startswith(ANNOTATION_PREFIX):
                continue
            place = None
            for remark in self.annotated_types.get((found.site.path, text), ()):
                if remark.first_line <= found.site.line <= remark.last_line:
                    place = _place(found.site.path, remark)
                    self.sites_covered[place] += 1
                    break
            else:
                self.sites_annotated_elsewhere[text] += 1
            parsed = parse_annotation(text)
            if isinstance(parsed, Annotation):
                yield _Candidate(Rank.ANNOTATED, parsed, text, place)

    def winner(self, candidates: Sequence[_Candidate]) -> Annotation | None:
        """Return the annotation that takes precedence, none where two of equal rank disagree."""
        if not candidates:
            return None
        rank = min(candidate.rank for candidate in candidates)
        first, *others = (candidate for candidate in candidates if candidate.rank is rank)
        agreed = True
        for other in others:
            if self.meaning(other.annotation) != self.meaning(first.annotation):
                agreed = False
                self.note_disagreement(first, other)
                self.note_disagreement(other, first)
        return first.annotation if agreed else None

    def meaning(self, annotation: Annotation) -> tuple[object, ...]:
        return (frozenset(self.canonical(annotation.models)), *(getattr(annotation, key) for key in KEYS))

    def note_disagreement(self, one: _Candidate, other: _Candidate) -> None:
        if one.place is not None:
            self.disagreements.setdefault(
                one.place, f"it disagrees with `{other.text}`, which covers the same site by equal right; keep one"
            )

    # What each remark covers

    def annotation_uses(self) -> Iterator[AnnotationUse]:
        for path, remark in self.remarks():
            parsed, place = remark.annotation, _place(path, remark)
            if parsed is None:
                continue
            if place in self.disagreements:
                parsed = Malformed(remark.text, self.disagreements[place])
            sites = self.sites_covered[place]
            if remark.rank is Rank.ANNOTATED and not sites:
                sites = self.sites_annotated_elsewhere[remark.text]
            yield AnnotationUse(path, remark.span, parsed, sites, self.config.is_test(path))

    def read_suppressions(self) -> Iterator[tuple[_Place, SuppressionUse]]:
        for path, remark in self.remarks():
            if remark.suppression is not None:
                lines = remark.first_line, remark.last_line
                yield (
                    _place(path, remark),
                    SuppressionUse(path, remark.span, remark.suppression, *lines, self.config.is_test(path)),
                )


def _place(path: str, remark: PlacedRemark) -> _Place:
    return path, remark.span.line, remark.span.column


def _candidates(path: str, covers: Iterable[Cover]) -> Iterator[_Candidate]:
    for cover in covers:
        remark = cover.remark
        if isinstance(remark.annotation, Annotation) and remark.rank is not Rank.TABLE_KEY:
            yield _Candidate(remark.rank, remark.annotation, remark.text, _place(path, remark))


def _nearest_table(covers: Iterable[Cover]) -> Annotation | None:
    """Return the innermost ``threshold@key`` of those around a site."""
    tables = [cover for cover in covers if cover.remark.rank is Rank.TABLE_KEY]
    if not tables:
        return None
    nearest = max(tables, key=lambda cover: cover.span).remark.annotation
    return nearest if isinstance(nearest, Annotation) else None


def _as_identifier(model: str) -> str:
    return re.sub(r"\W+", "_", model).strip("_").lower()
