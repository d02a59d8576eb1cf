"""Paired samples from files: every format gives the same sample, and what is wrong is named."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading import read_sample
from threshlint.calibration.reading.vectors import read_vectors

ITEMS = 40
IDS = [f"sku-{number:02}" for number in range(ITEMS)]


def vectors(seed: int, count: int = ITEMS, dimension: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)


OLD, NEW = vectors(1), vectors(2, dimension=8)


def write_npy(file: Path, values: np.ndarray, ids: list[str] | None = None) -> None:
    assert ids is None
    np.save(file, values)


def write_npz(file: Path, values: np.ndarray, ids: list[str] | None = None) -> None:
    np.savez(file, vectors=values, **({} if ids is None else {"ids": np.array(ids)}))


def write_parquet(file: Path, values: np.ndarray, ids: list[str] | None = None) -> None:
    columns: dict[str, Any] = {"embedding": list(values)}
    pq.write_table(pa.table(columns if ids is None else {"id": ids, **columns}), file)


def write_jsonl(file: Path, values: np.ndarray, ids: list[str] | None = None) -> None:
    rows = (
        {"vector": row} if ids is None else {"id": ids[at], "vector": row} for at, row in enumerate(values.tolist())
    )
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


Writer = Callable[..., None]
WRITERS: dict[str, Writer] = {".npz": write_npz, ".parquet": write_parquet, ".jsonl": write_jsonl}


def lines(file: Path, *content: object) -> Path:
    file.write_text("".join(f"{line}\n" for line in content), encoding="utf-8")
    return file


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.npy", tmp_path / "new.npy"
    np.save(old, OLD)
    np.save(new, NEW)
    return old, new


@pytest.fixture
def with_ids(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    write_npz(old, OLD, IDS)
    write_npz(new, NEW, IDS)
    return old, new


class TestFormats:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        values=hnp.arrays(
            st.sampled_from([np.float32, np.float64]),
            st.tuples(st.integers(1, 12), st.integers(1, 5)),
            elements=st.floats(0.5, 1e6, width=32),
        )
    )
    @pytest.mark.parametrize("ending", [".npy", *WRITERS])
    def test_give_back_what_was_written(self, ending: str, values: np.ndarray, tmp_path: Path) -> None:
        file = tmp_path / f"old{ending}"
        {".npy": write_npy, **WRITERS}[ending](file, values)
        table = read_vectors(file)
        np.testing.assert_array_equal(table.vectors, values)
        assert table.ids is None
        if ending != ".jsonl":  # which does not say how precise its numbers are
            assert table.vectors.dtype == values.dtype

    def test_are_one_sample(self, tmp_path: Path) -> None:
        digests = set()
        for ending, write in {".npy": write_npy, **WRITERS}.items():
            write(tmp_path / f"old{ending}", OLD)
            write(tmp_path / f"new{ending}", NEW)
            digests.add(read_sample(tmp_path / f"old{ending}", tmp_path / f"new{ending}").sample.digest)
        assert len(digests) == 1

    def test_npy_is_not_read_into_memory(self, files: tuple[Path, Path]) -> None:
        assert isinstance(read_vectors(files[0]).vectors, np.memmap)

    @pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 6), pa.large_list(pa.float64())])
    def test_parquet_has_lists_of_all_sorts(self, kind: pa.DataType, tmp_path: Path) -> None:
        file = tmp_path / "old.parquet"
        pq.write_table(pa.table({"vectors": pa.array(OLD.tolist(), type=kind)}), file, row_group_size=7)
        np.testing.assert_array_equal(read_vectors(file).vectors, OLD)

    def test_half_precision_becomes_single(self, tmp_path: Path) -> None:
        np.save(tmp_path / "old.npy", OLD.astype(np.float16))
        assert read_vectors(tmp_path / "old.npy").vectors.dtype == np.float32

    def test_other_byte_orders_become_the_machine_s(self, tmp_path: Path) -> None:
        np.save(tmp_path / "old.npy", OLD.astype(">f4"))
        read = read_vectors(tmp_path / "old.npy").vectors
        assert read.dtype.isnative
        np.testing.assert_array_equal(read, OLD)

    def test_ids_may_be_numbers(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "old.npz", vectors=OLD, ids=np.arange(ITEMS))
        assert read_vectors(tmp_path / "old.npz").ids == tuple(map(str, range(ITEMS)))

    def test_empty_lines_are_passed_over(self, tmp_path: Path) -> None:
        file = lines(tmp_path / "old.jsonl", '{"vector": [1, 2]}', "", '{"vector": [1, 0.5]}')
        assert read_vectors(file).vectors.tolist() == [[1, 2], [1, 0.5]]


class TestIds:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        orders=st.tuples(st.permutations(range(ITEMS)), st.permutations(range(ITEMS))),
        ending=st.sampled_from(list(WRITERS)),
    )
    def test_join_in_any_order(self, orders: tuple[list[int], list[int]], ending: str, tmp_path: Path) -> None:
        old, new = tmp_path / f"old{ending}", tmp_path / "new.npz"
        WRITERS[ending](old, OLD[orders[0]], [IDS[row] for row in orders[0]])
        write_npz(new, NEW[orders[1]], [IDS[row] for row in orders[1]])
        texts = lines(tmp_path / "texts.txt", *(f"text of {row}" for row in orders[0]))
        sample = read_sample(old, new, texts=texts).sample
        np.testing.assert_array_equal(sample.old, OLD)
        np.testing.assert_array_equal(sample.new, NEW)
        assert sample.texts == [f"text of {row}" for row in range(ITEMS)]

    def test_that_one_side_lacks_are_counted_and_named(self, tmp_path: Path) -> None:
        write_npz(tmp_path / "old.npz", OLD, IDS)
        write_jsonl(tmp_path / "new.jsonl", NEW[3:], [*IDS[3:-1], "new-1"])
        reading = read_sample(tmp_path / "old.npz", tmp_path / "new.jsonl")
        assert reading.sample.ids == tuple(IDS[3:-1])
        first, second = reading.remarks
        assert first.startswith("4 of 40 items are in ")
        assert first.endswith("old.npz only and were left out: 'sku-00', 'sku-01', 'sku-02', 'sku-39'")
        assert second.startswith("1 of 37 items are in ")
        assert second.endswith("new.jsonl only and were left out: 'new-1'")

    def test_of_one_file_only_name_the_rows(self, files: tuple[Path, Path], tmp_path: Path) -> None:
        write_npz(tmp_path / "old.npz", OLD, IDS)
        reading = read_sample(tmp_path / "old.npz", files[1])
        assert reading.sample.ids == tuple(IDS)
        assert "joined row by row" in reading.remarks[0]


class TestCompanions:
    def test_one_a_line(self, files: tuple[Path, Path], tmp_path: Path) -> None:
        sample = read_sample(
            *files,
            texts=lines(tmp_path / "texts.txt", *(f"  text\u2028 {row} " for row in range(ITEMS))),
            groups=lines(tmp_path / "groups.txt", *("a" if row < 5 else "b" for row in range(ITEMS))),
            seeds=lines(tmp_path / "seeds.txt", 3, 7),
        ).sample
        assert sample.texts is not None
        assert sample.texts[3] == "  text\u2028 3 "
        assert sample.groups is not None
        assert sample.groups.tolist() == [0] * 5 + [1] * 35
        assert sample.seeds is not None
        assert np.flatnonzero(sample.seeds).tolist() == [3, 7]

    @pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl"])
    def test_by_id(self, ending: str, with_ids: tuple[Path, Path], tmp_path: Path) -> None:
        def table(name: str, *rows: dict[str, Any]) -> Path:
            if ending == ".jsonl":
                return lines(tmp_path / f"{name}.jsonl", *map(json.dumps, rows))
            mark = "," if ending == ".csv" else "\t"
            return lines(
                tmp_path / f"{name}{ending}", *(mark.join(map(str, row)) for row in (rows[0], *map(dict.values, rows)))
            )

        backwards = list(reversed(IDS))
        sample = read_sample(
            *with_ids,
            texts=table("texts", *({"id": name, "text": f"text of {name}"} for name in backwards)),
            groups=table("groups", *({"group": name[-1], "id": name} for name in backwards)),
            labels=table(
                "labels",
                {"first": "sku-03", "second": "sku-09", "same": "yes", "weight": 2.5},
                {"first": "sku-00", "second": "sku-01", "same": 0, "weight": 1},
            ),
            seeds=lines(tmp_path / "seeds.txt", "sku-05"),
        ).sample  # fmt: skip
        assert sample.texts == [f"text of {name}" for name in IDS]
        assert sample.groups is not None
        assert sample.groups.tolist() == [row % 10 for row in range(ITEMS)]
        labels = sample.labels
        assert labels is not None
        assert (labels.first.tolist(), labels.second.tolist()) == ([3, 0], [9, 1])
        assert (labels.same.tolist(), labels.weight.tolist()) == ([True, False], [2.5, 1.0])

    def test_json_lines_of_texts_alone(self, files: tuple[Path, Path], tmp_path: Path) -> None:
        texts = lines(tmp_path / "texts.jsonl", *(json.dumps(f"one\ntwo {row}") for row in range(ITEMS)))
        sample = read_sample(*files, texts=texts).sample
        assert sample.texts is not None
        assert sample.texts[3] == "one\ntwo 3"

    def test_quoted_texts_of_several_lines(self, with_ids: tuple[Path, Path], tmp_path: Path) -> None:
        texts = lines(tmp_path / "texts.csv", "id,text", *(f'{name},"one, ""{name}""\ntwo"' for name in IDS))
        sample = read_sample(*with_ids, texts=texts).sample
        assert sample.texts is not None
        assert sample.texts[0] == 'one, "sku-00"\ntwo'

    def test_labels_of_queries(self, files: tuple[Path, Path], tmp_path: Path) -> None:
        np.save(tmp_path / "queries_old.npy", vectors(3, 5))
        np.save(tmp_path / "queries_new.npy", vectors(4, 5, 8))
        sample = read_sample(
            *files,
            queries_old=tmp_path / "queries_old.npy",
            queries_new=tmp_path / "queries_new.npy",
            query_texts=lines(tmp_path / "queries.txt", *"abcde"),
            query_groups=lines(tmp_path / "query_groups.txt", 1, 1, 2, 2, 3),
            labels=lines(tmp_path / "labels.csv", "first,second,same", "4,4,true", "4,39,false"),
        ).sample
        assert sample.query_texts == list("abcde")
        assert sample.query_groups is not None
        assert sample.query_groups.tolist() == [0, 0, 1, 1, 2]
        assert sample.labels is not None
        assert sample.labels.second.tolist() == [4, 39]

    def test_equal_texts_with_different_vectors_are_remarked(self, tmp_path: Path) -> None:
        old, new = OLD.copy(), NEW.copy()
        old[1], new[1] = old[0], new[0]
        np.save(tmp_path / "old.npy", old)
        np.save(tmp_path / "new.npy", new)
        right = lines(tmp_path / "right.txt", "same", "same", *range(2, ITEMS))
        wrong = lines(tmp_path / "wrong.txt", "same", "1", "same", *range(3, ITEMS))
        assert read_sample(tmp_path / "old.npy", tmp_path / "new.npy", texts=right).remarks == ()
        (remark,) = read_sample(tmp_path / "old.npy", tmp_path / "new.npy", texts=wrong).remarks
        assert "1 of 1 pairs of equal texts have different vectors (rows 0 and 2, for example)" in remark


def spoilt(row: int, value: float) -> np.ndarray:
    values = OLD.copy()
    values[row] = value
    return values


def npz(**arrays: Any) -> bytes:
    opened = io.BytesIO()
    np.savez(opened, allow_pickle=True, **arrays)
    return opened.getvalue()


def npy(values: Any) -> bytes:
    opened = io.BytesIO()
    np.save(opened, values, allow_pickle=True)
    return opened.getvalue()


def jsonl(*rows: Any) -> bytes:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows).encode()


def parquet(**columns: Any) -> bytes:
    opened = io.BytesIO()
    pq.write_table(pa.table(columns), opened)
    return opened.getvalue()


NO_IDS = pa.array([None, "x"], type=pa.string())
GAP = pa.array([[1.0, None], [1.0, 2.0]])
OBJECTS = np.array([{"a": 1}, None], dtype=object)

# The old file of a sample, and what is said of it.
BAD: dict[str, tuple[str, bytes, str]] = {
    "no_ending": ("old", npy(OLD), "it has no ending that vectors are read by; there are .npy, .npz, .parquet, .jsonl"),
    "wrong_ending": ("old.csv", b"1,2\n", "'.csv' is no ending that vectors are read by"),
    "empty_npy": ("old.npy", b"", "it is empty"),
    "empty_npz": ("old.npz", b"", "it is empty"),
    "empty_parquet": ("old.parquet", b"", "it is empty"),
    "empty_jsonl": ("old.jsonl", b"", "it is empty"),
    "blank_jsonl": ("old.jsonl", b"\n \n", "it is empty; it needs a line of JSON for each item"),
    "truncated_npy": ("old.npy", npy(OLD)[:-10], "it is truncated or damaged"),
    "truncated_header": ("old.npy", npy(OLD)[:40], "it is truncated or damaged"),
    "absurd_size": ("old.npy", npy(OLD).replace(b"(40, 6), }     ", b"(9999999999, 9)}"), "it is truncated or damaged"),
    "truncated_npz": ("old.npz", npz(vectors=OLD)[:-10], "it is no archive as numpy.savez writes it, or is damaged"),
    "truncated_parquet": ("old.parquet", parquet(vectors=list(OLD))[:-10], "it is no Parquet file, or is damaged"),
    "truncated_jsonl": ("old.jsonl", jsonl({"vector": [1, 2]}, '{"vector": [1,'), "line 2 is not valid JSON"),
    "npz_as_npy": ("old.npy", npz(vectors=OLD), "it is not an array as numpy.save writes it"),
    "npy_as_npz": ("old.npz", npy(OLD), "it is no archive as numpy.savez writes it"),
    "pickle": ("old.npy", pickle.dumps(OLD), "it is not an array as numpy.save writes it"),
    "objects_npy": ("old.npy", npy(OBJECTS), "it holds Python objects, which would have to be unpickled"),
    "objects_npz": ("old.npz", npz(vectors=OBJECTS), "its array 'vectors' holds Python objects"),
    "object_ids": ("old.npz", npz(vectors=OLD, ids=OBJECTS), "its array 'ids' holds Python objects"),
    "float_ids": ("old.npz", npz(vectors=OLD, ids=np.arange(40.0)), "its ids are float64 of shape (40,)"),
    "too_few_ids": ("old.npz", npz(vectors=OLD, ids=np.arange(39)), "it holds 40 vectors and 39 ids"),
    "no_vectors_npz": ("old.npz", npz(data=OLD), "none of its arrays ('data') is called vectors"),
    "two_vectors_npz": ("old.npz", npz(vectors=OLD, embedding=OLD), "it has the arrays vectors and embedding"),
    "one_axis": ("old.npy", npy(OLD[0]), "its vectors have shape (6,); they need rows and columns"),
    "integers": ("old.npy", npy(OLD.astype(np.int8)), "its vectors are of type int8; they need to be floating-point"),
    "records": ("old.npy", npy(np.zeros((3, 2), [("a", "f4")])), "they need to be floating-point numbers"),
    "no_rows": ("old.npy", npy(OLD[:0]), "it holds no vectors (its shape is (0, 6))"),
    "nan": ("old.npy", npy(spoilt(7, np.nan)), "1 of 40 vectors hold NaN or infinite values (row 7, counted from 0)"),
    "infinite": (
        "old.npz",
        npz(vectors=spoilt(7, -np.inf), ids=IDS),
        "NaN or infinite values (row 7, id 'sku-07', counted",
    ),
    "zero": (
        "old.npy",
        npy(spoilt(7, 0.0)),
        "1 of 40 vectors hold nothing but zeros, which have no direction (row 7, co",
    ),
    "nan_jsonl": ("old.jsonl", jsonl({"vector": [1]}, "", '{"vector": [NaN]}'), "NaN or infinite values (line 3);"),
    "large_jsonl": ("old.jsonl", jsonl('{"vector": [1e300]}'), "NaN or infinite values (line 1);"),
    "zeros_jsonl": ("old.jsonl", jsonl({"vector": [0, 0], "id": "a"}), "no direction (line 1, id 'a');"),
    "twice_npz": (
        "old.npz",
        npz(vectors=OLD, ids=[*IDS[:39], "sku-05"]),
        "the id 'sku-05' stands in row 5 and in row 39",
    ),
    "twice_jsonl": ("old.jsonl", jsonl(*[{"id": 1, "vector": [1]}] * 2), "the id '1' stands in line 1 and in line 2"),
    "short_jsonl": (
        "old.jsonl",
        jsonl({"vector": [1, 2]}, {"vector": [1]}),
        "the vector in line 2 has 1 dimensions and that",
    ),
    "list_jsonl": ("old.jsonl", jsonl([1, 2]), "line 1 is no JSON object"),
    "text_jsonl": ("old.jsonl", jsonl({"vector": ["1", "2"]}), "line 1: its 'vector' is not a list of numbers"),
    "null_jsonl": ("old.jsonl", jsonl({"vector": [1, None]}), "line 1: its 'vector' is not a list of numbers"),
    "nested_jsonl": ("old.jsonl", jsonl({"vector": [[1], [1, 2]]}), "line 1: its 'vector' is not a list of numbers"),
    "deep_jsonl": ("old.jsonl", jsonl("[" * 100_000), "line 1 is not valid JSON"),
    "key_jsonl": (
        "old.jsonl",
        jsonl({"vec": [1]}),
        "none of its keys ('vec') is called vectors, vector, embeddings or",
    ),
    "later_key_jsonl": (
        "old.jsonl",
        jsonl({"vector": [1]}, {"v": [1]}),
        "line 2 has no 'vector', and the first line has",
    ),
    "id_missing": (
        "old.jsonl",
        jsonl({"id": "a", "vector": [1]}, {"vector": [1]}),
        "line 2 has no id, and others have",
    ),
    "id_late": ("old.jsonl", jsonl({"vector": [1]}, {"id": "a", "vector": [1]}), "line 1 has no id, and others have"),
    "id_null": (
        "old.jsonl",
        jsonl({"id": None, "vector": [1]}),
        "line 1: the id None is neither a text nor a whole number",
    ),
    "not_utf8": ("old.jsonl", b'{"vector": [1], "id": "\xff"}\n', "line 1 is not valid UTF-8"),
    "short_parquet": (
        "old.parquet",
        parquet(vector=[[1.0, 2.0], [1.0]]),
        "the vector in row 1 (counted from 0) has 1 dim",
    ),
    "hole_parquet": ("old.parquet", parquet(vector=GAP), "the vector in row 0 (counted from 0) has a hole"),
    "null_parquet": ("old.parquet", parquet(vector=[[1.0], None]), "its column 'vector' has nothing in row 1"),
    "no_id_parquet": ("old.parquet", parquet(vector=[[1.0], [2.0]], id=NO_IDS), "its column 'id' has nothing in row 0"),
    "float_id_parquet": ("old.parquet", parquet(vector=[[1.0]], id=[1.5]), "its column 'id' is of type double"),
    "column_parquet": ("old.parquet", parquet(vec=[[1.0]]), "none of its columns ('vec') is called"),
    "text_parquet": (
        "old.parquet",
        parquet(vector=["1 2"]),
        "its column 'vector' is of type string; it needs to hold lists",
    ),
    "no_rows_parquet": ("old.parquet", parquet(vector=pa.array([], pa.list_(pa.float32()))), "it holds no vectors"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_vectors_are_named_with_their_file_and_row(name: str, tmp_path: Path, files: tuple[Path, Path]) -> None:
    file_name, content, said = BAD[name]
    file = tmp_path / file_name
    file.write_bytes(content)
    with pytest.raises(SampleError) as caught:
        read_sample(file, files[1])
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 500


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ending=st.sampled_from([".npy", *WRITERS]), place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_damaged_byte_is_an_error_or_a_number(ending: str, place: float, byte: int, tmp_path: Path) -> None:
    file = tmp_path / f"old{ending}"
    {".npy": write_npy, **WRITERS}[ending](file, OLD[:3])
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] = byte
    file.write_bytes(content)
    said = ""
    try:
        read_vectors(file)
    except SampleError as error:
        said = str(error)
    assert not said or said.startswith(f"{file}: ")


def test_a_nan_that_signals_is_named_like_any_other(tmp_path: Path) -> None:
    vectors = OLD[:3].astype(np.float32)
    vectors.view(np.uint32)[1, 0] = 0x7FA00000
    np.save(tmp_path / "old.npy", vectors)
    with pytest.raises(SampleError, match="NaN or infinite values"):
        read_vectors(tmp_path / "old.npy")


def test_files_that_are_none(tmp_path: Path, files: tuple[Path, Path]) -> None:
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(SampleError, match=r"folder\.npy: it is not a file"):
        read_sample(tmp_path / "folder.npy", files[1])
    with pytest.raises(SampleError, match=r"gone\.npy: there is no such file"):
        read_sample(tmp_path / "gone.npy", files[1])


def test_an_encrypted_archive(tmp_path: Path, files: tuple[Path, Path]) -> None:
    content = bytearray(npz(vectors=OLD))
    central = content.rindex(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    (tmp_path / "old.npz").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "old.npz") as opened:
        assert opened.infolist()[0].flag_bits & 1
    with pytest.raises(SampleError, match="is encrypted"):
        read_sample(tmp_path / "old.npz", files[1])


class TestPairsOfFiles:
    def check(self, said: str, *args: Path, **others: Any) -> None:
        with pytest.raises(SampleError) as caught:
            read_sample(*args, **others)
        assert said in str(caught.value)

    def saved(self, folder: Path, name: str, values: np.ndarray) -> Path:
        np.save(folder / name, values)
        return folder / name

    def test_of_different_lengths(self, tmp_path: Path, files: tuple[Path, Path]) -> None:
        short = self.saved(tmp_path, "short.npy", NEW[:-1])
        self.check("old.npy has 40 rows and ", files[0], short)
        self.check("short.npy 39; both need the same items in the same order, or ids to join them by", files[0], short)

    def test_that_are_the_same(self, files: tuple[Path, Path]) -> None:
        self.check("both models' vectors are identical", files[0], files[0])

    def test_with_too_few_items(self, tmp_path: Path) -> None:
        old, new = self.saved(tmp_path, "old.npy", OLD[:29]), self.saved(tmp_path, "new.npy", NEW[:29])
        self.check("29 items are too few to calibrate anything; take 30 at the least", old, new)

    def test_with_too_few_items_in_common(self, tmp_path: Path) -> None:
        write_npz(tmp_path / "old.npz", OLD, IDS)
        write_npz(tmp_path / "new.npz", NEW[20:], IDS[20:])
        self.check(
            "20 items are too few to calibrate anything; take 30 at the least; 20 of 40 items are in ",
            tmp_path / "old.npz", tmp_path / "new.npz",
        )  # fmt: skip

    def test_without_an_item_in_common(self, tmp_path: Path) -> None:
        write_npz(tmp_path / "old.npz", OLD, IDS)
        write_npz(tmp_path / "new.npz", NEW, [name.upper() for name in IDS])
        self.check(
            "new.npz have no id in common (the one has 'sku-00', the other 'SKU-00')",
            tmp_path / "old.npz", tmp_path / "new.npz",
        )  # fmt: skip

    def test_with_queries_of_one_model(self, files: tuple[Path, Path]) -> None:
        self.check("old.npy: it holds queries under one model; give the same ones", *files, queries_old=files[0])

    def test_with_queries_of_other_dimensions(self, tmp_path: Path, files: tuple[Path, Path]) -> None:
        queries = self.saved(tmp_path, "queries.npy", vectors(3, 5, 5))
        others = self.saved(tmp_path, "others.npy", vectors(4, 5, 8))
        said = "the old model's queries have 5 dimensions"
        self.check(said, *files, queries_old=queries, queries_new=others)

    @pytest.mark.parametrize(
        ("option", "name", "content", "said"),
        [
            ("texts", "texts.txt", ["a"] * 39, "texts.txt: it has 39 texts for 40 rows of vectors; give one for each"),
            ("texts", "texts.txt", ["a"] * 41, "(a text of several lines needs a .jsonl)"),
            ("texts", "texts.jsonl", ['{"text": "a"}'] * 41, "it has 41 texts for 40 rows of vectors"),
            ("texts", "texts.jsonl", ['{"txt": "a"}'] * 40, "line 1 has no 'text'"),
            ("texts", "texts.jsonl", ['{"text": 1.5}'] * 40, "line 1: its 'text' is neither a text nor a whole number"),
            ("texts", "texts.jsonl", ['{"id": "0", "text": "a"}'], "it names items by id, and the vectors have no ids"),
            ("texts", "texts.txt", [], "texts.txt: it is empty"),
            ("groups", "groups.txt", ["a"] * 39, "it has 39 groups for 40 rows of vectors"),
            ("groups", "groups.csv", ["id,group", "1,2,3"], "line 2 has more values than the header has names"),
            ("groups", "groups.csv", ["id,group", '1,"2'], "is not valid CSV"),
            ("labels", "labels.txt", ["0,1,1"], "labels come as .csv, .tsv or .jsonl, with first, second, same and"),
            ("labels", "labels.csv", ["first,second,same"], "labels.csv: it holds no labels"),
            ("labels", "labels.csv", ["first,second", "0,1"], "line 2 has no 'same'"),
            ("labels", "labels.csv", ["first,second,same", "0,1,perhaps"], "line 2: its 'same' is 'perhaps'; write"),
            ("labels", "labels.csv", ["first,second,same", "0,40,1"], "line 2: none of the items stands in row '40'"),
            ("labels", "labels.csv", ["first,second,same", "0,0,1"], "a label pairs an item with itself"),
            ("labels", "labels.csv", ["first,second,same,weight", "0,1,1,x"], "line 2: its 'weight' is 'x'; write"),
            ("labels", "labels.csv", ["first,second,same,weight", "0,1,1,-1"], "a label's weight must be a number"),
            ("seeds", "seeds.txt", ["0", "forty"], "line 2: none of the items stands in row 'forty'; rows"),
            ("query_texts", "texts.txt", ["a"] * 40, "texts.txt: there are no queries that it could be about"),
            ("query_groups", "groups.txt", ["a"] * 40, "groups.txt: there are no queries that it could be about"),
        ],
    )  # fmt: skip
    def test_with_what_does_not_match(
        self, option: str, name: str, content: list[str], said: str, tmp_path: Path, files: tuple[Path, Path]
    ) -> None:
        self.check(said, *files, **{option: lines(tmp_path / name, *content)})

    @pytest.mark.parametrize(
        ("option", "name", "content", "said"),
        [
            ("texts", "texts.jsonl", ['{"id": "sku-00", "text": "a"}'] * 2, "line 2: the id 'sku-00' stands in an"),
            ("texts", "texts.jsonl", ['{"id": "sku-00", "text": "a"}'], "39 of 40 items have no text in it: 'sku-01'"),
            ("labels", "labels.csv", ["first,second,same", "sku-00,sku-40,1"], "line 2: none of the items has the id"),
        ],
    )  # fmt: skip
    def test_with_ids_that_do_not_match(
        self, option: str, name: str, content: list[str], said: str, tmp_path: Path, with_ids: tuple[Path, Path]
    ) -> None:
        self.check(said, *with_ids, **{option: lines(tmp_path / name, *content)})

    def test_with_an_index_smaller_than_the_sample(self, files: tuple[Path, Path]) -> None:
        self.check("an index of 39 documents cannot hold the sample's 40", *files, index_size=39)
