from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mine2magnet.ask.figure_asked import FigureAsked
from mine2magnet.ask.figure_match import ENOUGH, About, FigureMatcher
from mine2magnet.core import thesaurus
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


@pytest.mark.parametrize(
    ("measure", "question", "answers"),
    [
        ("profit", "What was the revenue of Lynas in 2025?", False),
        ("profit", "What was the profit of Lynas in 2025?", True),
        ("revenue", "What was the profit of Lynas in 2025?", False),
    ],
)
def test_a_profit_is_no_revenue(measure: str, question: str, answers: bool) -> None:
    text = f"Lynas reported {measure} of A$45 million in 2025."
    claim = replace(
        CLAIM, quantity=Quantity(45e6, 45e6, "AUD"), start=text.index("A$"), end=len(text) - 9,
        sentence=(0, len(text)), subjects=("lynas",), counterparties=(), measure=measure, materials=(),
        period="2025",
    )  # fmt: skip
    assert fits(question, claim, document(text, "Lynas reports")) is answers


def test_a_time_that_only_was_carried_on_may_be_another_the_document_tells_of() -> None:
    text = "The mill made 40 tonnes of terbium oxide."
    claim = replace(
        CLAIM, start=text.index("40"), end=text.index(" of"), sentence=(0, len(text)), subjects=("lynas",),
        counterparties=(), measure="production", materials=("terbium_oxide",), period="2024",
    )  # fmt: skip
    question = "How many tonnes of terbium oxide did Lynas produce in {}?"
    about = document(text, "Lynas in 2023 and 2024")
    ranked = [FigureMatcher(FigureAsked.of(question.format(year), WORDS), WORDS).fit(claim, about) for year in
              (2024, 2023, 2020)]  # fmt: skip
    assert ranked[0] > ranked[1] > ranked[2] == 0


def test_the_value_of_now_comes_before_that_of_before() -> None:
    text = "通期の営業利益は前回公表の52億円から44億円に下方修正いたします。"
    old, new = (
        replace(CLAIM, quantity=Quantity(value, value, "JPY"), start=text.index(told),
                end=text.index(told) + 4, sentence=(0, len(text)), subjects=("lynas",), counterparties=(),
                measure="profit", materials=(), period="2025")
        for told, value in (("52億円", 5.2e9), ("44億円", 4.4e9))
    )  # fmt: skip
    about = document(text, "ライナスの業績", "ja")
    matcher = FigureMatcher(FigureAsked.of("ライナスの2025年の営業利益はいくらに修正されたか", WORDS), WORDS)
    assert matcher.fit(new, about) > matcher.fit(old, about)


def test_a_claim_of_another_material_than_asked_for_is_none() -> None:
    text = "In Europe dysprosium oxide costs 900 dollars a kilogram and terbium oxide 4,000 dollars."
    own, other = (
        replace(CLAIM, quantity=Quantity(value, value, "USD/kg"), start=text.index(told),
                end=text.index(told) + 3, sentence=(0, len(text)), subjects=("europe",), counterparties=(),
                measure="price", materials=(material,), period=None)
        for told, value, material in (("900", 900, "dysprosium_oxide"), ("4,000", 4000, "terbium_oxide"))
    )  # fmt: skip
    asked = "price of dysprosium oxide in Europe"
    assert fits(asked, own, document(text, "Prices"))
    assert not fits(asked, other, document(text, "Prices"))
    assert fits("price of terbium oxide in Europe", other, document(text, "Prices"))
    purity = replace(own, quantity=Quantity(99.9, 99.9, "%"))
    assert not fits(asked, purity, document(text, "Prices"))


def test_a_wider_material_is_another_where_the_sentence_names_the_one_asked_for() -> None:
    text = "China's share of rare earth refining is 91%, and that of heavy rare earth refining is near all."
    start = text.index("91%")
    share = Claim(Quantity(91.0, 91.0, "%"), start, start + 3, (0, len(text)), subjects=("china",),
                  measure="share", materials=("rare_earths",), paragraph=1)  # fmt: skip
    about = document(text, "Shares")
    assert not fits("What is China's share of heavy rare earth refining?", share, about)
    assert fits("What is China's share of rare earth refining?", share, about)


def test_a_paragraph_on_another_company_is_not_of_the_one_asked_for() -> None:
    text = "Lynas can make 10,500 tonnes of oxides a year in Malaysia, its annual production capacity."
    made = Claim(Quantity(10500.0, 10500.0, "t/year"), text.index("10,500"), text.index(" of oxides"),
                 (0, len(text)), subjects=("malaysia",), measure="capacity", paragraph=1)  # fmt: skip
    question = "What is the annual production capacity in tonnes of Carester's plant?"
    for other, answers in (("Lynas", False), ("The firm", True)):
        named = text.replace("Lynas", other)
        shift = len(other) - len("Lynas")
        its = replace(made, start=made.start + shift, end=made.end + shift, sentence=(0, len(named)))
        held = Document("Plants", "A Post", datetime(2025, 9, 21, tzinfo=UTC), "en",
                        (Paragraph(1, named), Paragraph(2, "Carester builds a plant.")))  # fmt: skip
        assert fits(question, its, About.of(held, WORDS)) is answers


def test_stocks_told_in_weeks_are_stock_cover() -> None:
    text = "Stocks of magnets at European carmakers last for four weeks."
    start = text.index("four weeks")
    cover = Claim(Quantity(4.0, 4.0, "week"), start, len(text) - 1, (0, len(text)), subjects=("europe",),
                  measure="stock_cover", materials=("permanent_magnet",), paragraph=1)  # fmt: skip
    matcher = FigureMatcher(FigureAsked.of("How long do European stocks last?", WORDS), WORDS)
    values = [matcher.fit(replace(cover, measure=m), document(text)) for m in ("stock_cover", "inventory")]
    assert values[0] == values[1]
