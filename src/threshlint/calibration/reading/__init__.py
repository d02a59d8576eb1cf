"""Paired samples from files: vectors of the same items under two models, and what is known of the items.

Nothing is unpickled, whatever a file says of itself.
"""

from __future__ import annotations

from threshlint.calibration.reading.sample import Reading, read_sample

__all__ = ["Reading", "read_sample"]
