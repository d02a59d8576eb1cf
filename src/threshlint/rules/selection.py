"""Which rules ``select``, ``ignore`` and ``per-file-ignores`` leave on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from threshlint.config import Config, ConfigError
from threshlint.rules.base import Rule

ALL = "ALL"


def require_known_codes(config: Config, codes: Sequence[str]) -> None:
    """Refuse a selector that selects nothing.

    Raises:
        ConfigError: ``select``, ``ignore`` or ``per-file-ignores`` names a code that no rule has, or begins with.
    """
    for setting, selectors in _settings(config):
        for selector in selectors:
            if selector != ALL and not (selector and any(code.startswith(selector) for code in codes)):
                raise ConfigError(
                    f"{setting}: `{selector}` is no rule, nor the start of one; {nearest(selector, codes)}"
                )


def is_enabled(rule: Rule, config: Config) -> bool:
    """Tell whether a rule is on: of the selectors that fit it the longest decides, ``ignore`` among equals.

    A rule to opt in needs its whole code, ``ALL``, or a setting of its own.
    """
    selected = _longest_fit(rule.code, config.select)
    if rule.opt_in and rule.code not in config.select and ALL not in config.select:
        selected = len(rule.code) if rule.is_asked_for(config) else -1
    return selected > _longest_fit(rule.code, config.ignore)


def is_ignored_in(path: str, code: str, config: Config) -> bool:
    """Tell whether ``per-file-ignores`` lets a rule pass in a file."""
    return _longest_fit(code, config.ignored_codes(path)) >= 0


def nearest(code: str, codes: Sequence[str]) -> str:
    """Name the code that was probably meant, or say where all are listed."""
    near = get_close_matches(code.upper(), codes, n=1)
    return f"did you mean `{near[0]}`?" if near else "`threshlint rule` lists them"


def _longest_fit(code: str, selectors: Sequence[str]) -> int:
    """Return the length of the longest selector that fits, -1 if none does."""
    return max(
        (0 if each == ALL else len(each) for each in selectors if each == ALL or code.startswith(each)), default=-1
    )


def _settings(config: Config) -> Iterator[tuple[str, Sequence[str]]]:
    yield "select", config.select
    yield "ignore", config.ignore
    for pattern, codes in config.per_file_ignores.items():
        yield f'per-file-ignores of "{pattern}"', codes
