"""Surveys a project: what is known of it is looked up, what is not is found out, in processes where that pays."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.cache.memory import Memory
from threshlint.scan.cache.store import Store
from threshlint.scan.source import Unreadable, digest_of, read_bytes
from threshlint.scan.survey import Survey

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.discover import SourceFile
    from threshlint.scan.entry import Entry
    from threshlint.scan.excerpt import Asked, Excerpt
    from threshlint.scan.solve import Outcome
    from threshlint.scan.workers import Workers


class Surveyor:
    """Finds everything in the files of one project."""

    def __init__(
        self, config: Config, cache: Path | None = None, watch: Callable[[int, int], None] | None = None
    ) -> None:
        self._config = config
        self._memory = Memory(Store(cache) if cache is not None else None, config)
        self._watch = watch or (lambda done, total: None)
        self._is_lasting = True  # whether the survey follows from the content of the files

    def survey(self, files: Sequence[SourceFile]) -> Survey:
        """Return everything found in files, which come in the order of their paths."""
        read = {file.relative: _Read(file, self._config.file_size_limit) for file in files}
        known = self._memory.survey({path: each.mark for path, each in read.items()})
        if known is not None:
            return known
        with _without_collection():
            return self._find_out(read)

    def _find_out(self, read: Mapping[str, _Read]) -> Survey:
        from threshlint.scan.excerpt import asked_of_texts
        from threshlint.scan.survey import put_together
        from threshlint.scan.workers import Workers

        with Workers(self._progress(read)) as workers:
            entries = self._entries(read, workers)
            outcomes, broken = self._outcomes(entries, read, workers)
        broken = {path: entry.reason for path, entry in entries.items() if entry.reason is not None} | broken
        comments = {path: entry.comments for path, entry in entries.items()}
        excerpts = {
            path: self._excerpt(read[path].file, entries[path].digest, asked)
            for path, asked in asked_of_texts(outcomes).items()
        }
        survey = put_together(outcomes, comments, excerpts, self._config)
        survey = replace(survey, broken=broken, imports=_imports(entries) if broken else {})
        if self._is_lasting:
            self._memory.keep_survey({path: entry.digest or read[path].mark for path, entry in entries.items()}, survey)
        return survey

    # files

    def _entries(self, read: Mapping[str, _Read], workers: Workers) -> dict[str, Entry]:
        """Return the entry of every file, in their order."""
        from threshlint.scan import module_name
        from threshlint.scan.analyse import Job
        from threshlint.scan.components import Links
        from threshlint.scan.entry import Entry
        from threshlint.scan.tasks import AnalyseFile

        entries: dict[str, Entry] = {}
        tasks = []
        for path, each in read.items():
            module = module_name(path)
            known = self._memory.entry(path, each.digest) if each.digest else None
            if known is not None:
                entries[path] = known
            elif each.digest:
                job = Job(each.file.path, path, module, self._config.file_size_limit)
                tasks.append(AnalyseFile(job, each.size, self._config.file_time_limit))
            else:
                entries[path] = Entry("", Links(module), each.reason)

        def keep(task: AnalyseFile, entry: Entry) -> None:
            self._memory.keep_entry(task.job.relative, entry)

        for task, entry in zip(tasks, workers.do(tasks, keep), strict=True):
            entries[task.job.relative] = entry
            self._is_lasting &= bool(entry.digest)
        return {path: entries[path] for path in read}

    # components

    def _outcomes(
        self, entries: Mapping[str, Entry], read: Mapping[str, _Read], workers: Workers
    ) -> tuple[list[Outcome], dict[str, str]]:
        """Return what was found in every component, and the files of those in which nothing could be found."""
        from threshlint.scan.components import components
        from threshlint.scan.tasks import SolveComponent

        paths = [path for path, entry in entries.items() if entry.facts]
        joined = [[paths[index] for index in each] for each in components([entries[path].links for path in paths])]
        keys = [[part for path in each for part in (path, entries[path].facts_digest)] for each in joined]
        outcomes = [self._memory.outcome(key) for key in keys]
        unknown = [index for index, outcome in enumerate(outcomes) if outcome is None]
        tasks = [
            SolveComponent(
                tuple(entries[path].facts for path in joined[index]),
                self._config,
                sum(read[path].size for path in joined[index]),
            )
            for index in unknown
        ]
        broken = {}
        for index, outcome in zip(unknown, workers.do(tasks), strict=True):
            outcomes[index] = outcome
            self._memory.keep_outcome(keys[index], outcome)
            if outcome.reason is not None:
                self._is_lasting = False
                broken.update(dict.fromkeys(joined[index], outcome.reason))
        return [outcome for outcome in outcomes if outcome is not None], broken

    # texts

    def _excerpt(self, file: SourceFile, digest: str, asked: Asked) -> Excerpt:
        """Look something up in a file, which may have changed since it was analysed."""
        from threshlint.scan.excerpt import Excerpt, excerpt
        from threshlint.scan.source import read_source

        known = self._memory.excerpt(digest) if digest else None
        if known is not None and known.says(asked):
            return known
        source = read_source(file.path, self._config.file_size_limit)
        if isinstance(source, Unreadable) or source.digest != digest:
            self._is_lasting = False
            return Excerpt()
        found = excerpt(source.text, asked)
        self._memory.keep_excerpt(digest, found)
        return found

    def _progress(self, read: Mapping[str, _Read]) -> Callable[[int], None]:
        """Make what sums up how much is done; every file is analysed and then solved."""
        total = 2 * sum(each.size for each in read.values())
        done = 0

        def add(size: int) -> None:
            nonlocal done
            done += size
            self._watch(done, total)

        return add


class _Read:
    """A file as it was when the run began."""

    def __init__(self, file: SourceFile, most_bytes: int) -> None:
        self.file = file
        content = read_bytes(file.path, most_bytes)
        self.reason = content.reason if isinstance(content, Unreadable) else None
        self.digest = "" if isinstance(content, Unreadable) else digest_of(content)
        self.size = 0 if isinstance(content, Unreadable) else len(content)

    @property
    def mark(self) -> str:
        """What tells this content, or the lack of it, from any other."""
        return self.digest or f"! {self.reason}"


def _imports(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    from threshlint.scan.components import imported

    paths = list(entries)
    found = imported([entry.links for entry in entries.values()])
    return {path: tuple(paths[other] for other in others) for path, others in zip(paths, found, strict=True)}


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the collector from looking through millions of objects that live until the end anyway."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
