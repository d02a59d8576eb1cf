"""Facts, entries, outcomes and surveys survive being written and read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threshlint.annotation import Annotation, Malformed, Suppression
from threshlint.config import Config
from threshlint.scan.analyse import Analysed, Job, analyse
from threshlint.scan.cache.codec import CodecError, decode, encode
from threshlint.scan.cache.memory import Memory
from threshlint.scan.entry import close, from_bytes, to_bytes
from threshlint.scan.facts import Facts
from threshlint.scan.knowledge import Documents, read_documents
from threshlint.scan.solve import Outcome, solve
from threshlint.scan.survey import Survey
from threshlint.site import AnnotationUse, Evidence, Exempt, Kind, Mismatch, Site, Span, Step, SuppressionUse

PROGRAMS = Path(__file__).resolve().parents[2] / "fixtures" / "programs"
FILES = sorted(PROGRAMS.rglob("*.py"))


def analysed(path: Path) -> Analysed:
    return analyse(Job(path, path.relative_to(PROGRAMS).as_posix(), path.stem))


@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.stem)
def test_the_facts_of_programs(path: Path) -> None:
    result = analysed(path)
    assert result.facts is not None
    assert decode(encode(result.facts, Facts), Facts) == result.facts
    entry = close(result, path.stem)
    assert from_bytes(to_bytes(entry)) == entry


@pytest.mark.parametrize("group", ["incidents", "dicts", "libraries"])
def test_the_outcomes_of_programs(group: str) -> None:
    paths = sorted((PROGRAMS / group).rglob("*.py"))
    outcome = solve(
        [close(analysed(path), path.stem).facts for path in paths], Config(PROGRAMS), Memory(None, Config(PROGRAMS))
    )
    assert outcome.found
    assert decode(encode(outcome, Outcome), Outcome) == outcome


def test_what_is_known_of_libraries() -> None:
    documents = read_documents()
    assert decode(encode(documents, Documents), Documents) == documents


texts = st.text(st.characters(), max_size=8)  # lone surrogates and line ends as well
numbers = st.integers(1, 10**6)
spans = st.builds(Span, numbers, numbers, numbers, numbers)
steps = st.builds(Step, texts, numbers, texts)
words = st.lists(texts, max_size=3).map(tuple)
annotations = st.builds(Annotation, words, *[texts | st.none() for _ in range(4)])
suppressions = st.builds(
    SuppressionUse,
    texts,
    spans,
    st.builds(Suppression, words, texts) | st.builds(Malformed, texts, texts),
    numbers,
    numbers,
    st.booleans(),
)
sites = st.builds(
    Site,
    texts,
    spans,
    texts,
    st.sampled_from(Kind),
    texts | st.none(),
    texts,
    st.sampled_from(Evidence),
    st.lists(steps, max_size=2).map(tuple),
    texts,
    st.sampled_from(Exempt) | st.none(),
    st.booleans(),
    words,
    texts | st.none(),
    annotations | st.none(),
    st.booleans(),
    st.lists(suppressions, max_size=2).map(tuple),
    words,
    texts | st.none(),
    st.floats(allow_nan=False) | st.none(),
)
uses = st.builds(
    AnnotationUse, texts, spans, annotations | st.builds(Malformed, texts, texts), st.integers(0, 9), st.booleans()
)
mismatches = st.builds(
    Mismatch, texts, spans, st.tuples(texts, texts), st.booleans(), st.lists(steps, max_size=2).map(tuple)
)
surveys = st.builds(
    Survey,
    st.lists(sites, max_size=2).map(tuple),
    annotations=st.lists(uses, max_size=2).map(tuple),
    suppressions=st.lists(suppressions, max_size=2).map(tuple),
    mismatches=st.lists(mismatches, max_size=2).map(tuple),
    broken=st.dictionaries(texts, texts, max_size=2),
    imports=st.dictionaries(texts, words, max_size=2),
)


@given(surveys)
@settings(deadline=None)
def test_any_survey(survey: Survey) -> None:
    assert decode(encode(survey, Survey), Survey) == survey


@settings(deadline=None)
@given(st.binary(max_size=40) | st.sampled_from([b"[]", b"{}", b"null", b"[[],[],[],[],[],[],[]]", b"[" * 9_000]))
def test_other_bytes_are_an_error_or_a_survey(content: bytes) -> None:
    with suppress(CodecError):
        assert isinstance(decode(content, Survey), Survey)


@dataclass
class Odd:
    value: object


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        encode(Odd(1), Odd)
