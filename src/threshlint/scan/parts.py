"""What is solved at once: a component, or a part of one that is too large for the memory of one process.

A part has files of its own, which lie near one another, and takes those along that they import, as far as there is
room: most of what a file has to do with others it has to do with these. A file that several parts take along may
be told of by each of them; the part that it belongs to has the first word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from threshlint.scan.components import Links, components, imported

if TYPE_CHECKING:
    from threshlint.scan.solve import Outcome

_T = TypeVar("_T")

# Bytes of facts, of which one takes some 17 bytes of memory to solve. A project of 10 MB of source stays whole.
MOST_BYTES = 20 * 1024**2
_MOST_OF_A_PART = 0.8  # of it: once there have to be parts, they may as well be smaller
_SHARE = 0.6  # of a part, for its own files


@dataclass(frozen=True)
class Part:
    """Files that are solved together, by their places, in order."""

    files: tuple[int, ...]
    own: frozenset[int]
    is_whole: bool  # a component, not a part of one


def parts(links: Sequence[Links], sizes: Sequence[int]) -> list[Part]:
    """Return what to solve, given what each file says of others and how many bytes its facts take."""
    found: list[Part] = []
    for component in components(links):
        if _total(component, sizes) <= MOST_BYTES or len(component) == 1:
            found.append(Part(tuple(component), frozenset(component), is_whole=True))
        else:
            found += _divided(component, links, sizes, MOST_BYTES * _MOST_OF_A_PART)
    return found


def _divided(component: Sequence[int], links: Sequence[Links], sizes: Sequence[int], most: float) -> Iterator[Part]:
    imports = {
        component[index]: [component[other] for other in others]
        for index, others in enumerate(imported([links[file] for file in component]))
    }
    by_path = sorted(component, key=lambda file: links[file].module.split("."))
    for own in _packed(_pieces(by_path, links, sizes, most * _SHARE), sizes, most * _SHARE):
        files = set(own)
        room = most - _total(own, sizes)
        wanted = Counter(other for file in own for other in imports[file] if other not in files)
        for other, _ in wanted.most_common():
            if sizes[other] <= room:
                files.add(other)
                room -= sizes[other]
        yield Part(tuple(sorted(files)), frozenset(own), is_whole=False)


def _pieces(
    files: Sequence[int], links: Sequence[Links], sizes: Sequence[int], most: float, depth: int = 0
) -> Iterator[list[int]]:
    """Yield folders that are small enough, of larger ones what is in them."""
    if _total(files, sizes) <= most or len(files) == 1:
        yield list(files)
        return
    groups = [list(group) for _, group in groupby(files, lambda file: links[file].module.split(".")[depth : depth + 1])]
    if len(groups) == 1 and all(links[file].module.count(".") < depth for file in files):
        yield from ([file] for file in files)  # of the same name
        return
    for group in groups:
        yield from _pieces(group, links, sizes, most, depth + 1)


def _packed(pieces: Iterator[list[int]], sizes: Sequence[int], most: float) -> Iterator[list[int]]:
    """Put neighbours together as long as there is room."""
    packed: list[int] = []
    held = 0
    for piece in pieces:
        size = _total(piece, sizes)
        if packed and held + size > most:
            yield packed
            packed, held = [], 0
        packed.extend(piece)
        held += size
    if packed:
        yield packed


def _total(files: Collection[int], sizes: Sequence[int]) -> int:
    return sum(sizes[file] for file in files)


def told_once(outcomes: Sequence[Outcome], own: Sequence[Collection[str]]) -> list[Outcome]:
    """Leave out what another part has told of already; ``own`` are the paths of each part's own files."""
    found = _told_once([outcome.found for outcome in outcomes], own, lambda one: (one.site.path, one.site.span))
    embedders = _told_once([outcome.embedders for outcome in outcomes], own, lambda one: (one.path, one.line))
    mismatches = _told_once([outcome.mismatches for outcome in outcomes], own, lambda one: (one.path, one.span))
    return [
        replace(outcome, found=sites, embedders=made, mismatches=mixed)
        for outcome, sites, made, mixed in zip(outcomes, found, embedders, mismatches, strict=True)
    ]


def _told_once(
    told: Sequence[Sequence[_T]], own: Sequence[Collection[str]], place: Callable[[_T], tuple[str, object]]
) -> list[tuple[_T, ...]]:
    known = {place(one) for items, paths in zip(told, own, strict=True) for one in items if place(one)[0] in paths}
    kept: list[tuple[_T, ...]] = []
    for items, paths in zip(told, own, strict=True):
        kept.append(tuple(one for one in items if place(one)[0] in paths or place(one) not in known))
        known.update(map(place, items))
    return kept
