"""A site's literal with a new value, written as the old one was."""

from __future__ import annotations

import re

from threshlint.rewrite.code import Code
from threshlint.rewrite.edits import Edit
from threshlint.rewrite.errors import RewriteError
from threshlint.site import Kind, Site

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+(?:_\d+)*")
_QUOTED = re.compile(r"(?P<opening>[a-zA-Z]*(?:\"\"\"|'''|[\"']))(?P<number>.*?)[\"']+", re.DOTALL)


def value_edit(code: Code, site: Site, value: str) -> Edit:
    """Return the edit that gives a site's literal a new value.

    Args:
        code: The code of the site's file.
        site: The site, whose number may stand in code or in a string.
        value: The number, as Python writes it.

    Raises:
        RewriteError: The value is no number, or cannot stand where the old one does.

    """
    start, end = code.place(site)
    require_number(site, value)
    quoted = _QUOTED.fullmatch(code.text, start, end)
    if quoted:
        start, end = quoted.span("number")
    elif "".join(code.text[start:end].split()) != site.value:
        raise RewriteError(
            f"line {site.line}: {site.value} is written across brackets or comments; change it by hand", sites=[site]
        )
    in_text = quoted is not None or _is_in_text(code, start)
    before = code.text[start - 1 : start]
    if in_text and "_" in value:
        raise RewriteError(
            f"line {site.line}: {value} stands in a string, where a number has no underscores", sites=[site]
        )
    if in_text and not quoted and value[0] in "+-" and before in ("+", "-"):
        raise RewriteError(
            f"line {site.line}: {value} would stand behind another sign; change it by hand", sites=[site]
        )
    runs_together = before.isidentifier() and not in_text and value[0] not in "+-"  # `return-0.5`
    return Edit(start, end, " " + value if runs_together else value)


def require_number(site: Site, value: str) -> None:
    """Refuse what is no value for a site.

    Raises:
        RewriteError: The value is no number, or a top-K that is not whole.

    """
    if not _NUMBER.fullmatch(value):
        raise RewriteError(f"line {site.line}: {value!r} is no number", sites=[site])
    if site.kind is Kind.TOP_K and _WHOLE.fullmatch(site.value.strip("\"'")) and not _WHOLE.fullmatch(value):
        raise RewriteError(f"line {site.line}: {value} is not whole, and {site.value} counts results", sites=[site])


def _is_in_text(code: Code, offset: int) -> bool:
    return any(piece.body_start <= offset < piece.body_end for piece in code.logicals.strings)
