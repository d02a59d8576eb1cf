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


@dataclass
class Lexed:
    """The tokens of one file, in the order of the source."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    max_depth: int = 0  # of open brackets
    longest_chain: int = 0  # of tokens with nothing between them that starts anew: a comma, a colon, a line's end
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

    def run(self) -> None:
        end = self.code(0, inside_fstring=False)
        if end < len(self.text):
            self.lexed.complete = False

    def code(self, at: int, *, inside_fstring: bool) -> int:
        """Lex code from ``at``; return where it ended.

        Inside an f-string that is the ``}``, ``:`` or ``!`` that ends the expression.
        """
        text, append, size = self.text, self.tokens.append, len(self.text)
        match_at = _CODE.match
        depth = 0
        blank = True  # nothing but comments on this logical line so far
        chain = 0
        while at < size:
            match = match_at(text, at)
            if match is None:
                if text[at].isspace():  # a stray separator: no newline to Python
                    at += 1
                    continue
                self.lexed.complete = False
                at += 1
                continue
            kind = match.lastgroup
            end = match.end()
            if kind == "skip":
                if inside_fstring and depth == 0:
                    first = text[at]
                    if first == ":" or (first == "!" and text[end : end + 1] != "="):
                        return at
                if text[at] not in " \t\f\\":
                    blank = False
                    chain += end - at
                    if "," in match.group() or ":" in match.group():
                        chain = 0
                    elif chain > self.lexed.longest_chain:
                        self.lexed.longest_chain = chain
            elif kind == "name":
                blank = False
                chain += 1
                if match.group() not in HARD_KEYWORDS:
                    append((TokenKind.NAME, at, end))
            elif kind == "number":
                blank = False
                append((TokenKind.NUMBER, at, end))
            elif kind == "string":
                blank = False
                chain += 1
                end = self.string(at, match)
            elif kind == "newline":
                chain = 0 if depth == 0 else chain
                if depth == 0 and not blank and not inside_fstring:
                    append((TokenKind.NEWLINE, at, at))
                    blank = True
            elif kind == "comment":
                append((TokenKind.COMMENT, at, end))
            elif kind == "open":
                blank = False
                chain += 1
                depth += 1
                if depth > self.lexed.max_depth:
                    self.lexed.max_depth = depth
            else:
                blank = False
                if depth == 0 and inside_fstring:
                    return at
                depth = max(depth - 1, 0)
            at = end
        if not blank and not inside_fstring:
            append((TokenKind.NEWLINE, size, size))
        return at

    def string(self, start: int, opening: re.Match[str]) -> int:
        """Lex one string literal; return where it ends."""
        quote = opening.group("quote")
        prefix = opening.group("prefix").lower()
        if "f" in prefix or "t" in prefix:
            self.tokens.append((TokenKind.FSTRING, start, opening.end()))
            end = self.fstring(opening.end(), quote, raw="r" in prefix)
            self.tokens.append((TokenKind.FSTRING_END, end, end))
            return end
        closing = _STRING_END[quote].match(self.text, opening.end())
        if closing is None:
            self.lexed.complete = False
            return opening.end()
        self.tokens.append((TokenKind.STRING, start, closing.end()))
        return closing.end()

    def fstring(self, at: int, quote: str, *, raw: bool, spec: bool = False) -> int:
        """Lex the inside of an f-string, or of a format spec in one; return where it ends."""
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
                at = self.code(at + 1, inside_fstring=True)
                if text[at : at + 1] == "!":
                    at += 1
                    while at < size and (text[at].isalnum() or text[at].isspace()):
                        at += 1
                if text[at : at + 1] == ":":
                    at = self.fstring(at + 1, quote, raw=raw, spec=True)
                at += 1  # the closing brace
                continue
            at += 1
        self.lexed.complete = False
        return size
