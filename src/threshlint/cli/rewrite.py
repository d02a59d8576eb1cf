"""``threshlint rewrite``: new values for the thresholds of an old model, shown or written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threshlint.cli._answers import Answers, answer_options
from threshlint.cli._editing import (
    Plan,
    by_path,
    has_failed,
    obstacles,
    place,
    require_in_use,
    write_files,
)
from threshlint.cli._editing import diff as difference
from threshlint.cli._failure import Failure
from threshlint.cli._scanning import scan_for_command
from threshlint.cli._settings import kind_option, overridden, scan_options
from threshlint.cli._writing import check_writable, page_for, write
from threshlint.output import proposals_format, proposals_formats
from threshlint.output.page import Page
from threshlint.output.text import count

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap
    from threshlint.config import Config
    from threshlint.proposal import Choice, Proposal
    from threshlint.site import Inventory, Site


@click.command(
    short_help="Propose or write new values for the thresholds of an old model.",
    epilog="""\b
Examples:
  threshlint rewrite --map a-to-b.map                     what every threshold would become, and why
  threshlint rewrite --map a-to-b.map --diff              the same as a diff
  threshlint rewrite --map a-to-b.map --write shop        write what the map vouches for
  threshlint rewrite --map a-to-b.map --write --accept shop/search.py:20=60
\b
Exit codes:
  0  every proposal is vouched for by the map, or accepted
  1  some are refused or cannot be written, and are named with the reason
  2  something could not be analysed or written, or threshlint, its configuration or the map failed
""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--map",
    "map_file",
    required=True,
    metavar="MAP",
    type=click.Path(path_type=Path),
    help="The calibration map from the old model to the new one, as `threshlint calibrate` makes it.",
)
@kind_option
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="SITE=VALUE",
    help="Give a site this value, whatever the map says: its fingerprint, or path:line (path:line:column where there "
    "are several). May be given several times.",
)
@click.option("--diff", is_flag=True, help="Print what would change in the code, and change nothing.")
@click.option("--write", "writes", is_flag=True, help="Change the code: values that are vouched for or accepted.")
@click.option("--output-format", type=click.Choice(proposals_formats()), help="How to show the proposals (table).")
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write to a file, which is replaced as a whole.",
)
@answer_options
@scan_options
def command(
    paths: tuple[Path, ...],
    map_file: Path,
    kinds: tuple[str, ...],
    accepted: tuple[str, ...],
    diff: bool,
    writes: bool,
    output_format: str | None,
    output_file: Path | None,
    target: str | None,
    limits: tuple[str, ...],
    exclude: tuple[str, ...],
    no_gitignore: bool,
    no_cache: bool,
    cache_dir: Path | None,
    config: Path | None,
    isolated: bool,
) -> None:
    """Propose a new value for each site that is annotated with the old model of a calibration map.

    A proposal that the map does not vouch for is refused: it is shown with the reason, and never written unless
    `--accept` gives the value. PATHS are files and folders; without any, the working directory.
    """
    if diff and (writes or output_format):
        raise click.UsageError("--diff stands alone: leave out --write and --output-format.")
    file = None if output_file == Path("-") else output_file
    check_writable(file)
    choices = _choices(accepted)
    made = _load(map_file)
    answers = Answers.read(made, target, limits)

    from threshlint.config import load

    settings = overridden(
        load(Path.cwd(), config, isolated), exclude=exclude, gitignore=not no_gitignore, cache_dir=cache_dir
    )
    if diff or writes:
        require_in_use(made.new.model, settings, "--map")
    inventory = scan_for_command(paths or (Path(),), settings, no_cache=no_cache)
    proposals, plan = _propose(inventory, made, settings, kinds, choices, answers)
    if writes:
        write_files(plan, inventory, page_for(file))
    page = page_for(file)
    if diff:
        write(difference(plan, inventory, page), file)
    else:
        write(proposals_format(output_format or "table")(proposals, made, inventory, page), file)
    lines = _remarks(inventory, made, settings, proposals)
    if diff or writes:
        lines += _outcome(proposals, plan, inventory, page, diff=diff)
    click.echo("".join(f"{line}\n" for line in lines), err=True, nl=False)
    raise click.exceptions.Exit(_exit_code(proposals, plan, inventory))


