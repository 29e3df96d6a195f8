from __future__ import annotations

from datetime import UTC, datetime

import pytest
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


@pytest.mark.parametrize(
    ("text", "about"), [("", 0), ("a" * 45, 10), ("稀土" * 10, 13), ("稀土" * 10 + "a" * 9, 15), ("é" * 9, 4)]
)
def test_tokens_are_told_by_characters(text: str, about: int) -> None:
    assert tokens_about(text) == about


def test_the_parts_of_a_long_paragraph_are_all_of_it() -> None:
    long = " ".join(f"Kiln {n} in the north makes {n * 7} tonnes of oxide in a year." for n in range(60))
    made = pieces(document(long, title="T"))
    assert [p.text[0] for p in made[1:]] == ["K"] * (len(made) - 1)
    assert " ".join(p.text for p in made).removeprefix("T\n") == long
    assert all(tokens_about(p.text) <= TOKENS + 1 for p in made)
    assert sum(tokens_about(p.text) > TOKENS / 2 for p in made) >= len(made) - 1  # as few as will do


def test_a_paragraph_of_twice_the_tokens_is_left_whole() -> None:
    sentence = "Ores are milled and then are washed in it. "  # 43 characters
    whole = (sentence * 100)[: round(2 * TOKENS * 4.5)]
    assert tokens_about(whole) == 2 * TOKENS
    assert [p.text for p in pieces(document(whole))] == [f"A title\n{whole}"]
    longer = whole + "More is."
    assert len(pieces(document(longer))) > 1


def test_paragraphs_are_joined_up_to_the_tokens_of_a_passage() -> None:
    third = "x" * round(TOKENS / 3 * 4.5 - 2)
    first, second = pieces(document(*[third] * 5, title="t"))
    assert (first.paragraph, first.text) == (1, "\n".join(["t", *[third] * 3]))
    assert (second.paragraph, second.text) == (4, "\n".join([third] * 2))


def test_a_document_has_two_dozen_passages_at_most() -> None:
    whole = "y" * round(TOKENS * 4.5)
    made = pieces(document(*[whole] * 40, title="t"))
    assert [p.paragraph for p in made] == [1, *range(2, MANY + 1)]
    (cut,) = pieces(document("z" * (LONGEST + 9), title="w" * (LONGEST + 9)))
    assert cut.text == "w" * LONGEST + "\n" + "z" * LONGEST
