"""Every rule, found by its file being there."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from inspect import isabstract

from threshlint.rules.base import Rule

_PACKAGE = "threshlint.rules"
_PREFIX = "thr"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return one of each rule, by code."""
    modules = [
        import_module(f"{_PACKAGE}.{module.name}")
        for module in pkgutil.iter_modules(import_module(_PACKAGE).__path__)
        if module.name.startswith(_PREFIX)
    ]
    rules = [
        thing()
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Rule)
        and thing.__module__ == module.__name__
        and not isabstract(thing)
    ]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def find_rule(code_or_name: str) -> Rule | None:
    """Return the rule with this code, in either case, or this name."""
    wanted = code_or_name.strip()
    return next((rule for rule in all_rules() if wanted.upper() == rule.code or wanted.lower() == rule.name), None)


def all_codes() -> tuple[str, ...]:
    """Return every code."""
    return tuple(rule.code for rule in all_rules())
