"""The rules: their examples are run, their docs are linted, and selection and suppression are tried by hand."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import threshlint
import threshlint.rules
from tests.float_sites import attach_files
from threshlint.config import Config, ConfigError
from threshlint.config_keys import KEYS
from threshlint.rules import Rule, all_codes, all_rules, check, find_rule, registry
from threshlint.rules.base import EXAMPLE_FILE, Example
from threshlint.rules.explain import explain, explain_as_data, render_page
from threshlint.site import Embedder, Evidence, Exempt, Finding, Inventory, Kind

RULES_PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
CONFIG = Config(root=Path())

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
    for rule in all_rules()
    for kind, examples in (("invalid", rule.invalid), ("valid", rule.valid))
    for number, example in enumerate(examples, 1)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_examples(rule: Rule, example: Example, tmp_path: Path) -> None:
    """Scan an example for real; the rule must complain about these lines and no others."""
    for path, source in {EXAMPLE_FILE: example.source, **example.context}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source, encoding="utf-8")
    config = replace(Config(root=tmp_path), **example.options)
    inventory = threshlint.scan_paths([tmp_path], config)
    assert inventory.skipped == ()
    found = [(finding.path, finding.span.line) for finding in check(inventory, config) if finding.code == rule.code]
    assert found == [(EXAMPLE_FILE, line) for line in example.lines]


# The rules' own docs


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
class TestDocs:
    def test_code_and_name(self, rule: Rule) -> None:
        assert re.fullmatch(r"THR\d{3}", rule.code)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
        assert sys.modules[type(rule).__module__].__name__.rpartition(".")[2].startswith(rule.code.lower())

    def test_every_section_is_written(self, rule: Rule) -> None:
        assert rule.summary == rule.summary.strip()
        assert not rule.summary.endswith(".")
        assert "\n" not in rule.summary
        for section in (rule.what_it_does, rule.why_is_this_bad):
            assert len(section) > 40
            assert section.endswith(".")
            assert "  " not in section
        assert (type(rule).__doc__ or "").endswith(".")

    def test_examples_show_what_is_wrong_and_what_is_right(self, rule: Rule) -> None:
        assert rule.invalid
        assert rule.valid
        for example in rule.invalid:
            assert example.lines
        for example in rule.valid:
            assert not example.lines
        for example in (*rule.invalid, *rule.valid):
            for source in (example.source, *example.context.values()):
                compile(source, EXAMPLE_FILE, "exec")
                assert source.endswith("\n")
            assert replace(CONFIG, **example.options)

    def test_options_are_keys_of_the_configuration(self, rule: Rule) -> None:
        assert set(rule.options) <= {key.name for key in KEYS}
        used = {
            key.name for key in KEYS for example in (*rule.invalid, *rule.valid) if key.attribute in example.options
        }
        assert used <= set(rule.options)
        assert not rule.opt_in or rule.options

    def test_the_explanation_has_every_section(self, rule: Rule) -> None:
        text = explain(rule)
        assert text.startswith(f"# {rule.name} ({rule.code})\n\n{rule.summary}.")
        for heading in ("What it does", "Why is this bad?", "Example"):
            assert f"\n## {heading}\n" in text
        assert f"```python\n{rule.invalid[0].source}```\n\nUse instead:\n\n```python\n{rule.valid[0].source}```" in text
        assert ("\n## Options\n" in text) == bool(rule.options)
        assert ("Off by default" in text) == rule.opt_in

    def test_the_explanation_is_json(self, rule: Rule) -> None:
        data = json.loads(json.dumps(explain_as_data(rule)))
        assert (data["code"], data["name"], data["summary"]) == (rule.code, rule.name, rule.summary)

    def test_it_is_found_by_code_and_name(self, rule: Rule) -> None:
        assert find_rule(rule.code) is find_rule(rule.code.lower()) is find_rule(rule.name) is rule


def test_codes_and_names_are_unique() -> None:
    assert len(set(all_codes())) == len({rule.name for rule in all_rules()}) == len(all_rules())
    assert list(all_codes()) == sorted(all_codes())


def test_every_kind_of_site_has_its_rule() -> None:
    assert {kind: [f.code for f in judge("A = 0.5\n", kind=kind)] for kind in Kind} == {
        Kind.SIMILARITY_THRESHOLD: ["THR101"],
        Kind.DISTANCE_THRESHOLD: ["THR102"],
        Kind.TOP_K: ["THR103"],
        Kind.CLUSTER_BOUNDARY: ["THR104"],
        Kind.SCORE_WEIGHT: ["THR105"],
    }


def test_there_is_no_such_rule() -> None:
    assert find_rule("THR999") is None


def test_the_page_of_the_docs_is_in_step() -> None:
    page = RULES_PAGE.read_text(encoding="utf-8")
    assert page == render_page(all_rules()), "write it anew: python -m threshlint.rules > docs/rules.md"


# What the rules say of an inventory


def inventory_of(
    source: str, config: Config = CONFIG, *, path: str = "shop.py", kind: Kind = Kind.SIMILARITY_THRESHOLD, **site: Any
) -> Inventory:
    """Take each float of a source for a site."""
    attached = attach_files({path: source}, config)
    sites = tuple(replace(found, kind=kind, test=config.is_test(path), **site) for found in attached.sites)
    return Inventory("", sites, annotations=attached.annotations, suppressions=attached.suppressions, files=1)


def judge(source: str, config: Config = CONFIG, **site: Any) -> tuple[Finding, ...]:
    return check(inventory_of(source, config, **site), config)


def findings(source: str, config: Config = CONFIG, **site: Any) -> list[str]:
    """Return ``line:code`` of each finding."""
    return [f"{finding.span.line}:{finding.code}" for finding in judge(source, config, **site)]


def configure(**settings: Any) -> Config:
    return replace(CONFIG, **settings)


def test_a_finding_says_what_and_why_and_what_to_do() -> None:
    (finding,) = judge("DUPLICATE = 0.82\n", name="DUPLICATE")
    assert finding.message == "similarity-threshold 0.82 `DUPLICATE` has no `threshold@model`"
    assert "add `# threshold@MODEL`" in finding.help
    assert finding.site is not None
    assert finding.span == finding.site.span


def test_the_only_model_that_the_code_names_is_proposed() -> None:
    inventory = inventory_of("A = 0.5\n")
    one = replace(inventory, embedders=(Embedder("a.py", 1, "m1"), Embedder("b.py", 1, "m1")))
    two = replace(inventory, embedders=(Embedder("a.py", 1, "m1"), Embedder("b.py", 1, "m2")))
    assert ["`# threshold@m1`" in finding.help for finding in (*check(one, CONFIG), *check(two, CONFIG))] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = 0.5  # threshold@m\n", []),
        ("A = 0.5  # threshold@* reason=default\n", []),
        ("A = {'bge-small-en-v1.5': 0.5}\n", []),
        ("A = {'a': 0.5}  # threshold@key\n", []),
        ("A = 0.5  # threshold@key\n", ["1:THR101", "1:THR202"]),
        ("A = 0.5  # threshold@\n", ["1:THR101", "1:THR201"]),
        ("# threshold@a\n# threshold@b\nA = 0.5\n", ["1:THR201", "2:THR201", "3:THR101"]),
        ("# threshold@a\n\nA = 0.5\n", ["1:THR202", "3:THR101"]),
        ("A = 8  # threshold@\n", ["1:THR201"]),
        ("A = 0.5  # threshlint: ignore[THR101] measured\n", []),
        ("A = 0.5  # threshlint: ignore[THR102] measured\n", ["1:THR101", "1:THR206"]),
        ("A = 0.5  # threshlint: ignore[THR101, THR102, THR204]\n", ["1:THR206", "1:THR206"]),
        ("A = 0.5  # threshlint: ignore\n", ["1:THR101", "1:THR201"]),
        ("A = 0.5  # threshlint: ignore[THR110]\n", ["1:THR101", "1:THR201"]),
        ("A = 0.5  # threshlint: ignore[THR1]\n", ["1:THR101", "1:THR201"]),
        ("# threshlint: ignore[THR101]\nA = [\n    0.1,\n    0.2,\n]\n", []),
        ("# threshlint: ignore[THR101]\n\nA = 0.1\n", ["1:THR206", "3:THR101"]),
        ("A = 8  # threshold@m  # threshlint: ignore[THR202] kept for the docs\n", []),
        ("# threshold@m\nA = 8  # threshlint: ignore[THR202] kept for the docs\n", []),
        ("# threshold@\nA = 8  # threshlint: ignore[THR201] kept for the docs\n", []),
        ("A = 8  # threshlint: ignore[THR101]  # threshlint: ignore[THR206] soon\n", []),
        ("A = 8  # threshlint: ignore[THR206]\n", []),
        ("A = 8  # threshlint: ignore[THR205]\n", []),
    ],
)
def test_annotations_and_suppressions(source: str, expected: list[str]) -> None:
    assert findings(source) == expected


def test_a_suppressed_site_stays_in_the_inventory_with_its_reason() -> None:
    (site,) = inventory_of("A = 0.5  # threshlint: ignore[THR101] the vendor's\n").sites
    assert [use.parsed.reason for use in site.suppressions] == ["the vendor's"]  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["THR1033", "thr103", "TRH103"])
def test_the_nearest_right_code_is_named(code: str) -> None:
    (finding,) = judge(f"A = 8  # threshlint: ignore[{code}]\n")
    assert finding.message == f"`{code}` is no rule; did you mean `THR103`?"


@pytest.mark.parametrize("exempt", Exempt)
def test_exempt_sites_are_never_findings(exempt: Exempt) -> None:
    strict = configure(require_owner=True, models=("m",), retired=("bge-small-en-v1.5",))
    assert findings("A = 0.5\nB = {'bge-small-en-v1.5': 0.6}\n", strict, exempt=exempt) == []


def test_tests_are_quiet_unless_asked_for() -> None:
    source = "A = 0.5\nB = 8  # threshold@m\nC = 8  # threshold@\nD = 8  # threshlint: ignore[THR101]\n"
    assert findings(source, path="tests/test_shop.py") == []
    loud = ["1:THR101", "2:THR202", "3:THR201", "4:THR206"]
    assert findings(source, configure(tests=True), path="tests/test_shop.py") == loud
    assert findings(source) == loud


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = 0.5  # threshold@m\n", []),
        ("A = 0.5  # threshold@m@256\n", []),
        ("A = 0.5  # threshold@alias\n", []),
        ("A = 0.5  # threshold@old\n", ["1:THR204"]),
        ("A = 0.5  # threshold@n\n", ["1:THR203"]),
        ("A = 0.5  # threshold@m,n\n", ["1:THR203"]),
        ("A = [0.5, 0.6]  # threshold@n\n", ["1:THR203"]),
        ("A = 0.5  # threshold@* reason=default\n", []),
        ("A = {'m': 0.5, 'bge-small-en-v1.5': 0.6}  # threshold@key\n", ["1:THR203"]),
        ("A = {'bge-small-en-v1.5': 0.6}  # threshlint: ignore[THR203] tried out\n", []),
        ("# threshold@n\n# threshlint: ignore[THR203] tried out\nA = 0.5\n", []),
    ],
)
def test_models_that_are_not_listed(source: str, expected: list[str]) -> None:
    assert findings(source, configure(models=("m",), aliases={"m": ("alias",)}, retired=("old",))) == expected


def test_the_nearest_listed_model_is_named() -> None:
    (finding,) = judge("A = 0.5  # threshold@text-embeding-3-small\n", configure(models=("text-embedding-3-small",)))
    assert finding.message == "`text-embeding-3-small` is not among the `models` listed"
    assert finding.help.startswith("did you mean `text-embedding-3-small`?")


@pytest.mark.parametrize(
    ("source", "retired", "expected"),
    [
        ("A = 0.5  # threshold@x\n", ("x",), ["1:THR204"]),
        ("A = 0.5  # threshold@x@256\n", ("x",), ["1:THR204"]),
        ("A = 0.5  # threshold@x\n", ("x@256",), []),
        ("A = 0.5  # threshold@xy\n", ("x",), []),
        ("A = 0.5  # threshold@y,x\n", ("x",), ["1:THR204"]),
        ("A = 0.5  # threshold@alias\n", ("x",), ["1:THR204"]),
        ("A = 0.5  # threshold@x\n", ("alias",), ["1:THR204"]),
        ("A = 0.5  # threshold@* reason=default\n", ("x", "*"), []),
        ("A = {'x': 0.5, 'y': 0.6}  # threshold@key\n", ("x",), ["1:THR204"]),
        ("A = [0.5, 0.6]  # threshold@x\n", ("x",), ["1:THR204", "1:THR204"]),
    ],
)
def test_retired_models(source: str, retired: tuple[str, ...], expected: list[str]) -> None:
    assert findings(source, configure(retired=retired, aliases={"x": ("alias",)})) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"require_owner": True}, ["1:THR205"]),
        ({"select": ("THR205",)}, ["1:THR205"]),
        ({"select": ("THR2",)}, []),
        ({"select": ("ALL",)}, ["1:THR205"]),
        ({"require_owner": True, "select": ("THR1",)}, ["1:THR205"]),
        ({"require_owner": True, "ignore": ("THR205",)}, []),
    ],
)
def test_owners_are_required_on_request(settings: dict[str, Any], expected: list[str]) -> None:
    assert findings("A = 0.5  # threshold@m\nB = 0.6  # threshold@m owner=x\n", configure(**settings)) == expected


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (("THR",), (), ["1:THR101", "2:THR201", "3:THR202"]),
        (("ALL",), ("THR205",), ["1:THR101", "2:THR201", "3:THR202"]),
        (("THR1",), (), ["1:THR101"]),
        (("THR2",), (), ["2:THR201", "3:THR202"]),
        (("THR101", "THR202"), (), ["1:THR101", "3:THR202"]),
        (("THR",), ("THR2",), ["1:THR101"]),
        (("THR",), ("THR201",), ["1:THR101", "3:THR202"]),
        (("THR202",), ("THR2",), ["3:THR202"]),
        (("THR202",), ("THR202",), []),
        (("THR",), ("ALL",), ["1:THR101", "2:THR201", "3:THR202"]),
        ((), (), []),
    ],
)
def test_the_longest_selector_decides(select: Sequence[str], ignore: Sequence[str], expected: list[str]) -> None:
    source = "A = 0.5\nB = 8  # threshold@\nC = 8  # threshold@m\n"
    assert findings(source, configure(select=tuple(select), ignore=tuple(ignore))) == expected


@pytest.mark.parametrize(
    ("least", "judged"),
    [
        (Evidence.NAME, [Evidence.FLOW, Evidence.CALL, Evidence.NAME]),
        (Evidence.CALL, [Evidence.FLOW, Evidence.CALL]),
        (Evidence.FLOW, [Evidence.FLOW]),
    ],
)
def test_evidence_that_is_enough(least: Evidence, judged: list[Evidence]) -> None:
    config = configure(min_evidence=least)
    assert [evidence for evidence in Evidence if findings("A = 0.5\n", config, evidence=evidence)] == judged
    for evidence in Evidence:
        assert len(inventory_of("A = 0.5\n", config, evidence=evidence).sites) == 1
        retired = configure(min_evidence=least, retired=("m",))
        assert findings("A = 0.5  # threshold@m\n", retired, evidence=evidence) == ["1:THR204"]


def test_rules_ignored_in_a_file() -> None:
    config = configure(per_file_ignores={"legacy/": ("THR1",), "*_old.py": ("ALL",)})
    source = "A = 0.5\nB = 8  # threshold@\nC = 0.6  # threshlint: ignore[THR101]\n"
    assert findings(source, config, path="legacy/shop.py") == ["2:THR201"]
    assert findings(source, config, path="shop_old.py") == []
    assert findings(source, config, path="shop.py") == ["1:THR101", "2:THR201"]


def test_suppressions_of_rules_that_are_off_are_not_judged() -> None:
    source = "A = 8  # threshlint: ignore[THR101]\n"
    assert findings(source, configure(ignore=("THR101",))) == []
    assert findings(source, configure(select=("THR206",))) == []
    assert findings(source, configure(per_file_ignores={"shop.py": ("THR101",)})) == []
    assert findings(source) == ["1:THR206"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"select": ("THR110",)}, "select: `THR110` is no rule, nor the start of one; did you mean `THR10"),
        ({"ignore": ("THR9",)}, "ignore: `THR9` is no rule"),
        ({"ignore": ("",)}, "ignore: `` is no rule"),
        ({"select": ("E501",)}, "`threshlint rule` lists them"),
        ({"per_file_ignores": {"a.py": ("THR9",)}}, 'per-file-ignores of "a.py": `THR9` is no rule'),
    ],
)
def test_an_unknown_code_is_an_error(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        judge("A = 0.5\n", configure(**settings))
    assert message in str(error.value)


def test_findings_are_in_the_order_of_the_source() -> None:
    config = configure(require_owner=True)
    files = {"b.py": "A = [0.1, 0.2]  # threshold@m\n", "a.py": "A = 8  # threshold@m\nB = 0.3\n"}
    attached = attach_files(files, config)
    inventory = Inventory("", attached.sites, annotations=attached.annotations, suppressions=attached.suppressions)
    assert [(f.path, f.span.line, f.span.column, f.code) for f in check(inventory, config)] == [
        ("a.py", 1, 10, "THR202"),
        ("a.py", 2, 5, "THR103"),
        ("a.py", 2, 5, "THR205"),
        ("b.py", 1, 6, "THR205"),
        ("b.py", 1, 11, "THR205"),
    ]


def test_a_rule_is_found_by_its_file_being_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "thr901_anything.py").write_text(
        "from threshlint.rules.base import Rule\n\n\n"
        "class Anything(Rule):\n    code = 'THR901'\n\n    def check(self, context):\n        return iter(())\n"
    )
    monkeypatch.setattr(threshlint.rules, "__path__", [*threshlint.rules.__path__, str(tmp_path)])
    registry.all_rules.cache_clear()
    try:
        assert registry.all_codes()[-1] == "THR901"
    finally:
        registry.all_rules.cache_clear()
        sys.modules.pop("threshlint.rules.thr901_anything", None)
