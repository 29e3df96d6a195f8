"""Charts in a browser: values by pointer and key, the picture without script, the data at their address."""

from __future__ import annotations

import csv
import io
import json
import urllib.request

from playwright.sync_api import BrowserContext, Page, expect

from tests.end_to_end.conftest import Site

STRESS = "/stress?scenario=embargo&draws=20"


def test_values_are_read_by_pointer_and_by_key(page: Page) -> None:
    page.goto(STRESS)
    fan, tip = page.locator(".stress-fans svg").first, page.locator(".tip.reading")
    expect(tip).to_be_hidden()
    fan.scroll_into_view_if_needed()
    box = fan.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tip).to_contain_text("week: ")
    expect(tip).to_contain_text("median (P50): ")
    pointed = tip.inner_text()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    page.locator(".contents a").first.focus()
    page.keyboard.press("Tab")
    fan.focus()
    page.keyboard.press("Home")
    expect(tip).to_contain_text("week: 0\n")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("week: 1\n")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert "P10 to P90" in pointed


def test_a_chart_that_came_with_a_slider_is_read_as_well(page: Page) -> None:
    page.goto(STRESS)
    page.get_by_label("For weeks").fill("30")
    page.wait_for_url("**weeks=30**")
    page.locator(".stress-maps svg").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".tip.reading")).to_contain_text("t Nd a week")


def test_without_script_the_picture_stands_with_its_data(context: BrowserContext, site: Site) -> None:
    plain = (
        context.browser.new_context(base_url=site.url, java_script_enabled=False)
        if context.browser
        else context
    )
    page = plain.new_page()
    page.goto(STRESS)
    chart = page.locator("figure.chart").first
    expect(chart.locator("svg")).to_be_visible()
    chart.locator("summary").click()
    expect(chart.locator("th").first).to_have_text("week")
    address = {link.inner_text(): link.get_attribute("href") for link in chart.locator(".download a").all()}
    assert list(address) == ["SVG", "PNG", "CSV", "JSON"]

    def sent(name: str) -> bytes:
        with urllib.request.urlopen(f"{site.url}{address[name]}", timeout=60) as answer:
            return bytes(answer.read())

    rows = list(csv.DictReader(io.StringIO(sent("CSV").decode())))
    assert rows[10]["week"] == "10.0"
    assert json.loads(sent("JSON"))["rows"][10]["week"] == 10
    assert sent("SVG").startswith(b"<svg")
    assert sent("PNG").startswith(b"\x89PNG")
    plain.close()
