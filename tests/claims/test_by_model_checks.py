from __future__ import annotations

from typing import Any

import pytest

from mine2magnet.claims import extract
from mine2magnet.claims.by_model_checks import Checks, FigureRead, Rejected
from mine2magnet.claims.layout import lay_out
from mine2magnet.core.thesaurus import load
from mine2magnet.model import Document
from tests.claims.test_by_model import document, entry

ENGLISH = (
    "China exported 5,577 t of rare-earth magnets in July 2025, up 75 % from June, customs data show.",
    "Shin-Etsu raised prices by 5 % in Japan and by 5 % in Europe; volumes fell 6.1 % year on year.",
    "Dealers ask 800 dollars for a kilogram of dysprosium oxide. It was $410 a month ago.",
    "Some 4 to 6 weeks of stock are left, over 40 % of magnet makers say. Output was 27,000 tonnes.",
)
CHINESE = ("７月，中国出口稀土磁体５，５７７吨，同比增长７５％。氧化镨钕报价 52.3万元/吨。",)


def checks(one: Document) -> Checks:
    texts = [p.text for p in one.paragraphs]
    assert one.published
    today = one.published.date()
    sentences = lay_out(one.title, texts, language=one.language, today=today, thesaurus=load())
    return Checks(one, sentences, extract(one, thesaurus=load()), load())


def check(given: dict[str, object], *paragraphs: str) -> FigureRead:
    one = document(*(paragraphs or ENGLISH))
    return checks(one).check(given, {p.number: (0, len(p.text)) for p in one.paragraphs})


# --- the figure


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        (entry(1, "5,577 t", 5577, "t"), "t"),
        (entry(1, "5,577 t of rare-earth magnets", 5577, "tonnes"), "t"),
        (entry(1, "5,577t", 5.577, "kt"), "t"),
        (entry(1, "75%", 75, "%"), "%"),
        (entry(4, "27,000 tonnes", 27_000, "t"), "t"),
        (entry(4, "27,000 tonnes", 27_000, "t/year"), "t"),  # the text tells no year
        (entry(4, "27,000 tonnes", 27_000_000, "kg"), "t"),
        (entry(3, "800 dollars", 800, "USD/kg"), "USD/kg"),
        (entry(3, "$410", 410, "USD/kg"), "USD/kg"),
    ],
)
def test_a_figure_stands_with_its_value_in_any_unit(given: dict[str, object], unit: str) -> None:
    assert check(given).quantity.unit == unit


def test_money_is_per_a_unit_only_if_the_document_names_it() -> None:
    headed = ("Prices of oxide, per kg", "Dealers ask 800 dollars.")
    assert check(entry(2, "800 dollars", 800, "USD/kg"), *headed).quantity.unit == "USD/kg"
    assert check(entry(1, "800 dollars", 800, "USD/kg"), headed[1]).quantity.unit == "USD"


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        (entry(1, "5,577吨", 5577, "t"), "t"),
        (entry(1, "５，５７７吨", 5577, "吨"), "t"),
        (entry(1, "52.3万元/吨", 523_000, "CNY/t"), "CNY/t"),
    ],
)
def test_full_width_and_chinese_figures_stand(given: dict[str, object], unit: str) -> None:
    assert check(given, *CHINESE).quantity.unit == unit


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (entry(1, "5,578 t", 5578, "t"), "words do not stand"),
        (entry(2, "5,577 t", 5577, "t"), "words do not stand"),
        (entry(1, "customs data", 5577, "t"), "no figure"),
        (entry(1, "77 t", 77, "t"), "another value"),  # within 5,577 t
        (entry(1, "5,577 t", 5578, "t"), "another value"),
        (entry(1, "5,577 t", 5577, "kg"), "another value"),
        (entry(1, "5,577 t", 5577, "USD"), "another value"),
        (entry(1, "5,577 t", 5577, "furlongs"), "another value"),
        ({**entry(1, "5,577 t", 5577, "t"), "high": 6000}, "another value"),
        ({**entry(4, "4 to 6 weeks", 4, "week"), "high": 4}, "another value"),
        (entry(1, "July 2025", 2025, "count"), "no figure"),
        (entry(2, "5 %", 5, "%"), "which of several"),
        ({**entry(2, "5 %", 5, "%"), "before": "raised prices to"}, "which of several"),
        (entry(9, "5,577 t", 5577, "t"), "no paragraph"),
    ],
)
def test_a_figure_that_does_not_stand_is_rejected(given: dict[str, object], why: str) -> None:
    with pytest.raises(Rejected, match=why):
        check(given)


def test_the_words_before_tell_one_of_several_alike() -> None:
    first, second = (check({**entry(2, "5 %", 5, "%"), "before": b}) for b in ("prices by", "Japan and by "))
    assert first.figure.start < second.figure.start


