"""THR303: a cutoff whose direction or range cannot be right."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.rules.base import Context, Example, Rule, describe
from threshlint.site import Finding, Kind, Site

_L2 = frozenset({"l2", "squared-l2"})
_CUTOFFS = frozenset({Kind.SIMILARITY_THRESHOLD, Kind.DISTANCE_THRESHOLD})
_FAR_SIDE = {"cosine-similarity": "below", "cosine-distance": "above", "l2": "above", "squared-l2": "above"}

_FAISS = """\
import faiss

index = faiss.IndexFlatL2(384)


def matches(vector):
    distances, positions = index.search(vector, 20)
    return positions[distances > 0.8]
"""


class ImpossibleCutoff(Rule):
    """A cutoff that no score passes, or that lets the wrong ones pass."""

    code = "THR303"
    name = "impossible-cutoff"
    summary = "A cutoff lies outside of what its scores can be, or keeps the wrong side of them"
    what_it_does = (
        "Finds cutoffs outside of the range of the scores that they cut (a cosine similarity lies in [-1, 1], a cosine "
        "distance in [0, 2]), filters that keep the similarities below a cutoff or the distances above it and call "
        "them matches, and cosine cutoffs on the distances of an L2 index. It speaks only where it is known what the "
        "scores are measured in."
    )
    why_is_this_bad = (
        "A cutoff that no score reaches passes everything or nothing, and one that looks the wrong way passes what it "
        "should hold back. A distance of an L2 index is no cosine: 0.8 is close in the one and far in the other. None "
        "of it fails, and no recalibration mends it."
    )
    invalid = (
        Example(_FAISS, lines=(8,)),
        Example(
            """\
from sentence_transformers import util

DUPLICATE = 85


def is_duplicate(one, other):
    return util.cos_sim(one, other).item() > DUPLICATE
""",
            lines=(3,),
        ),
        Example(
            """\
import faiss

MIN_COSINE_SIMILARITY = 0.75

index = faiss.IndexFlatL2(384)


def nearest(vector):
    scores, positions = index.search(vector, 1)
    return positions[0][0] if scores[0][0] >= MIN_COSINE_SIMILARITY else None
""",
            lines=(3,),
        ),
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def similar(vector, pages):
    similarities = cosine_similarity([vector], pages)[0]
    matches = similarities[similarities < 0.8]
    return matches
""",
            lines=(6,),
        ),
    )
    valid = (
        Example(_FAISS.replace("distances > 0.8", "distances < 0.8")),
        Example(
            """\
from sentence_transformers import util

DUPLICATE = 85  # percent


def is_duplicate(one, other):
    return util.cos_sim(one, other).item() > DUPLICATE / 100
"""
        ),
        Example(
            """\
from sklearn.metrics.pairwise import cosine_similarity


def without_repeats(vector, pages):
    similarities = cosine_similarity([vector], pages)[0]
    return [page for page, similarity in zip(pages, similarities) if similarity < 0.95]
"""
        ),
    )
    options = ("tests",)

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the cutoffs that cannot be right."""
        for site in context.sites:
            if site.kind not in _CUTOFFS:
                continue
            for message, help in (*_out_of_range(site), *_wrong_measure(site), *_wrong_side(site)):
                yield self.at_site(site, message, help)
                break


def _out_of_range(site: Site) -> Iterator[tuple[str, str]]:
    value = _number(site.value)
    if site.low is None or site.high is None or value is None or site.low <= value <= site.high:
        return
    yield (
        f"{describe(site)} cuts a {_spoken(site)}, which lies in [{site.low:g}, {site.high:g}]",
        "bring the cutoff to the scale of its scores",
    )


def _wrong_measure(site: Site) -> Iterator[tuple[str, str]]:
    if site.unit not in _L2:
        return
    name = (site.name or "").lower()
    named = ("cosine" in name or "similarity" in name) and "dist" not in name and "l2" not in name
    declared = site.annotation.unit if site.annotation is not None else None
    if named or (declared is not None and declared.startswith("cosine")):
        yield (
            f"{describe(site)} is meant for cosines, and cuts a {_spoken(site)}",
            "search an index of inner products over normalised vectors, or calibrate a cutoff on the distance",
        )


def _wrong_side(site: Site) -> Iterator[tuple[str, str]]:
    if site.kept is not None and site.kept == _FAR_SIDE.get(site.unit or ""):
        nearer, operator = ("higher", ">=") if site.kept == "below" else ("lower", "<=")
        yield (
            f"{describe(site)} keeps what is {site.kept} it, and of a {_spoken(site)} the {nearer} is the closer",
            f"compare with `{operator}`, or give what is kept a name that says that it is far",
        )


def _spoken(site: Site) -> str:
    unit = site.unit or "score"
    return {"l2": "L2 distance", "squared-l2": "squared L2 distance"}.get(unit, unit.replace("-", " "))


def _number(text: str) -> float | None:
    try:
        return float(text.strip("\"'").replace("_", ""))
    except ValueError:
        return None
