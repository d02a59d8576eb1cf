"""A folder of entries: whole or not there, whoever else is at it and whatever happens to it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threshlint.scan.cache.store import Store

PAYLOAD = bytes(range(256)) * 3


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def kept(store: Store, key: str = "abc") -> Path:
    store.put("files", key, PAYLOAD)
    return store.folder / "files" / key


def test_what_is_kept_is_found(store: Store) -> None:
    assert store.get("files", "abc") is None
    kept(store)
    assert store.get("files", "abc") == PAYLOAD
    assert store.get("runs", "abc") is None
    assert store.get("files", "abd") is None
    store.put("files", "abc", b"")
    assert store.get("files", "abc") == b""


def test_git_and_backups_are_told(store: Store, tmp_path: Path) -> None:
    kept(store)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    status = subprocess.run(["git", "status", "--short"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert status.stdout == ""
    tag = (store.folder / "CACHEDIR.TAG").read_bytes()
    assert tag.startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")


@given(st.integers(0, len(PAYLOAD) + 15), st.integers(0, 7))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bit_that_flips_makes_it_no_entry(store: Store, place: int, bit: int) -> None:
    path = kept(store)
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)
    assert store.get("files", "abc") is None
    kept(store)
    assert store.get("files", "abc") == PAYLOAD


@given(st.integers(0, len(PAYLOAD) + 15))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_is_what_is_cut_off_or_goes_on(store: Store, length: int) -> None:
    path = kept(store)
    content = path.read_bytes()
    path.write_bytes(content[:length])
    assert store.get("files", "abc") is None
    path.write_bytes(content + content[:length] + b"x")
    assert store.get("files", "abc") is None


def test_nor_is_another_entry_in_its_place(store: Store) -> None:
    os.replace(kept(store), store.folder / "files" / "def")
    assert store.get("files", "def") is None
    os.replace(kept(store), store.folder / "runs" / "abc")
    assert store.get("runs", "abc") is None


def test_a_folder_in_its_place_is_left_alone(store: Store) -> None:
    path = kept(store)
    path.unlink()
    path.mkdir()
    (path / "mine").touch()
    assert store.get("files", "abc") is None
    kept(store)
    assert (path / "mine").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_is_full_or_read_only_is_no_trouble(
    number: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(store)

    def fail(*arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as context:
        context.setattr(os, "replace", fail)
        kept(store, "def")
    assert store.get("files", "abc") == PAYLOAD
    assert store.get("files", "def") is None
    assert not list((store.folder / "files").glob("*.tmp"))


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    store = Store(tmp_path / "cache")
    kept(store)
    store.prune()
    assert store.get("files", "abc") is None
    assert not store.clear()
    assert (tmp_path / "cache").read_text() == "a file"


def test_many_writers_and_readers(store: Store) -> None:
    wrong = []

    def work(number: int) -> None:
        own = Store(store.folder)
        for turn in range(100):
            key = str((turn * 7 + number) % 10)
            own.put("files", key, key.encode() * 5_000)
            found = own.get("files", key)
            if found not in (None, key.encode() * 5_000):
                wrong.append(found)
            own.prune(most_bytes=20_000)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert all(store.get("files", str(key)) in (None, str(key).encode() * 5_000) for key in range(10))


class TestPrune:
    def aged(self, store: Store, key: str, hours: float) -> Path:
        path = kept(store, key)
        used = path.stat().st_mtime - hours * 3_600
        os.utime(path, (used, used))
        return path

    def test_deletes_what_was_not_used_for_longest(self, store: Store) -> None:
        paths = [self.aged(store, str(number), hours=10 - number) for number in range(6)]
        later = Store(store.folder)
        kept(later, "new")
        later.prune(most_bytes=3 * paths[0].stat().st_size)
        assert [path.exists() for path in paths] == [False] * 4 + [True] * 2

    def test_leaves_what_this_run_has_used(self, store: Store) -> None:
        used, unused = self.aged(store, "used", hours=10), self.aged(store, "unused", hours=5)
        later = Store(store.folder)
        kept(later, "new")
        assert later.get("files", "used") == PAYLOAD
        later.prune(most_bytes=1)
        assert (used.exists(), unused.exists()) == (True, False)

    def test_what_is_used_is_known_to_be(self, store: Store) -> None:
        paths = [self.aged(store, str(number), hours=10) for number in range(2)]
        Store(store.folder).get("files", "0")
        later = Store(store.folder)
        kept(later, "new")
        later.prune(most_bytes=2 * paths[0].stat().st_size)
        assert [path.exists() for path in paths] == [True, False]

    def test_deletes_drafts_that_nobody_finishes(self, store: Store) -> None:
        kept(store)
        fresh, old = (store.folder / "files" / f"abc.{name}.tmp" for name in ("fresh", "old"))
        for path in (fresh, old):
            path.touch()
        os.utime(old, (1, 1))
        store.prune()
        assert (fresh.exists(), old.exists()) == (True, False)

    def test_looks_at_nothing_where_nothing_was_added(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        kept(store)
        monkeypatch.setattr(os, "scandir", None)
        Store(store.folder).prune(most_bytes=1)
        assert store.get("files", "abc") == PAYLOAD


class TestClear:
    def test_deletes_the_folder(self, store: Store) -> None:
        kept(store)
        (store.folder / "runs" / "abc.def.tmp").touch()
        assert store.clear()
        assert not store.folder.exists()
        assert not store.clear()

    def test_deletes_nothing_else(self, store: Store) -> None:
        store.folder.mkdir()
        (store.folder / "mine").touch()
        (store.folder / ".gitignore").write_text("mine\n")
        kept(store)
        assert store.clear()
        assert sorted(path.name for path in store.folder.iterdir()) == [".gitignore", "mine"]

    def test_does_not_take_another_tool_s_cache_for_its_own(self, store: Store) -> None:
        store.folder.mkdir()
        (store.folder / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
        (store.folder / "files").mkdir()
        assert not store.clear()
        assert (store.folder / "files").exists()


KILLED = """
import sys
from pathlib import Path
from threshlint.scan.cache.store import Store
print("started", flush=True)
turn = 0
while True:
    store = Store(Path(sys.argv[1]))
    for key in range(20):
        store.put("files", str(key), b"%d " % key * 20_000)
    store.prune(most_bytes=100_000)
    if turn % 5 == 4:
        store.clear()
    turn += 1
"""


def test_a_writer_that_is_killed_leaves_whole_entries(tmp_path: Path) -> None:
    found = 0
    for turn in range(15):
        folder = tmp_path / "cache"
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01 + turn * 0.003)
        process.kill()
        process.communicate()
        for key in range(20):
            content = Store(folder).get("files", str(key))
            assert content in (None, b"%d " % key * 20_000)
            found += content is not None
    assert found
