from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from threshlint.config import Config
from threshlint.patterns import PatternError, compile_patterns, parse_pattern
from threshlint.scan.discover import Discovered, discover, project_files
from threshlint.site import Skipped

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def lay(root: Path, *files: str, **contents: str) -> None:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    for file, content in contents.items():
        (root / file).write_text(content)


def ignore(folder: Path, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("\n".join(lines) + "\n")


def found(root: Path, *names: str, **keys: object) -> list[str]:
    return relatives(discover([root / name for name in names or ("",)], Config(root=root, **keys)))  # type: ignore[arg-type]


def relatives(discovered: Discovered) -> list[str]:
    assert discovered.skipped == ()
    return [file.relative for file in discovered.files]


def git(root: Path, *arguments: str, standard_input: str = "") -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment = {name: value for name, value in environment.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    command = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    return subprocess.run(
        command, input=standard_input, env=environment, text=True, capture_output=True, check=True
    ).stdout


class TestWalk:
    def test_python_files_in_the_order_of_their_paths(self, root: Path) -> None:
        lay(root, "b.py", "a/z.pyi", "a/b/c.py", "a.txt", "a/README", "notes.ipynb", "a-b/c.py", ".ci/run.py")
        assert found(root) == [".ci/run.py", "a-b/c.py", "a/b/c.py", "a/z.pyi", "b.py"]

    def test_paths_are_absolute_and_relative_to_the_root(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lay(root, "a/b.py")
        monkeypatch.chdir(root / "a")
        (file,) = discover([Path()], Config(root=root)).files
        assert (file.path, file.relative, file.named) == (root / "a" / "b.py", "a/b.py", True)

    @pytest.mark.parametrize(
        "folder",
        [".git", ".hg", ".tox", ".nox", ".venv", "venv", "build", "dist", "node_modules", "__pycache__",
         "site-packages", "x.egg-info", ".mypy_cache", ".ruff_cache", ".pytest_cache"],
    )  # fmt: skip
    def test_default_excludes_hold_at_any_depth(self, root: Path, folder: str) -> None:
        lay(root, f"{folder}/a.py", f"sub/{folder}/deep/a.py", "sub/a.py")
        assert found(root) == ["sub/a.py"]
        assert found(root, respect_gitignore=False) == ["sub/a.py"]

    def test_a_file_is_no_folder_of_that_name(self, root: Path) -> None:
        lay(root, "build.py", "dist.py", "sub/venv.py")
        assert found(root) == ["build.py", "dist.py", "sub/venv.py"]

    def test_a_virtual_environment_of_any_name(self, root: Path) -> None:
        lay(root, "env39/pyvenv.cfg", "env39/lib/a.py", "a.py")
        assert found(root) == ["a.py"]
        assert found(root, "env39/lib/a.py", "a.py") == ["a.py"]

    def test_exclude_takes_the_place_of_the_defaults_and_extend_exclude_adds(self, root: Path) -> None:
        lay(root, "build/a.py", "vendor/a.py", "shop/vendor/a.py", "shop/old_a.py", "shop/a.py")
        assert found(root, exclude=("/vendor",)) == [
            "build/a.py", "shop/a.py", "shop/old_a.py", "shop/vendor/a.py",
        ]  # fmt: skip
        assert found(root, extend_exclude=("vendor/", "old_*.py")) == ["shop/a.py"]
        assert found(root, extend_exclude=("!build/",)) == [
            "build/a.py", "shop/a.py", "shop/old_a.py", "shop/vendor/a.py", "vendor/a.py",
        ]  # fmt: skip

    def test_patterns_with_a_slash_begin_at_the_root_wherever_the_walk_starts(self, root: Path) -> None:
        lay(root, "shop/old/a.py", "shop/a.py", "shop/shop/old/a.py")
        expected = ["shop/a.py", "shop/shop/old/a.py"]
        assert found(root, extend_exclude=("shop/old",)) == expected
        assert found(root, "shop", extend_exclude=("shop/old",)) == expected
        assert found(root.parent, extend_exclude=("shop/old",))[-1] == "project/shop/shop/old/a.py"
        assert relatives(discover([root.parent], Config(root=root, extend_exclude=("shop/old",)))) == expected

    @pytest.mark.parametrize("name", ["a_pb2.py", "a_pb2.pyi", "a_pb2_grpc.py"])
    def test_generated_names_are_left_out(self, root: Path, name: str) -> None:
        lay(root, name, "a.py")
        assert found(root) == ["a.py"]
        assert discover([root / name], Config(root=root)).left_out == (name,)

    def test_nothing_there(self, root: Path) -> None:
        assert discover([root], Config(root=root)) == Discovered(())

    @pytest.mark.skipif(os.name == "nt", reason="paths are shorter there")
    def test_a_tree_deeper_than_the_interpreter_recurses(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        depth = 1500
        monkeypatch.chdir(root)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("a.py").touch()
        try:
            assert found(root) == ["d/" * depth + "a.py"]
            assert found(root, "d/" * depth + "a.py") == ["d/" * depth + "a.py"]
        finally:  # what clears the temporary folder may recurse
            os.unlink("a.py")
            for _ in range(depth):
                os.chdir("..")
                os.rmdir("d")


class TestNamed:
    def test_a_file_is_taken_whatever_it_ends_with(self, root: Path) -> None:
        lay(root, "script", "tool.pyw")
        assert found(root, "script", "tool.pyw") == ["script", "tool.pyw"]

    def test_a_notebook_is_not_python(self, root: Path) -> None:
        lay(root, "a.ipynb")
        assert discover([root / "a.ipynb"], Config(root=root)).skipped == (
            Skipped("a.ipynb", "is a notebook, which threshlint does not read; export it as a script"),
        )

    def test_what_does_not_exist_is_named(self, root: Path) -> None:
        lay(root, "a.py")
        outcome = discover([root / "gone.py", root / "a.py", root / "a.py" / "b"], Config(root=root))
        assert [file.relative for file in outcome.files] == ["a.py"]
        assert outcome.skipped == (Skipped("a.py/b", "does not exist"), Skipped("gone.py", "does not exist"))

    def test_an_excluded_file_is_left_out(self, root: Path) -> None:
        lay(root, "build/lib/a.py", "vendor/a.py", "a.py")
        config = Config(root=root, extend_exclude=("vendor",))
        outcome = discover([root / "build/lib/a.py", root / "vendor/a.py", root / "a.py"], config)
        assert relatives(outcome) == ["a.py"]
        assert outcome.left_out == ("build/lib/a.py", "vendor/a.py")

    @pytest.mark.parametrize("folder", ["build", "build/lib"])
    def test_an_excluded_folder_is_entered(self, root: Path, folder: str) -> None:
        lay(root, "build/lib/a.py", "build/lib/__pycache__/a.py", "build/lib/dist/a.py")
        assert found(root, folder) == ["build/lib/a.py"]

    @pytest.mark.parametrize("folder", ["out", "out/lib"])
    def test_an_ignored_folder_is_entered_and_the_other_patterns_hold(self, root: Path, folder: str) -> None:
        lay(root, "out/lib/a.py", "out/lib/tmp/a.py", "out/lib/a_old.py", "a.py")
        ignore(root, "out/", "tmp/", "*_old.py")
        assert found(root) == ["a.py"]
        assert found(root, folder) == ["out/lib/a.py"]
        assert found(root, "out/lib/a.py") == []

    def test_a_folder_that_only_its_own_exception_keeps(self, root: Path) -> None:
        lay(root, "shop/a.py", "other/a.py")
        ignore(root, "/*", "!/shop/")
        assert found(root) == ["shop/a.py"]
        assert found(root, "other") == ["other/a.py"]

    def test_the_same_file_in_many_ways_is_one(self, root: Path) -> None:
        lay(root, "a/b.py")
        assert found(root, "a", "a/b.py", "a/../a/b.py", "", "a/") == ["a/b.py"]

    def test_outside_of_the_root(self, root: Path) -> None:
        lay(root.parent, "other/tests/a.py", "other/build/b.py", "lone.py")
        config = Config(root=root)
        assert relatives(discover([root.parent / "other"], config)) == ["../other/tests/a.py"]
        assert relatives(discover([root.parent / "lone.py"], config)) == ["../lone.py"]

    def test_the_folders_above_a_project_do_not_count(self, tmp_path: Path) -> None:
        root = tmp_path / "build" / "venv" / "project"
        lay(root, "a.py", "b/c.py")
        (tmp_path / "build" / "venv" / "pyvenv.cfg").touch()
        assert found(root) == ["a.py", "b/c.py"]
        assert found(root, "b/c.py") == ["b/c.py"]
        outside = Config(root=tmp_path / "elsewhere")
        assert relatives(discover([root], outside)) == ["../build/venv/project/a.py", "../build/venv/project/b/c.py"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
class TestLinks:
    def test_a_loop_ends(self, root: Path) -> None:
        lay(root, "a/b.py")
        (root / "a" / "up").symlink_to(root)
        (root / "a" / "self").symlink_to("self")
        assert found(root) == ["a/b.py"]

    def test_a_link_to_a_folder_is_followed_only_when_it_is_named(self, root: Path) -> None:
        lay(root.parent, "elsewhere/a.py")
        (root / "link").symlink_to(root.parent / "elsewhere")
        (root / "odd.py").symlink_to(root.parent / "elsewhere")
        assert found(root) == []
        assert found(root, "link") == ["link/a.py"]

    def test_a_file_and_the_links_to_it_are_one(self, root: Path) -> None:
        lay(root, "z.py")
        (root / "a.py").symlink_to("z.py")
        assert found(root) == ["z.py"]
        assert found(root, "a.py") == ["a.py"]
        assert found(root, "a.py", "z.py") == ["z.py"]

    def test_a_link_out_of_the_project_keeps_its_own_path(self, root: Path) -> None:
        lay(root.parent, "elsewhere/a.py")
        (root / "a.py").symlink_to(root.parent / "elsewhere" / "a.py")
        assert found(root) == ["a.py"]

    def test_a_broken_link_is_left_to_the_reader_to_complain_of(self, root: Path) -> None:
        (root / "a.py").symlink_to("nowhere")
        (root / "b.py").symlink_to("b.py")
        assert found(root) == ["a.py", "b.py"]
        assert found(root, "a.py") == ["a.py"]

    def test_an_editors_lock_is_no_file(self, root: Path) -> None:
        (root / ".#a.py").symlink_to("user@host.123")
        assert found(root) == []

    def test_a_project_that_is_reached_through_a_link(self, root: Path) -> None:
        lay(root, "a/b.py")
        (root.parent / "alias").symlink_to(root)
        assert relatives(discover([root.parent / "alias" / "a" / "b.py"], Config(root=root))) == ["a/b.py"]
        assert relatives(discover([root.parent / "alias"], Config(root=root))) == ["a/b.py"]


class TestTrouble:
    @pytest.mark.skipif(ROOT_USER, reason="root may list everything")
    def test_a_folder_that_may_not_be_listed(self, root: Path) -> None:
        lay(root, "secret/a.py", "a.py")
        (root / "secret").chmod(0)
        try:
            outcome = discover([root], Config(root=root))
        finally:
            (root / "secret").chmod(0o700)
        assert [file.relative for file in outcome.files] == ["a.py"]
        assert outcome.skipped == (Skipped("secret", "cannot be listed: Permission denied"),)

    def test_a_folder_that_cannot_be_listed(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lay(root, "secret/a.py", "a.py")
        scandir = os.scandir

        def refuse(path: str) -> Iterator[os.DirEntry[str]]:
            if str(path).endswith("secret"):
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        outcome = discover([root], Config(root=root))
        assert [file.relative for file in outcome.files] == ["a.py"]
        assert outcome.skipped == (Skipped("secret", "cannot be listed: Permission denied"),)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
    def test_a_fifo_is_left_to_the_reader_to_complain_of(self, root: Path) -> None:
        os.mkfifo(root / "a.py")
        os.mkfifo(root / ".gitignore")
        assert found(root) == ["a.py"]

    @pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are text there")
    def test_names_that_are_no_text(self, root: Path) -> None:
        Path(os.fsdecode(os.fsencode(root) + b"/\xff.py")).touch()
        ignore(root, "x")
        assert found(root) == ["\udcff.py"]
        (root / ".gitignore").write_bytes(b"\xff.py\n")
        assert found(root) == []

    def test_lines_of_a_gitignore_that_are_no_patterns(self, root: Path) -> None:
        lay(root, "a.py", "b.py")
        ignore(root, "!", "/", "[", "***", "a.py\\", "[z-a]", "", "# a.py", "b.py")
        assert "b.py" not in found(root)


class TestContext:
    def test_the_rest_of_the_project(self, root: Path) -> None:
        lay(root, "a.py", "b.py", "c/d.py", "build/e.py")
        config = Config(root=root)
        named = discover([root / "b.py"], config).files
        context = project_files(config, named)
        assert [(file.relative, file.named) for file in context.files] == [("a.py", False), ("c/d.py", False)]

    def test_nothing_is_left_when_the_root_is_named(self, root: Path) -> None:
        lay(root, "a.py", "b/c.py")
        config = Config(root=root)
        assert project_files(config, discover([root], config).files) == Discovered(())

    def test_a_named_link_is_the_file_that_it_leads_to(self, root: Path) -> None:
        lay(root, "a.py", "b.py")
        (root / "link.py").symlink_to("a.py")
        config = Config(root=root)
        context = project_files(config, discover([root / "link.py"], config).files)
        assert [file.relative for file in context.files] == ["b.py"]

    def test_a_file_outside_has_no_context_in_the_project(self, root: Path) -> None:
        lay(root, "a.py")
        lay(root.parent, "lone.py")
        config = Config(root=root)
        assert project_files(config, discover([root.parent / "lone.py"], config).files) == Discovered(())

    def test_trouble_in_the_context_is_marked(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lay(root, "a.py")
        config = Config(root=root)
        named = discover([root / "a.py"], config).files

        def refuse(path: str) -> Iterator[os.DirEntry[str]]:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        (skipped,) = project_files(config, named).skipped
        assert (skipped.path, skipped.context) == (".", True)


class TestGitignore:
    def test_nested_files_and_negation(self, root: Path) -> None:
        lay(root, "a.py", "gen/a.py", "gen/keep.py", "sub/gen/a.py", "sub/b.py", "sub/c.py")
        ignore(root, "gen/*", "!gen/keep.py", "b.py")
        ignore(root / "sub", "!b.py", "/c.py", "gen")
        assert found(root) == ["a.py", "gen/keep.py", "sub/b.py"]
        assert found(root, respect_gitignore=False) == [
            "a.py", "gen/a.py", "gen/keep.py", "sub/b.py", "sub/c.py", "sub/gen/a.py",
        ]  # fmt: skip

    def test_a_list_of_what_is_allowed(self, root: Path) -> None:
        lay(root, "a.py", "sub/b.py", "sub/deep/c.pyi")
        ignore(root, "*", "!*/", "!*.py")
        assert found(root) == ["a.py", "sub/b.py"]

    def test_those_between_the_repository_and_the_project(self, root: Path) -> None:
        git(root, "init", "-q")
        lay(root, "services/shop/a.py", "services/shop/b.py", "services/shop/c.py")
        ignore(root, "a.py")
        ignore(root / "services", "shop/b.py")
        shop = root / "services" / "shop"
        assert found(shop) == ["c.py"]
        assert found(shop, "a.py", "b.py", "c.py") == ["c.py"]

    def test_a_project_that_its_repository_ignores_is_still_one(self, root: Path) -> None:
        git(root, "init", "-q")
        lay(root, "scratch/a.py")
        ignore(root, "scratch/")
        assert found(root / "scratch") == ["a.py"]
        assert found(root / "scratch", "a.py") == ["a.py"]

    def test_info_exclude(self, root: Path) -> None:
        git(root, "init", "-q")
        lay(root, "a.py", "b.py")
        (root / ".git" / "info").mkdir(exist_ok=True)
        (root / ".git" / "info" / "exclude").write_text("a.py\n")
        assert found(root) == ["b.py"]
        assert found(root, "a.py") == []

    def test_a_linked_work_tree_has_its_repositorys_info_exclude(self, root: Path) -> None:
        git(root, "init", "-q")
        lay(root, "a.py", "b.py")
        git(root, "add", "a.py", "b.py")
        git(root, "commit", "-q", "-m", "x")
        git(root, "worktree", "add", "-q", "../linked")
        (root / ".git" / "info").mkdir(exist_ok=True)
        (root / ".git" / "info" / "exclude").write_text("a.py\n")
        assert found(root.parent / "linked") == ["b.py"]

    def test_a_repository_in_a_repository_begins_anew(self, root: Path) -> None:
        git(root, "init", "-q")
        lay(root, "a.py", "inner/a.py", "inner/b.py")
        git(root / "inner", "init", "-q")
        ignore(root, "a.py")
        ignore(root / "inner", "b.py")
        assert found(root) == ["inner/a.py"]
        assert found(root, "inner/a.py", "inner/b.py") == ["inner/a.py"]

    def test_a_linked_gitignore_is_none(self, root: Path) -> None:
        lay(root, "a.py")
        (root / "patterns").write_text("a.py\n")
        (root / ".gitignore").symlink_to("patterns")
        assert found(root) == ["a.py"]

    def test_one_that_cannot_be_read_is_named(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lay(root, "a.py")
        ignore(root, "b.py")
        opened = open

        def refuse(path: str, *arguments: object, **keys: object) -> object:
            if str(path).endswith(".gitignore"):
                raise PermissionError(13, "Permission denied", path)
            return opened(path, *arguments, **keys)  # type: ignore[call-overload]

        monkeypatch.setattr("builtins.open", refuse)
        outcome = discover([root], Config(root=root))
        assert [file.relative for file in outcome.files] == ["a.py"]
        assert outcome.skipped == (Skipped(".gitignore", "cannot be read: Permission denied"),)

    def test_windows_line_endings_and_a_byte_order_mark(self, root: Path) -> None:
        lay(root, "a.py", "b.py", "c.py")
        (root / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\nb.py\r\n")
        assert found(root) == ["c.py"]


PARTS = st.sampled_from(["a", "b", "ab", "c.py", "d.py", "*", "**", "?", "*.py", "[ab]", "a*", "[!a]"])


@st.composite
def pattern_lines(draw: st.DrawFn) -> str:
    parts = "/".join(draw(st.lists(PARTS, min_size=1, max_size=3)))
    negation = draw(st.sampled_from(["", "", "!"]))
    return negation + draw(st.sampled_from(["", "", "/"])) + parts + draw(st.sampled_from(["", "", "/"]))


FOLDERS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=3).map("/".join)
FILES = st.builds(
    lambda folder, name: f"{folder}/{name}".lstrip("/"), FOLDERS, st.sampled_from(["c.py", "d.py", "a.py"])
)


@example(files={"a/c.py"}, ignores={"": ["**/*/**"]})
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    files=st.sets(FILES, min_size=1, max_size=8),
    ignores=st.dictionaries(FOLDERS, st.lists(pattern_lines(), min_size=1, max_size=4), min_size=1, max_size=3),
)
def test_what_git_ignores_is_left_out(files: set[str], ignores: dict[str, list[str]]) -> None:
    scratch = Path(tempfile.mkdtemp())
    try:
        git(scratch, "init", "-q")
        lay(scratch, *files)
        for folder, lines in ignores.items():
            ignore(scratch / folder, *lines)
        listed = git(scratch, "ls-files", "--others", "--exclude-standard", "--", "*.py").splitlines()
        assert found(scratch, exclude=()) == sorted(listed)
        assert found(scratch, *files, exclude=()) == sorted(listed)
    finally:
        shutil.rmtree(scratch)


@pytest.mark.parametrize(
    ("lines", "file", "matches"),
    [
        (["a"], "a", True),
        (["a"], "x/a/y.py", True),
        (["a/"], "a", False),
        (["a/"], "x/a/y.py", True),
        (["/a"], "x/a", False),
        (["x/*"], "x/a/b.py", True),
        (["*.py", "!b.py"], "x/b.py", False),
        (["x/", "!b.py"], "x/b.py", True),
        (["**/x/**"], "a/x/b", True),
        (["# a", ""], "# a", False),
        (["\\#a"], "#a", True),
        (["a\\ "], "a ", True),
    ],
)
def test_patterns_match_files_by_their_folders_too(lines: list[str], file: str, matches: bool) -> None:
    assert compile_patterns(tuple(lines)).match(file) is matches


def test_a_line_that_is_no_pattern() -> None:
    with pytest.raises(PatternError, match='"!" is not a gitignore pattern'):
        parse_pattern("!")
    assert parse_pattern("# comment") is None


def test_three_thousand_files_take_no_time(root: Path) -> None:
    for folder in range(100):
        lay(root, *(f"shop{folder // 10}/part{folder}/m{file}.py" for file in range(30)))
    ignore(root, "*.pyc", "*.so", "build/", "/docs/_build", "!keep.py", ".env", "local_settings.py", "htmlcov/")
    config = Config(root=root)
    best = min(timed(root, config) for _ in range(5))
    assert best < 0.3


def timed(root: Path, config: Config) -> float:
    begin = time.perf_counter()
    assert len(discover([root], config).files) == 3000
    return time.perf_counter() - begin
