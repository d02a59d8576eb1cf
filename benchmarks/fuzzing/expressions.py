"""Generated expressions, about things that are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

NAMES = tuple("a b x query scores hits threshold top_k model cosine_similarity self é match".split())
ATTRIBUTES = ("score", "distance", "similarity", "search", "encode", "items", "append", "sort", "x", "T")
NUMBERS = ("0", "1", "-1", "5", "0.82", ".5", "1e-3", "1_000", "0x1F", "0.7_5", "3j", "1e400", "10" * 60, "00")
STRINGS = (
    "''", "'score'", '"cosine"', "'''a\nb'''", r"r'\d'", "b'x'", "('%s' % a)", "'a' 'b'", r"'é\N{EM DASH}'", "'\\\n'",
    '"""SELECT id FROM t WHERE v <=> %s < 0.3 -- threshold@m\nORDER BY v <-> :q LIMIT 10"""', r"rb'\d'", "'\u2028'",
)  # fmt: skip
COMMENTS = (
    "# threshold@m", "# threshold@a,b owner=x", "# threshold@", "# threshold@*", "# threshold@key", "# noqa: E501",
    "# threshlint: ignore[THR101]", "# threshlint: ignore", "# type: ignore", "#", "# \x0c\u2028", "# fmt: off",
)  # fmt: skip

_LEAVES = (*NAMES, *NAMES, *NUMBERS, *STRINGS, "None", "True", "...")
_OPERATORS = ("+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", " and ", " or ")
_COMPARISONS = ("<", ">", "<=", ">=", "==", "!=", " in ", " not in ", " is ", " is not ")
_CALLS = (
    "cosine_similarity({0}, {1})", "np.argsort({0})[:{1}]", "np.dot({0}, {1})", "index.search({0}, {1})",
    "model.encode({0})", "collection.query(query_embeddings={0}, n_results={1})", "torch.topk({0}, k={1})",
    "KMeans(n_clusters={1}).fit({0})", "sorted({0}, key=lambda x: x.score, reverse=True)[:{1}]", "search({0}, *{1})",
    "super().search({0}, **{1})", "heapq.nlargest({1}, {0})", "zip({0}, {1})", "enumerate({0})", "dict(a={0}, **{1})",
    "max({0}, {1})", "getattr({0}, 'x')", "faiss.IndexFlatIP({1})", "SentenceTransformer('m')", "Index({0}, top_k={1})",
    "functools.partial({0}, k={1})", "dataclasses.replace({0}, x={1})", "a(threshold={1})", "f()", "self.search({0})",
)  # fmt: skip
_ITEMS = ("{0}[{1}]", "{0}[:{1}]", "{0}[{1}:]", "{0}[::-1]", "{0}[..., {1}]", "{0}['score']", "{0}[{1}:x, *a]")
_FORMATTED = (
    "f'{a}'", "f'{x.score!r}'", "f'{x:.2f}'", "f'{x:{a}}'", "f'{a=}'", "f'{a > 0.8}'", "f'{{{f(a, k=5)}}}'",
    "f'' 'a{' f'{0.8}'", "rf'''\n{hits[0]}\n'''",
)  # fmt: skip
_COMPREHENSIONS = ("[{0}{2}]", "({0}{2})", "{{{0}{2}}}", "{{{0}: {1}{2}}}", "max({0}{2})")
_TARGETS = ("a", "x", "a, b", "(a, *b)", "[a, (b, x)]", "x.score", "scores[0]", "_, hits")

_DEEPEST = 4


@dataclass(frozen=True)
class Place:
    """Where code stands, which decides what may be written there."""

    level: int = 0  # of the expression
    top: bool = True  # in no function and no class
    function: bool = False
    asynchronous: bool = False
    loop: bool = False
    starred: bool = False  # in an `except*`, which nothing jumps out of
    comprehension: bool = False


class Expressions:
    """Writes expressions, a draw a choice."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.place = Place()

    @contextmanager
    def at(self, **changes: bool | int) -> Iterator[None]:
        before, self.place = self.place, replace(self.place, **changes)  # type: ignore[arg-type]
        yield
        self.place = before

    def pick(self, options: tuple[T, ...]) -> T:
        chosen: T = self.draw(_one_of(options))
        return chosen

    def count(self, least: int, most: int) -> int:
        return self.draw(_between(least, most))

    def chance(self, one_in: int) -> bool:
        return self.count(1, one_in) == one_in

    def leaf(self) -> str:
        return self.pick(_LEAVES)

    def target(self) -> str:
        return self.pick(_TARGETS)

    def expression(self) -> str:
        if self.place.level >= _DEEPEST:
            return self.leaf()
        with self.at(level=self.place.level + 1):
            return self.pick(_FORMS)(self)

    def nested(self) -> str:
        return f"({self.expression()})"

    def gap(self) -> str:
        """What may stand between things inside brackets."""
        kind = self.count(0, 12)
        return f"  {self.pick(COMMENTS)}\n" if kind == 12 else "\n\n\t" if kind == 11 else " "

    def attribute(self) -> str:
        return f"{self.nested()}.{self.pick(ATTRIBUTES)}"

    def item(self) -> str:
        return self.pick(_ITEMS).format(self.pick(NAMES), self.nested())

    def call(self) -> str:
        return self.pick(_CALLS).format(self.nested(), self.nested())

    def binary(self) -> str:
        return f"({self.nested()}{self.pick(_OPERATORS)}{self.nested()})"

    def unary(self) -> str:
        return f"({self.pick(('-', 'not ', '~', '+', '- '))}{self.nested()})"

    def comparison(self) -> str:
        return (
            f"({self.nested()}"
            + "".join(f"{self.pick(_COMPARISONS)}{self.nested()}" for _ in range(self.count(1, 2)))
            + ")"
        )

    def conditional(self) -> str:
        return f"({self.nested()} if {self.nested()} else {self.nested()})"

    def display(self) -> str:
        opening, closing = self.pick((("[", "]"), ("(", ",)"), ("{", "}")))
        return opening + f",{self.gap()}".join(self.expression() for _ in range(self.count(1, 3))) + closing

    def mapping(self) -> str:
        entries = [f"{self.leaf()}: {self.nested()}" for _ in range(self.count(0, 3))]
        return "{" + f",{self.gap()}".join([*entries, "**x"] if self.chance(6) else entries) + "}"

    def comprehension(self) -> str:
        with self.at(comprehension=True):
            loops = f" for {self.target()} in {self.nested()}" + (f" if {self.nested()}" if self.chance(2) else "")
            return self.pick(_COMPREHENSIONS).format(self.nested(), self.nested(), loops)

    def function(self) -> str:
        with self.at(asynchronous=False):
            return f"(lambda {self.pick(('', 'a', 'a, b=0.8', '*a, x=5, **b'))}: {self.expression()})"

    def naming(self) -> str:
        return self.leaf() if self.place.comprehension else f"(named := {self.expression()})"

    def formatted(self) -> str:
        return self.pick(_FORMATTED)

    def waiting(self) -> str:
        if not self.place.function or self.place.comprehension:
            return self.leaf()
        if self.place.asynchronous:
            return f"(await {self.nested()})"
        return f"({self.pick(('yield', 'yield from'))} {self.leaf()})"


_FORMS: tuple[Callable[[Expressions], str], ...] = (
    *[Expressions.leaf] * 5, Expressions.attribute, Expressions.item, *[Expressions.call] * 4, Expressions.binary,
    Expressions.unary, *[Expressions.comparison] * 2, Expressions.conditional, Expressions.display, Expressions.mapping,
    Expressions.comprehension, Expressions.function, Expressions.naming, Expressions.formatted, Expressions.waiting,
)  # fmt: skip


@cache
def _one_of(options: tuple[T, ...]) -> st.SearchStrategy[T]:
    return st.sampled_from(options)


@cache
def _between(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)
