"""Every output format, byte for byte and by what it promises.

Snapshots are compared with what stands in ``tests/snapshots``. ``UPDATE_SNAPSHOTS=1 pytest tests/test_output.py``
writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import referencing
from hypothesis import given
from hypothesis import strategies as st

from tests import output_sample
from tests.output_sample import FINDINGS, INVENTORY
from threshlint.output import findings as findings_package
from threshlint.output import findings_format, findings_formats, inventory_format, inventory_formats
from threshlint.output.page import Page
from threshlint.output.text import display_width, printable, shorten
from threshlint.site import Finding, Inventory, Skipped, Span

ROOT = Path(__file__).parent.parent
SNAPSHOTS = Path(__file__).parent / "snapshots"
TEXT_FORMATS = ("full", "concise", "github", "table", "markdown")
ESCAPE = "\x1b"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """The sample as it lies on a disk, and nothing of the machine around it."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.setattr("threshlint.output.data.__version__", "0.0.0")
    output_sample.write_files(tmp_path)
    return replace(INVENTORY, root=str(tmp_path))


def page_at(inventory: Inventory, **rest: Any) -> Page:
    return Page(Path(inventory.root), **rest)


def rendered(name: str, inventory: Inventory, page: Page, findings: tuple[Finding, ...] = FINDINGS) -> str:
    """Render a format, whichever kind of output it is for (json: findings)."""
    if name in findings_formats():
        return findings_format(name)(findings, inventory, page)
    return inventory_format(name)(inventory, page)


def compare_with_snapshot(name: str, text: str) -> None:
    file = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_bytes(text.encode())
    assert file.exists(), f"no snapshot {file.name}; UPDATE_SNAPSHOTS=1 writes it"
    assert text == file.read_bytes().decode()


@pytest.mark.parametrize("name", findings_formats())
def test_snapshot_of_findings(name: str, project: Inventory) -> None:
    page = page_at(project, statistics=True)
    compare_with_snapshot(f"findings-{name}.txt", findings_format(name)(FINDINGS, project, page))


@pytest.mark.parametrize("name", inventory_formats())
def test_snapshot_of_the_inventory(name: str, project: Inventory) -> None:
    compare_with_snapshot(f"inventory-{name}.txt", inventory_format(name)(project, page_at(project)))


@pytest.mark.parametrize("name", ["full", "concise", "table"])
def test_snapshot_of_a_terminal(name: str, project: Inventory) -> None:
    compare_with_snapshot(f"terminal-{name}.txt", rendered(name, project, page_at(project, width=100, colour=True)))


