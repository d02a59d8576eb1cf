from __future__ import annotations

import os
import pickle
import re
from pathlib import Path

import pytest

from threshlint.config import Config, ConfigError, load
from threshlint.config_keys import KEYS
from threshlint.site import Evidence

DOCS = Path(__file__).parents[1] / "docs" / "configuration.md"

EVERY_KEY = """
models = ["text-embedding-3-small", "BAAI/bge-small-en-v1.5"]
retired = ["text-embedding-ada-002"]
select = ["THR1", "THR204"]
ignore = ["THR105"]
min-evidence = "call"
exclude = ["vendor/"]
extend-exclude = ["*_old.py"]
respect-gitignore = false
tests = true
test-paths = ["spec/"]
require-owner = true
file-size-limit = 2_000_000
file-time-limit = 2.5
cache-dir = "build/cache"

[aliases]
"all-MiniLM-L6-v2" = ["sentence-transformers/all-MiniLM-L6-v2", "minilm"]

[per-file-ignores]
"scripts/" = ["THR103"]

[units]
"shop/" = "cosine-distance"

[populations]
"shop/" = "topk:8"

[[calls]]
name = "shop.search"
"""


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def in_pyproject(text: str) -> str:
    text = re.sub(r"^(\[+)", r"\1tool.threshlint.", text, flags=re.MULTILINE)
    return "[project]\nname = 'shop'\n\n[tool.threshlint]\n" + text


def config(**keys: object) -> Config:
    return Config(root=Path("/project"), **keys)  # type: ignore[arg-type]


