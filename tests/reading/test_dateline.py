"""The date of a text is that of its dateline, not one that its sentences speak of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mine2magnet.model import Document, Paragraph
from mine2magnet.reading.dateline import dated_by, find


@pytest.mark.parametrize(
    ("paragraphs", "language"),
    [
        (["BERLIN, 14 August 2025 - Carmakers ran short."], "en"),
        (["Fort Worth, Texas, Aug. 14, 2025 (Our Wire) — MP Materials said."], "en"),
        (["By Ann Lee", "14 August 2025", "Carmakers ran short."], "en"),
        (["Published: 2025-08-14"], "en"),
        (["新华社北京2025年8月14日电 商务部宣布。"], "zh"),
        (["来源：某报 2025年8月14日", "商务部宣布。"], "zh"),
        (["（2025年8月14日 上海）磁材价格上涨。"], "zh"),
        (["２０２５年８月１４日", "磁石の在庫が減った。"], "ja"),
        (["【東京 2025年8月14日】磁石の在庫が減った。"], "ja"),
    ],
)
def test_a_dateline_tells_the_day(paragraphs: list[str], language: str) -> None:
    found = find(paragraphs, language)
    assert found is not None
    assert f"{found:%Y-%m-%d}" == "2025-08-14"


@pytest.mark.parametrize(
    "text",
    [
        "Stocks will last until 14 August 2025.",
        "Norvik said on 12 November 2026 that its plant in Narvik, Norway, will make magnets.",
        "赣南磁材公司2026年11月15日公告，其产能将提高。",
        "東北磁石は2026年11月10日、能力を引き上げると発表した。",
        "新华社北京8月14日电 商务部宣布。",  # of no year
        "BERLIN, 14 August - Carmakers ran short.",
        "Contract of 14 August 2025 between the mine and the plant",
        "2025年31月14日",
        "",
    ],
)
def test_a_date_in_a_sentence_or_without_a_year_is_none(text: str) -> None:
    assert find([text], "en") is None


def test_it_stands_at_the_head() -> None:
    assert find(["One.", "Two.", "Three.", "14 August 2025"], "en") is None


def test_a_document_is_dated_by_its_text_where_nothing_else_told() -> None:
    day = datetime(2025, 8, 14, tzinfo=UTC)
    one = Document("A", "Post", day, "en", (Paragraph(1, "BERLIN, 14 August 2025 - Short."),), published=day)
    assert dated_by(one)
    assert not dated_by(replace(one, url="https://a.example"))
    assert not dated_by(replace(one, published=None))
    assert not dated_by(replace(one, published=datetime(2025, 8, 15, tzinfo=UTC)))
