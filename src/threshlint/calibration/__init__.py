"""Paired scores -> a calibration map; an old threshold -> the new one, with honest intervals.

Usable without the linter; it needs numpy only.

    from threshlint.calibration import PAIRS, PairedSample, Space, fit

    sample = PairedSample(old=old_vectors, new=new_vectors)
    made = fit(sample, Space("minilm", 384), Space("bge-small-en-v1.5", 384))
    print(made.recalibrate(0.92, PAIRS))
"""

from __future__ import annotations

from threshlint.calibration.errors import CalibrationError, MapError, SampleError, UnitError
from threshlint.calibration.fit import fit
from threshlint.calibration.labelled import Measure, Target
from threshlint.calibration.map import CalibrationMap, SampleFacts
from threshlint.calibration.map_file import load, save
from threshlint.calibration.metrics import Metric
from threshlint.calibration.population import PAIRS, TOP1, Population, top_k
from threshlint.calibration.recalibration import Limits, Method, Recalibration, Verdict
from threshlint.calibration.sample import Labels, PairedSample
from threshlint.calibration.space import Space

__all__ = [
    "PAIRS",
    "TOP1",
    "CalibrationError",
    "CalibrationMap",
    "Labels",
    "Limits",
    "MapError",
    "Measure",
    "Method",
    "Metric",
    "PairedSample",
    "Population",
    "Recalibration",
    "SampleError",
    "SampleFacts",
    "Space",
    "Target",
    "UnitError",
    "Verdict",
    "fit",
    "load",
    "save",
    "top_k",
]
