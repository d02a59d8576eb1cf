"""Texts in code that may be queries: their pieces, and whether they are worth reading as such.

Every text of a file is asked; what reads a query (``queries.py``) is loaded once there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from threshlint.scan.facts import NOTHING


@dataclass(frozen=True)
class Part:
    """A piece of a query text: words at an offset of the source, or an expression put into it."""

    text: str
    offset: int
    node: int = NOTHING


# Operators and functions, as pgvector, DuckDB, sqlite-vec, ClickHouse, Snowflake, Neo4j, MySQL,
# Oracle, Couchbase and CockroachDB document them.
_DISTANCE_FUNCTIONS = """
    cosine_distance l2_distance l1_distance inner_product_distance vec_distance_cosine vec_distance_l2
    vec_distance_l1 vec_distance cosineDistance L2Distance L1Distance array_cosine_distance array_distance
    list_cosine_distance list_distance vector_distance vector_distance_cos vec_cosine_distance vec_l2_distance
    vec_distance_euclidean vector_l2_distance approx_distance euclidean_distance
""".split()
SIMILARITY_FUNCTIONS = """
    cosine_similarity array_cosine_similarity list_cosine_similarity vector_cosine_similarity
    array_inner_product list_inner_product list_dot_product vector_inner_product similarity_cosine
    gds.similarity.cosine vector.similarity.cosine vector.similarity.euclidean vector_dot_product dotProduct
    knn_score
""".split()
FUNCTION = "|".join(re.escape(name) for name in (*_DISTANCE_FUNCTIONS, *SIMILARITY_FUNCTIONS))
OPERATOR = r"<=>|<->|<\#>|<\+>"
# What makes a text worth a closer look, and words without which nothing of it can be there.
_SPEAKS = re.compile(
    rf"{OPERATOR}|\b(?:{FUNCTION})\s*\(|\bKNN\s|\bvector\.queryNodes\b|\bvector_search\s*\("
    r"|\*\s*@?\w*(?:vector|cosine|semantic|dense|knn)\w*(?:score|sim|dist)",
    re.IGNORECASE,
)
_SPEAKING = (
    "<=>", "<->", "<#>", "<+>", "distance", "similarity", "product", "knn", "vector", "cosine", "semantic", "dense"
)  # fmt: skip
_MATCH = re.compile(r"\bMATCH\b", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:k\s*=|ORDER\s+BY\s+distance\b)", re.IGNORECASE)


def speaks_of_vectors(text: str) -> bool:
    """Return whether a text may be a query that cuts by vector closeness."""
    lowered = text.lower()
    if "match" in lowered:
        match = _MATCH.search(text)
        if match is not None and _ASKED.search(text, match.end()):
            return True
    return any(word in lowered for word in _SPEAKING) and _SPEAKS.search(text) is not None
