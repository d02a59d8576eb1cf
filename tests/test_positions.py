"""Places found without LibCST's metadata are those that its metadata gives."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from threshlint.scan.extract.positions import OutOfStepError, locate
from threshlint.scan.extract.tree import parse
from threshlint.scan.lexer import lex
from threshlint.scan.source import Source, read_source

STDLIB = Path(tokenize.__file__).parent
# LibCST's metadata is slow: modules of a moderate size, which hold most of the grammar among them.
MODULES = sorted(path for path in STDLIB.glob("*.py") if 3_000 < path.stat().st_size < 30_000)[::4]
LEAVES = (cst.Name, cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.FormattedString)

SNIPPETS = {
    "fstrings": """x = f"a{b}c{d!r:>{e}.{1}}f" f'{g=}' rf"\\{h}" f"{ {1: 2}[1] }" f"{i:%Y-%m-%d}{{}}"\n""",
    "nested_fstrings": "x = f'''a{f\"{b + 1}\"}\n{c:{2}}'''\n",
    "new_fstrings": """x = f"{d["k"]}" f"{'a' + "b"}" f'{x:{'>'}}'\n""",
    "match": "match a:\n  case [1, *_, b]: pass\n  case {'k': 2, **rest} if c: pass\n  case C(d, e=3) | None: pass\n"
    "  case (-1 | 1.5 | 2 + 3j) as f: pass\n  case 'a' 'b': pass\n  case _: pass\n",
    "soft_keywords": "match = 1\ncase = match\ntype = case\n_ = type\nprint(match, case, type, _)\n",
    "type_parameters": "type A[T: int, *Ts, **P] = dict[T, 1]\nclass B[T = int](C[2]): pass\n"
    "def f[T](x: T = 3) -> T: pass\n",
    "comprehensions": "x = {a: b for a, b in c if d if 1 for e in 2}\ny = [*(f async for f in g)]\n",
    "parameters": "def f(a, b=1, /, c: int = 2, *d, e=3, **g): return lambda h, *, i=4: 5\ndef j(k, *, l): pass\n",
    "statements": "try:\n  a\nexcept* B as c:\n  1\nelse:\n  2\nfinally:\n  3\nwith (d as e, f): global g, h\n"
    "del i, j\n"
    "raise k from l\nassert m, 4\nimport n.o as p\nfrom .q import r as s, t\nfrom . import *\nfor u in 5: v\nelse: w\n",
    "operators": "a = -1 + +2 ** -3\nb += 4 if 5 else 6\nc[1:2, ::3, ...] = (d := 7)\n"
    "e @ f // 8 < 9 not in g is not h\n",
    "decorators": "@a(1)\n@b\nclass C(D, metaclass=2, **{'e': 3}):\n"
    "  @f\n  async def g(self): await h(*[4]); yield 5; return\n",
    "strings": "x = 'a' u'c' r'''d\ne''' \"f\\\n\" f'g{1}' 'h'\n",
    "numbers": "x = 0x_f + 0b1 + 1_0.0_1e-1_0 + .5 + 1. + 3j + 0o7\n",
    "wide": "naïve = '猫' + f'{é}🐈{ß}' * 1\n",
    "separators": "a = 1;\x0cb = 2 \\\n + 3\n\x0c\nc = 'x\u2028y' + d\n",
    "carriage_returns": "a = 1\r\nb = '''x\r\ny''' + c\r\n",
    "types": "x: 'int' = 1\ny: list[int]\nz: Callable[[int], str] = a\n",
    "empty": "",
}  # fmt: skip


def assert_in_step(text: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    expected = {
        (span.start.line, span.start.column): _end(type(node).__name__, (span.end.line, span.end.column))
        for node, span in wrapper.resolve(PositionProvider).items()
        if isinstance(node, LEAVES)
    }
    lexed = lex(text)
    tree = parse(text)
    places = locate(tree, lexed)
    kinds = {id(node): type(node).__name__ for node in every_node(tree)}
    found = {}
    for node, (start, end, first_line) in places.items():
        (line, column), (last_line, last_column) = lexed.position(start), lexed.position(end)
        assert line == first_line
        found[line, column - 1] = _end(kinds[node], (last_line, last_column - 1))
    assert found == expected
    assert len(found) == len(places)


def _end(kind: str, place: tuple[int, int]) -> tuple[str, tuple[int, int] | None]:
    return kind, None if kind == "FormattedString" else place


def every_node(tree: object) -> Iterator[object]:
    """Yield the nodes of a bare tree."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (list, tuple)):
            pending.extend(node)
        elif hasattr(node, "__dict__"):
            yield node
            pending.extend(vars(node).values())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_on_modules_of_the_standard_library(path: Path) -> None:
    source = read_source(path)
    assert isinstance(source, Source)
    assert_in_step(source.text)


def test_there_are_modules_to_compare() -> None:
    assert len(MODULES) > 15


@pytest.mark.parametrize("name", SNIPPETS)
def test_on_the_grammar(name: str) -> None:
    assert_in_step(SNIPPETS[name])


def test_a_tree_of_another_text_is_refused() -> None:
    for other in ("a = 2\n", "a = b\n", "a\n", "a = 1 + 1\n"):
        with pytest.raises(OutOfStepError):
            locate(parse("a = 1\n"), lex(other))
