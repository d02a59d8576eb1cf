"""Generated programs: every kind of statement that Python has, in odd layouts.

hypothesmith would be the tool for it; but its programs are a line of nonsense long, and none of them has two uses of
one name. What breaks an analysis of flow is what shares names, so these programs draw on few of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from hypothesis import strategies as st

from fuzzing.expressions import COMMENTS, Expressions

_IMPORTS = (
    "import numpy as np", "import faiss, a.b as model", "from sklearn.metrics.pairwise import cosine_similarity",
    "from sentence_transformers import SentenceTransformer as model", "import m0", "from m1 import a, x as b",
    "from pkg.m2 import (Index, search,)", "from . import x", "from .. import b", "from .m2 import Base",
    "from pkg import hits",
)  # fmt: skip
_ANNOTATIONS = (
    "float",
    "'list[float]'",
    "Annotated[float, 'threshold@m']",
    "dict[str, float]",
    "np.ndarray | None",
    "Index",
)
_PATTERNS = ("0.8", "'a'", "[a, *b]", "{'score': x, **b}", "Hit(score=x)", "x.y | -1", "None", "str() as b", "(x.y)")
_BASES = ("", "()", "(Base)", "(a, b)", "(x.score, metaclass=a)", "(*b, **x)", "(Enum)", "(Index, Base)", "(Protocol)")
_PARAMETERS = (
    "", "self", "self, query, k: int = 5", "a, b", "a, /, b=0.8, *, x", "*args, threshold: float = 0.7, **kwargs",
    "scores: np.ndarray", "self, hits=(), top_k=10,", "query, *, cosine_similarity=cosine_similarity",
    "é: 'float | None' = None",
)  # fmt: skip

_DEEPEST = 4  # blocks in blocks


class _Statements(Expressions):
    """Writes statements; a simple one is given without its line's end, a compound one with it."""

    def statement(self, indent: str, depth: int = 0) -> str:
        if depth < _DEEPEST and self.chance(2):
            return self.pick(_COMPOUNDS)(self, indent, depth)
        more = f"; {self.pick(_SIMPLES)(self)};" if self.chance(8) else ""
        return f"{indent}{self.pick(_SIMPLES)(self)}{more}{self.ending()}"

    def block(self, indent: str, depth: int) -> str:
        """What follows a header's colon: a suite below it, or one statement on its line."""
        if self.chance(6):
            return f" {self.pick(_SIMPLES)(self)}{self.ending()}"
        inner = indent + self.pick(("    ", "    ", "  ", "\t", " "))
        return self.ending() + "".join(self.statement(inner, depth + 1) for _ in range(self.count(1, 3)))

    def ending(self) -> str:
        kind = self.count(0, 9)
        comment = f"  {self.pick(COMMENTS)}" if kind > 7 else ""
        return (
            f"{comment}\n" + ("\n", "\x0c\n", "   \n", f"{self.pick(COMMENTS)}\n")[kind] if kind < 4 else f"{comment}\n"
        )

    # simple statements

    def assign(self) -> str:
        return f"{self.target()} = {self.pick(('', '', 'b = ', chr(92) + chr(10)))}{self.expression()}"

    def augment(self) -> str:
        operator = self.pick(("+", "-", "*", "@", "|", "//"))
        return f"{self.pick(('a', 'x.score', 'scores[0]'))} {operator}= {self.expression()}"

    def declare(self) -> str:
        value = f" = {self.expression()}" if self.chance(2) else ""
        return f"{self.pick(('a', 'x.score'))}: {self.pick(_ANNOTATIONS)}{value}"

    def bring(self) -> str:
        return self.pick(_IMPORTS)

    def bring_all(self) -> str:
        return (
            self.pick(("from m0 import *", "from .m2 import *", "from numpy import *"))
            if self.place.top
            else "import a"
        )

    def other(self) -> str:
        options: tuple[str, ...] = (
            "pass",
            "...",
            "raise",
            "raise {0} from None",
            "assert {0}, a",
            "del x, hits[0]",
            "del a",
        )
        if self.place.function:
            options += ("global found", "import a, a.b")
        if self.place.function and not self.place.starred:
            options += ("return", "return {0}", "return {0}, a", "return {0}", "return {0}")
        if self.place.loop and not self.place.starred:
            options += ("break", "continue", "break", "continue")
        return self.pick(options).format(self.nested())

    # compound statements

    def condition(self, indent: str, depth: int) -> str:
        code = f"{indent}if {self.expression()}:{self.block(indent, depth)}"
        if self.chance(3):
            code += f"{indent}elif {self.expression()}:{self.block(indent, depth)}"
        return code + self.otherwise(indent, depth)

    def otherwise(self, indent: str, depth: int) -> str:
        return f"{indent}else:{self.block(indent, depth)}" if self.chance(3) else ""

    def loop(self, indent: str, depth: int) -> str:
        head = f"for {self.target()} in {self.expression()}" if self.chance(2) else f"while {self.expression()}"
        word = "async " if self.place.asynchronous and head.startswith("for") else ""
        with self.at(loop=True):
            body = self.block(indent, depth)
        return f"{indent}{word}{head}:{body}{self.otherwise(indent, depth)}"

    def attempt(self, indent: str, depth: int) -> str:
        code = f"{indent}try:{self.block(indent, depth)}"
        star = "*" if sys.version_info >= (3, 11) and self.chance(4) else ""
        with self.at(starred=self.place.starred or star == "*"):
            code += f"{indent}except{star} {self.nested()}{self.pick(('', ' as x'))}:{self.block(indent, depth)}"
        return code + self.otherwise(indent, depth) + (f"{indent}finally: pass\n" if self.chance(3) else "")

    def hold(self, indent: str, depth: int) -> str:
        word = self.pick(("with", "async with")) if self.place.asynchronous else "with"
        items = self.pick(("{0} as {1}", "({0} as {1}, {0})", "{0}, {0} as {1}", "({0})")).format(
            self.nested(), self.target()
        )
        return f"{indent}{word} {items}:{self.block(indent, depth)}"

    def choose(self, indent: str, depth: int) -> str:
        guard = f" if {self.nested()}" if self.chance(3) else ""
        code = f"{indent}match {self.pick(('x', '(a, b)', 'x.score', 'match'))}:\n"
        code += f"{indent}  case {self.pick(_PATTERNS)}{guard}:{self.block(indent + '  ', depth)}"
        return code + (f"{indent}  case _:{self.block(indent + '  ', depth)}" if self.chance(3) else "")

    def define(self, indent: str, depth: int) -> str:
        decorator = f"{indent}@{self.pick(('a', 'x.score', 'a(0.8)', 'staticmethod'))}\n" if self.chance(5) else ""
        word = self.pick(("def", "def", "async def"))
        types = self.pick(("", "[T]", "[T: int, *A, **P]")) if sys.version_info >= (3, 12) else ""
        head = f"{self.pick(('search', 'similarity', 'a', '__init__', 'é'))}{types}({self.pick(_PARAMETERS)})"
        with self.at(top=False, function=True, asynchronous=word != "def", loop=False, starred=False):
            body = self.block(indent, depth)
        return f"{decorator}{indent}{word} {head}{self.pick(('', ' -> float'))}:{body}"

    def close_over(self, indent: str, depth: int) -> str:
        word = "nonlocal" if self.place.function else "global"
        lines = f"kept = {self.expression()}", "def keep():", f"  {word} kept", f"  kept = {self.leaf()}"
        return "".join(f"{indent}{line}\n" for line in lines)

    def derive(self, indent: str, depth: int) -> str:
        with self.at(top=False, function=False, asynchronous=False, loop=False, starred=False):
            body = self.block(indent, depth)
        return f"{indent}class {self.pick(('Index', 'Base', 'a', 'Hit'))}{self.pick(_BASES)}:{body}"


_SIMPLES: tuple[Callable[[_Statements], str], ...] = (
    *[_Statements.assign] * 5, _Statements.augment, _Statements.declare, *[_Statements.expression] * 2,
    _Statements.bring, *[_Statements.other] * 3, _Statements.bring_all,
)  # fmt: skip
_COMPOUNDS: tuple[Callable[[_Statements, str, int], str], ...] = (
    *[_Statements.condition] * 2, *[_Statements.loop] * 2, _Statements.attempt, _Statements.hold, _Statements.choose,
    *[_Statements.define] * 4, *[_Statements.derive] * 2, _Statements.close_over,
)  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw a program; most of them are valid, and those that are not are of use as well."""
    writer = _Statements(draw)
    text = "".join(writer.statement("") for _ in range(writer.count(1, 6)))
    return text.replace("\n", writer.pick(("\n", "\n", "\n", "\r\n", "\r")))


@st.composite
def projects(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw a few files that import each other."""
    paths = draw(st.lists(st.sampled_from(("m0.py", "m1.py", "pkg/__init__.py", "pkg/m2.py")), min_size=1, unique=True))
    return {path: draw(programs()).encode() for path in paths}
