"""What a document adds to the figures of its paragraphs."""

from __future__ import annotations

from mine2magnet.claims import times
from mine2magnet.claims.currencies import home
from mine2magnet.claims.document_figures import document_figures
from mine2magnet.claims.numerals import narrow


def told(*paragraphs: str) -> list[tuple[float | None, float | None, str]]:
    texts = [narrow(p) for p in paragraphs]
    found = document_figures(texts, [times.find(t) for t in texts], home(paragraphs))
    return [(m.quantity.low, m.quantity.high, m.quantity.unit) for figures in found for m in figures]


def test_a_table_gives_units_to_its_cells() -> None:
    assert told("単位：百万円", "項目 | 前回予想\n売上高 | 31,200") == [(3.12e10, 3.12e10, "JPY")]
    assert told("Prices, USD/kg", "Oxide | Range\nDy | 780-860") == [(780, 860, "USD/kg")]


def test_a_heading_gives_its_unit_to_the_prices_under_it() -> None:
    assert told("Spot, cif Rotterdam, $/kg", "Oxide was offered at 700-1,000 this week.") == [
        (700, 1000, "USD/kg")
    ]
    assert told("二、中重稀土（单位：元/公斤）", "氧化铽 7050，与上周持平。") == [(7050, 7050, "CNY/kg")]


def test_a_question_gives_the_answer_what_it_is_per() -> None:
    assert told("What does a kilo cost you?", "Finished blocks, landed, £62.") == [(62, 62, "GBP/kg")]


def test_prices_lean_on_the_one_before() -> None:
    assert told("Oxide is $260/kg, after $330 in 2023.") == [(260, 260, "USD/kg"), (330, 330, "USD/kg")]
    assert told("氧化镝260美元/公斤。", "较上年的330美元下跌。")[1] == (330, 330, "USD/kg")


def test_a_price_per_ten_kilograms_hands_them_on() -> None:
    assert told("APT jumped to $1,480-1,560/mtu.", "It was $1,410-1,475 last week.") == [
        (148, 156, "USD/kg"),
        (141, 147.5, "USD/kg"),
    ]


def test_what_is_no_price_does_not_lean() -> None:
    assert told("Oxide is $260/kg. Revenue was $300 million.")[1][2] == "USD"
    assert told("Oxide is $260/kg. Its target price is $82.")[1][2] == "USD"
    assert told("氧化镝260美元/公斤，每股30美元。")[1][2] == "USD"


def test_home_currencies() -> None:
    assert told("Carina (ASX: CRX) had $2m.") == [(2e6, 2e6, "AUD")]
