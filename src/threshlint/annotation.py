"""The ``threshold@model`` grammar and ``threshlint: ignore[…]``: parse, format, find in a comment.

Nothing here knows where a remark stands or what it covers; that is the scan's to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import NoReturn, TypeVar

ANNOTATION_PREFIX = "threshold@"
SUPPRESSION_PREFIX = "threshlint:"
ANY_MODEL = "*"  # right for no model in particular
KEY_MODELS = "key"  # the keys of the table are the models
KEYS = ("owner", "unit", "population", "reason")


@dataclass(frozen=True)
class Annotation:
    """A well-formed ``threshold@model``."""

    models: tuple[str, ...]
    owner: str | None = None
    unit: str | None = None
    population: str | None = None
    reason: str | None = None

    @property
    def any_model(self) -> bool:
        """Whether it is ``threshold@*``: the value is right for no model in particular."""
        return self.models == (ANY_MODEL,)

    @property
    def by_key(self) -> bool:
        """Whether it is ``threshold@key``: the keys of the table are its models."""
        return self.models == (KEY_MODELS,)

    @property
    def named_models(self) -> tuple[str, ...]:
        """The models that it names itself, none for the two special words."""
        return () if self.any_model or self.by_key else self.models


@dataclass(frozen=True)
class Suppression:
    """A well-formed ``threshlint: ignore[…]``."""

    codes: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True)
class Malformed:
    """An annotation or a suppression that the grammar does not know, and what is wrong with it."""

    text: str
    problem: str


@dataclass(frozen=True)
class Remark:
    """An annotation, or else a suppression, within a longer text, from ``start`` to ``end``."""

    start: int
    end: int
    annotation: Annotation | Malformed | None = None
    suppression: Suppression | Malformed | None = None


class _GrammarError(Exception):
    """What is wrong with a text; becomes a ``Malformed``."""


_Parsed = TypeVar("_Parsed")

_WORD = re.compile(
    r"""
    (?P<key>[^\s="]+)="(?P<quoted>[^"]*)"(?P<after>\S*)
  | (?P<bare_key>[^\s="]+)=(?P<bare>\S*)
  | (?P<stray>\S+)
    """,
    re.VERBOSE,
)
_SUPPRESSION = re.compile(r"ignore\s*(?:\[(?P<codes>[^\[\]]*)\])?\s*(?P<reason>.*)", re.DOTALL)
_CODE = re.compile(r"[\w-]+")  # the rules know which there are


def parse_annotation(text: str) -> Annotation | Malformed:
    """Read ``threshold@…``, without the comment sign before it."""
    return _parse(text, _annotation)


def parse_suppression(text: str) -> Suppression | Malformed:
    """Read ``threshlint: …``, without the comment sign before it."""
    return _parse(text, _suppression)


def format_annotation(annotation: Annotation) -> str:
    """Write an annotation so that ``parse_annotation`` reads the same back.

    Raises:
        ValueError: the grammar cannot say it (a double quote in a value, a space in a model).

    """
    words = [ANNOTATION_PREFIX + ",".join(annotation.models)]
    for key in KEYS:
        value = getattr(annotation, key)
        if value is not None:
            words.append(f'{key}="{value}"' if re.search(r"\s", value) else f"{key}={value}")
    text = " ".join(words)
    if parse_annotation(text) != annotation:
        raise ValueError(f"the threshold@model grammar cannot say {annotation}")
    return text


def find_remarks(comment: str, sign: str = "#") -> Iterator[Remark]:
    """Find the annotations and suppressions of one comment, which others may share.

    Each sign at the start or after a space begins another comment, unless a digit follows (``see #12``) or it stands in
    a quoted value. What does not begin with ``threshold@`` or ``threshlint:`` is prose, or for another tool.
    """
    if ANNOTATION_PREFIX not in comment and SUPPRESSION_PREFIX not in comment:
        return
    begin, rest = _comment_patterns(sign)
    at = 0
    while opening := begin.search(comment, at):
        at = start = opening.end()
        is_suppression = comment.startswith(SUPPRESSION_PREFIX, start)
        if not is_suppression and not comment.startswith(ANNOTATION_PREFIX, start):
            continue
        body = rest.match(comment, start)
        text = (body.group() if body else "").rstrip()
        at = start + len(text)
        if is_suppression:
            yield Remark(start, at, suppression=parse_suppression(text))
        else:
            yield Remark(start, at, annotation=parse_annotation(text))


@cache
def _comment_patterns(sign: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what begins a comment, and what goes on until the next."""
    begin = rf"(?:{re.escape(sign)})+(?!\d)"
    return re.compile(rf"(?:^|(?<=\s)){begin}\s*"), re.compile(rf'(?:="[^"]*"|(?!\s{begin}).)*', re.DOTALL)


def _parse(text: str, read: Callable[[str], _Parsed]) -> _Parsed | Malformed:
    text = text.strip()
    try:
        return read(text)
    except _GrammarError as error:
        return Malformed(text, str(error))


def _annotation(text: str) -> Annotation:
    if not text.startswith(ANNOTATION_PREFIX):
        _fail(f"an annotation begins with `{ANNOTATION_PREFIX}`")
    rest = text.removeprefix(ANNOTATION_PREFIX)
    words = rest.split(maxsplit=1)
    if not words or rest[0].isspace():
        _fail(f"no model after `{ANNOTATION_PREFIX}`")
    models = tuple(words[0].split(","))
    if not all(models):
        _fail(f"a model is missing beside a comma in `{words[0]}`; models are joined by commas without spaces")
    for special in (ANY_MODEL, KEY_MODELS):
        if special in models and len(models) > 1:
            _fail(f"`{ANNOTATION_PREFIX}{special}` stands alone, without other models")
    annotation = Annotation(models, **_values("".join(words[1:])))
    if annotation.any_model and annotation.reason is None:
        _fail(f'`{ANNOTATION_PREFIX}{ANY_MODEL}` needs a reason: add `reason="…"`')
    return annotation


def _values(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for word in _WORD.finditer(text):
        key = word["key"] or word["bare_key"]
        value = word["quoted"] if word["key"] else word["bare"]
        if key is None:
            _fail(
                f"`{word['stray']}` is no key=value; put a value with spaces in double quotes, prose in another comment"
            )
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            _fail(f"unknown key `{key}`; " + (f"did you mean `{near[0]}`?" if near else f"known are {', '.join(KEYS)}"))
        if key in values:
            _fail(f"`{key}` is given twice")
        if word["after"] or '"' in value:
            _fail(f"the double quotes of `{key}` do not enclose one value")
        if not value.strip():
            _fail(f"`{key}` has no value")
        values[key] = value
    return values


def _suppression(text: str) -> Suppression:
    if not text.startswith(SUPPRESSION_PREFIX):
        _fail(f"a suppression begins with `{SUPPRESSION_PREFIX}`")
    match = _SUPPRESSION.fullmatch(text.removeprefix(SUPPRESSION_PREFIX).strip())
    if match is None:
        _fail(f"only `{SUPPRESSION_PREFIX} ignore[CODE] reason` is known")
    codes = tuple(dict.fromkeys(code.strip() for code in (match["codes"] or "").split(",")))
    if codes == ("",):
        _fail("it names no code; write `ignore[CODE]`, several with commas")
    for code in codes:
        if not _CODE.fullmatch(code):
            _fail(f"`{code}` is no code; write `ignore[CODE]`, several with commas")
    return Suppression(codes, match["reason"] or None)


def _fail(problem: str) -> NoReturn:
    raise _GrammarError(problem)
