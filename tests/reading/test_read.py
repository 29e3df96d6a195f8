from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from mine2magnet import reading
from mine2magnet.core.errors import UserError
from mine2magnet.model import Document, Failure, Read
from mine2magnet.reading import MAX_ENTRIES
from mine2magnet.reading.fetch import Validators

if TYPE_CHECKING:
    from mine2magnet.reading.fetch import Fetcher
    from tests.reading.conftest import Article, MakePdf, Site

CST = timezone(timedelta(hours=8))
TEXT = [
    "Dysprosium oxide became dearer again this week, traders outside China said on Monday.",
    "Two buyers said that their stocks would carry them through about five weeks of production.",
]


def documents(items: Iterable[Read | Failure]) -> list[Document]:
    return [item.document for item in items if isinstance(item, Read)]


def rss(*items: str) -> str:
    channel = f"<channel><title>Magnet Wire</title>{''.join(items)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'


def item(url: str, title: str = "A title", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{url}</link>{more}</item>"


def test_a_page(site: Site, fetcher: Fetcher, article: Article) -> None:
    head = (
        '<meta property="og:site_name" content="Magnet Wire">'
        '<meta property="article:published_time" content="2025-06-01T03:13:00+02:00">'
        '<meta name="keywords" content="dysprosium, prices">'
    )
    url = site.add("/a", article("Dysprosium dearer", TEXT, head=head))
    [document] = documents(reading.read(url, fetcher))
    assert (document.title, document.source, document.url) == ("Dysprosium dearer", "Magnet Wire", url)
    assert [p.text for p in document.paragraphs] == TEXT
    assert document.published == datetime(2025, 6, 1, 3, 13, tzinfo=timezone(timedelta(hours=2)))
    assert (document.language, document.category) == ("en", "news")
    assert document.tags == ("dysprosium", "prices")


def test_a_page_that_has_not_changed_gives_nothing(site: Site, fetcher: Fetcher, article: Article) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-Modified-Since") == "Sun, 01 Jun 2025 00:00:00 GMT"
        body = b"" if same else article("Dysprosium dearer", TEXT).encode()
        handler.send_response(304 if same else 200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Last-Modified", "Sun, 01 Jun 2025 00:00:00 GMT")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.answers["/a"] = answer
    assert len(list(reading.read(site.url("/a"), fetcher))) == 1
    assert fetcher.validators[site.url("/a")] == Validators("", "Sun, 01 Jun 2025 00:00:00 GMT")
    assert list(reading.read(site.url("/a"), fetcher)) == []


def test_an_rss_feed_gives_its_pages(site: Site, fetcher: Fetcher, article: Article) -> None:
    for n in range(3):
        site.add(f"/{n}", article(f"Story {n}", TEXT))
    dated = "<pubDate>Sun, 0{} Jun 2025 03:13:00 +0800</pubDate><category>prices</category>"
    url = site.add(
        "/feed",
        rss(*(item(site.url(f"/{n}"), f"Story {n}", dated.format(n + 1)) for n in range(3))),
        kind="application/rss+xml",
    )
    read = documents(reading.read(url, fetcher, seen=lambda u: u.endswith("/1")))
    assert [d.title for d in read] == ["Story 2", "Story 0"]  # newest first, without the one that is held
    assert site.paths() == ["/feed", "/2", "/0"]
    assert read[0].published == datetime(2025, 6, 3, 3, 13, tzinfo=CST)
    assert (read[0].source, read[0].tags, read[0].url) == ("Magnet Wire", ("prices",), site.url("/2"))


def test_an_atom_feed(site: Site, fetcher: Fetcher, article: Article) -> None:
    site.add("/1", article("Story", TEXT))
    url = site.add(
        "/atom",
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>'
        '<entry><title>Story</title><link href="1"/><updated>2025-06-01T00:00:00Z</updated></entry></feed>',
        kind="text/xml",
    )
    [document] = documents(reading.read(url, fetcher))
    assert (document.url, document.published) == (site.url("/1"), datetime(2025, 6, 1, tzinfo=UTC))


def test_a_json_feed(site: Site, fetcher: Fetcher, article: Article) -> None:
    site.add("/1", article("Story", TEXT))
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Wire",
        "items": [
            {"id": "1", "url": site.url("/1"), "title": "Story", "date_published": "2025-06-01T00:00:00Z"}
        ],
    }
    url = site.add("/feed.json", json.dumps(feed), kind="application/feed+json")
    [document] = documents(reading.read(url, fetcher))
    assert (document.title, document.source) == ("Story", "Wire")


def test_an_entry_stands_in_for_a_page_that_cannot_be_had(site: Site, fetcher: Fetcher) -> None:
    content = "".join(f"<p>{text} <script>steal()</script></p>" for text in TEXT * 2)
    url = site.add(
        "/feed",
        rss(item(site.url("/gone"), "Story", f"<description><![CDATA[{content}]]></description>")),
        kind="application/rss+xml",
    )
    [document] = documents(reading.read(url, fetcher))
    assert [p.text for p in document.paragraphs] == TEXT * 2
    assert document.url == site.url("/gone")


def test_an_entry_that_fails_stops_no_other(site: Site, fetcher: Fetcher, article: Article) -> None:
    site.add("/1", article("Story", TEXT))
    url = site.add("/feed", rss(item(site.url("/gone")), item(site.url("/1"))), kind="application/rss+xml")
    items = list(reading.read(url, fetcher))
    assert [i.where for i in items if isinstance(i, Failure)] == [site.url("/gone")]
    assert [d.title for d in documents(items)] == ["Story"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("this is no feed", "application/rss+xml"),
        ("{}", "application/feed+json"),
        ("[1, 2", "application/json"),
        ("<catalogue><thing/></catalogue>", "text/xml"),
        (
            '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
            "text/xml",
        ),
    ],
)
def test_a_feed_that_is_none_is_one_line(site: Site, fetcher: Fetcher, body: str, kind: str) -> None:
    url = site.add("/feed", body, kind=kind)
    with pytest.raises(UserError, match="feed") as caught:
        list(reading.read(url, fetcher))
    assert "\n" not in str(caught.value)


