from __future__ import annotations

import pytest

from mine2magnet.ask import requirements
from mine2magnet.core import thesaurus

WORDS = thesaurus.load()


@pytest.mark.parametrize(
    ("question", "passage", "answered"),
    [
        ("How many people does Lynas employ?", "Lynas employs 900 people in Malaysia.", True),
        ("How many people does Lynas employ?", "Lynas makes 1,500 tonnes in Malaysia.", False),
        ("Lynas有多少员工？", "Lynas employs 900 people in Malaysia.", True),
        (
            "ライナスの酸化ジスプロシウムはいくらか",
            "Lynas sold dysprosium oxide at 230 dollars a kilogram.",
            True,
        ),
        ("ライナスの酸化ジスプロシウムはいくらか", "Lynas made 40 tonnes of dysprosium oxide.", False),
        ("What does terbium cost?", "Dysprosium costs 230 dollars a kilogram.", False),
        (
            "What is the price of dysprosium oxide?",
            "The price of dysprosium was 230 dollars a kilogram.",
            True,
        ),
        ("How many tonnes did China export?", "China mined 270,000 tonnes.", False),
        ("How many tonnes did Myanmar export?", "Imports from Myanmar fell to 311 tonnes.", True),
        ("How long do stocks last in Germany?", "Carmakers in Germany have four weeks of stocks.", True),
        ("How long do stocks last in Germany?", "Carmakers in Germany have 300 tonnes in stock.", False),
        ("How much water does Lynas use?", "Lynas uses solvents and acid.", False),
        ("How much water does Lynas use?", "Lynas draws water from a river.", True),
        ("Who is the chief executive of Lynas?", "Lynas mines at Mount Weld.", False),
        ("Who is the chief executive of Lynas?", "Lynas is led by its chief executive.", True),
        ("Who chairs Lynas?", "Lynas and Iluka have stocks for three months.", False),
        ("Who heads Lynas?", "Lynas and Iluka have stocks for three months.", False),
        ("誰が枠組みに署名したか", "高市早苗首相とトランプ大統領が署名した。", True),
        ("誰が枠組みに署名したか", "枠組みは署名された。", False),
        ("Why do magnets fail in heat?", "A magnet loses its grip when it gets hot.", True),
    ],
)
def test_a_passage_answers_if_it_has_what_is_asked_for(question: str, passage: str, answered: bool) -> None:
    asked = requirements.read(question, WORDS)
    assert requirements.answers(asked, passage, "", passage, WORDS) is answered


def test_a_place_is_set_once_for_an_article_and_a_material_is_not() -> None:
    passage = "The price was 230 dollars a kilogram."
    for question, answered in (
        ("What is the price in Rotterdam?", True),
        ("What is the price of terbium?", False),
    ):
        asked = requirements.read(question, WORDS)
        article = f"Rotterdam trades terbium. Others do not. {passage}"
        assert requirements.answers(asked, passage, "", article, WORDS) is answered


def test_a_year_asked_for_is_no_duration() -> None:
    assert requirements.read("日産は何年に減らしたか", WORDS).figures == frozenset()
    assert requirements.read("在庫は何年もつか", WORDS).figures == {"[time]"}


def test_of_subjects_in_a_row_one_will_do() -> None:
    asked = requirements.read("How long do stocks in Germany, Japan and France last?", WORDS)
    assert asked.rows == (frozenset({"germany", "japan", "france"}),)
    passage = "Carmakers in Japan have stocks of magnets for ten weeks."
    assert requirements.answers(asked, passage, "", passage, WORDS)
    other = "Carmakers in Italy have stocks of magnets for ten weeks."
    assert not requirements.answers(asked, other, "", other, WORDS)
    roles = requirements.read("How many tonnes did China ship to Germany?", WORDS)
    assert roles.rows == ()
