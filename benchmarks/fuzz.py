"""Look for input that threshlint cannot cope with: a crash, a hang, a file half-checked, time out of proportion.

    python benchmarks/fuzz.py                           # every fuzzer, a minute each
    python benchmarks/fuzz.py --minutes 60              # an hour in all
    python benchmarks/fuzz.py mutations --minutes 5     # one of them
    python benchmarks/fuzz.py mutations --seed 17       # one round, as it was

Whatever breaks a law is kept in a folder of its own, as small as it could be made, with what was said of it. Exit code:
0, or 1 where something was found.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from fuzzing.rounds import ROUNDS, STDLIB, corpus

HERE = Path(__file__).parent
FUZZERS = {fuzzer.__name__: fuzzer for fuzzer in ROUNDS}
# Longer than any limit of a single scan; shrinking an input takes a while.
_LONGEST_ROUND = 1_200.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz until the time is up, or do one round of it."""
    options = _options(arguments)
    if options.inside is not None:
        return play(options)
    names = options.fuzzers or list(FUZZERS)
    end = time.monotonic() + 60 * (options.minutes or len(names))
    begin = int(time.time())
    seeds = itertools.count(begin) if options.seed is None else [options.seed]
    found = 0
    for number, name in ((number, name) for number in seeds for name in names):
        if time.monotonic() > end:
            break
        found += not play_apart(name, number, options)
    return int(found > 0)


def play_apart(name: str, number: int, options: argparse.Namespace) -> bool:
    """Do a round in a process of its own, and keep its files if it does not end well."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "project")
        command = [sys.executable, __file__, name, "--seed", str(number), "--inside", str(folder)]
        if options.examples:
            command += ["--examples", str(options.examples)]
        for more in options.corpus:
            command += ["--corpus", str(more)]
        begin = time.monotonic()
        said, code = _run(command)
        print(
            f"{name:9}  seed {number}  {time.monotonic() - begin:5.0f} s  {said.splitlines()[-1] if said else ''}",
            flush=True,
        )
        if code == 0:
            return True
        kept = options.findings / f"{name}-{number}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept) if folder.is_dir() else kept.mkdir(parents=True)
        (kept / "what.txt").write_text(f"exit code {code}\n\n{said}\n", encoding="utf-8", errors="backslashreplace")
        print(f"{name:9}  seed {number}  exit code {code}: see {kept}", flush=True)
        return False


def play(options: argparse.Namespace) -> int:
    """Do a round in this process."""
    (name,) = options.fuzzers
    fuzzer = FUZZERS[name]
    files = corpus(options.corpus or [STDLIB])
    print(fuzzer(options.inside, options.seed, options.examples or ROUNDS[fuzzer], files))
    return 0


def _run(command: Sequence[str]) -> tuple[str, int]:
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_LONGEST_ROUND, check=False,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as timeout:
        return (timeout.stdout or b"").decode(errors="backslashreplace") + "\ntook too long", -1
    return done.stdout.decode(errors="backslashreplace"), done.returncode


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fuzzers", nargs="*", metavar="FUZZER", help=f"only these: {', '.join(FUZZERS)}")
    parser.add_argument("--minutes", type=float, help="how long in all; without it, a minute for each")
    parser.add_argument("--seed", type=int, help="one round of each, with this seed")
    parser.add_argument("--examples", type=int, metavar="N", help="how many inputs a round has")
    parser.add_argument(
        "--corpus", type=Path, action="append", default=[], metavar="DIR", help="real files; without any, the library's"
    )
    parser.add_argument(
        "--findings", type=Path, default=HERE / ".findings", metavar="DIR", help="where what is found is kept"
    )
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = set(options.fuzzers) - set(FUZZERS)
    if unknown:
        parser.error(f"there is no fuzzer {', '.join(sorted(unknown))}; there are {', '.join(FUZZERS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
