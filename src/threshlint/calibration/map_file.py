"""Calibration maps in files: one that describes itself, a zip of a JSON header and plain arrays.

    header.json      what it is, its version, both spaces, the sample, counts, the date, and a digest over all the rest
    <array>.npy      one array each, numbers only

Nothing in it is ever run: arrays of objects, which numpy would unpickle, are refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from threshlint.atomic import Draft
from threshlint.calibration.errors import MapError
from threshlint.calibration.labelled import LabelledScores
from threshlint.calibration.map import CalibrationMap, SampleFacts
from threshlint.calibration.metrics import Metric
from threshlint.calibration.population import Population
from threshlint.calibration.scores import PairedScores, Rows
from threshlint.calibration.space import Space
from threshlint.calibration.top_k import AtK, Cliff, TopKEvidence

FORMAT = "threshlint calibration map"
VERSION = 1
SUFFIX = ".thrmap"

_HEADER = "header.json"
_ROWS = ("old", "new", "first", "second")
_LABELS = ("old", "new", "same", "weight", "groups")
_LARGEST = 1 << 31  # bytes of all, unpacked: more is no map, or is to fill the memory
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same map is the same file, whenever it is written


def save(made: CalibrationMap, file: Path) -> None:
    """Write a map, all of it or nothing.

    Raises:
        OSError: The file cannot be written; what was there is still there.

    """
    header, arrays = _taken_apart(made)
    header["digest"] = _digest(header, arrays)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        _put(packed, _HEADER, json.dumps(header, indent=1).encode())
        for name, array in arrays.items():
            _put(packed, f"{name}.npy", _npy(array))
    Draft(file, content.getvalue()).commit()


def load(file: Path) -> CalibrationMap:
    """Read a map.

    Raises:
        MapError: It is damaged, no map, or of a newer threshlint.
        OSError: It cannot be read.

    """
    content = file.read_bytes()
    # Damaged bytes break whatever reads them in ways without number, all of which mean the same.
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            header = _header(packed, file)
            arrays = {name.removesuffix(".npy"): _array(packed, name) for name in packed.namelist() if name != _HEADER}
    except MapError:
        raise
    except Exception as error:
        _refuse(file, "is damaged or no calibration map", error)
    said = header.pop("digest", None)
    if said != _digest(header, arrays):
        _refuse(file, "is damaged: its content does not fit its digest")
    try:
        return _put_together(header, arrays)
    except Exception as error:
        _refuse(file, "is no calibration map as this version of threshlint knows them", error)


def digest_of(made: CalibrationMap) -> str:
    """Return SHA-256 over the whole content of a map, in hexadecimal digits."""
    return _digest(*_taken_apart(made))


def _taken_apart(made: CalibrationMap) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a map as words and arrays."""
    arrays: dict[str, NDArray[Any]] = {}
    populations = []
    for number, (population, scores) in enumerate(made.scores.items()):
        arrays |= _arrays_of(f"{number}-tail", scores.tail, _ROWS)
        if scores.body is not None:
            arrays |= _arrays_of(f"{number}-body", scores.body, _ROWS)
        if scores.same_hit is not None:
            arrays[f"{number}-same-hit"] = scores.same_hit
        if scores.seeds is not None:
            arrays[f"{number}-seeds"] = scores.seeds
        arrays[f"{number}-groups"] = scores.groups
        populations.append(
            {
                "population": str(population),
                "total": scores.total,
                "dyadic": scores.dyadic,
                "neighbours": scores.neighbours,
                "floors": [_finite(scores.floor_old), _finite(scores.floor_new)],
                "body_scale": None if scores.body is None else scores.body.scale,
            }
        )
    if made.labels is not None:
        arrays |= _arrays_of("labels", made.labels, _LABELS)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "created": made.created,
        "seed": made.seed,
        "old": asdict(made.old),
        "new": asdict(made.new),
        "sample": asdict(made.sample),
        "populations": populations,
        "top_k": None if made.top_k is None else asdict(made.top_k),
    }
    return json.loads(json.dumps(header)), arrays


