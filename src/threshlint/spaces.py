"""Which names of models stand for the same space, or for spaces that were trained to meet."""

from __future__ import annotations

import re

# What tells the two encoders of one space apart: DPR's, for one, are a model for questions and one for passages.
_SIDES = frozenset("question query ctx context passage document doc".split())
# Families whose models embed into one shared space, as their documentation says.
_SHARED = ("voyage-4",)  # https://docs.voyageai.com/docs/embeddings


def base_name(model: str) -> str:
    """Return a model's name without its organisation, tag and dimensionality: ``BAAI/bge-m3@256`` is ``bge-m3``."""
    return model.rpartition("/")[2].partition("@")[0].partition(":")[0].casefold()


def share_space(one: str, other: str) -> bool:
    """Tell whether vectors of two models may be compared, as far as their names say."""
    one, other = base_name(one), base_name(other)
    if one == other or _without_side(one) == _without_side(other):
        return True
    if "clip" in one and (one.startswith(other) or other.startswith(one)):
        return True  # clip-ViT-B-32 for images, clip-ViT-B-32-multilingual-v1 for texts
    return any(one.startswith(family) and other.startswith(family) for family in _SHARED)


def _without_side(name: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[-_.]", name) if part not in _SIDES)
