"""Missing annotations, written as comments: what ``threshlint annotate`` does to a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from threshlint.annotation import Annotation, format_annotation
from threshlint.rewrite.code import Code
from threshlint.rewrite.comments import place_comments
from threshlint.rewrite.models import obstacle_to_annotation
from threshlint.rewrite.proof import rewritten
from threshlint.scan.lexer import lex
from threshlint.site import Site


@dataclass(frozen=True)
class Annotated:
    """A file's new text, and what became of the sites that were to be annotated."""

    text: str
    written: tuple[Site, ...]
    left: tuple[tuple[Site, str], ...]  # with the reason of each


def annotate(
    text: str, wanted: Collection[Site], annotation: Annotation, sites: Sequence[Site], line_length: int
) -> Annotated:
    """Write an annotation for each of some sites that have none; nothing but comments changes.

    Args:
        text: The file's text.
        wanted: The sites to annotate.
        annotation: What all of them are to say.
        sites: All sites of the file, the wanted ones among them.
        line_length: How long the file's formatter lets a line be.

    Raises:
        RewriteError: The file cannot be rewritten.
        ValueError: The grammar cannot say the annotation.

    """
    comment = format_annotation(annotation)
    code = Code(lex(text), sites)
    left = {site: reason for site in wanted if (reason := obstacle_to_annotation(code, site)) is not None}
    placement = place_comments(code, {site: comment for site in wanted if site not in left}, line_length)
    left |= placement.left
    written = [site for site in wanted if site not in left]
    new_text = rewritten(code, placement.edits, dict.fromkeys(written, annotation)) if written else text
    return Annotated(new_text, tuple(written), tuple(left.items()))
