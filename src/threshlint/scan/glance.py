"""What a file says at a glance: the words that anything would have to begin with, without a tree.

What is told here is never less than what the extraction finds: a word in a string counts as much as one in the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from threshlint.scan.extract.texts import speaks_of_vectors
from threshlint.scan.flow.names import NORMS, PRODUCTS, claim
from threshlint.scan.vocabulary import Hint, hints, words
from threshlint.site import Kind

_WORD = re.compile(r"[^\W\d]\w*")
# Strings and comments. Where a string is nested in another one this may take code for a string and a string for code.
_NO_CODE = re.compile(
    r'''("""(?:[^\\"]|\\[\s\S]|"(?!""))*"""|\'\'\'(?:[^\\']|\\[\s\S]|'(?!''))*\'\'\'|'''
    r""""(?:[^\\"\r\n]|\\[\s\S])*"|'(?:[^\\'\r\n]|\\[\s\S])*'|\#[^\r\n]*)"""
)
_LONGEST_KEY = 120 + 6  # characters of a string that may be a key, quotes included: see Expressions.constant
_CONTINUED = re.compile(r"\\(?:\r\n|\r|\n)")
_IMPORT = re.compile(
    r"(?:^|[;:])[ \t\f]*(?:from[ \t]*(?P<module>[.\s]*[\w.]*)[ \t]*\bimport\b[ \t]*(?P<names>\([^)]*\)|[^;\r\n]*)"
    r"|import[ \t]+(?P<modules>[^;\r\n]*))",
    re.MULTILINE,
)
_IMPORTS_LATER = frozenset({"lazy", "import", "importer"})


@dataclass(frozen=True)
class Glance:
    """What a file's words tell."""

    words: frozenset[str]  # of its code, and of the strings that may be keys
    keys: frozenset[str]  # those strings
    imports: frozenset[str]  # every module and name imported, by whole names
    telling: bool  # whether a name, a form or a text in it lets vectors, scores or numbers begin


def glance(text: str, path: str, module: str) -> Glance:
    """Look at a file."""
    pieces = _NO_CODE.split(text)
    strings = [piece for piece in pieces[1::2] if piece[0] != "#"]
    pieces[1::2] = ["" if piece[0] == "#" else '""' for piece in pieces[1::2]]
    code = "".join(pieces)
    keys = {piece.strip("\"'") for piece in strings if len(piece) <= _LONGEST_KEY}
    found = {*_WORD.findall(code), *_WORD.findall("\n".join(keys)), *_WORD.findall(module)}
    imports = {*_imports(code, path, module)}
    if any(not _IMPORTS_LATER.isdisjoint(words(word)) for word in found if word != "import"):
        imports |= keys
    return Glance(
        frozenset(found),
        frozenset(keys),
        frozenset(imports),
        _is_telling(found) or _is_telling(keys) or _reckons(found, code) or speaks_of_vectors("\n".join(strings)),
    )


_known: dict[str, bool] = {}


def _is_telling(names: Iterable[str]) -> bool:
    """Tell whether a name speaks of embeddings, or says by itself that its number is a cutoff of closeness."""
    for name in names:
        tells = _known.get(name)
        if tells is None:
            tells = _known[name] = bool(hints(name) & Hint.EMBEDDING) or _is_sure(name)
        if tells:
            return True
    return False


def _is_sure(name: str) -> bool:
    for spelled in (name, name.lstrip("-").split("/")[0].replace("-", "_")):  # as a command line has it
        said = claim(spelled)
        if said is not None and said.sure and said.kind == Kind.SIMILARITY_THRESHOLD.value:
            return True
    return False


def _reckons(found: set[str], code: str) -> bool:
    """Tell whether a cosine may be reckoned by hand, or a vector be made a direction."""
    if "/" not in code or NORMS.isdisjoint(found):
        return False
    return "norm" in found or "@" in code or not PRODUCTS.isdisjoint(found)


def _imports(code: str, path: str, module: str) -> Iterator[str]:
    for match in _IMPORT.finditer(_CONTINUED.sub(" ", code)):
        if match["modules"] is not None:
            yield from (name.split()[0] for name in match["modules"].split(",") if name.strip())
            continue
        base = absolute("".join(match["module"].split()), path, module)
        for name in match["names"].strip("() \t\f\r\n").split(","):
            if name.strip() == "*":
                yield base
            elif name.strip():
                first = name.split()[0]
                yield f"{base}.{first}" if base else first


def absolute(dotted: str, path: str, module: str) -> str:
    """Return the whole name of the module that a file at a path imports from; dots in front say how far up it is."""
    name = dotted.lstrip(".")
    up = len(dotted) - len(name)
    if not up:
        return name
    package = module.split(".") if module else []
    if path.endswith(("/__init__.py", "/__init__.pyi")) or path == "__init__.py":
        up -= 1
    base = package[: len(package) - up] if up else package
    return ".".join([*base, name] if name else base)
