"""The cache and the progress bar as users meet them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from threshlint.cli import main
from threshlint.cli._progress import Progress

CODE = """\
from sklearn.metrics.pairwise import cosine_similarity


def same(a, b):
    return cosine_similarity(a, b) > 0.82
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text(CODE)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), prog_name="threshlint")


def folders(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestWhereItIs:
    def test_beside_the_configuration(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "threshlint.toml").touch()
        monkeypatch.chdir(folder / "code")
        assert run("check").exit_code == 1
        assert folders(folder) == [".threshlint_cache", "code", "threshlint.toml"]
        assert folders(folder / "code") == ["a.py"]

    def test_in_the_working_directory_without_one(self, folder: Path) -> None:
        assert run("check", "code").exit_code == 1
        assert folders(folder) == [".threshlint_cache", "code"]

    def test_where_the_configuration_says(self, folder: Path) -> None:
        (folder / "threshlint.toml").write_text('cache-dir = "build/cache"\n')
        run("check")
        assert folders(folder) == ["build", "code", "threshlint.toml"]
        assert (folder / "build" / "cache" / "CACHEDIR.TAG").exists()

    def test_where_the_command_line_says(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "threshlint.toml").write_text('cache-dir = "build/cache"\n')
        monkeypatch.chdir(folder / "code")
        run("check", "--cache-dir", "elsewhere")
        assert folders(folder) == ["code", "threshlint.toml"]
        assert folders(folder / "code") == ["a.py", "elsewhere"]

    def test_nowhere(self, folder: Path) -> None:
        for command in (["check"], ["check", "--report"], ["annotate", "--model", "m", "--diff"]):
            assert run(*command, "--no-cache").exit_code in (0, 1)
        assert folders(folder) == ["code"]


def test_commands_share_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("check")
    monkeypatch.setattr("threshlint.scan.tasks.analyse", None)
    monkeypatch.setattr("threshlint.scan.tasks.solve", None)
    assert run("check").output == first.output
    assert "0.82" in run("check", "--report").output
    assert "threshold@m" in run("annotate", "--model", "m", "--diff").output
    assert "1 site " in run("check", "--report", "code/a.py").output


def test_output_is_the_same_as_without(folder: Path) -> None:
    (folder / "bad.py").write_text("x = (\n")
    formats = ["concise", "full", "json", "github"]
    for _ in range(2):
        for name in formats:
            plain, cached = (run("check", "--output-format", name, *more) for more in (["--no-cache"], []))
            assert (plain.output, plain.exit_code) == (cached.output, cached.exit_code)
        assert run("check", "--report").output == run("check", "--report", "--no-cache").output


class TestClean:
    def test_deletes_the_cache(self, folder: Path) -> None:
        run("check")
        result = run("clean")
        assert (result.exit_code, result.output) == (0, f"Deleted the cache in {folder}/.threshlint_cache.\n")
        assert folders(folder) == ["code"]

    def test_without_one_there_is_nothing_to_do(self, folder: Path) -> None:
        result = run("clean")
        assert result.exit_code == 0
        assert result.output == f"There is no cache: {folder}/.threshlint_cache does not exist.\n"

    def test_the_folder_may_be_named(self, folder: Path) -> None:
        run("check", "--cache-dir", "elsewhere")
        assert run("clean", "--cache-dir", "elsewhere").output == "Deleted the cache in elsewhere.\n"
        assert folders(folder) == ["code"]

    def test_the_configured_one_is_meant(self, folder: Path) -> None:
        (folder / "threshlint.toml").write_text('cache-dir = "elsewhere"\n')
        run("check")
        assert run("clean", "--isolated").output.startswith("There is no cache")
        assert run("clean").exit_code == 0
        assert folders(folder) == ["code", "threshlint.toml"]

    def test_what_is_no_cache_is_left_alone(self, folder: Path) -> None:
        result = run("clean", "--cache-dir", "code")
        assert (result.exit_code, result.output) == (
            2,
            "Error: code is no cache of threshlint, and was left as it is\n",
        )
        assert folders(folder / "code") == ["a.py"]

    def test_what_cannot_be_deleted_is_an_error(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run("check")

        def fail(*arguments: object, **options: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "rmdir", fail)
        result = run("clean")
        assert result.exit_code == 2
        assert "Permission denied; is another run at work in it?" in result.output


class TestProgress:
    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("threshlint.cli._progress._FIRST_AFTER", 0.0)
        monkeypatch.setattr("threshlint.cli._progress._AGAIN_AFTER", 0.0)

    def shown(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *shares: float) -> str:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", "40")
        monkeypatch.setenv("TERM", "xterm")
        with Progress() as progress:
            for share in shares:
                progress.show(int(share * 100), 100)
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    def test_it_grows_and_goes(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        blank = " " * len(f"scanning 100% [{'#' * 22}]")
        assert self.shown(monkeypatch, capsys, 0, 0.5, 1) == (
            f"\rscanning   0% [{'.' * 22}]\rscanning  50% [{'#' * 11}{'.' * 11}]\rscanning 100% [{'#' * 22}]\r{blank}\r"
        )

    def test_it_is_not_drawn_for_nothing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.shown(monkeypatch, capsys) == ""
        monkeypatch.setattr("threshlint.cli._progress._FIRST_AFTER", 60.0)
        assert self.shown(monkeypatch, capsys, 0.5, 1) == ""

    def test_it_is_not_for_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        with Progress() as progress:
            progress.show(1, 2)
        assert capsys.readouterr().err == ""


TERMINAL = """
import pty, sys
import threshlint.cli._progress as progress
progress._FIRST_AFTER = progress._AGAIN_AFTER = 0.0
from threshlint.cli import main
main(["check", "--isolated", "--no-cache", "--output-format", "concise", *sys.argv[1:]], prog_name="threshlint")
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
def test_a_terminal_sees_the_bar_and_then_the_findings_alone(folder: Path) -> None:
    import pty

    for number in range(30):
        (folder / "code" / f"b{number}.py").write_text(CODE * 20)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", TERMINAL, "code"],
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says so at the end
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert process.wait() == 1
    text = seen.decode().replace("\r\n", "\n")
    assert "\rscanning " in text
    screen, _, findings = text.rpartition("\r")
    assert screen.rpartition("\r")[2].strip() == ""  # the bar is blotted out
    assert findings.startswith("code/a.py:5:38: THR101 ")
    assert "scanning" not in findings


def test_nothing_is_drawn_into_a_pipe(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TERMINAL, "code"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("code/a.py:5:38: THR101 ")
