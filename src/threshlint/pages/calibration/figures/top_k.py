"""How much of the old best hits is among the new ones, by how many are taken."""

from __future__ import annotations

from threshlint.calibration.map import CalibrationMap
from threshlint.calibration.top_k import TopKEvidence
from threshlint.pages.calibration.figures.frame import LEFT, RIGHT, WIDTH, Frame
from threshlint.pages.scale import Scale
from threshlint.pages.svg import Drawing

_HEIGHT = 250.0
_TOP = 14.0
_AXIS = 46.0


def draw(made: CalibrationMap, evidence: TopKEvidence) -> Drawing:
    """Draw the overlap at every K, with its interval at some."""
    first, last = evidence.overlaps[0], evidence.overlaps[-1]
    drawing = Drawing(
        WIDTH,
        _HEIGHT,
        f"A curve of the share of the {made.old.model} best hits that are among as many of {made.new.model}: "
        f"{first:.0%} of the first hits, {last:.0%} of the first {evidence.depth}.",
    )
    frame = Frame(
        drawing,
        Scale(1, max(evidence.depth, 2), LEFT, WIDTH - RIGHT, log=True),
        Scale(0.0, 100.0, _HEIGHT - _AXIS, _TOP),
    )
    frame.axes("K, how many hits are taken", "shared hits, %", y_ticks=5)
    low = [frame.at(each.k, 100 * each.overlap_low) for each in evidence.at]
    high = [frame.at(each.k, 100 * each.overlap_high) for each in evidence.at]
    drawing.path([*low, *reversed(high)], "band new", closed=True)
    drawing.path([frame.at(k, 100 * share) for k, share in enumerate(evidence.overlaps, start=1)], "curve")
    for each in evidence.at:
        drawing.dot(frame.at(each.k, 100 * each.overlap), 3.5, "point plain", f"K = {each.k}: {each.overlap:.0%}")
    return drawing
