"""``threshlint rewrite``: what it proposes and writes, what it refuses and why, and what its exit code is."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.calibrated import NEW, OLD, made_map, write_map
from threshlint.calibration import PAIRS, TOP1, Population
from threshlint.cli import main

SHOP = """\
import faiss
from itertools import combinations
from sklearn.metrics.pairwise import cosine_similarity

DUPLICATE = 0.9  # threshold@old-model owner=catalog
HIT = {  # threshold@key
    "old-model": 0.9,  # measured, in May
}
index = faiss.IndexFlatIP(32)


def duplicates(vectors):
    close = cosine_similarity(vectors) > DUPLICATE
    return [(i, j) for i, j in combinations(range(len(vectors)), 2) if close[i][j]]


def cached(asked, vectors, model):
    best = cosine_similarity([asked], vectors)[0].max()
    return best > HIT[model]


def related(query, vectors):
    found = cosine_similarity([query], vectors)[0].argsort()[::-1][:5]  # threshold@old-model
    return found
"""
# A rule that no threshold of the new model reproduces: hardly any query fails it.
UNLIKE = "def f(q, v):\n    return cosine_similarity([q], v)[0].max() > 0.7  # threshold@old-model\n"
PAIR = "DUPLICATE = {value}  # threshold@{model} owner=catalog\n"


def run(*args: str) -> Result:
    result = CliRunner().invoke(main, args, prog_name="threshlint")
    assert "Traceback" not in result.output, result.output
    assert "threshlint itself failed" not in result.output, result.output
    return result


def proposals(*args: str) -> list[dict[str, Any]]:
    result = run("rewrite", "--map", "old-to-new.thrmap", "--output-format", "json", *args)
    return json.loads(result.stdout)["proposals"]  # type: ignore[no-any-return]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "threshlint.toml").write_text("")
    (tmp_path / "shop.py").write_text(SHOP)
    write_map(tmp_path)
    return tmp_path


def answer(population: Population, threshold: float = 0.9) -> float | None:
    """What the map answers."""
    return made_map().recalibrate(threshold, population, inclusive=False).new


def rewrite(*args: str) -> Result:
    return run("rewrite", "--map", "old-to-new.thrmap", *args)


def one_site(project: Path, source: str, *args: str) -> dict[str, Any]:
    (project / "shop.py").write_text("from sklearn.metrics.pairwise import cosine_similarity\n" + source)
    (proposal,) = proposals(*args)
    return proposal


def test_a_table_of_proposals(project: Path) -> None:
    result = rewrite()
    assert result.exit_code == 1
    assert (project / "shop.py").read_text() == SHOP
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "old-model -> new-model"
    assert max(map(len, lines)) <= 100
    (duplicate,) = (line for line in lines if "DUPLICATE" in line)
    assert duplicate.split()[:4] == ["5:13", "DUPLICATE", "0.9", str(answer(PAIRS))]
    assert duplicate.endswith("ok")
    assert "  similarity-threshold over pairs, in cosine-similarity; rests on " in result.stdout
    assert "  similarity-threshold over top1, in cosine-similarity; rests on " in result.stdout
    assert "the new top 5 holds " in result.stdout
    assert lines[-1] == "3 proposals: 2 ok, 1 refused; 1 file scanned."
    assert "\x1b" not in result.stdout


def test_a_diff_that_can_be_applied(project: Path) -> None:
    result = rewrite("--diff")
    assert result.exit_code == 1
    assert "shop.py:23:69: top-k 5 is left: no-scalar-map: " in result.stderr
    assert result.stderr.endswith("Would rewrite 2 sites in 1 file; 1 left.\n")
    assert (project / "shop.py").read_text() == SHOP
    subprocess.run(["git", "apply", "-"], input=result.stdout_bytes, cwd=project, check=True)
    by_diff = (project / "shop.py").read_text()
    (project / "shop.py").write_text(SHOP)
    assert rewrite("--write").exit_code == 1
    assert (project / "shop.py").read_text() == by_diff


def test_it_writes_values_and_annotations_and_nothing_else(project: Path) -> None:
    result = rewrite("--write")
    assert result.exit_code == 1
    assert result.stderr == "Rewrote 2 sites in 1 file; 1 left.\n"
    pair, hit = (proposal["new"] for proposal in json_of(project)[:2])
    assert (project / "shop.py").read_text() == SHOP.replace(
        PAIR.format(value=0.9, model=OLD), PAIR.format(value=pair, model=NEW)
    ).replace("0.9,  # measured, in May\n", f'0.9,  # measured, in May\n    "new-model": {hit},\n')


def json_of(project: Path) -> list[dict[str, Any]]:
    """Return what is proposed for the file as it was."""
    now = (project / "shop.py").read_text()
    (project / "shop.py").write_text(SHOP)
    found = proposals()
    (project / "shop.py").write_text(now)
    return found


def test_running_it_twice_changes_nothing_more(project: Path) -> None:
    *_, k = proposals()
    accept = ("--accept", f"{k['fingerprint']}=8")
    assert rewrite("--write", *accept).exit_code == 0
    once = (project / "shop.py").read_bytes()
    assert once.count(b"new-model") == 3
    again = rewrite("--write", *accept)
    assert (again.exit_code, again.stderr) == (0, "Rewrote 0 sites in 0 files.\n")
    assert (project / "shop.py").read_bytes() == once
    assert run("check").exit_code == 0


def test_what_the_owner_put_into_a_table_stays(project: Path) -> None:
    (project / "shop.py").write_text(SHOP.replace("# measured, in May\n", "\n    'new-model': 0.5,\n"))
    before = (project / "shop.py").read_text()
    assert rewrite("--write", "--kind", "similarity-threshold").exit_code == 0
    assert "'new-model': 0.5,\n" in (project / "shop.py").read_text()
    assert rewrite("--write", "--accept", "shop.py:7=0.6", "--kind", "similarity-threshold").exit_code == 0
    assert "'new-model': 0.6,\n" in (project / "shop.py").read_text()
    assert len((project / "shop.py").read_text().splitlines()) == len(before.splitlines())


def test_every_number_of_the_json(project: Path) -> None:
    pair, hit, k = proposals()
    assert pair == pair | {
        "path": "shop.py",
        "line": 5,
        "kind": "similarity-threshold",
        "owner": "catalog",
        "old": 0.9,
        "population": "pairs",
        "unit": "cosine-similarity",
        "verdict": "ok",
        "reason": "",
        "method": "count-matching",
        "accepted": False,
        "obstacle": None,
    }
    assert pair["low"] < pair["new"] < pair["high"]
    assert 0 < pair["volume_low"] < pair["volume_ratio"] < pair["volume_high"]
    assert 0 < pair["kappa_low"] < pair["kappa"] < 1
    assert (hit["population"], hit["keyed"], hit["verdict"]) == ("top1", True, "ok")
    assert hit["new"] != pair["new"]
    assert (k["kind"], k["verdict"], k["new"], k["method"]) == ("top-k", "no-scalar-map", None, None)
    assert 0 < k["top_k"]["overlap"] < 1
    assert [each["share"] for each in k["top_k"]["recovery"]] == [0.8, 0.9, 0.95]


def test_markdown(project: Path) -> None:
    text = rewrite("--output-format", "markdown").stdout
    assert text.startswith("# Thresholds from `old-model` to `new-model`\n\nFrom a map of ")
    assert f"| `shop.py:5:13` | `DUPLICATE` | similarity-threshold | pairs | `0.9` | `{answer(PAIRS)}` | " in text
    assert "| `shop.py:23:69` | no-scalar-map | how many hits to take has no counterpart in scores" in text


def test_an_output_file(project: Path) -> None:
    result = rewrite("--output-format", "json", "-o", "proposals.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(json.loads((project / "proposals.json").read_text())["proposals"]) == 3
    assert rewrite("--diff", "-o", "a.diff").stdout == ""
    assert (project / "a.diff").read_text().startswith("--- a/shop.py\n")


class TestWhatIsNotKnown:
    def test_the_population(self, project: Path) -> None:
        source = "def f(a, b):\n    return cosine_similarity([a], [b])[0][0] > 0.9  # threshold@old-model{}\n"
        refused = one_site(project, source.format(""))
        assert (refused["verdict"], refused["new"]) == ("population-unknown", None)
        assert "`population=top1`" in refused["reason"]
        pairs = one_site(project, source.format(" population=pairs"))
        best = one_site(project, source.format(" population=top1"))
        hits = one_site(project, source.format(" population=topk:5"))
        assert pairs["verdict"] == best["verdict"] == hits["verdict"] == "ok"
        assert len({pairs["new"], best["new"], hits["new"]}) == 3
        absent = one_site(project, source.format(" population=topk:9"))
        assert (absent["verdict"], absent["population"]) == ("not-in-map", "topk:9")
        assert "calibrate again with --population topk:9" in absent["reason"]
        nonsense = one_site(project, source.format(" population=all-pairs"))
        assert nonsense["verdict"] == "population-unknown"
        assert "unknown population 'all-pairs'" in nonsense["reason"]

    def test_the_unit(self, project: Path) -> None:
        source = "def f(score, close):\n    return close(score_of(query_embedding, similarity)) > 0.9\n"
        source = (
            "def f(query_embedding, similarity_threshold=0.9):  # threshold@old-model population=pairs{}\n"
            "    return [one for one in store(query_embedding) if one.similarity > similarity_threshold]\n"
        )
        refused = one_site(project, source.format(""))
        assert (refused["verdict"], refused["new"]) == ("unit-unknown", None)
        assert "add `unit=cosine-similarity`" in refused["reason"]
        assert one_site(project, source.format(" unit=cosine"))["verdict"] == "ok"
        certainty = one_site(project, source.format(" unit=certainty").replace("0.9", "0.95"))
        pairs = answer(PAIRS)
        assert pairs is not None
        assert certainty["new"] == pytest.approx((1 + pairs) / 2, abs=1e-4)
        backwards = one_site(project, source.format(" unit=cosine-distance"))
        assert (backwards["verdict"], backwards["new"]) == ("unit-unknown", None)
        assert "lower is closer" in backwards["reason"]
        assert "`unit=cosine-similarity`" in backwards["reason"]
        foreign = one_site(project, source.format(" unit=dot"))
        assert foreign["verdict"] == "not-in-map"
        share = one_site(project, source.format(" unit=percentile"))
        assert share["verdict"] == "no-scalar-map"

    def test_what_the_configuration_says(self, project: Path) -> None:
        source = (
            "def f(query_embedding, similarity_threshold=0.9):  # threshold@old-model{}\n"
            "    return [one for one in store(query_embedding) if one.similarity > similarity_threshold]\n"
        )
        (project / "threshlint.toml").write_text(
            'units = { "*" = "cosine-similarity" }\npopulations = { "*.py" = "pairs", "shop.py" = "top1" }\n'
        )
        said = one_site(project, source.format(""))
        assert (said["unit"], said["population"]) == ("cosine-similarity", "top1")
        assert one_site(project, source.format(" population=pairs"))["population"] == "pairs"


def test_a_distance_in_a_map_of_cosines(project: Path) -> None:
    source = "def f(v):\n    return (1 - cosine_similarity(v)) < 0.1  # threshold@old-model\n"
    proposal = one_site(project, source)
    assert (proposal["kind"], proposal["unit"], proposal["population"]) == (
        "distance-threshold",
        "cosine-distance",
        "pairs",
    )
    similar = one_site(project, "def f(v):\n    return cosine_similarity(v) > 0.9  # threshold@old-model\n")
    assert proposal["new"] == pytest.approx(1 - similar["new"], abs=1e-4)
    assert proposal["volume_ratio"] == pytest.approx(similar["volume_ratio"])


def test_clusters(project: Path) -> None:
    source = (
        "from sklearn.cluster import DBSCAN\n"
        "def f(v):\n"
        "    # threshold@old-model\n"
        '    return DBSCAN(eps=0.1, min_samples=5, metric="cosine").fit(v)\n'
    )
    (project / "shop.py").write_text(source)
    eps, smallest = sorted(proposals(), key=lambda proposal: proposal["column"])
    assert (eps["unit"], eps["population"], eps["verdict"]) == ("cosine-distance", "pairs", "ok")
    assert (smallest["verdict"], smallest["new"]) == ("no-scalar-map", None)
    assert "a count has no counterpart" in smallest["reason"]


class TestAccept:
    def test_a_refused_value_is_written_only_then(self, project: Path) -> None:
        source = UNLIKE
        refused = one_site(project, source)
        assert (refused["verdict"], refused["new"]) == ("needs-labels", answer(TOP1, 0.7))
        before = (project / "shop.py").read_text()
        assert rewrite("--write").exit_code == 1
        assert (project / "shop.py").read_text() == before
        accepted = one_site(project, source, "--accept", "shop.py:3=0.750")
        assert (accepted["verdict"], accepted["new"], accepted["method"]) == ("needs-labels", 0.75, "accepted")
        assert accepted["low"] is accepted["f1"] is accepted["volume_ratio"] is None
        assert accepted["positives"] == refused["positives"]
        assert accepted["irreducible_disagreement"] == refused["irreducible_disagreement"]
        assert rewrite("--write", "--accept", f"{refused['fingerprint']}=0.750").exit_code == 0
        assert (project / "shop.py").read_text() == before.replace(
            "0.7  # threshold@old-model", "0.750  # threshold@new-model"
        )

    def test_the_maps_own_value_keeps_its_numbers(self, project: Path) -> None:
        source = UNLIKE
        own = one_site(project, source)["new"]
        accepted = one_site(project, source, "--accept", f"shop.py:3={own}")
        assert (accepted["accepted"], accepted["method"]) == (True, "count-matching")
        assert accepted["f1"] is not None

    def test_paths_from_below(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (project / "lib").mkdir()
        (project / "shop.py").rename(project / "lib" / "shop.py")
        monkeypatch.chdir(project / "lib")
        for place in ("shop.py:23", "lib/shop.py:23", "./shop.py:23:69"):
            result = run("rewrite", "--map", "../old-to-new.thrmap", "--accept", f"{place}=8", "--diff")
            assert result.exit_code == 0, result.output
            assert "[:8]  # threshold@new-model" in result.stdout

    def test_an_unchanged_value_is_signed(self, project: Path) -> None:
        assert rewrite("--write", "--kind", "top-k", "--accept", "shop.py:23=5").exit_code == 0
        assert "[:5]  # threshold@new-model\n" in (project / "shop.py").read_text()

    @pytest.mark.parametrize(
        ("choice", "message"),
        [
            ("0.9", "is no SITE=VALUE"),
            ("shop.py:5=high", "'high' is no number"),
            ("shop.py:1=0.9", "there is no such site"),
            ("0123456789abcdef=0.9", "there is no such site"),
            ("shop.py:26=0.9", "there is no proposal for similarity-threshold 0.3 there; it is annotated with other"),
            ("shop.py:27=0.9", "may be any of shop.py:27:"),
        ],
    )
    def test_choices_that_fit_nothing(self, project: Path, choice: str, message: str) -> None:
        more = (
            "cut = cosine_similarity(a, b)[0][0] > 0.3  # threshold@other\n"
            "two = cosine_similarity(a, b) > 0.3 or cosine_similarity(a, b) > 0.4  # threshold@old-model\n"
        )
        (project / "shop.py").write_text(f"{SHOP}\n{more}")
        result = rewrite("--write", "--accept", choice)
        assert result.exit_code == 2
        assert message in " ".join(result.stderr.split())
        assert (project / "shop.py").read_text() == f"{SHOP}\n{more}"

    def test_two_values_for_one_site(self, project: Path) -> None:
        result = rewrite("--accept", "shop.py:5=0.9", "--accept", "./shop.py:5=0.8")
        assert result.exit_code == 2
        assert "is given both 0.9 and 0.8; keep one" in result.stderr

    def test_half_a_result(self, project: Path) -> None:
        result = rewrite("--write", "--kind", "top-k", "--accept", "shop.py:23=8.5")
        assert result.exit_code == 1
        assert "it cannot be written: 8.5 is not whole, and 5 counts results" in " ".join(result.stdout.split())
        assert (project / "shop.py").read_text() == SHOP


def test_one_site_that_cannot_be_written_leaves_the_others(project: Path) -> None:
    source = (
        "def f(vectors, model):\n"
        '    if model == "old-model":\n'
        "        cutoff = 0.95\n"
        "    return cosine_similarity(vectors) > cutoff\n"
    )
    (project / "threshlint.toml").write_text('models = ["old-model", "new-model"]\n')
    (project / "shop.py").write_text(f"{SHOP}\n\n{source}")
    result = rewrite("--write", "--kind", "similarity-threshold")
    assert result.exit_code == 1
    assert "0.95 belongs to old-model by its branch or its Enum; add the new model there by hand" in " ".join(
        result.stdout.split()
    )
    text = (project / "shop.py").read_text()
    assert text.endswith(source)
    assert text.count("new-model") == 2
    ast.parse(text)


class TestWhichSites:
    def test_names_are_joined_by_aliases(self, project: Path) -> None:
        (project / "threshlint.toml").write_text('aliases = { "old-model" = ["vendor/old"], "new-model" = ["new"] }\n')
        source = "def f(v):\n    return cosine_similarity(v) > 0.9  # threshold@vendor/old\n"
        assert one_site(project, source)["verdict"] == "ok"

    def test_a_truncated_space_is_another(self, project: Path) -> None:
        (project / "shop.py").write_text(SHOP.replace("threshold@old-model owner", "threshold@old-model@16 owner"))
        result = rewrite()
        assert "1 site of old-model@16: another space than old-model, which needs a map of its own" in result.stderr
        assert len(proposals()) == 2

    def test_one_value_for_several_models(self, project: Path) -> None:
        source = "def f(v):\n    return cosine_similarity(v) > 0.9  # threshold@{}\n"
        shared = one_site(project, source.format("old-model,other"))
        assert (shared["verdict"], shared["new"]) == ("several-models", None)
        (project / "shop.py").write_text(source.format("old-model,new-model"))
        assert proposals() == []

    def test_what_the_check_would_let_pass_is_left_alone(self, project: Path) -> None:
        import_line = "from sklearn.metrics.pairwise import cosine_similarity\n"
        (project / "threshlint.toml").write_text('per-file-ignores = { "old/" = ["THR204"] }\n')
        for name in ("tests", "old"):
            (project / name).mkdir()
            (project / name / "a.py").write_text(SHOP)
        (project / "shop.py").write_text(
            import_line + "def f(v):\n    # threshlint: ignore[THR204] theirs\n"
            "    return cosine_similarity(v) > 0.9  # threshold@old-model\n"
        )
        assert proposals() == []
        (project / "threshlint.toml").write_text("tests = true\n")
        assert {proposal["path"] for proposal in proposals()} == {"tests/a.py", "old/a.py"}

    def test_no_site_of_the_old_model(self, project: Path) -> None:
        (project / "shop.py").write_text(SHOP.replace("old-model", "other"))
        result = rewrite()
        assert result.exit_code == 0
        assert result.stderr == "No site is annotated with old-model; there are sites of other.\n"
        assert result.stdout.endswith("0 proposals; 1 file scanned.\n")

    def test_what_cannot_be_analysed_is_named(self, project: Path) -> None:
        (project / "broken.py").write_text("def f(:\n")
        result = rewrite("--write", "--accept", "shop.py:23=8")
        assert result.exit_code == 2
        assert "broken.py: cannot be parsed" in result.stdout
        assert "new-model" in (project / "shop.py").read_text()


def test_a_read_only_file_stops_everything(project: Path) -> None:
    (project / "a.py").write_text(SHOP)
    (project / "shop.py").chmod(0o444)
    result = rewrite("--write")
    assert result.exit_code == 2
    assert result.stderr == "Error: shop.py is read-only; make it writable first; no file was changed\n"
    assert (project / "a.py").read_text() == SHOP


def test_limits_are_options(project: Path) -> None:
    source = "def f(v):\n    return cosine_similarity(v) > 0.9  # threshold@old-model\n"
    assert one_site(project, source)["verdict"] == "ok"
    assert one_site(project, source, "--limit", "kappa=0.99")["verdict"] == "needs-labels"
    both = one_site(project, source, "--limit", "kappa=0.1", "--limit", "volume=0.0001")
    assert both["verdict"] == "insufficient-tail"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--diff", "--write"), "--diff stands alone"),
        (("--diff", "--output-format", "json"), "--diff stands alone"),
        (("--output-format", "csv"), "Invalid value for '--output-format'"),
        (("--limit", "taste=1"), "is none of kappa, volume, same_hit with a value above 0"),
        (("--limit", "kappa=nan"), "is none of kappa, volume, same_hit with a value above 0"),
        (("--target", "beauty"), "is neither precision nor recall"),
        (("--target", "precision=7"), "is neither precision nor recall"),
        (("--target", "precision"), "the map has no labels: calibrate with --labels first"),
        (("-o", "no/such/folder"), "there is no folder"),
    ],
)
def test_options_that_cannot_be(project: Path, args: tuple[str, ...], message: str) -> None:
    result = rewrite(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert (project / "shop.py").read_text() == SHOP


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('models = ["old-model"]', "`new-model` is not among the `models` of the configuration; add it there first"),
        ('retired = ["new-model"]', "`new-model` is retired in the configuration"),
    ],
)
def test_a_new_model_that_the_next_check_would_find(project: Path, settings: str, message: str) -> None:
    (project / "threshlint.toml").write_text(settings)
    for how in ("--write", "--diff"):
        result = rewrite(how)
        assert result.exit_code == 2
        assert message in result.stderr
    assert rewrite().exit_code == 1
    assert (project / "shop.py").read_text() == SHOP


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"not a map"])
def test_no_map(project: Path, content: bytes | None) -> None:
    file = project / "other.thrmap"
    if content is not None:
        file.write_bytes(content)
    result = run("rewrite", "--map", "other.thrmap")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert "other.thrmap" in result.stderr
