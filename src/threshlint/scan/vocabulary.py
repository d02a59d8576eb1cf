"""What identifiers speak of: the words that make a name a weak witness, for or against."""

from __future__ import annotations

import re
from enum import IntFlag
from functools import lru_cache


class Hint(IntFlag):
    """The fields that a word belongs to."""

    NONE = 0
    VECTOR = 1  # embeddings and their search
    LEXICAL = 2  # string and keyword similarity
    SAMPLING = 4  # how a language model draws tokens
    CLASSIFIER = 8  # probabilities, labels, detections
    GEOMETRY = 16  # physical space
    SCORE = 32  # a closeness, by name
    EMBEDDING = 64  # embeddings beyond doubt; `similarity`, `nearest` and `vector` alone may be of anything


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=100_000)
def words(identifier: str) -> tuple[str, ...]:
    """Split an identifier into lower-case words: ``minSimilarity_2`` gives ``min similarity 2``."""
    return tuple(word.lower() for word in _WORDS.findall(identifier))


_VECTOR = frozenset(
    """
    embed embeds embedded embedding embeddings embedder embedders vector vectors vectorstore vectordb
    vectorstores cosine cos similarity similarities semantic semantically retrieval retriever retrieve retrieved
    retrieves nearest neighbor neighbors neighbour neighbours knn ann faiss hnsw hnswlib annoy chroma chromadb
    qdrant pinecone weaviate milvus pymilvus pgvector lancedb usearch redisvl turbopuffer mmr rag centroid
    centroids dedup dedupe deduplicate encodings encoder faces voiceprint sentence transformers
""".split()
)
_EMBEDDING = frozenset(
    """
    embed embeds embedded embedder embedders embedding embeddings semantic semantically retriever retrievers
    vectorstore vectordb vectorstores faiss hnsw hnswlib chroma chromadb qdrant pinecone weaviate milvus
    pymilvus pgvector lancedb usearch redisvl turbopuffer rag dedup deduplicate sbert
""".split()
)
_LEXICAL = frozenset(
    """
    bm25 tfidf keyword keywords fulltext levenshtein fuzz fuzzy rapidfuzz difflib jaccard ngram ngrams minhash
    trigram trigrams lexical tsquery tsvector jaro winkler soundex metaphone edit hamming rouge bleu
""".split()
)
_SAMPLING = frozenset(
    """
    logits logit temperature sampling sampler beam beams decode decoding nucleus softmax vocab
""".split()
)
_CLASSIFIER = frozenset(
    """
    confidence confidences proba probability probabilities probs prob iou nms bbox bboxes classifier classify
    detector detections roc auc
""".split()
)
_GEOMETRY = frozenset(
    """
    latitude longitude lat lon lng haversine geo km miles meters polygon polygons mesh meshes vertex vertices
    triangle triangles raycast
""".split()
)
_SCORE = frozenset("similarity similarities cosine score scores distance distances sim sims relevance".split())


_FIELDS = {
    Hint.VECTOR: _VECTOR,
    Hint.EMBEDDING: _EMBEDDING,
    Hint.LEXICAL: _LEXICAL,
    Hint.SAMPLING: _SAMPLING,
    Hint.CLASSIFIER: _CLASSIFIER,
    Hint.GEOMETRY: _GEOMETRY,
    Hint.SCORE: _SCORE,
}


@lru_cache(maxsize=100_000)
def hints(identifier: str) -> Hint:
    """Return the fields that an identifier's words belong to."""
    parts = words(identifier)
    found = Hint.NONE
    for hint, vocabulary in _FIELDS.items():
        if not vocabulary.isdisjoint(parts):
            found |= hint
    lowered = identifier.lower()
    if "top_p" in lowered or "topp" in lowered or "max_tokens" in lowered or "max_new_tokens" in lowered:
        found |= Hint.SAMPLING
    if (
        "vector_store" in lowered
        or "vector_db" in lowered
        or "vector_search" in lowered
        or "cosine_similarity" in lowered
    ):
        found |= Hint.EMBEDDING
    if "full_text" in lowered or "tf_idf" in lowered:
        found |= Hint.LEXICAL
    return found


_TELLING = frozenset(
    """
    threshold thresholds thresh thres thr cutoff cutoffs cut top topk topn k n num nr limit limits count min max
    minscore maxscore floor tolerance tol eps epsilon radius alpha beta lambda mult weight weights diversity
    results result hits neighbors neighbours neighbor candidates matches docs documents chunks passages similar
    percentile boundary breakpoint resolution clusters cluster similarity similarities sim sims score scores
    cosine cos distance distances dist dists certainty relevance embedding embeddings embedded emb embs vector
    vectors vec vecs encoding encodings feature features feat feats centroid centroids size share fraction ratio
    margin match retrieve retrieval recall
""".split()
)


@lru_cache(maxsize=100_000)
def is_telling(identifier: str) -> bool:
    """Return whether a name may say what its value is; most names cannot and are left out early."""
    return not _TELLING.isdisjoint(words(identifier))
