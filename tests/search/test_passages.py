from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.model import Document, Paragraph
from mine2magnet.search.passages import LONGEST, MANY, TOKENS, pieces, tokens_about


def document(*paragraphs: str, title: str = "A title") -> Document:
    return Document(
        title=title,
        source="s",
        fetched=datetime(2025, 1, 1, tzinfo=UTC),
        language="en",
        paragraphs=tuple(Paragraph(n, p) for n, p in enumerate(paragraphs, 1)),
    )


def test_a_document_without_text_is_known_by_its_title() -> None:
    assert [(p.paragraph, p.text) for p in pieces(document())] == [(1, "A title")]


def test_short_paragraphs_are_joined_and_the_title_leads() -> None:
    (only,) = pieces(document("One line.", "Another line."))
    assert only.text == "A title\nOne line.\nAnother line."


def test_a_long_paragraph_is_cut_at_sentences_and_keeps_its_number() -> None:
    long = "The refinery in the north makes three hundred tonnes of oxide in a year. " * 30
    made = pieces(document("Lead.", long, "End."))
    assert len(made) > 3
    assert {p.paragraph for p in made} <= {1, 2, 3}
    assert all(tokens_about(p.text) <= 2.2 * TOKENS for p in made)
    assert all(p.text.rstrip().endswith((".",)) for p in made)


def test_the_key_stands_for_the_text() -> None:
    first, second = pieces(document("x")), pieces(document("x", title="Other"))
    assert first[0].key == pieces(document("x"))[0].key != second[0].key


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=400).filter(str.strip), max_size=40))
def test_passages_are_bounded_and_in_order(paragraphs: list[str]) -> None:
    made = pieces(document(*paragraphs))
    assert 1 <= len(made) <= MANY
    numbers = [p.paragraph for p in made]
    assert numbers == sorted(numbers)
    assert all(1 <= n <= max(len(paragraphs), 1) for n in numbers)
    assert all(len(p.text) <= 4 * LONGEST for p in made)
