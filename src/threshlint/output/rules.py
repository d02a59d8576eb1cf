"""The rules themselves: a list, an explanation, and both for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from threshlint.output.data import document
from threshlint.output.page import Page
from threshlint.output.text import column_widths, pad
from threshlint.rules import Rule
from threshlint.rules.explain import explain, explain_as_data

_WIDEST = 100  # that prose reads well
_FENCE = "```"


def list_rules(rules: Sequence[Rule], page: Page) -> str:
    """Render a line a rule."""
    rows = [(rule.code, rule.name, rule.summary + (" (off by default)" if rule.opt_in else "")) for rule in rules]
    widths = column_widths(rows)
    lines = [f"{page.bold(pad(code, widths[0]))}  {pad(name, widths[1])}  {summary}" for code, name, summary in rows]
    return "".join(f"{line}\n" for line in lines) + "\nExplain a rule: threshlint rule CODE\n"


def explain_rule(rule: Rule, page: Page) -> str:
    """Render an explanation, its prose wrapped for a terminal."""
    return "".join(f"{line}\n" for line in _wrapped(explain(rule), page))


def describe_rules(rules: Sequence[Rule]) -> str:
    """Render rules as one JSON document."""
    return document({"rules": [explain_as_data(rule) for rule in rules]})


def _wrapped(markdown: str, page: Page) -> Iterator[str]:
    in_code = False
    for line in markdown.splitlines():
        if line.startswith(_FENCE):
            in_code = not in_code
        if line.startswith("#") and not in_code:
            yield page.bold(line)
        elif in_code or not line or page.width is None:
            yield line
        else:
            yield from wrap(line, min(page.width, _WIDEST), break_long_words=False, break_on_hyphens=False)
