"""The process that analyses files for another one: jobs come in on its standard input, results go out.

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
from typing import IO

from threshlint.scan.analyse import Analysed, Job, analyse
from threshlint.scan.stack import with_deep_stack

READY = "ready"
TIMED_OUT = 1  # the exit code of a process that faulthandler ends
FAILED = 70


def main() -> None:
    """Answer jobs until there are no more, or nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent decides
    _leave_no_core()
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


def _serve(jobs: IO[bytes], results: IO[bytes], nowhere: IO[str]) -> None:
    _send(READY, results)
    while True:
        try:
            chunk: list[tuple[Job, float]] = pickle.load(jobs)
        except EOFError:
            return
        for job, seconds in chunk:
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            result = analyse(job, expendable=True)
            faulthandler.cancel_dump_traceback_later()
            _send(result, results)


def _send(result: Analysed | str, results: IO[bytes]) -> None:
    pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
    results.flush()


def _leave_no_core() -> None:
    try:
        import resource
    except ImportError:  # there are none on Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
