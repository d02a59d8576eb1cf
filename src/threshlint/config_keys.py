"""The keys of the configuration.

Each is declared once, in ``KEYS``: what reads its value, what it is when it is not there, and what
the documentation says of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from threshlint.patterns import PatternError, parse_pattern
from threshlint.site import Evidence

DEFAULT_EXCLUDE = (
    ".git/",
    ".hg/",
    ".svn/",
    ".venv/",
    "venv/",
    ".tox/",
    ".nox/",
    ".eggs/",
    "*.egg-info/",
    "build/",
    "dist/",
    "site-packages/",
    "__pypackages__/",
    "__pycache__/",
    "node_modules/",
    ".direnv/",
    ".hypothesis/",
    ".ipynb_checkpoints/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".threshlint_cache/",
    ".#*",  # the lock that an editor lays beside an open file: a link to nowhere
)
DEFAULT_CACHE = ".threshlint_cache"
DEFAULT_SIZE_LIMIT = 10_000_000
_A_DAY = 86_400  # seconds
DEFAULT_TEST_PATHS = ("tests/", "test/", "test_*.py", "*_test.py", "tests.py", "conftest.py")


class WrongValueError(Exception):
    """A value that its key cannot have; the message goes on from ``"key" ``."""


_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Key:
    """One key of the configuration."""

    name: str
    type: str
    default: str
    example: str
    doc: str
    read: Callable[[object], object]

    @property
    def attribute(self) -> str:
        """The name of the attribute of ``Config``."""
        return self.name.replace("-", "_")


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError(f"must be true or false, not {toml_kind(value)}")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError(f"must be a number, not {toml_kind(value)}")
    if not 0 < value <= _A_DAY:
        raise WrongValueError(f"must be more than 0 and no more than a day, not {value}")
    return value


def _bytes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValueError(f"must be an integer, not {toml_kind(value)}")
    if value < 1:
        raise WrongValueError(f"must be more than 0, not {value}")
    return value


def _path(value: object) -> str:
    if not isinstance(value, str):
        raise WrongValueError(f"must be a string, not {toml_kind(value)}")
    if not value or "\0" in value:
        raise WrongValueError("must be a path")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongValueError(f"must be an array of strings, not {toml_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise WrongValueError(f"must be an array of strings, and holds {toml_kind(item)}")
    return tuple(value)


def _evidence(value: object) -> Evidence:
    if not isinstance(value, str) or value not in {evidence.value for evidence in Evidence}:
        said = f'"{value}"' if isinstance(value, str) else toml_kind(value)
        raise WrongValueError(f'must be "flow", "call" or "name", not {said}')
    return Evidence(value)


def _models(value: object) -> tuple[str, ...]:
    models = _strings(value)
    for model in models:
        _check_model(model)
    return models


def _check_model(model: str) -> None:
    if not model or re.search(r"[\s,]", model):
        raise WrongValueError(f'holds "{model}", which is no model: a model\'s name has no space and no comma')


def _codes(value: object) -> tuple[str, ...]:
    codes = _strings(value)
    for code in codes:
        if not re.fullmatch(r"THR[0-9]{0,3}", code):
            raise WrongValueError(
                f'holds "{code}", which is no rule\'s code or start of one, such as "THR103" or "THR1"'
            )
    return codes


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _strings(value)
    for pattern in patterns:
        try:
            parse_pattern(pattern)
        except PatternError as error:
            raise WrongValueError(f"holds what is no pattern: {error}") from error
    return patterns


def _table(value: object, of: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise WrongValueError(f"must be a table of {of}, not {toml_kind(value)}")
    return value


def _aliases(value: object) -> dict[str, tuple[str, ...]]:
    table = _table(value, "models, each with an array of its other names")
    aliases: dict[str, tuple[str, ...]] = {}
    canonical_of: dict[str, str] = {}
    for canonical, names in table.items():
        _check_model(canonical)
        try:
            aliases[canonical] = _models(names)
        except WrongValueError as error:
            raise WrongValueError(f'has "{canonical}", which {error}') from error
        for name in aliases[canonical]:
            if name in table:
                raise WrongValueError(f'has "{name}" both as a model and as another name of "{canonical}"; keep one')
            if canonical_of.setdefault(name, canonical) != canonical:
                raise WrongValueError(f'gives "{name}" to both "{canonical_of[name]}" and "{canonical}"; keep one')
    return aliases


def _per_file_ignores(value: object) -> dict[str, tuple[str, ...]]:
    return _by_pattern(value, "path patterns, each with an array of codes", _codes)


def _by_pattern(value: object, of: str, read: Callable[[object], _Value]) -> dict[str, _Value]:
    found: dict[str, _Value] = {}
    for pattern, each in _table(value, of).items():
        if pattern.startswith("!"):
            raise WrongValueError(f'has "{pattern}", which names no file: a pattern here stands alone, without "!"')
        _patterns([pattern])
        try:
            found[pattern] = read(each)
        except WrongValueError as error:
            raise WrongValueError(f'has "{pattern}", which {error}') from error
    return found


def _units(value: object) -> dict[str, str]:
    return _by_pattern(value, "path patterns, each with a unit", _word)


def _word(value: object) -> str:
    if not isinstance(value, str) or not value or re.search(r"\s", value):
        raise WrongValueError(f"must be a word, not {toml_kind(value) if not isinstance(value, str) else repr(value)}")
    return value


def _populations(value: object) -> dict[str, str]:
    return _by_pattern(value, "path patterns, each with a population", _population)


def _population(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"pairs|top1|topk:[1-9][0-9]*", value):
        said = f'"{value}"' if isinstance(value, str) else toml_kind(value)
        raise WrongValueError(f'must be "pairs", "top1" or "topk:K" for a K such as "topk:10", not {said}')
    return value


def _calls(value: object) -> tuple[Mapping[str, Any], ...]:
    tables = [value] if isinstance(value, dict) else value
    if not isinstance(tables, list):
        raise WrongValueError(f"must be an array of tables, not {toml_kind(value)}")
    for table in tables:
        if not isinstance(table, dict):
            raise WrongValueError(f"must be an array of tables, and holds {toml_kind(table)}")
    return tuple(tables)


def toml_kind(value: object) -> str:
    """Say what a TOML value is, in TOML's own words."""
    kinds = {
        bool: "a boolean",
        str: "a string",
        int: "an integer",
        float: "a float",
        list: "an array",
        dict: "a table",
    }
    return kinds.get(type(value), "a date or time")


