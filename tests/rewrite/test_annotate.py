"""Where missing annotations are written, and that formatters leave them there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rewrite.marked import read_marked
from tests.test_coverage import coverage, numbers
from threshlint.annotation import Annotation
from threshlint.rewrite import annotate
from threshlint.site import Site

M = Annotation(("m",))


def annotated(source: str, *, line_length: int = 88, unwanted: str = "") -> str:
    """Annotate the sites that have no annotation, but those whose value is ``unwanted``; nothing is to be left."""
    text, sites = read_marked(source)
    done = annotate(text, wanted(sites, unwanted), M, sites, line_length)
    assert done.left == ()
    assert ast.dump(ast.parse(done.text)) == ast.dump(ast.parse(text))
    return done.text


def wanted(sites: list[Site], unwanted: str = "") -> list[Site]:
    return [site for site in sites if not site.models and site.annotation is None and site.value != unwanted]


CASES = {
    "at the end of the line": ("A = «0.8»\n", "A = 0.8  # threshold@m\n"),
    "without a newline at the end": ("A = «0.8»", "A = 0.8  # threshold@m"),
    "behind other comments": ("A = «0.8»  # noqa: E501\n", "A = 0.8  # noqa: E501  # threshold@m\n"),
    "behind a comment for the type checker": ("A = «0.8» # type: ignore\n", "A = 0.8 # type: ignore  # threshold@m\n"),
    "above a line with a type in its comment": (
        "A = [«0.8»]  # type: list[float]\n",
        "# threshold@m\nA = [0.8]  # type: list[float]\n",
    ),
    "above a line with a comment for Sphinx": ("A = «0.8»  #: how close\n", "# threshold@m\nA = 0.8  #: how close\n"),
    "above comments for Sphinx": ("#: how close\nA = «0.8»  #: x\n", "# threshold@m\n#: how close\nA = 0.8  #: x\n"),
    "above a comment for the next line": (
        f"# prose\n# pylint: disable-next=foo\nA = f(«0.8», {'x' * 70})\n",
        f"# prose\n# threshold@m\n# pylint: disable-next=foo\nA = f(0.8, {'x' * 70})\n",
    ),
    "below an encoding": (
        f"# coding: utf-8\nA = f(«0.8», {'x' * 70})\n",
        f"# coding: utf-8\n# threshold@m\nA = f(0.8, {'x' * 70})\n",
    ),
    "blanks at the end": ("A = «0.8» \t\n", "A = 0.8  # threshold@m \t\n"),
    "tabs": (f"if x:\n\tA = f(«0.8», {'x' * 70})\n", f"if x:\n\t# threshold@m\n\tA = f(0.8, {'x' * 70})\n"),
    "a form feed": (f"\fA = f(«0.8», {'x' * 70})\n", f"# threshold@m\n\fA = f(0.8, {'x' * 70})\n"),
    "once for a statement": ("A = f(«0.8», «0.7»)\n", "A = f(0.8, 0.7)  # threshold@m\n"),
    "at the end of a statement": (
        "A = f(\n    «0.8»,\n    «0.7»,\n)\n",
        "A = f(\n    0.8,\n    0.7,\n)  # threshold@m\n",
    ),
    "never in a string": (
        'q = """\na < «0.8»\n"""\n',
        'q = """\na < 0.8\n"""  # threshold@m\n',
    ),
    "in no f-string": (
        'q = f"""\n{a} < «0.8» and {b > «0.7»}\n"""\n',
        'q = f"""\n{a} < 0.8 and {b > 0.7}\n"""  # threshold@m\n',
    ),
    "above a statement with a backslash": (
        "A = a > «0.8» \\\n    and b\n",
        "# threshold@m\nA = a > 0.8 \\\n    and b\n",
    ),
    "above where it is too long": (f"A = f(«0.8», {'x' * 65})\n", f"# threshold@m\nA = f(0.8, {'x' * 65})\n"),
    "wide letters count twice": (f"A = f(«0.8», {'編' * 33})\n", f"# threshold@m\nA = f(0.8, {'編' * 33})\n"),
    "above a header with its body": (
        "if x > «0.8»: y = 1\n",
        "# threshold@m\nif x > 0.8: y = 1\n",
    ),
    "behind a body on its header's line": ("if x: y = «0.8»\n", "if x: y = 0.8  # threshold@m\n"),
    "both": ("if x > «0.8»: y = «0.7»\n", "# threshold@m\nif x > 0.8: y = 0.7  # threshold@m\n"),
    "statements with semicolons": ("a = «0.8»; b = «0.7»\n", "# threshold@m\na = 0.8; b = 0.7  # threshold@m\n"),
    "a statement without words behind a semicolon": ("a = «0.8»; pass\n", "# threshold@m\na = 0.8; pass\n"),
    "a decorator": ("@d(«0.8»)\ndef f(x=«0.7»): ...\n", "@d(0.8)  # threshold@m\n# threshold@m\ndef f(x=0.7): ...\n"),
    "a header, not the body": (
        "def f(\n    x=«0.8»,\n):\n    return «0.7»\n",
        "def f(\n    x=0.8,\n):  # threshold@m\n    return 0.7  # threshold@m\n",
    ),
    "what is annotated stays": (
        "A = «0.8»  # threshold@n\nB = {'n': «0.7||n»}\nC = f(\n    «0.6»,  # threshold@n\n    «0.5»,\n)\n",
        "A = 0.8  # threshold@n\nB = {'n': 0.7}\nC = f(\n    0.6,  # threshold@n\n    0.5,\n)  # threshold@m\n",
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_where_it_is_written(source: str, expected: str, line_break: str) -> None:
    assert annotated(source.replace("\n", line_break)) == expected.replace("\n", line_break)


def test_mixed_line_breaks_stay() -> None:
    long = "x" * 70
    source = f"A = 1\r\nB = f(«0.8», {long})\nC = f(«0.7», {long})\r\nD = f(«0.6», {long})"
    assert annotated(source) == (
        f"A = 1\r\n# threshold@m\nB = f(0.8, {long})\n# threshold@m\r\nC = f(0.7, {long})\r\n"
        f"# threshold@m\r\nD = f(0.6, {long})"
    )


def test_a_site_that_is_not_to_be_annotated_is_not_covered() -> None:
    assert annotated("f(\n    «0.8»,\n    «0.7»,\n)\n", unwanted="0.7") == "f(\n    0.8,  # threshold@m\n    0.7,\n)\n"


LEFT = {
    "both on a line": ("f(«0.8», «0.7»)\n", "would cover similarity-threshold 0.7 on the same line"),
    "on the last line": ("f(«0.7»,\n  «0.8»)\n", "would cover the whole statement"),
    "beside an operator": (
        "f(\n    «0.8»\n    + «0.7»\n)\n".replace("+ «", "+\n    «"),
        "would not survive formatters",
    ),
    "in a string": ('q = """\n«0.8»,\n«0.7»\n"""\n', "would not survive formatters"),
    "a malformed annotation": ("A = «0.8»  # threshold@ m\n", "malformed: no model after"),
    "annotations that disagree": ("# threshold@a\n# threshold@b\nA = «0.8»\n", "the annotations there disagree"),
    "a table without keys": ("A = [«0.8»]  # threshold@key\n", "under no key that is a string"),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_what_is_left(source: str, reason: str) -> None:
    text, sites = read_marked(source)
    done = annotate(text, [site for site in sites if site.value == "0.8"], M, sites, 88)
    assert done.text == text
    assert done.written == ()
    assert [site.value for site, _ in done.left] == ["0.8"]
    assert reason in done.left[0][1]


def test_twice_changes_nothing_more() -> None:
    for source, expected in CASES.values():
        once = annotated(source)
        _, sites = read_marked(source)
        remarked = expected
        for site in sites:
            remarked = remarked.replace(site.value, f"«{site.value}||n»" if site.keyed else f"«{site.value}»", 1)
        assert annotated(remarked) == once


def test_keys_are_written_as_the_grammar_wants_them() -> None:
    text, sites = read_marked("A = «0.8»\n")
    annotation = Annotation(("a", "b"), owner="search team", reason="why not")
    assert annotate(text, sites, annotation, sites, 88).text == (
        'A = 0.8  # threshold@a,b owner="search team" reason="why not"\n'
    )


FORMATTERS = [
    ["ruff", "format", "--isolated", "--line-length=88", "-"],
    ["ruff", "format", "--isolated", "--line-length=40", "-"],
    ["black", "-q", "--line-length=88", "-"],
    ["black", "-q", "--line-length=40", "-"],
    ["black", "-q", "--preview", "--line-length=88", "-"],
]
STATEMENTS = (Path(__file__).parents[1] / "data" / "unformatted_statements.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("formatter", FORMATTERS, ids=" ".join)
@pytest.mark.parametrize("line_length", [40, 88, 120])
def test_formatters_leave_it(formatter: list[str], line_length: int) -> None:
    marked = STATEMENTS
    for number in numbers(STATEMENTS):
        marked = marked.replace(number, f"«{number}»")
    text = annotated(marked, line_length=line_length)
    before = coverage(text)
    assert before.keys() == numbers(STATEMENTS).keys()
    command = [sys.executable, "-m", *formatter]
    formatted = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    assert formatted != text
    after = coverage(formatted)
    assert {number for number in before if "m" not in after.get(number, "")} == set()
