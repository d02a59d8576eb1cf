"""A fast lexer for Python source that LibCST has accepted or will judge.

It knows the newest grammar on every interpreter, since it only finds tokens and never checks them:
names, numbers, strings, comments, and where logical lines end. Everything else is passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import IntEnum


class TokenKind(IntEnum):
    """What a token is."""

    NAME = 1  # identifiers and soft keywords, not the hard keywords
    NUMBER = 2
    STRING = 3  # one whole string literal that is not an f-string
    FSTRING = 4  # where an f-string starts; the tokens of its expressions follow
    COMMENT = 5
    NEWLINE = 6  # the end of a logical line
    FSTRING_END = 7  # the closing quote of an f-string


# (kind, start offset, end offset)
Token = tuple[TokenKind, int, int]

HARD_KEYWORDS = frozenset(
    [
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
    ]
)

_CODE = re.compile(
    r"""
    (?P<skip>[ \t\f]+|\\(?:\r\n|\r|\n)|[^\w\s"'\#()\[\]{}\\.:!]+|\.(?![0-9])|[:!])
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<newline>\r\n|\r|\n)
  | (?P<comment>\#[^\r\n]*)
  | (?P<string>(?P<prefix>[rbuftRBUFT]{0,2})(?P<quote>\"\"\"|'''|"|'))
  | (?P<name>[^\W\d]\w*)
  | (?P<number>
        0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
      | (?:[0-9][0-9_]*\.?(?:[0-9][0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?
    )
    """,
    re.VERBOSE,
)
_STRING_END = {
    '"': re.compile(r'[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*"'),
    "'": re.compile(r"[^'\\\r\n]*(?:\\(?:\r\n|[\s\S])[^'\\\r\n]*)*'"),
    '"""': re.compile(r'[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""'),
    "'''": re.compile(r"[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*'''"),
}
_LINE = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
MOST_BRACKETS = 200  # CPython takes no more, f-strings' braces included


@dataclass
class Lexed:
    """The tokens of one file, in the order of the source."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    most_brackets: int = 0  # open at once, f-strings' braces included
    deepest: int = 0  # how deep a tree of it may be at most: see _Lexer.code
    complete: bool = True  # False where the lexer met something that is no Python
    line_starts: list[int] = field(default_factory=list)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, offset: int) -> int:
        """Return the 1-based line of a character offset."""
        return bisect_right(self.line_starts, offset)


def lex(text: str) -> Lexed:
    """Find the tokens of ``text``; never raises, whatever the text."""
    lexed = Lexed(text, line_starts=[0, *(match.end() for match in _LINE.finditer(text))])
    _Lexer(lexed).run()
    return lexed


class _Lexer:
    def __init__(self, lexed: Lexed) -> None:
        self.lexed = lexed
        self.text = lexed.text
        self.tokens = lexed.tokens
        self.fstrings = 0  # and format specs, around the current place
        self.brackets = 0  # open at the current place

    def run(self) -> None:
        end = self.code(0, 0)
        if end < len(self.text):
            self.lexed.complete = False

    def code(self, at: int, depth: int) -> int:
        """Lex code from ``at``; return where it ended: inside an f-string at the ``}``, ``:`` or ``!`` that ends it.

        Each operator, bracket, name and string may nest a tree one deeper (``a.b.c``, ``not not a``, ``a + b + c``),
        until a comma or the end of the logical line starts anew. How many there were since then, and before each
        bracket that is open, is ``depth``: no tree of this code is deeper.
        """
        text, append, size, lexed = self.text, self.tokens.append, len(self.text), self.lexed
        match_at = _CODE.match
        inside_fstring = self.fstrings > 0
        outer: list[int] = []  # where the brackets around the innermost one that is open began, in depth
        began = depth  # where that one did
        blank = True  # nothing but comments on this logical line so far
        while at < size:
            match = match_at(text, at)
            if match is None:
                if not text[at].isspace():  # a stray separator is no newline to Python
                    lexed.complete = False
                at += 1
                continue
            kind = match.lastgroup
            end = match.end()
            if kind == "skip":
                if inside_fstring and not outer:
                    first = text[at]
                    if first == ":" or (first == "!" and text[end : end + 1] != "="):
                        break
                if text[at] not in " \t\f\\":
                    blank = False
                    operators = match.group()
                    if "," in operators or ";" in operators:
                        if depth > lexed.deepest:
                            lexed.deepest = depth
                        depth = began
                    else:
                        depth += end - at
            elif kind == "name":
                blank = False
                depth += 1
                if match.group() not in HARD_KEYWORDS:
                    append((TokenKind.NAME, at, end))
            elif kind == "number":
                blank = False
                append((TokenKind.NUMBER, at, end))
            elif kind == "string":
                blank = False
                depth += 1
                end = self.string(at, match, depth)
            elif kind == "newline":
                if not outer and not inside_fstring:
                    if depth > lexed.deepest:
                        lexed.deepest = depth
                    depth = 0
                    if not blank:
                        append((TokenKind.NEWLINE, at, at))
                        blank = True
            elif kind == "comment":
                append((TokenKind.COMMENT, at, end))
            elif kind == "open":
                blank = False
                depth += 1
                outer.append(began)
                began = depth
                self.open_bracket()
            else:
                blank = False
                if outer:
                    if depth > lexed.deepest:
                        lexed.deepest = depth
                    depth, began = began, outer.pop()
                    self.brackets -= 1
                elif inside_fstring:
                    break
            at = end
        lexed.deepest = max(lexed.deepest, depth)
        if not blank and not inside_fstring:
            append((TokenKind.NEWLINE, size, size))
        return at

    def open_bracket(self) -> None:
        self.brackets += 1
        if self.brackets > self.lexed.most_brackets:
            self.lexed.most_brackets = self.brackets

    def string(self, start: int, opening: re.Match[str], depth: int) -> int:
        """Lex one string literal; return where it ends."""
        quote = opening.group("quote")
        prefix = opening.group("prefix").lower()
        if "f" in prefix or "t" in prefix:
            self.tokens.append((TokenKind.FSTRING, start, opening.end()))
            end = self.fstring(opening.end(), quote, depth, raw="r" in prefix)
            self.tokens.append((TokenKind.FSTRING_END, end, end))
            return end
        closing = _STRING_END[quote].match(self.text, opening.end())
        if closing is None:
            # What follows is no code: to look for strings in it would be slow, and wrong.
            self.lexed.complete = False
            rest = _REST_OF_LINE.match(self.text, opening.end())
            return rest.end() if rest and len(quote) == 1 else len(self.text)
        self.tokens.append((TokenKind.STRING, start, closing.end()))
        return closing.end()

    def fstring(self, at: int, quote: str, depth: int, *, raw: bool, spec: bool = False) -> int:
        """Lex the inside of an f-string, or of a format spec in one; return where it ends."""
        if self.brackets >= MOST_BRACKETS:  # and the stack holds no more of these calls
            self.lexed.most_brackets = self.brackets + 1
            self.lexed.complete = False
            return len(self.text)
        self.fstrings += 1
        end = self.fstring_parts(at, quote, depth, raw=raw, spec=spec)
        self.fstrings -= 1
        return end

    def fstring_parts(self, at: int, quote: str, depth: int, *, raw: bool, spec: bool) -> int:
        text, size = self.text, len(self.text)
        while at < size:
            char = text[at]
            if spec and char == "}":
                return at
            if text.startswith(quote, at):
                return at if spec else at + len(quote)
            if char == "\\" and not raw:
                at += 3 if text.startswith("\\N{", at) else 2
                if text.startswith("\\N{", at - 3) and text[at - 1] == "{":
                    at = text.find("}", at) + 1 or size
                continue
            if char == "\\" and raw:
                at += 1 if text[at + 1 : at + 2] in "{}" else 2
                continue
            if char == "{" and text[at + 1 : at + 2] == "{" and not spec:
                at += 2
                continue
            if char == "{":
                self.open_bracket()
                at = self.code(at + 1, depth + 1)
                if text[at : at + 1] == "!":
                    at += 1
                    while at < size and (text[at].isalnum() or text[at].isspace()):
                        at += 1
                if text[at : at + 1] == ":":
                    at = self.fstring(at + 1, quote, depth + 1, raw=raw, spec=True)
                self.brackets -= 1
                at += 1  # the closing brace
                continue
            at += 1
        self.lexed.complete = False
        return size
