from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mine2magnet import thesaurus
from mine2magnet.ask.figure_asked import ENOUGH, About, FigureAsked, FigureMatcher
from mine2magnet.model import Claim, Document, Paragraph, Quantity

WORDS = thesaurus.load()
TEXT = "Exports of rare earth magnets to the United States came to 590 tonnes."
TITLE = "China's magnet exports climb again"
CLAIM = Claim(
    Quantity(590.0, 590.0, "t"),
    TEXT.index("590"),
    len(TEXT) - 1,
    (0, len(TEXT)),
    subjects=("china",),
    counterparties=("united_states",),
    measure="exports",
    materials=("rare_earth_magnet",),
    period="2025-08",
    period_kind="month",
    paragraph=1,
)


def document(text: str = TEXT, title: str = TITLE, language: str = "en") -> About:
    held = Document(title, "A Post", datetime(2025, 9, 21, tzinfo=UTC), language, (Paragraph(1, text),))
    return About.of(held, WORDS)


def fits(question: str, claim: Claim = CLAIM, about: About | None = None) -> bool:
    matcher = FigureMatcher(FigureAsked.of(question, WORDS), WORDS)
    about = about or document()
    return matcher.speaks(about) and matcher.fit(claim, about) >= ENOUGH


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many tonnes of magnets did China export to Japan in July 2025?",
         {"partners": {"japan"}, "periods": ((date(2025, 7, 1), date(2025, 7, 31)),)}),
        ("中国2025年7月出口到日本的磁体是多少吨？", {"partners": {"japan"}, "dimensions": {"[mass]"}}),
        ("中国から日本向けに輸出された磁石は何トンか", {"partners": {"japan"}, "dimensions": {"[mass]"}}),
        ("By how much did Lynas shares fall?", {"change": True, "parties": {"lynas"}}),
        ("How much can Halden Métaux buy from Corella?", {"names": {"halden", "métaux", "corella"}}),
        ("2024年第二批稀土指标是多少吨？", {"marks": ("第二批",)}),
        ("2024年首批稀土指标是多少吨？", {"marks": ("第一批",)}),
        ("According to the IEA, what share will Malaysia hold?", {"parties": {"malaysia"}}),
    ],
)  # fmt: skip
def test_what_a_question_asks_of_a_figure(question: str, wanted: dict[str, Any]) -> None:
    asked = FigureAsked.of(question, WORDS)
    assert {slot: type(value)(getattr(asked, slot)) for slot, value in wanted.items()} == wanted
    assert asked.asks


@pytest.mark.parametrize("question", ["Why do magnets fail in heat?", "Who founded Lynas?"])
def test_other_questions_ask_for_no_figure(question: str) -> None:
    assert not FigureAsked.of(question, WORDS).asks


@pytest.mark.parametrize(
    "question",
    [
        "How many tonnes of magnets did China export to the US in August 2025?",
        "How many tonnes of rare earth magnets went to the United States in 2025?",
        "2025年8月中国出口到美国的稀土磁体是多少吨？",
        "2025年8月に中国から米国向けに輸出された磁石は何トンか",
    ],
)
def test_a_claim_answers_in_any_language(question: str) -> None:
    assert fits(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many tonnes of magnets did China export to the US in July 2025?",
        "How many tonnes of magnets did China export to Germany in August 2025?",
        "How many tonnes of dysprosium oxide did China export to the US in August 2025?",
        "How many tonnes of magnets did Vietnam export to the US in August 2025?",
        "How many dollars did magnets from China to the US fetch in August 2025?",
        "By how much did exports of magnets from China to the US rise in July 2025?",
        "How many tonnes of magnets did Corella Holdings export to the US in August 2025?",
    ],
)
def test_another_time_partner_thing_or_unit_is_no_answer(question: str) -> None:
    assert not fits(question)


def test_the_whole_is_not_what_went_to_one() -> None:
    whole = replace(CLAIM, counterparties=())
    about = document("Exports of rare earth magnets from China came to 6,146 tonnes.")
    asked = "How many tonnes of magnets did China export{} in August 2025?"
    assert fits(asked.format(""), whole, about)
    assert not fits(asked.format(" to the US"), whole, about)


def test_the_nearer_claim_fits_better() -> None:
    asked = FigureAsked.of("How many tonnes of terbium oxide did Lynas produce in 2025?", WORDS)
    about = document("Lynas produced 214 tonnes of oxides, of which 2.1 tonnes were terbium oxide.", "Lynas")
    terbium, oxides = (
        replace(CLAIM, subjects=("lynas",), counterparties=(), measure="production", materials=(material,),
                period="2025")
        for material in ("terbium_oxide", "rare_earth_oxides")
    )  # fmt: skip
    matcher = FigureMatcher(asked, WORDS)
    assert matcher.fit(terbium, about) > matcher.fit(oxides, about)


def test_a_document_of_something_else_is_not_looked_at() -> None:
    matcher = FigureMatcher(FigureAsked.of("羽州洋上電力の秋田沖洋上風力の総事業費はいくら？", WORDS), WORDS)
    assert not matcher.speaks(document("総事業費は64億円とし、国は半額を支援します。", "工場の新設", "ja"))
    assert matcher.speaks(document("羽州洋上電力は秋田沖の洋上風力の総事業費を示した。", "洋上風力", "ja"))
