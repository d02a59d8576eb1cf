"""The lexer finds what ``tokenize`` finds, on real code, and takes any text whatever."""

from __future__ import annotations

import io
import sys
import time
import tokenize
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threshlint.scan.lexer import HARD_KEYWORDS, MOST_BRACKETS, Lexed, TokenKind, lex
from threshlint.scan.source import Source, read_source

STDLIB = Path(tokenize.__file__).parent
MODULES = sorted(STDLIB.glob("*.py"))
PIECES = ["'", '"', "'''", '"""', "f'", 'rf"', "b'", "\\", "\n", "\r\n", "\r", "\f", "#", "(", ")", "[", "]", "{", "}",
          "{{", "}}", ":", "!r", "!=", ",", ";", ".", "..", "1.5e-3", "0x_f", "1_0j", ".5", "name", "if", "lambda x: ",
          "match", "=", "+", "-", " ", "\t", "é", "\u2028", "\0", "\\N{DASH}", "\ud800", "$"]  # fmt: skip


def tokens(lexed: Lexed) -> list[tuple[TokenKind, str, tuple[int, int]]]:
    """Return the tokens that both know, an f-string as one, with their places as ``tokenize`` gives them."""
    found: list[tuple[TokenKind, str, tuple[int, int]]] = []
    fstrings: list[int] = []
    for kind, start, end in lexed.tokens:
        line, column = lexed.position(start)
        if kind is TokenKind.FSTRING:
            fstrings.append(start)
        elif kind is TokenKind.FSTRING_END:
            start = fstrings.pop()
            if not fstrings:
                line, column = lexed.position(start)
                found.append((TokenKind.STRING, lexed.text[start:end], (line, column - 1)))
        elif not fstrings:
            text = "" if kind is TokenKind.NEWLINE else lexed.text[start:end]
            found.append((kind, text, (line, column - 1)))
    return found


def tokens_of_tokenize(text: str) -> list[tuple[TokenKind, str, tuple[int, int]]]:
    kinds = {
        tokenize.NAME: TokenKind.NAME,
        tokenize.NUMBER: TokenKind.NUMBER,
        tokenize.STRING: TokenKind.STRING,
        tokenize.COMMENT: TokenKind.COMMENT,
        tokenize.NEWLINE: TokenKind.NEWLINE,
    }
    starts = {getattr(tokenize, name, None) for name in ("FSTRING_START", "TSTRING_START")} - {None}
    ends = {getattr(tokenize, name, None) for name in ("FSTRING_END", "TSTRING_END")} - {None}
    lines = text.splitlines(keepends=True) if not set("\f\v\x1c\x1d\x1e\x85\u2028\u2029") & set(text) else None
    found: list[tuple[TokenKind, str, tuple[int, int]]] = []
    open_at: list[tuple[int, int]] = []
    for kind, string, start, end, _ in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if kind in starts:
            open_at.append(start)
        elif kind in ends:
            start = open_at.pop()
            if not open_at:
                found.append((TokenKind.STRING, _between(lines, start, end), start))
        elif kind in kinds and not open_at and string not in HARD_KEYWORDS:
            newline = kind == tokenize.NEWLINE
            found.append((kinds[kind], "" if newline else string, start))
    return found


def _between(lines: list[str] | None, start: tuple[int, int], end: tuple[int, int]) -> str:
    assert lines is not None, "an f-string in a file with unusual separators"
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    middle = lines[start[0] : end[0] - 1]
    return "".join([lines[start[0] - 1][start[1] :], *middle, lines[end[0] - 1][: end[1]]])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_same_tokens_as_tokenize(path: Path) -> None:
    source = read_source(path)
    assert isinstance(source, Source)
    lexed = lex(source.text)
    assert lexed.complete
    # Where a last line lacks its end, the two place the end differently.
    assert tokens(lexed) == tokens_of_tokenize(source.text)


