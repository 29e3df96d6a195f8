from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.model import Document
from mine2magnet.reading import clean, page

if TYPE_CHECKING:
    from tests.reading.conftest import Article

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CST = timezone(timedelta(hours=8))
EN = [
    "Dysprosium oxide became dearer again this week, traders outside China said on Monday.",
    "Two buyers said that their stocks would carry them through about five weeks of production.",
]
ZH = ["商务部称，对部分中重稀土物项实施出口管制，出口须经许可。", "业内人士说，海外库存只够维持数周的生产。"]


def read(html: str | bytes, url: str | None = "https://news.example.com/a") -> Document:
    body = html.encode() if isinstance(html, str) else html
    return page.read(body, url=url, charset="", fetched=NOW, where="here")


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_only_the_article_is_kept(article: Article) -> None:
    document = read(article("Dysprosium dearer", EN))
    assert [p.text for p in document.paragraphs] == EN
    assert (document.title, document.source) == ("Dysprosium dearer", "news.example.com")


def test_headings_items_and_rows_are_paragraphs_of_their_own(article: Article) -> None:
    more = (
        "<h2>What it means</h2><ul><li>Prices stay high</li><li>Stocks stay low</li></ul>"
        "<table><tr><th>Oxide</th><th>Price</th></tr><tr><td>Dysprosium</td><td>300</td></tr></table>"
    )
    page = article("Dysprosium dearer", [*EN, "Last of all, a paragraph follows the table."]).replace(
        "<p>Last", more + "<p>Last"
    )
    assert [p.text for p in read(page).paragraphs] == [
        *EN,
        "What it means",
        "Prices stay high",
        "Stocks stay low",
        "Oxide | Price",
        "Dysprosium | 300",
        "Last of all, a paragraph follows the table.",
    ]


def test_json_ld_comes_first(article: Article) -> None:
    head = (
        ld(
            headline="The full headline",
            datePublished="2025-06-01T03:13:00+08:00",
            publisher={"@type": "Organization", "name": "Magnet Wire"},
            keywords=["prices", "terbium"],
        )
        + '<meta property="article:published_time" content="2020-01-01T00:00:00Z">'
    )
    document = read(article("Short", EN, head=head))
    assert (document.title, document.source) == ("The full headline", "Magnet Wire")
    assert document.published == datetime(2025, 6, 1, 3, 13, tzinfo=CST)
    assert document.tags == ("prices", "terbium")


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("ScholarlyArticle", "paper"),
        ("Report", "report"),
        ("Dataset", "data"),
        ("OpinionNewsArticle", "analysis"),
    ],
)
def test_the_category_follows_the_kind_of_article(article: Article, kind: str, category: str) -> None:
    assert read(article("Story", EN, head=ld(**{"@type": kind}))).category == category


def test_a_page_that_is_no_article_is_a_webpage(article: Article) -> None:
    assert read(article("About us", EN)).category == "webpage"


@pytest.mark.parametrize(
    ("head", "before"),
    [
        ('<meta property="article:published_time" content="2025-06-01 03:13">', ""),
        ('<meta itemprop="datePublished" content="2025-06-01T03:13:00+08:00">', ""),
        ("", '<time datetime="2025-06-01T03:13:00+08:00">Sunday</time>'),
        ("", '<span itemprop="datePublished">2025年6月1日 03:13</span>'),
        ("", '<div class="info">2025-06-01 03:13 来源：某报</div>'),
    ],
)
def test_where_a_chinese_page_says_when(article: Article, head: str, before: str) -> None:
    document = read(article("中重稀土出口须经许可", ZH, head=head, before=before))
    assert document.published == datetime(2025, 6, 1, 3, 13, tzinfo=CST)
    assert [p.text for p in document.paragraphs] == ZH  # the dateline is none


@pytest.mark.parametrize("date", ["2999-01-01", "1970-01-01T00:00:00Z", "0000-00-00", "gestern"])
def test_impossible_dates_are_left_out(article: Article, date: str) -> None:
    assert read(article("Story", EN, head=f'<meta name="date" content="{date}">')).published is None


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Dysprosium dearer - Magnet Wire", "Dysprosium dearer"),
        ("Dysprosium dearer - again - Magnet Wire", "Dysprosium dearer - again"),
        ("Dysprosium dearer - again", "Dysprosium dearer - again"),
    ],
)
def test_titles_without_the_name_of_the_site(article: Article, stated: str, title: str) -> None:
    head = (
        f'<meta property="og:title" content="{stated}"><meta property="og:site_name" content="Magnet Wire">'
    )
    assert read(article("x", EN, head=head)).title == title


def test_the_title_element_serves_without_heading_or_metadata() -> None:
    text = "".join(f"<p>{p}</p>" for p in ZH)
    assert (
        read(f"<html><head><title>镝价连涨三周_磁材网</title></head><body>{text}</body></html>").title
        == "镝价连涨三周"
    )


def test_without_any_title_the_first_sentence_serves() -> None:
    assert read("<html><body>" + "".join(f"<p>{p}</p>" for p in EN) + "</body></html>").title == EN[0]


def test_no_markup_and_no_invisible_characters_survive(article: Article) -> None:
    hostile = (
        "Stocks<script>alert(1)</script> <b onclick=x()>fell</b>\u202e \u200bagain\u0000 this week, "
        "buyers in Europe said."
    )
    document = read(article("Sto\u200bcks\u202e fell", [hostile, EN[0]]))
    assert document.title == "Stocks fell"
    assert document.paragraphs[0].text == "Stocks fell again this week, buyers in Europe said."


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("<html></html>", "no article text"),
        ("<html><body><script>draw()</script><div id=app></div></body></html>", "scripts"),
        ("<div>" * 5_000 + "text", "nested"),
        ("\0" * 100, "empty"),
    ],
)
def test_pages_without_an_article(html: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        read(html)
    assert "\n" not in str(caught.value)


def test_broken_json_ld_does_no_harm(article: Article) -> None:
    for script in (
        "{",
        "[" * 100_000,
        '{"@type": 3, "headline": {"a": []}}',
        "null",
        '{"@graph": [1, null, "x"]}',
    ):
        head = f'<script type="application/ld+json">{script}</script>'
        assert read(article("Story", EN, head=head)).title == "Story"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<table><tr>",
                "<td>",
                "</div>",
                "<li>",
                "<!--",
                "-->",
                "<b",
                ">",
                "&#0;",
                "&amp;lt;b&gt;",
                "磁体",
                "magnet. ",
                "<h1>",
                "<title>",
                "\0",
                "\ufeff",
                "<svg>",
                "<![CDATA[",
            ]
        ),
        max_size=40,
    )
)
def test_any_soup_gives_clean_paragraphs_or_one_error(pieces: list[str]) -> None:
    try:
        document = read("".join(pieces))
    except UserError:
        return
    assert document.paragraphs
    assert all(p.text == clean.tidy(p.text) for p in document.paragraphs)
