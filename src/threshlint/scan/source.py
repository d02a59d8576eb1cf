"""A file's bytes as the text that Python would compile, or the reason why there is none."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

MOST_BYTES = 10_000_000

_HEADER_LINES = 20
_LINE_END = re.compile(r"\r\n|\r|\n")
_GENERATED_NAME = re.compile(r"_pb2(_grpc)?\.pyi?\Z")
_GENERATED_HEADER = re.compile(r"DO NOT EDIT|(?<!\w)@generated\b")


@dataclass(frozen=True)
class Source:
    """The text of one file: decoded, without a byte order mark, its line endings as they stand."""

    text: str
    digest: str  # of the bytes
    encoding: str  # by Python's name; utf-8-sig is UTF-8 with a byte order mark


@dataclass(frozen=True)
class Unreadable:
    """Why a file has no text; the reason goes on from the file's name."""

    reason: str


def read_source(path: Path, most: int = MOST_BYTES) -> Source | Unreadable:
    """Read a file as Python does: by its byte order mark or its declared encoding, else as UTF-8."""
    content = read_bytes(path, most)
    return content if isinstance(content, Unreadable) else decode(content)


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes | Unreadable:
    """Read the bytes of a file that is not too large."""
    try:
        return _read_regular_file(path, most)
    except FileNotFoundError:
        target = "is a link to what does not exist" if path.is_symlink() else "does not exist"
        return Unreadable(target)
    except OSError as error:
        return Unreadable(f"cannot be read: {error.strerror or error}")


def decode(content: bytes) -> Source | Unreadable:
    """Decode the bytes of a Python file."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        return _no_encoding(content, error)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-8"):
            return _no_utf_8(error)
        return Unreadable(f"is not valid {encoding}, the encoding that it declares ({_byte(error)})")
    except (UnicodeError, LookupError):
        return Unreadable(f"declares the encoding {encoding}, which is none for text; save it as UTF-8")
    nul = text.find("\0")
    if nul != -1:
        return Unreadable(f"holds a NUL byte (at offset {nul}), which Python source cannot")
    return Source(text, digest_of(content), encoding)


def lines_of(text: str) -> list[str]:
    """Split a text where Python sees lines end."""
    return _LINE_END.split(text)


def digest_of(content: bytes) -> str:
    """Return what stands for the bytes of a file."""
    return blake2b(content, digest_size=16).hexdigest()


def is_generated(text: str, path: str) -> bool:
    """Tell whether a machine wrote a file, by its name or by the comment that it opens with."""
    return has_generated_name(path) or _GENERATED_HEADER.search(_header(text)) is not None


def has_generated_name(path: str) -> bool:
    """Tell whether a file's name says that a machine wrote it."""
    return _GENERATED_NAME.search(path) is not None


def _read_regular_file(path: Path, most: int) -> bytes | Unreadable:
    # Opening a FIFO waits for its writer, unless it is told not to.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        return Unreadable("is a folder" if stat.S_ISDIR(state.st_mode) else "is not a regular file")
    with open(descriptor, "rb") as file:
        content = file.read(min(state.st_size, most) + 1)  # what is asked for is memory that is taken
        if state.st_size < len(content) <= most:  # it has grown since
            content += file.read(most + 1 - len(content))
    if len(content) > most:
        return Unreadable(f"is larger than {most / 1_000_000:g} MB (`file-size-limit`); exclude it, or split it")
    return content


def _no_encoding(content: bytes, error: SyntaxError) -> Unreadable:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        if "unknown encoding" not in str(error):
            return _no_utf_8(undecodable)
    if content.startswith(codecs.BOM_UTF8):
        return Unreadable("has the byte order mark of UTF-8 and declares another encoding; take one of them out")
    return Unreadable(f"declares an encoding that Python does not know ({error.msg}); save it as UTF-8")


def _no_utf_8(error: UnicodeDecodeError) -> Unreadable:
    return Unreadable(f"is not valid UTF-8 ({_byte(error)}); declare its encoding or save it as UTF-8")


def _byte(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at offset {error.start}"


def _header(text: str) -> str:
    """Give the comments that stand before anything else."""
    comments = []
    for line in text[: 200 * _HEADER_LINES].splitlines()[:_HEADER_LINES]:
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            break
        comments.append(stripped)
    return "\n".join(comments)
