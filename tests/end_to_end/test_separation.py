"""A plant worked out in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import Site

PATIENCE = 60_000  # ms: six cuts are sized and started, on a busy machine


def test_a_plant_is_worked_out_in_the_browser(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/separation")
    page.get_by_label("Products", exact=True).fill("La+Ce 2N\nPr+Nd 3N\nSm+Eu+Gd+Tb+Dy+Ho+Y+Er+Tm+Yb+Lu 2N")
    page.get_by_label("Feed", exact=True).select_option("mountain-pass")
    page.get_by_role("checkbox", name="by mass action").check()
    page.get_by_role("button", name="Work it out").click()
    results = page.locator("#separation-results")
    expect(results).to_be_visible(timeout=PATIENCE)
    expect(results.get_by_role("img", name="Sequence of cuts")).to_be_visible()
    expect(results.get_by_role("cell", name="months to first product")).to_be_visible()
    expect(results.get_by_role("img", name="pH and loading")).to_be_visible()
    expect(page.get_by_role("checkbox", name="by mass action")).to_be_checked()
    kept = "La+Ce 2N\nPr+Nd 3N\nSm+Eu+Gd+Tb+Dy+Ho+Y+Er+Tm+Yb+Lu 2N"
    expect(page.get_by_label("Products", exact=True)).to_have_value(kept)
    page.get_by_label("Products", exact=True).fill("La+Nd 2N\nCe 2N")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("products", timeout=PATIENCE)
