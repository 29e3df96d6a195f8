"""The first whole path, as a reader walks it in a browser."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.end_to_end.conftest import TITLE_ONLY, Site

HOSTILE = """<!doctype html><html lang="en"><head>
<title>Terbium &lt;script&gt;window.hacked = 1&lt;/script&gt; report</title>
<meta property="article:published_time" content="2025-08-04T10:00:00+02:00"></head><body><article>
<h1>Terbium &lt;script&gt;window.hacked = 1&lt;/script&gt; report</h1>
<script>window.hacked = 2</script>
<p>A trader in Rotterdam sold forty kilograms of terbium oxide to a magnet maker on Monday, the only lot
that changed hands that week. &lt;img src=x onerror="window.hacked = 3"&gt;</p>
<p onclick="window.hacked = 4">The buyer said that the lot covers its needs for eleven days and that it does
not know where the next one will come from.
<img src="http://elsewhere.example/pixel.gif" onerror="window.hacked = 5"></p>
<p>Three other buyers asked for offers and got none, which the trader put down to licences that are still
pending in the country of origin.</p></article></body></html>"""
LONG = "Neodymium" * 40


def first_cited(site: Site) -> tuple[str, int, str, str]:
    """(document, paragraph, its text, what the digest says of it) of a digest that has been made."""

    def digested(found: dict[str, Any]) -> list[tuple[str, int, str, str]]:
        return [
            (document["id"], n, document["paragraphs"][n - 1]["text"], point["text"])
            for card in found["page"]["cards"]
            for document in [card["document"]]
            if document["language"] == "en"  # others read translated
            for digest in card["digests"]
            if digest["method"] != "source"
            for point in digest["viewpoint"][:1]
            for n in point["citations"][:1]
        ]

    return digested(site.wait("/documents", digested))[0]


def test_the_page_opens(page: Page, site: Site) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("High-performance magnets")
    expect(page.get_by_role("searchbox", name="Search documents")).to_be_visible()
    assert page.locator("article.card").count() == 20
    page.get_by_role("link", name="Older").click()
    expect(page.locator("article.card").first).to_be_visible()
    assert "offset=20" in page.url


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("欧洲车企 磁体 库存", "欧洲车企的磁体还能用几周|European suppliers count their stops"),
        (
            "how many weeks of magnets do European carmakers hold",
            "European suppliers count their stops|磁石の手持ち",
        ),
        ("磁石 在庫 何週間", "磁石の手持ちは何週間分か|欧洲车企的磁体还能用几周"),
    ],
)
def test_a_search_in_each_language_finds_its_document(page: Page, query: str, titles: str) -> None:
    page.goto("/documents")
    page.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    best = page.locator("article.card").all_text_contents()[:3]  # with the titles as they were written
    assert any(re.search(titles, title) for title in best), best
    assert page.locator("article.card mark").count() > 0
    expect(page.get_by_role("searchbox")).to_have_value(query)


def test_a_citation_opens_its_paragraph_beside_the_digest(page: Page, site: Site) -> None:
    id, number, text, said = first_cited(site)
    page.goto("/documents")
    cite = page.locator(f"#{id} a.cite[data-paragraph='{number}']").first
    cite.focus()
    page.keyboard.press("Enter")
    cited = page.locator("#panel li.cited")
    expect(cited).to_be_in_viewport()
    expect(cited.locator("p")).to_have_text(text)
    expect(cited.locator("mark")).to_have_text(said)
    expect(page.locator("#panel-title")).to_be_focused()
    address = page.url
    assert address.endswith(f"#{id}.p{number}")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(cite).to_be_focused()
    page.goto("/sources")
    page.goto(address)
    expect(page.locator("#panel li.cited p")).to_have_text(text)
    page.get_by_role("link", name="Open the document").click()
    expect(page.locator(f"#p{number}")).to_be_in_viewport()
    assert page.url.endswith(f"#p{number}")


def test_without_script_a_citation_is_a_link(context: BrowserContext, site: Site) -> None:
    id, number, text, _ = first_cited(site)
    assert context.browser is not None
    plain = context.browser.new_context(base_url=site.url, java_script_enabled=False)
    page = plain.new_page()
    page.goto("/documents")
    page.locator(f"#{id} a.cite[data-paragraph='{number}']").first.click()
    expect(page.locator("li:target p")).to_have_text(text)
    plain.close()


def test_a_digest_from_a_topic_page_says_that_it_cannot_be_checked(page: Page, site: Site) -> None:
    page.goto(f"/documents?q={quote(TITLE_ONLY)}")
    card = page.locator("article.card").filter(has_text=TITLE_ONLY).first
    expect(card.get_by_text("Published by the source, unverified")).to_be_visible()
    expect(card.get_by_text("The citations cannot be checked")).to_be_visible()
    expect(card.get_by_role("heading", name="Alternatives")).to_be_visible()
    assert card.locator("a.cite").count() == 0
    topics = site.json(
        f"/documents/{site.json(f'/documents?q={quote(TITLE_ONLY)}')['page']['cards'][0]['document']['id']}"
    )
    assert topics["topics"][0] == site.json("/topics")["topics"][0]["topic"]["slug"]


def test_the_language_switch_holds_for_all_pages(page: Page) -> None:
    page.goto("/")
    page.locator(".languages summary", has_text="Language").click()
    page.get_by_role("link", name="日本語").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("高性能磁石")
    page.get_by_role("link", name="情報源").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_role("heading", level=1)).to_have_text("情報源")
    page.locator(".languages summary").click()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("来源")


def test_a_document_of_a_local_server_appears_and_its_script_does_not_run(page: Page, site: Site) -> None:
    (site.files / "terbium.html").write_text(HOSTILE, "utf-8")
    page.goto("/documents")
    before = int(page.locator(".count").get_attribute("data-held") or 0)
    page.get_by_role("link", name="Sources").click()
    page.get_by_label("Address of a web page").fill(f"{site.files_url}/terbium.html")
    page.get_by_role("button", name="Add source").click()
    row = page.get_by_role("row").filter(has_text="terbium.html")
    expect(row).to_contain_text("fine", timeout=90_000)
    search = "/documents?q=Rotterdam+terbium"
    site.wait(search, lambda found: "Terbium" in found["page"]["cards"][0]["document"]["title"], 30)
    page.goto(search)
    title = page.locator("article.card h2").first
    expect(title).to_contain_text("Terbium")
    title.get_by_role("link").click()
    expect(page.locator("ol.paragraphs")).to_contain_text("eleven days")
    expect(page.get_by_text("4 Aug 2025, 10:00 UTC+2")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert site.json("/status")["documents"] == before + 1


def test_the_page_says_when_something_new_has_come_in(page: Page, site: Site) -> None:
    page.goto("/documents")
    page.evaluate("document.querySelector('[data-held]').dataset.held -= 2")
    expect(page.get_by_role("link", name="2 new documents: show")).to_be_visible(timeout=90_000)


def test_a_source_that_fails_says_why(page: Page, site: Site) -> None:
    page.goto("/sources")
    page.get_by_label("Address of a web page").fill(f"{site.files_url}/not-there.html")
    page.get_by_role("button", name="Add source").click()
    row = page.get_by_role("row").filter(has_text="not-there.html")
    expect(row.locator(".bad")).to_contain_text("404", timeout=90_000)
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_new_topic_shows_what_it_would_hold(page: Page) -> None:
    page.goto("/new-topic")
    page.get_by_label("Name", exact=True).fill("Deep sea mud")
    page.get_by_label("Queries").fill('"南鳥島"')
    expect(page.locator(".preview")).to_contain_text("in this topic")
    page.get_by_label("Queries").fill('"南鳥島')
    expect(page.locator(".preview.error")).to_be_visible()
    page.get_by_label("Queries").fill('"南鳥島"')
    expect(page.locator(".preview li").first).to_contain_text("南鳥島")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deep sea mud")
    expect(page.locator("article.card").first).to_contain_text("南鳥島")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Edit topic").click()
    page.locator("summary", has_text="Delete topic").click()
    page.get_by_role("button", name="Delete topic").click()
    expect(page.get_by_role("main").get_by_text("Deep sea mud")).to_have_count(0)


def test_filters_apply_as_they_are_ticked(page: Page) -> None:
    page.goto("/documents")
    page.get_by_label("Japanese").check()
    expect(page).to_have_url(re.compile(r"\?language=ja$"))
    expect(page.get_by_label("Japanese")).to_be_focused()
    assert set(page.locator("article.card .badge").all_inner_texts()) == {"Japanese"}


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/documents")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the documents")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("dysprosium j/k?")
    expect(page.get_by_role("searchbox")).to_have_value("dysprosium j/k?")
    page.get_by_role("searchbox").fill("dysprosium")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=dysprosium"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator("article.card").nth(place).locator("h2 a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("article.card").nth(0).locator("h2 a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/documents/d"))


def test_focus_is_kept_over_a_search_and_back(page: Page) -> None:
    page.goto("/documents")
    page.get_by_role("searchbox").fill("dysprosium")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=dysprosium"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    link = page.locator("article.card").nth(1).locator("h2 a")
    address = link.get_attribute("href")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{address}$"))
    page.go_back()
    expect(page.locator(f'h2 a[href="{address}"]')).to_be_focused()


def test_a_phone_shows_everything_in_its_width(page: Page, site: Site) -> None:
    (site.files / "long.html").write_text(
        f"<html><head><title>{LONG}</title></head><body><article><h1>{LONG}</h1><p>{LONG} is a word that no "
        "screen can hold in one line, and it stands for addresses and chemical names that are as long.</p>"
        "<p>The rest of this page is of ordinary length, so that it counts as an article.</p></article>",
        "utf-8",
    )
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/sources")
    page.get_by_label("Address of a web page").fill(f"{site.files_url}/long.html?{LONG}")
    page.get_by_role("button", name="Add source").click()
    expect(page.locator("tr", has_text="long.html")).to_contain_text("fine", timeout=90_000)

    def long(found: dict[str, Any]) -> list[str]:
        documents = [card["document"] for card in found["page"]["cards"]]
        return [document["id"] for document in documents if document["title"].startswith(LONG[:60])]

    (long_id,) = long(site.wait("/documents?source=127.0.0.1", long, 30))
    for language in ("en", "zh", "ja"):
        for path in (
            "/",
            "/documents?q=Neodymium",
            f"/documents/{long_id}",
            "/sources",
            "/settings",
            "/new-topic",
            "/topics",
            "/ask?q=dysprosium",
            "/stress",
            "/separation",
        ):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("#job")).to_have_count(0)  # what a run of a model gives is there
            assert page.evaluate("document.documentElement.scrollWidth") == 360, (path, language)
    id, number, text, _ = first_cited(site)
    page.goto("/documents?lang=en")
    page.locator(f"#{id} a.cite[data-paragraph='{number}']").first.click()
    expect(page.locator("#panel li.cited p")).to_have_text(text)
    box = page.locator("#panel").bounding_box()
    assert box is not None
    assert box["width"] == 360
    assert box["y"] + box["height"] == 740
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#panel")).to_be_hidden()
