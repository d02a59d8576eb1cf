"""Source that is edited: annotations and values change, and nothing else does.

Edits are stretches of the text, so that every byte outside them stays. LibCST says what stands where, and proves
afterwards that the code is the same but for what was to change.
"""

from __future__ import annotations

from threshlint.rewrite.annotate import Annotated, annotate
from threshlint.rewrite.change import Change, Changed, apply, apply_what_goes
from threshlint.rewrite.errors import RewriteError
from threshlint.rewrite.files import Original, read_original, write_all
from threshlint.rewrite.lines import line_length_of

__all__ = [
    "Annotated",
    "Change",
    "Changed",
    "Original",
    "RewriteError",
    "annotate",
    "apply",
    "apply_what_goes",
    "line_length_of",
    "read_original",
    "write_all",
]
