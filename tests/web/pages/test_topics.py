"""The pages of topics and of all documents, and what they say when there is nothing to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape as html_unescape

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.model import Paragraph, Read
from mine2magnet.web.pages import topics
from tests.web.conftest import CHINESE, EVIL, JAPANESE, KNOWN_BY_TITLE, MAGNETS, SLUG, id_of, written

Get = Callable[..., str]
TOPIC = f"/topics/{SLUG}"


def titles(html: str) -> list[str]:
    found = re.findall(r'<h2 id="title-[^>]*><a [^>]*>(.*?)</a>', html)
    return [re.sub(r"</?mark>", "", title) for title in found]


def test_the_front_page_is_the_first_topic(filled: Library, client: Client) -> None:
    response = client.get("/", params={"q": "x"}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, f"{TOPIC}?q=x")


def test_a_topic_shows_its_documents_newest_first(filled: Library, page: Get) -> None:
    html = page(TOPIC)
    assert "<h1>High-performance magnets</h1>" in html
    assert titles(html)[:3] == [MAGNETS.title, CHINESE.title, JAPANESE.title]
    assert "20 Jun 2025, 03:13 UTC+8" in html
    assert f'lang="zh"><a href="/documents/{id_of(filled, CHINESE)}">' in html


def test_a_digest_has_citations_and_headings_in_the_readers_language(filled: Library, page: Get) -> None:
    id = id_of(filled, MAGNETS)
    for language in ("en", "zh", "ja"):
        html = page(TOPIC, lang=language)
        assert f">{filled.thesaurus.label('aspect.supply', language)}</h3>" in html
        assert f'href="/documents/{id}?version=1#p2"' in html


def test_citations_of_an_article_not_read_are_marked(filled: Library, page: Get) -> None:
    html = page("/documents", source="外部财经")
    assert titles(html) == [KNOWN_BY_TITLE.title]
    assert "Published by the source, unverified" in html
    assert "digest in English, document in Chinese" in html
    assert html.count('<span class="cite unread"') == 3
    assert "the cited article has not been read" in html
    assert 'class="cite" href' not in html


def test_citations_resolve_once_the_article_is_read(filled: Library, page: Get) -> None:
    text = tuple(Paragraph(i, f"第{i}段。" * 12) for i in range(1, 8))
    filled.keep([Read(replace(KNOWN_BY_TITLE, paragraphs=text, url="https://finance.example/weeks"))])
    id = id_of(filled, KNOWN_BY_TITLE)
    html = page("/documents", source="外部财经")
    assert f'href="/documents/{id}?version=2#p5"' in html
    assert "the stored text has no paragraph 8" in html


def test_a_search_shows_the_passages_that_matched(filled: Library, page: Get) -> None:
    html = page(TOPIC, q="dysprosium")
    assert titles(html)[0] == MAGNETS.title
    assert "rations <mark>dysprosium</mark>" in html


@pytest.mark.parametrize("field", ["language", "source", "category", "tag"])
def test_filters_narrow_and_combine(filled: Library, page: Get, field: str) -> None:
    value = {"language": "zh", "source": "我们的通讯", "category": "analysis", "tag": "autos"}[field]
    expected = MAGNETS if field == "tag" else CHINESE
    html = page(TOPIC, **{field: value})
    assert expected.title in titles(html)
    assert JAPANESE.title not in titles(html)
    assert re.search(rf'name="{field}" value="{value}" checked', html)


def test_dates_bound_both_ends_inclusively(filled: Library, page: Get) -> None:
    assert titles(page("/documents", since="2025-06-08", until="2025-06-16")) == [
        CHINESE.title,
        JAPANESE.title,
    ]


def test_pages_keep_what_was_asked(filled: Library, page: Get) -> None:
    filled.keep(
        Read(written(f"Brief number {n}", f"Shipment {n} of magnets left port {n}.")) for n in range(25)
    )
    html = page("/documents", language="en", lang="en")
    assert len(titles(html)) == 20
    assert 'rel="next" href="/documents?language=en&amp;offset=20"' in html
    later = page("/documents", language="en", offset="20")
    assert not set(titles(html)) & set(titles(later))
    assert 'rel="prev" href="/documents?language=en"' in later


def test_what_is_no_syntax_is_searched_as_words_and_said(filled: Library, page: Get) -> None:
    html = page(TOPIC, q='"dysprosium')
    assert titles(html)[0] == MAGNETS.title
    assert 'value="&#34;dysprosium"' in html
    assert "searched as plain words: a quotation mark is not closed" in html


def test_what_is_taken_strictly_is_said_with_a_looser_search_one_click_away(
    filled: Library, page: Get
) -> None:
    html = page(TOPIC, q='"rations dysprosium"')
    assert "Each document has this as it stands: &#34;rations dysprosium&#34;." in html
    strict = '"dysprosium rations"'
    none = page(TOPIC, q=strict)
    assert titles(none) == []
    assert "Search for the words instead (1 document)" in none
    loosened = html_unescape(re.search(r'href="([^"]*loose=1[^"]*)"', none)[1])  # type: ignore[index]
    assert titles(page(loosened))[0] == MAGNETS.title


def test_what_nothing_says_is_told_from_what_comes_nearest(filled: Library, page: Get) -> None:
    html = page("/documents", q="zzzzqqq")
    assert "Nothing that is held says this" in html or "No document matches" in html
    assert "0 documents for" in html


def test_a_query_that_is_too_long_gets_one_line(filled: Library, client: Client) -> None:
    response = client.get(TOPIC, params={"q": "x" * 1001})
    assert response.status_code == 400
    assert response.text.count('class="error"') == 1
    assert MAGNETS.title in titles(response.text)
    problem = client.get(TOPIC, params={"q": "x" * 1001, "format": "json"})
    assert (problem.status_code, problem.headers["content-type"]) == (400, "application/problem+json")
    assert problem.json()["status"] == 400


@pytest.mark.parametrize(
    "asked", ["offset=-1", "offset=x", "order=worst", "since=2999-99", "until=9999-12-31T"]
)
def test_what_cannot_be_read_in_an_address_is_named(filled: Library, client: Client, asked: str) -> None:
    problem = client.get(f"{TOPIC}?{asked}&format=json")
    assert problem.status_code == 400
    assert problem.json()["detail"].startswith(asked.split("=")[0])


def test_an_empty_library_says_how_to_fill_it(client: Client, page: Get) -> None:
    assert client.get("/", follow_redirects=False).headers["location"] == "/documents"
    html = page("/documents")
    assert "The library is empty" in html
    assert '<form class="stacked" method="post" action="/sources">' in html


def test_nothing_found_says_so(filled: Library, page: Get) -> None:
    assert "No document matches" in page(TOPIC, q='"no such phrase anywhere"')
    assert "Clear the filters" in page(TOPIC, tag="no-such-tag")


def test_copies_are_folded(library: Library, page: Get) -> None:
    text = [
        f"Paragraph {n} about {w} lanes and their magnets, long enough to compare."
        for n, w in enumerate("abcdef")
    ]
    for host in ("one", "two", "three"):
        url = f"https://{host}.example/story"
        library.keep([Read(written(f"The story of lanes at {host}", *text, url=url))])
    html = page("/documents")
    assert len(titles(html)) == 1
    assert "Also in 2 English reports" in html


@pytest.mark.parametrize(
    "path", ["/documents/nope", "/topics/nope", "/nope", f"{TOPIC}/export.exe", "/documents/x/y"]
)
def test_what_is_not_held_is_not_found(filled: Library, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text
    problem = client.get(path, headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json().keys() == {"title", "status", "detail"}


def test_every_page_is_json_at_the_same_address(filled: Library, client: Client) -> None:
    paths = ("/topics", TOPIC, f"{TOPIC}/edit", "/new-topic", "/documents", "/sources")
    for path in (*paths, f"/documents/{id_of(filled, MAGNETS)}"):
        response = client.get(path, headers={"accept": "application/json"})
        assert response.headers["content-type"] == "application/json", path
        assert response.json() == client.get(path, params={"format": "json"}).json()
        assert "Accept" in response.headers["vary"]


def test_the_json_of_a_topic_has_what_its_page_has(filled: Library, client: Client) -> None:
    found = client.get(TOPIC, params={"format": "json"}).json()["page"]
    assert [card["document"]["title"] for card in found["cards"]] == [
        title.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&#34;", '"')
        .replace("&amp;", "&")
        for title in titles(client.get(TOPIC).text)
    ]
    assert found["cards"][0]["digests"][0]["groups"][0]["points"][0]["citations"] == [2]
    assert found["filters"]["documents"] is None
    assert EVIL.title in [card["document"]["title"] for card in found["cards"]]


@pytest.mark.parametrize("format", ["md", "html", "json", "pdf"])
def test_a_topic_is_exported(library: Library, client: Client, format: str) -> None:
    library.keep([Read(KNOWN_BY_TITLE, None, "高性能磁体")])
    response = client.get(f"{TOPIC}/export.{format}")
    assert response.status_code == 200
    assert response.headers["content-disposition"].startswith("attachment")
    if format == "pdf":
        assert response.content.startswith(b"%PDF")
    else:
        assert KNOWN_BY_TITLE.title in response.text


def test_an_export_says_what_has_no_digest_yet(
    filled: Library, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "DIGESTING", 0.0)
    held = client.get(f"{TOPIC}/export.json").json()
    assert held["undigested"] == sum(one["digest"] is None for one in held["documents"]) == 3
    assert "3 documents have no digest yet" in client.get(f"{TOPIC}/export.md").text
    assert "3 件の文書の要約" in client.get(f"{TOPIC}/export.html", params={"lang": "ja"}).text
    monkeypatch.undo()
    assert "no digest yet" not in client.get(f"{TOPIC}/export.md", params={"lang": "en"}).text
    assert client.get(f"{TOPIC}/export.json").json()["undigested"] == 0


def test_a_digest_in_the_making_says_so(filled: Library, page: Get) -> None:
    assert page(TOPIC).count("The digest is in the making") == 3
