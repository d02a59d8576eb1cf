"""The nouns of the whole program: sites, what proves them, and what a rule says of them.

Lines and columns are 1-based, columns count characters. Paths are relative to the project root
and use ``/``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threshlint.annotation import Annotation, Malformed, Suppression


class Kind(str, Enum):
    """What a site's literal does with a score."""

    SIMILARITY_THRESHOLD = "similarity-threshold"
    DISTANCE_THRESHOLD = "distance-threshold"
    TOP_K = "top-k"
    CLUSTER_BOUNDARY = "cluster-boundary"
    SCORE_WEIGHT = "score-weight"

    __str__ = str.__str__


class Evidence(str, Enum):
    """What proves that a literal is a site, strongest first."""

    FLOW = "flow"  # a score reaches it
    CALL = "call"  # a known API takes it
    NAME = "name"  # its name says so, and the surroundings agree

    __str__ = str.__str__

    def is_at_least(self, other: Evidence) -> bool:
        """Tell whether it proves as much as another does."""
        strongest_first = list(Evidence)
        return strongest_first.index(self) <= strongest_first.index(other)


class Exempt(str, Enum):
    """Why a site is in the inventory and yet never a finding."""

    K_OF_ONE = "k of 1"
    SENTINEL = "sentinel"
    VALIDATION_BOUND = "validation bound"
    INDEX_KNOB = "index knob"

    __str__ = str.__str__


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Where a piece of text stands; the end is exclusive in its column."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Step:
    """One step of a trace, from the literal towards the score."""

    path: str
    line: int
    note: str


@dataclass(frozen=True)
class Site:
    """A numeric literal whose right value depends on the embedding model."""

    path: str
    span: Span
    value: str
    kind: Kind
    name: str | None
    scope: str
    evidence: Evidence
    trace: tuple[Step, ...] = ()
    fingerprint: str = ""
    exempt: Exempt | None = None
    test: bool = False
    models: tuple[str, ...] = ()
    owner: str | None = None
    annotation: Annotation | None = None
    keyed: bool = False  # annotated by a key of its table, or by the branch of a model test
    suppressions: tuple[SuppressionUse, ...] = ()
    sources: tuple[str, ...] = ()  # the models whose scores reach it, none where that is not sure
    unit: str | None = None  # what those scores are measured in, if that is known
    low: float | None = None  # the least and the most that such a score can be
    high: float | None = None
    population: str | None = None  # over which pairs it decides: "pairs", "top1" or "topk:K", where that is sure
    inclusive: bool | None = None  # whether a score that equals it counts as close, where that is sure
    kept: str | None = None  # "below" or "above": the side of a cutoff that is kept as close, where that is sure

    @property
    def line(self) -> int:
        """The line of the literal."""
        return self.span.line


@dataclass(frozen=True)
class AnnotationUse:
    """An annotation as it stands in the code, well-formed or not, and how many sites it covers."""

    path: str
    span: Span
    parsed: Annotation | Malformed
    sites: int
    test: bool = False


@dataclass(frozen=True)
class SuppressionUse:
    """A ``threshlint: ignore[…]`` as it stands in the code."""

    path: str
    span: Span
    parsed: Suppression | Malformed
    first_line: int  # what it covers, in lines, both ends included
    last_line: int
    test: bool = False


@dataclass(frozen=True)
class Embedder:
    """A place where the code names an embedding model."""

    path: str
    line: int
    model: str
    dimensions: int | None = None


@dataclass(frozen=True)
class Skipped:
    """A file that could not be analysed, and why.

    ``context`` is true for a file that nobody named and no named file depends on: it is reported,
    and does not decide the exit code.
    """

    path: str
    reason: str
    context: bool = False


@dataclass(frozen=True)
class Mismatch:
    """A place where vectors of two models meet that share no space."""

    path: str
    span: Span
    models: tuple[str, str]
    in_index: bool = False  # the first is what an index holds, the second what it is asked for
    trace: tuple[Step, ...] = ()
    test: bool = False


@dataclass(frozen=True)
class Inventory:
    """Everything one scan found.

    ``in_parts`` is how many of the files are linked with too many others to be looked at together with them all: what
    flows between them and files of another part may have been missed.
    """

    root: str
    sites: tuple[Site, ...] = ()
    embedders: tuple[Embedder, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    annotations: tuple[AnnotationUse, ...] = ()
    suppressions: tuple[SuppressionUse, ...] = ()
    files: int = 0
    mismatches: tuple[Mismatch, ...] = ()
    in_parts: int = 0


@dataclass(frozen=True)
class Finding:
    """A rule's complaint about one place."""

    code: str
    path: str
    span: Span
    message: str
    help: str  # what to do about it
    site: Site | None = None
    trace: tuple[Step, ...] = field(default=())
