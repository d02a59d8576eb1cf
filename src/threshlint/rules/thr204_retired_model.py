"""THR204: a threshold for a retired model."""

from __future__ import annotations

from collections.abc import Iterator

from threshlint.rules.base import Context, Example, Rule, describe, quoted
from threshlint.site import Finding


class RetiredModel(Rule):
    """A site whose model is retired."""

    code = "THR204"
    name = "retired-model"
    summary = "A threshold was calibrated for a model that is retired"
    what_it_does = (
        "Finds sites that an annotation or a table's key ties to a model in `retired`. Aliases count as the model that "
        "they stand for, and retiring `X` retires its truncations, such as `X@256`."
    )
    why_is_this_bad = (
        "Where the model is gone, no score of its space is ever computed again: the threshold is invalid by "
        "definition, however good it still looks."
    )
    options = ("retired", "aliases", "models")
    invalid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-ada-002
""",
            lines=(5,),
            options={"retired": ("text-embedding-ada-002",)},
        ),
        Example(
            """\
from sentence_transformers import util

CUTOFF = {
    "text-embedding-3-large@256": 0.41,
    "voyage-3.5": 0.64,
}


def is_duplicate(a, b, model):
    return util.cos_sim(a, b) > CUTOFF[model]
""",
            lines=(4,),
            options={"retired": ("text-embedding-3-large",), "models": ("voyage-3.5",)},
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.45  # threshold@text-embedding-3-small
""",
            options={"retired": ("text-embedding-ada-002",)},
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.41  # threshold@text-embedding-3-large
""",
            options={"retired": ("text-embedding-3-large@256",)},
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the sites of retired models."""
        for site in context.sites:
            retired = tuple(model for model in site.models if context.config.is_retired(model))
            if retired:
                verb = "is" if len(retired) == 1 else "are"
                yield self.at_site(
                    site,
                    f"{describe(site)} belongs to {quoted(retired)}, which {verb} retired",
                    "recalibrate it for the model that replaced it, and name that; or delete the table's entry",
                )
