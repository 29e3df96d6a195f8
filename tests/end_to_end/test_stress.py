"""The page with sliders in a browser: move one, the picture and the table change, the link reproduces it."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_moved_slider_changes_table_picture_and_link(page: Page) -> None:
    page.goto("/stress?scenario=embargo")
    result = page.locator("#stress-result")
    row = result.locator("tr", has_text="car parts, Europe")
    before, picture = row.inner_text(), result.locator("svg").first.inner_html()
    page.get_by_label("For weeks").fill("52")
    expect(page.locator('output[for="weeks"]')).to_have_text("52")
    expect(row).not_to_have_text(before)
    page.wait_for_url("**weeks=52**")
    after, moved = row.inner_text(), result.locator("svg").first.inner_html()
    assert after != before
    assert moved != picture
    page.goto(page.url)
    assert row.inner_text() == after
    assert result.locator("svg").first.inner_html() == moved
    expect(page.get_by_label("For weeks")).to_have_value("52")


def test_a_mitigation_helps_and_another_scenario_has_its_own_sliders(page: Page) -> None:
    page.goto("/stress?scenario=embargo")
    loss = page.locator("#stress-result strong")
    before = loss.inner_text()
    page.get_by_label("8 weeks of magnets in reserve").check()
    expect(loss).not_to_have_text(before)
    page.get_by_label("What happens").select_option("licence-delay")
    expect(page.get_by_label("Days of review")).to_have_value("45")
    expect(page.get_by_label("Strength, %")).to_have_count(0)


def test_what_documents_say_is_edited_and_the_link_keeps_it(page: Page) -> None:
    page.goto("/topics/t-7b8cbc33/stress")
    cover = page.locator("fieldset", has_text="Stock cover · Europe")
    expect(cover).to_contain_text("weeks")
    loss = page.locator("#stress-result strong")
    before = loss.inner_text()
    for end, weeks in (("to", "2"), ("most likely", "1.5"), ("from", "1")):
        cover.get_by_label(end, exact=True).fill(weeks)
    expect(loss).not_to_have_text(before)
    page.wait_for_url("**asked=1**")
    after = loss.inner_text()
    page.reload()
    expect(loss).to_have_text(after)
    expect(cover.get_by_label("most likely")).to_have_value("1.5")
    cover.get_by_role("checkbox").uncheck()
    expect(loss).not_to_have_text(after)
