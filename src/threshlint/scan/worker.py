"""The process that does tasks for another one: they come in on its standard input, results go out.

It may die of any file, and its parent starts another: a native parser that has no stack left takes the process with
it, and no thread can stop one that takes for ever, since it holds the interpreter.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from threshlint.scan.stack import with_deep_stack

if TYPE_CHECKING:
    from threshlint.scan.tasks import Task

READY = "ready"
FULL = "full"  # in place of it: ready, but holding so much memory that another process should go on
_HAS_TIMER = hasattr(signal, "setitimer")  # of the time on the processor; not on Windows
# The exit codes of a process that faulthandler ends, and of one that has used up its time on the processor.
TIMED_OUT = frozenset({1, -signal.SIGPROF} if _HAS_TIMER else {1})
# How much longer it may take than it may compute: the processor may be busy with something else.
_PATIENCE = 10.0
FAILED = 70
# What a process may take for itself, address space that is only reserved included: a parser that takes more is given
# up rather than the machine brought to its knees.
MOST_ADDRESSES = 4 * 1024**3
MOST_MEMORY = 250_000_000


def main() -> None:
    """Do tasks until there are no more, or nobody listens."""
    if _HAS_TIMER:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent decides
    _limit()
    gc.disable()  # trees and facts hold no cycles, and looking for some doubles the time
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no result
    with open(os.devnull, "w") as nowhere:
        try:
            with_deep_stack(_serve, sys.stdin.buffer, results, nowhere)
        except BrokenPipeError:
            os._exit(0)
        except BaseException:  # the parent names the file; an exit code of its own, for 1 is faulthandler's
            os._exit(FAILED)


def _serve(tasks: IO[bytes], results: IO[bytes], nowhere: IO[str]) -> None:
    _send(READY, results)
    while True:
        try:
            chunk: list[Task] = pickle.load(tasks)
        except EOFError:
            return
        for task in chunk:
            task.prepare()
            with _limited(task.seconds, nowhere):
                result = task.do(expendable=True)
            _send(result, results)
        _send(FULL if _memory() > MOST_MEMORY else READY, results)


@contextmanager
def _limited(seconds: float | None, nowhere: IO[str]) -> Iterator[None]:
    """End this process when something takes longer than it may, native code too, which no exception would reach."""
    if seconds is None:
        yield
        return
    if _HAS_TIMER:
        signal.setitimer(signal.ITIMER_PROF, seconds)  # a signal that nobody handles ends the process
    faulthandler.dump_traceback_later(seconds * (_PATIENCE if _HAS_TIMER else 1), exit=True, file=nowhere)
    yield
    faulthandler.cancel_dump_traceback_later()
    if _HAS_TIMER:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _send(result: object, results: IO[bytes]) -> None:
    pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
    results.flush()


def _memory() -> int:
    """Return the bytes of memory that this process holds, where that is easily known."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _limit() -> None:
    """Leave no core, and do not take all the memory that there is."""
    try:
        import resource
    except ImportError:  # there are no limits on Windows
        return
    for limit, wanted in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MOST_ADDRESSES)):
        soft, hard = resource.getrlimit(limit)
        lower = [each for each in (soft, hard, wanted) if each != resource.RLIM_INFINITY]
        resource.setrlimit(limit, (min(lower), hard))
