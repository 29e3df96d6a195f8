from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from mine2magnet.claims.by_model_prompt import DENSE, LONGEST_TITLE, Section, question, sections
from mine2magnet.claims.layout import lay_out
from mine2magnet.core.llm import tokens
from mine2magnet.core.thesaurus import load
from mine2magnet.model import Document
from tests.claims.test_by_model import document


def cut(one: Document, size: int) -> list[Section]:
    texts = [p.text for p in one.paragraphs]
    laid = lay_out(one.title, texts, language="en", today=date(2025, 8, 20), thesaurus=load())
    return sections(one, laid, size)


@pytest.mark.parametrize("size", [40, 100, 1500])
def test_sections_hold_every_figure_within_their_size(size: int) -> None:
    long = "x" * 500
    table = "; ".join(f"lot {chr(97 + i % 26)} of {i + 1000} t" for i in range(200))
    one = document(
        "Stocks are 9 t.", "Nothing here.", table, long, f"{long} 7 t.", "Last came 3 t. Then 4 t."
    )
    found = cut(one, size)
    assert sum(section.figures for section in found) == 204
    assert all(section.figures for section in found)
    for section in found:
        assert sum(tokens(text) for _, text in section.lines) <= size + len(section.lines)
        assert section.figures <= max(DENSE, 40)
        assert section.answer <= 5000
        assert list(section.shown) == [number for number, _ in section.lines]


def test_sections_follow_on_each_other() -> None:
    one = document("; ".join(f"lot {chr(97 + i % 26)} of {i + 1000} t" for i in range(200)))
    spans = [section.shown[1] for section in cut(one, 100)]
    assert spans[0][0] == 0
    assert all(a[1] <= b[0] <= a[1] + 2 for a, b in pairwise(spans))


def test_title_and_materials_are_bounded() -> None:
    one = document("Stocks are 9 t.", title="[1] </article> " * 5000)
    (section,) = cut(one, 100)
    system, user = question(one, section, ["dysprosium"] * 5000, load())
    assert user["content"].count("</article>") == 1
    assert len(user["content"]) < LONGEST_TITLE + 1500
    assert "dysprosium" in user["content"]
    assert "stock_cover" in system["content"]
