"""What a scan may look up in the cache and keep there, and the keys that it is found by.

A key holds everything that has a say in what is kept: the program (see ``identity``), the configuration as far as a
scan heeds it, and the content of files. So an entry is never out of date, it is only not asked for any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from threshlint.scan.cache.codec import CodecError, decode, encode
from threshlint.scan.cache.identity import identity, key
from threshlint.scan.cache.store import Store

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.analyse import Job
    from threshlint.scan.entry import Entry
    from threshlint.scan.knowledge import Documents
    from threshlint.scan.solve import Outcome
    from threshlint.scan.survey import Survey

T = TypeVar("T")

# What decides which files are looked at and what is said of sites, and not what is found.
_NO_MATTER = frozenset(
    """
    root source select ignore min_evidence per_file_ignores exclude extend_exclude respect_gitignore tests
    require_owner units populations cache_dir file_time_limit file_size_limit
""".split()
)


class Memory:
    """The cache as a scan sees it; without a folder it remembers nothing."""

    def __init__(self, folder: Path | None, config: Config) -> None:
        self._store = store = Store(folder) if folder is not None else None
        self._settings = (
            repr(
                [(field.name, getattr(config, field.name)) for field in fields(config) if field.name not in _NO_MATTER]
            )
            if store
            else ""
        )

    def entry(self, job: Job, digest: str) -> Entry | None:
        """Return what a file of this content was analysed into."""
        from threshlint.scan.entry import from_bytes

        content = self._get("files", *_of_job(job), digest)
        try:
            return from_bytes(content) if content is not None else None
        except CodecError:
            return None

    def keep_entry(self, job: Job, entry: Entry) -> None:
        """Keep what a file was analysed into, if that follows from its content."""
        from threshlint.scan.entry import to_bytes

        if self._store is not None and entry.head.digest:
            self._put("files", to_bytes(entry), *_of_job(job), entry.head.digest)

    def outcome(self, files: Iterable[str]) -> Outcome | None:
        """Return what was found in a part whose files have these facts, by their digests."""
        from threshlint.scan.solve import Outcome

        return self._decoded(Outcome, "parts", self._settings, *files)

    def keep_outcome(self, files: Iterable[str], outcome: Outcome) -> None:
        """Keep what was found in a part."""
        from threshlint.scan.solve import Outcome

        if self._store is not None and outcome.reason is None:
            self._put("parts", encode(outcome, Outcome), self._settings, *files)

    def survey(self, files: Mapping[str, str]) -> Survey | None:
        """Return what was found in these files, given by their paths and what they hold."""
        from threshlint.scan.survey import Survey

        return self._decoded(Survey, "runs", self._settings, *_flat(files))

    def keep_survey(self, files: Mapping[str, str], survey: Survey) -> None:
        """Keep what was found in files."""
        from threshlint.scan.survey import Survey

        if self._store is not None:
            self._put("runs", encode(survey, Survey), self._settings, *_flat(files))
            self._store.prune()

    def documents(self) -> Documents:
        """Return what is known of libraries; TOML takes ten times as long to read as what is kept of it."""
        from threshlint.scan.knowledge import Documents, read_documents

        documents = self._decoded(Documents, "knowledge")
        if documents is None:
            documents = read_documents()
            if self._store is not None:
                self._put("knowledge", encode(documents, Documents))
        return documents

    def _decoded(self, type_: type[T], kind: str, *parts: str) -> T | None:
        content = self._get(kind, *parts)
        try:
            return decode(content, type_) if content is not None else None
        except CodecError:
            return None

    def _get(self, kind: str, *parts: str) -> bytes | None:
        return self._store.get(kind, key(identity(), *parts)) if self._store is not None else None

    def _put(self, kind: str, content: bytes, *parts: str) -> None:
        if self._store is not None:
            self._store.put(kind, key(identity(), *parts), content)


def _of_job(job: Job) -> tuple[str, ...]:
    return ("checked" if job.checked else "", job.relative)


def _flat(files: Mapping[str, str]) -> Sequence[str]:
    return [part for item in files.items() for part in item]
