"""Demands: what the place where a value ends makes of the number that it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from threshlint.scan.facts import NOTHING
from threshlint.scan.knowledge import Take
from threshlint.site import Evidence, Kind

KINDS = frozenset(kind.value for kind in Kind)
REFUTES = "other"
KNOB = "knob"


@dataclass(frozen=True)
class Demand:
    """Something that makes a literal a site (or, for `other`, makes it none), and the way to it."""

    kind: str
    evidence: Evidence
    node: int  # where this step stands
    note: str
    toward: Demand | None = None  # the next step, nearer to the score
    take: Take | None = None  # what the API that takes it says
    depth: int = 0
    site: int = NOTHING  # the call whose result led into the function that this demand is in
    function: int = NOTHING  # that function
    cls: int = NOTHING  # the class of the instance whose attribute it came through
    key: str | int | None = None  # the key that it was read by, of a dict whose keys are not constant

    def step(self, node: int, note: str) -> Demand:
        """Return this demand as seen from one step further back."""
        return replace(self, node=node, note=note, toward=self, depth=self.depth + 1)

    def within(self, function: int, site: int) -> Demand:
        """Return this demand inside a function, or back outside of it."""
        return replace(self, function=function, site=site)

    def of_class(self, cls: int) -> Demand:
        """Return this demand as one on an instance of a class."""
        return self if self.cls == cls else replace(self, cls=cls)

    def of_key(self, key: str | int) -> Demand:
        """Return this demand as one on what is read by a key."""
        return self if self.key == key else replace(self, key=key)

    def flipped(self, node: int, note: str) -> Demand:
        """Return the demand on ``x`` of ``1 - x``."""
        kind = {
            Kind.SIMILARITY_THRESHOLD.value: Kind.DISTANCE_THRESHOLD.value,
            Kind.DISTANCE_THRESHOLD.value: Kind.SIMILARITY_THRESHOLD.value,
        }.get(self.kind, self.kind)
        return replace(self, kind=kind, node=node, note=note, toward=self, depth=self.depth + 1)
