"""Proof that a rewrite changed what it was to change, and nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from threshlint.annotation import Annotation
from threshlint.rewrite.code import Code
from threshlint.rewrite.edits import Edit, apply_edits, in_order, places_after
from threshlint.rewrite.errors import RewriteError
from threshlint.scan.lexer import Token, TokenKind
from threshlint.site import Site

_SIGNS = "+- "


def rewritten(old: Code, edits: Sequence[Edit], annotations: Mapping[Site, Annotation]) -> str:
    """Return the edited text once it is proven to be the same code.

    Args:
        old: The code of one file.
        edits: What is to change.
        annotations: What the sites are annotated with then; the others keep what they have.

    Raises:
        RewriteError: The new text is no Python, or says anything that it was not to say.

    """
    new = old.edited(edits)
    _prove_words_and_tree(old, new, edits)
    for before, after in zip(old.sites, new.sites, strict=True):
        if before not in annotations and (before.exempt is not None or before.keyed):
            continue
        if new.annotation_of(after) != annotations.get(before, old.annotation_of(before)):
            raise RewriteError(
                f"line {before.line}: {before.value} would be annotated wrongly; annotate it by hand",
                sites=old.sites_of(old.logical(before)),
            )
    return new.text


def _prove_words_and_tree(old: Code, new: Code, edits: Sequence[Edit]) -> None:
    added = [(start, end) for edit, start, end in places_after(edits) if edit.adds_code]
    expected = _expected_words(old, [edit for edit in in_order(edits) if not edit.adds_code])
    found = [new.text[start:end] for _, start, end in _words(new) if not _is_in(start, added)]
    if expected != found or not _is_same_tree(old, new, added):
        raise RewriteError("would change in more than thresholds and annotations, which is a bug: please report it")


def _words(code: Code) -> Iterator[Token]:
    """Yield names, numbers, strings and the ends of logical lines; an f-string is one word."""
    pieces = iter(code.logicals.strings)
    depth = 0
    for kind, start, end in code.lexed.tokens:
        if kind is TokenKind.FSTRING_END:
            depth -= 1
        elif kind is TokenKind.FSTRING:
            depth += 1
            if depth == 1:
                piece = next(pieces)
                yield kind, piece.start, piece.end
        elif not depth and kind is not TokenKind.COMMENT:
            if kind is TokenKind.STRING:
                next(pieces)
            yield kind, start, end


def _expected_words(old: Code, edits: Sequence[Edit]) -> list[str]:
    """Return the words of the old text as the edits are to leave them."""
    ends = [edit.end for edit in edits]
    expected = []
    for kind, start, end in _words(old):
        first = last = bisect_right(ends, start)
        while last < len(edits) and edits[last].start < end:
            last += 1
        word, within = old.text[start:end], edits[first:last]
        if kind is TokenKind.NUMBER and within:
            word = within[0].text.lstrip(_SIGNS)  # a sign is edited with its number, and no part of this word
        elif within:
            inside = [Edit(edit.start - start, edit.end - start, edit.text) for edit in within]
            word = apply_edits(word, inside)
        expected.append(word)
    return expected


def _is_in(offset: int, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in stretches)


def _is_same_tree(old: Code, new: Code, added: Sequence[tuple[int, int]]) -> bool:
    from threshlint.rewrite.tree import shape

    entries = new.tree.entries_whose_keys_start_in(added)
    return list(shape(old.tree.module)) == list(shape(new.tree.module, entries))
