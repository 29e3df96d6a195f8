"""Amounts say every digit that they have, and read back as what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims import quantities
from mine2magnet.core.messages import Translator
from mine2magnet.model import Quantity
from mine2magnet.translate.amounts import amount, number, unit


@pytest.mark.parametrize(
    ("quantity", "en", "zh", "ja"),
    [
        (Quantity(87, 87, "%"), "87 %", "87%", "87%"),
        (Quantity(22000, 22000, "t", "about"), "about 22,000 tonnes", "约2.2万吨", "約2.2万トン"),
        (Quantity(2.865e9, 2.865e9, "USD"), "2.865 billion USD", "28.65亿美元", "28.65億米ドル"),
        (Quantity(4, 6, "week"), "4 to 6 weeks", "4至6周", "4～6週間"),
        (Quantity(5000, None, "t"), "at least 5,000 tonnes", "至少5,000吨", "5,000トン以上"),
        (Quantity(2, 2, "x"), "2 times", "2倍", "2倍"),
        (Quantity(12, 12, "count"), "12", "12", "12"),
        (Quantity(110, 110, "USD/kg"), "110 USD per kilogram", "110美元/公斤", "110米ドル/キログラム"),
    ],
)
def test_amounts_in_three_languages(quantity: Quantity, en: str, zh: str, ja: str) -> None:
    assert [amount(quantity, Translator(code)) for code in ("en", "zh", "ja")] == [en, zh, ja]


def test_the_sign_of_a_change_is_left_to_the_words() -> None:
    assert amount(Quantity(-38.1, -38.1, "%"), Translator("en"), change=True) == "38.1 %"
    assert amount(Quantity(-5, -3, "%"), Translator("en"), change=True) == "3 to 5 %"


@given(st.integers(1, 10**9), st.integers(0, 3))
def test_no_digit_is_lost(digits: int, places: int) -> None:
    value = digits / 10**places
    said = number(value, "en").replace(",", "")
    size = 1e9 if said.endswith("billion") else 1e6 if said.endswith("million") else 1
    assert float(said.split()[0]) * size == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
@pytest.mark.parametrize("name", ["t", "%", "week", "USD", "USD/kg"])
def test_an_amount_reads_back_as_it_was(name: str, language: str) -> None:
    said = amount(Quantity(1234.5, 1234.5, name), Translator(language))
    (found,) = quantities(said)
    assert (found.quantity.low, found.quantity.unit) == (1234.5, name)


def test_an_unknown_unit_stands_as_it_is() -> None:
    assert unit("kOe/m", Translator("zh"), 2) == "千奥斯特（kOe）/m"
