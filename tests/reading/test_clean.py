"""Bounds of what is kept of a text."""

from __future__ import annotations

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.reading import clean


def test_a_title_is_cut_at_its_limit() -> None:
    assert clean.title("t" * clean.MAX_TITLE) == "t" * clean.MAX_TITLE
    assert clean.title("t" * (clean.MAX_TITLE + 1)) == "t" * (clean.MAX_TITLE - 1) + "…"
    assert clean.title("t" * (clean.MAX_TITLE - 2) + " " * 3 + "uu") == "t" * (clean.MAX_TITLE - 2) + "…"


def test_paragraphs_are_numbered_from_one_without_the_empty_ones() -> None:
    assert [(p.number, p.text) for p in clean.paragraphs(["a", " \u200b", "b"], "x")] == [(1, "a"), (2, "b")]


def test_too_much_text_is_refused() -> None:
    many = ["p"] * clean.MAX_PARAGRAPHS
    assert len(clean.paragraphs(many, "x")) == clean.MAX_PARAGRAPHS
    with pytest.raises(UserError, match="longer than"):
        clean.paragraphs([*many, "p"], "x")
    half = "q" * (clean.MAX_CHARACTERS // 2)
    assert len(clean.paragraphs([half, half], "x")) == 2
    with pytest.raises(UserError, match="longer than"):
        clean.paragraphs([half, half, "q"], "x")


def test_tags_are_short_and_few() -> None:
    assert clean.tags(["a", " a ", "", "t" * 50, "t" * 51]) == ("a", "t" * 50)
    assert len(clean.tags(str(n) for n in range(99))) == clean.MAX_TAGS
