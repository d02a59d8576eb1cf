"""Paired scores -> a calibration map; an old threshold -> the new one, with honest intervals.

Usable without the linter; it needs numpy only.

    from threshlint.calibration import PAIRS, PairedSample, Space, fit

    sample = PairedSample(old=old_vectors, new=new_vectors)
    made = fit(sample, Space("minilm", 384), Space("bge-small-en-v1.5", 384))
    print(made.recalibrate(0.92, PAIRS))
"""

from __future__ import annotations

from threshlint.calibration.boundaries import ClusterEvidence, adjusted_rand_index, compare_clusterings
from threshlint.calibration.errors import CalibrationError, MapError, SampleError, UnitError
from threshlint.calibration.fit import fit
from threshlint.calibration.flips import Flip, flips
from threshlint.calibration.grouping import near_duplicate_groups
from threshlint.calibration.labelled import Measure, Target
from threshlint.calibration.map import CalibrationMap, SampleFacts
from threshlint.calibration.map_file import load, save
from threshlint.calibration.metrics import Metric
from threshlint.calibration.population import PAIRS, TOP1, Population, top_k
from threshlint.calibration.recalibration import Limits, Method, Recalibration, Verdict
from threshlint.calibration.resolution import Resolution, highest_resolved, resolution
from threshlint.calibration.sample import Labels, PairedSample
from threshlint.calibration.sampler import draw_seeds, expand
from threshlint.calibration.space import Space
from threshlint.calibration.top_k import AtK, Cliff, TopKEvidence
from threshlint.calibration.units import Unit, natural_unit, unit_of, units_of
from threshlint.calibration.weights import WeightEvidence, best_weight

__all__ = [
    "PAIRS",
    "TOP1",
    "AtK",
    "CalibrationError",
    "CalibrationMap",
    "Cliff",
    "ClusterEvidence",
    "Flip",
    "Labels",
    "Limits",
    "MapError",
    "Measure",
    "Method",
    "Metric",
    "PairedSample",
    "Population",
    "Recalibration",
    "Resolution",
    "SampleError",
    "SampleFacts",
    "Space",
    "Target",
    "TopKEvidence",
    "Unit",
    "UnitError",
    "Verdict",
    "WeightEvidence",
    "adjusted_rand_index",
    "best_weight",
    "compare_clusterings",
    "draw_seeds",
    "expand",
    "fit",
    "flips",
    "highest_resolved",
    "load",
    "natural_unit",
    "near_duplicate_groups",
    "resolution",
    "save",
    "top_k",
    "unit_of",
    "units_of",
]
