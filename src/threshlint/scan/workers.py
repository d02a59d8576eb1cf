"""Many tasks at once: worker processes, started only when there is enough to do.

A worker is a fresh interpreter rather than a child of ``multiprocessing``: it is the same on every platform, forks no
thread's locks, and does not import the caller's main module again, which may have no guard.
A worker that dies costs the file that it was at, which is named; the rest goes to another worker. One that has grown
large is replaced by another, for memory that was taken once is seldom given back.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from threshlint.scan.stack import with_deep_stack
from threshlint.scan.tasks import Task
from threshlint.scan.trouble import TOO_DEEP
from threshlint.scan.worker import FULL, READY, TIMED_OUT

# Below this, starting processes costs more than it saves.
WORTH_WORKERS = 300_000  # bytes
_CHUNK_BYTES = 150_000
_CHUNK_FILES = 100
_SLOWEST = 10.0  # seconds that a parser may take for a megabyte that is not risky
_LOOK_UP = 0.1  # seconds between two looks at how far it is
_OUT_OF_STACK = {
    *(-getattr(signal, name) for name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL") if hasattr(signal, name)),
    0xC00000FD,  # Windows' stack overflow
    0xC0000005,
}

_Numbered = tuple[int, Task]


class Workers:
    """Does tasks, here or in processes that live as long as this is open."""

    def __init__(self, watch: Callable[[int], None] | None = None) -> None:
        """Take what is told of each progress, in bytes of source, by the thread that waits."""
        self._watch = watch or (lambda size: None)
        self._idle: list[_Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            self._idle.pop().close()

    def do(self, tasks: Sequence[Task], done: Callable[[Any, Any], None] | None = None) -> list[Any]:
        """Do tasks; the results come in their order.

        Args:
            tasks: What to do.
            done: Is given each task and its result as soon as there is one, by some thread.
        """
        found: dict[int, Any] = {}

        def take(number: int, result: Any) -> None:
            found[number] = result
            if done is not None:
                done(tasks[number], result)

        numbered = list(enumerate(tasks))
        if sum(task.size for task in tasks) < WORTH_WORKERS or _cores() < 2 or len(tasks) < 2:
            self._here([(number, task) for number, task in numbered if not (task.is_large or _may_be_slow(task))], take)
        for _ in range(2):  # where no more processes can be started, those that there are do the rest
            self._apart([(number, task) for number, task in numbered if number not in found], take)
        self._here([(number, task) for number, task in numbered if number not in found], take)  # no process starts
        missing = [(number, task) for number, task in numbered if number not in found]
        for number, task in missing:
            take(number, task.give_up(TOO_DEEP))
        return [found[number] for number, _ in numbered]

    def _here(self, tasks: Sequence[_Numbered], take: Callable[[int, Any], None]) -> None:
        """Do tasks in this process, but for those that might take it with them."""

        def do_them() -> None:
            for number, task in tasks:
                result = task.do(expendable=False)
                if result is not None:
                    take(number, result)
                self._watch(task.size)

        if tasks:
            with_deep_stack(do_them)

    def _apart(self, tasks: Sequence[_Numbered], take: Callable[[int, Any], None]) -> None:
        if tasks:
            pool = _Pool(_chunks(tasks), take, self._idle)
            pool.run(_cores(), self._watch)


def _may_be_slow(task: Task) -> bool:
    """Tell whether a task may take longer than it is allowed to: nothing ends what this process does itself."""
    return task.seconds is not None and task.size * _SLOWEST / 1_000_000 > task.seconds


def _chunks(tasks: Iterable[_Numbered]) -> Iterator[list[_Numbered]]:
    """Yield chunks of about the same size, the largest tasks first so that none is left for last."""
    chunk: list[_Numbered] = []
    held = 0
    for numbered in sorted(tasks, key=lambda numbered: -numbered[1].size):
        chunk.append(numbered)
        held += numbered[1].size
        if held >= _CHUNK_BYTES or len(chunk) >= _CHUNK_FILES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


class _Pool:
    """Chunks of tasks, and threads that each keep one worker busy with them."""

    def __init__(
        self, chunks: Iterable[list[_Numbered]], take: Callable[[int, Any], None], idle: list[_Worker]
    ) -> None:
        self._chunks = deque(chunks)
        self._take = take
        self._idle = idle
        self._died_once: set[int] = set()
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._problems: list[BaseException] = []
        self._finished = deque[int]()  # sizes of tasks, to be told of

    def run(self, most: int, watch: Callable[[int], None]) -> None:
        """Work until all is done; on Ctrl-C, or any other exception, leave no process behind."""
        threads = [threading.Thread(target=self._drive, daemon=True) for _ in range(min(most, len(self._chunks)))]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(_LOOK_UP)  # without a timeout no Ctrl-C comes through on Windows
                    watch(self._done_since())
        finally:
            self._stop()
        watch(self._done_since())
        if self._problems:
            raise self._problems[0]

    def _done_since(self) -> int:
        return sum(self._finished.popleft() for _ in range(len(self._finished)))

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
                chunk = self._next()
                if not chunk:
                    break
                if worker is None:
                    worker = self._start()
                    if worker is None:
                        self._chunks.appendleft(chunk)
                        return
                answered = 0
                try:
                    for result in worker.do([task for _, task in chunk]):
                        self._note(chunk[answered], result)
                        answered += 1
                except WorkerDiedError as death:
                    self._bury(worker)
                    worker = None
                    if not self._stopped:
                        self._after_death(chunk[answered:], death.code)
                else:
                    if worker.is_full:
                        self._bury(worker)
                        worker = None
            if worker is not None and not self._stopped:
                with self._lock:
                    self._workers.discard(worker)
                    self._idle.append(worker)
                worker = None
        except BaseException as problem:  # raised again by run()
            self._problems.append(problem)
        finally:
            if worker is not None:
                self._bury(worker)

    def _note(self, numbered: _Numbered, result: Any) -> None:
        number, task = numbered
        self._take(number, result)
        self._finished.append(task.size)

    def _next(self) -> list[_Numbered]:
        try:
            return self._chunks.popleft()
        except IndexError:  # another thread was faster
            return []

    def _after_death(self, left: list[_Numbered], code: int) -> None:
        """Name the file that a worker died of, or try it once more; the others go back into the queue."""
        culprit, *others = left
        number, task = culprit
        if code in TIMED_OUT:
            reason = "takes too long to parse; simplify or exclude it"
        elif code in _OUT_OF_STACK:
            reason = "is nested too deeply: the parser ran out of stack; simplify or exclude it"
        elif number in self._died_once:
            reason = f"could not be analysed: its process died twice (exit code {code}); is there enough memory?"
        else:
            self._died_once.add(number)
            self._chunks.append([culprit])
            reason = None
        if reason is not None:
            self._note(culprit, task.give_up(reason))
        if others:
            self._chunks.append(others)

    def _start(self) -> _Worker | None:
        with self._lock:
            if self._stopped or getattr(sys, "frozen", False):  # a program in one file is no interpreter
                return None
            try:
                worker = self._idle.pop() if self._idle else _Worker()
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
        self._tasks, self._results = self.process.stdin, self.process.stdout
        self._is_ready = False
        self.is_full = False  # of memory: another is to go on

    def is_ready(self) -> bool:
        """Wait until it can work; return whether it ever could."""
        try:
            self._is_ready = self._is_ready or self._receive() == READY
        except WorkerDiedError:
            return False
        return self._is_ready

    def do(self, tasks: list[Task]) -> Iterator[Any]:
        """Yield what comes of each task.

        Raises:
            WorkerDiedError: The process ended before it had answered them all.
        """
        try:
            pickle.dump(tasks, self._tasks, pickle.HIGHEST_PROTOCOL)
            self._tasks.flush()
        except OSError:
            raise WorkerDiedError(self._exit_code()) from None
        for _ in tasks:
            yield self._receive()
        self.is_full = self._tells_that_it_is_full()

    def _tells_that_it_is_full(self) -> bool:
        try:
            return bool(self._receive() == FULL)
        except WorkerDiedError:  # with everything answered
            return True

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
            self._tasks.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
