"""The command line: what each option does, where output goes, and what the exit code says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import threshlint.scan
from tests.output_sample import FINDINGS, INVENTORY, write_files
from threshlint import __version__
from threshlint.cli import main
from threshlint.config import Config
from threshlint.output import findings_formats, inventory_formats
from threshlint.rules import all_rules
from threshlint.site import Finding, Inventory, Skipped

SKIPPED = (Skipped("broken.py", "line 3: no"),)
CONTEXT = (Skipped("context.py", "line 3: no", context=True),)

SIMILARITY = """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b):
    return cosine_similarity([a], [b])[0][0] > 0.82
"""


class Analysis:
    """Stands in for the scan and the rules: what they return, and what they were asked."""

    def __init__(self, root: Path) -> None:
        self.inventory = replace(INVENTORY, root=str(root), skipped=())
        self.findings: Sequence[Finding] = ()
        self.paths: Sequence[Path] = ()
        self.config = Config(root)
        self.error: BaseException | None = None

    def scan(self, paths: Sequence[Path], config: Config, **options: object) -> Inventory:
        self.paths, self.config = paths, config
        if self.error is not None:
            raise self.error
        return self.inventory

    def check(self, inventory: Inventory, config: Config) -> Sequence[Finding]:
        assert inventory is self.inventory
        return self.findings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a configuration, and nothing of the machine around it."""
    for name in ("GITHUB_WORKSPACE", "NO_COLOR", "THRESHLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "threshlint.toml").write_text('select = ["THR1"]\nignore = ["THR105"]\nextend-exclude = ["old/"]\n')
    return tmp_path


@pytest.fixture
def analysis(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    write_files(folder)
    stand_in = Analysis(folder)
    monkeypatch.setattr("threshlint.scan.scan", stand_in.scan, raising=False)
    monkeypatch.setattr("threshlint.rules.check", stand_in.check)
    return stand_in


def run(*args: str) -> Result:
    """Run a command, and let no traceback pass."""
    result = CliRunner().invoke(main, args, prog_name="threshlint")
    assert "Traceback" not in result.output
    return result


def run_process(*args: str, code: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it as a process of its own; ``code`` runs in it first."""
    start = f"import sys\n{code}\nfrom threshlint.cli import main\nmain(prog_name='threshlint')"
    command = [sys.executable, "-c", start, *args]
    return subprocess.run(command, **({"capture_output": True, "text": True, "timeout": 60} | options))


def in_terminal(*args: str, exit_code: int = 0, **environment: str) -> str:
    """Run a command in a pseudo-terminal, and return what it shows."""
    import pty

    ours, theirs = pty.openpty()
    env = os.environ | {"TERM": "xterm", "COLUMNS": "100"} | environment
    process = subprocess.Popen([sys.executable, "-m", "threshlint", *args], stdout=theirs, env=env)
    os.close(theirs)
    shown = b""
    while part := read_terminal(ours):
        shown += part
    os.close(ours)
    assert process.wait(60) == exit_code
    return shown.decode().replace("\r\n", "\n")


def read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side is closed
        return b""


class TestExitCode:
    @pytest.mark.parametrize(
        ("findings", "skipped", "options", "code"),
        [
            ((), (), [], 0),
            (FINDINGS, (), [], 1),
            ((), SKIPPED, [], 2),
            (FINDINGS, SKIPPED, [], 2),
            ((), CONTEXT, [], 0),
            (FINDINGS, CONTEXT, [], 1),
            (FINDINGS, CONTEXT + SKIPPED, [], 2),
            (FINDINGS, (), ["--exit-zero"], 0),
            (FINDINGS, SKIPPED, ["--exit-zero"], 2),
            (FINDINGS, (), ["--report"], 0),
            (FINDINGS, CONTEXT, ["--report"], 0),
            (FINDINGS, SKIPPED, ["--report"], 2),
            (FINDINGS, SKIPPED, ["--report", "--exit-zero"], 2),
        ],
    )
    def test_of_a_run(
        self,
        findings: tuple[Finding, ...],
        skipped: tuple[Skipped, ...],
        options: list[str],
        code: int,
        analysis: Analysis,
    ) -> None:
        analysis.findings = findings
        analysis.inventory = replace(analysis.inventory, skipped=skipped)
        result = run("check", *options)
        assert result.exit_code == code
        for file in skipped:
            assert file.path in result.output

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["--selct", "THR1"], "No such option"),
            (["--select", "THR9"], "`THR9` is no rule"),
            (["--ignore", "THR102,THR10O"], "did you mean `THR10"),
            (["--select", ""], "no rule"),
            (["--output-format", "yaml"], "'yaml' is not one of"),
            (["--output-format", "table"], "for 'table', add --report"),
            (["--report", "--output-format", "full"], "for 'full', leave --report out"),
            (["--report", "--select", "THR1"], "--report lists every site"),
            (["--report", "--min-evidence", "flow"], "--report lists every site"),
            (["--min-evidence", "proof"], "'proof' is not one of"),
            (["--report", "--statistics"], "--report lists every site"),
            (["--exclude", "a[b-a]/!\\"], "is not a gitignore pattern"),
            (["--config", "missing.toml"], "missing.toml: there is no such file"),
            (["--config", "bad.toml"], 'did you mean "select"?'),
            (["--config", "wrong.toml"], "`THR7` is no rule"),
            (["--isolated", "--config", "bad.toml"], "leave one of them out"),
            (["-o", "no/such/folder.txt"], "make it first"),
            (["-o", "."], "it is a folder"),
        ],
    )
    def test_is_2_for_bad_usage_before_anything_is_scanned(
        self, args: list[str], message: str, analysis: Analysis, folder: Path
    ) -> None:
        (folder / "bad.toml").write_text("slect = []\n")
        (folder / "wrong.toml").write_text('ignore = ["THR7"]\n')
        analysis.error = AssertionError("it was scanned")
        result = run("check", *args)
        assert result.exit_code == 2
        assert message in " ".join(result.stderr.split())
        assert "bug" not in result.stderr
        assert not result.stdout

    def test_is_130_for_an_interrupt(self, analysis: Analysis) -> None:
        analysis.error = KeyboardInterrupt()
        assert run("check").exit_code == 130

    def test_is_2_when_the_tool_fails(self, analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
        analysis.error = RecursionError("too deep")
        result = run("check")
        assert result.exit_code == 2
        assert "RecursionError: too deep" in result.stderr
        assert "please report it" in result.stderr
        monkeypatch.setenv("THRESHLINT_DEBUG", "1")
        result = CliRunner().invoke(main, ["check"])
        assert result.exit_code == 2
        assert "Traceback (most recent call last)" in result.stderr


class TestOptions:
    def test_paths(self, analysis: Analysis) -> None:
        run("check", "src", "a b.py")
        assert list(analysis.paths) == [Path("src"), Path("a b.py")]
        run("check")
        assert list(analysis.paths) == [Path()]

    def test_the_configuration_holds_without_any(self, analysis: Analysis, folder: Path) -> None:
        run("check")
        assert analysis.config.source == folder / "threshlint.toml"
        assert analysis.config.select == ("THR1",)
        assert analysis.config.ignore == ("THR105",)
        assert analysis.config.extend_exclude == ("old/",)
        assert analysis.config.respect_gitignore

    def test_select_replaces_what_is_selected_and_ignored(self, analysis: Analysis) -> None:
        run("check", "--select", "thr2, THR101", "--select", "THR105")
        assert analysis.config.select == ("THR2", "THR101", "THR105")
        assert analysis.config.ignore == ()

    def test_ignore_adds(self, analysis: Analysis) -> None:
        run("check", "--ignore", "THR101,THR102")
        assert analysis.config.select == ("THR1",)
        assert analysis.config.ignore == ("THR105", "THR101", "THR102")

    def test_exclude_adds(self, analysis: Analysis) -> None:
        run("check", "--exclude", "a/", "--exclude", "*.b")
        assert analysis.config.extend_exclude == ("old/", "a/", "*.b")

    def test_no_gitignore(self, analysis: Analysis) -> None:
        run("check", "--no-gitignore")
        assert not analysis.config.respect_gitignore

    def test_isolated(self, analysis: Analysis, folder: Path) -> None:
        run("check", "--isolated")
        assert analysis.config == Config(folder)

    def test_config(self, analysis: Analysis, folder: Path) -> None:
        (folder / "other.toml").write_text('models = ["m"]\n')
        run("check", "--config", "other.toml")
        assert analysis.config.models == ("m",)

    def test_statistics(self, analysis: Analysis) -> None:
        analysis.findings = FINDINGS
        assert run("check", "--statistics").stdout.endswith("2  THR103\n1  THR101\n1  THR201\n1  THR204\n")


class TestOutput:
    def test_is_concise_where_there_is_no_terminal(self, analysis: Analysis) -> None:
        analysis.findings = FINDINGS[:1]
        place = os.path.join("shop", "config.py")
        message = "similarity threshold 0.92 (DUPLICATE) names no model"
        assert run("check").stdout == f"{place}:3:13: THR101 {message}\n"

    @pytest.mark.parametrize("name", findings_formats())
    def test_has_every_format_of_findings(self, name: str, analysis: Analysis) -> None:
        analysis.findings = FINDINGS
        result = run("check", "--output-format", name)
        assert result.exit_code == 1
        assert "THR204" in result.stdout

    @pytest.mark.parametrize("name", inventory_formats())
    def test_has_every_format_of_the_inventory(self, name: str, analysis: Analysis) -> None:
        result = run("check", "--report", "--output-format", name)
        assert result.exit_code == 0
        assert "bge-small-en-v1.5" in result.stdout

    def test_the_inventory_is_a_table_by_default(self, analysis: Analysis) -> None:
        assert run("check", "--report").stdout.startswith("  line   kind")

    def test_goes_to_a_file(self, analysis: Analysis, folder: Path) -> None:
        analysis.findings = FINDINGS
        file = folder / "out.txt"
        for _ in range(2):
            result = run("check", "-o", "out.txt")
            assert (result.exit_code, result.output) == (1, "")
            assert file.read_text(encoding="utf-8").count("THR204") == 1
            assert b"\r" not in file.read_bytes()
        assert drafts(folder) == []

    def test_a_dash_is_the_standard_output(self, analysis: Analysis, folder: Path) -> None:
        analysis.findings = FINDINGS
        assert "THR204" in run("check", "-o", "-").stdout
        assert not (folder / "-").exists()

    def test_a_failure_leaves_the_file_as_it_was(
        self, analysis: Analysis, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = folder / "out.txt"
        file.write_text("before")

        def no_space(*args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.replace", no_space)
        result = run("check", "--report", "-o", "out.txt")
        assert result.exit_code == 2
        assert "cannot write out.txt: No space left on device" in result.stderr
        assert file.read_text() == "before"
        assert drafts(folder) == []

    @pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")
    def test_a_replaced_file_stays_what_it_was(self, analysis: Analysis, folder: Path) -> None:
        target, link = folder / "target.txt", folder / "link.txt"
        target.write_text("before")
        target.chmod(0o640)
        link.symlink_to(target)
        assert run("check", "--report", "-o", "link.txt").exit_code == 0
        assert link.is_symlink()
        assert target.stat().st_mode & 0o777 == 0o640
        assert target.read_text(encoding="utf-8") != "before"
        assert run("check", "--report", "-o", os.devnull).exit_code == 0
        assert not Path(os.devnull).is_file()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk_is_told(self, folder: Path) -> None:
        with open("/dev/full", "w") as full:
            result = run_process("rule", stdout=full, stderr=subprocess.PIPE, capture_output=False)
        assert result.returncode == 2
        assert result.stderr == "Error: cannot write the output: No space left on device\n"

    def test_a_reader_that_leaves_early_changes_no_verdict(self, folder: Path) -> None:
        repository = str(Path(__file__).parent.parent)
        code = f"""
sys.path.insert(0, {repository!r})
from dataclasses import replace
import threshlint.scan, threshlint.rules
from tests.output_sample import FINDINGS, INVENTORY
threshlint.scan.scan = lambda paths, config, **options: replace(INVENTORY, skipped=())
threshlint.rules.check = lambda inventory, config: FINDINGS * 10_000
"""
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as closed:
            result = run_process("check", code=code, stdout=closed, stderr=subprocess.PIPE, capture_output=False)
        assert result.stderr == ""
        assert result.returncode == 1

    @pytest.mark.parametrize(
        ("encoding", "shown"),
        [("latin-1", "`threshold@\\u2026`"), ("cp1252", "`threshold@…`"), ("utf-8", "`threshold@…`")],
    )
    def test_no_encoding_is_too_narrow(self, encoding: str, shown: str, folder: Path) -> None:
        result = run_process("rule", env=os.environ | {"PYTHONIOENCODING": encoding}, encoding=encoding)
        assert result.returncode == 0
        assert shown in result.stdout


def drafts(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".tmp"]


@pytest.mark.skipif(os.name == "nt", reason="needs pseudo-terminals")
class TestTerminal:
    def test_colours_only_where_they_are_wanted(self, folder: Path) -> None:
        bold = "\x1b[1m# unversioned-similarity-threshold (THR101)\x1b[0m"
        assert bold in in_terminal("rule", "THR101")
        assert "\x1b" not in in_terminal("rule", "THR101", NO_COLOR="1")
        assert "\x1b" not in in_terminal("rule", "THR101", TERM="dumb")
        assert "\x1b" not in run_process("rule", "THR101").stdout

    def test_prose_is_wrapped_to_it(self, folder: Path) -> None:
        lines = in_terminal("rule", "THR101", COLUMNS="60", NO_COLOR="1").split("\n")
        prose = lines[lines.index("## What it does") : lines.index("## Example")]
        assert len(prose) > 8
        assert max(map(len, prose)) <= 60


class TestRule:
    def test_lists_all(self) -> None:
        result = run("rule")
        assert result.exit_code == 0
        assert re.findall(r"^THR\d+", result.stdout, re.MULTILINE) == [rule.code for rule in all_rules()]

    @pytest.mark.parametrize("name", ["THR204", "thr204", "retired-model"])
    def test_explains_one(self, name: str) -> None:
        result = run("rule", name)
        assert result.exit_code == 0
        assert result.stdout.startswith("# retired-model (THR204)\n")
        assert "Why is this bad?" in result.stdout

    def test_as_json(self) -> None:
        one = json.loads(run("rule", "THR204", "--output-format", "json").stdout)
        every = json.loads(run("rule", "--output-format", "json").stdout)
        assert one["version"] == 1
        assert one["tool"] == {"name": "threshlint", "version": __version__}
        assert [rule["code"] for rule in one["rules"]] == ["THR204"]
        assert [rule["code"] for rule in every["rules"]] == [rule.code for rule in all_rules()]

    @pytest.mark.parametrize(("code", "advice"), [("THR24", "did you mean `THR204`?"), ("banana", "lists them")])
    def test_an_unknown_one_names_the_nearest(self, code: str, advice: str) -> None:
        result = run("rule", code)
        assert result.exit_code == 2
        assert f"`{code}` is no rule" in result.stderr
        assert advice in result.stderr


@pytest.mark.skipif(not hasattr(threshlint.scan, "scan"), reason="there is no scan yet")
class TestWholeRun:
    """Nothing stands in for anything."""

    @pytest.fixture(autouse=True)
    def project(self, folder: Path) -> Path:
        (folder / "dedupe.py").write_text(SIMILARITY)
        return folder

    def test_a_threshold_without_a_model_is_found(self) -> None:
        result = run("check")
        assert result.exit_code == 1
        assert result.stdout.startswith("dedupe.py:5:48: THR101 ")
        assert result.stdout.count("\n") == 1

    def test_an_annotation_lets_it_pass(self, project: Path) -> None:
        (project / "dedupe.py").write_text(SIMILARITY.rstrip() + "  # threshold@text-embedding-3-small\n")
        result = run("check", "dedupe.py")
        assert (result.exit_code, result.output) == (0, "")

    def test_the_inventory_lists_it(self) -> None:
        result = run("check", "--report", "--output-format", "json")
        assert result.exit_code == 0
        (site,) = json.loads(result.stdout)["sites"]
        assert (site["path"], site["line"], site["column"]) == ("dedupe.py", 5, 48)
        assert (site["value"], site["kind"], site["models"]) == ("0.82", "similarity-threshold", [])
        assert site["fingerprint"]

    def test_a_broken_file_hides_no_finding(self, project: Path) -> None:
        (project / "broken.py").write_text("def f(:\n")
        result = run("check")
        assert result.exit_code == 2
        assert "dedupe.py:5:48: THR101 " in result.stdout
        assert "broken.py:1:1: SKIPPED not analysed: " in result.stdout

    def test_a_path_that_is_not_there_is_named(self) -> None:
        result = run("check", "dedupe.py", "missing.py")
        assert result.exit_code == 2
        assert "dedupe.py:5:48: THR101 " in result.stdout
        assert "missing.py:1:1: SKIPPED not analysed: " in result.stdout

    @pytest.mark.skipif(os.name == "nt", reason="needs pseudo-terminals")
    def test_a_terminal_gets_it_in_full(self) -> None:
        shown = click.unstyle(in_terminal("check", exit_code=1))
        assert "\n5 |     return cosine_similarity([a], [b])[0][0] > 0.82\n  |" + " " * 48 + "^^^^\n" in shown
        assert "help: " in shown
        assert "Found 1 finding in 1 file; 1 file scanned.\nExplain a rule: threshlint rule THR101\n" in shown


class TestProgram:
    def test_version(self) -> None:
        assert run("--version").stdout == f"threshlint {__version__}\n"

    def test_version_loads_nothing_heavy(self) -> None:
        code = """
import atexit
heavy = {"libcst", "numpy", "pathspec", "tomllib", "tomli", "threshlint.scan", "threshlint.rules", "threshlint.config"}
atexit.register(lambda: print("loaded", sorted(heavy & sys.modules.keys())))
"""
        assert run_process("--version", code=code).stdout == f"threshlint {__version__}\nloaded []\n"
        assert run_process("check", "--help", code=code).stdout.endswith("loaded []\n")

    def test_version_is_quick(self) -> None:
        bare = min(seconds([sys.executable, "-c", "pass"]) for _ in range(5))
        assert min(seconds([sys.executable, "-m", "threshlint", "--version"]) for _ in range(5)) < bare + 0.1

    @pytest.mark.parametrize("args", [[], ["check"], ["rule"]])
    def test_help_has_examples(self, args: list[str]) -> None:
        result = run(*args, "--help")
        assert result.exit_code == 0
        assert re.search(r"Examples:\n +threshlint ", result.stdout)
        assert run(*args, "-h").stdout == result.stdout

    @pytest.mark.parametrize(
        ("args", "advice"),
        [
            (["chek"], "did you mean 'check'?"),
            (["shop"], "threshlint check shop"),
            (["zzz"], "calibrate, check, clean"),
        ],
    )
    def test_an_unknown_command_says_what_to_do(self, args: list[str], advice: str, folder: Path) -> None:
        (folder / "shop").mkdir()
        result = run(*args)
        assert result.exit_code == 2
        assert advice in result.stderr

    @pytest.mark.parametrize(
        ("words", "offered"),
        [
            ("threshlint ", {"check", "rule"}),
            ("threshlint rule THR10", {"THR101", "THR105"}),
            ("threshlint check --select THR1,THR20", {"THR1,THR201", "THR1,THR206"}),
            ("threshlint check --output-format ", {"full", "table"}),
        ],
    )
    def test_a_shell_completes(self, words: str, offered: set[str]) -> None:
        env = {"_THRESHLINT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        result = run_process(env=os.environ | env)
        assert offered <= {line.partition(",")[2] for line in result.stdout.splitlines()}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start
