"""THR302: vectors of two models in one search."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.rules.base import Context, Example, Rule
from threshlint.site import Finding, Mismatch

_SEARCH = """\
import faiss
from sentence_transformers import SentenceTransformer

documents = SentenceTransformer("all-MiniLM-L6-v2")
questions = SentenceTransformer("BAAI/bge-small-en-v1.5")

index = faiss.IndexFlatIP(384)


def fill(texts):
    index.add(documents.encode(texts))


def ask(question):
    return index.search(questions.encode([question]), 5)
"""


class MixedModels(Rule):
    """A query and documents that were embedded by different models."""

    code = "THR302"
    name = "query-and-document-of-different-models"
    summary = "Vectors of two embedding models meet in one comparison or one index"
    what_it_does = (
        "Finds comparisons whose two sides were embedded by different models, and indexes that hold vectors of one "
        "model and are asked with vectors of another. It speaks only where the code names both models by a constant, "
        "and no other could be meant. Models that were trained to meet (the two encoders of DPR, CLIP and its "
        "multilingual text encoder) may."
    )
    why_is_this_bad = (
        "A similarity of vectors from two spaces means nothing, even where both have the same length and nothing "
        "fails: the ranking is noise, and so is every threshold that cuts it."
    )
    options = ("aliases", "tests")
    invalid = (
        Example(_SEARCH, lines=(15,)),
        Example(
            """\
from openai import OpenAI
from sklearn.metrics.pairwise import cosine_similarity

client = OpenAI()


def embed(text, model):
    return client.embeddings.create(model=model, input=text).data[0].embedding


def old(text):
    return client.embeddings.create(model="text-embedding-ada-002", input=text).data[0].embedding


def new(text):
    return client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding


def closeness(question, page):
    return cosine_similarity([new(question)], [old(page)])
""",
            lines=(20,),
        ),
    )
    valid = (
        Example(_SEARCH.replace("BAAI/bge-small-en-v1.5", "all-MiniLM-L6-v2")),
        Example(
            """\
from sentence_transformers import SentenceTransformer, util

questions = SentenceTransformer("sentence-transformers/facebook-dpr-question_encoder-single-nq-base")
passages = SentenceTransformer("sentence-transformers/facebook-dpr-ctx_encoder-single-nq-base")


def closeness(question, passage):
    return util.dot_score(questions.encode(question), passages.encode(passage))
"""
        ),
        Example(
            """\
from sentence_transformers import SentenceTransformer, util


def compare(name, one, other):
    model = SentenceTransformer(name)
    return util.cos_sim(model.encode(one), model.encode(other))


def both(one, other):
    return compare("all-MiniLM-L6-v2", one, other), compare("BAAI/bge-small-en-v1.5", one, other)
"""
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the places where two models meet."""
        for mismatch in context.mismatches:
            yield Finding(
                self.code,
                mismatch.path,
                mismatch.span,
                _message(mismatch),
                "embed both with the same model; what was embedded by the other has to be embedded again",
                trace=mismatch.trace,
            )


def _message(mismatch: Mismatch) -> str:
    one, other = mismatch.models
    if mismatch.in_index:
        return f"the index holds vectors of `{one}`, and is asked with a vector of `{other}`"
    return f"vectors of `{one}` are compared with vectors of `{other}`"
