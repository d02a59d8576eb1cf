"""Files before and after: read byte for byte, written as a whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from threshlint.atomic import Draft
from threshlint.rewrite.errors import RewriteError
from threshlint.scan.source import Unreadable, decode, read_bytes


@dataclass(frozen=True)
class Original:
    """A file as it was read, which can be written back byte for byte."""

    path: Path
    content: bytes
    text: str  # without a byte order mark, its line endings as they stand
    encoding: str

    def encode(self, text: str) -> bytes:
        """Return the bytes of a new text for this file.

        Raises:
            RewriteError: The file's encoding cannot say it, or the text would be read in another encoding.

        """
        try:
            content = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise RewriteError(f"cannot hold {character!r} in its encoding, {self.encoding}") from error
        again = decode(content)
        if isinstance(again, Unreadable) or again.text != text:
            raise RewriteError("would be read in another encoding with these comments; declare its encoding above them")
        return content


def read_original(path: Path) -> Original:
    """Read a file that is to be rewritten.

    Raises:
        RewriteError: It cannot be read, or not be written back as it is.

    """
    content = read_bytes(path)
    if isinstance(content, Unreadable):
        raise RewriteError(content.reason, path)
    source = decode(content)
    if isinstance(source, Unreadable):
        raise RewriteError(source.reason, path)
    if source.text.encode(source.encoding) != content:
        raise RewriteError(
            f"is encoded in {source.encoding} in a way that cannot be written back; save it as UTF-8", path
        )
    return Original(path, content, source.text, source.encoding)


def write_all(texts: Sequence[tuple[Original, str]]) -> None:
    """Write new texts into their files: all of them, or none.

    Raises:
        RewriteError: A file is read-only, has changed since it was read, or cannot be written; ``path`` names it.

    """
    drafts: list[tuple[Original, Draft]] = []
    try:
        for original, text in texts:
            with _blamed_on(original):
                _require_writable(original)
                drafts.append((original, Draft(original.path, original.encode(text))))
        _commit(drafts)
    finally:
        for _, draft in drafts:
            draft.discard()


def _commit(drafts: Sequence[tuple[Original, Draft]]) -> None:
    replaced: list[Original] = []
    try:
        for original, draft in drafts:
            with _blamed_on(original):
                _require_unchanged(original)
                draft.commit()
            replaced.append(original)
    except BaseException:
        for original in replaced:
            Draft(original.path, original.content).commit()
        raise


@contextmanager
def _blamed_on(original: Original) -> Iterator[None]:
    """Let an error name the file that it is about."""
    try:
        yield
    except RewriteError as error:
        error.path = original.path
        raise
    except OSError as error:
        raise RewriteError(f"cannot be written: {error.strerror or error}", original.path) from error


def _require_writable(original: Original) -> None:
    mode = os.stat(original.path).st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(original.path, os.W_OK):
        raise RewriteError("is read-only; make it writable first")


def _require_unchanged(original: Original) -> None:
    if read_bytes(original.path) != original.content:
        raise RewriteError("has changed since it was read; run the command again")
