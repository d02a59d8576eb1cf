"""The small language of shapes: what a call returns, what an attribute holds."""

from __future__ import annotations

import re
from dataclasses import dataclass


class ShapeError(Exception):
    """A text that is no shape."""


@dataclass(frozen=True)
class Role:
    """A plain value: embedding, similarity, distance, score, order, other, hit, embedder or any."""

    name: str


@dataclass(frozen=True)
class Many:
    """A list; ``ranked`` when it is ordered by closeness."""

    element: Shape
    ranked: bool


@dataclass(frozen=True)
class Fixed:
    """A tuple, whose parts may have names."""

    elements: tuple[Shape, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """A mapping, or an object, with known keys."""

    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True)
class Instance:
    """An instance of a type, by the name that entries use."""

    type: str


@dataclass(frozen=True)
class Argument:
    """The very thing that an argument is; ``self`` is the receiver."""

    name: str


Shape = Role | Many | Fixed | Record | Instance | Argument

ROLES = frozenset("embedding similarity distance score order other hit embedder any difference product".split())
_TOKEN = re.compile(r"\s*(argument:\w+|[A-Za-z_][\w.]*|[\[\]{},:])")


def parse_shape(text: str) -> Shape:
    """Parse a shape; raise ShapeError, saying what is wrong, for anything else."""
    if not isinstance(text, str):
        raise ShapeError(f"a shape is a string, not {text!r}")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise ShapeError(f"{text!r} is no shape")
    parser = _Parser(tokens, text)
    shape = parser.shape()
    if parser.at != len(tokens):
        raise ShapeError(f"{text!r} goes on after its end")
    return shape


class _Parser:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens, self.text, self.at = tokens, text, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise ShapeError(f"{self.text!r} is no shape: {wanted or 'more'} expected")
        self.at += 1
        return token

    def shape(self) -> Shape:
        token = self.take()
        if token == "{":
            return Record(tuple(self.fields()))
        if token in ("ranked", "list"):
            self.take("[")
            element = self.shape()
            self.take("]")
            return Many(element, token == "ranked")
        if token == "tuple":
            return self.fixed()
        if token.startswith("argument:"):
            return Argument(token.partition(":")[2])
        if token == "self":
            return Argument("self")
        if token in ROLES:
            return Role(token)
        if not re.fullmatch(r"[\w.]+", token):
            raise ShapeError(f"{self.text!r} is no shape: {token!r} is out of place")
        return Instance(token)

    def fixed(self) -> Shape:
        self.take("[")
        elements, names = [], []
        while self.peek() != "]":
            name = ""
            if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1] == ":":
                name = self.take()
                self.take(":")
            elements.append(self.shape())
            names.append(name)
            if self.peek() == ",":
                self.take()
        self.take("]")
        return Fixed(tuple(elements), tuple(names))

    def fields(self) -> list[tuple[str, Shape]]:
        found = []
        while self.peek() != "}":
            key = self.take()
            self.take(":")
            found.append((key, self.shape()))
            if self.peek() == ",":
                self.take()
        self.take("}")
        return found
