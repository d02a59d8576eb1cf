"""What a function can be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from threshlint.scan.facts import NOTHING, Function


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's parameters."""

    plain: tuple[tuple[str, int], ...]  # what positional arguments are bound to
    by_name: Mapping[str, int]  # what keyword arguments are bound to
    rest: int  # ``*args``
    extra: int  # ``**kwargs``


def signature(function: Function) -> Signature:
    """Return a function's signature."""
    by_style: dict[str, list[tuple[str, int]]] = {}
    for parameter in function.parameters:
        by_style.setdefault(parameter.style, []).append((parameter.name, parameter.node))
    plain = by_style.get("normal", [])
    return Signature(
        tuple(plain),
        {parameter.name: parameter.node for parameter in function.parameters if parameter.style in _NAMED},
        by_style.get("sequence", _NONE)[0][1],
        by_style.get("mapping", _NONE)[0][1],
    )


_NAMED = ("normal", "keyword")
_NONE = [("", NOTHING)]
