"""Bad input: nothing crashes or hangs a run, every other file is analysed, and what was not is named."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from threshlint.cli import main
from threshlint.config import Config
from threshlint.output import findings_formats, inventory_formats
from threshlint.scan import analyse, scan, tasks
from threshlint.scan.analyse import Analysed, Job
from threshlint.scan.lexer import Lexed
from threshlint.site import Inventory

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0

GOOD = b"""\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    return cosine_similarity(a, b)[0][0] > 0.82
"""
FINDING = "good.py:5:44: THR101 "


def deep(before: str, middle: str, after: str, times: int = 3_000) -> bytes:
    return f"x = {before * times}{middle}{after * times}\n".encode()


# What a file holds, and what its reason says.
BAD = {
    "syntax": (b"x = 1\ny = (\n", "cannot be parsed: '(' was never closed (line 2, column 5)"),
    "python2": (b"print 'a'\n", "cannot be parsed: Missing parentheses in call to 'print'"),
    "undecodable": (b"x = '\xff'\n", "is not valid UTF-8 (byte 0xff at offset 5)"),
    "wrong_encoding": (b"# -*- coding: ascii -*-\nx = '\xe9'\n", "is not valid ascii, the encoding that it declares"),
    "no_encoding": (b"# coding: nonsense\n", "declares an encoding that Python does not know"),
    "utf16": ("x = 1\n".encode("utf-16"), "is not valid UTF-8"),
    "half_a_character": (b"# coding: raw_unicode_escape\nx = '\\ud800'\n", "holds half a character"),
    "nul": (b"x = 1\0\n", "holds a NUL byte (at offset 5)"),
    "binary": (bytes(range(256)) * 40, "is not valid UTF-8"),
    "open_brackets": (b"x = " + b"(" * 100_000, "is nested too deeply: Python allows 200 open brackets"),
    "brackets": (deep("[", "", "]"), "is nested too deeply"),
    "calls": (deep("f(", "", ")"), "is nested too deeply"),
    "fstrings": (deep('f"{', "1", '}"'), "is nested too deeply"),
    "format_specs": (b'x = f"' + b"{a:" * 3_000 + b"}" * 3_000 + b'"\n', "is nested too deeply"),
    "indents": (b"".join(b" " * i + b"if x:\n" for i in range(300)) + b" " * 300 + b"pass\n", "cannot be parsed"),
    "mixed_strings": (b"x = 'a' b'b'\n", "cannot be parsed: cannot mix bytes and nonbytes literals"),
    "huge": (b"x = 1\n" * 2_000_000, "is larger than 10 MB (`file-size-limit`); exclude it"),
}

# What a file holds besides GOOD, and the line on which the site then stands.
ODD = {
    "empty_lines": (b"\n\n\n" + GOOD, 8),
    "byte_order_mark": (b"\xef\xbb\xbf" + GOOD, 5),
    "crlf": (GOOD.replace(b"\n", b"\r\n"), 5),
    "cr": (GOOD.replace(b"\n", b"\r"), 5),
    "form_feed": (GOOD.replace(b"\n\n\n", b"\n\x0c\n\n"), 5),
    "no_last_newline": (GOOD.rstrip(), 5),
    "latin_1": (b"# -*- coding: latin-1 -*-\nNAME = '\xe9'\n" + GOOD, 7),
    "shift_jis": (b"# coding: shift_jis\n" + "NAME = '猫'\n".encode("shift_jis") + GOOD, 7),
    "cookie_with_mark": (b"\xef\xbb\xbf# coding: utf-8\n" + GOOD, 6),
    "line_separators": ("NAME = '\u2028\x85\x1c'\n".encode() + GOOD, 6),
    "backslashes": (b"x = 1 " + b"\\\n" * 2_000 + b"+ 1\n" + GOOD, 2_006),
    "long_line": (b"x = [" + b"'twenty characters are', 1, " * 38_000 + b"]\n" + GOOD, 6),
    "long_string": (b"x = '" + b"a" * 1_000_000 + b"'\n" + GOOD, 6),
    "long_comment": (b"# " + b"'" * 1_000_000 + b"\n" + GOOD, 6),
    "many_strings": (b"x = (\n" + b"  'a'\n" * 900 + b")\n" + GOOD, 907),
    "many_ands": (b"x = a" + b" and a" * 2_000 + b"\n" + GOOD, 6),
    "many_elifs": (b"if x:\n  y = 1\n" + b"elif x:\n  y = 1\n" * 3_000 + GOOD, 6_007),
    "long_sum": (b"x = 1" + b" + 1" * 1_500 + b"\n" + GOOD, 6),
    "long_attribute": (b"x = a" + b".b" * 800 + b"\n" + GOOD, 6),
    "ternaries": (b"x = " + b"1 if a else " * 500 + b"1\n" + GOOD, 6),
    "lambdas": (b"x = " + b"lambda a, b: " * 500 + b"1\n" + GOOD, 6),
    "comprehension": (b"x = [1 " + b"for a in b " * 500 + b"]\n" + GOOD, 6),
    "indented": (b"".join(b" " * i + b"if x:\n" for i in range(90)) + b" " * 90 + b"pass\n" + GOOD, 96),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.py").write_bytes(GOOD)
    (tmp_path / "threshlint.toml").touch()
    return tmp_path


def run(*args: str) -> Result:
    result = CliRunner().invoke(main, ["check", *args], prog_name="threshlint")
    assert "Traceback" not in result.output
    return result


def scanned(folder: Path, *names: str, limit: float | None = None) -> Inventory:
    return scan([folder / name for name in names or ("",)], Config(folder, file_time_limit=limit))


def reasons(inventory: Inventory) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in inventory.skipped}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_the_others_are_analysed(name: str, folder: Path) -> None:
    content, reason = BAD[name]
    (folder / "bad.py").write_bytes(content)
    result = run()
    assert result.exit_code == 2
    good, bad = result.stdout.splitlines()
    assert good.startswith(FINDING)
    assert bad.startswith(f"bad.py:1:1: SKIPPED not analysed: {reason}")
    assert len(bad) < 300


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_analysed_to_their_last_line(name: str, folder: Path) -> None:
    content, line = ODD[name]
    (folder / "good.py").write_bytes(content)
    inventory = scanned(folder)
    assert reasons(inventory) == {}
    (site,) = inventory.sites
    assert (site.value, site.line, site.span.column) == ("0.82", line, 44)


def test_a_generated_file_of_five_megabytes(folder: Path) -> None:
    rows = b"".join(b"    'key%d': (0.5, '%s'),\n" % (number, b"text " * 50) for number in range(19_000))
    (folder / "table.py").write_bytes(b"TABLE = {\n" + rows + b"}\n")
    assert (folder / "table.py").stat().st_size > 5_000_000
    inventory = scanned(folder)
    assert reasons(inventory) == {}
    assert [site.path for site in inventory.sites] == ["good.py"]


def test_a_file_that_would_be_parsed_for_ever(folder: Path) -> None:
    (folder / "bad.py").write_bytes(b"match x:\n  case " + b"[" * 50 + b"]" * 50 + b":\n    pass\n")
    (folder / "worse.py").write_bytes(b"x = " + b"f().g(a, b)." * 20_000 + b"h\n")
    inventory = scanned(folder, limit=2.0)
    reason = "takes too long to parse; simplify or exclude it"
    assert reasons(inventory) == {"bad.py": reason, "worse.py": reason}
    assert [site.path for site in inventory.sites] == ["good.py"]


@pytest.mark.parametrize("text", ["x = " + "-" * 200_000 + "1\n", "x = a" + ".b" * 200_000 + "\n"])
def test_a_file_that_overflows_the_parser_s_stack(text: str, folder: Path) -> None:
    (folder / "bad.py").write_text(text)
    inventory = scanned(folder, limit=2.0)
    assert inventory.skipped[0].reason.startswith(("takes too long to parse", "is nested too deeply"))
    assert [site.path for site in inventory.sites] == ["good.py"]


class TestFormats:
    @pytest.fixture(autouse=True)
    def bad(self, folder: Path) -> None:
        (folder / "bad.py").write_bytes(b"x = '\xff'\n")

    @pytest.mark.parametrize("name", findings_formats())
    def test_of_findings_name_the_file_and_the_reason(self, name: str) -> None:
        self.check(run("--output-format", name))

    @pytest.mark.parametrize("name", inventory_formats())
    def test_of_the_inventory_name_the_file_and_the_reason(self, name: str) -> None:
        self.check(run("--report", "--output-format", name))

    def check(self, result: Result) -> None:
        assert result.exit_code == 2
        assert "0.82" in result.stdout
        said = [line for line in result.stdout.splitlines() if "bad.py" in line or "is not valid UTF-8" in line]
        assert "bad.py" in " ".join(said)
        assert "is not valid UTF-8 (byte 0xff at offset 5)" in " ".join(said)

    def test_that_programs_read_stay_whole(self) -> None:
        assert json.loads(run("--output-format", "json").stdout)["skipped"][0]["path"] == "bad.py"
        assert json.loads(run("--report", "--output-format", "json").stdout)["skipped"][0]["path"] == "bad.py"
        rows = list(csv.reader(io.StringIO(run("--report", "--output-format", "csv").stdout)))
        assert len({len(row) for row in rows}) == 1


class TestExitCode:
    def test_is_1_when_all_was_analysed(self, folder: Path) -> None:
        assert run().exit_code == 1

    def test_is_2_when_something_was_not(self, folder: Path) -> None:
        (folder / "bad.py").write_text("x = (\n")
        assert run().exit_code == 2
        assert run("--exit-zero").exit_code == 2
        assert run("--report").exit_code == 2
        assert run("bad.py").exit_code == 2

    def test_is_not_decided_by_context_that_no_named_file_depends_on(self, folder: Path) -> None:
        (folder / "bad.py").write_text("x = (\n")
        result = run("good.py")
        assert result.exit_code == 1
        assert "bad.py:1:1: SKIPPED not analysed: cannot be parsed" in result.stdout
        assert "(no named file depends on it)" in result.stdout

    @pytest.mark.parametrize(
        "statement",
        ["import bad", "from bad import LIMIT", "from bad import *", "from . import bad", "import bad as settings",
         "import middle", "def f():\n    from middle import x\n"],
    )  # fmt: skip
    def test_is_decided_by_context_that_a_named_file_depends_on(self, statement: str, folder: Path) -> None:
        (folder / "bad.py").write_text("x = (\n")
        (folder / "middle.py").write_text("from bad import x\n")
        (folder / "good.py").write_text(statement + "\n" + GOOD.decode())
        assert run("good.py").exit_code == 2

    def test_is_decided_by_the_package_of_an_import(self, folder: Path) -> None:
        (folder / "pkg").mkdir()
        (folder / "pkg" / "__init__.py").write_text("x = (\n")
        (folder / "pkg" / "mod.py").write_text("x = 1\n")
        (folder / "good.py").write_text("from pkg.mod import x\n" + GOOD.decode())
        assert run("good.py").exit_code == 2

    def test_is_not_decided_by_a_namesake_elsewhere(self, folder: Path) -> None:
        (folder / "other").mkdir()
        (folder / "other" / "sklearn.py").write_text("x = (\n")
        (folder / "shop").mkdir()
        (folder / "shop" / "good.py").write_bytes(GOOD)
        assert run("shop/good.py").exit_code == 1


class TestPaths:
    def test_that_do_not_exist(self, folder: Path) -> None:
        result = run("gone.py", "good.py")
        assert result.exit_code == 2
        assert FINDING in result.stdout
        assert "gone.py:1:1: SKIPPED not analysed: does not exist" in result.stdout

    def test_outside_the_project(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (outside / "far.py").write_bytes(GOOD)
        (outside / "bad.py").write_text("x = (\n")
        result = run(str(outside), "good.py")
        assert result.exit_code == 2
        assert FINDING in result.stdout
        assert "far.py:5:44: THR101 " in result.stdout
        assert "bad.py:1:1: SKIPPED not analysed: cannot be parsed" in result.stdout

    def test_of_folders_without_python(self, folder: Path) -> None:
        (folder / "empty").mkdir()
        (folder / "texts").mkdir()
        (folder / "texts" / "a.txt").write_text("cosine_similarity(a, b) > 0.8\n")
        for name in ("empty", "texts"):
            result = run(name, "--output-format", "full")
            assert result.exit_code == 0
            assert result.stdout == "No findings; there was no Python file to scan.\n"

    def test_of_empty_files(self, folder: Path) -> None:
        (folder / "good.py").write_bytes(b"")
        assert (run().exit_code, run().output) == (0, "")
        assert scanned(folder).files == 1

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_of_links_that_lead_nowhere_or_in_circles(self, folder: Path) -> None:
        (folder / "broken.py").symlink_to("nowhere.py")
        (folder / "loop.py").symlink_to("loop.py")
        (folder / "circle").symlink_to(folder, target_is_directory=True)
        inventory = scanned(folder)
        assert reasons(inventory)["broken.py"] == "is a link to what does not exist"
        assert "symbolic links" in reasons(inventory)["loop.py"]
        assert [site.path for site in inventory.sites] == ["good.py"]

    @pytest.mark.skipif(ROOT_USER, reason="root may read everything")
    def test_that_may_not_be_read(self, folder: Path) -> None:
        (folder / "secret.py").touch(mode=0)
        (folder / "closed").mkdir(mode=0)
        try:
            inventory = scanned(folder)
        finally:
            (folder / "closed").chmod(0o700)
        assert reasons(inventory) == {
            "closed": "cannot be listed: Permission denied",
            "secret.py": "cannot be read: Permission denied",
        }
        assert [site.path for site in inventory.sites] == ["good.py"]

    def test_that_cannot_be_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: Path, *arguments: int) -> int:
            if Path(path).name == "secret.py":
                raise PermissionError(13, "Permission denied")
            return os_open(path, *arguments)

        os_open = os.open
        (folder / "secret.py").touch()
        monkeypatch.setattr(os, "open", refuse)
        inventory = scanned(folder)
        assert reasons(inventory) == {"secret.py": "cannot be read: Permission denied"}
        assert [site.path for site in inventory.sites] == ["good.py"]

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are text elsewhere")
    @pytest.mark.parametrize("options", [(), ("--report",)])
    def test_whose_names_are_no_text(self, options: tuple[str, ...], folder: Path) -> None:
        (folder / os.fsdecode(b"odd\xff.py")).write_bytes(GOOD)
        (folder / os.fsdecode(b"bad\xff.py")).write_text("x = (\n")
        for name in inventory_formats() if options else findings_formats():
            command = [sys.executable, "-m", "threshlint", "check", *options, "--output-format", name]
            done = subprocess.run(command, capture_output=True, timeout=60)
            assert (done.returncode, done.stderr) == (2, b"")
            assert b"odd" in done.stdout
            assert b"bad" in done.stdout

    def test_that_are_a_folder_named_like_a_file(self, folder: Path) -> None:
        (folder / "folder.py").mkdir()
        (folder / "folder.py" / "inner.py").write_bytes(GOOD)
        assert [site.path for site in scanned(folder).sites] == ["folder.py/inner.py", "good.py"]


def test_a_file_that_disappears_in_the_middle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "brief.py").write_bytes(GOOD)

    def late(job: Job, **options: bool) -> Analysed:
        (folder / "brief.py").unlink(missing_ok=True)
        return analyse.analyse(job, **options)

    monkeypatch.setattr(tasks, "analyse", late)
    inventory = scanned(folder)
    assert reasons(inventory) == {"brief.py": "does not exist"}
    assert [site.path for site in inventory.sites] == ["good.py"]


def test_trouble_in_the_tool_itself_costs_one_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: Job, lexed: Lexed) -> Analysed:
        if job.relative == "bad.py":
            raise KeyError("surprise")
        return parse(job, lexed)

    parse = analyse._parse
    monkeypatch.setattr(analyse, "_parse", fail)
    (folder / "bad.py").write_bytes(GOOD)
    inventory = scanned(folder)
    assert "KeyError: 'surprise'" in reasons(inventory)["bad.py"]
    assert [site.path for site in inventory.sites] == ["good.py"]


def test_trouble_with_what_files_have_to_do_with_each_other_names_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("threshlint.scan.tasks.solve", fail)
    inventory = scanned(folder)
    assert "ZeroDivisionError: on purpose" in reasons(inventory)["good.py"]
    assert not inventory.sites


@pytest.mark.parametrize("text", [GOOD, b"x = 1\n"], ids=["vectors", "none"])
def test_what_is_taught_wrongly_is_said_once(text: bytes, folder: Path) -> None:
    (folder / "good.py").write_bytes(text)
    (folder / "threshlint.toml").write_text('[[calls]]\nname = "shop.search"\ntakes = {limit = "nonsense"}\n')
    result = run()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: [[tool.threshlint.calls]] number 1")
    assert "nonsense" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "for row in zip(a, b):\n    x = row[-1], row[-2], row[-3], row[7]\n",
        "rows = db.execute('SELECT id FROM t WHERE a <=> b < $0', (1,)).fetchall()\n",
        "rows = db.execute('SELECT id FROM t WHERE a <=> b < $0', ()).fetchall()\n",
        "rows = db.execute('SELECT id FROM t WHERE a <=> b < $0').fetchall()\n",
        "rows = db.fetch('SELECT id FROM t WHERE a <=> $1 < $0', v, 0.3)\n",
    ],
)
def test_places_that_nothing_stands_at(text: str, folder: Path) -> None:
    (folder / "odd.py").write_text(text)
    inventory = scanned(folder)
    assert reasons(inventory) == {}
    assert [site.path for site in inventory.sites] == ["good.py"]


def test_very_many_files(folder: Path) -> None:
    for number in range(3_000):
        (folder / f"m{number}.py").write_text(f"x = {number}\n")
    inventory = scanned(folder)
    assert inventory.files == 3_001
    assert [site.path for site in inventory.sites] == ["good.py"]
