"""Many files at once: worker processes, started only when there is enough to do.

A worker that dies (a parser's native stack may overflow) or hangs costs one file, which is named.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection

from threshlint.scan.analyse import Analysed, Job, analyse, with_deep_stack

# Below this, starting processes costs more than it saves.
WORTH_A_POOL = 300_000  # bytes
CHUNK_BYTES = 150_000
SECONDS_FOR_ONE_FILE = 20.0


def analyse_all(jobs: Sequence[Job]) -> list[Analysed]:
    """Analyse files; the results come in the order of the jobs."""
    sizes = [_size(job) for job in jobs]
    cores = _cores()
    if sum(sizes) < WORTH_A_POOL or cores < 2 or len(jobs) < 2:
        results = _analyse_chunk(list(jobs))
    else:
        results = _in_pool(jobs, sizes, cores)
    by_path = {job.relative: job for job in jobs}
    return [_isolated(by_path[result.relative]) if result.risky else result for result in results]


def _analyse_chunk(jobs: list[Job]) -> list[Analysed]:
    results: list[Analysed] = with_deep_stack(lambda: [analyse(job) for job in jobs])
    return results


def _in_pool(jobs: Sequence[Job], sizes: Sequence[int], cores: int) -> list[Analysed]:
    chunks = list(_chunks(jobs, sizes))
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver" if _threads_run() else "fork")
    try:
        with ProcessPoolExecutor(min(cores, len(chunks)), mp_context=context) as pool:
            return [result for chunk in pool.map(_analyse_chunk, chunks) for result in chunk]
    except BrokenProcessPool:
        # Some file killed its worker: do each on its own to learn which.
        return [_isolated(job) for job in jobs]


def _chunks(jobs: Sequence[Job], sizes: Sequence[int]) -> Iterator[list[Job]]:
    """Yield chunks of about the same size, the largest files first so that none is left for last."""
    order = sorted(range(len(jobs)), key=lambda index: -sizes[index])
    chunk: list[Job] = []
    held = 0
    for index in order:
        chunk.append(jobs[index])
        held += sizes[index]
        if held >= CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _isolated(job: Job) -> Analysed:
    """Analyse one file in a process of its own, which may crash or hang."""
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver" if _threads_run() else "fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(job, sender), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(SECONDS_FOR_ONE_FILE):
            return Analysed(
                job.relative,
                reason=f"took longer than {SECONDS_FOR_ONE_FILE:.0f} seconds to parse; exclude it, or simplify it",
            )
        result: Analysed = receiver.recv()
        return result
    except EOFError:
        return Analysed(job.relative, reason="is nested too deeply: the parser ran out of stack")
    finally:
        process.kill()
        process.join()
        receiver.close()


def _answer(job: Job, sender: Connection) -> None:
    sender.send(with_deep_stack(lambda: analyse(job, isolated=True)))
    sender.close()


def _size(job: Job) -> int:
    try:
        return os.stat(job.path).st_size
    except OSError:
        return 0  # the analysis says why


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _threads_run() -> bool:
    """A fork copies only the thread that forks; others may hold locks."""
    import threading

    return threading.active_count() > 1
