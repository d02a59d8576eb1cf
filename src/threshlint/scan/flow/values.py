"""What a node of the graph may hold.

Roles are plain strings; everything with structure is a tuple that starts with its tag.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from threshlint.scan.vocabulary import words

# Roles
EMBEDDING = "embedding"
SIMILARITY = "similarity"
DISTANCE = "distance"
ORDER = "order"  # positions sorted by closeness
RANK = "rank"  # the place of something in such a list
RANKED = "ranked"  # a list ordered by closeness
HIT = "hit"  # one record of such a list
PART = "part"  # a field of such a record, whose name decides
OTHER = "other"  # a score that no embedding stands behind
DIFFERENCE = "difference"  # of two embeddings, by component
PRODUCT = "product"  # of two embeddings, by component
VECTOR_QUERY = "vector-query"  # a dict that asks for what is close to a vector, or that holds such a one
EMBEDDER = "embedder"  # turns texts into vectors

# Tags
MODULE = "module"  # file index
EXTERNAL = "external"  # dotted name
BUILTIN = "builtin"  # name
FUNCTION = "function"  # function
METHOD = "method"  # function, class of the receiver, whether an override of it may be meant
CLASS = "class"  # class
OBJECT = "object"  # class
SEQUENCE = "sequence"  # node that made it
MAPPING = "mapping"  # node that made it
ZIPPED = "zipped"  # node that made it
ROW = "row"  # of a zip: node that made it
INSTANCE = "instance"  # Type, node that made it
LIBRARY_METHOD = "library method"  # Type, name, node that made the receiver, receiver node
SHAPE = "shape"  # Shape
WEIGHTED = "weighted"  # node of the weight
SUPER = "super"  # class that the method stands in, class of the receiver
ROWS = "rows"  # of a query: file, query index

Value = str | tuple[Any, ...]


class Values(dict[Value, None]):
    """What a node may hold, in the order in which it was found: a set's order would differ from run to run.

    Most nodes hold little, and much the same: a few values are shared by all nodes that hold them, and therefore never
    change, but are replaced. From ``_OWN`` values on a node has its own, until it is full (see ``Solver``).
    """

    __slots__ = ("_larger",)
    _larger: dict[Value, Values] | None  # what this became with one value more, while it is shared

    def __init__(self, values: Iterable[Value] = ()) -> None:
        super().__init__(dict.fromkeys(values))
        self._larger = None

    def plus(self, value: Value) -> Values:
        """Return these values and another one."""
        if len(self) >= _OWN:
            self[value] = None
            return self
        larger = self._larger
        if larger is None:
            larger = self._larger = {}
        found = larger.get(value)
        if found is None:
            found = Values(self)
            found[value] = None
            if len(found) < _OWN:
                larger[value] = found
        return found

    def __and__(self, roles: Collection[str]) -> list[str]:
        """Return those of some roles that are held."""
        found = [role for role in roles if role in self]
        if len(found) > 1:
            found.sort()
        return found


_OWN = 5
NO_VALUES = Values()

SCORES = frozenset({SIMILARITY, DISTANCE})
# What keeps its meaning when a container of it is taken apart.
ELEMENTWISE = frozenset({EMBEDDING, SIMILARITY, DISTANCE, OTHER, DIFFERENCE, PRODUCT, RANK})

_SIMILARITY_WORDS = frozenset("similarity similarities sim sims cosine cos score scores certainty relevance".split())
_DISTANCE_WORDS = frozenset("distance distances dist dists".split())
_OTHER_WORDS = frozenset(
    """
    rerank reranker reranking bm25 keyword text lexical fuzzy confidence probability prob fulltext rank rrf max
    min threshold avg
""".split()
)


def score_role(name: str) -> str | None:
    """Return the role of a hit's field, by its usual names."""
    parts = frozenset(words(name))
    if not parts.isdisjoint(_OTHER_WORDS):
        return None
    if not parts.isdisjoint(_DISTANCE_WORDS):
        return DISTANCE
    if not parts.isdisjoint(_SIMILARITY_WORDS):
        return SIMILARITY
    return None


def flipped(role: str) -> str:
    """Return the opposite direction of a score."""
    return {SIMILARITY: DISTANCE, DISTANCE: SIMILARITY}.get(role, role)
