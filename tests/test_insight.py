"""What the graph tells of a site beyond its kind: the models behind its scores, their unit, the side that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from threshlint.config import Config
from threshlint.scan import scan
from threshlint.site import Inventory, Site
from threshlint.spaces import share_space

MINILM, BGE = "all-MiniLM-L6-v2", "BAAI/bge-small-en-v1.5"

IMPORTS = """\
import faiss
import os
from sentence_transformers import SentenceTransformer, util
from sklearn.metrics.pairwise import cosine_similarity
"""


def look_at(folder: Path, source: str, **settings: object) -> Inventory:
    (folder / "shop.py").write_text(IMPORTS + source, encoding="utf-8")
    inventory = scan([folder], Config(root=folder, **settings))  # type: ignore[arg-type]
    assert not inventory.skipped
    return inventory


def site_of(folder: Path, source: str, value: str = "0.8") -> Site:
    (site,) = (site for site in look_at(folder, source).sites if site.value == value)
    return site


COMPARE = "def same(a, b):\n    return util.cos_sim(model.encode(a), model.encode(b)).item() > 0.8\n"


@pytest.mark.parametrize(
    ("source", "sources"),
    [
        (f"model = SentenceTransformer('{MINILM}')\n{COMPARE}", (MINILM,)),
        (f"NAME = '{MINILM}'\nmodel = SentenceTransformer(NAME)\n{COMPARE}", (MINILM,)),
        # either may be meant: both are behind the score
        (f"model = SentenceTransformer('{MINILM}' if os.sep else '{BGE}')\n{COMPARE}", (BGE, MINILM)),
        # the environment, a caller, a name that is no model's: nobody knows
        (f"model = SentenceTransformer(os.getenv('MODEL', '{MINILM}'))\n{COMPARE}", ()),
        (f"model = SentenceTransformer('./models/tuned')\n{COMPARE}", ()),
        ("model = SentenceTransformer('our-deployment')\n" + COMPARE, ()),
        (
            f"def same(a, b, name='{MINILM}'):\n    model = SentenceTransformer(name)\n"
            "    return util.cos_sim(model.encode(a), model.encode(b)).item() > 0.8\n",
            (),
        ),
        # through a class and its attribute
        (
            f"class Embedder:\n    def __init__(self, name='{MINILM}'):\n"
            "        self.model = SentenceTransformer(name)\n"
            "    def embed(self, text):\n        return self.model.encode(text)\n"
            "embedder = Embedder()\n"
            "def same(a, b):\n    return util.cos_sim(embedder.embed(a), embedder.embed(b)).item() > 0.8\n",
            (MINILM,),
        ),
        # one side is enough: only vectors of one space are compared
        (
            f"model = SentenceTransformer('{MINILM}')\ndef near(text, vectors):\n"
            "    return cosine_similarity([model.encode(text)], vectors)[0].max() > 0.8\n",
            (MINILM,),
        ),
        # a constant that cuts two scores, one of them of nobody knows what
        (
            f"LIMIT = 0.8\nmodel = SentenceTransformer('{MINILM}')\n"
            "def one(a, b):\n    return util.cos_sim(model.encode(a), model.encode(b)).item() > LIMIT\n"
            "def two(a, b):\n    return cosine_similarity([a], [b])[0][0] > LIMIT\n",
            (),
        ),
    ],
)
def test_models_behind_a_site(tmp_path: Path, source: str, sources: tuple[str, ...]) -> None:
    assert site_of(tmp_path, source).sources == sources


def test_sources_have_the_name_that_the_project_uses(tmp_path: Path) -> None:
    source = f"model = SentenceTransformer('{BGE}')\n{COMPARE}"
    (site,) = look_at(tmp_path, source, aliases={"bge": (BGE,)}).sites
    assert site.sources == ("bge",)


@pytest.mark.parametrize(
    ("source", "unit"),
    [
        ("def f(a, b):\n    return util.cos_sim(a, b).item() > 0.8\n", "cosine-similarity"),
        ("def f(a, b):\n    return 1 - util.cos_sim(a, b).item() < 0.8\n", "cosine-distance"),
        ("def f(a, b):\n    return util.cos_sim(a, b).item() * 100 > 0.8\n", None),
        ("LOW = 0.8\ndef f(a, b):\n    return util.cos_sim(a, b).item() > LOW / 2\n", None),
        (
            "index = faiss.IndexFlatL2(8)\ndef f(q):\n    d, i = index.search(q, 5)\n    return d[0][0] < 0.8\n",
            "squared-l2",
        ),
    ],
)
def test_unit(tmp_path: Path, source: str, unit: str | None) -> None:
    assert site_of(tmp_path, source).unit == unit


FILTER = "def {name}(q, pages):\n    sims = cosine_similarity([q], pages)[0]\n    return {kept}\n"


@pytest.mark.parametrize(
    ("name", "kept", "side"),
    [
        ("similar", "sims[sims < 0.8]", "below"),
        ("similar", "sims[sims > 0.8]", "above"),
        ("similar", "pages[0.8 < sims]", "above"),
        # nothing is taken out, or it is meant to be far
        ("similar", "sims < 0.8", None),
        ("similar", "[None if s < 0.8 else p for p, s in zip(pages, sims)]", None),
        ("dissimilar", "sims[sims < 0.8]", None),
        ("unique", "sims[sims < 0.8]", None),
        ("no_matches", "sims[sims < 0.8]", None),
    ],
)
def test_side_that_is_kept(tmp_path: Path, name: str, kept: str, side: str | None) -> None:
    assert site_of(tmp_path, FILTER.format(name=name, kept=kept)).kept == side


TWO = f"old = SentenceTransformer('{MINILM}')\nnew = SentenceTransformer('{BGE}')\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f(a, b):\n    return util.cos_sim(old.encode(a), new.encode(b))\n", [8]),
        ("def f(a, b):\n    return old.encode(a) @ new.encode(b)\n", [8]),
        ("def f(a, b):\n    return util.cos_sim(old.encode(a), old.encode(b))\n", []),
        ("def f(a, b, m):\n    return util.cos_sim(old.encode(a), m.encode(b))\n", []),
        ("index = faiss.IndexFlatIP(8)\nindex.add(old.encode('a'))\nindex.search(new.encode('b'), 5)\n", [9]),
        ("index = faiss.IndexFlatIP(8)\nindex.add(new.encode('a'))\nindex.search(new.encode('b'), 5)\n", []),
        # what an index holds besides is not known
        (
            "index = faiss.IndexFlatIP(8)\nindex.add(old.encode('a'))\nindex.add(load())\n"
            "index.search(new.encode('b'), 5)\n",
            [],
        ),
        # each index is asked with its own
        (
            "def fill(index, model):\n    index.add(model.encode('a'))\n    return index.search(model.encode('b'), 5)\n"
            "fill(faiss.IndexFlatIP(8), old)\nfill(faiss.IndexFlatIP(8), new)\n",
            [],
        ),
    ],
)
def test_meetings_of_two_models(tmp_path: Path, source: str, lines: list[int]) -> None:
    mismatches = look_at(tmp_path, TWO + source).mismatches
    assert [mismatch.span.line for mismatch in mismatches] == lines
    for mismatch in mismatches:
        assert set(mismatch.models) == {MINILM, BGE}
        assert [step.line for step in mismatch.trace] == [5, 6]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("bge-m3", "BAAI/bge-m3", True),
        ("text-embedding-3-large@256", "text-embedding-3-large", True),
        ("nomic-embed-text:latest", "nomic-embed-text", True),
        ("facebook/dpr-question_encoder-single-nq-base", "facebook/dpr-ctx_encoder-single-nq-base", True),
        ("clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1", True),
        ("voyage-4-large", "voyage-4-lite", True),
        ("voyage-3", "voyage-3-lite", False),
        ("text-embedding-3-small", "text-embedding-3-large", False),
    ],
)
def test_spaces_that_are_shared(one: str, other: str, shared: bool) -> None:
    assert share_space(one, other) is share_space(other, one) is shared
