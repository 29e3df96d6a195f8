from __future__ import annotations

from datetime import UTC, datetime

from mine2magnet.reading.content import Raw
from mine2magnet.reading.links import links

HOME = "https://site.example/news/index.html"


def of(html: str, url: str | None = HOME, stated: str = "text/html") -> list[tuple[str, str]]:
    return links(Raw(html.encode(), url, datetime(2025, 6, 1, tzinfo=UTC), stated, "utf-8"))


def test_links_of_the_same_site_come_in_their_order_each_once() -> None:
    html = """<html><body><a href="kiln.html">The  kiln</a> <a href="/mine#top">Mine</a>
      <a href="/mine">again</a> <a href="https://other.example/">away</a>
      <a href="mailto:a@site.example">m</a>
      <a href="#here">here</a> <a>none</a> <a href="http://[bad">bad</a></body></html>"""
    assert of(html) == [
        ("https://site.example/news/kiln.html", "The kiln"),
        ("https://site.example/mine", "Mine"),
    ]


def test_what_is_no_page_has_none() -> None:
    assert of("<a href='/x'>x</a>", url=None) == []
    assert of("just text with https://site.example/x in it", stated="text/plain") == []
    assert of("") == []
