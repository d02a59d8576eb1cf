"""New values and new models: what changes is the number, its annotation, and nothing else."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from tests.rewrite.marked import read_marked
from threshlint.annotation import Annotation
from threshlint.rewrite import Change, RewriteError, apply


def changed(source: str, *values: str | None, models: tuple[str, ...] = ("new",), line_length: int = 88) -> str:
    """Give each site its value (None leaves the site alone) and the new models."""
    text, sites = read_marked(source)
    assert len(sites) == len(values)
    changes = [Change(site, value, models) for site, value in zip(sites, values, strict=True) if value is not None]
    result = apply(text, changes, sites, line_length)
    ast.parse(result)
    return result


CASES = {
    "a float": ("A = «0.82»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "a float without a zero": ("A = «.82»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "an exponent": ("A = «8.2e-1»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "underscores": ("A = «0.82_0»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "a sign that goes": ("A = «-0.82»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "a sign behind a space": ("A = «- 0.82»  # threshold@old\n", "A = 0.71  # threshold@new\n"),
    "a sign that held two words apart": (
        "def f(): return«-0.82»  # threshold@old\n",
        "def f(): return 0.71  # threshold@new\n",
    ),
    "a string": (
        "A = float(getenv('A', «'0.82'»))  # threshold@old\n",
        "A = float(getenv('A', '0.71'))  # threshold@new\n",
    ),
    "a raw string in double quotes": ('A = f(«r"0.82"»)  # threshold@old\n', 'A = f(r"0.71")  # threshold@new\n'),
    "SQL": (
        'q = """\nWHERE a <=> b < «0.82»  -- threshold@old owner=x\n"""\n',
        'q = """\nWHERE a <=> b < 0.71  -- threshold@new owner=x\n"""\n',
    ),
    "SQL in an f-string": (
        'q = f"WHERE {a} <=> b < «0.82»"  # threshold@old\n',
        'q = f"WHERE {a} <=> b < 0.71"  # threshold@new\n',
    ),
    "JSON in a string": (
        "A = json.loads('{\"cutoff\": «0.82»}')  # threshold@old\n",
        "A = json.loads('{\"cutoff\": 0.71}')  # threshold@new\n",
    ),
    "a value of a dict": ('A = {"a": «0.82», "b": 1}  # threshold@old\n', 'A = {"a": 0.71, "b": 1}  # threshold@new\n'),
    "Annotated": (
        "K: Annotated[float, Gt(0), 'threshold@old owner=x reason=\"a b\"'] = «0.82»\n",
        "K: Annotated[float, Gt(0), 'threshold@new owner=x reason=\"a b\"'] = 0.71\n",
    ),
    "the keys are kept as they stand": (
        'A = «0.82»  # threshold@old   reason="they said: a b"  owner=x\n',
        'A = 0.71  # threshold@new   reason="they said: a b"  owner=x\n',
    ),
    "other comments of the line are kept": (
        "A = «0.82»  # type: ignore  # threshold@old # noqa: E501\n",
        "A = 0.71  # type: ignore  # threshold@new # noqa: E501\n",
    ),
    "the line above": ("# threshold@old\n# why\nA = «0.82»\n", "# threshold@new\n# why\nA = 0.71\n"),
    "an inner line": (
        "f(\n    a=«0.82»,  # threshold@old\n    b=0.5,\n)\n",
        "f(\n    a=0.71,  # threshold@new\n    b=0.5,\n)\n",
    ),
    "several models": ("A = «0.82»  # threshold@a,b owner=x\n", "A = 0.71  # threshold@new owner=x\n"),
    "no annotation": ("A = «0.82»\n", "A = 0.71  # threshold@new\n"),
    "two that agree": (
        "# threshold@old\n# threshold@old\nA = «0.82»\n",
        "# threshold@new\n# threshold@new\nA = 0.71\n",
    ),
    "a table on one line": (
        'A = {"old": «0.82||old»}\n',
        'A = {"old": 0.82, "new": 0.71}\n',
    ),
    "in the middle of a table": (
        "A = {'old': «0.82||old», 'b': 1,}\n",
        "A = {'old': 0.82, 'new': 0.71, 'b': 1,}\n",
    ),
    "a table with an entry on each line": (
        'A = {  # threshold@key\n\t"old": «-0.82||old»,\n\t"b": 1,\n}\n',
        'A = {  # threshold@key\n\t"old": -0.82,\n\t"new": 0.71,\n\t"b": 1,\n}\n',
    ),
    "a comment beside the old entry": (
        'A = {\n    "old": «0.82||old»,  # measured, in May\n    "b": 1,\n}\n',
        'A = {\n    "old": 0.82,  # measured, in May\n    "new": 0.71,\n    "b": 1,\n}\n',
    ),
    "a comment, and no trailing comma": (
        'A = {\n    "old": «0.82||old»  # measured, in May\n}\n',
        'A = {\n    "old": 0.82,  # measured, in May\n    "new": 0.71\n}\n',
    ),
    "no trailing comma": (
        'A = {\n    "old": «0.82||old»\n}\n',
        'A = {\n    "old": 0.82,\n    "new": 0.71\n}\n',
    ),
    "a bracket behind the last entry": (
        'A = {"a": 1,\n     "old": («0.82||old»)}\n',
        'A = {"a": 1,\n     "old": (0.82),\n     "new": (0.71)}\n',
    ),
    "the table has the model": (
        'A = {"old": «0.82||old», "new": «0.5||new»}\n',
        'A = {"old": 0.82, "new": 0.71}\n',
    ),
    "a nested table": (
        'A = {"dedupe": {"old": «0.82||old»}}\n',
        'A = {"dedupe": {"old": 0.82, "new": 0.71}}\n',
    ),
    "a string in a table": ('A = {"old": «"0.82"||old»}\n', 'A = {"old": "0.82", "new": "0.71"}\n'),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_new_value(source: str, expected: str, line_break: str) -> None:
    values = ["0.71", *[None] * (source.count("«") - 1)]
    text, sites = read_marked(source.replace("\n", line_break))
    changes = [Change(site, value, ("new",)) for site, value in zip(sites, values, strict=True) if value]
    assert apply(text, changes, sites, 88) == expected.replace("\n", line_break)


def test_an_entry_that_holds_a_table() -> None:
    source = 'A = {\n    "old": {"title": «0.3||old», "body": «0.4||old»},\n    "b": 1,\n}\n'
    assert changed(source, "0.5", "0.6") == (
        'A = {\n    "old": {"title": 0.3, "body": 0.4},\n    "new": {"title": 0.5, "body": 0.6},\n    "b": 1,\n}\n'
    )
    with pytest.raises(RewriteError, match=r"line 2: 0.4 stands in the same entry, and has no value for new"):
        changed(source, "0.5", None)


def test_a_table_within_the_entry_of_the_new_model() -> None:
    source = 'A = {"old": {"t": «0.3||old», "u": «0.4||old»}, "new": {"u": «0.1||new», "t": «0.2||new»}}\n'
    expected = 'A = {"old": {"t": 0.3, "u": 0.4}, "new": {"u": 0.6, "t": 0.5}}\n'
    assert changed(source, "0.5", "0.6", None, None) == expected


def test_aliases_are_one_model() -> None:
    text, sites = read_marked('A = {"long/old": «0.8||old», "long/new": «0.5||new»}\n')
    new = apply(text, [Change(sites[0], "0.7", ("new",))], sites, 88, lambda model: model.removeprefix("long/"))
    assert new == 'A = {"long/old": 0.8, "long/new": 0.7}\n'


def test_the_value_alone() -> None:
    assert changed("A = «0.8»  # threshold@old\n", "0.7", models=()) == "A = 0.7  # threshold@old\n"
    assert changed('A = {"old": «0.8||old»}\n', "0.7", models=()) == 'A = {"old": 0.7}\n'
    assert changed('A = {"old": «0.8||old»}\n', "0.7", models=("old",)) == 'A = {"old": 0.7}\n'


def test_the_annotation_alone() -> None:
    text, sites = read_marked("A = «0.8»  # threshold@old owner=x\n")
    assert apply(text, [Change(sites[0], None, ("a", "b"))], sites, 88) == "A = 0.8  # threshold@a,b owner=x\n"


def test_one_annotation_for_several_sites() -> None:
    source = "f(a=«0.8», b=«0.7»)  # threshold@old\n"
    assert changed(source, "0.1", "0.2") == "f(a=0.1, b=0.2)  # threshold@new\n"
    with pytest.raises(RewriteError, match=r"line 1: an annotation would cover similarity-threshold 0.7"):
        changed(source, "0.1", None)


def test_a_site_gets_an_annotation_of_its_own() -> None:
    source = "f(\n    a=«0.8»,\n    b=«0.7»,\n)  # threshold@old owner=x\n"
    expected = "f(\n    a=0.1,  # threshold@new owner=x\n    b=0.7,\n)  # threshold@old owner=x\n"
    assert changed(source, "0.1", None) == expected


def test_sites_for_different_models() -> None:
    text, sites = read_marked("f(\n    a=«0.8»,\n    b=«0.7»,\n)\n")
    changes = [Change(sites[0], "0.1", ("m",)), Change(sites[1], "0.2", ("n",))]
    assert apply(text, changes, sites, 88) == "f(\n    a=0.1,  # threshold@m\n    b=0.2,  # threshold@n\n)\n"


REFUSED = {
    "no number": ("A = «0.8»\n", "0.7 or so", "'0.7 or so' is no number"),
    "code": ("A = «0.8»\n", "f()", "is no number"),
    "infinity": ("A = «0.8»\n", "inf", "is no number"),
    "half a result": ("A = «8|top-k»\n", "8.5", "8.5 is not whole"),
    "underscores in a string": ("A = «'0.8'»\n", "0.7_1", "a number has no underscores"),
    "a sign behind a sign in SQL": ('q = "WHERE a < -«0.8»"\n', "-0.7", "behind another sign"),
    "a branch": ("if m == 'old': A = «0.8||old»\n", "0.7", "add the new model there by hand"),
    "a power, whose sign binds less": ("A = «0.8»**2\n", "-0.7", "would change in more"),
    "a malformed annotation": ("A = «0.8»  # threshold@ m\n", "0.7", "the annotation there is malformed"),
    "Annotated with two": ("A: Annotated[f, 'threshold@old'] = («0.8», «0.7»)\n", "0.1", "holds other numbers"),
}


@pytest.mark.parametrize(("source", "value", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(source: str, value: str, message: str) -> None:
    text, sites = read_marked(source)
    with pytest.raises(RewriteError, match=message):
        apply(text, [Change(sites[0], value, ("new",))], sites, 88)


@pytest.mark.parametrize("model", ["a'b", 'a"b', "a\\b", "{a}"])
def test_a_model_that_would_end_the_string(model: str) -> None:
    text, sites = read_marked("A: Annotated[f, 'threshold@old'] = «0.8»\n")
    with pytest.raises(RewriteError, match="cannot stand in a string"):
        apply(text, [Change(sites[0], "0.7", (model,))], sites, 88)
    text, sites = read_marked("A = «0.8»  # threshold@old\n")
    assert apply(text, [Change(sites[0], "0.7", (model,))], sites, 88) == f"A = 0.7  # threshold@{model}\n"


def test_brackets_between_a_sign_and_its_number() -> None:
    text, (site,) = read_marked("A = «-(0.8»)\n")
    site = replace(site, value="-0.8")  # as the scan says it
    with pytest.raises(RewriteError, match=r"line 1: -0.8 is written across brackets or comments"):
        apply(text, [Change(site, "0.7")], [site], 88)


def test_an_annotation_that_stands_elsewhere() -> None:
    text, (site,) = read_marked("A: Cutoff = «0.8»\n")
    site = replace(site, annotation=Annotation(("old",)), models=("old",))
    with pytest.raises(RewriteError, match="in an `Annotated` elsewhere"):
        apply(text, [Change(site, "0.7", ("new",))], [site], 88)


def test_a_site_that_has_moved() -> None:
    _, sites = read_marked("A = «0.8»\n")
    with pytest.raises(RewriteError, match=r"line 1: 0.8 is not there any more; run the command again"):
        apply("B = f(0.8)\n", [Change(sites[0], "0.7")], sites, 88)
    with pytest.raises(RewriteError, match="not there any more"):
        apply("", [Change(sites[0], "0.7")], sites, 88)


def test_a_change_needs_a_site_of_its_own() -> None:
    text, sites = read_marked("A = «0.8»\n")
    with pytest.raises(ValueError, match="a site of its own"):
        apply(text, [Change(sites[0], "0.7"), Change(sites[0], "0.6")], sites, 88)
    with pytest.raises(ValueError, match="a site of its own"):
        apply(text, [Change(sites[0], "0.7")], [], 88)


def test_code_that_is_no_python() -> None:
    text, sites = read_marked("A = «0.8»\ndef f(:\n")
    with pytest.raises(RewriteError, match="cannot be parsed"):
        apply(text, [Change(sites[0], "0.7")], sites, 88)


def test_a_header_and_its_body_are_not_told_apart_by_a_comment() -> None:
    source = "def f(x=«0.8», y=«0.7»): ...  # threshold@old\n"
    with pytest.raises(RewriteError, match=r"would cover similarity-threshold 0.7 on the same line"):
        changed(source, "0.1", None)
