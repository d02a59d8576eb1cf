"""Maps in files: all of it comes back, and whatever is no map is a MapError and nothing else."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.calibration.samples import at_rate, fitted, keep_pairs, related
from threshlint.calibration import (
    PAIRS,
    TOP1,
    CalibrationMap,
    Labels,
    MapError,
    Measure,
    Space,
    Target,
    fit,
    load,
    map_file,
    save,
    top_k,
)


@cache
def everything() -> CalibrationMap:
    """A map with labels, best hits and everything else that a map can have."""
    sample = related(count=25)
    rng = np.random.default_rng(0)
    labels = Labels.of(np.arange(0, 100), (np.arange(0, 100) + rng.integers(1, 3, 100)) % 100, rng.random(100) < 0.5)
    old, new = Space("old/model", 24, prefix="passage: ", query_prefix="query: "), Space("new-model", 24)
    return fit(replace(sample, labels=labels, index_size=100), old, new, [PAIRS, TOP1, top_k(5)], seed=3)


@cache
def content() -> bytes:
    return written(everything())


def written(made: CalibrationMap) -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        save(made, Path(folder) / "m")
        return (Path(folder) / "m").read_bytes()


def read(file: Path, bytes_: bytes) -> CalibrationMap:
    file.write_bytes(bytes_)
    return load(file)


class TestThereAndBack:
    def check(self, made: CalibrationMap, file: Path) -> CalibrationMap:
        save(made, file)
        back = load(file)
        assert back.digest == made.digest
        for name in ("old", "new", "sample", "created", "seed", "top_k", "populations"):
            assert getattr(back, name) == getattr(made, name)
        for population in made.populations:
            for rate in (0.02, 0.3):
                threshold = at_rate(made, population, rate)
                assert back.recalibrate(threshold, population) == made.recalibrate(threshold, population)
        return back

    def test_everything(self, tmp_path: Path) -> None:
        back = self.check(everything(), tmp_path / "a.thrmap")
        target = Target(Measure.RECALL)
        assert back.recalibrate(0.5, PAIRS, target=target) == everything().recalibrate(0.5, PAIRS, target=target)
        assert back.old.query_prefix == "query: "

    def test_seeds_and_a_body(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        keep_pairs(monkeypatch, tail=300, body=500)
        sample = replace(related(count=25), seeds=np.arange(100) % 3 == 0, neighbours=20)
        back = self.check(fitted(sample, PAIRS), tmp_path / "a.thrmap")
        scores = back.scores_of(PAIRS)
        assert scores.body is not None
        assert scores.neighbours == 20
        assert scores.seeds is not None
        assert scores.seeds.tolist() == list(range(0, 100, 3))

    def test_the_same_map_is_the_same_file(self, tmp_path: Path) -> None:
        assert written(everything()) == content() == written(read(tmp_path / "a", content()))

    def test_the_digest_is_over_all_of_it(self) -> None:
        made = everything()
        scores = made.scores_of(PAIRS)
        tail = scores.tail
        others = [
            replace(made, seed=4),
            replace(made, created="2000-01-01"),
            replace(made, old=replace(made.old, prefix="")),
            replace(made, sample=replace(made.sample, items=99)),
            replace(made, labels=None),
            replace(made, top_k=None),
            replace(made, scores={PAIRS: scores}),
            replace(made, scores=dict(made.scores) | {PAIRS: replace(scores, tail=replace(tail, new=tail.new + 1e-6))}),
            replace(made, scores=dict(made.scores) | {PAIRS: replace(scores, total=scores.total + 1)}),
        ]
        assert len({made.digest, *(other.digest for other in others)}) == 1 + len(others)

    def test_a_file_describes_itself(self) -> None:
        with zipfile.ZipFile(io.BytesIO(content())) as packed:
            header = json.loads(packed.read("header.json"))
        assert header["format"] == "threshlint calibration map"
        assert header["version"] == 1
        assert header["digest"] == everything().digest
        assert header["old"] == {
            "model": "old/model",
            "dimension": 24,
            "metric": "cosine",
            "normalised": False,
            "prefix": "passage: ",
            "query_prefix": "query: ",
        }
        assert header["sample"]["items"] == 100
        assert [each["population"] for each in header["populations"]] == ["pairs", "top1", "topk:5"]


class TestFailure:
    def test_a_file_that_cannot_be_written_leaves_what_was_there(self, tmp_path: Path, monkeypatch: Any) -> None:
        file = tmp_path / "a.thrmap"
        file.write_text("before")

        def full(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr("os.replace", full)
        with pytest.raises(OSError, match="disk full"):
            save(everything(), file)
        assert file.read_text() == "before"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_file_that_is_not_there_is_no_map_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "none.thrmap")


@cache
def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content())) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, each in entries.items():
            packed.writestr(name, each)
    return stream.getvalue()


def npy(array: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def with_header(change: Callable[[dict[str, Any]], object], **arrays: Any) -> bytes:
    """A forged map: the digest fits whatever was changed."""
    entries = parts()
    header = json.loads(entries["header.json"])
    del header["digest"]
    change(header)
    columns = {
        name.removesuffix(".npy"): np.load(io.BytesIO(each)) for name, each in entries.items() if name != "header.json"
    }
    columns |= {name.replace("_", "-"): array for name, array in arrays.items()}
    columns = {name: array for name, array in columns.items() if array is not None}
    header["digest"] = map_file._digest(header, columns)
    return zipped(
        {"header.json": json.dumps(header).encode()} | {f"{name}.npy": npy(array) for name, array in columns.items()}
    )


def same(header: dict[str, Any]) -> None:
    """Change nothing."""


def test_a_forged_map_that_changes_nothing_is_read(tmp_path: Path) -> None:
    """So that the forgeries below are refused for what they change."""
    assert read(tmp_path / "a", with_header(same)).digest == everything().digest


NO_MAPS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"0.92 0.87\n" * 100,
    "a pickle": lambda: pickle.dumps({"threshold": 0.9}),
    "another zip": lambda: zipped({"word/document.xml": b"<w/>"}),
    "an npz": lambda: zipped({"old.npy": npy(np.zeros(3))}),
    "no JSON": lambda: zipped(parts() | {"header.json": b"{"}),
    "no object": lambda: zipped(parts() | {"header.json": b"[]"}),
    "JSON without end": lambda: zipped({"header.json": b"[" * 200_000}),
    "not UTF-8": lambda: zipped({"header.json": b'{"format": "\xff\xfe"}'}),
    "another format": lambda: with_header(lambda header: header.update(format="another")),
    "without a digest": lambda: zipped({"header.json": b'{"format": "threshlint calibration map", "version": 1}'}),
    "an array too few": lambda: zipped({name: each for name, each in parts().items() if name != "0-tail-old.npy"}),
    "an array too many": lambda: zipped(parts() | {"more.npy": npy(np.zeros(3))}),
    "no array": lambda: zipped(parts() | {"0-tail-old.npy": b"no array"}),
    "an array of a later format": lambda: zipped(parts() | {"0-tail-old.npy": b"\x93NUMPY\x09\x00" + bytes(100)}),
    "objects": lambda: zipped(parts() | {"0-tail-old.npy": npy(np.array([Bomb()], dtype=object), allow_pickle=True)}),
    "an array larger than any memory": lambda: zipped(parts() | {"0-tail-old.npy": claims((10**15,))}),
    "an array of negative length": lambda: zipped(parts() | {"0-tail-old.npy": claims((-1, -1))}),
    "an array cut short": lambda: zipped(parts() | {"0-tail-old.npy": parts()["0-tail-old.npy"][:-1]}),
    "no populations": lambda: with_header(lambda header: header.pop("populations")),
    "populations of another kind": lambda: with_header(lambda header: header.update(populations=["pairs"])),
    "an unknown population": lambda: with_header(lambda header: header["populations"][0].update(population="all")),
    "a count without end": lambda: with_header(lambda header: header["populations"][0].update(total=float("inf"))),
    "an unknown metric": lambda: with_header(lambda header: header["old"].update(metric="hamming")),
    "a space of another kind": lambda: with_header(lambda header: header.update(old=5)),
    "a space with a field too many": lambda: with_header(lambda header: header["new"].update(quantised=True)),
    "a sample without facts": lambda: with_header(lambda header: header.update(sample={})),
    "evidence of another kind": lambda: with_header(lambda header: header.update(top_k={"at": 5})),
    "columns of different lengths": lambda: with_header(same, **{"0_tail_old": np.zeros(3, np.float32)}),
    "columns in two dimensions": lambda: with_header(same, **{"0_groups": np.zeros((100, 1), np.int32)}),
    "scores that are no numbers": lambda: with_header(same, **{"0_tail_old": np.full(4950, "a")}),
    "items that there are not": lambda: with_header(same, **{"0_tail_first": np.full(4950, 100, np.int32)}),
    "others that there are not": lambda: with_header(same, **{"0_tail_second": np.full(4950, 100, np.int32)}),
    "items before the first": lambda: with_header(same, **{"0_tail_second": np.full(4950, -1, np.int32)}),
    "groups that are no numbers": lambda: with_header(same, **{"0_groups": np.zeros(100, np.float32)}),
    "judgements for too few labels": lambda: with_header(same, **{"labels_same": np.zeros(99, np.bool_)}),
    "best hits for too few queries": lambda: with_header(same, **{"1_same_hit": np.zeros(99, np.bool_)}),
}


class Bomb:
    """What no reader of a map may ever unpickle."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return (exploded, ("boom",))


