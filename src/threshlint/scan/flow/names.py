"""What names say where flow is silent: weak witnesses, heard only when the surroundings agree.

Forward, a name may say that a value is an embedding, a score or a ranked list; backward, that a
number is a cutoff, a cap or a weight. Every pattern here is a pattern of the language that people
use for vector search, never of one project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from threshlint.scan.vocabulary import words
from threshlint.site import Kind

_EMBEDDINGS = frozenset("embedding embeddings embedded emb embs embeds".split())
_VECTORS = frozenset("vector vectors vec vecs encoding encodings".split())
_NO_VALUE = frozenset(
    """
    model models dim dims dimension dimensions size name names id ids type path file dir config configs settings
    provider store storage db database client key keys url function func fn fns service cache count num number
    length len column field table batch index idx cls class kwargs params args task engine api token tokens time
    cost usage endpoint deployment host port enabled text texts list_id str string format version
""".split()
)
_CUTOFFS = frozenset("threshold thresholds thresh thres thr cutoff".split())
_FLOORS = _CUTOFFS | frozenset("min minimum minscore floor tolerance".split())
_CAPS = _CUTOFFS | frozenset("max maximum tolerance".split())
_CLOSE = frozenset("similarity similarities sim cosine cos certainty".split())
_FAR = frozenset("distance distances dist".split())
_LEXICAL = frozenset(
    """
    bm25 keyword text lexical fuzzy fulltext levenshtein jaccard ngram tfidf rerank reranker ocr edit string
    name title
""".split()
)

TOP_K_NAMES = frozenset(
    """
    top_k topk k n_results num_results similarity_top_k n_neighbors num_neighbors n_neighbours top_n topn
    max_results knn n_hits num_hits max_hits number_of_results n_similar num_similar k_neighbors vector_top_k
    retrieval_top_k retriever_k search_k top_k_results num_matches max_matches n_matches nr_results n_docs
    num_docs max_docs n_documents num_documents top_k_docs n_chunks num_chunks max_chunks n_nearest
    num_retrieved
""".split()
)
LIMIT_NAMES = frozenset("limit n size count num top max_items max_records".split())
PRODUCTS = frozenset("dot inner vdot matmul mm sum einsum multi_dot dot_product tensordot".split())
NORMS = frozenset("norm sqrt magnitude hypot vector_norm l2_norm".split())
WEIGHTS = frozenset("alpha beta weight weights lambda ratio share mult".split())

_SEARCHES = frozenset(
    """
    search searches asearch batchsearch knnsearch vectorsearch simsearch query aquery
    retrieve aretrieve retrieves retrieval retriever similar similarity nearest neighbors neighbours
    neighbor knn match matches recall find lookup rag relevant semantic closest topk recommend related vsearch
    fetch answer ask context explain identify
""".split()
)
_SEARCHES_OTHERWISE = frozenset(
    """
    keyword keywords fulltext bm25 lexical sql web google bing list scroll metadata recent history count text
    ids id filter tags scores log logs
""".split()
)
_SPEAKING = frozenset(
    """
    vector vectors vectorstore vectordb retriever retrieval embedding embeddings embedder semantic similarity
    ann knn faiss chroma chromadb qdrant milvus pinecone weaviate pgvector lancedb hnsw hnswlib nearest neighbor
    neighbors cosine dense rag memory mmr dedup deduplication dedupe deduplicator vdb redisvl elasticsearch
    turbopuffer usearch annoy marqo vespa nanovectordb
""".split()
)
VECTOR_ARGUMENTS = frozenset(
    """
    vector vectors query_vector query_vectors embedding embeddings query_embedding query_embeddings vec q_vec
    qvec query_vec q_emb query_emb query_embeds emb embs xq near_vector target_vector
""".split()
)
_CHUNKS = frozenset("chunker chunking splitter segmenter textsplitter".split())


@lru_cache(maxsize=50_000)
def is_embedding_name(name: str) -> bool:
    """Return whether a variable of this name holds embeddings: ``query_embedding``, not ``embedding_dim``."""
    parts = words(name)
    if not parts or not _NO_VALUE.isdisjoint(parts):
        return False
    return parts[-1] in _EMBEDDINGS or (
        len(parts) > 1 and parts[-1] in _VECTORS and parts[0] not in ("feature", "rotation", "basis", "unit", "eigen")
    )


@lru_cache(maxsize=50_000)
def is_vector_argument(name: str) -> bool:
    """Return whether a parameter of this name takes the query's vector."""
    return name.lower() in VECTOR_ARGUMENTS or is_embedding_name(name)


_MAKES = frozenset(
    "get create compute generate calculate make fetch aget build encode extract represent to async".split()
)


@lru_cache(maxsize=50_000)
def is_score_cutoff(name: str) -> bool:
    """Return whether a parameter of this name is a cutoff on scores: ``score_threshold``, ``min_similarity``."""
    parts = frozenset(words(name))
    return bool(parts & (_CLOSE | _FAR | {"score", "relevance"})) and bool(parts & (_FLOORS | _CAPS))


@lru_cache(maxsize=50_000)
def makes_embeddings(name: str) -> bool:
    """Return whether a function of this name returns embeddings: ``embed_query``, ``get_embedding``."""
    parts = words(name)
    if not parts:
        return False
    if parts[0] in ("embed", "aembed", "embedding", "embeddings") and _NO_VALUE.isdisjoint(parts[1:-1] or parts[1:]):
        return True
    return parts[-1] in ("embedding", "embeddings", "embed") and parts[0] in _MAKES


