"""Over which pairs a cutoff decides: said where the code is sure, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from threshlint.config import Config
from threshlint.scan import scan
from threshlint.site import Site

IMPORTS = """\
from itertools import combinations
import chromadb
import faiss
import math
import numpy as np
from qdrant_client import QdrantClient
from langchain_community.vectorstores import FAISS
from sentence_transformers import SentenceTransformer, util
from sklearn.metrics.pairwise import cosine_similarity

model = SentenceTransformer("all-MiniLM-L6-v2")
index = faiss.IndexFlatL2(8)
chroma = chromadb.Client().get_collection("shop")
store = FAISS.load_local("shop", None)


def cosine(a, b) -> float:
    return float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))


"""


def site_of(folder: Path, source: str) -> Site:
    (folder / "shop.py").write_text(IMPORTS + source, encoding="utf-8")
    inventory = scan([folder], Config(root=folder))
    assert not inventory.skipped
    (site,) = (site for site in inventory.sites if site.value == "0.8")
    return site


PAIRS = {
    "a matrix of a set with itself": "def f(v):\n    return np.argwhere(cosine_similarity(v) > 0.8)\n",
    "the set given twice": """\
def f(v):
    s = util.cos_sim(v, v)
    return [(i, j) for i in range(9) for j in range(i) if s[i][j] > 0.8]
""",
    "a product with the transposed": "def f(t):\n    e = model.encode(t)\n    return e @ e.T > 0.8\n",
    "two loops over positions": """\
def f(v):
    for i in range(9):
        for j in range(i):
            if util.cos_sim(v[i], v[j]).item() > 0.8:
                yield i, j
""",
    "two loops over items": """\
def f(texts):
    v = model.encode(texts)
    for i, a in enumerate(v):
        for b in v[i + 1 :]:
            if util.cos_sim(a, b) > 0.8:
                yield a, b
""",
    "two items in brackets of their own": """\
def f(v):
    return [j for i in range(9) for j in range(i) if cosine_similarity([v[i]], [v[j]])[0][0] > 0.8]
""",
    "combinations, and a cosine by hand": """\
def f(texts):
    return [1 for a, b in combinations(model.encode(texts), 2) if cosine(a, b) > 0.8]
""",
    "a dict of vectors": """\
def f(texts):
    v = dict(zip(texts, model.encode(texts)))
    return [1 for a, b in combinations(texts, 2) if cosine(v[a], v[b]) > 0.8]
""",
}
TOP1 = {
    "the greatest of a row": "def f(q, v):\n    return cosine_similarity([q], v)[0].max() > 0.8\n",
    "the greatest for one query": "def f(q, v):\n    return np.max(cosine_similarity([q], v)) > 0.8\n",
    "along an axis": "def f(q, v):\n    return util.cos_sim(model.encode(q), v).max(dim=1).values > 0.8\n",
    "the position of the greatest": """\
def f(q, v):
    s = cosine_similarity([q], v)[0]
    best = int(np.argmax(s))
    return best if s[best] > 0.8 else None
""",
    "the first of the sorted": """\
def f(q, v):
    s = cosine_similarity([q], v)[0]
    order = np.argsort(s)[::-1]
    return s[order[0]] > 0.8
""",
    "Python's own max": "def f(q, c):\n    return max(cosine(model.encode(q), v) for v in c) > 0.8\n",
    "the best so far": """\
def f(q, c):
    asked, best, best_score = model.encode(q), None, 0.0
    for v in c:
        score = cosine(asked, v)
        if score > best_score:
            best, best_score = v, score
    return best if best_score > 0.8 else None
""",
    "the nearest so far": """\
def f(q, c):
    asked, nearest = model.encode(q), math.inf
    for v in c:
        distance = 1 - cosine(asked, v)
        if distance < nearest:
            nearest = distance
    return nearest < 0.8
