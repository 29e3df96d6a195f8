"""Sparse vectors whose inner product is BM25."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.model import Document, Paragraph
from mine2magnet.search.sparse import ALL, USUAL, component, components, vector
from mine2magnet.search.units import Term


def made(*paragraphs: str, title: str = "Kiln") -> dict[int, float]:
    numbered = tuple(Paragraph(n, text) for n, text in enumerate(paragraphs, 1))
    return vector(Document(title, "s", datetime(2025, 1, 1, tzinfo=UTC), "en", numbered))


def bm25(count: int, length: int, field: str) -> float:
    """With the constants of tantivy's own BM25 (k1 1.2, b 0.75)."""
    return count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / USUAL[field]))


def test_each_word_and_run_of_words_has_its_weight() -> None:
    v = made("kiln fire smoke ash", "kiln")
    assert v[ALL] == 1.0
    assert v[component("text", "kiln")] == pytest.approx(bm25(2, 5, "text"))
    for run in ("fire", "kiln fire", "fire smoke", "kiln fire smoke", "fire smoke ash"):
        assert v[component("text", run)] == pytest.approx(bm25(1, 5, "text"))
    assert component("text", "kiln fire smoke ash") not in v
    assert component("text", "ash kiln") not in v  # no run goes on in the next paragraph
    assert v[component("title", "kiln")] == pytest.approx(bm25(1, 1, "title"))
    assert len(v) == 1 + 4 + 3 + 2 + 1


def test_marks_count_once_in_text_and_title() -> None:
    v = made("Nd Nd 镝", title="US")
    assert v[component("text mark", "Nd")] == pytest.approx(bm25(1, 3, "text"))
    assert component("text mark", "镝") in v
    assert component("title mark", "US") in v
    assert component("title mark", "Nd") not in v


def test_what_is_asked_of_a_field() -> None:
    assert components("text", Term(("Nd",), mark=True)) == [component("text mark", "Nd")]
    assert components("text", Term(("a", "b"))) == [component("text", "a b")]
    assert components("text", Term(("a", "b", "c"))) == [component("text", "a b c")]
    assert components("title", Term(("a", "b", "c", "d"))) == [
        component("title", "a b c"),
        component("title", "b c d"),
    ]


def test_components_do_not_change() -> None:
    """They are kept on a server."""
    assert (component("text", "rare earth"), component("title", "磁")) == (1242038599, 2256043619)


def test_of_a_term_that_may_go_on_the_first_tokens_are_looked_for() -> None:
    assert components("text", Term(("4", "至", "6", "周"), begun=True)) == components(
        "text", Term(("4", "至", "6"))
    )
    assert components("text", Term(("6", "周"), begun=True)) == components("text", Term(("6", "周")))