@lru_cache(maxsize=50_000)
def makes_scores(name: str) -> str | None:
    """Return the role of what a function of this name returns: ``cosine_similarity``, ``cos_sim``."""
    parts = frozenset(words(name))
    if not parts.isdisjoint(_LEXICAL):
        return None
    if "cosine" in parts or parts >= {"cos", "sim"}:
        return "distance" if parts & _FAR else "similarity"
    if parts & {"similarity", "similarities"} and parts & {
        "vector",
        "vectors",
        "embedding",
        "embeddings",
        "semantic",
        "compute",
        "calculate",
        "get",
        "dot",
    }:
        return "similarity"
    if parts & _FAR and parts & {"vector", "vectors", "embedding", "embeddings"}:
        return "distance"
    return None


@lru_cache(maxsize=50_000)
def searches(name: str) -> bool:
    """Return whether a function of this name looks things up by closeness, as far as a name can tell."""
    parts = frozenset(words(name))
    return not parts.isdisjoint(_SEARCHES) and parts.isdisjoint(_SEARCHES_OTHERWISE)


@lru_cache(maxsize=50_000)
def speaks_of_vectors(name: str) -> bool:
    """Return whether a class, a module or a receiver of this name has to do with vector search."""
    return not _SPEAKING.isdisjoint(words(name))


@lru_cache(maxsize=50_000)
def cuts_into_chunks(name: str) -> bool:
    """Return whether a scope of this name divides what it reads: its thresholds are boundaries."""
    return not _CHUNKS.isdisjoint(words(name))


@lru_cache(maxsize=50_000)
def is_share(name: str) -> bool:
    """Return whether a number of this name is a part of a whole: a list may be cut to it."""
    return not frozenset(
        "fraction percent percentage percentile pct ratio share proportion portion quantile".split()
    ).isdisjoint(words(name))


_NEAR = frozenset("relevant similar nearest closest neighbors neighbours retrieved".split())
_MEANING = frozenset("similarity similar retrieval retriever vector semantic embedding dense".split())


@dataclass(frozen=True)
class Claim:
    """What a name says of a number, and how plainly."""

    kind: str
    plain: bool  # the name leaves little doubt: `similarity_threshold`, against `threshold`
    sure: bool = False  # the name alone says that closeness is meant: `n_similar_items`


@lru_cache(maxsize=50_000)
def claim(name: str) -> Claim | None:
    """Return what a name says of the number that it is bound to."""
    parts = words(name)
    found = frozenset(parts)
    if not found or not found.isdisjoint(_LEXICAL):
        return None
    lowered = name.lower().strip("_")
    if found >= {"top", "k"} and found & _CUTOFFS:
        return None
    if parts[0] in ("n", "nr", "num", "number", "max") and found & _NEAR:
        return Claim(Kind.TOP_K.value, True, sure=True)
    if found >= {"top", "k"} and found & _MEANING:
        return Claim(Kind.TOP_K.value, True, sure=True)
    if (
        lowered in TOP_K_NAMES
        or (parts[-1] in ("k", "topk") and len(parts) > 1)
        or "topk" in found
        or (found >= {"top", "k"})
    ):
        return Claim(
            Kind.TOP_K.value,
            lowered not in ("k", "top_n", "topn", "max_results", "num_docs", "n_docs", "num_documents"),
        )
    if found & _CLOSE and found & _FLOORS:
        return Claim(
            Kind.SIMILARITY_THRESHOLD.value,
            True,
            sure=bool(found & {"cosine", "cos", "semantic", "embedding", "vector"}),
        )
    if found & _FAR and found & _CAPS:
        return Claim(Kind.DISTANCE_THRESHOLD.value, bool(found & _CUTOFFS))
    if found & {"score", "relevance", "minscore", "match"} and found & _FLOORS:
        return Claim(Kind.SIMILARITY_THRESHOLD.value, False)
    if found & _CUTOFFS:
        return Claim(Kind.SIMILARITY_THRESHOLD.value, False)
    if found >= {"lambda", "mult"} or found >= {"mmr", "lambda"} or found >= {"mmr", "diversity"}:
        return Claim(Kind.SCORE_WEIGHT.value, True)
    if found & WEIGHTS and found & {
        "dense",
        "vector",
        "semantic",
        "embedding",
        "similarity",
        "hybrid",
        "cosine",
        "sparse",
    }:
        return Claim(Kind.SCORE_WEIGHT.value, True)
    if lowered in ("alpha", "diversity"):
        return Claim(Kind.SCORE_WEIGHT.value, False)
    if lowered in LIMIT_NAMES or (parts[-1] == "limit" and len(parts) <= 2):
        return Claim(Kind.TOP_K.value, False)
    return None


_OTHER_QUANTITIES = frozenset(
    """
    batch token tokens dim dims dimension dimensions timeout seconds sleep delay offset seed port retries retry
    retrying attempts epochs epoch lr ctx gpu layers workers worker threads temperature bytes width height
    version interval ttl capacity elements pixels overlap window maxlength maxlen stride charset
    depth bits precision budget padding year day hour minute ms buffer
""".split()
)


@lru_cache(maxsize=50_000)
def speaks_against(name: str, kind: str) -> bool:
    """Return whether a name says that its number is another quantity: a batch size, a token budget."""
    parts = words(name)
    if frozenset(parts).isdisjoint(_OTHER_QUANTITIES) or parts[-1] in _CUTOFFS:
        return False
    said = claim(name)
    return said is None or said.kind != kind or not said.plain
