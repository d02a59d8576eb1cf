"""A folder of entries that are found by their keys, and that any number of processes may use at once.

Each entry is a file of its own. It is written beside its place and moved there, so that it is whole or not there, and
it opens with a checksum over its kind, its key and its content: what is truncated, damaged or from elsewhere is no
entry, and the next run writes it anew. There are no locks, since two who write the same entry write the same bytes. A
folder that cannot be read or written, or a full disk, costs time and nothing else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

FOLDER = ".threshlint_cache"
KINDS = ("files", "knowledge", "parts", "runs")
MOST_BYTES = 256 * 1024 * 1024

_CHECKSUM_BYTES = 16
_DRAFT = ".tmp"
_TAG = "CACHEDIR.TAG"
_IGNORE = ".gitignore"
# The signature is the one that backup programs look for: https://bford.info/cachedir/
_OWN_FILES = {
    _TAG: "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of threshlint: it may be deleted at any time.\n",
    _IGNORE: "# Made by threshlint.\n*\n",
}
_TOUCH_AFTER = 3_600  # seconds: how well it has to be known when an entry was last used
_NEW = 60  # seconds: another run may be about to use an entry of this age
_ABANDONED_AFTER = 3_600  # seconds: nobody is still writing a draft by then


class Store:
    """The entries in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started = time.time()
        self._is_ready = False  # to be written to
        self._is_broken = False
        self._has_grown = False
        self._used: set[str] = set()

    def get(self, kind: str, key: str) -> bytes | None:
        """Return the content of an entry, if there is one that is whole."""
        path = self._path(kind, key)
        try:
            with open(path, "rb") as file:
                content = file.read()
                used = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        payload = content[_CHECKSUM_BYTES:]
        if content[:_CHECKSUM_BYTES] != _checksum(kind, key, payload):
            return None
        self._used.add(path)
        if used < self._started - _TOUCH_AFTER:
            with suppress(OSError):
                os.utime(path)
        return payload

    def put(self, kind: str, key: str, payload: bytes) -> None:
        """Keep an entry, if that is possible."""
        if self._is_broken:
            return
        path = self._path(kind, key)
        try:
            if not self._is_ready:
                self._make_ready()
            _write(path, _checksum(kind, key, payload), payload)
        except OSError:
            self._is_broken = True  # read-only or full, as it will be for the next entry
        else:
            self._has_grown = True
            self._used.add(path)

    def prune(self, most_bytes: int = MOST_BYTES) -> None:
        """Delete what was not used for longest, where there is too much; what this run has used stays."""
        if not self._has_grown or self._is_broken:
            return
        total, old = 0, []
        for path, size, used in self._entries():
            total += size
            if path not in self._used and used < self._started - _NEW:
                old.append((used, size, path))
        for _, size, path in sorted(old):
            if total <= most_bytes:
                return
            with suppress(OSError):
                os.unlink(path)
            total -= size

    def clear(self) -> bool:
        """Delete all entries, and the folder if nothing else is in it; return whether there was a cache.

        Raises:
            OSError: Something cannot be deleted.
        """
        if not self._is_own(_TAG):
            return False
        for path, _, _ in self._entries(drafts=True):
            Path(path).unlink(missing_ok=True)
        for kind in KINDS:
            if (self.folder / kind).is_dir():
                (self.folder / kind).rmdir()
        for name in filter(self._is_own, _OWN_FILES):
            (self.folder / name).unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
        return True

    def _is_own(self, name: str) -> bool:
        """Tell whether a file is there, and was not put there by somebody else."""
        try:
            return (self.folder / name).read_bytes() == _OWN_FILES[name].encode("ascii")
        except OSError:
            return False

    def _path(self, kind: str, key: str) -> str:
        return os.path.join(self.folder, kind, key)

    def _make_ready(self) -> None:
        """Make the folders, and say what they are to git and to backup programs."""
        os.makedirs(self.folder, exist_ok=True)
        for name, text in _OWN_FILES.items():
            if not (self.folder / name).exists():
                _write(str(self.folder / name), text.encode("ascii"))
        for kind in KINDS:
            os.makedirs(self.folder / kind, exist_ok=True)
        self._is_ready = True

    def _entries(self, *, drafts: bool = False) -> Iterator[tuple[str, int, float]]:
        """Yield the path, the size and the last use of each entry; drafts that nobody finishes are cleared away."""
        for kind in KINDS:
            try:
                with os.scandir(self.folder / kind) as found:
                    listed = list(found)
            except FileNotFoundError:
                continue
            for entry in listed:
                with suppress(FileNotFoundError):  # another process was faster
                    state = entry.stat(follow_symlinks=False)
                    if not entry.name.endswith(_DRAFT) or drafts:
                        yield entry.path, state.st_size, state.st_mtime
                    elif state.st_mtime < self._started - _ABANDONED_AFTER:
                        os.unlink(entry.path)


def _write(path: str, *parts: bytes) -> None:
    """Write a file as a whole or not at all."""
    draft = f"{path}.{os.urandom(4).hex()}{_DRAFT}"
    try:
        with open(draft, "xb") as file:
            for part in parts:
                file.write(part)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def _checksum(kind: str, key: str, payload: bytes) -> bytes:
    whole = blake2b(f"{kind}/{key}\n".encode(), digest_size=_CHECKSUM_BYTES)
    whole.update(payload)
    return whole.digest()
