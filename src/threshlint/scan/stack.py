"""Room for code that calls itself as deep as the code that it reads is nested."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Memory is only taken as it is used; yet a small machine, or a limit on the address space, may refuse much of it.
STACK_MEGABYTES = (512, 128, 32)
_BYTES_FOR_A_CALL = 2_600

_lock = threading.RLock()
_limits: list[int] = []  # the recursion limit of each call that runs now, beneath them that of before


def with_deep_stack(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function on a thread with as deep a stack as there is."""
    outcome: list[T] = []
    problem: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function(*args, **kwargs))
        except BaseException as error:  # raised again below
            problem.append(error)

    for megabytes in STACK_MEGABYTES:
        with _recursion_limit(megabytes * 1024 * 1024 // _BYTES_FOR_A_CALL):
            thread = _start(run, megabytes)
            if thread is None:
                continue
            while thread.is_alive():
                thread.join(1)  # without a timeout no Ctrl-C comes through on Windows
        if problem:
            raise problem[0]
        return outcome[0]
    return function(*args, **kwargs)


def _start(run: Callable[[], None], megabytes: int) -> threading.Thread | None:
    """Start a thread with a stack of that size; return None where the system refuses it."""
    thread = threading.Thread(target=run, daemon=True)  # after Ctrl-C nobody waits for it
    with _lock:
        before = threading.stack_size()
        try:
            threading.stack_size(megabytes * 1024 * 1024)
            thread.start()
        except (ValueError, RuntimeError):
            return None
        finally:
            threading.stack_size(before)
    return thread


@contextmanager
def _recursion_limit(limit: int) -> Iterator[None]:
    """Let the interpreter recurse deeper; the limit holds for all threads, so the last one out resets it."""
    with _lock:
        _limits.append(limit) if _limits else _limits.extend((sys.getrecursionlimit(), limit))
        sys.setrecursionlimit(max(_limits))
    try:
        yield
    finally:
        with _lock:
            _limits.remove(limit)
            sys.setrecursionlimit(max(_limits))
            if len(_limits) == 1:
                _limits.clear()
