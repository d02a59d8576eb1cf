"""Precedence, tables keyed by models, identity: what a site is given by the remarks that cover it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.float_sites import FloatFinder, attach_files
from threshlint.annotation import Annotation, Malformed
from threshlint.config import Config
from threshlint.scan.attach import Attached, Found, attach
from threshlint.scan.coverage import read_comments
from threshlint.scan.lexer import lex
from threshlint.site import Site, Span


def attach_source(source: str) -> Attached:
    return attach_files({"shop.py": source})


def models(source: str) -> dict[str, str]:
    """Return the models of each site that has some."""
    return {site.value: ",".join(site.models) for site in attach_source(source).sites if site.models}


CASES = {
    "an annotation names the model": (
        "A = 0.1  # threshold@m\n",
        {"0.1": "m"},
    ),
    "or several": (
        "A = 0.1  # threshold@a,b\n",
        {"0.1": "a,b"},
    ),
    "the line's end takes precedence over the line above": (
        "# threshold@above\nA = 0.1  # threshold@end\n",
        {"0.1": "end"},
    ),
    "an inner line takes precedence over the logical line's end": (
        "A = [\n    0.1,  # threshold@inner\n    0.2,\n]  # threshold@end\n",
        {"0.1": "inner", "0.2": "end"},
    ),
    "Annotated takes precedence over comments": (
        'A: Annotated[float, "threshold@type"] = 0.1  # threshold@end\n',
        {"0.1": "type"},
    ),
    "a table's key takes precedence over everything": (
        'A = {\n    "text-embedding-3-small": 0.1,  # threshold@m\n    "other": 0.2,  # threshold@m\n}\n',
        {"0.1": "text-embedding-3-small", "0.2": "m"},
    ),
    "the nearest that can be read": (
        "# threshold@above\nA = 0.1  # threshold@ end\n",
        {"0.1": "above"},
    ),
    "two of equal rank that agree": (
        "# threshold@a,b\n# threshold@b,a\nA = 0.1\n",
        {"0.1": "a,b"},
    ),
    "two of equal rank that agree by an alias": (
        "A = 0.1  # threshold@all-MiniLM-L6-v2  # threshold@sentence-transformers/all-MiniLM-L6-v2\n",
        {"0.1": "all-MiniLM-L6-v2"},
    ),
    "two of equal rank that disagree annotate nothing": (
        "# threshold@a\n# threshold@b\nA = 0.1\n",
        {},
    ),
    "threshold@* names no model": (
        '# threshold@m\nA = 0.1  # threshold@* reason="a default"\n',
        {},
    ),
    "a value in a table keyed by models is annotated by its key": (
        'A = {"bge-small-en-v1.5": 0.1, "dedupe": 0.2}\n',
        {"0.1": "bge-small-en-v1.5"},
    ),
    "at whatever depth": (
        'A = {"dedupe": {"bge-small-en-v1.5": {"cut": 0.1}}}\n',
        {"0.1": "bge-small-en-v1.5"},
    ),
    "aliases are known models, and join": (
        'A = {"sentence-transformers/all-MiniLM-L6-v2": 0.1}\n',
        {"0.1": "all-MiniLM-L6-v2"},
    ),
    "so are truncations of known models": (
        'A = {"text-embedding-3-large@256": 0.1, "other@256": 0.2}\n',
        {"0.1": "text-embedding-3-large@256"},
    ),
    "threshold@key declares that a table's keys are models": (
        'A = {  # threshold@key\n    "a": 0.1,\n    "b": 0.2,\n}\n',
        {"0.1": "a", "0.2": "b"},
    ),
    "of nested keys those that are known": (
        'A = {  # threshold@key\n    "dedupe": {"bge-small-en-v1.5": 0.1},\n'
        '    "bge-small-en-v1.5": {"dedupe": 0.2},\n}\n',
        {"0.1": "bge-small-en-v1.5", "0.2": "bge-small-en-v1.5"},
    ),
    "of nested keys all, where none is known": (
        'A = {"a": {"x": 0.1}, "b": {"x": 0.2}}  # threshold@key\n',
        {"0.1": "a,x", "0.2": "b,x"},
    ),
    "the keys of a threshold@key table are known from then on": (
        'A = {"x": {"b": 0.1}}\nB = {"a": 0.2, "b": 0.3}  # threshold@key\nC = {"a": 0.4}\nD = {"c": 0.5}\n',
        {"0.1": "b", "0.2": "a", "0.3": "b", "0.4": "a"},
    ),
    "a threshold@key without keys annotates nothing": (
        "A = 0.1  # threshold@key\n",
        {},
    ),
    "beside threshold@key an inner line has nothing to say": (
        'A = {  # threshold@key\n    "a": 0.1,  # threshold@m\n}\n',
        {"0.1": "a"},
    ),
    "an Enum's members are its keys": (
        "class A(float, Enum):  # threshold@key\n    BGE_SMALL_EN_V1_5 = 0.1\n    own_model = 0.2\n",
        {"0.1": "bge-small-en-v1.5", "0.2": "own_model"},
    ),
    "the branches of an if on the model's name count the same way": (
        'if model == "bge-small-en-v1.5":\n    a = 0.1\nelif model == "text-embedding-3-small":\n    a = 0.2\n'
        'elif mode == "fast":\n    a = 0.3\nelse:\n    a = 0.4\n',
        {"0.1": "bge-small-en-v1.5", "0.2": "text-embedding-3-small"},
    ),
    "so do the cases of a match": (
        'match model:\n    case "bge-small-en-v1.5" | "text-embedding-3-small":\n        a = 0.1\n'
        "    case _:\n        a = 0.2\n",
        {"0.1": "bge-small-en-v1.5,text-embedding-3-small"},
    ),
    "a table's key is nearer than the branch around it": (
        'if model == "bge-small-en-v1.5":\n    A = {"text-embedding-3-small": 0.1}\n',
        {"0.1": "text-embedding-3-small"},
    ),
    "aliases join the names of annotations": (
        "A = 0.1  # threshold@sentence-transformers/all-MiniLM-L6-v2,all-MiniLM-L6-v2\n",
        {"0.1": "all-MiniLM-L6-v2"},
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES.keys())
def test_the_models_of_sites(source: str, expected: dict[str, str]) -> None:
    assert models(source) == expected


def one_site(source: str) -> Site:
    (site,) = attach_source(source).sites
    return site


def test_the_annotation_and_its_owner_go_with_the_site() -> None:
    site = one_site("A = 0.1  # threshold@m owner=search population=top1\n")
    assert site.annotation == Annotation(("m",), owner="search", population="top1")
    assert (site.owner, site.keyed) == ("search", False)


def test_any_model_is_an_annotation_without_models() -> None:
    site = one_site("A = 0.1  # threshold@* reason=default owner=search\n")
    assert site.annotation is not None
    assert site.annotation.any_model
    assert (site.models, site.owner) == ((), "search")


def test_a_keyed_site_has_the_owner_of_its_table() -> None:
    site = one_site('A = {  # threshold@key owner=search\n    "a": 0.1,\n}\n')
    assert (site.models, site.owner, site.keyed) == (("a",), "search", True)
    assert site.annotation == Annotation(("key",), owner="search")


def test_the_innermost_table_owns() -> None:
    site = one_site(
        'A = {  # threshold@key owner=x\n    "a": {  # threshold@key owner=y\n        "b": 0.1,\n    },\n}\n'
    )
    assert site.owner == "y"


def test_a_keyed_site_has_the_owner_of_its_line() -> None:
    site = one_site('A = {\n    "bge-small-en-v1.5": 0.1,  # threshold@bge-small-en-v1.5 owner=search\n}\n')
    assert (site.models, site.owner, site.keyed) == (("bge-small-en-v1.5",), "search", True)


def test_a_keyed_site_is_not_right_for_any_model() -> None:
    site = one_site('A = {"bge-small-en-v1.5": 0.1}  # threshold@* reason=default\n')
    assert (site.models, site.annotation) == (("bge-small-en-v1.5",), None)


def uses(source: str) -> list[tuple[str, int]]:
    """Return each well-formed annotation's models, and how many sites it covers."""
    return [
        (",".join(use.parsed.models), use.sites)
        for use in attach_source(source).annotations
        if isinstance(use.parsed, Annotation)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = [0.1, 0.2]  # threshold@m\n", [("m", 2)]),
        ("# threshold@m\n\nA = 0.1\n", [("m", 0)]),
        ("A = 8  # threshold@m\n", [("m", 0)]),
        ("# threshold@above\nA = 0.1  # threshold@end\n", [("above", 1), ("end", 1)]),
        ('A = {"a": 0.1}  # threshold@key\n', [("key", 1)]),
        ("A = 0.1  # threshold@key\n", [("key", 0)]),
        ('A: Annotated[float, "threshold@m"] = 0.1\n', [("m", 1)]),
        ('A: Annotated[float, "threshold@m"] = f()\n', [("m", 0)]),
        ('A: Annotated[float, "threshold@m"] = 0.1\nB: Annotated[float, "threshold@m"] = f()\n', [("m", 1), ("m", 0)]),
    ],
)
def test_how_many_sites_an_annotation_covers(source: str, expected: list[tuple[str, int]]) -> None:
    assert uses(source) == expected