def _choices(accepted: Sequence[str]) -> list[Choice]:
    from threshlint.proposal import AcceptError, parse_choice

    try:
        return [parse_choice(text) for text in accepted]
    except AcceptError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--accept'") from error


def _load(map_file: Path) -> CalibrationMap:
    from threshlint.calibration.errors import CalibrationError
    from threshlint.calibration.map_file import load

    try:
        return load(map_file)
    except CalibrationError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"cannot read {map_file}: {error.strerror}") from error


def _propose(
    inventory: Inventory,
    made: CalibrationMap,
    settings: Config,
    kinds: Sequence[str],
    choices: Sequence[Choice],
    answers: Answers,
) -> tuple[list[Proposal], Plan]:
    """Make the proposals, and the plan of what becomes of the files by them."""
    from threshlint.proposal import AcceptError, accept, candidates, propose_each

    new = settings.canonical(made.new.model)
    sites = [site for site in candidates(inventory, made.old.model, new, settings) if not kinds or site.kind in kinds]
    found = propose_each(sites, made, settings, limits=answers.limits, target=answers.target)
    if sites and sys.stderr.isatty():
        with click.progressbar(found, len(sites), "Recalibrating", file=sys.stderr) as bar:
            proposals = list(bar)
    else:
        proposals = list(found)
    try:
        proposals = accept(proposals, choices, inventory, new, Path.cwd())
    except AcceptError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--accept'") from error
    plan = Plan()
    left: list[Proposal] = []
    of_file = by_path(inventory.sites)
    for path in dict.fromkeys(proposal.site.path for proposal in proposals):
        here = [proposal for proposal in proposals if proposal.site.path == path]
        left += _plan_file(plan, path, here, of_file[path], inventory, made, settings)
    return left, plan


def _plan_file(
    plan: Plan,
    path: str,
    proposals: Sequence[Proposal],
    sites: Sequence[Site],
    inventory: Inventory,
    made: CalibrationMap,
    settings: Config,
) -> list[Proposal]:
    """Plan one file; return its proposals, with what is in the way of each."""
    from threshlint.rewrite import RewriteError, line_length_of, read_original
    from threshlint.rewrite.proposals import carry_out

    try:
        original = read_original(Path(inventory.root, path))
        length = line_length_of(original.path)
        done = carry_out(original.text, proposals, sites, length, made.new.model, settings.canonical)
        original.encode(done.text)
    except RewriteError as error:
        plan.failed[path] = str(error)
        return [replace(each, obstacle=str(error)) for each in proposals]
    plan.written += done.written
    if done.text != original.text:
        plan.texts[path] = original, done.text
    return list(done.proposals)


def _remarks(inventory: Inventory, made: CalibrationMap, settings: Config, proposals: Sequence[Proposal]) -> list[str]:
    """Say what a reader may miss: sites of a truncated space, or of other models only."""
    old = settings.canonical(made.old.model)
    models = sorted({model for site in inventory.sites for model in site.models})
    lines = [
        f"{count(sum(model in site.models for site in inventory.sites), 'site')} of {model}: another space than {old}, "
        "which needs a map of its own"
        for model in models
        if model.startswith(f"{old}@")
    ]
    if not proposals and old not in models:
        others = f"; there are sites of {', '.join(models)}" if models else ""
        lines.append(f"No site is annotated with {old}{others}.")
    return lines


def _outcome(proposals: Sequence[Proposal], plan: Plan, inventory: Inventory, page: Page, *, diff: bool) -> list[str]:
    """Say what was written, and with a diff, which does not, what was not and why."""
    left = [proposal for proposal in proposals if not proposal.is_ok or proposal.obstacle]
    lines = obstacles(plan, inventory, page, "rewritten") if diff else []
    for proposal in left if diff else ():
        site = proposal.site
        why = proposal.obstacle or f"{proposal.verdict}: {proposal.reason}"
        lines.append(f"{place(site, inventory, page)}: {site.kind} {site.value} is left: {why}")
    verb = "Would rewrite" if diff else "Rewrote"
    total = f"{verb} {count(len(plan.written), 'site')} in {count(len(plan.texts), 'file')}"
    return [*lines, f"{total}; {len(left)} left." if left else f"{total}."]


def _exit_code(proposals: Sequence[Proposal], plan: Plan, inventory: Inventory) -> int:
    if has_failed(plan, inventory):
        return 2
    return int(any(not proposal.is_ok or proposal.obstacle for proposal in proposals))
