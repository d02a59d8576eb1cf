"""The texts and vectors that the calibration benchmark is made of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from calibrating import models
from calibrating.texts import LONGEST, docstrings

MODULE = '''
"""Tells two things
apart.

The second paragraph is left out.
"""

class Same:
    "Says whether they are the same."

    async def ask(self):
        """Says whether they are the same."""

    def short(self):
        "Too short."
'''


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_first_paragraphs_each_once(tmp_path: Path) -> None:
    library = write(tmp_path, {"b.py": '"""Comes after the other module."""', "a.py": MODULE})
    assert docstrings(library) == [
        "Tells two things apart.",
        "Says whether they are the same.",
        "Comes after the other module.",
    ]


def test_what_is_not_the_library_or_cannot_be_parsed(tmp_path: Path) -> None:
    library = write(
        tmp_path,
        {
            "site-packages/other.py": '"""Belongs to somebody else."""',
            "broken.py": "def (",
            "nul.py": "x\0",
            "good.py": '"""Belongs to the library."""',
        },
    )
    assert docstrings(library) == ["Belongs to the library."]


def test_long_paragraphs_end_with_a_word(tmp_path: Path) -> None:
    (text,) = docstrings(write(tmp_path, {"a.py": f'"""{"words " * 100}"""'}))
    assert LONGEST - 6 < len(text) <= LONGEST
    assert text.endswith(" words")


def test_a_part_of_the_standard_library() -> None:
    texts = docstrings(Path(asyncio.__file__).parent)
    assert len(texts) > 300
    assert len(set(texts)) == len(texts)


def test_vectors_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wordllama", reason="wordllama has no wheel for this Python")
    texts = ["Return the distance of two points.", "Return the distance between two points.", "Open a file."]
    old, new = models.vectors_of(texts, tmp_path)
    assert old.shape == (3, models.OLD.dimension)
    assert new.shape == (3, models.NEW.dimension)
    for vectors in (old, new):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        assert unit[0] @ unit[1] > unit[0] @ unit[2] + 0.2
    monkeypatch.setattr(models, "embed", lambda *_: pytest.fail("they are there already"))
    again = models.vectors_of(texts, tmp_path)
    assert np.array_equal(old, again[0])
    assert np.array_equal(new, again[1])


def test_vectors_of_other_texts_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "embed", lambda model, texts, progress=None: np.full((len(texts), 2), len(texts[0])))
    assert models.vectors_of(["one"], tmp_path)[0].tolist() == [[3, 3]]
    assert models.vectors_of(["three"], tmp_path)[0].tolist() == [[5, 5]]
