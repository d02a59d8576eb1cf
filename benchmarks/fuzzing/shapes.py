"""Inputs that are made to take long, each in any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Shape:
    """How to make an input of a size, and a size that is measured in tenths of a second."""

    size: int
    files: Callable[[int], Files]


_HEAD = """\
from sklearn.metrics.pairwise import cosine_similarity

def measure(a, b):
    return cosine_similarity(a, b)[0][0]

"""
_SEARCH = "    def search(self, q, k=0.8):\n        return {}\n\n"


def _one(*texts: str) -> Files:
    return {"m.py": (_HEAD + "".join(texts)).encode()}


def _each(template: str, times: int) -> str:
    """Repeat a text with its number (``{n}``) and the next (``{m}``)."""
    return "".join(template.format(n=number, m=number + 1) for number in range(times))


def _ring(template: str, times: int) -> Files:
    """Make files of which each names the next (``{m}``), and the last the first."""
    return {f"m{n}.py": template.format(n=n, m=(n + 1) % times, far=(n + 7) % times).encode() for n in range(times)}


def _nested(line: str, levels: int) -> str:
    return "".join(f"{' ' * level}{line.format(n=level)}\n" for level in range(levels)) + " " * levels


SHAPES: Mapping[str, Shape] = {
    # nesting
    "brackets in brackets": Shape(100, lambda n: _one(f"x = {'(' * 60}1{')' * 60}\n" * n)),
    "calls in calls": Shape(30, lambda n: _one(f"x = {'measure(a, ' * 40}0.8{')' * 40}\n" * n)),
    "blocks in blocks": Shape(
        20, lambda n: {f"m{i}.py": f"{_nested('for a in b:', 60)}x\n".encode() for i in range(n)}
    ),
    "functions in functions": Shape(
        100,
        lambda n: _one(
            _each("def f{n}(t):\n  def g(s):\n    return s > t\n  return g\nf{n}(0.{n})(measure(a, b))\n", n)
        ),
    ),
    "lists in lists": Shape(
        100, lambda n: _one("v0 = [measure(a, b)]\n", _each("v{m} = [v{n}, 0.{n}]\n", n), f"x = v{n}[0] > 0.8\n")
    ),
    # chains
    "assignments": Shape(500, lambda n: _one("v0 = measure(a, b)\n", _each("v{m} = v{n}\n", n), f"ok = v{n} > 0.8\n")),
    "assignments to one name": Shape(
        500, lambda n: _one("v = measure(a, b)\n", _each("v = v + {n}\n", n), "ok = v > 0.8\n")
    ),
    "calls of calls": Shape(
        100,
        lambda n: _one(
            "def f0(s, t):\n    return s > t\n\n",
            _each("def f{m}(s, t):\n    return f{n}(s, t)\n\n", n),
            f"f{n}(measure(a, b), 0.8)\n",
        ),
    ),
    "functions in a ring": Shape(
        100,
        lambda n: _one(
            _each("def f{n}(s, t):\n    return f{m}(s, t) or f{n}(t, s)\n\n", n),
            f"def f{n}(s, t):\n    return f0(s, t) or s > t\n\nf0(measure(a, b), 0.8)\n",
        ),
    ),
    "attributes of attributes": Shape(20, lambda n: _one(("x = a" + ".b" * 200 + "\n") * n)),
    "one sum": Shape(250, lambda n: _one(f"x = measure(a, b){' + 0.5 * a' * n}\n")),
    "sums": Shape(10, lambda n: _one(f"x = a{' + a' * 200}\n" * n)),
    "one comparison": Shape(250, lambda n: _one(f"x = measure(a, b){' > 0.5 < a' * n}\n")),
    "elifs": Shape(250, lambda n: _one("if a:\n    x = 1\n", "elif measure(a, b) > 0.8:\n    x = 1\n" * n)),
    # many of one kind
    "aliases": Shape(250, lambda n: _one(_each("from m import measure as f{n}\nok{n} = f{n}(a, b) > 0.{n}\n", n))),
    "calls of one function": Shape(
        250, lambda n: _one("def keep(s, t):\n    return s > t\n\n", _each("ok{n} = keep(measure(a, b), 0.{n})\n", n))
    ),
    "decorators": Shape(250, lambda n: _one("@a(0.5)\n" * n, "def f(t=0.8):\n    return measure(a, b) > t\n")),
    "comments": Shape(
        250, lambda n: _one("# threshold@m\n# threshlint: ignore[THR101]\nx = measure(a, b) > 0.8  # threshold@m\n" * n)
    ),
    "comments in one statement": Shape(
        250, lambda n: _one("x = [\n", "    measure(a, b) > 0.8,  # threshold@m\n" * n, "]\n")
    ),
    # tables and texts
    "entries of a dict": Shape(
        2_500, lambda n: _one("TABLE = {\n", _each("    'k{n}': 0.{n},\n", n), "}\nok = measure(a, b) > TABLE['k1']\n")
    ),
    "look-ups in a dict": Shape(
        250,
        lambda n: _one(
            "TABLE = {\n",
            _each("    'k{n}': 0.{n},\n", n),
            "}\n",
            _each("def f{n}(k):\n    return measure(a, b) > TABLE[k]\n\n", n),
        ),
    ),
    "elements of a list": Shape(
        1_000, lambda n: _one("LIST = [", _each("0.{n}, ", n), "]\nok = measure(a, b) > LIST[0]\n")
    ),
    "digits": Shape(
        100_000, lambda n: _one(f"x = {'1' * n}\ny = 0.{'8' * n}\nz = '{'a' * n}'\nok = measure(a, b) > y\n")
    ),
    "joined strings": Shape(250, lambda n: _one("x = (\n", "    'SELECT 1 LIMIT 10'\n" * n, ")\n")),
    "one formatted string": Shape(250, lambda n: _one("x = f'''", "{measure(a, b):.2f} and {a!r} " * n, "'''\n")),
    "one query": Shape(
        250,
        lambda n: _one(
            "Q = '''SELECT a FROM t\n",
            "WHERE v <=> %s < 0.3 AND b > 5 -- threshold@m\n" * n,
            "ORDER BY v <-> %s LIMIT 10'''\n",
        ),
    ),
    # imports
    "imports in a ring": Shape(100, lambda n: _ring("from m{m} import limit{m} as limit{n}\n", n)),
    "star imports in a ring": Shape(50, lambda n: _ring("from m{m} import *\nv{n} = 0.8\nok = v{far} > 1\n", n)),
    "names of a star import": Shape(
        250,
        lambda n: {
            **_one("from names import *\n", _each("ok{n} = measure(a, b) > v{n}\n", n)),
            "names.py": _each("v{n} = 0.{n}\n", n).encode(),
        },
    ),
    # classes
    "attributes of a class": Shape(
        100,
        lambda n: _one(
            "class Store:\n    def __init__(self):\n",
            _each("        self.a{n} = 0.{n}\n", n),
            "\n",
            _each("    def f{n}(self, a, b):\n        return measure(a, b) > self.a{n}\n\n", n),
        ),
    ),
    "classes in a ring": Shape(
        75,
        lambda n: _one(
            *(f"class C{i}(C{(i + 1) % n}):\n" + _SEARCH.format("measure(q, q) > k") for i in range(n)),
            "C0().search(a)\n",
        ),
    ),
    "classes in a line": Shape(
        75,
        lambda n: _one(
            "class C0:\n",
            _SEARCH.format("measure(q, q) > self.limit"),
            _each("class C{m}(C{n}):\n    limit = 0.{n}\n\n", n),
        ),
    ),
    "subclasses": Shape(
        75,
        lambda n: _one(
            "class Base:\n",
            _SEARCH.format("0"),
            _each("class C{n}(Base):\n" + _SEARCH.format("measure(q, q) > k"), n),
            "Base().search(a, 0.8)\n",
        ),
    ),
    "overrides that ask above": Shape(
        50,
        lambda n: _one(
            "class C0:\n",
            _SEARCH.format("measure(q, q) > k"),
            _each("class C{m}(C{n}):\n" + _SEARCH.format("super().search(q, k)"), n),
            f"C{n}().search(a, 0.9)\n",
        ),
    ),
}