def test_a_format_is_offered_by_being_there(
    tmp_path: Path, project: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shout.py").write_text("def render(findings, inventory, page): return f'{len(findings)}!\\n'")
    monkeypatch.setattr(findings_package, "__path__", [*findings_package.__path__, str(tmp_path)])
    try:
        assert "shout" in findings_formats()
        assert findings_format("shout")(FINDINGS, project, page_at(project)) == f"{len(FINDINGS)}!\n"
    finally:
        sys.modules.pop("threshlint.output.findings.shout", None)


class TestWhatCouldNotBeAnalysed:
    @pytest.mark.parametrize("found", [True, False])
    @pytest.mark.parametrize("name", findings_formats())
    def test_is_named_with_its_reason_beside_findings(self, name: str, found: bool, project: Inventory) -> None:
        text = findings_format(name)(FINDINGS if found else (), project, page_at(project))
        assert_names_skipped(text)

    @pytest.mark.parametrize("found", [True, False])
    @pytest.mark.parametrize("name", inventory_formats())
    def test_is_named_with_its_reason_in_the_inventory(self, name: str, found: bool, project: Inventory) -> None:
        inventory = project if found else replace(project, sites=(), embedders=())
        assert_names_skipped(inventory_format(name)(inventory, page_at(project)))

    @pytest.mark.parametrize("name", ["full", "github", "table", "markdown"])
    def test_keeps_the_summary_from_calling_all_well(self, name: str, project: Inventory) -> None:
        nothing = replace(project, sites=(), embedders=())
        page = page_at(project)
        assert "118 files scanned, 2 not analysed." in rendered(name, nothing, page, ())
        assert "No findings;" not in rendered(name, nothing, page, ())
        well = rendered(name, replace(nothing, skipped=()), page, ())
        assert "118 files scanned." in well
        assert "not analysed" not in well

    def test_no_file_at_all_is_said(self, project: Inventory) -> None:
        empty = Inventory(project.root)
        assert rendered("full", empty, page_at(project), ()) == "No findings; there was no Python file to scan.\n"
        assert rendered("table", empty, page_at(project)) == "0 sites; there was no Python file to scan.\n"


def assert_names_skipped(text: str) -> None:
    assert "shop/broken.py" in text
    assert "line 3: a bracket is never closed" in text
    assert "legacy/py2.py" in text
    assert "line 1: print is" in text


@pytest.mark.parametrize("name", TEXT_FORMATS)
@pytest.mark.parametrize("evil", ["\x1b[2J", "\r", "\n::error::x", "\u202eabc", "\x00", "\udc80", "\x9b31m"])
def test_text_from_code_cannot_act(name: str, evil: str, project: Inventory) -> None:
    site = replace(project.sites[0], name=evil, value=evil, owner=evil, trace=())
    step = replace(project.sites[0].trace[0], note=evil)
    finding = Finding("THR101", f"a{evil}.py", Span(1, 1, 1, 2), evil, evil.replace("\n", ""), site, (step,))
    inventory = replace(
        project,
        sites=(replace(site, path=f"a{evil}.py", models=(evil,)),),
        embedders=(replace(project.embedders[0], model=evil),),
        skipped=(Skipped(f"b{evil}.py", evil),),
    )
    text = rendered(name, inventory, page_at(project), (finding,))
    assert evil.strip("\n") not in text.replace("%0D", "").replace("%0A", "").split("\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
    assert "\n::error::x" not in text


class TestFull:
    def test_carets_stand_under_the_literal(self, project: Inventory) -> None:
        lines = findings_format("full")(FINDINGS, project, page_at(project)).split("\n")
        marked = [(lines[at - 1], line) for at, line in enumerate(lines) if "^" in line]
        assert [_under(source, carets) for source, carets in marked] == [
            "0.92",
            "5",
            "8",
            "20",
            "threshold @ nothing",
        ]

    @pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
    def test_lines_of_source_fit_the_page(self, width: int, project: Inventory) -> None:
        text = findings_format("full")(FINDINGS, project, page_at(project, width=width))
        sources = [line for line in text.split("\n") if re.match(r"^ *\d* \|", line)]
        assert len(sources) >= 10
        assert max(map(display_width, sources)) <= max(width, 27)

    def test_carets_hold_in_a_cut_line(self, tmp_path: Path) -> None:
        before, after = "前\t" * 400, " + x" * 400
        (tmp_path / "a.py").write_text(f"{before}0.123{after}\n", encoding="utf-8")
        finding = Finding("THR101", "a.py", Span(1, len(before) + 1, 1, len(before) + 6), "m", "h")
        for width in range(40, 60):
            text = findings_format("full")((finding,), Inventory(str(tmp_path)), Page(tmp_path, width=width))
            source, carets = text.split("\n")[1:3]
            assert _under(source, carets) == "0.123"
            assert display_width(source) <= width
            assert source.startswith("1 | ...")
            assert source.endswith("...")

    def test_a_line_of_a_megabyte_is_quick(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("x = [" + "0.5, " * 200_000 + "]\n")
        findings = [
            Finding("THR101", "a.py", Span(1, column, 1, column + 3), "m", "h") for column in range(6, 10_006, 5)
        ]
        start = time.perf_counter()
        text = findings_format("full")(findings, Inventory(str(tmp_path)), Page(tmp_path))
        assert time.perf_counter() - start < 5
        assert len(text) < 2_000 * 500

    def test_each_step_brings_its_source(self, project: Inventory) -> None:
        text = findings_format("full")(FINDINGS[:1], project, page_at(project))
        assert "  3. shop/dedupe.py:6: compared with similarity\n     | return similarity > DUPLICATE\n" in text
        assert text.count("DUPLICATE = 0.92") == 1, "the line of the literal itself is not shown twice"

    @pytest.mark.parametrize(
        ("content", "shown"),
        [
            (b"# -*- coding: latin-1 -*-\nK = 5  # \xe9\n", "K = 5  # é"),
            (b"\xef\xbb\xbf#\r\nK = 5\r\n", "K = 5"),
            (b"# \x0c\x1c\xe2\x80\xa8\nK = 5", "K = 5"),
            (b"\rK = 5\r", "K = 5"),
            (b"#\nK = 5\n# \xff\n", "K = 5"),
        ],
    )
    def test_source_is_read_as_python_reads_it(self, content: bytes, shown: str, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes(content)
        finding = Finding("THR103", "a.py", Span(2, 5, 2, 6), "m", "h")
        text = findings_format("full")((finding,), Inventory(str(tmp_path)), Page(tmp_path))
        assert text.split("\n")[1:3] == [f"2 | {shown}", "  |     ^"]

    @pytest.mark.parametrize("content", [None, b"", b"# coding: no-such-thing\nx"])
    def test_a_source_that_changed_is_left_out(self, content: bytes | None, tmp_path: Path) -> None:
        if content is not None:
            (tmp_path / "a.py").write_bytes(content)
        finding = Finding("THR103", "a.py", Span(9, 5, 9, 6), "message", "help")
        text = findings_format("full")((finding,), Inventory(str(tmp_path)), Page(tmp_path))
        assert text.startswith("a.py:9:5: THR103 message\nhelp: help\n")

    def test_paths_are_seen_from_the_working_directory(self, project: Inventory) -> None:
        below = Page(Path(project.root) / "shop")
        for name in ("full", "concise"):
            text = findings_format(name)(FINDINGS, project, below)
            assert text.startswith("config.py:3:13: THR101")
            assert os.path.join("..", "tests", "test_search.py") + ":1:3: THR201" in text

    def test_colours_change_no_text(self, project: Inventory) -> None:
        for name in ("full", "concise", "table"):
            plain = rendered(name, project, page_at(project))
            assert ESCAPE not in plain
            assert click.unstyle(rendered(name, project, page_at(project, colour=True))) == plain


def _under(source: str, carets: str) -> str:
    """What stands above the carets, counted in the cells of a terminal."""
    cells = [char for char in source for _ in range(2 if unicodedata.east_asian_width(char) in "WF" else 1)]
    return "".join(cells[carets.index("^") : carets.rindex("^") + 1])


@pytest.fixture(scope="module")
def registry() -> referencing.Registry:
    schemas = [strict(json.loads(file.read_text(encoding="utf-8"))) for file in (ROOT / "docs").glob("*.schema.json")]
    return referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource.from_contents(schema)) for schema in schemas
    )


class TestJson:
    def test_the_schemas_are_schemas(self, registry: referencing.Registry) -> None:
        assert set(registry) == {"inventory.schema.json", "findings.schema.json", "proposals.schema.json"}
        for name in registry:
            jsonschema.Draft202012Validator.check_schema(registry.contents(name))

    @pytest.mark.parametrize("found", [True, False])
    def test_the_inventory_is_as_its_schema_says(
        self, found: bool, project: Inventory, registry: referencing.Registry
    ) -> None:
        inventory = project if found else Inventory(project.root)
        document = json.loads(inventory_format("json")(inventory, page_at(project)))
        validate(document, "inventory.schema.json", registry)
        assert len(document["sites"]) == len(inventory.sites)

    @pytest.mark.parametrize("found", [True, False])
    def test_findings_are_as_their_schema_says(
        self, found: bool, project: Inventory, registry: referencing.Registry
    ) -> None:
        findings = FINDINGS if found else ()
        document = json.loads(findings_format("json")(findings, project, page_at(project)))
        validate(document, "findings.schema.json", registry)
        assert [finding["code"] for finding in document["findings"]] == [finding.code for finding in findings]
        assert document["statistics"] == ({"THR101": 1, "THR103": 2, "THR201": 1, "THR204": 1} if found else {})

    def test_the_schema_tells_what_is_wrong(self, project: Inventory, registry: referencing.Registry) -> None:
        document = json.loads(inventory_format("json")(project, page_at(project)))
        document["sites"][0]["kind"] = "hunch"
        with pytest.raises(jsonschema.ValidationError, match="hunch"):
            validate(document, "inventory.schema.json", registry)

    def test_the_example_of_the_docs_is_as_its_schema_says(self, registry: referencing.Registry) -> None:
        (example,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/output.md").read_text(encoding="utf-8"), re.DOTALL)
        validate(json.loads(example), "inventory.schema.json", registry)

    def test_a_site_says_what_silences_it_and_for_whom_it_holds(self, project: Inventory) -> None:
        document = json.loads(inventory_format("json")(project, page_at(project)))
        sites = {site["name"]: site for site in document["sites"]}
        assert sites["WEIGHT"]["suppressed"] == "only a test | of `mixing`"
        assert sites["WEIGHT"]["suppressed_codes"] == ["THR105"]
        assert sites["DUPLICATE"]["suppressed"] is None
        assert sites["DUPLICATE"]["models"] == []
        assert sites["distance_threshold"]["models"] == ["*"]
        assert sites["HIT"]["population"] == "top1"
        assert sites["CUTOFF"]["keyed"]
        assert sites["LOWEST"]["exempt"] == "sentinel"

    def test_it_survives_any_encoding(self, project: Inventory) -> None:
        site = replace(project.sites[0], name="名\udc80")
        text = inventory_format("json")(replace(project, sites=(site,)), page_at(project))
        assert text.isascii()
        assert json.loads(text)["sites"][0]["name"] == "名\udc80"


def strict(schema: Any) -> Any:
    """Let a schema refuse keys that it does not describe: whoever adds one documents it."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    return closed | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else closed


def validate(document: Any, name: str, registry: referencing.Registry) -> None:
    jsonschema.Draft202012Validator(registry.contents(name), registry=registry).validate(document)


class TestGithub:
    def test_commands_read_back_as_they_were_meant(self, project: Inventory) -> None:
        commands = [read_command(line) for line in rendered("github", project, page_at(project)).split("\n")]
        first, second, third, fourth, fifth, broken, context = [command for command in commands if command]
        assert first == (
            "error",
            {"file": "shop/config.py", "line": "3", "endLine": "3", "col": "13", "endColumn": "17"}
            | {"title": "threshlint THR101"},
            f"{FINDINGS[0].message}\n{FINDINGS[0].help}",
        )
        assert second[1]["file"] == "shop/old (copy), 50%/a b.py"
        assert third[2].endswith("no more, 100%\nrecalibrate it for a model in use,\nthen annotate it anew")
        assert fourth[1]["line"] == "7"
        assert fifth[1]["endColumn"] == "22"
        assert broken[:2] == ("error", {"file": "shop/broken.py", "title": "threshlint: not analysed"})
        assert context[0] == "warning"

    def test_paths_start_at_the_checkout(self, project: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        root = Path(project.root)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(root.parent))
        assert f"file={root.name}/shop/config.py," in rendered("github", project, page_at(project))
        monkeypatch.setenv("GITHUB_WORKSPACE", str(root / "elsewhere"))
        assert "file=shop/config.py," in rendered("github", project, page_at(project))


def read_command(line: str) -> tuple[str, dict[str, str], str] | None:
    """Read a workflow command as the runner does."""
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    if match is None:
        return None
    properties = dict(word.split("=", 1) for word in match[2].split(","))
    return match[1], {key: unescape(value) for key, value in properties.items()}, unescape(match[3])


def unescape(text: str) -> str:
    for sign in "\r\n:,%":
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


class TestCsv:
    def test_it_reads_back(self, project: Inventory) -> None:
        rows = list(csv.DictReader(io.StringIO(rendered("csv", project, page_at(project)))))
        assert [row["record"] for row in rows] == ["site"] * 9 + ["embedder"] * 2 + ["skipped"] * 2
        sites = {row["name"]: row for row in rows}
        assert sites["LOWEST"]["value"] == "-1.0"
        assert sites["CUTOFF"]["owner"] == "@shop/search"
        assert sites["distance_threshold"]["reason"] == "the caller's <choice> | ours"
        assert rows[-1]["reason"] == INVENTORY.skipped[-1].reason

    @pytest.mark.parametrize(
        ("value", "cell"),
        [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1+cmd", "'+1+cmd"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("-1.0", "-1.0"),
            ("-1_000.5e-3", "-1_000.5e-3"),
            ("+.5", "+.5"),
            ("@shop/search-team", "@shop/search-team"),
            ("0.5", "0.5"),
            ('say "x", or\ny', 'say "x", or\ny'),
        ],
    )
    def test_a_spreadsheet_computes_nothing(self, value: str, cell: str, project: Inventory) -> None:
        inventory = replace(project, sites=(replace(project.sites[0], name=value),))
        (row, *_) = csv.DictReader(io.StringIO(rendered("csv", inventory, page_at(project))))
        assert row["name"] == cell


class TestMarkdown:
    def test_every_row_of_a_table_has_its_cells(self, project: Inventory) -> None:
        text = rendered("markdown", project, page_at(project))
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            header, *rows = [re.split(r"(?<!\\)\|", line) for line in table.splitlines()]
            assert {len(row) for row in rows} == {len(header)}

    @pytest.mark.parametrize(
        ("name", "cell"),
        [
            ("a|b", r"`a\|b`"),
            ("`", "`` ` ``"),
            ("a``b", "```a``b```"),
            ("<script>", "`<script>`"),
            (" x ", "`  x  `"),
        ],
    )
    def test_code_stays_code(self, name: str, cell: str, project: Inventory) -> None:
        inventory = replace(project, sites=(replace(project.sites[0], name=name),))
        assert f"| `0.92` | {cell} |" in rendered("markdown", inventory, page_at(project))

    def test_prose_stays_prose(self, project: Inventory) -> None:
        inventory = replace(project, skipped=(Skipped("a.py", "<img src=x> [a](b) *c* `d` e_f | g \\"),))
        assert r"| \<img src=x\> \[a\](b) \*c\* \`d\` e\_f \| g \\ |" in rendered(
            "markdown", inventory, page_at(project)
        )


class TestTable:
    @pytest.mark.parametrize("width", [90, 100, 120, 200])
    def test_rows_fit_the_page(self, width: int, project: Inventory) -> None:
        sites = tuple(replace(site, suppressions=(), test=False, exempt=None, keyed=False) for site in project.sites)
        text = rendered("table", replace(project, sites=sites), page_at(project, width=width))
        rows = re.findall(r"^  (?:line|\d+:\d+) .*", text, re.MULTILINE)
        assert len(rows) == 9
        assert max(map(display_width, rows)) <= width

    def test_columns_line_up(self, project: Inventory) -> None:
        lines = rendered("table", project, page_at(project)).split("\n")
        header = lines[0]
        for line in lines:
            if re.match(r"  \d+:\d+ ", line):
                for column in ("kind", "value", "name", "model", "evidence"):
                    at = header.index(column)
                    cells = "".join(char * display_width(char) for char in line)
                    assert cells[at - 1] == " " != cells[at]

    def test_a_column_that_says_nothing_is_left_out(self, project: Inventory) -> None:
        header = rendered("table", replace(project, sites=project.sites[:1]), page_at(project)).split("\n")[0]
        assert header.split() == ["line", "kind", "value", "name", "model", "evidence"]

    def test_totals_add_up(self, project: Inventory) -> None:
        text = rendered("table", project, page_at(project))
        rows = [
            list(map(int, row.split()[1:]))
            for row in re.findall(r"^  [a-z-]+(?: +\d+){4}$", text[text.index("Totals") :], re.MULTILINE)
        ]
        assert len(rows) == 6
        assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1] == [9, 3, 1, 5]
        assert all(row[0] == sum(row[1:]) for row in rows)
        assert "Of the 5 sites not annotated: 1 exempt, 1 suppressed." in text


class TestText:
    @given(st.text())
    def test_printable_is_printable_and_settled(self, text: str) -> None:
        assert printable(text).isprintable()
        assert printable(printable(text)) == printable(text)

    @given(st.text(st.characters(categories=["L", "N", "P", "M", "S"], exclude_characters=".")), st.integers(8, 40))
    def test_shortened_text_fits_and_keeps_its_ends(self, text: str, width: int) -> None:
        short = shorten(text, width)
        assert display_width(short) <= width
        if short != text:
            head, tail = short.rsplit("...", 1) if short.count("...") == 1 else ("", "")
            assert text.startswith(head)
            assert text.endswith(tail)