def sitemap(*entries: str, kind: str = "urlset") -> str:
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><{kind} {spaces}>{"".join(entries)}</{kind}>'


def test_a_sitemap_index_with_news_and_gzip(site: Site, fetcher: Fetcher, article: Article) -> None:
    site.add(
        "/1", "<html><body><article>" + "".join(f"<p>{t}</p>" for t in TEXT) + "</article></body></html>"
    )
    site.add("/2", article("Second story", TEXT))
    news = (
        "<news:news><news:publication><news:name>Wire</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2025-06-01T03:13:00Z</news:publication_date>"
        "<news:title>First story</news:title></news:news>"
    )
    first = sitemap(f"<url><loc>{site.url('/1')}</loc>{news}</url>")
    site.add("/news.xml.gz", gzip.compress(first.encode()), kind="application/gzip")
    site.add("/rest.xml", sitemap(f"<url><loc>{site.url('/2')}</loc></url>"), kind="text/xml")
    url = site.add(
        "/sitemap.xml",
        sitemap(
            *(
                f"<sitemap><loc>{site.url(p)}</loc></sitemap>"
                for p in ("/news.xml.gz", "/rest.xml", "/sitemap.xml")
            ),
            kind="sitemapindex",
        ),
        kind="text/xml",
        headers={"ETag": '"1"'},
    )
    read = documents(reading.read(url, fetcher))
    assert {(d.title, d.source) for d in read} == {("First story", "Wire"), ("Second story", "127.0.0.1")}
    assert next(d for d in read if d.title == "First story").published == datetime(
        2025, 6, 1, 3, 13, tzinfo=UTC
    )
    assert site.paths().count("/sitemap.xml") == 1
    assert fetcher.validators[url] == Validators()  # its parts may change while it does not


def test_a_sitemap_with_entities_is_refused(site: Site, fetcher: Fetcher) -> None:
    bomb = '<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    url = site.add("/s.xml", bomb + sitemap("<url><loc>&b;</loc></url>").split("?>")[1], kind="text/xml")
    with pytest.raises(UserError, match="entities"):
        list(reading.read(url, fetcher))


def test_a_long_list_is_read_in_parts(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, article: Article
) -> None:
    monkeypatch.setattr(reading, "MAX_ENTRIES", 2)
    for n in range(3):
        site.add(f"/{n}", article(f"Story {n}", TEXT))
    url = site.add(
        "/feed", rss(*(item(site.url(f"/{n}")) for n in range(3))), kind="text/xml", headers={"ETag": '"1"'}
    )
    held: set[str] = set()
    for expected, etag in ((2, ""), (1, '"1"')):
        read = documents(reading.read(url, fetcher, seen=held.__contains__))
        held |= {d.url or "" for d in read}
        assert (len(read), fetcher.validators[url].etag) == (expected, etag)
    assert MAX_ENTRIES == 500


def test_a_list_of_links_names_its_feed(site: Site, fetcher: Fetcher) -> None:
    links = "".join(
        f'<li><a href="/{n}">What the market for magnet {n} did last week</a></li>' for n in range(30)
    )
    page = f"<html><head><title>Wire</title>{{}}</head><body><main><ul>{links}</ul></main></body></html>"
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    with pytest.raises(UserError, match=f"no article text .*{site.url('/feed.xml')}"):
        list(reading.read(site.add("/", page.format(feed)), fetcher))
    with pytest.raises(UserError, match="no article text"):
        list(reading.read(site.add("/b", page.format("")), fetcher))


def test_a_page_made_by_scripts(site: Site, fetcher: Fetcher) -> None:
    url = site.add("/a", "<html><body><div id='app'></div><script src='app.js'></script></body></html>")
    with pytest.raises(UserError, match="scripts"):
        list(reading.read(url, fetcher))


def test_a_pdf_from_the_web(site: Site, fetcher: Fetcher, make_pdf: MakePdf) -> None:
    body = make_pdf(
        [["Reserves of heavy rare earths fell.", "They will fall again, it seems."]], title="Reserves"
    )
    url = site.add("/r", body, kind="application/octet-stream")
    [document] = documents(reading.read(url, fetcher))
    assert (document.title, document.source, document.category) == ("Reserves", "127.0.0.1", "report")


def test_a_wrong_label_is_seen_through(site: Site, fetcher: Fetcher, article: Article) -> None:
    text = [
        "商务部称，对部分中重稀土物项实施出口管制，出口须经许可。",
        "业内人士说，海外库存只够维持数周的生产。",
    ]
    url = site.add(
        "/a",
        article("中重稀土出口须经许可", text, charset="utf-8").encode("gb18030"),
        kind="text/html; charset=iso-8859-1",
    )
    [document] = documents(reading.read(url, fetcher))
    assert (document.title, document.language) == ("中重稀土出口须经许可", "zh")
    assert [p.text for p in document.paragraphs] == text


def test_something_that_is_neither_page_nor_text(site: Site, fetcher: Fetcher) -> None:
    url = site.add("/a", bytes(range(256)) * 40, kind="application/octet-stream")
    with pytest.raises(UserError, match="not a text, a page or a PDF"):
        list(reading.read(url, fetcher))