def test_only_what_was_shown_of_a_paragraph_is_looked_at() -> None:
    one = document(*ENGLISH)
    figure = checks(one).check(entry(2, "5 %", 5, "%"), {2: (30, 60)}).figure
    assert ENGLISH[1][figure.start - 10 : figure.start] == "an and by "


def test_ranges_bounds_and_falls() -> None:
    span = check({**entry(4, "4 to 6 weeks", 4, "week"), "high": 6}).quantity
    assert (span.low, span.high) == (4, 6)
    bound = check({**entry(4, "over 40 %", 40, "%"), "high": None}).quantity
    assert (bound.low, bound.high, bound.approx) == (40, None, "over")
    assert check(entry(2, "6.1 %", -6.1, "%", direction="change")).quantity.low == -6.1
    assert check(entry(2, "6.1 %", 6.1, "%", direction="change")).quantity.low == 6.1


# --- the other slots


def slots(given: dict[str, Any], **changed: object) -> dict[str, Any]:
    read = check({**given, **changed})
    return {**read.slots, "emptied": read.emptied}


T = entry(1, "5,577 t", 5577, "t")
FALL = entry(2, "6.1 %", -6.1, "%", direction="change")


@pytest.mark.parametrize(
    ("slot", "given", "kept"),
    [
        ("subjects", ["China"], ("china",)),
        ("subjects", ["中国"], ("china",)),
        ("subjects", ["china", "China"], ("china",)),
        ("subjects", ["CUSTOMS  data"], ("customs data",)),
        ("subjects", ["Germany"], ()),
        ("subjects", ["Atlantis", "China"], ("china",)),
        ("subjects", ["Asia"], ()),
        ("subjects", ["neodymium"], ()),
        ("subjects", ["hina"], ()),
        ("subjects", ["5,577"], ()),
        ("subjects", "China", ()),
        ("subjects", [["China"], None, 7, "", "x" * 5000], ()),
        ("counterparties", ["Japan"], ("japan",)),
        ("said_by", "customs data", "customs data"),
        ("said_by", "the moon", None),
        ("measure", "exports", "exports"),
        ("measure", "price", None),  # is not told in tonnes
        ("measure", "china", None),
        ("measure", "magic", None),
        ("stage", "magnet_making", "magnet_making"),
        ("stage", "exports", None),
        ("materials", ["rare_earth_magnet"], ("rare_earth_magnet",)),
        ("materials", ["dysprosium oxide"], ("dysprosium_oxide",)),
        ("materials", ["dysprosium"], ("dysprosium",)),
        ("materials", ["praseodymium", "China"], ()),
        ("materials", ["customs data"], ()),
        ("period", "2025-07", "2025-07"),
        ("period", "2025-07-01/2025-07-31", "2025-07"),
        ("period", "2025-08-20", "2025-08-20"),
        ("period", "2024-07", None),
        ("period", "2025-13", None),
        ("period", "2025-02-30", None),
        ("period", "July 2025", None),
        ("period", "2025/2024/2023", None),
        ("period", "9" * 4000, None),
        ("modality", "forecast", "forecast"),
        ("modality", "certain", None),
        ("direction", 7, None),
    ],
)
def test_a_slot_holds_what_the_document_tells_and_else_nothing(
    slot: str, given: object, kept: object
) -> None:
    found = slots(T, **{slot: given})
    assert found[slot] == kept
    assert (slot in found["emptied"]) == (not kept)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("year_on_year", "year_on_year"),
        ("since:2025-07", "since:2025-07"),
        ("since:2019", None),
        ("than: prices", "than:prices"),
        ("than: the moon", None),
        ("since forever", None),
    ],
)
def test_a_basis_is_derivable(given: str, kept: str | None) -> None:
    assert slots(FALL, basis=given)["basis"] == kept
    assert slots(FALL, basis=given, direction="level")["basis"] is None


@pytest.mark.parametrize(
    ("period", "kind", "kept"),
    [
        ("2025-07", "month", "month"),
        ("2025-07", "year", "month"),
        ("2025-07", "as_of", "as_of"),
        ("2025-07", "year_to_date", "month"),
        ("2025", "as_of", "year"),
        ("", "month", None),
    ],
)
def test_the_kind_of_a_period_fits_its_length(period: str, kind: str, kept: str | None) -> None:
    assert slots(T, period=period, period_kind=kind)["period_kind"] == kept


def test_a_form_is_told_of_the_material() -> None:
    assert slots(T, materials=["rare_earth_magnet"], form="magnet")["form"] == "magnet"
    assert slots(T, materials=["rare_earth_magnet"], form="oxide")["form"] is None
    assert slots(T, form="magnet")["form"] is None


def test_nobody_is_on_both_sides() -> None:
    found = slots(T, subjects=["China"], counterparties=["China", "Japan"])
    assert found["counterparties"] == ("japan",)
