"""A plant worked out in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import Site

PATIENCE = 180_000  # ms: six cuts are sized and started, on a busy machine


def test_a_plant_is_worked_out_in_the_browser(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/separation")
    page.get_by_label("Feed", exact=True).select_option("mountain-pass")
    page.get_by_label("Products", exact=True).fill("La+Ce 2N\nPr+Nd 3N\nSm+Eu+Gd+Tb+Dy+Ho+Y+Er+Tm+Yb+Lu 2N")
    page.get_by_role("checkbox", name="by mass action").check()
    page.get_by_role("button", name="Work it out").click()
    results = page.locator("#separation-results")
    expect(results).to_be_visible(timeout=PATIENCE)
    expect(results.get_by_role("img", name="Sequence of cuts")).to_be_visible()
    expect(results.get_by_role("rowheader", name="months to first product")).to_be_visible()
    expect(results.get_by_role("img", name="pH and loading")).to_be_visible()
    expect(page.get_by_role("checkbox", name="by mass action")).to_be_checked()
    kept = "La+Ce 2N\nPr+Nd 3N\nSm+Eu+Gd+Tb+Dy+Ho+Y+Er+Tm+Yb+Lu 2N"
    expect(page.get_by_label("Products", exact=True)).to_have_value(kept)
    page.get_by_text("Control moves: from this hour on").click()
    expect(results.get_by_role("region", name="Control moves")).to_be_visible()
    page.get_by_label("Products", exact=True).fill("La+Nd 2N\nCe 2N")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("every element of the feed", timeout=PATIENCE)
    expect(page.get_by_label("Products", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_feed_brings_products_it_holds_and_what_was_written_stays(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/separation")
    feed, products = page.get_by_label("Feed", exact=True), page.get_by_label("Products", exact=True)
    feed.select_option("recycled-magnets")
    expect(products).to_have_value("Pr+Nd 3N\nGd 2N\nTb 3N\nDy 3N\nHo 2N")
    products.fill("Pr+Nd 3N\nGd+Tb+Dy+Ho 2N")
    feed.select_option("mountain-pass")
    expect(products).to_have_value("Pr+Nd 3N\nGd+Tb+Dy+Ho 2N")


def test_a_plant_is_tried_in_the_chain(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/separation")
    page.get_by_label("Feed", exact=True).select_option("recycled-magnets")
    page.get_by_label("Products", exact=True).fill("Pr+Nd 2N\nGd+Tb+Dy+Ho 2N")
    page.get_by_label("Days of start-up to follow").fill("20")
    page.get_by_role("button", name="Work it out").press("Enter")
    page.get_by_role("link", name="Test this plant in the chain: Europe").click(timeout=PATIENCE)
    plant = page.get_by_role("region", name="With the new separation plant")
    expect(plant).to_contain_text("too late to change anything", timeout=PATIENCE)
    page.get_by_label("The plant is decided in week").press("Home")
    expect(plant).to_contain_text("first product in week 0", timeout=PATIENCE)
    assert "decided=-520" in page.url
    expect(plant.get_by_role("columnheader", name="Billion USD")).to_be_visible()
