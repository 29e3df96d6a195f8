"""Claims as an analyst corrects them in a browser, with script and without."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import Site

PATH = "/topics/t-7b8cbc33/claims?all=1"


@pytest.fixture(scope="module")
def claim(site: Site) -> Any:
    """The first claim of the page, once all are taken."""
    site.wait("/status", lambda found: not found["unclaimed"])
    return site.wait(PATH, lambda found: found["claims"])["claims"][0]["claim"]


def test_a_click_on_a_slot_opens_its_form_in_the_row(page: Page, claim: Any) -> None:
    page.goto(PATH)
    page.evaluate("window.loadedOnce = true")
    row = page.locator("table.claims tbody tr").first
    row.get_by_title("Correct: Who or where").click()
    form = page.locator("form.correction")
    expect(form.get_by_label("Who or where", exact=True)).to_be_focused()
    assert page.evaluate("window.loadedOnce"), "the page was not loaded anew"
    form.get_by_label("To or from whom", exact=True).fill("Toy Works")
    form.get_by_label("Your name").fill("Mei Tanaka")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("p.theirs").first).to_have_text("corrected by Mei Tanaka: To or from whom")
    expect(page.locator("table.claims tbody tr").first).to_contain_text("Toy Works")
    page.locator("a.mend").first.click()
    expect(page.get_by_label("Your name")).to_have_value("Mei Tanaka")
    page.keyboard.press("Escape")
    expect(page.locator("form.correction")).to_have_count(0)
    page.locator("a.mend").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("p.theirs")).to_have_count(0)


def test_without_script_it_is_the_same(browser: Browser, site: Site, claim: Any) -> None:
    plain = browser.new_context(base_url=site.url, java_script_enabled=False, locale="ja-JP")
    page = plain.new_page()
    page.goto(PATH)
    page.locator("a.mend").first.click()
    page.get_by_role("button", name="すべて正しい").click()
    expect(page.locator("p.theirs").first).to_have_text("読者 が確認")
    page.locator("a.mend").first.click()
    page.get_by_role("button", name="取り消す").click()
    expect(page.locator("p.theirs")).to_have_count(0)
    plain.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_form_fits_its_screen(page: Page, claim: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(PATH)
    page.locator("a.mend").first.click()
    form = page.locator("form.correction")
    expect(form).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in (one.bounding_box() for one in form.locator("input:visible, select, button:visible").all()):
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
