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


FLOWSHEET = """
feeds: [{ name: ore, composition: { Pr: 25, Nd: 75 }, throughput: 500, impurities: { Al: 0.01 } }]
trains:
  - { name: one, extractant: P204, parts: Nd/Pr, feed: [ore, nd.mother], temperature: 40, efficiency: 0.95,
      entrained_organic: 0.002 }
products: [{ name: nd, feed: one.liquor, elements: [Nd], purity: 2N }]
sites: [china]
"""


def test_a_flowsheet_is_worked_out_in_the_browser(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/flowsheet")
    case, work = page.get_by_label("The case, as YAML"), page.get_by_role("button", name="Work it out")
    case.fill(FLOWSHEET)
    work.click()
    results = page.locator("#separation-results")
    expect(results).to_be_visible(timeout=PATIENCE)
    expect(results.get_by_role("heading", name="Trains (S, W in mol per mol fed")).to_be_visible()
    expect(results.get_by_role("cell", name="one.raffinate")).to_be_visible()
    expect(results).to_contain_text("what leaves is what comes in")
    cold = FLOWSHEET.replace("P204", "P507")
    page.get_by_label("The case, as YAML").fill(cold)
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("no heat of extraction of Nd", timeout=PATIENCE)
    expect(page.get_by_label("The case, as YAML")).to_have_value(cold.lstrip())


def test_a_cut_that_stands_is_rated_and_held_to_a_certainty_in_the_browser(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/separation")
    page.get_by_label("Feed", exact=True).select_option("recycled-magnets")
    page.get_by_label("Products", exact=True).fill("Pr+Nd 2N\nGd+Tb+Dy+Ho 2N")
    page.get_by_label("Days of start-up to follow").fill("0")
    page.get_by_label("Certainty of purities").fill("0.9")
    page.get_by_text("Cuts that stand", exact=True).click()
    page.get_by_label("Cuts to be rated as they are").fill("Gd/Nd extraction 8 scrub 8 organic_flow 0.5")
    page.get_by_role("button", name="Work it out").click()
    results = page.locator("#separation-results")
    expect(results).to_be_visible(timeout=PATIENCE)
    expect(results).to_contain_text("Cuts that stand: what they reach")
    expect(results).to_contain_text("The frugal plant and the one that holds")
    page.get_by_label("Cuts to be rated as they are").fill("Gd/Eu extraction 8 scrub 8")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("no cut parts Gd from Eu", timeout=PATIENCE)
