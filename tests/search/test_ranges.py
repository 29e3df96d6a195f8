"""A quoted range is found however it is written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.model import Document, Paragraph
from mine2magnet.search import matches
from mine2magnet.search.ranges import forms
from tests.search.conftest import WORDS


@pytest.mark.parametrize(
    "phrase", ["", "six weeks", "2025-11-04", "16-4-2", "1,200 to 1,400 t", "1.5-2 t", "NdFeB-4 to 6x"]
)
def test_what_is_no_range_has_no_other_form(phrase: str) -> None:
    assert forms(phrase) == []


def test_numbers_beyond_twelve_stay_figures() -> None:
    assert forms("12-15 days") == [
        f"{low}{between}15 days" for low in ("12", "twelve") for between in (" ", " to ", " and ", " or ")
    ]


@pytest.mark.parametrize(
    "quoted", ["4-6 weeks", "4–6 weeks", "four to six weeks", "4 to 6 weeks", "Four-six weeks"]
)
@pytest.mark.parametrize(
    "said", ["4-6 weeks", "4—6 weeks", "four to six weeks", "4 to 6 weeks", "four or six weeks"]
)
def test_a_quoted_range_is_found_as_it_is_written(quoted: str, said: str) -> None:
    def found(text: str) -> bool:
        now = datetime(2025, 6, 1, tzinfo=UTC)
        return matches(
            (f'"{quoted}"',), Document("A title", "A post", now, "en", (Paragraph(1, text),)), WORDS
        )

    assert found(f"Stocks last {said}, it says.")
    assert not found("Stocks last four weeks, not six, or 4-7 weeks.")
