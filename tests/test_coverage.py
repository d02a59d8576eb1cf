"""What an annotation or a suppression covers: each sentence of the design's section has its cases here."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from threshlint.annotation import Annotation, Malformed, Suppression
from threshlint.scan.coverage import FileComments, read_comments
from threshlint.scan.lexer import TokenKind, lex
from threshlint.site import Span


def numbers(source: str) -> dict[str, Span]:
    """Find every decimal of a source, those in strings too; each must stand there once."""
    lexed = lex(source)
    comments = [(start, end) for kind, start, end in lexed.tokens if kind is TokenKind.COMMENT]
    found: dict[str, Span] = {}
    for match in re.finditer(r"(?<![\w.])\d*\.\d+", source):
        if any(start <= match.start() < end for start, end in comments):
            continue
        assert match.group() not in found, "every number of a case stands there once"
        found[match.group()] = Span(*lexed.position(match.start()), *lexed.position(match.end()))
    return found


def said(comments: FileComments, span: Span) -> list[str]:
    """Return the models, or the suppressed codes, that cover a span, by precedence."""
    covers = sorted(comments.covering(span), key=lambda cover: cover.remark.rank)
    parsed = [cover.remark.annotation or cover.remark.suppression for cover in covers]
    return [
        ",".join(each.models if isinstance(each, Annotation) else each.codes)
        for each in parsed
        if isinstance(each, (Annotation, Suppression))
    ]


def coverage(source: str) -> dict[str, str]:
    """Return what covers each number, by precedence; numbers that nothing covers are left out."""
    comments = read_comments(lex(source))
    covered = {number: " ".join(said(comments, span)) for number, span in numbers(source).items()}
    return {number: models for number, models in covered.items() if models}


CASES = {
    "a trailing comment covers its line": (
        "A = 0.1  # threshold@m\nB = 0.2\n",
        {"0.1": "m"},
    ),
    "at the end of the file, without a newline": (
        "A = 0.1  # threshold@m",
        {"0.1": "m"},
    ),
    "a trailing comment on the last physical line covers the whole logical line": (
        "f(\n    0.1,\n    g(0.2),\n)  # threshold@m\nB = 0.3\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "continued with a backslash": (
        "ok = a > 0.1 \\\n    and b > 0.2  # threshold@m\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "a comment alone directly above covers the whole logical line": (
        "A = 0.1\n# threshold@m\nf(\n    0.2,\n    0.3,\n)\nB = 0.4\n",
        {"0.2": "m", "0.3": "m"},
    ),
    "a block of comments directly above counts as one": (
        "# threshold@m\n# Chosen on the labelled pairs.\n# threshlint: ignore[THR205] new\nA = 0.1\n",
        {"0.1": "m THR205"},
    ),
    "a blank line between, and it is not directly above": (
        "# threshold@m\n\nA = 0.1\n",
        {},
    ),
    "a line of blanks is a blank line": (
        "# threshold@m\n  \t\nA = 0.1\n",
        {},
    ),
    "a block is parted by a blank line": (
        "# threshold@a\n\n# threshold@b\nA = 0.1\n",
        {"0.1": "b"},
    ),
    "directly above, whatever the indentation": (
        "if x:\n    A = 0.1\n    # threshold@m\nB = 0.2\n",
        {"0.2": "m"},
    ),
    "a trailing comment is not above the next line": (
        "A = 0.1  # threshold@m\nB = 0.2\n",
        {"0.1": "m"},
    ),
    "behind the last statement there is nothing to cover": (
        "A = 0.1\n# threshold@m\n",
        {},
    ),
    "on an inner physical line, it covers that line's literals": (
        "f(\n    0.1,\n    0.2, 0.3,  # threshold@m\n    0.4,\n)\n",
        {"0.2": "m", "0.3": "m"},
    ),
    "the first physical line of several is an inner one": (
        "f(0.1,  # threshold@m\n  0.2)\n",
        {"0.1": "m"},
    ),
    "alone on an inner physical line, there is no literal to cover": (
        "f(\n    # threshold@m\n    0.1,\n)\n",
        {},
    ),
    "a formatter leaves an inner line's comment beside the closing bracket": (
        "f(\n    g(\n        0.1,\n        0.2,\n    ),  # threshold@m\n    0.3,\n)\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "a closing bracket covers what it closes, not the bracket before": (
        "f(\n    g(0.1), [\n        0.2,\n    ],  # threshold@m\n    0.3,\n)\n",
        {"0.2": "m"},
    ),
    "several closing brackets": (
        "f(\n    g({\n        0.1,\n    }),  # threshold@m\n    0.3,\n)\n",
        {"0.1": "m"},
    ),
    "a bracket closed behind a literal is no closing line": (
        "f(\n    [0.1,\n     0.2],  # threshold@m\n    0.3,\n)\n",
        {"0.2": "m"},
    ),
    "inner lines of a condition": (
        "ok = (\n    a > 0.1  # threshold@m\n    and b > 0.2\n)\n",
        {"0.1": "m"},
    ),
    "brackets in strings and comments are none": (
        "f(\n    g(\n        ')', 0.1,  # ) (\n        f'{x[\")\"]})', 0.2,\n    ),  # threshold@m\n    0.3,\n)\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "a compound header is one logical line, its body is never covered": (
        "if x > 0.1:  # threshold@m\n    y = 0.2\n",
        {"0.1": "m"},
    ),
    "above a compound header": (
        "# threshold@m\nwhile x > 0.1:\n    y = 0.2\n",
        {"0.1": "m"},
    ),
    "a function's header has its defaults": (
        "# threshold@m\ndef f(\n    a=0.1,\n    b=0.2,\n):\n    return 0.3\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "a class's body is not covered": (
        "# threshold@m\nclass A:\n    b = 0.1\n    c = 0.2  # threshold@n\n",
        {"0.2": "n"},
    ),
    "else and elif have headers of their own": (
        "if x > 0.1:\n    pass\n# threshold@m\nelif x > 0.2:\n    y = 0.3\n",
        {"0.2": "m"},
    ),
    "a compound statement on one line is one logical line": (
        "if x > 0.1: y = 0.2  # threshold@m\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "so are statements joined by semicolons": (
        "A = 0.1; B = 0.2  # threshold@m\n",
        {"0.1": "m", "0.2": "m"},
    ),
    "each decorator is its own": (
        "# threshold@a\n@d(0.1)\n@e(0.2)  # threshold@b\n# threshold@c\ndef f(x=0.3): ...\n",
        {"0.1": "a", "0.2": "b", "0.3": "c"},
    ),
    "a case of a match": (
        "match x:\n    # threshold@m\n    case y if y > 0.1:\n        z = 0.2\n",
        {"0.1": "m"},
    ),
    "precedence is inner line, end of logical line, line above": (
        "# threshold@above\nf(\n    0.1,\n    0.2,  # threshold@inner\n)  # threshold@end\n",
        {"0.1": "end above", "0.2": "inner end above"},
    ),
    "a suppression covers as an annotation does": (
        "# threshlint: ignore[THR1]\nf(\n    0.1,\n    0.2,  # threshlint: ignore[THR2]\n)"
        "  # threshlint: ignore[THR3]\n",
        {"0.1": "THR3 THR1", "0.2": "THR2 THR3 THR1"},
    ),
    "either shares a line with other comments": (
        "A = 0.1  # noqa: E501  # threshold@m # type: ignore  # threshlint: ignore[THR205] later\n",
        {"0.1": "m THR205"},
    ),
    "a malformed one covers and says nothing": (
        "A = 0.1  # threshold@ m\n",
        {},
    ),
    "prose is no annotation": (
        "A = 0.1  # as threshold@m, but higher\n",
        {},
    ),
    "what looks like a comment in a string is none": (
        "A = ['# threshold@m', 0.1]\nB = '''\n# threshold@m\n''' + str(0.2)\n",
        {},
    ),
    "inside an SQL string it covers the SQL line it stands on": (
        'q = """\nSELECT 1 WHERE a <=> b < 0.1  -- threshold@m\n  AND c < 0.2\n"""\n',
        {"0.1": "m"},
    ),
    "above the statement, the whole string": (
        '# threshold@m\nq = """\nSELECT 1 WHERE a <=> b < 0.1\n  AND c < 0.2\n"""\n',
        {"0.1": "m", "0.2": "m"},
    ),
    "behind the closing quotes, the whole string": (
        'q = """\nSELECT 1 WHERE a <=> b < 0.1\n  AND c < 0.2\n"""  # threshold@m\n',
        {"0.1": "m", "0.2": "m"},
    ),
    "an SQL line is nearer than the statement": (
        '# threshold@n\nq = """a < 0.1 -- threshold@m\nAND c < 0.2"""\n',
        {"0.1": "m n", "0.2": "n"},
    ),
    "SQL lines ended by escapes": (
        "q = 'a < 0.1 -- threshold@m\\nAND c < 0.2'\n",
        {"0.1": "m"},
    ),
    "an escaped backslash ends no line, nor does a raw string's": (
        "q = r'0.1\\n 0.2 -- threshold@m'\np = '0.3\\\\n 0.4 -- threshold@n'\n",
        {"0.1": "m", "0.2": "m", "0.3": "n", "0.4": "n"},
    ),
    "an SQL line in adjacent literals": (
        "q = (\n    'SELECT 0.1\\n'  # why\n"
        "    'WHERE a < 0.2 '\n    'AND b < 0.3 -- threshold@m\\n'\n    'LIMIT 0.4'\n)\n",
        {"0.2": "m", "0.3": "m"},
    ),
    "an SQL line in an f-string": (
        'q = f"""\nWHERE {column(0.1)} < 0.2 -- threshold@m\nAND b < {0.3}\n"""\n',
        {"0.1": "m", "0.2": "m"},
    ),
    "Python beside an SQL string is not covered by its comment": (
        "f('a < 0.1 -- threshold@m', 0.2)\n",
        {"0.1": "m"},
    ),
    "a suppression inside an SQL string": (
        'q = """\na < 0.1 -- noqa -- threshlint: ignore[THR102] -- threshold@m\nAND c < 0.2\n"""\n',
        {"0.1": "THR102 m"},
    ),
    "a docstring is no SQL": (
        'def f():\n    """Write 0.1 -- threshold@m in SQL."""\n    return 0.2\n',
        {},
    ),
    "two minus signs in Python are no SQL comment": (
        "x = 0.1 --threshold@m\n",
        {},
    ),
    "a unary minus belongs to its literal": (
        "A = [\n    -\n    0.1,  # threshold@m\n    -0.2,\n]\n",
        {"0.1": "m"},
    ),
    "threshold@key on the opening line covers the table": (
        'C = {  # threshold@key\n    "a": 0.1,\n    "b": {"c": 0.2},\n}\nD = 0.3\n',
        {"0.1": "key", "0.2": "key"},
    ),
    "threshold@key at the closing bracket, or above": (
        'C = {\n    "a": 0.1,\n}  # threshold@key\n# threshold@key\nD = {\n    "b": 0.2,\n}\n',
        {"0.1": "key", "0.2": "key"},
    ),
    "threshold@key on an inner table covers only that": (
        'C = {\n    "x": {  # threshold@key\n        "a": 0.1,\n    },\n    "y": 0.2,\n}\n',
        {"0.1": "key"},
    ),
    "threshold@key on an Enum covers its members": (
        "class C(float, Enum):  # threshold@key\n    A = 0.1\n    B: float = 0.2\n\n"
        "    def f(self, x=0.3):\n        y = 0.4\n\n\nD = 0.5\n",
        {"0.1": "key", "0.2": "key"},
    ),
    "threshold@key on another class does not cover its body": (
        "class C(Base):  # threshold@key\n    A = 0.1\n",
        {},
    ),
    "any other annotation on an Enum does not cover its body": (
        "class C(float, Enum):  # threshold@m\n    A = 0.1\n",
        {},
    ),
    "form feeds and carriage returns": (
        "\x0cA = 0.1\r\n# threshold@m\r\nB = 0.2\r\nC = 0.3 # threshold@n\r\n",
        {"0.2": "m", "0.3": "n"},
    ),
    "old line endings": (
        "# threshold@m\rB = 0.2\rC = 0.3\r",
        {"0.2": "m"},
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_covered(source: str, expected: dict[str, str]) -> None:
    assert coverage(source) == expected


def test_where_remarks_stand_and_the_lines_that_they_cover() -> None:
    source = (
        "# threshlint: ignore[THR101] old\n"
        "# an ordinary comment\n"
        "f(\n"
        "    0.1,  # threshold@m owner=x\n"
        ")  # noqa  # threshlint: ignore[THR103]\n"
        "\n"
        "# threshlint: ignore[THR105]\n"
    )
    remarks = read_comments(lex(source)).remarks
    assert [(remark.span, remark.text, remark.first_line, remark.last_line) for remark in remarks] == [
        (Span(1, 3, 1, 33), "threshlint: ignore[THR101] old", 1, 5),
        (Span(4, 13, 4, 32), "threshold@m owner=x", 4, 4),
        (Span(5, 14, 5, 40), "threshlint: ignore[THR103]", 1, 5),
        (Span(7, 3, 7, 29), "threshlint: ignore[THR105]", 7, 7),
    ]


def test_annotations_in_annotated_types() -> None:
    source = (
        'K: Annotated[int, "threshold@m"] = 8\n'
        "def f(\n    a: typing.Annotated[float, Field(gt=0), 'threshold@ n'] = 0.1,\n): ...\nX = \"threshold@x\"\n"
    )
    remarks = read_comments(lex(source)).remarks
    assert [(remark.text, remark.first_line, remark.last_line) for remark in remarks] == [
        ("threshold@m", 1, 1),
        ("threshold@ n", 2, 4),
    ]


def test_the_docs_show_what_can_be_read() -> None:
    page = (Path(__file__).parent.parent / "docs" / "annotations.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    remarks = [remark for block in blocks for remark in read_comments(lex(block)).remarks]
    assert len(remarks) > 8
    assert [remark.text for remark in remarks if isinstance(remark.annotation or remark.suppression, Malformed)] == []


def test_a_file_without_remarks_is_not_looked_at() -> None:
    lexed = lex("A = 0.1  # noqa\n")
    lexed.tokens = None  # type: ignore[assignment]  # looking at them would fail
    assert read_comments(lexed).remarks == []


# One overlong statement of each sort, annotated, for the formatters to explode.
LONG_STATEMENTS = Path(__file__).parent / "data" / "long_statements.py"


@pytest.mark.parametrize(
    "formatter",
    [
        ["ruff", "format", "--isolated", "--line-length=88", "-"],
        ["ruff", "format", "--isolated", "--line-length=40", "-"],
        ["black", "-q", "--line-length=88", "-"],
        ["black", "-q", "--line-length=40", "-"],
        ["black", "-q", "--preview", "--line-length=88", "-"],
    ],
    ids=" ".join,
)
def test_coverage_survives_formatters(formatter: list[str]) -> None:
    source = LONG_STATEMENTS.read_text(encoding="utf-8")
    before = coverage(source)
    assert before.keys() == numbers(source).keys()
    formatted = subprocess.run(
        [sys.executable, "-m", *formatter], input=source, capture_output=True, text=True, check=True
    ).stdout
    assert formatted.count("\n") > source.count("\n") * 2, "the statements are there to be exploded"
    assert coverage(formatted) == before


@pytest.mark.parametrize(
    "source",
    [
        "f(\n" + "    0.1,  # threshold@m\n" * 20_000 + ")\n",
        "# threshold@m\n" * 20_000 + "A = 0.1\n",
        "A = [\n" + "    {  # threshold@key\n        'a': 0.1,\n    },\n" * 10_000 + "]\n",
        "q = '''\n" + "a < 0.1 -- threshold@m\n" * 20_000 + "'''\n",
        "q = (\n" + "    'a < 0.1 -- threshold@m\\n'\n" * 20_000 + ")\n",
        "A = 0.1  # threshold@m\n" * 20_000,
    ],
    ids=["inner lines", "stacked", "tables", "SQL lines", "SQL literals", "statements"],
)
def test_large_files_take_time_in_proportion(source: str) -> None:
    lexed = lex(source)
    start = time.process_time()
    read_comments(lexed)
    assert time.process_time() - start < 10, "in proportion it takes one second, in the square of it minutes"
