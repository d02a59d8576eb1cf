"""``threshlint rule``: what a rule is about."""

from __future__ import annotations

import click

from threshlint.cli._codes import complete_codes
from threshlint.cli._writing import page_for, write


@click.command(
    short_help="Explain a rule, or list them all.",
    epilog="""\b
Examples:
  threshlint rule                              all rules
  threshlint rule THR101                       one of them
  threshlint rule --output-format json         for programs
""",
)
@click.argument("code", required=False, shell_complete=complete_codes)
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(code: str | None, output_format: str) -> None:
    """Explain a rule, by its CODE or its name; without one, list them all."""
    from threshlint.output.rules import describe_rules, explain_rule, list_rules
    from threshlint.rules import all_codes, all_rules, find_rule
    from threshlint.rules.selection import nearest

    rules = all_rules()
    if code is not None:
        rule = find_rule(code)
        if rule is None:
            raise click.BadParameter(f"`{code}` is no rule; {nearest(code, all_codes())}", param_hint="'CODE'")
        rules = (rule,)
    page = page_for(None)
    if output_format == "json":
        text = describe_rules(rules)
    else:
        text = list_rules(rules, page) if code is None else explain_rule(rules[0], page)
    write(text, None)
