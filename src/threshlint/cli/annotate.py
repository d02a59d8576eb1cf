"""``threshlint annotate``: missing annotations, written into the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threshlint.cli._editing import Plan, by_path, has_failed, obstacles, place, require_in_use, write_files
from threshlint.cli._editing import diff as difference
from threshlint.cli._scanning import scan_for_command
from threshlint.cli._settings import evidence_option, kind_option, overridden, scan_options
from threshlint.cli._writing import page_for, write
from threshlint.output.page import Page
from threshlint.output.text import count

if TYPE_CHECKING:
    from threshlint.annotation import Annotation
    from threshlint.config import Config
    from threshlint.site import Inventory, Site


@click.command(
    short_help="Write the missing annotations into the code.",
    epilog="""\b
Examples:
  threshlint annotate --model text-embedding-3-small --diff     look first
  threshlint annotate --model text-embedding-3-small src        write
  threshlint annotate --model bge-small-en-v1.5 --kind top-k --owner search-team shop/search
  threshlint annotate --model '*' --reason "the caller's choice" lib/defaults.py
\b
Exit codes:
  0  every site that the check would complain about is annotated
  1  some are left, and named with the reason
  2  something could not be analysed or written, or threshlint or its configuration failed
""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--model",
    "models",
    required=True,
    metavar="MODELS",
    help="The model that the values were calibrated for; several with commas; * for none in particular.",
)
@kind_option
@click.option("--owner", help="Who answers for the values.")
@click.option("--reason", help="Why they are what they are; --model '*' needs one.")
@click.option("--diff", is_flag=True, help="Print what would change, and change nothing.")
@evidence_option
@scan_options
def command(
    paths: tuple[Path, ...],
    models: str,
    kinds: tuple[str, ...],
    owner: str | None,
    reason: str | None,
    diff: bool,
    min_evidence: str | None,
    exclude: tuple[str, ...],
    no_gitignore: bool,
    no_cache: bool,
    cache_dir: Path | None,
    config: Path | None,
    isolated: bool,
) -> None:
    """Write `threshold@MODELS` as a comment at each site that `threshlint check` finds without a model.

    Nothing but comments changes. PATHS are files and folders; without any, the working directory.
    """
    annotation = _annotation(models, owner, reason)

    from threshlint.config import load

    settings = overridden(
        load(Path.cwd(), config, isolated),
        min_evidence=min_evidence,
        exclude=exclude,
        gitignore=not no_gitignore,
        cache_dir=cache_dir,
    )
    for model in annotation.named_models:
        require_in_use(model, settings, "--model")
    inventory = scan_for_command(paths or (Path(),), settings, no_cache=no_cache)
    plan = _plan(inventory, _wanted(inventory, settings, kinds), annotation)
    page = page_for(None)
    if diff:
        write(difference(plan, inventory, page), None)
    else:
        write_files(plan, inventory, page)
    click.echo(_summary(plan, inventory, page, diff=diff), err=True, nl=False)
    raise click.exceptions.Exit(_exit_code(plan, inventory))


def _annotation(models: str, owner: str | None, reason: str | None) -> Annotation:
    """Make the annotation that the options speak of, or say which of them the grammar cannot."""
    from threshlint.annotation import (
        ANNOTATION_PREFIX,
        ANY_MODEL,
        Annotation,
        Malformed,
        format_annotation,
        parse_annotation,
    )

    for option, value in (("--owner", owner), ("--reason", reason)):
        if value is not None and ('"' in value or not value.strip() or len(value.splitlines()) > 1):
            raise click.BadParameter("must be some text on one line, without double quotes.", param_hint=f"'{option}'")
    if models == ANY_MODEL and reason is None:
        raise click.UsageError(
            f"--model '{ANY_MODEL}' needs a --reason: why is the value right for no model in particular?"
        )
    parsed = parse_annotation(f'{ANNOTATION_PREFIX}{models} reason="x"')
    if isinstance(parsed, Malformed) or ",".join(parsed.models) != models:
        problem = parsed.problem if isinstance(parsed, Malformed) else "a model's name has no space"
        raise click.BadParameter(f"{problem}.", param_hint="'--model'")
    if parsed.by_key:
        raise click.BadParameter(
            "`threshold@key` is for tables: write it beside the table by hand.", param_hint="'--model'"
        )
    annotation = Annotation(parsed.models, owner=owner, reason=reason)
    format_annotation(annotation)
    return annotation


def _wanted(inventory: Inventory, settings: Config, kinds: Sequence[str]) -> dict[str, list[Site]]:
    """Return the sites that the check complains about for want of a model, by path."""
    from threshlint.rules import check, find_rule
    from threshlint.rules.unversioned import UnversionedSite

    findings = (
        finding for finding in check(inventory, settings) if isinstance(find_rule(finding.code), UnversionedSite)
    )
    sites = (finding.site for finding in findings if finding.site is not None)
    return by_path(site for site in sites if not kinds or site.kind in kinds)


def _plan(inventory: Inventory, wanted: Mapping[str, Sequence[Site]], annotation: Annotation) -> Plan:
    from threshlint.rewrite import RewriteError, annotate, line_length_of, read_original

    sites = by_path(inventory.sites)
    plan = Plan()
    for path, of_file in wanted.items():
        try:
            original = read_original(Path(inventory.root, path))
            done = annotate(original.text, of_file, annotation, sites[path], line_length_of(original.path))
            original.encode(done.text)
        except RewriteError as error:
            plan.failed[path] = str(error)
            continue
        plan.written += done.written
        plan.left += done.left
        if done.written:
            plan.texts[path] = original, done.text
    return plan


def _summary(plan: Plan, inventory: Inventory, page: Page, *, diff: bool) -> str:
    """Say what was written, and what was not and why."""
    lines = obstacles(plan, inventory, page, "annotated")
    lines += [
        f"{place(site, inventory, page)}: {site.kind} {site.value} is left: {reason}" for site, reason in plan.left
    ]
    verb = "Would annotate" if diff else "Annotated"
    total = f"{verb} {count(len(plan.written), 'site')} in {count(len(plan.texts), 'file')}"
    lines.append(f"{total}; {len(plan.left)} left." if plan.left else f"{total}.")
    return "".join(f"{line}\n" for line in lines)


def _exit_code(plan: Plan, inventory: Inventory) -> int:
    return 2 if has_failed(plan, inventory) else 1 if plan.left else 0