""",
    "a k of 1": "def f(q):\n    d, i = index.search(q, 1)\n    return d[0][0] < 0.8\n",
    "the first hit": "def f(q):\n    d, i = index.search(q, 5)\n    return d[0][0] < 0.8\n",
    "the first record": """\
def f(q, c):
    hits = util.semantic_search(q, c, top_k=10)[0]
    return hits[0]["score"] > 0.8
""",
    "the first distance": """\
def f(q):
    return chroma.query(query_texts=[q], n_results=4)["distances"][0][0] < 0.8
""",
}
TOP_K = {
    ("hits that are walked", "topk:5"): """\
def f(q):
    d, i = index.search(q, 5)
    return [j for x, j in zip(d[0], i[0]) if x < 0.8]
""",
    ("records", "topk:10"): """\
def f(q, c):
    return [hit for hit in util.semantic_search(q, c, top_k=10)[0] if hit["score"] > 0.8]
""",
    ("pairs of a document and a score", "topk:3"): """\
def f(q):
    return [d for d, s in store.similarity_search_with_score(q, k=3) if s < 0.8]
""",
    ("lists within lists", "topk:4"): """\
def f(q):
    return [d for d in chroma.query(query_texts=[q], n_results=4)["distances"][0] if d < 0.8]
""",
    ("positions", "topk:7"): """\
def f(q, v):
    s = cosine_similarity([q], v)[0]
    return [i for i in np.argsort(s)[::-1][:7] if s[i] > 0.8]
""",
    ("the store filters", "topk:10"): """\
def f(q):
    return QdrantClient().search("shop", query_vector=q, limit=10, score_threshold=0.8)
""",
    ("SQL", "topk:6"): """\
def f(cursor, q):
    cursor.execute("SELECT id FROM t WHERE e <=> %s < 0.8 ORDER BY e <=> %s LIMIT 6", (q, q))
""",
}
NOT_SURE = {
    "any two vectors": "def f(a, b):\n    return util.cos_sim(a, b).item() > 0.8\n",
    "all documents": """\
def f(q, c):
    asked = model.encode(q)
    return [v for v in c if cosine(asked, v) > 0.8]
""",
    "rows of two sets": """\
def f(t, u):
    return [1 for a, b in zip(model.encode(t), model.encode(u)) if util.cos_sim(a, b) > 0.8]
""",
    "two that were embedded together": """\
def f(q, d):
    v = model.encode([q, d])
    return util.cos_sim(v[0], v[1]).item() > 0.8
""",
    "two slices of one matrix": """\
def f(q, texts):
    v = model.encode([q, *texts])
    return util.cos_sim(v[:1], v[1:]) > 0.8
""",
    "two of a matrix": """\
def f(a, b):
    return cosine_similarity([a, b])[0][1] > 0.8
""",
    "the greatest of many queries": "def f(q, v):\n    return cosine_similarity(q, v).max() > 0.8\n",
    "the greatest within a set": """\
def f(t):
    v = model.encode(t)
    best = 0.0
    for i in range(9):
        for j in range(i):
            score = cosine(v[i], v[j])
            if score > best:
                best = score
    return best > 0.8
""",
    "the farthest": "def f(q, v):\n    return (1 - cosine_similarity([q], v)[0]).max() > 0.8\n",
    "a k that anybody gives": """\
def f(q, k=5):
    d, i = index.search(q, k)
    return [x for x in d[0] if x < 0.8]
""",
    "the first of a list, or of a list of lists": "def f(q):\n    d, i = index.search(q, 5)\n    return d[0] < 0.8\n",
    "SQL without a limit": """\
def f(cursor, q):
    cursor.execute("SELECT id FROM t WHERE e <=> %s < 0.8", (q,))
""",
    "two uses that differ": """\
CUTOFF = 0.8
def f(q, v):
    return cosine_similarity([q], v)[0].max() > CUTOFF
def g(v):
    return cosine_similarity(v) > CUTOFF
