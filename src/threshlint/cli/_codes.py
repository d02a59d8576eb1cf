"""Codes of rules on the command line, checked and completed."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def parse_codes(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Split codes, or starts of codes, at commas, and refuse what fits no rule."""
    from threshlint.rules import all_codes
    from threshlint.rules.selection import ALL, nearest

    codes = tuple(code.strip().upper() for value in values for code in value.split(","))
    for code in codes:
        if code != ALL and not (code and any(known.startswith(code) for known in all_codes())):
            raise click.BadParameter(f"`{code}` is no rule, nor the start of one; {nearest(code, all_codes())}")
    return codes


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the codes of all rules for what follows the last comma."""
    from threshlint.rules import all_rules

    before, comma, last = incomplete.rpartition(",")
    fitting = (rule for rule in all_rules() if rule.code.startswith(last.upper()))
    return [CompletionItem(before + comma + rule.code, help=rule.summary) for rule in fitting]
