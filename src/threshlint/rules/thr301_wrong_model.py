"""THR301: a threshold for one model that is compared with the scores of another."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.rules.base import Context, Example, Rule, describe, quoted
from threshlint.site import Finding
from threshlint.spaces import share_space

_ANNOTATED_FOR_THE_OLD = """\
from sentence_transformers import SentenceTransformer, util

DUPLICATE = 0.92  # threshold@all-MiniLM-L6-v2

model = SentenceTransformer("BAAI/bge-small-en-v1.5")


def is_duplicate(one, other):
    first, second = model.encode([one, other])
    return util.cos_sim(first, second).item() > DUPLICATE
"""

_RECALIBRATED = "0.87  # threshold@bge-small-en-v1.5"


class WrongModel(Rule):
    """A site that is annotated for a model whose scores never reach it."""

    code = "THR301"
    name = "threshold-of-another-model"
    summary = "A threshold was calibrated for one model, and the scores that reach it come from another"
    what_it_does = (
        "Follows the scores that reach an annotated site back to the models that embedded what they compare, and finds "
        "sites where none of those is among the annotated ones. It speaks only where the code names every model "
        "by a constant. Aliases count as the model that they stand for, and `X@256` as `X`. Tables keyed by models "
        "are left alone: which entry is read is known when the program runs."
    )
    why_is_this_bad = (
        "The annotation says that the number was measured in another space than the one that it is used in. Either the "
        "model was changed and the threshold forgotten, or the annotation is wrong; both make a migration go wrong."
    )
    options = ("aliases", "models", "tests")
    invalid = (
        Example(_ANNOTATED_FOR_THE_OLD, lines=(3,)),
        Example(
            """\
from shop.embed import embed
from sklearn.metrics.pairwise import cosine_similarity


def related(one, other):
    return cosine_similarity([embed(one)], [embed(other)])[0][0] >= 0.61  # threshold@text-embedding-ada-002
""",
            lines=(6,),
            context={
                "shop/embed.py": """\
from openai import OpenAI

MODEL = "text-embedding-3-small"
client = OpenAI()


def embed(text):
    return client.embeddings.create(model=MODEL, input=text).data[0].embedding
""",
            },
        ),
    )
    valid = (
        Example(_ANNOTATED_FOR_THE_OLD.replace("0.92  # threshold@all-MiniLM-L6-v2", _RECALIBRATED)),
        Example(
            """\
from sentence_transformers import SentenceTransformer, util


def is_duplicate(one, other, name):
    model = SentenceTransformer(name)
    return util.cos_sim(model.encode(one), model.encode(other)).item() > 0.9  # threshold@all-MiniLM-L6-v2
"""
        ),
        Example(
            """\
from sentence_transformers import SentenceTransformer, util

model = SentenceTransformer("our-org/minilm-finetuned")


def is_duplicate(one, other):
    return util.cos_sim(model.encode(one), model.encode(other)).item() > 0.9  # threshold@house-model@256
""",
            options={"aliases": {"house-model": ("our-org/minilm-finetuned",)}},
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the sites that are annotated for other models than those whose scores reach them."""
        canonical = context.config.canonical
        for site in context.sites:
            if site.keyed or not site.models or not site.sources:
                continue
            if any(share_space(canonical(one), canonical(other)) for one in site.models for other in site.sources):
                continue
            yield self.at_site(
                site,
                f"{describe(site)} is annotated for {quoted(site.models)}, and its scores come from "
                f"{quoted(site.sources)}",
                f"recalibrate it for {quoted(site.sources)} and annotate that; or, if they are one model, join them "
                "in `aliases`",
            )
