"""Every kind of page on a phone: nothing is cut off, no number stands without its name, all can be tapped."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mine2magnet.model import LANGUAGES
from tests.end_to_end.conftest import Site
from tests.end_to_end.test_languages import PAGES, PLANT, TOPIC

LEAST = 24  # px of what is tapped (WCAG 2.2, 2.5.8)
RULES = {"rules": {"target-size": {"enabled": True}}}  # of axe-core, for links within lists and tables
# With all details open: cells whose column is named neither above nor before them, and what is too small.
LOOK = """() => {
  for (const details of document.querySelectorAll("main details")) details.open = true;
  const seen = (one) => one.getBoundingClientRect().width > 0;
  const bare = [], small = [];
  for (const cell of document.querySelectorAll("tbody td")) {
    const head = cell.closest("table").querySelector("thead");
    const control = cell.querySelector("button, input, form") || cell.colSpan > 1;
    if (!head || !seen(cell) || !cell.innerText.trim() || control) continue;
    const label = getComputedStyle(cell, "::before").content;
    const unsaid = ["none", "normal", '""'].includes(label);
    if (unsaid && getComputedStyle(head).display === "none") bare.push(cell.innerText);
  }
  const links = "nav a, .download a, .pager a, .tabs a";
  const tapped = `button, select, input:not([type=hidden]), textarea, summary, ${links}`;
  for (const one of document.querySelectorAll(tapped)) {
    const box = (one.closest("label") ?? one).getBoundingClientRect();
    if (seen(one) && !one.closest(".unseen") && Math.min(box.width, box.height) < LEAST - 0.5)
      small.push(`${one.tagName} ${one.innerText || one.name} ${box.width}×${box.height}`);
  }
  const { scrollWidth: wide, scrollHeight: high } = document.documentElement;
  return { wide, high, bare, small };
}""".replace("LEAST", str(LEAST))


def opened(page: Page, path: str) -> Any:
    page.goto(path)
    page.wait_for_function("() => !document.getElementById('separation-working')")
    return page.evaluate(LOOK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_fits_names_its_numbers_and_is_open_to_all(
    open_page: Page, site: Site, language: str
) -> None:
    """Open to all: axe-core on each kind of page in one of the languages, light or dark."""
    page = open_page
    document = site.json("/documents?format=json")["page"]["cards"][0]["document"]["id"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/topics?lang={language}")
    found, barred = {}, {}
    # no page of these is there, or nobody is let in: 404 and 401 are right, and said in the console
    missing = {"", "/jobs/{id}", "/log-in/openid", "/log-in/openid/back"}
    missing.add("/documents/{id}/digest")  # a part of a page, which the page itself fetches
    kinds = (paths[0] for kind, paths in PAGES.items() if kind not in missing)
    for number, path in enumerate(one.format(document=document) for one in kinds):
        told = opened(page, path)
        found[path] = (told["wide"], told["bare"][:5], told["small"][:5])
        if LANGUAGES[number % len(LANGUAGES)] == language:
            page.emulate_media(color_scheme="dark" if number % 2 else "light")
            barred[path] = Axe().run(page, options=RULES).response["violations"]
    assert {path: what for path, what in found.items() if what != (390, [], [])} == {}
    assert {path: violations for path, violations in barred.items() if violations} == {}


def test_a_plant_and_a_topic_s_claims_are_no_endless_scroll(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    plant = opened(page, f"/separation?{PLANT}")
    assert (plant["wide"], plant["bare"]) == (390, [])
    assert opened(page, f"{TOPIC}/claims")["high"] < 25_000  # px; it was 37,000
    assert page.locator("table.claims tbody tr").count() == 50


CHARTS = """() => [...document.querySelectorAll("main figure.chart svg")]
  .filter((one) => one.getBoundingClientRect().width > 0)
  .map((one) => {
    const around = [one, one.parentElement].map((each) => each.getBoundingClientRect());
    const left = Math.max(...around.map((box) => box.left));
    const right = Math.min(...around.map((box) => box.right));
    const said = [...one.querySelectorAll("text")].filter((text) => text.textContent);
    const boxes = said.map((text) => text.getBoundingClientRect());
    const out = boxes.filter((box) => box.left < left - 1 || box.right > right + 1);
    return [one.getAttribute("aria-label"), out.length, boxes.filter((box) => box.height < 9).length];
  })"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plant_s_charts_stand_within_the_screen_with_all_their_labels(
    open_page: Page, language: str
) -> None:
    page = open_page
    shown = {}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        opened(page, f"/separation?{PLANT}&lang={language}")
        page.locator("#separation-results").wait_for(timeout=120_000)
        page.evaluate(LOOK)
        shown[width] = page.evaluate(CHARTS)
    assert len(shown[390]) == len(shown[1280]) > 8
    assert [one for one in shown[390] if one[1:] != [0, 0]] == []
    assert [one for one in shown[1280] if one[1:] != [0, 0]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["/stress", "/compare"])
def test_charts_of_a_test_stand_within_the_screen_with_all_their_labels(
    open_page: Page, kind: str, language: str
) -> None:
    page, (path, *_) = open_page, PAGES[kind]
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, f"{path}&lang={language}")
    page.wait_for_function("() => document.querySelector('main figure.chart')")
    page.evaluate(LOOK)
    shown = page.evaluate(CHARTS)
    assert len(shown) == (10 if kind == "/stress" else 1)
    assert [one for one in shown if one[1:] != [0, 0]] == []


def test_a_plant_s_charts_are_open_to_all(open_page: Page) -> None:
    open_page.set_viewport_size({"width": 390, "height": 844})
    opened(open_page, f"/separation?{PLANT}")
    assert Axe().run(open_page).response["violations"] == []
