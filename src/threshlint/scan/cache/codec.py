"""Facts and outcomes as bytes: JSON, laid out by the types that the fields of the dataclasses declare.

No pickle: reading a file must not run what it says. What is read is taken to be what was written, for the store has
compared checksums; anything else is a ``CodecError``.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from operator import attrgetter
from sys import intern
from typing import Any, TypeVar, cast

from threshlint.annotation import Annotation, Malformed, Suppression

T = TypeVar("T")

# What JSON says as it is; keys of the facts' look-ups are of these as well.
_PLAIN = frozenset({type(None), bool, int, float, str, Any})
# Names that the modules of the dataclasses import for type checkers only.
_NAMES = {"Annotation": Annotation, "Malformed": Malformed, "Suppression": Suppression}
_OPERATION = tuple[Any, ...]  # as ``facts.Operation`` is declared
_LONGEST_NAME = 40


class CodecError(Exception):
    """Bytes that are not what they should be."""


class _Coder(typing.NamedTuple):
    """How the values of a type become JSON and come back; None where they stay as they are."""

    encode: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None


_known: dict[Any, _Coder] = {}


def encode(value: T, kind: type[T]) -> bytes:
    """Write a value of a type, made of dataclasses, enumerations, tuples, lists and dicts."""
    coder = _coder(kind)
    laid_out = coder.encode(value) if coder.encode else value
    return json.dumps(laid_out, separators=(",", ":"), check_circular=False).encode("ascii")


def decode(content: bytes, kind: type[T]) -> T:
    """Read what ``encode`` wrote.

    Raises:
        CodecError: These bytes are something else.
    """
    coder = _coder(kind)
    try:
        laid_out = json.loads(content)
        return cast(T, coder.decode(laid_out) if coder.decode else laid_out)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise CodecError(f"{type(error).__name__}: {error}") from error


def _coder(kind: Any) -> _Coder:
    if kind not in _known:
        _known[kind] = _make(kind)
    return _known[kind]


def _make(kind: Any) -> _Coder:
    if kind is str:
        return _Coder(None, _once)
    if kind in _PLAIN:
        return _Coder()
    if kind == _OPERATION:
        return _operations()
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _one_of(arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return _fixed([_coder(each) for each in arguments], tuple)
    if origin in (list, tuple, Sequence):
        return _many(_coder(arguments[0]), list if origin is list else tuple)
    if origin in (dict, Mapping):
        return _mapping(*map(_coder, arguments))
    if isinstance(kind, type) and issubclass(kind, Enum):
        members = {member.value: member for member in kind}
        return _Coder(lambda member: member.value, members.__getitem__)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind, localns=_NAMES)
        return _record(kind, [field.name for field in fields(kind)], hints)
    raise TypeError(f"{kind} has no form in JSON")


def _record(kind: Any, names: Sequence[str], hints: Mapping[str, Any]) -> _Coder:
    parts = _fixed([_coder(hints[name]) for name in names], tuple)
    encode_parts, decode_parts = parts.encode, parts.decode

    fields_of = attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, name) for name in names]

    def lay_out(value: Any) -> Any:
        row = fields_of(value)
        return encode_parts(row) if encode_parts else row

    def make(row: Any) -> Any:
        return kind(*(decode_parts(row) if decode_parts else row))

    return _Coder(lay_out, make)


def _fixed(parts: Sequence[_Coder], container: Callable[[Any], Any]) -> _Coder:
    """Code values by their places; only those that need it are touched."""
    size = len(parts)
    encoders = [(place, part.encode) for place, part in enumerate(parts) if part.encode]
    decoders = [(place, part.decode) for place, part in enumerate(parts) if part.decode]

    def lay_out(values: Any) -> Any:
        row = list(values)
        for place, code in encoders:
            row[place] = code(row[place])
        return row

    def make(row: Any) -> Any:
        if len(row) != size:
            raise ValueError(f"{size} values expected, {len(row)} found")
        for place, code in decoders:
            row[place] = code(row[place])
        return container(row)

    return _Coder(lay_out if encoders else None, make)


def _many(each: _Coder, container: Callable[[Any], Any]) -> _Coder:
    encode_each, decode_each = each.encode, each.decode
    return _Coder(
        (lambda values: [encode_each(value) for value in values]) if encode_each else list,
        (lambda row: container([decode_each(value) for value in row])) if decode_each else container,
    )


def _mapping(keys: _Coder, values: _Coder) -> _Coder:
    """Keys are numbers as often as texts: a list of pairs."""
    encode_key, encode_value = keys.encode or _same, values.encode or _same
    decode_key, decode_value = keys.decode or _same, values.decode or _same
    return _Coder(
        (lambda mapping: [(encode_key(key), encode_value(value)) for key, value in mapping.items()])
        if keys.encode or values.encode
        else (lambda mapping: list(mapping.items())),
        (lambda row: {decode_key(key): decode_value(value) for key, value in row})
        if keys.decode or values.decode
        else dict,
    )


def _once(text: str) -> str:
    """Keep a name once: it comes again and again."""
    return intern(text) if len(text) <= _LONGEST_NAME else text


def _same(value: Any) -> Any:
    return value


def _one_of(kinds: Sequence[Any]) -> _Coder:
    """Code a union: with None, or of dataclasses, which are told apart by their place among its parts."""
    coded = [kind for kind in kinds if kind not in _PLAIN]
    if not coded:
        return _Coder()
    if len(coded) == 1 and set(kinds) == {coded[0], type(None)}:
        encode_it, decode_it = _coder(coded[0])
        return _Coder(
            (lambda value: None if value is None else encode_it(value)) if encode_it else None,
            (lambda row: None if row is None else decode_it(row)) if decode_it else None,
        )
    if not all(is_dataclass(kind) for kind in coded) or not set(kinds) <= {*coded, type(None)}:
        raise TypeError(f"{kinds} cannot be told apart")
    coders = [_coder(kind) for kind in coded]
    places = {kind: place for place, kind in enumerate(coded)}

    def lay_out(value: Any) -> Any:
        if value is None:
            return None
        place = places[type(value)]
        code = coders[place].encode
        assert code is not None
        return [place, code(value)]

    def make(row: Any) -> Any:
        if row is None:
            return None
        place, inner = row
        code = coders[place].decode
        assert code is not None
        return code(inner)

    return _Coder(lay_out, make)


def _operations() -> _Coder:
    """Code operations: their operands are numbers, texts, dicts, and, of some, tuples of these or of pairs."""
    from threshlint.scan.facts import Op  # a run that finds everything in the cache reads no facts

    ops = {int(op): op for op in Op}
    have_tuples = frozenset({Op.CALL, Op.SEQUENCE, Op.MAPPING})

    def make(row: list[Any]) -> tuple[Any, ...]:
        op = row[0] = ops[row[0]]
        if op in have_tuples:
            for place, operand in enumerate(row):
                if type(operand) is list:
                    row[place] = tuple([tuple(each) if type(each) is list else each for each in operand])
        return tuple(row)

    return _Coder(None, make)