def test_an_annotated_alias_covers_where_it_is_used() -> None:
    alias = read_comments(lex('Cut = Annotated[float, "threshold@m"]\n'))
    using = "A: Cut = 0.1\n"
    (found,) = FloatFinder("shop.py", using).found
    found = Found(found.site, annotated=("threshold@m",))
    attached = attach([found], {"types.py": alias, "shop.py": read_comments(lex(using))}, (), Config(root=Path()))
    assert attached.sites[0].models == ("m",)
    assert [(use.path, use.sites) for use in attached.annotations] == [("types.py", 1)]


def test_two_that_disagree_are_malformed() -> None:
    attached = attach_source("# threshold@a\n# threshold@a owner=x\nA = [0.1, 0.2]\n")
    first, second = (use.parsed for use in attached.annotations)
    assert isinstance(first, Malformed)
    assert isinstance(second, Malformed)
    assert (first.text, second.text) == ("threshold@a", "threshold@a owner=x")
    assert "disagrees with `threshold@a owner=x`" in first.problem
    assert [use.sites for use in attached.annotations] == [2, 2]
    assert [site.annotation for site in attached.sites] == [None, None]


def test_a_malformed_annotated_type_is_reported_where_it_stands() -> None:
    attached = attach_source('A: Annotated[float, "threshold@"] = 0.1\n')
    (use,) = attached.annotations
    assert isinstance(use.parsed, Malformed)
    assert use.span == Span(1, 21, 1, 33)
    assert attached.sites[0].models == ()


