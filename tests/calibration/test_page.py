"""The calibration page: it says what the map says, escapes what it is given, and needs nothing else."""

from __future__ import annotations

import math
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.conftest import HOSTILE, paired_vectors
from threshlint.calibration import PAIRS, TOP1, CalibrationMap, PairedSample, Space, Verdict, fit, load, top_k
from threshlint.calibration.units import unit_of
from threshlint.pages.calibration import Subject, render, words
from threshlint.pages.calibration.curve import thresholds_of
from threshlint.pages.calibration.figures import distributions, flips, mapping
from threshlint.pages.layout import sentence
from threshlint.pages.scale import Scale, short
from threshlint.pages.svg import Drawing
from threshlint.proposal import Refusal

VOID = {"meta", "link", "br"}
STYLE = Path(words.__file__).parents[1] / "templates" / "style.css"


class Elements(HTMLParser):
    """All elements of a page with their attributes, and a complaint about each that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"{tag} at {self.getpos()}")


@pytest.fixture(scope="session")
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def elements(text: str) -> Elements:
    return Elements(text)


@pytest.fixture(scope="session")
def made() -> CalibrationMap:
    old, new = paired_vectors()
    return fit(PairedSample(old, new, index_size=len(old)), Space("old", 24), Space("new", 32))


class TestThePage:
    def test_is_well_formed(self, elements: Elements) -> None:
        assert elements.wrong == []
        assert elements.open == []

    def test_runs_nothing(self, elements: Elements) -> None:
        assert "script" not in {tag for tag, _ in elements.found}
        assert [name for _, attributes in elements.found for name in attributes if name.startswith("on")] == []

    def test_loads_nothing(self, text: str, elements: Elements) -> None:
        names = ("src", "href", "srcset", "data", "action", "poster", "xlink:href")
        references = [value for _, attributes in elements.found for name in names if (value := attributes.get(name))]
        assert references == ["data:,"]
        assert "url(" not in text
        assert "@import" not in text

    def test_forbids_whatever_might_be_smuggled_in(self, elements: Elements) -> None:
        (policy,) = [
            attributes["content"]
            for tag, attributes in elements.found
            if attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    def test_escapes_texts(self, text: str) -> None:
        assert "<script>" not in text
        assert "&lt;script&gt;alert(&#39;text&#39;)&lt;/script&gt; &amp; &#34;quoted&#34;" in text

    def test_does_not_turn_the_reading_direction(self, text: str) -> None:
        assert "\u202e" in HOSTILE
        assert "\u202e" not in text
        assert "\\u202e reversed" in text

    def test_describes_every_picture(self, elements: Elements) -> None:
        pictures = [attributes for tag, attributes in elements.found if tag == "svg"]
        assert len(pictures) == 3 * 3 + 1  # two of each population and one of its flips, and that of the best hits
        for attributes in pictures:
            assert attributes["role"] == "img"
            assert len(attributes["aria-label"] or "") > 60

    def test_has_sections_with_headings(self, elements: Elements) -> None:
        ids = Counter(attributes["id"] for _, attributes in elements.found if "id" in attributes)
        assert set(ids.values()) == {1}
        named = {attributes["aria-labelledby"] for tag, attributes in elements.found if tag == "section"}
        assert named == set(ids)
        assert named >= {"sites", "pairs", "top1", "topk-10", "top-k", "evidence", "words"}

    def test_tells_a_screen_reader_what_a_column_is(self, elements: Elements) -> None:
        assert {attributes.get("scope") for tag, attributes in elements.found if tag == "th"} == {"col", "row"}

    def test_says_what_the_map_says(self, text: str, page: Path) -> None:
        made = load(page.with_name("made.thrmap"))
        answer = made.recalibrate(0.8, PAIRS)
        assert answer.new is not None
        row = text[text.index("<code>dedupe.py:3</code>") :]
        row = row[: row.index("</tr>")]
        assert f'<span class="old">0.8</span>\n→ <b class="new">{words.number(answer.new, 8)}</b>' in row
        assert f"<small>{words.interval(answer.low, answer.high)}</small>" in row
        assert words.VERDICTS[answer.verdict][0] in row
        assert words.ratio(answer.volume_ratio) in row
        assert f"{answer.f1:.2f}" in row
        assert f">{answer.positives}<" in row
        assert "catalog" in row

    def test_says_why_a_top_k_has_no_new_value(self, text: str) -> None:
        row = text[text.index("<code>dedupe.py:11</code>") :]
        row = row[: row.index("</tr>")]
        assert "no single number" in row
        assert "no new value" in row

    def test_names_both_spaces_the_sample_and_the_map(self, text: str, page: Path) -> None:
        made = load(page.with_name("made.thrmap"))
        for said in (made.digest, made.sample.digest, "old-model", "new-model", made.created, "the items themselves"):
            assert (said in text) is (said != "the items themselves")

    def test_explains_the_verdicts_that_it_has(self, text: str) -> None:
        glossary = text[text.index('class="verdicts"') :]
        shown = set(re.findall(r'class="verdict \w+" title="([\w-]+)"', text))
        assert shown
        assert set(re.findall(r"<code>([\w-]+)</code></dt>", glossary)) == shown

    def test_cuts_long_texts(self) -> None:
        old, new = paired_vectors()
        sample = PairedSample(old, new, texts=["word " * 500] * len(old))
        html = render(Subject(fit(sample, Space("old", 24), Space("new", 32)), sample))
        assert "word word …" in html
        assert max(map(len, re.findall(r'<p dir="auto">(.*?)</p>', html, re.DOTALL))) < 300

    def test_of_two_unrelated_models_has_no_good_point(self) -> None:
        old, new = paired_vectors()
        shuffled = np.random.default_rng(3).permutation(new)
        sample = PairedSample(old, shuffled)
        html = render(Subject(fit(sample, Space("old", 24), Space("new", 32)), sample))
        assert 'class="point good"/>' not in html
        assert 'class="verdict good"' not in html
        assert "row 1" in html  # neither texts nor ids: pairs are named by their rows

    @pytest.mark.parametrize("metric", ["l2", "angle", "dot"])
    def test_of_another_metric(self, metric: str) -> None:
        from threshlint.calibration.metrics import Metric

        old, new = paired_vectors()
        spaces = Space("old", 24, Metric(metric)), Space("new", 32, Metric(metric))
        sample = PairedSample(old, new)
        made = fit(sample, *spaces)
        html = render(Subject(made, sample))
        assert words.unit_words(unit_of(made.old).name) in html
        assert "nan" not in html

    def test_is_the_same_for_the_same_map_and_tells_how_far_it_is(self) -> None:
        sample = PairedSample(*paired_vectors())
        subject = Subject(fit(sample, Space("old", 24), Space("new", 32)), sample)
        told: list[float] = []
        assert render(subject) == render(subject, told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0


class TestThePictures:
    @pytest.mark.parametrize("population", [PAIRS, TOP1, top_k(10)])
    def test_of_flips_count_every_decision(self, population, made: CalibrationMap) -> None:  # type: ignore[no-untyped-def]
        answer = made.recalibrate(0.8, population)
        assert answer.new is not None
        kept, lost, gained = flips.fates_of(made, population, 0.8, answer.new).counts
        rows = made.scores[population].rows_for(0.8)
        assert kept + lost == (rows.old >= 0.8).sum() == answer.positives
        assert kept + gained == (rows.new >= answer.new).sum()

    def test_of_flips_hold_each_pair_once_and_on_its_side(self, made: CalibrationMap) -> None:
        fates = flips.fates_of(made, PAIRS, 0.8, 0.85)
        svg = str(flips.draw(made, PAIRS, fates, 0.8).__html__())
        bars = re.findall(r"<title>([\d.−]+) to ([\d.−]+): (\d+) ([a-z ]+)</title>", svg)
        drawn = Counter[str]()
        for low, high, count, fate in bars:
            drawn[fate] += int(count)
            assert float(high.replace("−", "-")) <= 0.8 or fate != "pass from now on"
            assert float(low.replace("−", "-")) >= 0.8 or fate == "pass from now on"
        kept, lost, gained = fates.counts
        assert (drawn["keep passing"], drawn["pass no more"]) == (kept, lost)
        assert 0.9 * gained <= drawn["pass from now on"] <= gained

    def test_of_scores_are_wide_enough_for_all(self, made: CalibrationMap) -> None:
        svg = distributions.draw(made, PAIRS, []).__html__()
        total = sum(made.scores[PAIRS].old_histogram(60).counts)
        assert total == made.scores[PAIRS].total
        assert f"({short(total)} in all)" in svg

    def test_of_a_map_without_an_answer_say_so(self, made: CalibrationMap) -> None:
        svg = mapping.draw(made, [], []).__html__()
        assert "nothing can be mapped with this sample" in svg
        assert 'aria-label="An empty picture' in svg

    def test_stay_on_the_page(self, text: str) -> None:
        for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
            size = re.match(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
            assert size is not None
            width, height = map(float, size.groups())
            for name, limit in (
                ("x", width),
                ("x1", width),
                ("x2", width),
                ("cx", width),
                ("y", height),
                ("cy", height),
            ):
                for value in re.findall(rf' {name}="(-?[\d.]+)"', svg):
                    assert 0 <= float(value) <= limit

    def test_thresholds_are_round_and_within_reach(self, made: CalibrationMap) -> None:
        for population in made.populations:
            thresholds = thresholds_of(made, population, [0.3])
            assert thresholds == sorted(thresholds)
            assert 5 <= len(thresholds) <= 40
            assert all(len(str(value)) <= 6 for value in thresholds)
            assert min(thresholds) <= 0.35

    @given(st.text())
    def test_escape_their_texts(self, label: str) -> None:
        drawing = Drawing(10, 10, label)
        drawing.text((1, 1), label)
        drawing.dot((1, 1), 1, "look", label)
        found = Elements(drawing.__html__())
        assert {tag for tag, _ in found.found} <= {"svg", "text", "circle", "title"}


class TestScales:
    numbers = st.floats(-1e6, 1e6, allow_nan=False)

    @given(numbers, st.floats(1e-3, 1e6), st.integers(2, 20))
    def test_ticks_are_on_the_scale_and_not_too_many(self, low: float, size: float, count: int) -> None:
        scale = Scale(low, low + size, 0, 100)
        if not scale.high > scale.low:
            return
        ticks = scale.ticks(count)
        values = [value for value, _ in ticks]
        assert values == sorted(values)
        assert len(values) <= 1.25 * count + 1
        assert all(scale.low - size * 1e-6 <= value <= scale.high + size * 1e-6 for value in values)

    @given(st.floats(0.5, 10), st.floats(20, 1e9))
    def test_logarithmic_ticks_are_powers_of_ten(self, low: float, high: float) -> None:
        for value, _ in Scale(low, high, 0, 1, log=True).ticks():
            assert math.log10(value) == pytest.approx(round(math.log10(value)))
            assert low <= value <= high

    @given(numbers, numbers)
    def test_places_stay_within_the_picture(self, value: float, other: float) -> None:
        scale = Scale(0, 1, 200, 20)
        assert 20 <= scale(value) <= 200
        assert (scale(value) >= scale(other)) or value > other

    def test_texts_have_the_digits_that_tell_them_apart(self) -> None:
        assert [text for _, text in Scale(0.85, 0.95, 0, 1).ticks(5)] == ["0.86", "0.88", "0.90", "0.92", "0.94"]
        assert [text for _, text in Scale(-1, 1, 0, 1).ticks(4)] == ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
        assert [text for _, text in Scale(0.0, 0.1, 0, 1).ticks(4)] == ["0.000", "0.025", "0.050", "0.075", "0.100"]
        assert [text for _, text in Scale(0.5, 2e7, 0, 1, log=True).ticks(9)][-2:] == ["1M", "10M"]


class TestWords:
    def test_every_verdict_has_some(self) -> None:
        assert set(words.VERDICTS) == {*Verdict, *Refusal}

    @pytest.mark.parametrize(
        ("low", "high", "said"),
        [
            (0.91812, 0.92933, "0.918 to 0.929"),
            (0.8, 0.8, "0.800 to 0.800"),
            (-0.5, 0.25, "−0.50 to 0.25"),
            (-math.inf, 0.5, "up to 0.500"),
            (0.5, math.inf, "from 0.500 on"),
            (-math.inf, math.inf, "anything"),
            (120.4, 380.2, "120 to 380"),
            (None, 0.5, "–"),
        ],
    )
    def test_of_intervals_have_the_digits_that_matter(self, low: float | None, high: float | None, said: str) -> None:
        assert words.interval(low, high) == said

    @pytest.mark.parametrize(
        ("value", "said"),
        [(0.0, "0 %"), (1.0, "100 %"), (0.256, "26 %"), (0.0256, "2.6 %"), (0.0000183, "0.0018 %"), (None, "–")],
    )
    def test_of_shares(self, value: float | None, said: str) -> None:
        assert words.share(value) == said

    def test_become_sentences(self) -> None:
        assert sentence("add `unit=l2` to <it>") == "Add <code>unit=l2</code> to &lt;it&gt;."
        assert sentence("Is it?") == "Is it?"
        assert sentence("") == "."


class TestColours:
    """Text and marks stand out from what is behind them, in light and in dark (WCAG 2.2, contrast 4.5 and 3)."""

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_contrast(self, scheme: str) -> None:
        light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in self.schemes())
        colours = light if scheme == "light" else {**light, **dark}
        for back in ("paper", "card"):
            for name in ("ink", "muted", "old", "new", "good", "bad", "open"):
                assert contrast(colours[name], colours[back]) >= 4.5, (name, back)
            for name in ("kept", "lost", "gained"):
                assert contrast(colours[name], colours[back]) >= 3 or name == "kept", (name, back)
        for name in ("old", "new", "good", "bad", "open"):
            assert contrast(colours["number"], colours[name]) >= 4.5, name

    def schemes(self) -> tuple[str, str]:
        light, dark = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)
        return light, dark


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
