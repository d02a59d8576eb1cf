"""``threshlint check``: the gate, and with ``--report`` the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threshlint.cli._codes import complete_codes, parse_codes
from threshlint.cli._scanning import scan_for_command
from threshlint.cli._settings import evidence_option, overridden, scan_options
from threshlint.cli._writing import check_writable, is_terminal, page_for, write
from threshlint.output import findings_format, findings_formats, inventory_format, inventory_formats

if TYPE_CHECKING:
    from threshlint.site import Finding, Inventory


@click.command(
    short_help="Find thresholds that name no model, or list them all.",
    epilog="""\b
Examples:
  threshlint check src                       the gate
  threshlint check --output-format github    annotations in a workflow
  threshlint check --select THR204           retired models only
  threshlint check --report                  every threshold there is
  threshlint check --report --output-format json -o thresholds.json
\b
Exit codes:
  0  nothing found
  1  findings
  2  something could not be analysed, or threshlint or its configuration failed
""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--report", is_flag=True, help="List every site, annotated or not, in place of findings.")
@click.option(
    "--output-format",
    type=click.Choice(sorted({*findings_formats(), *inventory_formats()})),
    help=f"Findings: {', '.join(findings_formats())} (full in a terminal, else concise). "
    f"With --report: {', '.join(inventory_formats())} (table).",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write to a file, which is replaced as a whole.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    callback=parse_codes,
    shell_complete=complete_codes,
    help="Only these rules, whatever the configuration selects and ignores: codes, or starts of codes, with commas.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODES",
    callback=parse_codes,
    shell_complete=complete_codes,
    help="Not these rules, in addition to those that are configured.",
)
@evidence_option
@scan_options
@click.option("--statistics", is_flag=True, help="Count the findings of each rule as well.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 in spite of findings.")
def command(
    paths: tuple[Path, ...],
    report: bool,
    output_format: str | None,
    output_file: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_evidence: str | None,
    exclude: tuple[str, ...],
    no_gitignore: bool,
    no_cache: bool,
    cache_dir: Path | None,
    config: Path | None,
    isolated: bool,
    statistics: bool,
    exit_zero: bool,
) -> None:
    """Find the sites that name no model, and annotations that no longer hold.

    A site is a number whose right value depends on the embedding model. PATHS are files and folders; without any, the
    working directory. Files that are not among them are read for what they tell of those that are.
    """
    file = None if output_file == Path("-") else output_file
    format_name = _format_name(output_format, file, report=report)
    if report and (select or ignore or min_evidence or statistics):
        raise click.UsageError(
            "--select, --ignore, --min-evidence and --statistics are about findings; "
            "--report lists every site, with totals."
        )
    check_writable(file)

    from threshlint.config import load
    from threshlint.rules import all_codes, check
    from threshlint.rules.selection import require_known_codes

    settings = overridden(
        load(Path.cwd(), config, isolated),
        select=select,
        ignore=ignore,
        min_evidence=min_evidence,
        exclude=exclude,
        gitignore=not no_gitignore,
        cache_dir=cache_dir,
    )
    require_known_codes(settings, all_codes())
    inventory = scan_for_command(paths or (Path(),), settings, no_cache=no_cache)
    page = page_for(file, statistics=statistics)
    findings: Sequence[Finding] = ()
    if report:
        text = inventory_format(format_name)(inventory, page)
    else:
        findings = check(inventory, settings)
        text = findings_format(format_name)(findings, inventory, page)
    write(text, file)
    raise click.exceptions.Exit(_exit_code(() if exit_zero else findings, inventory))


def _format_name(chosen: str | None, file: Path | None, *, report: bool) -> str:
    """Pick a format, and refuse one that is for the other kind of output."""
    if chosen is None:
        return "table" if report else "full" if is_terminal(file) else "concise"
    fitting = inventory_formats() if report else findings_formats()
    if chosen not in fitting:
        subject, advice = ("--report", "leave --report out") if report else ("findings", "add --report")
        raise click.BadParameter(
            f"the formats of {subject} are {', '.join(fitting)}; for {chosen!r}, {advice}.",
            param_hint="'--output-format'",
        )
    return chosen


def _exit_code(findings: Sequence[Finding], inventory: Inventory) -> int:
    """Judge a run: what could not be analysed weighs more than what was found."""
    if any(not file.context for file in inventory.skipped):
        return 2
    return 1 if findings else 0
