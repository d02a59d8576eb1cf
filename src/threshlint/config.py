"""``[tool.threshlint]`` in a pyproject.toml, or a threshlint.toml, as a ``Config``."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from threshlint.config_keys import (
    DEFAULT_CACHE,
    DEFAULT_EXCLUDE,
    DEFAULT_SIZE_LIMIT,
    DEFAULT_TEST_PATHS,
    KEYS,
    Key,
    WrongValueError,
    toml_kind,
)
from threshlint.patterns import compile_patterns
from threshlint.site import Evidence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OWN_FILE = "threshlint.toml"
SHARED_FILE = "pyproject.toml"


class ConfigError(Exception):
    """A configuration that cannot be used; the message says where, what is wrong and what to do."""


@dataclass(frozen=True)
class Config:
    """What a project has configured. A name stands for itself where nothing joins it to another."""

    root: Path
    source: Path | None = None
    models: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retired: tuple[str, ...] = ()
    select: tuple[str, ...] = ("THR",)
    ignore: tuple[str, ...] = ()
    min_evidence: Evidence = Evidence.NAME
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    tests: bool = False
    test_paths: tuple[str, ...] = DEFAULT_TEST_PATHS
    require_owner: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    populations: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[Mapping[str, Any], ...] = ()
    cache_dir: str = DEFAULT_CACHE
    file_size_limit: int = DEFAULT_SIZE_LIMIT  # bytes
    file_time_limit: float | None = None  # seconds; else it goes by the size of the file

    def canonical(self, model: str) -> str:
        """Give the one name of a model: ``aliases`` joins the others, ``@256`` and the like stay."""
        for base, rest in _bases(model):
            if base in self._canonical_names:
                return self._canonical_names[base] + rest
        return model

    def is_retired(self, model: str) -> bool:
        """Tell whether a model is retired; retiring ``X`` retires ``X@256``."""
        return any(base in self._retired for base, _ in _bases(self.canonical(model)))

    def is_listed(self, model: str) -> bool:
        """Tell whether ``models`` lists a model, or the one that it is a truncation of."""
        return any(base in self._listed for base, _ in _bases(self.canonical(model)))

    def is_test(self, path: str) -> bool:
        """Tell whether a path, relative to the root, is a test's."""
        return compile_patterns(self.test_paths).match(path)

    def ignored_codes(self, path: str) -> tuple[str, ...]:
        """Give the codes, or starts of codes, that ``per-file-ignores`` lets pass in a file."""
        return tuple(
            code
            for pattern, codes in self.per_file_ignores.items()
            if compile_patterns((pattern,)).match(path)
            for code in codes
        )

    @property
    def cache_folder(self) -> Path:
        """The folder of the cache."""
        return self.root / self.cache_dir

    def unit(self, path: str) -> str | None:
        """Give what ``units`` says the cutoffs of a file are measured in."""
        return _last_match(self.units, path)

    def population(self, path: str) -> str | None:
        """Give the population that ``populations`` says the cutoffs of a file decide over."""
        return _last_match(self.populations, path)

    @cached_property
    def _canonical_names(self) -> dict[str, str]:
        return {name: canonical for canonical, names in self.aliases.items() for name in names}

    @cached_property
    def _retired(self) -> frozenset[str]:
        return frozenset(map(self.canonical, self.retired))

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(map(self.canonical, self.models))


def _last_match(settings: Mapping[str, str], path: str) -> str | None:
    matching = [value for pattern, value in settings.items() if compile_patterns((pattern,)).match(path)]
    return matching[-1] if matching else None


def _bases(model: str) -> Iterator[tuple[str, str]]:
    """Yield a model's name with ever less of its ``@…`` ends, each with what was left out."""
    end = len(model)
    while end > 0:
        yield model[:end], model[end:]
        end = model.rfind("@", 0, end)


def load(start: Path, explicit: Path | None = None, isolated: bool = False) -> Config:
    """Read the configuration that holds in a folder.

    Args:
        start: The working directory.
        explicit: A file that the user has named, in place of the nearest one up from ``start``.
        isolated: Look at no file.

    Raises:
        ConfigError: The file cannot be read, or says what it cannot.
    """
    start = Path(os.path.abspath(start))
    if isolated:
        if explicit is not None:
            raise ConfigError("--isolated looks at no configuration, and --config names one; leave one of them out")
        return Config(root=start)
    if explicit is not None:
        file = Path(os.path.abspath(start / explicit))
        table = _read_table(file, start)
        if table is None:
            raise ConfigError(
                f"{_shown(file, start)}: there is no table [tool.threshlint]; add one, or name another file"
            )
        return _build(file, table, start)
    for folder in (start, *start.parents):
        for name in (OWN_FILE, SHARED_FILE):
            file = folder / name
            if os.path.isfile(file) and (table := _read_table(file, start)) is not None:
                return _build(file, table, start)
    return Config(root=start)


def _read_table(file: Path, start: Path) -> dict[str, object] | None:
    """Read a file's keys; ``None`` for a pyproject.toml that says nothing of threshlint."""
    shown = _shown(file, start)
    try:
        if file.exists() and not file.is_file():  # a FIFO would never end
            raise ConfigError(f"{shown}: it is not a file")
        text = file.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        reason = f"it is not valid UTF-8 (byte 0x{error.object[error.start]:02x} at offset {error.start})"
        raise ConfigError(f"{shown}: {reason}; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{shown}: it is not valid TOML: {error}") from error
    except FileNotFoundError as error:
        raise ConfigError(f"{shown}: there is no such file") from error
    except OSError as error:
        raise ConfigError(f"{shown}: it cannot be read: {error.strerror}") from error
    if file.name != SHARED_FILE:
        return document
    tool = document.get("tool", {})
    if not isinstance(tool, dict) or "threshlint" not in tool:
        return None
    table = tool["threshlint"]
    if not isinstance(table, dict):
        raise ConfigError(f"{shown}: [tool.threshlint] must be a table, not {toml_kind(table)}")
    return table


def _build(file: Path, table: dict[str, object], start: Path) -> Config:
    shown = _shown(file, start)
    place = "[tool.threshlint]" if file.name == SHARED_FILE else "the file"
    keys = {key.name: key for key in KEYS}
    values: dict[str, Any] = {}
    for name, value in table.items():
        key = keys.get(name)
        if key is None:
            raise ConfigError(f'{shown}: {place} has no key "{name}"; {_advice(file, name, keys)}')
        try:
            values[key.attribute] = key.read(value)
        except WrongValueError as error:
            example = f"; for example: {key.example}" if key.example else ""
            raise ConfigError(f'{shown}: "{name}" of {place} {error}{example}') from error
    return Config(root=file.parent, source=file, **values)


def _advice(file: Path, name: str, keys: Mapping[str, Key]) -> str:
    if name == "tool" and file.name != SHARED_FILE:
        return f"its keys stand at the top, without [tool.threshlint], in every file but a {SHARED_FILE}"
    near = difflib.get_close_matches(name.lower().replace("_", "-"), keys, n=1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(keys)}"


def _shown(file: Path, start: Path) -> str:
    """Give a path as the user would type it."""
    return str(file.relative_to(start)) if file.is_relative_to(start) else str(file)
