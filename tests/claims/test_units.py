"""Units of the field and their conversion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.units import convert, currencies, factor, names, sign_before, signed_by
from mine2magnet.core.errors import UserError


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (40, "t", "kg", 40_000),
        (1, "MGOe", "kJ/m3", 7.957747),  # 1 MGOe = 10^5/(4 pi) J/m3
        (1, "kOe", "kA/m", 79.577472),  # 1 Oe = 1000/(4 pi) A/m
        (2, "x", "%", 200),
        (1, "GWh", "kWh", 1e6),
        (1, "year", "month", 12),
        (14, "day", "week", 2),
        (63_000, "USD/t", "USD/kg", 63),
        (100, "hectare", "km2", 1),
        (12, "t/year", "t/month", 1),
        (1, "TWD", "TWD", 1),
        (1, "HKD/kg", "HKD/t", 1000),
    ],
)
def test_conversion(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("unit", "to"), [("USD", "CNY"), ("%", "pp"), ("t", "week"), ("USD/kg", "USD"), ("person", "vehicle")]
)
def test_what_has_nothing_in_common_is_refused(unit: str, to: str) -> None:
    with pytest.raises(UserError, match="cannot be brought"):
        convert(1, unit, to)


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(UserError, match="furlong"):
        factor("furlong")


UNITS = sorted({name.unit for name in names().values()})


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.floats(1e-6, 1e9))
def test_conversion_round_trips(unit: str, to: str, value: float) -> None:
    if factor(unit)[0] == factor(to)[0]:
        assert convert(convert(value, unit, to), to, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("US$5", "USD"), ("$US5", "USD"), ("HK$ 5", "HKD"), ("a NT$5", "TWD"), ("Rmb5", "CNY"), ("Rs. 5", "INR"),
     ("₹5", "INR"),
     ("人民币5", "CNY"), ("RM5", "MYR")],
)  # fmt: skip
def test_the_sign_of_a_currency_stands_before_its_number(text: str, currency: str) -> None:
    m = sign_before(text, text.index("5"))
    assert m is not None
    assert signed_by(m["sign"]) == currency


@pytest.mark.parametrize("text", ["WARM5", "years5", "5", " 5", "it 5"])
def test_letters_of_a_word_are_no_sign(text: str) -> None:
    assert sign_before(text, text.index("5")) is None


def test_money_is_what_has_a_sign() -> None:
    assert {"USD", "TWD", "HKD"} <= currencies()
    assert not {"t", "%", "count"} & currencies()
