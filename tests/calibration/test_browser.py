"""The calibration page in a real browser: no errors, no requests, every picture there, at every width, light and dark.

Where no browser is, these tests are skipped and say so; ``.ci/run`` installs one where it may.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def browser() -> tuple[str, str] | None:
    """Find a browser and its driver."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver") or shutil.which("chromedriver", path=os.environ.get("CHROMEWEBDRIVER", ""))
    return (program, driver) if program and driver else None


pytestmark = pytest.mark.skipif(
    browser() is None, reason="no browser: install chromium and chromium-driver to open the page in one"
)


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    found = browser()
    assert found is not None
    program, driver = found
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield opened
    finally:
        opened.quit()


def open_page(chrome: Any, page: Path, *, width: int = 1200, dark: bool = False) -> None:
    """Open the page at a width, with a scheme of colours, and with nothing in the logs from before."""
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for log in ("browser", "performance"):
        chrome.get_log(log)
    chrome.get(page.as_uri())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
class TestThePage:
    @pytest.fixture(autouse=True)
    def opened(self, chrome: Any, page: Path, width: int, dark: bool) -> None:
        open_page(chrome, page, width=width, dark=dark)

    def test_has_no_errors(self, chrome: Any) -> None:
        assert chrome.get_log("browser") == []
        assert chrome.title == "old-model → new-model"

    def test_requests_nothing(self, chrome: Any, page: Path) -> None:
        messages = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
        urls = {
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }
        assert {url for url in urls if not url.startswith("data:")} == {page.as_uri()}

    def test_shows_every_picture(self, chrome: Any) -> None:
        pictures = chrome.execute_script(
            """return [...document.querySelectorAll("svg")].map(svg => {
                const box = svg.getBoundingClientRect();
                const shapes = [...svg.querySelectorAll("path, rect, circle")];
                const seen = shapes.filter(shape => {
                    const {width, height} = shape.getBoundingClientRect();
                    const {fill, stroke} = getComputedStyle(shape);
                    return width + height > 0 && (fill !== "none" || stroke !== "none");
                });
                const texts = [...svg.querySelectorAll("text")].map(text => text.getBoundingClientRect().height);
                return [box.width, box.height, shapes.length, seen.length, Math.min(...texts)];
            })"""
        )
        assert len(pictures) == 10
        for width, height, shapes, seen, smallest in pictures:
            assert width >= 300
            assert height >= 150
            assert seen == shapes > 0
            assert smallest >= 8  # a text that can be read

    def test_is_not_wider_than_the_window(self, chrome: Any, width: int) -> None:
        assert chrome.execute_script("return document.documentElement.scrollWidth") <= width

    def test_keeps_texts_inside_their_pictures(self, chrome: Any) -> None:
        outside = chrome.execute_script(
            """return [...document.querySelectorAll("svg text")].filter(text => {
                const inner = text.getBoundingClientRect(), outer = text.closest("svg").getBoundingClientRect();
                return inner.left < outer.left - 1 || inner.right > outer.right + 1
                    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
            }).map(text => text.textContent)"""
        )
        assert outside == []

    def test_has_the_colours_of_its_scheme(self, chrome: Any, dark: bool) -> None:
        colour = chrome.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert colour == ("rgb(20, 24, 27)" if dark else "rgb(251, 251, 249)")


def test_an_error_would_be_seen(chrome: Any, page: Path, tmp_path: Path) -> None:
    """The tests above can fail: a script is refused, and a picture from elsewhere is refused too."""
    spoilt = tmp_path / "spoilt.html"
    text = page.read_text(encoding="utf-8")
    spoilt.write_text(text.replace("</body>", "<script>nonsense()</script></body>"), encoding="utf-8")
    open_page(chrome, spoilt)
    (entry,) = chrome.get_log("browser")
    assert "Content Security Policy" in entry["message"]
