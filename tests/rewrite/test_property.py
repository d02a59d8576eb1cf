"""Whatever the code: a rewrite changes the number and its comment, and nothing else."""

from __future__ import annotations

import ast
import io
import tokenize

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rewrite.marked import read_marked
from threshlint.annotation import Annotation
from threshlint.rewrite import Change, RewriteError, annotate, apply
from threshlint.scan.coverage import read_comments
from threshlint.scan.lexer import lex
from threshlint.site import Site

M = Annotation(("m",), owner="x", reason="why not")

number = st.sampled_from(["0.82", "-0.5", "8", "1e-3", ".7", "0.8_1", "'0.9'", "- 0.4"])
site = number.map(lambda text: f"«{text}»")
comment = st.sampled_from(["", "", "  # noqa: E501", " # type: ignore", "  # é", "  # threshold@old owner=y", "\t"])
indented = st.sampled_from(["", "    ", "\t"])


@st.composite
def expressions(draw: st.DrawFn) -> str:
    first, second = draw(site), draw(st.one_of(site, st.just("q")))
    forms = [
        f"a > {first}",
        f"f({first}, k={second})",
        f"f(\n    {first},{draw(comment)}\n    {second},{draw(comment)}\n)",
        f"(a > {first}\n  and b > {second})",
        f"[{first}, {second}]",
        f'{{"a": {first}, "b": {second}}}',
        f"a + \\\n  {first}",
        f"lambda a: a > {first}",
        f'f("""\n# threshold@x\n""", {first})',
        f"f'{{a > {first.replace(chr(39), '')}}}'",
        '"""\nWHERE a < «0.75»  -- why\nLIMIT «9»"""',
    ]
    return draw(st.sampled_from(forms))


@st.composite
def statements(draw: st.DrawFn) -> str:
    value, other = draw(expressions()), draw(expressions())
    forms = [
        f"A = {value}",
        f"A = {value}; B = {other}",
        f"A: Annotated[float, 'threshold@old'] = {draw(site)}",
        f"if {value}: B = {other}",
        f"if {value}:\n{draw(st.sampled_from(['    ', chr(9)]))}pass",
        f"@d({draw(site)})\ndef f(x={draw(site)}, *, y={draw(site)}): ...",
        f"# {draw(st.sampled_from(['why', 'threshold@old', 'pylint: disable-next=x']))}\nA = {value}",
        "x = 1",
        "",
    ]
    return draw(st.sampled_from(forms)) + draw(comment)


@st.composite
def sources(draw: st.DrawFn) -> str:
    lines = draw(st.lists(statements(), min_size=1, max_size=5))
    text = draw(st.sampled_from(["", "\f", "#!/bin/sh\n", "'''Doc.'''\n"]))
    text += "\n".join(lines) + draw(st.sampled_from(["", "\n"]))
    if draw(st.booleans()):
        return text.replace("\n", draw(st.sampled_from(["\r\n", "\r"])))
    return "".join(draw(st.sampled_from(["\n", "\r\n"])) if char == "\n" else char for char in text)


def words(text: str) -> list[str]:
    """Return the tokens that mean something, by Python's own tokenizer."""
    passed_over = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT)
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens = tokenize.generate_tokens(io.StringIO(unified).readline)
    return [token.string for token in tokens if token.type not in passed_over]


def covered(text: str, site: Site) -> bool:
    return any(cover.remark.annotation == M for cover in read_comments(lex(text)).covering(site.span))


@settings(deadline=None)  # LibCST's first parse takes its time
@given(sources(), st.sampled_from([20, 88]))
def test_annotating_adds_comments_and_nothing_else(source: str, line_length: int) -> None:
    text, sites = read_marked(source)
    missing = [site for site in sites if site.annotation is None]
    done = annotate(text, missing, M, sites, line_length)
    assert set(done.written) | {site for site, _ in done.left} == set(missing)
    assert words(done.text) == words(text)
    assert ast.dump(ast.parse(done.text)) == ast.dump(ast.parse(text))
    ours = '# threshold@m owner=x reason="why not"'
    lines = [line for line in done.text.splitlines(keepends=True) if line.strip() != ours]
    assert "".join(lines).replace(f"  {ours}", "") == text


@settings(deadline=None)
@given(sources(), st.data())
def test_a_new_value_changes_its_literal_and_its_annotation(source: str, data: st.DataObject) -> None:
    text, sites = read_marked(source)
    values = {}
    for site in sites:
        if data.draw(st.booleans()):
            whole = site.value.isdigit()
            values[site] = data.draw(st.sampled_from(["7", "12"] if whole else ["0.71", "-0.3", "2e-3"]))
    changes = [Change(site, value, ("new",)) for site, value in values.items()]
    try:
        result = apply(text, changes, sites, 88)
    except RewriteError:
        return  # all or nothing, and what is refused is in test_apply.py
    assert result.replace("\r", "").count("\n") >= text.replace("\r", "").count("\n")
    bare = text
    for site in reversed(sites):
        start, end = (offset(text, *place) for place in ((site.line, site.span.column), ends(site)))
        new = values.get(site)
        if new is not None:
            quote = "'" if text[end - 1] == "'" else ""
            space = " " if text[start - 1].isidentifier() else ""
            bare = bare[:start] + space + quote + new + quote + bare[end:]
    # By the values alone, the words are those that Python reads from the result, annotations in types aside.
    assert [word.replace("threshold@new", "threshold@old") for word in words(result)] == words(bare)


def ends(site: Site) -> tuple[int, int]:
    return site.span.end_line, site.span.end_column


def offset(text: str, line: int, column: int) -> int:
    return lex(text).line_starts[line - 1] + column - 1
