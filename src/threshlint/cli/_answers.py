"""Options that bear on what a calibration map answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from threshlint.calibration.labelled import Target
    from threshlint.calibration.map import CalibrationMap
    from threshlint.calibration.recalibration import Limits

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--target",
        metavar="TARGET",
        help="What to keep where the map has labels: precision or recall, or how much of it, such as precision=0.9.",
    ),
    click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="LIMIT=VALUE",
        help="When a value is not vouched for: kappa=0.6, volume=0.25 and same_hit=0.5 unless you say otherwise.",
    ),
)


def answer_options(command: _Command) -> _Command:
    """Give a command the options that say what a map is asked for."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Answers:
    """What a map is asked for."""

    limits: Limits
    target: Target | None = None

    @classmethod
    def read(cls, made: CalibrationMap, target: str | None, limits: Sequence[str]) -> Answers:
        """Read what was given on the command line."""
        return cls(_limits(limits), _target(made, target) if target is not None else None)


def _limits(texts: Sequence[str]) -> Limits:
    from threshlint.calibration.recalibration import Limits

    known = [each.name for each in fields(Limits)]
    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in known or not _is_positive(value):
            raise click.BadParameter(
                f"{text!r} is none of {', '.join(known)} with a value above 0.", param_hint="'--limit'"
            )
        values[name] = float(value)
    return Limits(**values)


def _target(made: CalibrationMap, text: str) -> Target:
    from threshlint.calibration.labelled import Measure, Target

    measure, equals, value = text.partition("=")
    if measure not in list(Measure) or (equals and not (_is_positive(value) and float(value) <= 1)):
        raise click.BadParameter(
            f"{text!r} is neither precision nor recall, nor one of them with a share such as precision=0.9.",
            param_hint="'--target'",
        )
    if made.labels is None:
        raise click.BadParameter("the map has no labels: calibrate with --labels first.", param_hint="'--target'")
    return Target(Measure(measure), float(value) if equals else None)


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False
