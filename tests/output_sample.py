"""A small project with one of everything that an output format may have to show."""

from __future__ import annotations

from pathlib import Path

from threshlint.annotation import Annotation, Suppression
from threshlint.site import (
    Embedder,
    Evidence,
    Exempt,
    Finding,
    Inventory,
    Kind,
    Site,
    Skipped,
    Span,
    Step,
    SuppressionUse,
)

FILES = {
    "shop/config.py": '''\
"""Settings."""

DUPLICATE = 0.92
HIT = 0.95  # threshold@text-embedding-3-small owner=cache-team population=top1
LOWEST = -1.0

CUTOFF = {
    "bge-small-en-v1.5": 0.71,
}
''',
    "shop/dedupe.py": """\
from shop.config import DUPLICATE


def duplicates(a, b):
    similarity = cosine_similarity(embed(a), embed(b))
    return similarity > DUPLICATE
""",
    "shop/search.py": """\
def search(index, 質問):
	結果 = {"店|`<b>": index.search(embed(質問), 8)}  # \x1b[31mred
	return 結果, SQL


SQL = '''
    SELECT id FROM items ORDER BY embedding <-> %s LIMIT 20
'''
""",
    "shop/old (copy), 50%/a b.py": "k = " + "1 + " * 60 + "5" + " + 1" * 60 + "\n",
    "tests/test_search.py": """\
# threshold @ nothing
WEIGHT = 0.3  # threshlint: ignore[THR105] only a test | of `mixing`
""",
}


def _span(path: str, line: int, value: str) -> Span:
    """Where a value stands last on a line of one of the files."""
    text = FILES[path].split("\n")[line - 1] if path in FILES else value
    column = text.rindex(value) + 1
    return Span(line, column, line, column + len(value))


def _site(path: str, line: int, value: str, kind: Kind, **rest: object) -> Site:
    return Site(
        **{
            "path": path,
            "span": _span(path, line, value),
            "value": value,
            "kind": kind,
            "name": None,
            "scope": path.removesuffix(".py").replace("/", "."),
            "evidence": Evidence.FLOW,
            "fingerprint": f"{value}-fingerprint",
        }
        | rest
    )


DUPLICATE = _site(
    "shop/config.py",
    3,
    "0.92",
    Kind.SIMILARITY_THRESHOLD,
    name="DUPLICATE",
    trace=(
        Step("shop/config.py", 3, "assigned to DUPLICATE"),
        Step("shop/dedupe.py", 1, "imported"),
        Step("shop/dedupe.py", 6, "compared with similarity"),
        Step("shop/dedupe.py", 5, "cosine_similarity(...) returns a similarity"),
        Step("shop/gone.py", 1, "in a file that has gone since"),
    ),
)
HIT_ANNOTATION = Annotation(("text-embedding-3-small",), owner="cache-team", population="top1")
HIT = _site(
    "shop/config.py",
    4,
    "0.95",
    Kind.SIMILARITY_THRESHOLD,
    name="HIT",
    models=HIT_ANNOTATION.models,
    owner="cache-team",
    annotation=HIT_ANNOTATION,
)
LOWEST = _site("shop/config.py", 5, "-1.0", Kind.SCORE_WEIGHT, name="LOWEST", exempt=Exempt.SENTINEL)
CUTOFF = _site(
    "shop/config.py",
    8,
    "0.71",
    Kind.DISTANCE_THRESHOLD,
    name="CUTOFF",
    models=("bge-small-en-v1.5",),
    keyed=True,
    owner="@shop/search",
)
TOP_K = _site(
    "shop/search.py",
    2,
    "8",
    Kind.TOP_K,
    name="=結果['店|`<b>\x1b[31m']",
    scope="shop.search.search",
    evidence=Evidence.CALL,
    models=("model-a", "model-b"),
    trace=(Step("shop/search.py", 2, "index.search(...) takes it as k\x1b[0m, 100%: a | b"),),
)
LIMIT = _site("shop/search.py", 7, "20", Kind.TOP_K, name="LIMIT")
FAR_RIGHT = _site("shop/old (copy), 50%/a b.py", 1, "5", Kind.TOP_K, name="k", evidence=Evidence.NAME)
ANY = _site(
    "shop/defaults.py",
    9,
    "1.2",
    Kind.CLUSTER_BOUNDARY,
    name="distance_threshold",
    annotation=Annotation(("*",), reason="the caller's <choice> | ours"),
)
WEIGHT = _site(
    "tests/test_search.py",
    2,
    "0.3",
    Kind.SCORE_WEIGHT,
    name="WEIGHT",
    suppressions=(
        SuppressionUse(
            "tests/test_search.py",
            Span(2, 15, 2, 66),
            Suppression(("THR105",), "only a test | of `mixing`"),
            first_line=2,
            last_line=2,
            test=True,
        ),
    ),
    test=True,
)

FINDINGS = (
    Finding(
        "THR101",
        "shop/config.py",
        DUPLICATE.span,
        "similarity threshold 0.92 (DUPLICATE) names no model",
        "annotate it: `# threshold@MODEL`",
        DUPLICATE,
        DUPLICATE.trace,
    ),
    Finding(
        "THR103",
        "shop/old (copy), 50%/a b.py",
        FAR_RIGHT.span,
        "top-k 5 (k) names no model",
        "annotate it: `# threshold@MODEL`",
        FAR_RIGHT,
    ),
    Finding(
        "THR204",
        "shop/search.py",
        TOP_K.span,
        f"top-k 8 ({TOP_K.name}) holds for the retired model model-a: no more, 100%",
        "recalibrate it for a model in use,\nthen annotate it anew",
        TOP_K,
        TOP_K.trace,
    ),
    Finding(
        "THR103",
        "shop/search.py",
        LIMIT.span,
        "top-k 20 (LIMIT) names no model",
        "annotate it: `-- threshold@MODEL`",
        LIMIT,
    ),
    Finding(
        "THR201",
        "tests/test_search.py",
        Span(1, 3, 1, 22),
        "malformed annotation `threshold @ nothing`",
        "write `threshold@MODEL`",
    ),
)

INVENTORY = Inventory(
    root="",
    sites=(DUPLICATE, HIT, LOWEST, CUTOFF, ANY, FAR_RIGHT, TOP_K, LIMIT, WEIGHT),
    embedders=(
        Embedder("shop/embed.py", 3, "text-embedding-3-small"),
        Embedder("shop/embed.py", 8, "text-embedding-3-large", 256),
    ),
    skipped=(
        Skipped("shop/broken.py", "line 3: a bracket is never closed: `(`"),
        Skipped("legacy/py2.py", "line 1: print is | a function", context=True),
    ),
    files=118,
)


def write_files(root: Path) -> None:
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
