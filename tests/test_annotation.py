"""The grammar of ``threshold@model`` and ``threshlint: ignore[…]``, sentence by sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threshlint.annotation import (
    Annotation,
    Malformed,
    Suppression,
    find_remarks,
    format_annotation,
    parse_annotation,
    parse_suppression,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("threshold@m", Annotation(("m",))),
        ("threshold@a,b,c", Annotation(("a", "b", "c"))),
        ("threshold@BAAI/bge-small-en-v1.5", Annotation(("BAAI/bge-small-en-v1.5",))),
        ("threshold@nomic-embed-text:latest", Annotation(("nomic-embed-text:latest",))),
        ("threshold@text-embedding-3-large@256", Annotation(("text-embedding-3-large@256",))),
        ("threshold@m owner=cache-team population=top1", Annotation(("m",), owner="cache-team", population="top1")),
        ("threshold@m unit=cosine", Annotation(("m",), unit="cosine")),
        ("threshold@m  population=top1   owner=x", Annotation(("m",), owner="x", population="top1")),
        ("threshold@m owner=@org/search", Annotation(("m",), owner="@org/search")),
        ("threshold@m reason=a=b", Annotation(("m",), reason="a=b")),
        ('threshold@m owner="search and cache"', Annotation(("m",), owner="search and cache")),
        ('threshold@m owner="cache"', Annotation(("m",), owner="cache")),
        ('threshold@* reason="a library default"', Annotation(("*",), reason="a library default")),
        ("threshold@* reason=default owner=x", Annotation(("*",), owner="x", reason="default")),
        ("threshold@key", Annotation(("key",))),
        ("threshold@key owner=x", Annotation(("key",), owner="x")),
        ("threshold@keyhole", Annotation(("keyhole",))),
        ("threshold@*-any", Annotation(("*-any",))),
    ],
)
def test_the_grammar_reads(text: str, expected: Annotation) -> None:
    assert parse_annotation(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("threshold@", "no model"),
        ("threshold@ m", "no model"),
        ("threshold@ owner=x", "no model"),
        ("threshold@a, b", "missing beside a comma in `a,`"),
        ("threshold@a,,b", "missing beside a comma"),
        ("threshold@,a", "missing beside a comma"),
        ("threshold@*", "needs a reason"),
        ("threshold@* owner=x", "needs a reason"),
        ('threshold@* reason=""', "`reason` has no value"),
        ("threshold@*,a reason=x", "`threshold@*` stands alone"),
        ("threshold@key,a", "`threshold@key` stands alone"),
        ("threshold@m ownr=x", "did you mean `owner`?"),
        ("threshold@m since=2024", "known are owner, unit, population, reason"),
        ("threshold@m owner=a owner=b", "`owner` is given twice"),
        ("threshold@m owner=a owner=a", "`owner` is given twice"),
        ("threshold@m owner=", "`owner` has no value"),
        ("threshold@m owner", "`owner` is no key=value"),
        ("threshold@m =x", "`=x` is no key=value"),
        ("threshold@m because it works", "`because` is no key=value"),
        ("threshold@m owner=search team", "`team` is no key=value"),
        ('threshold@m owner="search team', "double quotes of `owner`"),
        ('threshold@m owner="a"b', "double quotes of `owner`"),
        ("threshold: m", "begins with `threshold@`"),
    ],
)
def test_anything_else_is_malformed(text: str, problem: str) -> None:
    parsed = parse_annotation(text)
    assert isinstance(parsed, Malformed)
    assert parsed.text == text
    assert problem in parsed.problem


def test_the_two_special_words() -> None:
    anywhere, by_key, plain = Annotation(("*",), reason="x"), Annotation(("key",)), Annotation(("a", "b"))
    assert (anywhere.any_model, anywhere.by_key, anywhere.named_models) == (True, False, ())
    assert (by_key.any_model, by_key.by_key, by_key.named_models) == (False, True, ())
    assert (plain.any_model, plain.by_key, plain.named_models) == (False, False, ("a", "b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("threshlint: ignore[THR103]", Suppression(("THR103",))),
        ("threshlint: ignore[THR103] chosen by the caller", Suppression(("THR103",), "chosen by the caller")),
        ("threshlint: ignore[THR103, THR101]", Suppression(("THR103", "THR101"))),
        ("threshlint:ignore[THR103,THR103]x", Suppression(("THR103",), "x")),
        ("threshlint: ignore[THR103] see [1]", Suppression(("THR103",), "see [1]")),
    ],
)
def test_a_suppression_reads(text: str, expected: Suppression) -> None:
    assert parse_suppression(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("threshlint: ignore", "names no code"),
        ("threshlint: ignore all of it", "names no code"),
        ("threshlint: ignore[]", "names no code"),
        ("threshlint: ignore[ ]", "names no code"),
        ("threshlint: ignore[THR103,]", "`` is no code"),
        ("threshlint: ignore[THR103 THR101]", "`THR103 THR101` is no code"),
        ("threshlint: ignore[THR103", "names no code"),
        ("threshlint: disable", "only `threshlint: ignore[CODE] reason`"),
        ("threshlint:", "only `threshlint: ignore[CODE] reason`"),
        ("ignore[THR103]", "begins with `threshlint:`"),
    ],
)
def test_a_malformed_suppression(text: str, problem: str) -> None:
    parsed = parse_suppression(text)
    assert isinstance(parsed, Malformed)
    assert parsed.text == text
    assert problem in parsed.problem


@pytest.mark.parametrize(
    ("comment", "texts"),
    [
        ("# threshold@m", ["threshold@m"]),
        ("#threshold@m", ["threshold@m"]),
        ("## threshold@m", ["threshold@m"]),
        ("#\tthreshold@m\t", ["threshold@m"]),
        ("# noqa: E501  # threshold@m", ["threshold@m"]),
        ("# threshold@m owner=x  # noqa: E501", ["threshold@m owner=x"]),
        ("# threshold@m  #noqa", ["threshold@m"]),
        ("# type: ignore # threshlint: ignore[THR103] reason", ["threshlint: ignore[THR103] reason"]),
        ("# threshold@m # threshlint: ignore[THR205] new", ["threshold@m", "threshlint: ignore[THR205] new"]),
        ("# threshlint: ignore[THR205] new # threshold@m", ["threshlint: ignore[THR205] new", "threshold@m"]),
        ("# threshlint: ignore[THR101] see #12", ["threshlint: ignore[THR101] see #12"]),
        ('# threshold@* reason="see # 12"  # noqa', ['threshold@* reason="see # 12"']),
        ("# threshold@m reason=#12", ["threshold@m reason=#12"]),
        ("# threshold@c#-embedder", ["threshold@c#-embedder"]),
        ("# threshold@model syntax is described in docs", ["threshold@model syntax is described in docs"]),
        ("# the threshold@model syntax is described in docs", []),
        ("# calibrated: threshold@m", []),
        ("# see threshlint: ignore[THR101]", []),
        ("# Threshold@m", []),
        ("# thresholds@m", []),
        ("# threshlinted: x", []),
        ("#", []),
    ],
)
def test_remarks_share_a_comment_with_others_and_prose_is_none(comment: str, texts: list[str]) -> None:
    assert [comment[remark.start : remark.end] for remark in find_remarks(comment)] == texts


def test_remarks_of_an_sql_comment() -> None:
    line = '-- threshold@m owner="a -- b" -- threshlint: ignore[THR102] x--y'
    assert [line[remark.start : remark.end] for remark in find_remarks(line, "--")] == [
        'threshold@m owner="a -- b"',
        "threshlint: ignore[THR102] x--y",
    ]


_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters='",'), min_size=1)
_values = st.lists(_words, min_size=1, max_size=3).map(" ".join)
_models = st.lists(_words.filter(lambda word: word not in ("*", "key")), min_size=1, max_size=3).map(tuple)
_plain = st.builds(
    Annotation,
    models=_models | st.just(("key",)),
    owner=st.none() | _values,
    unit=st.none() | _values,
    population=st.none() | _values,
    reason=st.none() | _values,
)
_any_model = st.builds(Annotation, models=st.just(("*",)), owner=st.none() | _values, reason=_values)


@given(_plain | _any_model)
def test_what_is_formatted_reads_back(annotation: Annotation) -> None:
    text = format_annotation(annotation)
    assert parse_annotation(text) == annotation


@given(_plain | _any_model, st.sampled_from(["", "  # noqa: E501", " # threshlint: ignore[THR101] x"]))
def test_what_is_formatted_is_found_in_a_comment(annotation: Annotation, other: str) -> None:
    first = next(find_remarks(f"# {format_annotation(annotation)}{other}"))
    assert first.annotation == annotation


@given(st.text())
def test_no_text_breaks_the_parsers(text: str) -> None:
    for prefix in ("", "threshold@", "threshold@m ", "threshlint:", "threshlint: ignore["):
        assert isinstance(parse_annotation(prefix + text), (Annotation, Malformed))
        assert isinstance(parse_suppression(prefix + text), (Suppression, Malformed))
    for remark in find_remarks(f"# {text}"):
        assert remark.annotation is not None or remark.suppression is not None


@given(st.text(alphabet='threshold@mabc,*=" owneraunit', max_size=40))
def test_what_reads_can_be_formatted(tail: str) -> None:
    annotation = parse_annotation("threshold@" + tail)
    if isinstance(annotation, Annotation):
        assert parse_annotation(format_annotation(annotation)) == annotation


@pytest.mark.parametrize(
    "annotation",
    [
        Annotation(()),
        Annotation(("two words",)),
        Annotation(("a,b",)),
        Annotation(("*",)),
        Annotation(("m",), owner='say "x" twice'),
        Annotation(("m",), owner=""),
    ],
)
def test_what_the_grammar_cannot_say_is_refused(annotation: Annotation) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        format_annotation(annotation)
