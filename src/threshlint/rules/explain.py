"""A rule's explanation: for ``threshlint rule``, and for the page of the docs that lists them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from threshlint.rules.base import Example, Rule

_PAGE_HEAD = """\
# Rules

Generated from the rules themselves by `python -m threshlint.rules > docs/rules.md`; every example is a test.

How to suppress one finding, and how to annotate, is in [annotations.md](annotations.md).
"""


def explain(rule: Rule) -> str:
    """Return the explanation in Markdown."""
    return "\n\n".join(_sections(rule, level=1)) + "\n"


def explain_as_data(rule: Rule) -> dict[str, Any]:
    """Return the explanation as what JSON can say."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "what_it_does": rule.what_it_does,
        "why_is_this_bad": rule.why_is_this_bad,
        "invalid": [example.source for example in rule.invalid],
        "valid": [example.source for example in rule.valid],
        "options": list(rule.options),
        "opt_in": rule.opt_in,
    }


def render_page(rules: tuple[Rule, ...]) -> str:
    """Return the page that explains every rule."""
    table = ["| code | name | |", "| --- | --- | --- |"]
    table += [f"| [{rule.code}](#{_anchor(rule)}) | `{rule.name}` | {rule.summary} |" for rule in rules]
    return "\n".join([_PAGE_HEAD, *table, ""]) + "".join(
        "\n" + "\n\n".join(_sections(rule, level=2)) + "\n" for rule in rules
    )


def _anchor(rule: Rule) -> str:
    return f"{rule.name}-{rule.code}".lower()


def _sections(rule: Rule, level: int) -> Iterator[str]:
    heading, inner = "#" * level, "#" * (level + 1)
    yield f"{heading} {rule.name} ({rule.code})"
    yield rule.summary + (". Off by default." if rule.opt_in else ".")
    yield f"{inner} What it does"
    yield rule.what_it_does
    yield f"{inner} Why is this bad?"
    yield rule.why_is_this_bad
    yield f"{inner} Example"
    yield _code(rule.invalid[0])
    yield "Use instead:"
    yield _code(rule.valid[0])
    if rule.options:
        yield f"{inner} Options"
        yield "\n".join(f"- `{option}`" for option in rule.options)


def _code(example: Example) -> str:
    return f"```python\n{example.source}```"
