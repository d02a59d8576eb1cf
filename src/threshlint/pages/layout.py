"""Templates: what a page says -> HTML, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from threshlint import __version__

_CODE = re.compile(r"`([^`]+)`")


def lay_out(template: str, filters: Mapping[str, Callable[[Any], str]], **content: object) -> str:
    """Fill a template of this package.

    Args:
        template: Its file, in ``templates/``.
        filters: What it writes values with, besides ``sentence``.
        **content: What it speaks of.

    """
    environment = Environment(
        loader=PackageLoader("threshlint.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters, sentence=sentence)
    return environment.get_template(template).render(version=__version__, **content)


def sentence(text: str) -> Markup:
    """Write a message as a sentence, its first letter large, a full stop at its end; backticks become code."""
    text = text[:1].upper() + text[1:]
    text = text if text.endswith((".", "!", "?", ":")) else f"{text}."
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))
