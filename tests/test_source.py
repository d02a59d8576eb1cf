from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threshlint.scan.source import (
    MOST_BYTES,
    Source,
    Unreadable,
    decode,
    has_generated_name,
    is_generated,
    read_source,
)

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def text_of(content: bytes) -> str:
    source = decode(content)
    assert isinstance(source, Source), source
    return source.text


def reason_of(outcome: Source | Unreadable) -> str:
    assert isinstance(outcome, Unreadable), outcome
    return outcome.reason


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\r\ny = 2\rz = 3\n"),
        (b"x = 1\n\x0cy = 2\n", "x = 1\n\x0cy = 2\n"),
        ("naïve = '…'".encode(), "naïve = '…'"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
         "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n"),
        (b"# coding: utf-8-sig\nx\n", "# coding: utf-8-sig\nx\n"),
        ("# coding: shift_jis\nx = '猫'\n".encode("shift_jis"), "# coding: shift_jis\nx = '猫'\n"),
        (b"x\n\n# coding: latin-1\n", "x\n\n# coding: latin-1\n"),
    ],
)  # fmt: skip
def test_what_can_be_decoded(content: bytes, text: str) -> None:
    assert text_of(content) == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x = 1\n#\n'\xff'",
         "is not valid UTF-8 (byte 0xff at offset 9); declare its encoding or save it as UTF-8"),
        (b"\xff\xfex\x00", "is not valid UTF-8 (byte 0xff at offset 0); declare its encoding or save it as UTF-8"),
        (b"# coding: ascii\n#\nx = '\xe9'\n",
         "is not valid ascii, the encoding that it declares (byte 0xe9 at offset 23)"),
        (b"# coding: nonsense\n", "declares an encoding that Python does not know (unknown encoding: nonsense); "
         "save it as UTF-8"),
        (b"# coding: nonsense\n'\xff'\n", "declares an encoding that Python does not know "
         "(unknown encoding: nonsense); save it as UTF-8"),
        (b"# coding: hex\n", "declares the encoding hex, which is none for text; save it as UTF-8"),
        (b"# coding: rot13\n", "declares the encoding rot13, which is none for text; save it as UTF-8"),
        (b"# coding: undefined\n", "declares the encoding undefined, which is none for text; save it as UTF-8"),
        (b"\xef\xbb\xbf# coding: latin-1\n",
         "has the byte order mark of UTF-8 and declares another encoding; take one of them out"),
        (b"x = 1\x00\n", "holds a NUL byte (at offset 5), which Python source cannot"),
    ],
)  # fmt: skip
def test_what_cannot_be_decoded(content: bytes, reason: str) -> None:
    assert reason_of(decode(content)) == reason


@given(
    st.binary(max_size=60) | st.builds(lambda name, rest: b"# coding: " + name + b"\n" + rest, st.binary(), st.binary())
)
def test_no_bytes_are_too_much(content: bytes) -> None:
    assert isinstance(decode(content), (Source, Unreadable))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert text_of(b"\xef\xbb\xbf" + b"#\n#\n" + text.encode()) == "#\n#\n" + text


def test_the_digest_is_of_the_bytes() -> None:
    plain, marked = decode(b"x"), decode(b"\xef\xbb\xbfx")
    assert isinstance(plain, Source)
    assert isinstance(marked, Source)
    assert plain.text == marked.text
    assert plain.digest != marked.digest
    assert plain.digest == blake2b(b"x", digest_size=16).hexdigest()


class TestFiles:
    def test_a_file_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes(b"x = 1\r\n")
        assert read_source(tmp_path / "a.py") == decode(b"x = 1\r\n")

    def test_there_is_none(self, tmp_path: Path) -> None:
        assert reason_of(read_source(tmp_path / "a.py")) == "does not exist"
        (tmp_path / "b").touch()
        assert reason_of(read_source(tmp_path / "b" / "a.py")) == "cannot be read: Not a directory"

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_links_that_lead_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("nowhere")
        (tmp_path / "b.py").symlink_to("b.py")
        assert reason_of(read_source(tmp_path / "a.py")) == "is a link to what does not exist"
        assert "symbolic links" in reason_of(read_source(tmp_path / "b.py"))

    def test_a_folder(self, tmp_path: Path) -> None:
        assert reason_of(read_source(tmp_path)) == "is a folder"

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
    def test_a_fifo_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.py")
        assert reason_of(read_source(tmp_path / "a.py")) == "is not a regular file"

    @pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no devices here")
    def test_a_device_without_an_end(self) -> None:
        assert reason_of(read_source(Path("/dev/zero"))) == "is not a regular file"

    @pytest.mark.skipif(ROOT_USER, reason="root may read everything")
    def test_one_that_may_not_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").touch(mode=0)
        assert reason_of(read_source(tmp_path / "a.py")) == "cannot be read: Permission denied"

    def test_one_that_cannot_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        assert reason_of(read_source(tmp_path / "a.py")) == "cannot be read: Permission denied"

    def test_five_megabytes_are_read_and_too_many_are_not(self, tmp_path: Path) -> None:
        (tmp_path / "large.py").write_bytes(b"x = 1\n" * (5 * 1024 * 1024 // 6))
        assert isinstance(read_source(tmp_path / "large.py"), Source)
        with (tmp_path / "huge.py").open("wb") as huge:
            huge.truncate(MOST_BYTES + 1)
        assert reason_of(read_source(tmp_path / "huge.py")) == (
            "is larger than 10 MB (`file-size-limit`); exclude it, or split it"
        )
        assert isinstance(read_source(tmp_path / "large.py", 5 * 1024 * 1024), Source)
        assert "is larger than 5 MB" in reason_of(read_source(tmp_path / "large.py", 5_000_000))


@pytest.mark.parametrize(
    ("text", "generated"),
    [
        ("# Code generated by a tool. DO NOT EDIT.\nx = 1\n", True),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n# @generated by a tool\n", True),
        ("# @generated\r\nx = 1\r\n", True),
        ("\n" * 5 + "   # DO NOT EDIT!\n", True),
        ("# mail someone@generated.example\nx = 1\n", False),
        ("# Do not edit this without asking.\nx = 1\n", False),
        ("x = 1\n# DO NOT EDIT\n", False),
        ('"""DO NOT EDIT"""\n', False),
        ("#\n" * 30 + "# DO NOT EDIT\n", False),
        ("", False),
    ],
)
def test_what_a_header_tells(text: str, generated: bool) -> None:
    assert is_generated(text, "a.py") is generated


@pytest.mark.parametrize(
    ("name", "generated"),
    [
        ("a_pb2.py", True),
        ("x/a_pb2_grpc.py", True),
        ("a_pb2.pyi", True),
        ("a_pb2.txt", False),
        ("pb2.py", False),
        ("a_pb2_grpc_server.py", False),
    ],
)
def test_what_a_name_tells(name: str, generated: bool) -> None:
    assert has_generated_name(name) is generated
    assert is_generated("x = 1\n", name) is generated
