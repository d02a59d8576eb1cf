"""Many files at once: worker processes, started only when there is enough to do.

A worker is a fresh interpreter rather than a child of ``multiprocessing``: it is the same on every platform, forks no
thread's locks, and does not import the caller's main module again, which may have no guard.
A worker that dies costs the file that it was at, which is named; the rest goes to another worker.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress

from threshlint.scan.analyse import Analysed, Job, analyse
from threshlint.scan.stack import with_deep_stack
from threshlint.scan.worker import READY, TIMED_OUT

# Below this, starting processes costs more than it saves.
WORTH_WORKERS = 300_000  # bytes
_CHUNK_BYTES = 150_000
_CHUNK_FILES = 100
# LibCST parses a megabyte in 2 s, in 8 s where numbers stand close; what takes a multiple of that never ends.
_SECONDS = 10.0
_SECONDS_FOR_A_MEGABYTE = 40.0
_OUT_OF_STACK = {
    *(-getattr(signal, name) for name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL") if hasattr(signal, name)),
    0xC00000FD,  # Windows' stack overflow
    0xC0000005,
}


def analyse_all(jobs: Sequence[Job]) -> list[Analysed]:
    """Analyse files; the results come in the order of the jobs."""
    sizes = [_size(job) for job in jobs]
    few = sum(sizes) < WORTH_WORKERS or _cores() < 2 or len(jobs) < 2
    results = _here(jobs) if few else _in_workers(jobs, sizes)
    risky = [index for index, result in enumerate(results) if result.risky]
    again = [jobs[index] for index in risky]
    for index, result in zip(risky, _in_workers(again, [sizes[index] for index in risky]), strict=True):
        results[index] = result
    return results


def _here(jobs: Sequence[Job]) -> list[Analysed]:
    """Analyse files in this process."""
    return with_deep_stack(lambda: [analyse(job) for job in jobs]) if jobs else []


def _in_workers(jobs: Sequence[Job], sizes: Sequence[int]) -> list[Analysed]:
    if not jobs:
        return []
    pool = _Pool(_chunks(jobs, sizes))
    pool.run(_cores())
    missing = [job for job in jobs if job not in pool.results]  # no process could be started
    pool.results.update(zip(missing, _here(missing), strict=True))
    return [pool.results[job] for job in jobs]


def _chunks(jobs: Sequence[Job], sizes: Sequence[int]) -> Iterator[list[Job]]:
    """Yield chunks of about the same size, the largest files first so that none is left for last."""
    chunk: list[Job] = []
    held = 0
    for index in sorted(range(len(jobs)), key=lambda index: -sizes[index]):
        chunk.append(jobs[index])
        held += sizes[index]
        if held >= _CHUNK_BYTES or len(chunk) >= _CHUNK_FILES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


class _Pool:
    """Chunks of files, and threads that each keep one worker busy with them."""

    def __init__(self, chunks: Iterator[list[Job]]) -> None:
        self.results: dict[Job, Analysed] = {}
        self._chunks = deque(chunks)
        self._died_once: set[Job] = set()
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._problems: list[BaseException] = []

    def run(self, most: int) -> None:
        """Work until all is done; on Ctrl-C, or any other exception, leave no process behind."""
        threads = [threading.Thread(target=self._drive, daemon=True) for _ in range(min(most, len(self._chunks)))]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(1)  # without a timeout no Ctrl-C comes through on Windows
        finally:
            self._stop()
        if self._problems:
            raise self._problems[0]

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for worker in self._workers:
                worker.kill()

    def _drive(self) -> None:
        """Give chunks to a worker, and to another one when it dies."""
        worker: _Worker | None = None
        try:
            while not self._stopped and self._chunks:
                if worker is None:
                    worker = self._start()
                    if worker is None:
                        return
                chunk = self._next()
                if not chunk:
                    return
                answered = 0
                try:
                    for result in worker.analyse(chunk):
                        self.results[chunk[answered]] = result
                        answered += 1
                except WorkerDiedError as death:
                    self._bury(worker)
                    worker = None
                    if not self._stopped:
                        self._after_death(chunk[answered:], death.code)
        except BaseException as problem:  # raised again by run()
            self._problems.append(problem)
        finally:
            if worker is not None:
                self._bury(worker)

    def _next(self) -> list[Job]:
        try:
            return self._chunks.popleft()
        except IndexError:  # another thread was faster
            return []

    def _after_death(self, left: list[Job], code: int) -> None:
        """Name the file that a worker died of, or try it once more; the others go back into the queue."""
        culprit, *others = left
        if code == TIMED_OUT:
            reason = "takes too long to parse; simplify or exclude it"
        elif code in _OUT_OF_STACK:
            reason = "is nested too deeply: the parser ran out of stack; simplify or exclude it"
        elif culprit in self._died_once:
            reason = f"could not be analysed: its process died twice (exit code {code}); is there enough memory?"
        else:
            self._died_once.add(culprit)
            self._chunks.append([culprit])
            reason = None
        if reason is not None:
            self.results[culprit] = Analysed(culprit.relative, reason=reason)
        if others:
            self._chunks.append(others)

    def _start(self) -> _Worker | None:
        with self._lock:
            if self._stopped or getattr(sys, "frozen", False):  # a program in one file is no interpreter
                return None
            try:
                worker = _Worker()
            except OSError:
                return None
            self._workers.add(worker)
        if worker.is_ready():
            return worker
        self._bury(worker)
        return None

    def _bury(self, worker: _Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()


class WorkerDiedError(Exception):
    """A worker ended before it had answered."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Worker:
    """One process, see ``threshlint.scan.worker``."""

    def __init__(self) -> None:
        # With the path of this process, before anything is imported: what is scanned stays off it unless it is on.
        start = f"import sys; sys.path[:] = {sys.path!r}; from threshlint.scan.worker import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._jobs, self._results = self.process.stdin, self.process.stdout

    def is_ready(self) -> bool:
        """Wait until it can work; return whether it ever could."""
        try:
            return bool(self._receive() == READY)
        except WorkerDiedError:
            return False

    def analyse(self, jobs: list[Job]) -> Iterator[Analysed]:
        """Yield what comes of each file.

        Raises:
            WorkerDiedError: The process ended before it had answered them all.
        """
        try:
            pickle.dump([(job, _seconds_for(job)) for job in jobs], self._jobs, pickle.HIGHEST_PROTOCOL)
            self._jobs.flush()
        except OSError:
            raise WorkerDiedError(self._exit_code()) from None
        for _ in jobs:
            result = self._receive()
            assert isinstance(result, Analysed)
            yield result

    def _receive(self) -> object:
        try:
            return pickle.load(self._results)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise WorkerDiedError(self._exit_code()) from None

    def _exit_code(self) -> int:
        try:
            return self.process.wait(5)
        except subprocess.TimeoutExpired:  # it lives, and talks nonsense
            self.kill()
            return self.process.wait()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()

    def close(self) -> None:
        """End it, and leave nothing of it."""
        self.kill()
        self.process.wait()
        self._results.close()
        with suppress(OSError):  # what was still to be sent has nobody to read it
            self._jobs.close()


def _seconds_for(job: Job) -> float:
    return _SECONDS + _SECONDS_FOR_A_MEGABYTE * _size(job) / 1_000_000


def _size(job: Job) -> int:
    try:
        return os.stat(job.path).st_size
    except OSError:
        return 0  # the analysis says why


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
