"""Quantities and times as the three languages write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.quantities import quantities
from mine2magnet.claims.written_forms import written_forms


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("stocks of 4-6 weeks", ("four to six week", "四到六周", "4至6周", "4-6週間", "4週間から6週間")),
        ("交货期四到六周", ("4-6 week", "4 to 6 week", "4-6週間")),
        ("納期は4～6週間", ("4-6 week", "四到六周")),
        ("in six months", ("6 month", "6个月", "六个月", "6カ月", "半年")),
        ("半年", ("six months", "6个月", "half a year")),
        ("1カ月半", ("1.5 month", "one and a half month", "1个半月")),
        ("四成", ("40 percent", "4割")),
        ("40%", ("四成", "4割", "五分之二")),
        ("a third of demand", ("三分之一", "3分の1")),
        ("20,000 tonnes", ("2万吨", "2万トン", "20 kt", "20kt")),
        ("150万吨", ("1.5 million tonne", "150万トン")),
        ("$500 million", ("5亿美元", "5亿ドル", "500m")),
        ("74 USD/kg", ("74美元", "74")),
        ("180日", ("180 day", "180天", "180日間")),
    ],
)
def test_quantities(text: str, forms: tuple[str, ...]) -> None:
    (found,) = written_forms(text)
    (written,) = found.parts
    assert written[0] == text[found.start : found.end].replace("～", "~")
    assert set(forms) <= set(written)


@pytest.mark.parametrize(
    ("text", "forms", "year"),
    [
        ("July 2025", ("7月", "2025-07"), "2025"),
        ("2025年7月", ("July", "Jul"), "2025"),
        ("May 2025", ("May 2025", "5月"), "2025"),
        ("4 April 2025", ("April 4", "4月4日", "2025-04-04"), "2025"),
        ("4月4日", ("April 4", "4 April"), ""),
        ("Q2 2025", ("二季度", "4-6月", "second quarter"), "2025"),
        ("2025年上半年", ("H1", "first half", "上半期"), "2025"),
        ("FY2025", ("2025", "FY2025"), ""),
    ],
)
def test_times_apart_from_their_year(text: str, forms: tuple[str, ...], year: str) -> None:
    (found,) = written_forms(text)
    assert set(forms) <= set(found.parts[0])
    assert found.parts[1:] == (((year, f"FY{year}"),) if year else ())


@pytest.mark.parametrize(
    "text",
    ["last month", "去年", "先月", "next Monday", "Model 3", "three plants", "may rise", "", "rare earths"],
)
def test_what_hangs_on_the_day_or_is_counted_has_no_other_form(text: str) -> None:
    assert written_forms(text) == []


def test_what_means_something_else_is_no_form() -> None:
    (two,) = written_forms("two months")[0].parts
    assert "2月" not in two  # February
    (three,) = written_forms("3 days")[0].parts
    assert "3日" not in three  # a day of a month
    (january,) = written_forms("1月")[0].parts[:1]
    assert "一月" not in january  # the end of 十一月


@given(
    st.integers(1, 1500),  # beyond, "1990 weeks" is read as a year
    st.sampled_from(["weeks", "months", "tonnes", "percent", "kg", "MW", "days"]),
)
def test_each_form_is_read_as_the_same_quantity(value: int, unit: str) -> None:
    (asked,) = quantities(f"about {value} {unit}")
    (found,) = written_forms(f"about {value} {unit}")
    for form in found.parts[0]:
        for read in quantities(form):
            if read.end - read.start == len(form) and read.quantity.unit == asked.quantity.unit:
                assert read.quantity.low == pytest.approx(asked.quantity.low)
