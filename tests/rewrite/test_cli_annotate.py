"""``threshlint annotate``: what it writes, what it says, and what its exit code is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from threshlint.cli import main

DEDUPE = """\
from sklearn.metrics.pairwise import cosine_similarity


def is_duplicate(a, b, cutoff=0.82):
    return cosine_similarity([a], [b])[0][0] > cutoff


def nearest(index, query):
    return sorted(index, key=lambda one: -cosine_similarity([one], [query])[0][0])[:7]
"""
ANNOTATED = DEDUPE.replace("cutoff=0.82):", "cutoff=0.82):  # threshold@m").replace(
    "    return sorted(", "    # threshold@m\n    return sorted("
)


def run(*args: str) -> Result:
    result = CliRunner().invoke(main, args, prog_name="threshlint")
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "threshlint.toml").write_text("")
    (tmp_path / "dedupe.py").write_text(DEDUPE)
    return tmp_path


def test_it_writes_what_the_check_misses(project: Path) -> None:
    result = run("annotate", "--model", "m")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Annotated 2 sites in 1 file.\n"
    assert (project / "dedupe.py").read_text() == ANNOTATED
    assert run("check").exit_code == 0
    again = run("annotate", "--model", "n")
    assert (again.exit_code, again.stderr) == (0, "Annotated 0 sites in 0 files.\n")
    assert (project / "dedupe.py").read_text() == ANNOTATED


def test_a_diff_changes_nothing_and_can_be_applied(project: Path) -> None:
    without_end = DEDUPE.replace("\n", "\r\n").rstrip()
    (project / "dedupe.py").write_bytes(without_end.encode())
    result = run("annotate", "--model", "m", "--diff")
    assert result.exit_code == 0
    assert result.stderr == "Would annotate 2 sites in 1 file.\n"
    assert (project / "dedupe.py").read_bytes() == without_end.encode()
    assert "\n+def is_duplicate(a, b, cutoff=0.82):  # threshold@m\r\n" in result.stdout_bytes.decode()
    subprocess.run(["git", "apply", "-"], input=result.stdout_bytes, cwd=project, check=True)
    assert (project / "dedupe.py").read_bytes() == ANNOTATED.replace("\n", "\r\n").rstrip().encode()


def test_the_options_are_in_the_annotation(project: Path) -> None:
    result = run("annotate", "--model", "m,n", "--owner", "search team", "--reason", "measured", "--kind", "top-k")
    assert result.exit_code == 0
    text = (project / "dedupe.py").read_text()
    assert '# threshold@m,n owner="search team" reason=measured\n    return sorted(' in text
    assert text.count("threshold@") == 1
    assert [line.split(" ")[1] for line in run("check").stdout.splitlines()] == ["THR101"]


def test_a_value_for_no_model_in_particular(project: Path) -> None:
    refused = run("annotate", "--model", "*")
    assert refused.exit_code == 2
    assert "--model '*' needs a --reason" in refused.stderr
    assert run("annotate", "--model", "*", "--reason", "the caller's").exit_code == 0
    assert '# threshold@* reason="the caller\'s"\n' in (project / "dedupe.py").read_text()
    assert run("check").exit_code == 0


def test_kinds_may_be_several(project: Path) -> None:
    assert run("annotate", "--model", "m", "--kind", "top-k", "--kind", "similarity-threshold").exit_code == 0
    assert (project / "dedupe.py").read_text() == ANNOTATED


def test_what_the_check_lets_pass_is_left_alone(project: Path) -> None:
    (project / "threshlint.toml").write_text('ignore = ["THR103"]\nper-file-ignores = { "old/" = ["THR1"] }\n')
    for name in ("tests", "old"):
        (project / name).mkdir()
        (project / name / "a.py").write_text(DEDUPE)
    suppressed = DEDUPE.replace("0.82):", "0.82):  # threshlint: ignore[THR101] theirs")
    (project / "suppressed.py").write_text(suppressed)
    assert run("annotate", "--model", "m").exit_code == 0
    expected = DEDUPE.replace("cutoff=0.82):", "cutoff=0.82):  # threshold@m")
    assert (project / "dedupe.py").read_text() == expected
    assert (project / "tests" / "a.py").read_text() == DEDUPE
    assert (project / "old" / "a.py").read_text() == DEDUPE
    assert (project / "suppressed.py").read_text() == suppressed


def test_tests_are_annotated_where_they_are_checked(project: Path) -> None:
    (project / "threshlint.toml").write_text("tests = true\n")
    (project / "tests").mkdir()
    (project / "tests" / "a.py").write_text(DEDUPE)
    assert run("annotate", "--model", "m").exit_code == 0
    assert (project / "tests" / "a.py").read_text() == ANNOTATED


def test_weak_evidence_is_left_alone(project: Path) -> None:
    source = """\
