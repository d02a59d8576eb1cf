"""What a rule is: a code, an explanation with examples that are its tests, and a judgement over the inventory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from threshlint.config import Config
from threshlint.site import AnnotationUse, Finding, Inventory, Mismatch, Site, SuppressionUse

EXAMPLE_FILE = "example.py"


@dataclass(frozen=True)
class Example:
    """Code that a rule complains about, or that it lets pass."""

    source: str
    lines: tuple[int, ...] = ()  # where the rule complains, once each
    context: Mapping[str, str] = field(default_factory=dict)  # other files of the project
    options: Mapping[str, Any] = field(default_factory=dict)  # attributes of the Config


@dataclass(frozen=True)
class Context:
    """What a rule judges by."""

    inventory: Inventory
    config: Config
    enabled_codes: frozenset[str]
    known_codes: tuple[str, ...]
    used_suppressions: frozenset[tuple[SuppressionUse, str]] = frozenset()  # with the code each silenced

    @property
    def sites(self) -> Iterator[Site]:
        """The sites that may be findings."""
        return (site for site in self.inventory.sites if site.exempt is None and self.judges(site))

    @property
    def annotations(self) -> Iterator[AnnotationUse]:
        """The annotations that may be findings."""
        return filter(self.judges, self.inventory.annotations)

    @property
    def suppressions(self) -> Iterator[SuppressionUse]:
        """The suppressions that may be findings."""
        return filter(self.judges, self.inventory.suppressions)

    @property
    def mismatches(self) -> Iterator[Mismatch]:
        """The meetings of two models that may be findings."""
        return filter(self.judges, self.inventory.mismatches)

    def judges(self, it: Site | AnnotationUse | SuppressionUse | Mismatch) -> bool:
        """Tell whether something is judged at all; what stands in tests is not, unless asked for."""
        return self.config.tests or not it.test


class Rule(ABC):
    """One rule; a subclass in a ``thr….py`` of this package is found by being there."""

    code: ClassVar[str]
    name: ClassVar[str]  # kebab-case; what is wrong, so that "allow NAME" reads well
    summary: ClassVar[str]  # one line
    what_it_does: ClassVar[str]
    why_is_this_bad: ClassVar[str]
    invalid: ClassVar[tuple[Example, ...]]
    valid: ClassVar[tuple[Example, ...]]
    options: ClassVar[tuple[str, ...]] = ()  # the configuration's keys that bear on it
    opt_in: ClassVar[bool] = False
    judges_suppressions: ClassVar[bool] = False  # runs last, when it is known what each suppression silenced

    def is_asked_for(self, config: Config) -> bool:
        """Tell whether a setting of its own turns on a rule that is opt-in."""
        return False

    @abstractmethod
    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what is wrong."""

    def at_site(self, site: Site, message: str, help: str) -> Finding:
        """Complain about a site."""
        return Finding(self.code, site.path, site.span, message, help, site, site.trace)

    def at_comment(self, use: AnnotationUse | SuppressionUse, message: str, help: str) -> Finding:
        """Complain about an annotation or a suppression."""
        return Finding(self.code, use.path, use.span, message, help)


def describe(site: Site) -> str:
    """Say in a few words what a site is: ``similarity-threshold 0.82 `DUPLICATE```."""
    return f"{site.kind} {site.value}" + (f" `{site.name}`" if site.name else "")


def quoted(names: tuple[str, ...]) -> str:
    """Join names for a message."""
    return ", ".join(f"`{name}`" for name in names)