def _toml(strings: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{string}"' for string in strings) + "]"


KEYS = (
    Key(
        "models",
        "array of strings",
        "[]",
        'models = ["text-embedding-3-small", "bge-small-en-v1.5"]',
        "The embedding models in use. When it names any, an annotation with another model is a finding. A model that "
        "is listed is so at every dimensionality (`X` lists `X@256`).",
        _models,
    ),
    Key(
        "aliases",
        "table of arrays of strings",
        "{}",
        'aliases = { "all-MiniLM-L6-v2" = ["sentence-transformers/all-MiniLM-L6-v2"] }',
        "Other names of a model: the key is the one that the reports use. What holds for one name holds for all, and "
        "for each at every dimensionality.",
        _aliases,
    ),
    Key(
        "retired",
        "array of strings",
        "[]",
        'retired = ["text-embedding-ada-002"]',
        "Models that are gone: a threshold that is annotated with one is invalid by definition. Retiring `X` retires "
        "`X@256` and every other name of `X`; retiring `X@256` retires that space alone.",
        _models,
    ),
    Key(
        "select",
        "array of strings",
        '["THR"]',
        'select = ["THR1", "THR204"]',
        "The rules to judge by: codes, or the starts of codes.",
        _codes,
    ),
    Key(
        "ignore",
        "array of strings",
        "[]",
        'ignore = ["THR105"]',
        "The rules to leave out of those selected: codes, or the starts of codes.",
        _codes,
    ),
    Key(
        "min-evidence",
        "string",
        '"name"',
        'min-evidence = "flow"',
        "How well it must be proven that a number is a threshold for it to be a finding of `THR101` to `THR105`: "
        "`flow` (a score reaches it), `call` (or a known API takes it) or `name` (or its name says so, and the "
        "surroundings agree). The inventory keeps every site.",
        _evidence,
    ),
    Key(
        "per-file-ignores",
        "table of arrays of strings",
        "{}",
        'per-file-ignores = { "scripts/" = ["THR103"] }',
        "Rules to leave out in some files: path patterns, each with codes or the starts of codes. The sites stay in "
        "the inventory.",
        _per_file_ignores,
    ),
    Key(
        "exclude",
        "array of strings",
        _toml(DEFAULT_EXCLUDE),
        'exclude = ["vendor/", "*_generated.py"]',
        "Path patterns of what is not looked at, in place of the default ones. Virtual environments are recognised by "
        "their `pyvenv.cfg` besides, and generated files by their names and headers.",
        _patterns,
    ),
    Key(
        "extend-exclude",
        "array of strings",
        "[]",
        'extend-exclude = ["vendor/"]',
        "Path patterns of what is not looked at either, after those of `exclude`.",
        _patterns,
    ),
    Key(
        "respect-gitignore",
        "boolean",
        "true",
        "respect-gitignore = false",
        "Whether to leave out what git ignores. `--no-gitignore` turns it off for one run.",
        _boolean,
    ),
    Key(
        "tests",
        "boolean",
        "false",
        "tests = true",
        "Whether sites in tests give findings. They are in the inventory either way, marked.",
        _boolean,
    ),
    Key(
        "test-paths",
        "array of strings",
        _toml(DEFAULT_TEST_PATHS),
        'test-paths = ["tests/", "*_spec.py"]',
        "Path patterns that tell what is a test, in place of the default ones.",
        _patterns,
    ),
    Key(
        "require-owner",
        "boolean",
        "false",
        "require-owner = true",
        "Whether a site without an owner, in its annotation or in `CODEOWNERS`, is a finding (`THR205`).",
        _boolean,
    ),
    Key(
        "units",
        "table of strings",
        "{}",
        'units = { "shop/search/" = "cosine-distance" }',
        "What cutoffs are measured in, for `threshlint rewrite`, where neither the annotation (`unit=…`) nor the code "
        "says it: path patterns, each with a unit; the last that matches counts. [Rewriting](rewrite.md) lists the "
        "units.",
        _units,
    ),
    Key(
        "populations",
        "table of strings",
        "{}",
        'populations = { "shop/dedupe.py" = "pairs", "shop/cache.py" = "top1" }',
        "Which scores cutoffs decide over, for `threshlint rewrite`, where neither the annotation (`population=…`) nor "
        "the code says it: path patterns, each with `pairs`, `top1` or `topk:K`; the last that matches counts.",
        _populations,
    ),
    Key(
        "file-size-limit",
        "integer",
        f"{DEFAULT_SIZE_LIMIT}",
        "file-size-limit = 2_000_000",
        "How many bytes a file may have to be read. A larger one is named as not analysed.",
        _bytes,
    ),
    Key(
        "file-time-limit",
        "number",
        "10 s, and 40 s a megabyte",
        "file-time-limit = 5",
        "How many seconds of processor time the analysis of one file may take, or of any time on Windows. One that "
        "takes longer is ended, and the file is named as not analysed.",
        _seconds,
    ),
    Key(
        "cache-dir",
        "string",
        f'"{DEFAULT_CACHE}"',
        'cache-dir = "build/threshlint"',
        "The folder of the [cache](how-it-works.md#cache), seen from the root. `--cache-dir` names another for one "
        "run, `--no-cache` does without.",
        _path,
    ),
    Key(
        "calls",
        "array of tables",
        "[]",
        "",
        "Your own APIs, taught in the same words as those that threshlint knows. See [knowledge](knowledge.md).",
        _calls,
    ),
)