def search(query_embedding, similarity_threshold=0.7):
    return [one for one in store(query_embedding) if one.similarity > similarity_threshold]
"""
    (project / "dedupe.py").write_text(source)
    assert run("annotate", "--model", "m", "--min-evidence", "flow").exit_code == 0
    assert (project / "dedupe.py").read_text() == source
    assert run("check").exit_code == 1
    assert run("annotate", "--model", "m").exit_code == 0
    assert "threshold@m" in (project / "dedupe.py").read_text()


def test_what_is_left_is_named_with_its_reason(project: Path) -> None:
    (project / "dedupe.py").write_text(DEDUPE.replace("0.82):", "0.82):  # threshold@ m"))
    result = run("annotate", "--model", "m")
    assert result.exit_code == 1
    assert "dedupe.py:4:31: similarity-threshold 0.82 is left: the annotation there is malformed: " in result.stderr
    assert result.stderr.endswith("Annotated 1 site in 1 file; 1 left.\n")


def test_what_cannot_be_analysed_is_named(project: Path) -> None:
    (project / "broken.py").write_text("def f(:\n")
    result = run("annotate", "--model", "m")
    assert result.exit_code == 2
    assert "broken.py: not analysed: cannot be parsed" in result.stderr
    assert (project / "dedupe.py").read_text() == ANNOTATED


def test_a_read_only_file_stops_everything(project: Path) -> None:
    (project / "a.py").write_text(DEDUPE)
    (project / "dedupe.py").chmod(0o444)
    result = run("annotate", "--model", "m")
    assert result.exit_code == 2
    assert result.stderr == "Error: dedupe.py is read-only; make it writable first; no file was changed\n"
    assert (project / "a.py").read_text() == DEDUPE


def test_a_file_that_cannot_hold_the_comment(project: Path) -> None:
    (project / "dedupe.py").write_text("# coding: latin-1\n" + DEDUPE)
    result = run("annotate", "--model", "編")
    assert result.exit_code == 2
    assert "dedupe.py: not annotated: cannot hold '編' in its encoding, iso-8859-1\n" in result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--model", ""], "no model after"),
        (["--model", "a, b"], "a model is missing beside a comma"),
        (["--model", "a b"], "is no key=value"),
        (["--model", "a owner=x"], "a model's name has no space"),
        (["--model", "a,*"], "stands alone"),
        (["--model", "key"], "is for tables"),
        (["--model", "m", "--owner", 'a"b'], "without double quotes"),
        (["--model", "m", "--owner", " "], "must be some text"),
        (["--model", "m", "--reason", "a\nb"], "on one line"),
        ([], "Missing option '--model'"),
        (["--model", "retired@256"], "is retired in the configuration"),
        (["--model", "unlisted"], "is not among the `models` of the configuration"),
    ],
)
def test_options_that_cannot_be(project: Path, args: list[str], message: str) -> None:
    (project / "threshlint.toml").write_text('models = ["m", "a"]\nretired = ["retired"]\n')
    result = run("annotate", *args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert (project / "dedupe.py").read_text() == DEDUPE


def test_long_lines_are_the_formatters(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n")
    assert run("annotate", "--model", "m").exit_code == 0
    assert "[:7]  # threshold@m\n" in (project / "dedupe.py").read_text()
