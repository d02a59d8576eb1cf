"""``threshlint calibrate``: what it writes, what it says, what its exit code is, and that a failure writes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

from tests.calibration.conftest import CODE, calibrate, paired_vectors
from tests.calibration.test_reading import WRITERS
from threshlint.calibration.map_file import load
from threshlint.calibration.population import PAIRS, TOP1, top_k
from threshlint.calibration.recalibration import Verdict
from threshlint.cli import main
from threshlint.cli.calibrate import command

if os.name != "nt":
    import pty

FILES = ("old.npy", "new.npy")


def there(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {".threshlint_cache"}


class TestItWrites:
    def test_a_map_and_a_page(self, sample: Path) -> None:
        result = calibrate(*FILES, "-o", "made.thrmap")
        assert (result.exit_code, result.stdout) == (0, "")
        assert there(sample) == {"old.npy", "new.npy", "made.thrmap", "made.html"}
        assert result.stderr.endswith(
            "Wrote made.thrmap, for 1 population: pairs.\nWrote made.html; open it in a browser.\n"
        )
        made = load(sample / "made.thrmap")
        assert made.populations == (PAIRS,)
        assert (made.old.model, made.old.dimension) == ("old-model", 24)
        assert (made.new.model, made.new.dimension) == ("new-model", 32)

    @pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
    def test_a_bar_to_a_terminal_only(self, sample: Path) -> None:
        arguments = [*FILES, "-o", "made.thrmap", "--no-page", "--old-model", "a", "--new-model", "b"]
        call = [sys.executable, "-m", "threshlint", "calibrate", *arguments]
        piped = subprocess.run(call, capture_output=True, check=True)
        assert b"calibrating" not in piped.stderr
        terminal, end = pty.openpty()
        with os.fdopen(terminal, "rb", buffering=0) as opened:
            subprocess.run(call, stdout=subprocess.PIPE, stderr=end, check=True, env={**os.environ, "TERM": "xterm"})
            os.close(end)
            seen = opened.read(1 << 16)
        assert b"calibrating" in seen
        assert b"100%" in seen

    def test_the_identity_of_both_spaces(self, sample: Path) -> None:
        calibrate(
            *FILES, "-o", "made.thrmap", "--no-page", "--metric", "l2", "--old-prefix", "passage: ",
            "--new-prefix", "doc: ", "--old-query-prefix", "query: ", "--new-query-prefix", "q: ",
        )  # fmt: skip
        made = load(sample / "made.thrmap")
        assert (made.old.metric, made.old.prefix, made.old.query_prefix) == ("l2", "passage: ", "query: ")
        assert (made.new.metric, made.new.prefix, made.new.query_prefix) == ("l2", "doc: ", "q: ")

    def test_the_populations_that_were_asked_for(self, sample: Path) -> None:
        result = calibrate(*FILES, "-o", "made.thrmap", "--no-page", "--population", "top1", "--population", "topk:3")
        assert result.exit_code == 0
        assert load(sample / "made.thrmap").populations == (TOP1, top_k(3))

    def test_hits_where_there_is_an_index(self, sample: Path) -> None:
        calibrate(*FILES, "-o", "made.thrmap", "--no-page", "--index-size", 180)
        made = load(sample / "made.thrmap")
        assert made.populations == (PAIRS, TOP1, top_k(10))
        assert made.sample.whole_index

    def test_the_same_map_again(self, sample: Path) -> None:
        calibrate(*FILES, "-o", "one.thrmap", "--no-page")
        calibrate(*FILES, "-o", "two.thrmap", "--no-page")
        assert (sample / "one.thrmap").read_bytes() == (sample / "two.thrmap").read_bytes()

    @pytest.mark.parametrize("ending", [".npz", ".jsonl", ".parquet"])
    def test_the_same_map_whatever_the_order_of_ids(self, ending: str, sample: Path) -> None:
        old, new = paired_vectors()
        ids = [f"item {row:03}" for row in range(len(old))]
        digests = set()
        for seed in range(2):
            orders = [np.random.default_rng([seed, side]).permutation(len(old)) for side in range(2)]
            for name, vectors, order in zip(("old", "new"), (old, new), orders, strict=True):
                WRITERS[ending](sample / f"{name}{ending}", vectors[order], [ids[row] for row in order])
            result = calibrate(f"old{ending}", f"new{ending}", "-o", f"{seed}.thrmap", "--no-page")
            assert result.exit_code == 0
            digests.add(load(sample / f"{seed}.thrmap").digest)
        assert len(digests) == 1

    def test_the_page_elsewhere(self, sample: Path) -> None:
        (sample / "pages").mkdir()
        assert calibrate(*FILES, "-o", "made.thrmap", "--page", "pages/map.html").exit_code == 0
        assert there(sample / "pages") == {"map.html"}
        assert "made.html" not in there(sample)

    def test_over_what_was_there(self, sample: Path) -> None:
        (sample / "made.thrmap").write_text("old")
        (sample / "made.html").write_text("old")
        assert calibrate(*FILES, "-o", "made.thrmap").exit_code == 0
        assert load(sample / "made.thrmap").sample.items == 180
        assert "<!DOCTYPE html>" in (sample / "made.html").read_text(encoding="utf-8")


class TestTheDocs:
    PAGE = (Path(__file__).parents[2] / "docs" / "calibrate.md").read_text(encoding="utf-8")

    def test_have_every_option(self) -> None:
        options = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
        assert {name for name in options if f"`{name}" not in self.PAGE and f" {name} " not in self.PAGE} == set()

    def test_have_every_verdict(self) -> None:
        assert {verdict for verdict in Verdict if f"| `{verdict}` |" not in self.PAGE} == set()

    def test_show_how_to_draw_a_sample(self) -> None:
        (code,) = re.findall(r"```python\n(.*?)```", self.PAGE, re.DOTALL)
        old, new = (np.repeat(vectors, 6, axis=0) for vectors in paired_vectors())
        drawn: dict[str, Any] = {"old": old, "new": new}
        exec(code, drawn)
        assert drawn["is_seed"].sum() == 600
        assert len(drawn["items"]) == len(drawn["is_seed"]) > 600


class TestTheProject:
    def test_is_the_working_directory(self, sample: Path) -> None:
        (sample / "dedupe.py").write_text(CODE)
        assert calibrate(*FILES, "-o", "made.thrmap").exit_code == 0
        page = (sample / "made.html").read_text(encoding="utf-8")
        assert "<code>dedupe.py:3</code>" in page
        assert "<code>DUPLICATE</code>" in page

    def test_is_not_looked_at(self, sample: Path) -> None:
        (sample / "dedupe.py").write_text(CODE)
        (sample / "bad.py").write_text("x = (\n")
        assert calibrate(*FILES, "-o", "made.thrmap", "--no-project").exit_code == 0
        assert "dedupe.py" not in (sample / "made.html").read_text(encoding="utf-8")

    def test_is_not_looked_at_without_a_page(self, sample: Path) -> None:
        (sample / "bad.py").write_text("x = (\n")
        result = calibrate(*FILES, "-o", "made.thrmap", "--no-page")
        assert (result.exit_code, "bad.py" in result.stderr) == (0, False)

    def test_names_what_could_not_be_analysed(self, sample: Path) -> None:
        (sample / "dedupe.py").write_text(CODE)
        (sample / "bad.py").write_text("x = (\n")
        result = calibrate(*FILES, "-o", "made.thrmap")
        assert result.exit_code == 2
        assert "Warning: bad.py could not be analysed: cannot be parsed: '(' was never closed" in result.stderr
        page = (sample / "made.html").read_text(encoding="utf-8")
        assert "Not everything could be looked at." in page
        assert "<code>bad.py</code> cannot be parsed" in page
        assert "dedupe.py:3" in page

    def test_of_another_model_has_no_thresholds_here(self, sample: Path) -> None:
        (sample / "dedupe.py").write_text(CODE.replace("old-model", "older-model"))
        assert calibrate(*FILES, "-o", "made.thrmap").exit_code == 0
        page = (sample / "made.html").read_text(encoding="utf-8")
        assert "is annotated with old-model." in page
        assert "dedupe.py" not in page

    def test_has_a_broken_configuration(self, sample: Path) -> None:
        (sample / "threshlint.toml").write_text("nonsense = 1\n")
        result = calibrate(*FILES, "-o", "made.thrmap")
        assert result.exit_code == 2
        assert 'threshlint.toml: the file has no key "nonsense"' in result.stderr
        assert there(sample) == {"old.npy", "new.npy", "threshlint.toml"}


class TestWhatItRefuses:
    """Each of these says what is wrong, ends with 2 and writes nothing."""

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["gone.npy", "new.npy"], "Error: gone.npy: there is no such file"),
            (["old.npy", "old.npy"], "Error: both models' vectors are identical"),
            (["old.npy", "short.npy"], "Error: old.npy has 180 rows and short.npy 179; both need the same items"),
            (["holes.npy", "new.npy"], "Error: holes.npy: 1 of 180 vectors hold NaN or infinite values (row 5"),
            (["zeros.npy", "new.npy"], "Error: zeros.npy: 1 of 180 vectors hold nothing but zeros"),
            (["few.npy", "few_new.npy"], "Error: 20 items are too few to calibrate anything"),
            (["objects.npy", "new.npy"], "Error: objects.npy: it holds Python objects"),
            (["old.csv", "new.npy"], "Error: old.csv: '.csv' is no ending that vectors are read by"),
            ([*FILES, "--texts", "texts.txt"], "Error: texts.txt: it has 2 texts for 180 rows of vectors"),
            ([*FILES, "--queries-old", "old.npy"], "Error: old.npy: it holds queries under one model"),
            ([*FILES, "--index-size", "10"], "Error: an index of 10 documents cannot hold the sample's 180"),
            ([*FILES, "--population", "top2"], "Error: unknown population 'top2'; there are pairs, top1, and topk:K"),
            ([*FILES, "--population", "topk:500"], "Error: topk:500 needs 500 documents a query, and there are 179"),
        ],
    )  # fmt: skip
    def test_a_sample(self, args: list[str], said: str, sample: Path) -> None:
        old, new = paired_vectors()
        np.save(sample / "short.npy", new[1:])
        np.save(sample / "few.npy", old[:20])
        np.save(sample / "few_new.npy", new[:20])
        np.save(sample / "objects.npy", np.array([{}, None]), allow_pickle=True)
        (sample / "old.csv").write_text("1,2\n")
        (sample / "texts.txt").write_text("one\ntwo\n")
        for name, value in (("holes", np.nan), ("zeros", 0.0)):
            spoilt = old.copy()
            spoilt[5] = value
            np.save(sample / f"{name}.npy", spoilt)
        before = there(sample)
        result = calibrate(*args, "-o", "made.thrmap")
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
        assert there(sample) == before

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["-o", "nowhere/made.thrmap"], "cannot write nowhere/made.thrmap: there is no folder nowhere"),
            (["-o", "made.thrmap", "--page", "nowhere/a.html"], "cannot write nowhere/a.html: there is no folder"),
            (["-o", "."], "cannot write .: it is a folder"),
            (["-o", "old.npy"], "old.npy is a part of the sample, and would be overwritten"),
            (["-o", "made.thrmap", "--page", "./new.npy"], "new.npy is a part of the sample, and would be overwritten"),
            (["-o", "made.html"], "the map and its page would both be made.html"),
            (["-o", "made.thrmap", "--page", "a.html", "--no-page"], "--page and --no-page cannot both be meant"),
            (["-o", "made.thrmap", "--project", ".", "--no-project"], "--project and --no-project cannot both be"),
            (["-o", "made.thrmap", "--old-model", "new-model"], "--old-model and --new-model are both new-model"),
            (["-o", "made.thrmap", "--old-model", "a b"], "must be a model's name as annotations have it"),
            (["-o", "made.thrmap", "--old-model", "a,b"], "must be a model's name as annotations have it"),
            (["-o", "made.thrmap", "--old-model", "*"], "must be a model's name as annotations have it"),
            (["-o", "made.thrmap", "--old-model", "key"], "must be a model's name as annotations have it"),
            ([], "Missing option '-o'"),
        ],
    )  # fmt: skip
    def test_options(self, args: list[str], said: str, sample: Path) -> None:
        content = {file.name: file.read_bytes() for file in sample.iterdir()}
        names = ["--old-model", "old-model", "--new-model", "new-model"]
        result = CliRunner().invoke(main, ["calibrate", *FILES, *names, *args])
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.split())
        assert {file.name: file.read_bytes() for file in sample.iterdir()} == content

    @pytest.mark.parametrize("failing", ["threshlint.calibration.map_file.save", "threshlint.pages.calibration.render"])
    def test_half_a_result(self, failing: str, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object) -> None:
            raise OSError(28, "No space left on device", "made.thrmap")

        monkeypatch.setattr(failing, fail)
        result = calibrate(*FILES, "-o", "made.thrmap")
        assert result.exit_code == 2
        assert "No space left on device" in result.stderr
        assert there(sample) == {"old.npy", "new.npy"}


class TestWithoutTheExtra:
    """The base install has numpy only."""

    def test_a_page_says_what_to_install(self, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "jinja2", None)
        result = calibrate(*FILES, "-o", "made.thrmap")
        assert result.exit_code == 2
        assert 'pip install "threshlint[migrate]", or add --no-page' in result.stderr
        assert there(sample) == {"old.npy", "new.npy"}

    def test_parquet_says_what_to_install(self, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        (sample / "old.parquet").write_bytes(b"PAR1")
        result = calibrate("old.parquet", "new.npy", "-o", "made.thrmap", "--no-page")
        assert result.exit_code == 2
        assert (
            'old.parquet: reading Parquet needs pyarrow; install it with pip install "threshlint[migrate]"'
            in result.stderr
        )

    def test_a_map_needs_nothing(self, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("jinja2", "markupsafe", "pyarrow", "scipy", "sklearn", "matplotlib"):
            monkeypatch.setitem(sys.modules, name, None)
        assert calibrate(*FILES, "-o", "made.thrmap", "--no-page").exit_code == 0
        assert load(sample / "made.thrmap").sample.items == 180
