"""A calibration map as a page: both distributions, the map with its band, the project's sites, the pairs that flip."""

from __future__ import annotations

from collections.abc import Callable

from threshlint.pages.calibration.content import Subject, content_of
from threshlint.pages.calibration.words import thousands
from threshlint.pages.layout import lay_out

__all__ = ["Subject", "render"]


def render(subject: Subject, progress: Callable[[float], None] = lambda share: None) -> str:
    """Return the page as HTML that needs nothing else.

    Args:
        subject: What it is about.
        progress: Told the share that is done, from 0 to 1.

    """
    return lay_out("calibration.html", {"thousands": thousands}, page=content_of(subject, progress))
