"""Surveys a project: what is known of it is looked up, what is not is found out, in processes where that pays."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.scan.cache.memory import Memory
from threshlint.scan.source import Unreadable, digest_of, read_bytes
from threshlint.scan.survey import Survey

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.analyse import Job
    from threshlint.scan.discover import SourceFile
    from threshlint.scan.entry import Entry
    from threshlint.scan.solve import Outcome
    from threshlint.scan.workers import Workers


class Surveyor:
    """Finds everything in the files of one project."""

    def __init__(
        self, config: Config, cache: Path | None = None, watch: Callable[[int, int], None] | None = None
    ) -> None:
        self._config = config
        self._cache = cache
        self._memory = Memory(cache, config)
        self._watch = watch or (lambda done, total: None)
        self._may_have_sites = True
        self._in_parts: tuple[str, ...] = ()  # files that are linked with too many others to be solved together
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
        from threshlint.scan.funnel import may_have_sites
        from threshlint.scan.survey import put_together
        from threshlint.scan.workers import Workers

        if self._config.calls:
            from threshlint.scan.knowledge import check_taught

            check_taught(self._config.calls)
        self._may_have_sites = may_have_sites(map(self._job, read.values()), self._config, self._memory.documents)
        with Workers(self._progress(read)) as workers:
            entries = self._entries(read, workers)
            outcomes = self._outcomes(entries, read, workers) if self._may_have_sites else []
        survey = put_together(outcomes, entries, self._line_reader(entries, read), self._config)
        survey = replace(survey, in_parts=self._in_parts)
        if self._is_lasting:
            contents = {path: entry.head.digest or read[path].mark for path, entry in entries.items()}
            self._memory.keep_survey(contents, survey)
        return survey

    # files

    def _entries(self, read: Mapping[str, _Read], workers: Workers) -> dict[str, Entry]:
        """Return the entry of every file, in their order."""
        from threshlint.scan.components import Links
        from threshlint.scan.entry import Entry, Head
        from threshlint.scan.tasks import AnalyseFile

        entries: dict[str, Entry] = {}
        tasks = []
        for path, each in read.items():
            job = self._job(each)
            known = self._memory.entry(job, each.digest) if each.digest else None
            if known is not None:
                entries[path] = known
            elif each.digest:
                tasks.append(AnalyseFile(job, each.size, self._config.file_time_limit))
            else:
                entries[path] = Entry(Head("", Links(job.module), each.reason))

        def keep(task: AnalyseFile, entry: Entry) -> None:
            self._memory.keep_entry(task.job, entry)

        for task, entry in zip(tasks, workers.do(tasks, keep), strict=True):
            entries[task.job.relative] = entry
            self._is_lasting &= bool(entry.head.digest)
        return {path: entries[path] for path in read}

    def _job(self, read: _Read) -> Job:
        from threshlint.scan import module_name
        from threshlint.scan.analyse import Job

        file = read.file
        is_checked = not self._may_have_sites
        return Job(file.path, file.relative, module_name(file.relative), is_checked, self._config.file_size_limit)

    # parts

    def _outcomes(self, entries: dict[str, Entry], read: Mapping[str, _Read], workers: Workers) -> list[Outcome]:
        """Return what was found in every part; where nothing could be, the entries say why."""
        from threshlint.scan.parts import parts, told_once
        from threshlint.scan.tasks import SolvePart

        paths = [path for path, entry in entries.items() if entry.facts]
        links, sizes = [entries[path].head.links for path in paths], [len(entries[path].facts) for path in paths]
        divided = parts(links, sizes)
        self._in_parts = tuple(sorted(paths[index] for part in divided if not part.is_whole for index in part.own))
        own = [{paths[index] for index in part.own} for part in divided]
        joined = [[paths[index] for index in part.files] for part in divided]
        keys = [[each for path in part for each in (path, entries[path].head.facts_digest)] for part in joined]
        known = [self._memory.outcome(key) for key in keys]
        tasks = [
            SolvePart(
                tuple(entries[path].facts for path in part),
                self._config,
                self._cache,
                sum(read[path].size for path in mine),
            )
            for part, mine, outcome in zip(joined, own, known, strict=True)
            if outcome is None
        ]
        solved = iter(workers.do(tasks))
        outcomes = [next(solved) if outcome is None else outcome for outcome in known]
        for part, key, before, outcome in zip(own, keys, known, outcomes, strict=True):
            if before is None:
                self._memory.keep_outcome(key, outcome)
            if outcome.reason is not None:
                self._is_lasting = False
                for path in part:
                    head = replace(entries[path].head, reason=outcome.reason)
                    entries[path] = replace(entries[path], head=head, facts=b"")
        return told_once(outcomes, own)

    # texts

    def _line_reader(self, entries: Mapping[str, Entry], read: Mapping[str, _Read]) -> Callable[[str, int], str]:
        """Return what reads a line of a file, which may have changed since it was analysed."""
        from threshlint.scan.source import lines_of, read_source

        known: dict[str, list[str]] = {}

        def line_of(path: str, line: int) -> str:
            if path not in known:
                source = read_source(read[path].file.path, self._config.file_size_limit)
                if isinstance(source, Unreadable) or source.digest != entries[path].head.digest:
                    self._is_lasting = False
                    return ""
                known[path] = lines_of(source.text)
            return known[path][line - 1]

        return line_of

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