class TestWhichFile:
    def test_without_one_the_working_directory_is_the_root(self, tmp_path: Path) -> None:
        assert load(tmp_path) == Config(root=tmp_path)

    @pytest.mark.parametrize("file", ["threshlint.toml", "pyproject.toml"])
    def test_the_nearest_one_up_is_read_and_its_folder_is_the_root(self, tmp_path: Path, file: str) -> None:
        table = 'models = ["{}"]'
        wrap = in_pyproject if file == "pyproject.toml" else str
        write(tmp_path / file, wrap(table.format("far")))
        near = write(tmp_path / "a" / file, wrap(table.format("near")))
        (tmp_path / "a" / "b" / "c").mkdir(parents=True)
        found = load(tmp_path / "a" / "b" / "c")
        assert (found.models, found.root, found.source) == (("near",), tmp_path / "a", near)

    def test_a_pyproject_without_the_table_is_passed_over(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", in_pyproject('models = ["far"]'))
        write(tmp_path / "a" / "pyproject.toml", "[tool.ruff]\nline-length = 120\n")
        assert load(tmp_path / "a").models == ("far",)
        assert load(tmp_path / "a").root == tmp_path

    def test_an_empty_table_is_a_configuration(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", in_pyproject('models = ["far"]'))
        write(tmp_path / "a" / "pyproject.toml", "[tool.threshlint]\n")
        assert load(tmp_path / "a").models == ()
        assert load(tmp_path / "a").root == tmp_path / "a"

    def test_in_one_folder_the_own_file_comes_before_the_shared_one(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", in_pyproject('models = ["shared"]'))
        write(tmp_path / "threshlint.toml", 'models = ["own"]')
        assert load(tmp_path).models == ("own",)

    def test_a_folder_of_that_name_is_no_configuration(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").mkdir()
        assert load(tmp_path).source is None

    def test_a_named_file_takes_the_place_of_the_nearest(self, tmp_path: Path) -> None:
        write(tmp_path / "threshlint.toml", 'models = ["nearest"]')
        named = write(tmp_path / "ci" / "lint.toml", 'models = ["named"]')
        found = load(tmp_path, Path("ci/lint.toml"))
        assert (found.models, found.root, found.source) == (("named",), tmp_path / "ci", named)

    def test_isolated_looks_at_no_file(self, tmp_path: Path) -> None:
        write(tmp_path / "threshlint.toml", "this is no TOML")
        assert load(tmp_path, isolated=True) == Config(root=tmp_path)

    def test_isolated_and_a_named_file_exclude_each_other(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="--isolated looks at no configuration, and --config names one"):
            load(tmp_path, Path("threshlint.toml"), isolated=True)


@pytest.mark.parametrize("file", ["threshlint.toml", "pyproject.toml"])
def test_every_key_is_read(tmp_path: Path, file: str) -> None:
    source = write(tmp_path / file, in_pyproject(EVERY_KEY) if file == "pyproject.toml" else EVERY_KEY)
    assert load(tmp_path) == Config(
        root=tmp_path,
        source=source,
        models=("text-embedding-3-small", "BAAI/bge-small-en-v1.5"),
        aliases={"all-MiniLM-L6-v2": ("sentence-transformers/all-MiniLM-L6-v2", "minilm")},
        retired=("text-embedding-ada-002",),
        select=("THR1", "THR204"),
        ignore=("THR105",),
        min_evidence=Evidence.CALL,
        per_file_ignores={"scripts/": ("THR103",)},
        exclude=("vendor/",),
        extend_exclude=("*_old.py",),
        respect_gitignore=False,
        tests=True,
        test_paths=("spec/",),
        require_owner=True,
        units={"shop/": "cosine-distance"},
        populations={"shop/": "topk:8"},
        file_size_limit=2_000_000,
        file_time_limit=2.5,
        cache_dir="build/cache",
        calls=({"name": "shop.search"},),
    )


def test_every_key_of_the_declaration_is_in_the_test_above() -> None:
    assert {key.name for key in KEYS} == set(re.findall(r"^(?:\[+)?([a-z-]+)(?:\]| =)", EVERY_KEY, re.MULTILINE)) - {
        "name"
    }


def test_one_table_of_calls_is_an_array_of_one(tmp_path: Path) -> None:
    write(tmp_path / "threshlint.toml", '[calls]\nname = "shop.search"')
    assert load(tmp_path).calls == ({"name": "shop.search"},)


WRONG = [
    ('modles = ["x"]', 'the file has no key "modles"; did you mean "models"?'),
    ('per_file_ignores = {"a.py" = []}', 'no key "per_file_ignores"; did you mean "per-file-ignores"?'),
    ('Models = ["x"]', 'no key "Models"; did you mean "models"?'),
    ("zzz = 1", 'no key "zzz"; the keys are models, aliases,'),
    ('[tool.threshlint]\nmodels = ["x"]', "its keys stand at the top, without [tool.threshlint]"),
    ('models = "x"', '"models" of the file must be an array of strings, not a string; for example: models = ['),
    ("models = 3", "not an integer"),
    ("models = [0.5]", '"models" of the file must be an array of strings, and holds a float'),
    ('models = ["a b"]', '"models" of the file holds "a b", which is no model'),
    ('retired = ["a,b"]', '"retired" of the file holds "a,b", which is no model'),
    ('tests = "yes"', '"tests" of the file must be true or false, not a string'),
    ("require-owner = 1", "must be true or false, not an integer"),
    ('min-evidence = "proof"', '"min-evidence" of the file must be "flow", "call" or "name", not "proof"'),
    ("min-evidence = 1", 'must be "flow", "call" or "name", not an integer'),
    ('units = { "*" = "a b" }', '"units" of the file has "*", which must be a word, not \'a b\''),
    ("units = { x = 1 }", 'has "x", which must be a word, not an integer'),
    ('units = "cosine"', "must be a table of path patterns, each with a unit, not a string"),
    ('populations = { "!x" = "pairs" }', 'a pattern here stands alone, without "!"'),
    (
        'populations = { x = "all-pairs" }',
        'must be "pairs", "top1" or "topk:K" for a K such as "topk:10", not "all-pairs"',
    ),
    ('populations = { x = "topk:0" }', 'not "topk:0"'),
    ("respect-gitignore = 2026-01-01", "not a date or time"),
    ('select = ["THR9999"]', 'holds "THR9999", which is no rule\'s code'),
    ('ignore = ["F401"]', 'holds "F401", which is no rule\'s code'),
    ('exclude = ["!"]', "holds what is no pattern"),
    ('aliases = ["x"]', "must be a table of models, each with an array of its other names, not an array"),
    ('aliases = {a = "b"}', '"aliases" of the file has "a", which must be an array of strings, not a string'),
    ('aliases = {a = ["c"], b = ["c"]}', 'gives "c" to both "a" and "b"'),
    ('aliases = {a = ["b"], b = ["c"]}', 'has "b" both as a model and as another name of "a"'),
    ('per-file-ignores = {"!a.py" = ["THR1"]}', 'has "!a.py", which names no file'),
    ('per-file-ignores = {"a.py" = ["X1"]}', 'has "a.py", which holds "X1"'),
    ("file-size-limit = 1.5", '"file-size-limit" of the file must be an integer, not a float; for example: file-size'),
    ("file-size-limit = 0", "must be more than 0, not 0"),
    ("file-size-limit = true", "must be an integer, not a boolean"),
    ('file-time-limit = "5"', "must be a number, not a string"),
    ("file-time-limit = nan", "must be more than 0 and no more than a day, not nan"),
    ("file-time-limit = inf", "must be more than 0 and no more than a day, not inf"),
    ("file-time-limit = false", "must be a number, not a boolean"),
    ("cache-dir = 1", '"cache-dir" of the file must be a string, not an integer'),
    ('cache-dir = ""', "must be a path"),
    ("calls = 1", "must be an array of tables, not an integer"),
    ("calls = [1]", "must be an array of tables, and holds an integer"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_key_or_value_is_an_error_that_helps(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path / "threshlint.toml", text)
    with pytest.raises(ConfigError, match=re.escape(message)) as raised:
        load(tmp_path)
    assert str(raised.value).startswith("threshlint.toml: ")


def test_an_error_names_the_file_as_one_would_type_it(tmp_path: Path) -> None:
    file = write(tmp_path / "pyproject.toml", "[tool.threshlint]\nmodles = []\n")
    with pytest.raises(ConfigError) as here:
        load(tmp_path)
    assert str(here.value) == 'pyproject.toml: [tool.threshlint] has no key "modles"; did you mean "models"?'
    (tmp_path / "a").mkdir()
    with pytest.raises(ConfigError) as below:
        load(tmp_path / "a")
    assert str(below.value).startswith(f"{file}: ")


BROKEN = [
    (b"models = [\n'x'\nzzz", "it is not valid TOML: .*line 3"),
    (b"models = []\nmodels = []\n", "it is not valid TOML: .*line 2"),
    (b"models = " + b"[" * 100_000, "it is not valid TOML"),
    (b"models = ['\xff']", "it is not valid UTF-8 \\(byte 0xff at offset 11\\); save it as UTF-8"),
    (b"models = ['\x00']", "it is not valid TOML"),
]


@pytest.mark.parametrize("file", ["threshlint.toml", "pyproject.toml"])
@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_a_broken_file_is_an_error(tmp_path: Path, file: str, content: bytes, message: str) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ConfigError, match=f"^{file}: {message}"):
        load(tmp_path)


@pytest.mark.parametrize("table", ["tool = 3", "[tool]\nthreshlint = 3"])
def test_a_tool_that_is_no_table(tmp_path: Path, table: str) -> None:
    write(tmp_path / "pyproject.toml", table)
    if table == "tool = 3":  # that is for those to complain of whose file it is
        assert load(tmp_path).source is None
    else:
        with pytest.raises(ConfigError, match=r"\[tool.threshlint\] must be a table, not an integer"):
            load(tmp_path)


def test_a_byte_order_mark_and_windows_line_endings_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "threshlint.toml").write_bytes(b"\xef\xbb\xbfmodels = [\r\n'x',\r\n]\r\n")
    assert load(tmp_path).models == ("x",)


class TestNamedFile:
    def test_it_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"^nowhere\.toml: there is no such file$"):
            load(tmp_path, Path("nowhere.toml"))

    def test_it_is_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="it is not a file"):
            load(tmp_path, tmp_path)

    def test_it_is_a_pyproject_without_the_table(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        with pytest.raises(ConfigError, match=r"there is no table \[tool.threshlint\]; add one"):
            load(tmp_path, Path("pyproject.toml"))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
    def test_it_is_a_fifo(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "threshlint.toml")
        with pytest.raises(ConfigError, match="it is not a file"):
            load(tmp_path, Path("threshlint.toml"))
        assert load(tmp_path).source is None

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_it_may_not_be_read(self, tmp_path: Path) -> None:
        write(tmp_path / "threshlint.toml", "").chmod(0)
        with pytest.raises(ConfigError, match="it cannot be read: Permission denied"):
            load(tmp_path)


MINILM = {"all-MiniLM-L6-v2": ("sentence-transformers/all-MiniLM-L6-v2", "minilm@onnx")}


@pytest.mark.parametrize(
    ("model", "canonical"),
    [
        ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
        ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
        ("sentence-transformers/all-MiniLM-L6-v2@256", "all-MiniLM-L6-v2@256"),
        ("minilm@onnx", "all-MiniLM-L6-v2"),
        ("minilm@onnx@128", "all-MiniLM-L6-v2@128"),
        ("minilm", "minilm"),
        ("other@256", "other@256"),
        ("@256", "@256"),
        ("", ""),
    ],
)
def test_canonical(model: str, canonical: str) -> None:
    assert config(aliases=MINILM).canonical(model) == canonical


@pytest.mark.parametrize(
    ("retired", "model", "gone"),
    [
        ("ada", "ada", True),
        ("ada", "ada@256", True),
        ("ada@256", "ada@256", True),
        ("ada@256", "ada", False),
        ("ada@256", "ada@512", False),
        ("ada", "ada-002", False),
        ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", True),
        ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2@64", True),
        ("sentence-transformers/all-MiniLM-L6-v2@64", "minilm@onnx@64", True),
        ("sentence-transformers/all-MiniLM-L6-v2@64", "minilm@onnx", False),
    ],
)
def test_retired_and_listed_follow_names_and_dimensions(retired: str, model: str, gone: bool) -> None:
    assert config(aliases=MINILM, retired=(retired,)).is_retired(model) is gone
    assert config(aliases=MINILM, models=(retired,)).is_listed(model) is gone


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/test_search.py", True),
        ("shop/tests/helpers.py", True),
        ("test/data/make.py", True),
        ("shop/test_search.py", True),
        ("shop/search_test.py", True),
        ("shop/tests.py", True),
        ("conftest.py", True),
        ("shop/search.py", False),
        ("shop/testing/fakes.py", False),
        ("shop/latest.py", False),
        ("contest.py", False),
        ("attests/search.py", False),
        ("../other/tests/a.py", True),
    ],
)
def test_what_a_test_is(path: str, test: bool) -> None:
    assert config().is_test(path) is test


def test_ignored_codes_joins_every_pattern_that_matches() -> None:
    ignores = {"scripts/": ("THR103",), "*_old.py": ("THR1", "THR2"), "/shop/search.py": ("THR204",)}
    project = config(per_file_ignores=ignores)
    assert project.ignored_codes("scripts/a/search_old.py") == ("THR103", "THR1", "THR2")
    assert project.ignored_codes("shop/search.py") == ("THR204",)
    assert project.ignored_codes("other/shop/search.py") == ()


def test_a_configuration_goes_to_other_processes() -> None:
    project = config(aliases=MINILM, retired=("all-MiniLM-L6-v2",))
    assert project.is_retired("minilm@onnx")
    assert pickle.loads(pickle.dumps(project)) == project


def test_the_last_pattern_that_matches_counts(tmp_path: Path) -> None:
    write(tmp_path / "threshlint.toml", '[populations]\n"*" = "pairs"\n"shop/" = "top1"\n"shop/a.py" = "topk:3"')
    config = load(tmp_path)
    assert [config.population(path) for path in ("b.py", "shop/b.py", "shop/a.py")] == ["pairs", "top1", "topk:3"]
    assert config.unit("b.py") is None


class TestDocumentation:
    def test_it_says_what_the_declaration_says(self) -> None:
        text = DOCS.read_text(encoding="utf-8")
        for key in KEYS:
            section = re.search(rf"^### `{key.name}`$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
            assert section, f"docs/configuration.md has no section on {key.name}"
            said = " ".join(section[1].split())
            assert key.doc in said
            assert f"Type: {key.type}." in said
            assert f"Default: `{key.default}`" in said
            assert not key.example or key.example in said

    def test_it_has_no_other_keys(self) -> None:
        text = DOCS.read_text(encoding="utf-8")
        assert re.findall(r"^### `(.+)`$", text, re.MULTILINE) == [key.name for key in KEYS]

    def test_its_examples_can_be_loaded(self, tmp_path: Path) -> None:
        for key in KEYS:
            write(tmp_path / "threshlint.toml", key.example)
            loaded = load(tmp_path)
            assert not key.example or getattr(loaded, key.attribute) != getattr(Config(root=tmp_path), key.attribute)
