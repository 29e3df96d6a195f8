"""Figures as an analyst meets them in a browser: a conflict, a mark's sentence, a row's way to the text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.end_to_end.conftest import Site

SLUG = "t-7b8cbc33"
WEEKS, MONTHS = "four to six weeks", "two to three months"
ASKED = f"/topics/{SLUG}/figures?measure=stock_cover&subject=india"
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="article:published_time" content="2025-06-{day}T10:00:00+02:00"></head><body><article>
<h1>{title}</h1><p>Carmakers in India have stocks of magnets for {time}, according to a survey of buyers.</p>
<p>Nobody asked for a name, and each of the plants that were visited keeps its own books of what is left on
the shelves, so that an answer is a guess of the person who gave it rather than a count.</p>
<p>The rest of this page is of ordinary length, so that it counts as an article.</p></article>"""


@pytest.fixture(scope="module")
def told(site: Site, browser: Any) -> Any:
    """The JSON of the figures page once both reports are read and their claims taken."""
    page = browser.new_page(base_url=site.url)
    for name, day, time in (("weeks", "05", WEEKS), ("months", "19", MONTHS)):
        title = f"Indian plants and their shelves, in {name}"
        (site.files / f"{name}.html").write_text(PAGE.format(title=title, day=day, time=time), "utf-8")
        page.goto("/sources")
        page.get_by_label("Address of a web page").fill(f"{site.files_url}/{name}.html")
        page.get_by_role("button", name="Add source").click()
    page.close()
    return site.wait(ASKED, lambda found: found["figures"] and found["figures"][0]["conflicts"])


def test_a_conflict_shows_both_sentences_side_by_side(page: Page, told: Any) -> None:
    page.goto(f"/topics/{SLUG}")
    page.get_by_role("navigation", name="Views of the topic").get_by_role("link", name="Figures").click()
    page.get_by_label("Who or where").select_option("india")
    figure = page.locator("section.figure", has_text="India · stock cover").first
    conflict = figure.get_by_role("group", name="Conflict")
    expect(conflict.get_by_role("heading")).to_have_text("Conflict: 4–6 weeks against 2–3 months")
    left, right = (conflict.locator("blockquote").nth(n) for n in (0, 1))
    expect(left.locator("mark")).to_have_text(WEEKS)
    expect(right.locator("mark")).to_have_text(MONTHS)
    a, b = left.bounding_box(), right.bounding_box()
    assert a
    assert b
    assert a["y"] == b["y"]
    assert a["x"] + a["width"] <= b["x"]


def test_a_mark_says_its_sentence_when_pointed_at_or_focused(page: Page, told: Any) -> None:
    page.goto(ASKED)
    tip = page.locator("#tip")
    marks = page.locator(".plot .dot")
    expect(marks).to_have_count(2)
    expect(tip).to_be_hidden()
    marks.nth(0).hover()
    expect(tip).to_contain_text("4–6 weeks")
    expect(tip).to_contain_text(f"stocks of magnets for {WEEKS}")
    expect(tip).to_contain_text("5 Jun 2025")
    marks.nth(1).focus()
    expect(tip).to_contain_text(MONTHS)
    box = tip.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    first, second = (marks.nth(n).bounding_box() for n in (0, 1))
    assert first
    assert second
    assert first["x"] < second["x"], "later is further right"
    assert first["y"] > second["y"], "more is higher up"


def test_a_mark_opens_its_sentence(page: Page, told: Any) -> None:
    page.goto(ASKED)
    page.locator(".plot .dot").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("li:target mark")).to_have_text(WEEKS)
    expect(page.locator("li:target .said")).to_contain_text("Carmakers in India")


def test_a_row_opens_its_sentence_with_the_figure_marked(page: Page, told: Any) -> None:
    page.goto(f"/topics/{SLUG}/claims?subject=india&measure=stock_cover")
    expect(page.locator("table.claims tbody tr")).to_have_count(2)
    page.get_by_role("link", name="When").click()
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?subject=india&measure=stock_cover&sort=period")
    page.locator("tr", has_text=MONTHS).get_by_role("link", name="2–3 months").click()
    opened = page.locator("li:target")
    expect(opened).to_be_in_viewport()
    expect(opened.locator("mark")).to_have_text(MONTHS)
    page.get_by_role("link", name="1 claim").click()
    expect(page.locator("table.claims tbody tr")).to_have_count(1)


def test_the_table_beside_a_plot_says_the_same(page: Page, told: Any) -> None:
    page.goto(ASKED)
    page.locator("section.figure summary", has_text="As a table").first.click()
    rows = page.locator("section.figure table tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("4–6 weeks")
    expect(rows.nth(1)).to_contain_text("2–3 months")


def test_without_script_marks_have_titles_and_lead_to_the_text(
    context: BrowserContext, site: Site, told: Any
) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=site.url, java_script_enabled=False)
    page = plain.new_page()
    page.goto(ASKED)
    mark = page.locator(".plot .dot").first
    assert WEEKS in (mark.locator("title").text_content() or "")
    page.goto(mark.get_attribute("href") or "")
    expect(page.locator("li:target mark")).to_have_text(WEEKS)
    plain.close()


def test_a_phone_shows_figures_and_claims_in_its_width(page: Page, told: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for language in ("en", "zh", "ja"):
        for tab in ("figures", "claims"):
            page.goto(f"/topics/{SLUG}/{tab}?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") == 360, (tab, language)
