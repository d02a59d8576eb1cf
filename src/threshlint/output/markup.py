"""What the Markdown formats are made of: text from code that stays text, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from threshlint.output.text import printable

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$])")
_BACKTICKS = re.compile(r"`+")


def section(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Render a heading and its table; nothing without rows."""
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows)]
    return "\n".join((f"## {title}", "", *lines)) if len(lines) > 2 else ""


def code(text: str) -> str:
    """Write a code span, which nothing inside it can end; a pipe ends a table's cell even there.

    Owners stand in one too: ``@team`` would call the team to whatever page the text is put on.
    """
    if not text:
        return ""
    text = printable(text).replace("|", "\\|")
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def escape(text: str) -> str:
    """Write text that stays text."""
    return _SPECIAL.sub(r"\\\1", printable(text))
