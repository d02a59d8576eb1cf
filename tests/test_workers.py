"""Worker processes: what becomes of files and processes when one of either misbehaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from threshlint.config import Config
from threshlint.scan import scan, stack, workers
from threshlint.scan.analyse import Job
from threshlint.scan.entry import Entry
from threshlint.scan.stack import with_deep_stack
from threshlint.scan.tasks import AnalyseFile
from threshlint.scan.workers import Workers

CODE = "def f(a, b):\n    return a + b\n" * 40


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_WORKERS", 0)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    monkeypatch.setattr(workers, "_CHUNK_FILES", 5)


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    made = []
    for number in range(40):
        path = tmp_path / f"m{number}.py"
        path.write_text(CODE)
        made.append(Job(path, path.name, path.stem))
    return made


def analyse_all(jobs: list[Job], limit: float | None = None) -> dict[str, Entry]:
    wanted = [AnalyseFile(job, job.path.stat().st_size, limit) for job in jobs]
    with Workers() as pool:
        return {job.relative: result for job, result in zip(jobs, pool.do(wanted), strict=True)}


def reasons(results: dict[str, Entry]) -> dict[str, str]:
    return {path: result.head.reason for path, result in results.items() if result.head.reason is not None}


def assert_all_else_is_analysed(results: dict[str, Entry], jobs: list[Job]) -> None:
    assert list(results) == [job.relative for job in jobs]
    assert all((result.facts == b"") == (result.head.reason is not None) for result in results.values())


def hook_start(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Run code in each worker before it serves."""
    popen = subprocess.Popen

    def start(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        *before, program = command
        setup, serve = program.rsplit("; ", 1)
        return popen([*before, f"{setup}\n{textwrap.dedent(code)}\n{serve}"], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", start)


WHEN_AT_M7 = """\
import os, signal, threshlint.scan.tasks as tasks
analyse = tasks.analyse
def hooked(job, **options):
    if job.relative == "m7.py":
        {}
    return analyse(job, **options)
tasks.analyse = hooked
"""


def test_workers_give_what_this_process_gives(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    apart = analyse_all(jobs)
    monkeypatch.setattr(workers, "WORTH_WORKERS", 10**9)
    assert analyse_all(jobs) == apart
    assert reasons(apart) == {}


def test_a_worker_that_crashes_costs_the_file_that_it_was_at(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(monkeypatch, WHEN_AT_M7.format("os.kill(os.getpid(), signal.SIGSEGV)"))
    results = analyse_all(jobs)
    assert reasons(results) == {"m7.py": "is nested too deeply: the parser ran out of stack; simplify or exclude it"}
    assert_all_else_is_analysed(results, jobs)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_file_whose_workers_are_killed_is_tried_twice(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(monkeypatch, WHEN_AT_M7.format("os.kill(os.getpid(), signal.SIGKILL)"))
    results = analyse_all(jobs)
    assert list(reasons(results)) == ["m7.py"]
    assert "its process died twice (exit code -9)" in reasons(results)["m7.py"]
    assert_all_else_is_analysed(results, jobs)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_worker_that_is_killed_once_costs_nothing(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "killed"
    once = f"os.path.exists({str(marker)!r}) or (open({str(marker)!r}, 'w'), os.kill(os.getpid(), signal.SIGKILL))"
    hook_start(monkeypatch, WHEN_AT_M7.format(once))
    results = analyse_all(jobs)
    assert marker.exists()
    assert reasons(results) == {}
    assert_all_else_is_analysed(results, jobs)


@pytest.mark.parametrize("how", ["while True: pass", "import time; time.sleep(60)"], ids=["busy", "idle"])
def test_a_file_that_takes_for_ever_is_given_up(how: str, jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(
        monkeypatch, "import threshlint.scan.worker as worker; worker._PATIENCE = 2.0\n" + WHEN_AT_M7.format(how)
    )
    results = analyse_all(jobs, limit=1.5)
    assert reasons(results) == {"m7.py": "takes too long to parse; simplify or exclude it"}
    assert_all_else_is_analysed(results, jobs)


def test_a_worker_that_fails_is_not_taken_for_a_slow_one(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(monkeypatch, WHEN_AT_M7.format("raise ValueError"))
    assert "its process died twice (exit code 70)" in reasons(analyse_all(jobs))["m7.py"]


def test_what_is_printed_in_a_worker_is_no_result(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(monkeypatch, WHEN_AT_M7.format("print('hello'); os.write(1, b'hello')"))
    assert reasons(analyse_all(jobs)) == {}


@pytest.mark.parametrize("executable", ["", "/nowhere/python"])
def test_without_processes_this_one_does_it(
    executable: str, jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep.py").write_text("x = a" + ".b" * 100_000 + "\n")
    jobs = [*jobs, Job(tmp_path / "deep.py", "deep.py", "deep")]
    monkeypatch.setattr(sys, "executable", executable)
    results = analyse_all(jobs)
    assert reasons(results) == {"deep.py": "is nested too deeply to be analysed; simplify or exclude it"}
    assert_all_else_is_analysed(results, jobs)


def test_an_interpreter_that_cannot_work_is_not_asked(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(monkeypatch, "raise SystemExit(3)")
    assert reasons(analyse_all(jobs)) == {}


def test_few_files_start_no_process(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_WORKERS", 10**9)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert reasons(analyse_all(jobs)) == {}


def test_it_works_from_any_thread(jobs: list[Job]) -> None:
    done: list[dict[str, Entry]] = []
    threads = [threading.Thread(target=lambda: done.append(analyse_all(jobs))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [reasons(results) for results in done] == [{}, {}]


def count_starts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows with each process that is started."""
    started: list[object] = []
    popen = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        process = popen(*arguments, **options)  # type: ignore[call-overload]
        started.append(process)
        return process  # type: ignore[no-any-return]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_workers_stay_for_what_comes_next(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    started = count_starts(monkeypatch)
    wanted = [AnalyseFile(job, job.path.stat().st_size) for job in jobs]
    with Workers() as pool:
        assert pool.do(wanted) == pool.do(wanted)
        assert len(started) == 2
        assert all(process.poll() is None for process in started)  # type: ignore[attr-defined]
    assert all(process.poll() is not None for process in started)  # type: ignore[attr-defined]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="knows its memory from /proc")
def test_a_worker_that_has_grown_is_replaced(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    started = count_starts(monkeypatch)
    hook_start(monkeypatch, "import threshlint.scan.worker as worker; worker.MOST_MEMORY = 1")
    assert_all_else_is_analysed(analyse_all(jobs), jobs)
    assert len(started) == 8  # one for each chunk of five


@pytest.mark.skipif(os.name == "nt", reason="there are no limits")
def test_a_file_that_takes_all_the_memory_is_named(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    hook_start(
        monkeypatch,
        """\
        import threshlint.scan.analyse as analyse
        parse = analyse._parse
        def hooked(job, lexed):
            return bytearray(5 * 1024**3) if job.relative == "m7.py" else parse(job, lexed)
        analyse._parse = hooked
        """,
    )
    results = analyse_all(jobs)
    assert reasons(results) == {"m7.py": "takes more memory than there is; split or exclude it"}
    assert_all_else_is_analysed(results, jobs)


def test_this_process_does_nothing_that_may_take_too_long(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORTH_WORKERS", 10**9)
    started = count_starts(monkeypatch)
    assert reasons(analyse_all(jobs, limit=5.0)) == {}
    assert started == []
    hook_start(monkeypatch, WHEN_AT_M7.format("while True: pass"))
    jobs[7].path.write_text(CODE * 170)
    results = analyse_all(jobs, limit=2.0)
    assert reasons(results) == {"m7.py": "takes too long to parse; simplify or exclude it"}
    assert len(started) == 1


@pytest.mark.parametrize("worth", [0, 10**9])
def test_what_is_done_is_told(worth: int, jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_WORKERS", worth)
    wanted = [AnalyseFile(job, job.path.stat().st_size) for job in jobs]
    told: list[int] = []
    done: list[str] = []
    with Workers(told.append) as pool:
        pool.do(wanted, lambda task, entry: done.append(task.job.relative))
    assert sum(told) == sum(task.size for task in wanted)
    assert sorted(done) == sorted(job.relative for job in jobs)


def test_a_component_is_solved_in_a_worker_as_it_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from sklearn.metrics.pairwise import cosine_similarity\nprint(cosine_similarity(a, b) > 0.8)\n"
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(code)
    apart = scan([tmp_path], Config(tmp_path))
    assert [site.path for site in apart.sites] == ["a.py", "b.py", "c.py"]
    monkeypatch.setattr(workers, "WORTH_WORKERS", 10**9)
    assert scan([tmp_path], Config(tmp_path)) == apart


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_component_whose_worker_dies_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("def f(query_embedding, k=5):\n    return query_embedding[:k]\n")
    hook_start(
        monkeypatch,
        """\
        import os, signal, threshlint.scan.tasks as tasks
        tasks.solve = lambda facts, config, memory: os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    found = scan([tmp_path], Config(tmp_path), cache=tmp_path / "cache")
    assert [skipped.path for skipped in found.skipped] == ["a.py", "b.py"]
    assert all("its process died twice" in skipped.reason for skipped in found.skipped)
    assert not list((tmp_path / "cache" / "runs").iterdir())


SCRIPT = """\
import sys
from pathlib import Path
from threshlint.config import Config
from threshlint.scan import scan, tasks, workers
workers.WORTH_WORKERS = 0
workers._cores = lambda: 2
print("started", flush=True)
print(scan([Path(sys.argv[1])], Config(Path(sys.argv[1]))).files)
"""


@pytest.mark.parametrize("how", ["file", "-c", "stdin"])
def test_a_script_needs_no_main_guard(how: str, jobs: list[Job], tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text(SCRIPT)
    arguments = {"file": [str(script)], "-c": ["-c", SCRIPT], "stdin": ["-"]}[how]
    command = [sys.executable, *arguments, str(tmp_path)]
    done = subprocess.run(command, input=SCRIPT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("started\n40\n", "")


def test_the_scanned_project_is_not_imported(jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pickle", "libcst", "threshlint", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert reasons(analyse_all(jobs)) == {}
    assert not (tmp_path / "imported").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_no_process(ending: signal.Signals, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text("match x:\n  case " + "[" * 50 + "]" * 50 + ":\n    pass\n")
    script = SCRIPT.replace("= 0\n", "= 0; tasks._SECONDS = 5.0; workers._CHUNK_FILES = 1\n", 1)
    command = [sys.executable, "-c", script, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait_for(lambda: len(members(process.pid)) == 3)
    process.send_signal(ending)
    process.communicate(timeout=30)
    assert process.returncode == -ending
    # Only who is asked to end can see to it at once; else the workers end with the file that they are at.
    wait_for(lambda: not members(process.pid), 2 if ending is signal.SIGINT else 12)


def members(session: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            state, _, _, its_session = Path("/proc", entry, "stat").read_text().rpartition(") ")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(its_session) == session and state != "Z":
            found.append(int(entry))
    return found


def wait_for(condition: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


class TestDeepStack:
    @staticmethod
    def descend(levels: int) -> int:
        return 0 if not levels else 1 + TestDeepStack.descend(levels - 1)

    def test_is_deep(self) -> None:
        before = sys.getrecursionlimit()
        assert with_deep_stack(self.descend, 50_000) == 50_000
        assert sys.getrecursionlimit() == before
        assert threading.stack_size() == 0

    def test_passes_on_what_is_raised(self) -> None:
        with pytest.raises(KeyError):
            with_deep_stack(os.environ.__getitem__, "x")
        with pytest.raises(RecursionError):
            with_deep_stack(self.descend, 10**7)

    def test_nests(self) -> None:
        before = sys.getrecursionlimit()
        assert with_deep_stack(lambda: with_deep_stack(self.descend, 5_000) + self.descend(5_000)) == 10_000
        assert sys.getrecursionlimit() == before

    def test_takes_what_the_system_gives(self, monkeypatch: pytest.MonkeyPatch) -> None:
        start = threading.Thread.start

        def refuse(thread: threading.Thread) -> None:
            if threading.stack_size() > 200 * 1024 * 1024:
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refuse)
        assert with_deep_stack(self.descend, 20_000) == 20_000

    def test_goes_without_where_the_system_gives_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = sys.getrecursionlimit()
        monkeypatch.setattr(stack, "_start", lambda run, megabytes: None)
        assert with_deep_stack(self.descend, 50) == 50
        assert sys.getrecursionlimit() == before
