"""THR203: a model that the configuration does not list."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from threshlint.annotation import Annotation
from threshlint.config import Config
from threshlint.rules.base import Context, Example, Rule, describe
from threshlint.site import Finding


class UnlistedModel(Rule):
    """A ``threshold@model`` or a table's key whose model ``models`` does not list."""

    code = "THR203"
    name = "unlisted-model"
    summary = "An annotation names a model that the configuration does not list"
    what_it_does = (
        "Where `models` lists the project's embedding models, finds annotations and keys of tables that name another. "
        "Aliases count as the model that they stand for, and listing `X` lists its truncations, such as `X@256`. "
        "Retired models are THR204's to report."
    )
    why_is_this_bad = (
        "A misspelt model is one that is never retired: its thresholds are passed over on the day when those of the "
        "real model are recalibrated."
    )
    options = ("models", "aliases", "retired")
    invalid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embeding-3-small
""",
            lines=(5,),
            options={"models": ("text-embedding-3-small",)},
        ),
    )
    valid = (
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-small
""",
            options={"models": ("text-embedding-3-small",)},
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@sentence-transformers/all-MiniLM-L6-v2
""",
            options={
                "models": ("all-MiniLM-L6-v2",),
                "aliases": {"all-MiniLM-L6-v2": ("sentence-transformers/all-MiniLM-L6-v2",)},
            },
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@text-embedding-3-large@256
""",
            options={"models": ("text-embedding-3-large",)},
        ),
        Example(
            """\
from sentence_transformers import util


def is_duplicate(a, b):
    return util.cos_sim(a, b) > 0.82  # threshold@any-model-will-do
"""
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield annotations, and sites keyed by a table, with an unlisted model."""
        config = context.config
        if not config.models:
            return
        for use in context.annotations:
            for model in use.parsed.named_models if isinstance(use.parsed, Annotation) else ():
                if _is_unlisted(model, config):
                    yield self.at_comment(use, f"`{model}` is not among the `models` listed", _remedy(model, config))
        for site in context.sites:
            for model in site.models if site.keyed else ():
                if _is_unlisted(model, config):
                    message = f"{describe(site)} is keyed by `{model}`, which is not among the `models` listed"
                    yield self.at_site(site, message, _remedy(model, config))


def _is_unlisted(model: str, config: Config) -> bool:
    return not config.is_listed(model) and not config.is_retired(model)


def _remedy(model: str, config: Config) -> str:
    near = get_close_matches(model, config.models, n=1)
    add = "add it to `models` in [tool.threshlint]"
    return f"did you mean `{near[0]}`? Else {add}" if near else f"correct the name, or {add}"
