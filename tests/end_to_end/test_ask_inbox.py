"""A question, and a watch whose match comes while the page is open, as a reader meets them in a browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import feedparser
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.end_to_end.conftest import Site

PAGE = """<!doctype html><html lang="en"><head><title>Poland counts its magnets</title>
<meta property="article:published_time" content="2025-09-04T10:00:00+02:00"></head><body><article>
<h1>Poland counts its magnets</h1><p>A trade paper asked at the gates of several plants in the west of the
country how they get on, and most of them said that they get on with what they have.</p>
<p>Magnet stocks at carmakers in Poland last for three weeks, according to the survey. Nobody gave a name.</p>
<p>The rest of this page is of ordinary length, so that it counts as an article.</p></article>"""


@pytest.fixture(scope="module")
def hook() -> Iterator[tuple[str, list[Any]]]:
    """A webhook, and what it was sent."""
    taken: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", taken
    server.shutdown()
    server.server_close()


def test_a_question_is_answered_with_passages_that_open_beside_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Ask").click()
    page.get_by_label("question").fill("how long do European magnet stocks last?")
    page.keyboard.press("Enter")
    first = page.locator(".answers .card").first
    expect(first).to_be_visible()
    first.locator("a.cite").click()
    expect(page.locator("#panel .cited")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_a_question_about_another_world_is_not_answered(page: Page, site: Site) -> None:
    page.goto("/ask?q=Who won the football world cup in 2018?")
    expect(page.locator(".list .empty")).to_be_visible()
    expect(page.locator(".answers")).to_have_count(0)


def test_a_watch_finds_what_comes_in(
    page: Page, context: BrowserContext, site: Site, hook: tuple[str, list[Any]]
) -> None:
    page.goto("/documents")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Inbox").click()
    page.get_by_role("link", name="New watch").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Thin stocks")
    page.get_by_label("Measure").select_option("stock cover")
    page.get_by_label("Who or where").fill("Europe")
    page.get_by_label("Only if it is").fill("6 weeks")
    page.get_by_text("Webhook", exact=True).first.click()
    page.get_by_role("textbox", name="Webhook").fill(hook[0])
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thin stocks")
    expect(page.locator(".watches")).to_contain_text("Europe · stock cover · <6\u00a0weeks")
    expect(page.locator(".match")).to_have_count(0)

    (site.files / "poland.html").write_text(PAGE, "utf-8")
    other = context.new_page()
    other.goto("/sources")
    other.get_by_label("Address of a web page").fill(f"{site.files_url}/poland.html")
    other.get_by_role("button", name="Add source").click()
    site.wait("/status", lambda now: now["unread"] == 1)
    expect(other.locator("#unread")).to_contain_text("1", timeout=90_000)  # without loading the page again
    other.close()

    page.reload()
    match = page.locator(".match")
    expect(match).to_have_count(1)
    expect(match.locator("mark")).to_have_text("three weeks")
    match.locator(".quoted a").click()
    opened = page.locator("li:target")
    expect(opened).to_be_in_viewport()
    expect(opened.locator(".said")).to_have_text(
        "Magnet stocks at carmakers in Poland last for three weeks, according to the survey."
    )
    expect(opened.locator("mark")).to_have_text("three weeks")

    page.goto("/inbox")
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator("#unread")).to_be_hidden()
    expect(page.locator(".match")).to_have_count(1)
    (watch,) = site.json("/inbox")["watches"]
    feed = feedparser.parse(f"{site.url}/inbox/{watch['watch']['id']}/feed.atom")
    assert [entry.title for entry in feed.entries] == ["Thin stocks: Poland counts its magnets"]
    site.wait("/inbox", lambda told: told["watches"][0]["waiting"] == 0)
    assert [told["data"]["document"]["title"] for told in hook[1]] == ["Poland counts its magnets"]


def test_a_phone_shows_inbox_and_form_in_its_width(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for language in ("en", "zh", "ja"):
        for path in ("/inbox", "/new-watch", "/ask?q=terbium"):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") == 360, (path, language)


def test_without_script_the_inbox_works(context: BrowserContext, site: Site) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=site.url, java_script_enabled=False)
    page = plain.new_page()
    page.goto("/new-watch?lang=en&name=Exports&query=exports")
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Exports")
    page.locator(".watches li", has_text="Exports").get_by_text("Stop watching").first.click()
    page.locator(".watches li", has_text="Exports").get_by_role("button", name="Stop watching").click()
    expect(page.locator(".watches li", has_text="Exports")).to_have_count(0)
    plain.close()
