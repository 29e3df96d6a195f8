from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.model import Document, Paragraph
from mine2magnet.search.excerpts import PASSAGES, excerpts, highlights
from mine2magnet.search.units import phrase, understand
from tests.search.conftest import WORDS


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in highlights(text, understand(query, WORDS))]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("企业库存只够两周。", "库存", ["库存"]),
        ("企業庫存只夠兩週。", "库存", ["庫存"]),
        ("Makers hold an inventory of weeks.", "库存", ["inventory"]),
        ("Inventories fell; in stock now.", "在庫", ["Inventories", "stock"]),
        ("重希土類の精製", "heavy rare earths", ["重希土類"]),
        ("稀土出口下降，稀土价格上升", "稀土", ["稀土", "稀土"]),
        ("The US lets us know", "美国", ["US"]),
        ("氧化镝和 Dy 金属", "dysprosium", ["镝", "Dy"]),
        ("ＮｄＦｅＢ磁石", "ndfeb", ["ＮｄＦｅＢ"]),
        ("stock, see https://a.example/stock?q=stock：stock", "stock", ["stock", "stock"]),
        ("Nothing of the kind", "稀土", []),
    ],
)
def test_what_matched_is_marked_in_the_text_as_it_stands(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_phrase_is_marked_only_where_it_stands_whole() -> None:
    unit = phrase("export licence")
    assert unit is not None
    text = "An export permit is no licence; an export licence is."
    assert [text[a:b] for a, b in highlights(text, [unit])] == ["export licence"]


ANY = st.text(st.sampled_from("稀土库庫存镝 aAbrestockUS.㎡ﬁ\u3099か重希土類レアース-0,1"), max_size=60)


@given(ANY, ANY)
def test_marks_lie_within_the_text_and_apart(text: str, query: str) -> None:
    last = -1
    for start, end in highlights(text, understand(query, WORDS)):
        assert last < start < end <= len(text)
        last = end


def document(*paragraphs: str) -> Document:
    return Document(
        title="t",
        source="s",
        fetched=datetime(2025, 1, 1, tzinfo=UTC),
        language="en",
        paragraphs=tuple(Paragraph(n, p) for n, p in enumerate(paragraphs, 1)),
    )


def test_the_paragraph_with_most_of_the_query_comes_first() -> None:
    read = document("Stocks are low.", "Rare earth stocks in the US are low.", "Weather.", "US news.")
    shown = excerpts(read, understand("US rare earth stocks", WORDS), None)
    assert [p.paragraph for p in shown] == [2]


def test_at_most_a_few_paragraphs_are_shown() -> None:
    read = document(*["rare earth"] * 9)
    shown = excerpts(read, understand("rare earth", WORDS), None)
    assert [p.paragraph for p in shown] == [1, 2, 3][:PASSAGES]


def test_the_paragraph_nearest_in_meaning_is_shown_when_no_word_matched() -> None:
    shown = excerpts(document("one", "two"), understand("稀土", WORDS), 2)
    assert [(p.paragraph, p.text, p.highlights) for p in shown] == [(2, "two", ())]


def test_nothing_matched_nothing_shown() -> None:
    assert excerpts(document("one", "two"), understand("稀土", WORDS), None) == ()


def test_a_list_of_sources_is_shown_only_if_nothing_else_matches() -> None:
    listed = "Sources: US rare earth stocks are low (A Post) — https://a.example/stocks"
    query = understand("US rare earth stocks", WORDS)
    shown = excerpts(document("Stocks are low.", listed), query, None)
    assert [p.paragraph for p in shown] == [1]
    assert [p.paragraph for p in excerpts(document("Weather.", listed), query, None)] == [2]
