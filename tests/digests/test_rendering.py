"""Translations held against their sentences: planted errors are caught, true ones are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.claims import quantities, times, units
from mine2magnet.claims.numerals import numbers
from mine2magnet.core import thesaurus
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.digests.rendering import fault
from mine2magnet.model import Document, Paragraph
from mine2magnet.search import embed_passages

DAY = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tools() -> Tools:
    words = thesaurus.load()
    return Tools(words, quantities, numbers, units.convert, times.find, times.bounds, embed_passages)


def held_against(source: str, text: str, tools: Tools, language: str = "zh") -> str | None:
    document = Document("题", "源", DAY, language, (Paragraph(1, source),), published=DAY)
    return fault(source, text, document, "en", tools)


SENTENCE = "2025年5月，中国稀土永磁体出口仅1238吨，比上年同月减少约74%。"
TRUE = (
    "In May 2025 China exported only 1,238 tonnes of rare-earth magnets, about 74% less than a year earlier."
)


def test_a_true_translation_holds(tools: Tools) -> None:
    assert held_against(SENTENCE, TRUE, tools) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TRUE.replace("1,238", "1,328"), "not stated"),
        (TRUE.replace("China", "Japan"), "Japan"),
        (TRUE.replace("May", "June"), "no time"),
        (TRUE.replace(", about 74% less than a year earlier", ""), "leaves out a figure"),
        (TRUE.replace("China exported only", "Exports were only"), "leaves out China"),
        ("", "nothing"),
    ],
)
def test_planted_errors_are_caught(text: str, why: str, tools: Tools) -> None:
    assert why in str(held_against(SENTENCE, text, tools))


def test_a_lost_and_a_planted_denial_are_caught(tools: Tools) -> None:
    source = "商务部没有批准这三家企业的出口申请。"
    denies = "The Ministry of Commerce did not approve the export applications of these three companies."
    says = denies.replace("did not approve", "approved")
    assert held_against(source, denies, tools) is None
    assert "denied" in str(held_against(source, says, tools))
    assert "denies" in str(held_against(source.replace("没有", ""), denies, tools))


def test_a_sentence_about_something_else_is_caught(tools: Tools) -> None:
    assert held_against("磁体的生产需要很长时间。", "The weather was fine at the seaside.", tools)
