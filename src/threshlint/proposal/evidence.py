"""What a map knows for the choice of a number that has no counterpart in scores, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.calibration.top_k import AtK, Cliff, TopKEvidence


def top_k_lines(known: TopKEvidence | None, k: int) -> Iterator[str]:
    """Yield what a map knows of the K best hits under both models."""
    if known is None:
        yield "this map did not look at best hits: calibrate with queries, or with the size of the index"
        return
    if not 1 <= k <= known.depth:
        yield f"this map looks at the {known.depth} best hits and not at {k}"
        return
    at = known.at_k(k)
    interval = f" ({_share(at.overlap_low)} to {_share(at.overlap_high)})" if at is not None else ""
    overlap = f"{_share(known.overlaps[k - 1])}{interval}"
    yield f"the new top {k} holds {overlap} of the old one, in the mean of {known.queries} queries"
    if at is not None:
        yield from _recovery(at, known.depth)
        if at.recall_old is not None and at.recall_new is not None:
            recalls = f"the old top {k} holds {_share(at.recall_old)}, the new one {_share(at.recall_new)}"
            yield f"of the hits that people judged right, {recalls}"
    yield f"under the old model {_cliff(known.cliff_old)}, under the new one {_cliff(known.cliff_new)}"


def _recovery(at: AtK, depth: int) -> Iterator[str]:
    reached = [f"{_share(share)} of it are in the new top {larger}" for share, larger in at.recovery if larger]
    missed = [_share(share) for share, larger in at.recovery if larger is None]
    if missed:
        reached.append(f"{' or '.join(missed)} are in no new top up to {depth}")
    yield ", ".join(reached)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _cliff(cliff: Cliff) -> str:
    if cliff.rank is None:
        return "scores fall off at no rank in particular"
    return f"scores fall off after rank {cliff.rank} ({cliff.low} to {cliff.high})"