def exploded(_: str) -> None:
    raise AssertionError("a pickle was read")


def claims(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return stream.getvalue() + bytes(400)


@pytest.mark.parametrize("case", NO_MAPS)
def test_what_is_no_map(case: str, tmp_path: Path) -> None:
    with pytest.raises(MapError, match=r"a\.thrmap .*; make the map again with `threshlint calibrate`"):
        read(tmp_path / "a.thrmap", NO_MAPS[case]())


@pytest.mark.parametrize("version", [2, 99])
def test_a_newer_map(version: int, tmp_path: Path) -> None:
    with pytest.raises(MapError, match=f"is of version {version}, and this threshlint knows maps up to version 1: upd"):
        read(tmp_path / "a.thrmap", with_header(lambda header: header.update(version=version)))


@pytest.mark.parametrize("version", [0, -1, "1", None, 1.0])
def test_a_version_that_there_never_was(version: Any, tmp_path: Path) -> None:
    with pytest.raises(MapError):
        read(tmp_path / "a.thrmap", with_header(lambda header: header.update(version=version)))


@pytest.mark.parametrize("entries", [1, 40])
def test_a_zip_bomb_is_not_unpacked(entries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each alone may be small enough: all of them together count."""
    monkeypatch.setattr(map_file, "_LARGEST", 8 << 20)
    bomb = zipped(parts() | {f"{number}.npy": bytes((16 << 20) // entries) for number in range(entries)})
    assert len(bomb) < 1 << 20
    with pytest.raises(MapError, match="is too large for a calibration map"):
        read(tmp_path / "a.thrmap", bomb)
    assert read(tmp_path / "b.thrmap", content()).digest == everything().digest


quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(file: Path, damaged: bytes) -> None:
    """Whatever else happens than a MapError or the map itself is a failure."""
    try:
        made = read(file, damaged)
    except MapError:
        return
    # A byte that no reader looks at, such as a date in the zip's directory.
    assert made.digest == everything().digest


@given(place=st.integers(0, 1 << 30), bit=st.integers(0, 7))
@quick
def test_a_bit_that_flipped(place: int, bit: int, tmp_path: Path) -> None:
    damaged = bytearray(content())
    damaged[place % len(damaged)] ^= 1 << bit
    read_or_refused(tmp_path / "a", bytes(damaged))


@given(places=st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=8))
@quick
def test_bytes_in_the_directory(places: list[tuple[int, int]], tmp_path: Path) -> None:
    """Where each entry lies, how large it is and how it is packed stands at a zip's end."""
    damaged = bytearray(content())
    directory = damaged.find(b"PK\x01\x02")
    for place, byte in places:
        damaged[directory + place % (len(damaged) - directory)] = byte
    read_or_refused(tmp_path / "a", bytes(damaged))


@pytest.mark.parametrize("method", [12, 14, 97])
def test_packed_as_no_map_is(method: int, tmp_path: Path) -> None:
    """Bytes that are said to be bzip2's or LZMA's break in ways of their own."""
    damaged = bytearray(content())
    place = 0
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = damaged.find(mark)
        damaged[place + offset : place + offset + 2] = method.to_bytes(2, "little")
    with pytest.raises(MapError):
        read(tmp_path / "a.thrmap", bytes(damaged))


@given(cut=st.integers(0, 1 << 30))
@quick
def test_cut_short(cut: int, tmp_path: Path) -> None:
    with pytest.raises(MapError):
        read(tmp_path / "a", content()[: cut % len(content())])


@given(noise=st.binary(max_size=400), ahead=st.booleans())
@quick
def test_noise(noise: bytes, ahead: bool, tmp_path: Path) -> None:
    with pytest.raises(MapError):
        read(tmp_path / "a", b"PK\x03\x04" + noise if ahead else noise)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=5), scalars, max_size=3)