def _put_together(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> CalibrationMap:
    """Return the map of words and arrays."""
    scores = {}
    for number, each in enumerate(header["populations"]):
        low_old, low_new = (-np.inf if floor is None else float(floor) for floor in each["floors"])
        groups = _column(arrays, f"{number}-groups", "i")
        bounds = len(groups), len(groups) if each["dyadic"] else None
        tail = _rows(arrays, f"{number}-tail", 1.0, bounds)
        scale = each["body_scale"]
        same_hit, seeds, neighbours = f"{number}-same-hit", f"{number}-seeds", each["neighbours"]
        scores[Population.parse(each["population"])] = PairedScores(
            tail,
            None if scale is None else _rows(arrays, f"{number}-body", float(scale), bounds),
            low_old,
            low_new,
            int(each["total"]),
            groups,
            bool(each["dyadic"]),
            _column(arrays, same_hit, "b", len(tail)) if same_hit in arrays else None,
            None if neighbours is None else int(neighbours),
            _column(arrays, seeds, "i", len(groups)) if seeds in arrays else None,
        )
    labels = None
    if "labels-same" in arrays:
        count = len(arrays["labels-same"])
        labels = LabelledScores(
            *(_column(arrays, f"labels-{name}", kind, count) for name, kind in zip(_LABELS, "ffbfi", strict=True))
        )
    return CalibrationMap(
        old=_space(header["old"]),
        new=_space(header["new"]),
        scores=scores,
        sample=SampleFacts(**header["sample"]),
        created=str(header["created"]),
        seed=int(header["seed"]),
        top_k=None if header["top_k"] is None else _top_k(header["top_k"]),
        labels=labels,
    )


def _space(words: Mapping[str, Any]) -> Space:
    return Space(**{**words, "metric": Metric(words["metric"])})


def _top_k(words: Mapping[str, Any]) -> TopKEvidence:
    at = tuple(AtK(**{**each, "recovery": tuple(map(tuple, each["recovery"]))}) for each in words["at"])
    cliffs = {name: Cliff(**words[name]) for name in ("cliff_old", "cliff_new")}
    return TopKEvidence(**{**words, "at": at, "overlaps": tuple(words["overlaps"]), **cliffs})


def _arrays_of(name: str, holder: object, attributes: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    return {f"{name}-{attribute}": getattr(holder, attribute) for attribute in attributes}


def _rows(arrays: Mapping[str, NDArray[Any]], name: str, scale: float, bounds: tuple[int, int | None]) -> Rows:
    count = len(arrays[f"{name}-old"])
    old, new = (_column(arrays, f"{name}-{side}", "f", count) for side in ("old", "new"))
    first, second = (_column(arrays, f"{name}-{side}", "i", count) for side in ("first", "second"))
    for numbers, bound in zip((first, second), bounds, strict=True):
        if count and not (numbers.min() >= 0 and (bound is None or numbers.max() < bound)):
            raise ValueError(f"{name} names items that there are not")
    return Rows(old, new, first, second, scale)


def _column(arrays: Mapping[str, NDArray[Any]], name: str, kind: str, count: int | None = None) -> NDArray[Any]:
    array = arrays[name]
    if array.ndim != 1 or array.dtype.kind != kind or (count is not None and len(array) != count):
        raise ValueError(f"{name} is not a column of the kind and length that it should be")
    return array


def _finite(value: float) -> float | None:
    return None if np.isinf(value) else float(value)


def _digest(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    content = hashlib.sha256(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        content.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
        content.update(array.tobytes())
    return content.hexdigest()


def _put(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    packed.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def _npy(array: NDArray[Any]) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
    return content.getvalue()


def _header(packed: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    if _HEADER not in packed.namelist():
        _refuse(file, "is no calibration map")
    if sum(entry.file_size for entry in packed.infolist()) > _LARGEST:  # no entry gives more than it says
        _refuse(file, "is too large for a calibration map")
    header = json.loads(packed.read(_HEADER))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        _refuse(file, "is no calibration map")
    version = header.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        _refuse(
            file, f"is of version {version}, and this threshlint knows maps up to version {VERSION}: update threshlint"
        )
    return header


def _array(packed: zipfile.ZipFile, name: str) -> NDArray[Any]:
    content = packed.read(name)
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError(f"{name} is in a later version of the format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    # Before there is an array: it may be said to be larger than any memory.
    if dtype.hasobject or len(content) - stream.tell() != dtype.itemsize * math.prod(shape):
        raise ValueError(f"{name} does not hold the numbers that it says")
    return np.ndarray(shape, dtype, content, stream.tell())


def _refuse(file: Path, what: str, error: Exception | None = None) -> NoReturn:
    raise MapError(f"{file} {what}; make the map again with `threshlint calibrate`") from error
