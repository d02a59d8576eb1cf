"""Options that every command that scans has, and what they make of the configuration."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from threshlint.site import Kind

if TYPE_CHECKING:
    from threshlint.config import Config

_Command = TypeVar("_Command", bound=Callable[..., Any])

evidence_option = click.option(
    "--min-evidence",
    type=click.Choice(["flow", "call", "name"]),
    help="Sites that name no model are findings only with this evidence or a stronger one: a score reaches them "
    "(flow), or a known API takes them (call), or their name says so (name).",
)
kind_option = click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="Only sites of this kind; may be given several times.",
)
_OPTIONS = (
    click.option(
        "--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches as well, as a .gitignore writes it."
    ),
    click.option("--no-gitignore", is_flag=True, help="Look at what .gitignore files leave out, too."),
    click.option("--no-cache", is_flag=True, help="Neither look at what earlier runs have kept nor keep anything."),
    click.option(
        "--cache-dir", type=click.Path(path_type=Path), help="The folder of the cache, in place of the configured one."
    ),
    click.option("--config", type=click.Path(path_type=Path), help="A configuration file, in place of the nearest."),
    click.option("--isolated", is_flag=True, help="Look at no configuration file."),
)


def scan_options(command: _Command) -> _Command:
    """Give a command the options that say what is looked at."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def overridden(
    config: Config,
    *,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    min_evidence: str | None = None,
    exclude: tuple[str, ...],
    gitignore: bool,
    cache_dir: Path | None,
) -> Config:
    """Let the command line have its say over the configuration."""
    from threshlint.patterns import PatternError, parse_pattern
    from threshlint.site import Evidence

    for pattern in exclude:
        try:
            parse_pattern(pattern)
        except PatternError as error:
            raise click.BadParameter(f"{error}.", param_hint="'--exclude'") from error
    return replace(
        config,
        select=select or config.select,
        ignore=ignore if select else (*config.ignore, *ignore),
        min_evidence=Evidence(min_evidence) if min_evidence else config.min_evidence,
        extend_exclude=(*config.extend_exclude, *exclude),
        respect_gitignore=config.respect_gitignore and gitignore,
        cache_dir=os.path.abspath(cache_dir) if cache_dir else config.cache_dir,
    )
