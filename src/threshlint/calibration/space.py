"""What one model, used in one way, embeds into."""

from __future__ import annotations

from dataclasses import dataclass

from threshlint.calibration.metrics import Metric


@dataclass(frozen=True)
class Space:
    """The identity of a space: vectors of two spaces cannot be compared, and neither can their scores.

    Attributes:
        model: The model's name, as annotations have it.
        dimension: How long its vectors are, after any truncation.
        metric: What the scores of this map are measured with.
        normalised: Whether every vector had length 1 as it came.
        prefix: What each document was embedded behind, such as ``passage: ``.
        query_prefix: What each query was embedded behind, such as ``query: ``.

    """

    model: str
    dimension: int
    metric: Metric = Metric.COSINE
    normalised: bool = False
    prefix: str = ""
    query_prefix: str = ""