""",
}


@pytest.mark.parametrize("source", PAIRS.values(), ids=PAIRS)
def test_pairs(tmp_path: Path, source: str) -> None:
    assert site_of(tmp_path, source).population == "pairs"


@pytest.mark.parametrize("source", TOP1.values(), ids=TOP1)
def test_the_best_hit(tmp_path: Path, source: str) -> None:
    assert site_of(tmp_path, source).population == "top1"


@pytest.mark.parametrize(("case", "source"), TOP_K.items(), ids=[name for name, _ in TOP_K])
def test_the_best_hits(tmp_path: Path, case: tuple[str, str], source: str) -> None:
    assert site_of(tmp_path, source).population == case[1]


@pytest.mark.parametrize("source", NOT_SURE.values(), ids=NOT_SURE)
def test_nothing_is_said_where_it_is_not_sure(tmp_path: Path, source: str) -> None:
    assert site_of(tmp_path, source).population is None


@pytest.mark.parametrize(
    ("comparison", "inclusive"),
    [
        ("{} >= 0.8", True),
        ("{} > 0.8", False),
        ("{} < 0.8", True),  # what is sorted out is not what equals the cutoff
        ("{} <= 0.8", False),
        ("0.8 <= {}", True),
        ("0.8 < {}", False),
    ],
)
def test_whether_a_score_that_equals_the_cutoff_is_close(tmp_path: Path, comparison: str, inclusive: bool) -> None:
    similarity = f"def f(v):\n    return {comparison.format('cosine_similarity(v)')}\n"
    assert site_of(tmp_path, similarity).inclusive is inclusive
    distance = f"def f(v):\n    return {comparison.format('(1 - cosine_similarity(v))')}\n"
    is_strict = "=" not in comparison
    swapped = {True: not is_strict, False: is_strict}[("<" in comparison) == comparison.startswith("{}")]
    assert site_of(tmp_path, distance).inclusive is swapped


@pytest.mark.parametrize(
    ("source", "unit"),
    [
        ("def f(a, b):\n    return cosine(a, b) > 0.8\n", "cosine-similarity"),
        ("def f(a, b):\n    return 1 - cosine(a, b) < 0.8\n", "cosine-distance"),
        ("SELECT id FROM t WHERE e <=> %s < 0.8", "cosine-distance"),
        ("SELECT id FROM t WHERE 1 - (e <=> %s) > 0.8", "cosine-similarity"),
        ("SELECT id, 1 - (e <=> %s) AS similarity FROM t WHERE similarity > 0.8", "cosine-similarity"),
        ("SELECT id FROM t WHERE e <-> %s < 0.8", "l2"),
        ("SELECT id FROM t WHERE e <#> %s < 0.8", "negative-dot"),
        ("SELECT id FROM t WHERE 1 - (e <-> %s) > 0.8", None),
        ("SELECT id FROM t WHERE cosine_distance(e, %s) < 0.8", "cosine-distance"),
        ("SELECT id FROM t WHERE array_cosine_similarity(e, %s) > 0.8", "cosine-similarity"),
        ("SELECT id FROM t WHERE vec_distance(e, %s) < 0.8", None),
        ("SELECT id FROM t WHERE e <=> %s < 0.8 AND e <-> %s < 5", None),
    ],
)
def test_units(tmp_path: Path, source: str, unit: str | None) -> None:
    if source.startswith("SELECT"):
        source = f'def f(cursor, q):\n    cursor.execute("{source}", (q,))\n'
    assert site_of(tmp_path, source).unit == unit


def test_what_a_constructor_was_told_holds_where_it_is_used(tmp_path: Path) -> None:
    source = (
        "from sklearn.cluster import DBSCAN\n"
        'def f(t):\n    return DBSCAN(eps=0.8, metric="cosine").fit(model.encode(t))\n'
    )
    assert site_of(tmp_path, source).unit == "cosine-distance"
