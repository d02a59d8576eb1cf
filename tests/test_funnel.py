"""The law of the funnel: a scan with it gives exactly what a scan without it gives."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threshlint.config import Config
from threshlint.scan import funnel, module_name, scan
from threshlint.scan.analyse import Job, analyse
from threshlint.scan.funnel import may_have_sites
from threshlint.scan.glance import glance
from threshlint.site import Inventory

# Pieces of files; `{a}` and `{b}` are other modules of the project. In most of them nothing begins.
NEUTRAL = [
    "def page(items, n=8):\n    return items[:n]\n",
    "LIMIT = 12\nRATE = 0.75\n",
    "from {a} import *\n",
    "from {a} import page, LIMIT\nfirst = page([], LIMIT)\n",
    "from . import {a}\n\n\ndef top(rows, k=5):\n    return {a}.page(sorted(rows), k)\n",
    "class Base:\n    cutoff: float = 0.4\n\n    def fits(self, value):\n        return value > self.cutoff\n",
    "from {a} import Base\n\n\nclass Own(Base):\n    cutoff = 0.6\n\n    def scale(self, weight=0.3):\n"
    "        return weight\n",
    "import numpy as np\n\n\ndef close(x, y, tol=0.1):\n    return np.linalg.norm(x - y) < tol\n",
    "import numpy as np\n\n\ndef best(x, k=3):\n    return np.argsort(x @ x.T)[:k]\n",
    "from sklearn.neighbors import NearestNeighbors\nnear = NearestNeighbors(n_neighbors=4)\n",
    "import sklearn.metrics as m\n",
    "from {a} import m\nscores = m.pairwise.cosine_similarity([], [])\nkept = scores > 0.7\n",
    "import difflib\n\n\ndef alike(a, b):\n    return difflib.SequenceMatcher(None, a, b).ratio() > 0.9\n",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--top-k', default=5)\n"
    "p.add_argument('--rate', default=0.2)\n",
    "SQL = 'SELECT a FROM b ORDER BY c LIMIT 10'\n",
    "settings = {{'limit': 5, 'search': {{'k': 3}}, 'threshold': 0.5}}\n",
    "def score(a, b):\n    return sum(x * y for x, y in zip(a, b))\n\n\ndef hit(a, b):\n    return score(a, b) > 0.8\n",
    "RATE = 0.5  # threshold@m\nOTHER = 3  # threshlint: ignore[THR101]\n",
    "def unit(v):\n    return v / sum(x * x for x in v) ** 0.5\n",
    "def search(query, limit=10, threshold=0.3):\n    return [query][:limit]\n",
]
BEGINNINGS = [
    "def find(query_embedding, k=5):\n    return sorted(query_embedding)[:k]\n",
    "from sentence_transformers import util\nhits = util.semantic_search(1, 2, top_k=7)\n",
    "import importer\nstore = importer.lazy('faiss')\nstore.IndexFlatL2(4).search([], 9)\n",
    "MIN_COSINE_SIMILARITY = 0.61\n",
    "def f(a, b):\n    return a @ b / (norm(a) * norm(b))\n\n\nif f(1, 2) > 0.66:\n    pass\n",
    "SQL = 'SELECT a FROM b ORDER BY c <=> %s LIMIT 11'\n",
    "body = {{'knn': {{'field': 'v', 'query_vector': [], 'k': 6}}}}\n",
    "def ask(store):\n    return store.similarity_search('q', k=13)\n",
    "p.add_argument('min-cosine-similarity', default=0.55)\n",
    "import openai\nopenai.OpenAI().embeddings.create(model='text-embedding-3-small', input='x')\n",
]
NAMES = ("alpha", "beta", "gamma", "delta")


@contextmanager
def without_funnel() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funnel, "may_have_sites", lambda *arguments: True)
        yield


def write(folder: Path, files: dict[str, str]) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text("")
    for name, text in files.items():
        (folder / "shop" / f"{name}.py").write_text(text)


def scanned(folder: Path) -> Inventory:
    return scan([folder], Config(folder))


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Several files of a few pieces each; in most of these projects nothing begins."""
    pieces = st.one_of(*[st.sampled_from(NEUTRAL)] * 12, st.sampled_from(BEGINNINGS))
    files = {}
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        chosen = draw(st.lists(pieces, min_size=1, max_size=3))
        others = st.sampled_from(NAMES)
        files[name] = "\n".join(piece.format(a=draw(others), b=draw(others)) for piece in chosen)
    return files


@settings(max_examples=60, deadline=None)
@given(projects())
def test_a_scan_with_the_funnel_gives_what_one_without_it_gives(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, files)
        with_it = scanned(folder)
        with without_funnel():
            assert scanned(folder) == with_it


@pytest.mark.parametrize("text", BEGINNINGS)
def test_each_beginning_is_seen_alone_and_in_a_file_of_many(text: str, tmp_path: Path) -> None:
    write(tmp_path, {"alpha": text.format(a="beta", b="beta"), "beta": "x = 1\n"})
    jobs = [Job(path, path.name, module_name(path.name)) for path in sorted(tmp_path.rglob("*.py"))]
    assert may_have_sites(jobs, Config(tmp_path))


def test_a_project_in_which_nothing_begins_is_not_analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"alpha": NEUTRAL[0], "beta": NEUTRAL[16], "gamma": "RATE = 0.5  # threshold@m\n"})
    monkeypatch.setattr("threshlint.scan.analyse._parse", None)
    inventory = scanned(tmp_path)
    assert not inventory.sites
    assert [use.span.line for use in inventory.annotations] == [1]
    assert inventory.files == 4


def test_what_is_broken_is_named_even_where_nothing_begins(tmp_path: Path) -> None:
    write(tmp_path, {"alpha": "def f(:\n", "beta": "x = 'a' b'b'\n", "gamma": "x = 1\n"})
    inventory = scanned(tmp_path)
    assert [(one.path, one.reason.split(" (")[0]) for one in inventory.skipped] == [
        ("shop/alpha.py", "cannot be parsed: invalid syntax"),
        ("shop/beta.py", "cannot be parsed: cannot mix bytes and nonbytes literals"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import a, b.c as d\nfrom e import (\n    f as g,  # a comment\n    h,\n)\nfrom . import i\n",
        "if x: import a\ntry: from b import c; import d\nexcept E: pass\n",
        "from a import *\nfrom .import b\nfrom.c import d\nimport e.f, \\\n    g\n",
        "'''\nimport no\n'''\nx = 'import no'  # import no\nfrom a import b as c, d as e\n",
        "from . import (a)\nfrom .b import(c)\nfrom d import e,f,\\\n  g\n",
    ],
)
def test_imports_are_those_of_the_extraction(text: str, tmp_path: Path) -> None:
    path = tmp_path / "near.py"
    path.write_text(text)
    facts = analyse(Job(path, "up/on/near.py", "up.on.near")).facts
    assert facts is not None
    assert glance(text, "up/on/near.py", "up.on.near").imports >= {*facts.imports}
