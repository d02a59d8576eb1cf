"""One whole process: how long it took, what it used of the processor, and how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class RunError(Exception):
    """A process that did not do what was to be measured."""


@dataclass(frozen=True)
class Cost:
    """What one run cost, with all processes that it started and waited for."""

    seconds: float
    cpu: float  # seconds
    megabytes: float  # of the largest process


def run(command: Sequence[str], folder: Path, codes: Sequence[int] = (0,)) -> Cost:
    """Run a command in a folder and measure it; this process has to be small, for a child starts with its memory.

    Raises:
        RunError: It ended in none of the codes that it may end in.
    """
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in codes:
        raise RunError(f"{' '.join(command)} ended in {code} in {folder}: {said.decode(errors='replace')[-500:]}")
    # Of the process and of all that it waited for: the sum of the processor's time, the most of the memory.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1_000_000)
