from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mine2magnet import digests
from mine2magnet.core import thesaurus
from mine2magnet.model import Digest, Document, Group, Paragraph, Point

CHINA = timezone(timedelta(hours=8), "CST")
DOCUMENT = Document(
    "Stocks for weeks",
    "Test Gazette",
    datetime(2025, 6, 2, tzinfo=UTC),
    "zh",
    (Paragraph(1, "库存只够四到六周。"), Paragraph(2, "价格上涨四成。"), Paragraph(3, "库存只够四到六周。")),
    published=datetime(2025, 6, 1, 3, 13, tzinfo=CHINA),
)
DIGEST = Digest(
    (Point("库存只够四到六周。", (1, 3)),),
    (
        Group("价格", (Point("价格上涨四成。", (2,)),), "aspect.prices"),
        Group("My own heading", (Point("无。"),)),
    ),
    "extractive",
    "zh",
    "1",
)


def test_text_says_what_where_from_when_and_how() -> None:
    assert digests.as_text(DOCUMENT, DIGEST, "en") == (
        "Stocks for weeks\n"
        "Test Gazette · 2025-06-01 03:13 UTC+08:00 · Chinese\n"
        "Sentences of the document, chosen without a language model.\n"
        "\n"
        "Core viewpoint\n"
        "  库存只够四到六周。 [1][3]\n"
        "\n"
        f"{thesaurus.load().label('aspect.prices', 'en')}\n"
        "  - 价格上涨四成。 [2]\n"
        "\n"
        "My own heading\n"
        "  - 无。"
    )


@pytest.mark.parametrize(
    ("language", "viewpoint"), [("en", "Core viewpoint"), ("zh", "核心观点"), ("ja", "要旨")]
)
def test_headings_are_in_the_readers_language(language: str, viewpoint: str) -> None:
    heading = thesaurus.load().label("aspect.prices", language)
    for made in (
        digests.as_text(DOCUMENT, DIGEST, language),
        digests.as_markdown(DOCUMENT, DIGEST, language),
    ):
        assert viewpoint in made
        assert heading in made
        assert "库存只够四到六周。 [1][3]" in made


def test_a_digest_in_another_language_says_so() -> None:
    translated = replace(DIGEST, language="en", method="some-model")
    made = digests.as_text(DOCUMENT, translated, "en")
    assert "The digest reads in English, the document in Chinese." in made
    assert "written by some-model" in made
    assert "reads in" not in digests.as_text(DOCUMENT, DIGEST, "en")


def test_a_published_digest_is_unverified_and_without_text_cannot_be_checked() -> None:
    published = replace(DIGEST, method="source")
    for render in (digests.as_text, digests.as_markdown):
        made = render(replace(DOCUMENT, paragraphs=()), published, "en")
        assert "published by the source, unverified" in made
        assert "citations cannot be checked" in made
        assert "cannot be checked" not in render(DOCUMENT, published, "en")


def test_undated_and_without_a_digest() -> None:
    undated = replace(DOCUMENT, published=None, language="de")
    assert "Test Gazette · 时间不详 · de\n没有摘要。" in digests.as_text(undated, None, "zh")
    assert digests.as_markdown(undated, None, "en").endswith("*No digest.*")
    empty = Digest((), (), "extractive", "de")
    assert "No sentence of the document stands by itself." in digests.as_text(undated, empty, "en")


def test_markdown_is_a_section_with_lists() -> None:
    made = digests.as_markdown(replace(DOCUMENT, url="https://example.com/a?b=1&c=(2)"), DIGEST, "en")
    assert made.splitlines()[0] == "## [Stocks for weeks](<https://example.com/a?b=1&c=%282%29>)"
    assert "**Core viewpoint** – 库存只够四到六周。 [1][3]" in made
    assert "\n- 价格上涨四成。 [2]" in made


def test_a_documents_words_never_become_markup() -> None:
    hostile = "# <b>x</b> [click](javascript:alert(1)) *now* `code` \n\n1. next"
    document = replace(DOCUMENT, title=hostile, source="<script>", url="javascript:alert(1)")
    digest = replace(DIGEST, groups=(Group(hostile, (Point("1. - # one", (1,)),)),))
    made = digests.as_markdown(document, digest, "en")
    title, *rest = made.split("\n\n")
    escaped = r"\# \<b\>x\</b\> \[click\](javascript:alert(1)) \*now\* \`code\`   1. next"
    assert title == f"## {escaped}"
    assert f"### {escaped}" in rest
    assert r"- 1\. - # one [1]" in rest
    assert r"\<script\>" in rest[0]


def test_control_characters_reach_no_terminal() -> None:
    made = digests.as_text(replace(DOCUMENT, title="\x1b[31mred\x07\u202e"), DIGEST, "en")
    assert made.startswith(" [31mred")
    assert all(c.isprintable() or c == "\n" for c in made)


def test_html_says_the_same_and_lets_no_markup_through() -> None:
    made = digests.as_html(DOCUMENT, DIGEST, "ja")
    assert "<li>价格上涨四成。 [2]</li>" in made
    assert thesaurus.load().label("aspect.prices", "ja") in made
    hostile = replace(DOCUMENT, title="<script>alert(1)</script>", url="javascript:alert(1)")
    made = digests.as_html(hostile, replace(DIGEST, viewpoint=(Point("<img src=x>", (1,)),)), "en")
    assert "<script" not in made
    assert "<img" not in made
    assert "javascript:" not in made