def test_there_are_modules_to_compare() -> None:
    assert len(MODULES) > 100


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_text_is_too_much(text: str) -> None:
    lexed = lex(text)
    at = 0
    fstrings = 0
    for kind, start, end in lexed.tokens:
        assert at <= start <= end <= len(text) or kind is TokenKind.FSTRING_END
        at = start
        fstrings += (kind is TokenKind.FSTRING) - (kind is TokenKind.FSTRING_END)
        assert fstrings >= 0
    assert fstrings == 0
    assert lexed.most_brackets <= len(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_what_tokenize_takes_has_the_same_tokens(text: str) -> None:
    text = text.translate({ord(char): "" for char in "\0\ud800\f\u2028$\r"}) + "\n"
    try:
        compile(text, "x", "exec", dont_inherit=True)
        expected = tokens_of_tokenize(text)
    except (SyntaxError, ValueError, tokenize.TokenError, Warning):
        return
    assert tokens(lex(text)) == expected


@pytest.mark.parametrize(
    "text",
    ['x = "' + '\\"' * 200_000, 'x = """' + '\\"""' * 100_000, "'\"'" * 100_000, 'f"{' * 100_000,
     'f"' + "{a:" * 100_000, "f'{f\"{" * 50_000, "(" * 500_000, "1_" * 300_000, "\\" * 500_000,
     "\\N{" * 100_000, 'f"\\N{' * 50_000,
     "#" * 500_000, "\r" * 500_000, "rb" * 300_000, "0" * 500_000, "$" * 500_000, "\u3000" * 500_000,
     'f"' + "{{" * 200_000, "'''" + "\\" * 400_000, ". " * 200_000],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_time_grows_with_the_text_only(text: str) -> None:
    start = time.process_time()
    lex(text)
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    ("text", "brackets", "deepest"),
    [
        ("", 0, 0),
        ("a.b.c\n", 0, 5),
        ("a.b\na.b\n", 0, 3),
        ("x = [a.b, a.b, a.b]\n", 1, 6),
        ("f(a, b)(c, d)(e, f)\n", 1, 5),
        ("f(\n  a\n  + b\n)\n", 1, 5),
        ("((()))\n", 3, 3),
        ("not not a\n", 0, 3),
        ("lambda: lambda: a\n", 0, 5),
        ("x = a; y = b; z = c\n", 0, 3),
        ('f"{a}{b}{c}"\n', 1, 3),
        ('f"{f(a)}"\n', 2, 5),
        ('f"{a:{b:{c}}}"\n', 3, 5),
    ],
)
def test_how_deep_code_is_nested(text: str, brackets: int, deepest: int) -> None:
    lexed = lex(text)
    assert (lexed.most_brackets, lexed.deepest) == (brackets, deepest)


NESTINGS = [("(", ")"), ("f(a, ", ")"), ("[", "]"), ("not ", ""), ("lambda: ", ""), ("-", ""), ("", ".b"), ("", "[0]"),
            ("", "(a, b)"), ("", " + a"), ("{a: ", "}"), ("a if a else ", "")]  # fmt: skip


@given(st.integers(1, 60), st.sampled_from(NESTINGS))
def test_no_tree_is_deeper(levels: int, around: tuple[str, str]) -> None:
    libcst = pytest.importorskip("libcst")

    def height(node: object) -> int:
        return max((height(child) for child in node.children), default=-1) + 1  # type: ignore[attr-defined]

    text = "x = " + around[0] * levels + "a" + around[1] * levels + "\n"
    # A level of the source is a few of the tree: an element, an argument, a list of them.
    assert height(libcst.parse_module(text)) <= 4 * lex(text).deepest + 8


def test_what_is_deeper_than_python_takes_is_not_lexed_to_its_end() -> None:
    lexed = lex('f"{' * 1_000 + "1" + '}"' * 1_000)
    assert lexed.most_brackets > MOST_BRACKETS
    assert not lexed.complete


def test_a_shallow_stack_is_enough() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    try:
        lex('f"{' * 1_000)
        lex('f"' + "{a:" * 1_000)
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("text", ["'abc\n1\n", '"""abc\n', "f'{a\n", "f'{'", "\\a\n"])
def test_what_is_no_python_is_told(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not lex(text).complete