def test_suppressions_go_with_every_site_that_they_cover() -> None:
    attached = attach_source(
        "# threshlint: ignore[THR103] old\nA = [\n    0.1,  # threshlint: ignore[THR205]\n    0.2,\n]\n"
        "B = 0.3  # threshlint: ignore\n"
    )
    outer, inner, malformed = attached.suppressions
    assert [site.suppressions for site in attached.sites] == [(outer, inner), (outer,), ()]
    assert (outer.first_line, outer.last_line, inner.first_line, inner.last_line) == (1, 5, 3, 3)
    assert isinstance(malformed.parsed, Malformed)


def test_remarks_in_tests_are_marked() -> None:
    source = "A = 0.1  # threshold@m  # threshlint: ignore[THR101]\n"
    attached = attach_files({"tests/test_shop.py": source, "shop.py": source})
    assert [use.test for use in attached.annotations] == [True, False]
    assert [use.test for use in attached.suppressions] == [True, False]


def test_files_have_nothing_to_say_about_each_other() -> None:
    attached = attach_files({"a.py": "A = 0.1  # threshold@m\n", "b.py": "A = 0.1\n"})
    assert [site.models for site in attached.sites] == [("m",), ()]


def test_a_site_in_a_file_without_comments() -> None:
    found = FloatFinder("shop.py", "A = 0.1\n").found
    assert attach(found, {}, (), Config(root=Path())).sites == (found[0].site,)
