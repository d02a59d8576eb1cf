"""What keeps a calibration from being made or used."""

from __future__ import annotations


class CalibrationError(ValueError):
    """Something cannot be calibrated; the message says what is wrong, where, and what to do."""


class SampleError(CalibrationError):
    """A paired sample that cannot be used."""


class MapError(CalibrationError):
    """A calibration map that cannot be read, or cannot answer what it was asked."""


class UnitError(CalibrationError):
    """A unit that a space's scores cannot be told in."""