@given(value=anything, data=st.data())
@settings(quick, max_examples=60)
def test_a_forged_header(value: Any, data: st.DataObject, tmp_path: Path) -> None:
    """Any field may hold anything: it is a map then, or a MapError."""

    def forge(header: dict[str, Any]) -> None:
        evidence = header["top_k"]
        parts = [header, header["old"], header["sample"], *header["populations"], evidence, evidence["at"][0]]
        part = data.draw(st.sampled_from(parts))
        part[data.draw(st.sampled_from(sorted(part)))] = value

    with contextlib.suppress(MapError):
        read(tmp_path / "a", with_header(forge))


def test_every_field_of_a_map_is_in_its_file(tmp_path: Path) -> None:
    """A field added to a map and forgotten in the file would be lost."""
    made, back = everything(), read(tmp_path / "a", content())
    for field in fields(made):
        assert (getattr(back, field.name) is None) == (getattr(made, field.name) is None)
    for population in made.populations:
        one, other = made.scores_of(population), back.scores_of(population)
        for field in fields(one):
            before, after = getattr(one, field.name), getattr(other, field.name)
            if isinstance(before, np.ndarray):
                np.testing.assert_array_equal(before, after)
                assert before.dtype == after.dtype
            elif field.name not in ("tail", "body"):
                assert before == after
