"""Files keep everything about them but what was to change, and are written as a whole or not at all."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

import pytest

from threshlint.rewrite import RewriteError, line_length_of, read_original, write_all

CONTENTS = {
    "UTF-8": "A = 'é'\n".encode(),
    "with a byte order mark": codecs.BOM_UTF8 + "A = 'é'\n".encode(),
    "Latin-1": "# coding: latin-1\nA = 'é'\n".encode("latin-1"),
    "mixed line breaks": b"A = 1\r\nB = 2\rC = 3\n\x0cD = 4\r\n",
    "no newline at the end": b"\tA = 1",
    "nothing": b"",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_written_back_as_it_was(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(content)
    original = read_original(file)
    write_all([(original, original.text)])
    assert file.read_bytes() == content
    write_all([(original, original.text + "# more\n")])
    assert file.read_bytes() == content + b"# more\n"
    assert os.listdir(tmp_path) == ["a.py"]


def test_a_character_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"# coding: latin-1\nA = 1\n")
    original = read_original(file)
    with pytest.raises(RewriteError, match="cannot hold '編' in its encoding, iso-8859-1"):
        write_all([(original, original.text + "# 編\n")])
    assert file.read_bytes() == original.content


def test_a_comment_that_would_declare_an_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes("A = 'é'\n".encode())
    original = read_original(file)
    with pytest.raises(RewriteError, match="would be read in another encoding"):
        write_all([(original, "# threshold@encoding:latin-1\n" + original.text)])


def test_an_encoding_that_cannot_be_written_back(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"# coding: utf-7\nA = '+AGE-'\n")
    with pytest.raises(RewriteError, match="in a way that cannot be written back"):
        read_original(file)


@pytest.mark.skipif(os.name == "nt", reason="needs permissions as POSIX has them")
def test_permissions_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("A = 1\n")
    file.chmod(0o751)
    write_all([(read_original(file), "A = 2\n")])
    assert stat.S_IMODE(file.stat().st_mode) == 0o751


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "a.py"
    target.write_text("A = 1\n")
    link = tmp_path / "link.py"
    link.symlink_to(target)
    write_all([(read_original(link), "A = 2\n")])
    assert link.is_symlink()
    assert target.read_text() == "A = 2\n"


class TestAllOrNothing:
    @pytest.fixture
    def files(self, tmp_path: Path) -> list[Path]:
        files = [tmp_path / name for name in ("a.py", "b.py", "c.py")]
        for file in files:
            file.write_text("A = 1\n")
        return files

    def write(self, files: list[Path], message: str, blamed: Path) -> None:
        """Try to write three files, and find all as they were."""
        originals = [read_original(file) for file in files]
        contents = [original.content for original in originals]
        self.spoil(blamed)
        if blamed.exists():
            contents[files.index(blamed)] = blamed.read_bytes()
        with pytest.raises(RewriteError, match=message) as caught:
            write_all([(original, "A = 2\n") for original in originals])
        assert caught.value.path == blamed
        assert [file.read_bytes() for file in files if file.exists()] == [
            content for file, content in zip(files, contents, strict=True) if file.exists()
        ]
        assert sorted(os.listdir(blamed.parent)) == [file.name for file in files if file.exists()]

    def spoil(self, file: Path) -> None:
        file.write_text("A = 3\n")

    @pytest.mark.parametrize("index", [0, 1, 2])
    def test_a_file_that_changed_meanwhile(self, files: list[Path], index: int) -> None:
        self.write(files, "has changed since it was read; run the command again", files[index])

    def test_a_file_that_is_gone(self, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(self, "spoil", Path.unlink, raising=False)
        self.write(files, "cannot be written: No such file", files[1])

    def test_a_file_that_is_read_only(self, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(self, "spoil", lambda file: file.chmod(0o444), raising=False)
        self.write(files, "is read-only; make it writable first", files[1])

    def test_a_replacement_that_fails(self, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        replace = os.replace

        def replace_but_one(source: Path, target: Path) -> None:
            if target == files[1]:
                raise PermissionError(13, "Permission denied")
            replace(source, target)

        monkeypatch.setattr(
            self, "spoil", lambda file: monkeypatch.setattr(os, "replace", replace_but_one), raising=False
        )
        self.write(files, "cannot be written: Permission denied", files[1])


class TestLineLength:
    def test_of_formatters(self, tmp_path: Path) -> None:
        file = tmp_path / "pyproject.toml"
        assert line_length_of(tmp_path / "a.py") == 88
        folder = tmp_path / "one"
        folder.mkdir()
        file = folder / "pyproject.toml"
        file.write_text("[tool.ruff]\nline-length = 100\n[tool.black]\nline-length = 79\n")
        assert line_length_of(folder / "a.py") == 79
        inner = folder / "inner"
        inner.mkdir()
        assert line_length_of(inner / "a.py") == 79
        near = folder / "near"
        near.mkdir()
        (near / "ruff.toml").write_text("line-length = 120\n")
        assert line_length_of(near / "a.py") == 120

    def test_a_file_that_is_broken(self, tmp_path: Path) -> None:
        (tmp_path / "ruff.toml").write_text("line-length = \n")
        with pytest.raises(RewriteError, match=r"its formatter's configuration, .*ruff.toml, cannot be read"):
            line_length_of(tmp_path / "a.py")
