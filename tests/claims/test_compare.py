"""What agrees, what conflicts, what only looks alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims import compare, extract_text
from mine2magnet.core import thesaurus
from mine2magnet.model import Claim, Quantity

TERMS = thesaurus.load()


def claims(*sentences: str, language: str = "en") -> list[Claim]:
    return [
        claim
        for sentence in sentences
        for claim in extract_text(sentence, language=language, published=date(2025, 6, 15), thesaurus=TERMS)
    ]


DAYS = {"a": date(2025, 6, 15), "b": date(2025, 6, 16), "c": date(2025, 9, 16)}


def stated(
    low: float | None,
    high: float | None,
    unit: str = "t",
    *,
    precision: float = 0.0,
    approx: str = "",
    **slots: Any,
) -> Claim:
    usual: dict[str, Any] = {
        "subjects": ("china",), "measure": "production", "materials": ("rare_earths",), "period": "2024",
        "document": "a",
    }  # fmt: skip
    return Claim(Quantity(low, high, unit, approx), 0, 1, (0, 2), precision=precision, **usual | slots)


def conflicting(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether claims of two documents conflict: the same in either order."""
    a, b = stated(**first), stated(**({"document": "b"} | second))
    found = compare.against(a, b, published=DAYS)
    assert compare.against(b, a, published=DAYS) is found
    assert bool(compare.conflicts([b, a], published=DAYS)) is found
    return found


ONE: dict[str, Any] = {"low": 100, "high": 100, "precision": 1}
TWO: dict[str, Any] = {"low": 200, "high": 200, "precision": 1}


def test_two_documents_that_tell_all_and_differ_conflict() -> None:
    assert conflicting(ONE, TWO)


SLOTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"document": "a"}),
    ({"subjects": ()}, {"subjects": ()}),
    ({}, {"subjects": ()}),
    ({}, {"subjects": ("japan",)}),
    ({"subjects": ("the company",)}, {"subjects": ("the company",)}),
    ({"measure": "exports"}, {"measure": "exports", "counterparties": ("japan",)}),
    (
        {"measure": "exports", "counterparties": ("germany",)},
        {"measure": "exports", "counterparties": ("japan",)},
    ),
    ({"measure": "exports", "materials": ()}, {"measure": "exports", "materials": ()}),
    ({"measure": "exports"}, {"measure": "imports"}),
    ({"measure": None}, {"measure": None}),
    ({"stage": "mining"}, {"stage": "refining"}),
    ({}, {"stage": "refining"}),
    ({}, {"materials": ("gallium",)}),
    ({}, {"materials": ("rare_earths", "gallium")}),
    ({"form": "oxide"}, {"form": "metal"}),
    ({}, {"form": "metal"}),
    ({}, {"period": "2023"}),
    ({}, {"period": None}),
    ({"period": None}, {"period": None}),
    ({"period": "2025-06", "unit": "t/month"}, {"period": "2025-06"}),
    ({}, {"modality": "forecast"}),
    ({}, {"modality": "plan"}),
    ({"modality": "denied"}, {"modality": "denied"}),
    ({}, {"unit": "USD"}),
    ({"unit": "%"}, {"unit": "pp"}),
    ({"unit": "%"}, {"unit": "%", "direction": "change"}),
    (
        {"unit": "%", "direction": "change", "period": "2025-06"},
        {"unit": "%", "direction": "change", "period": "2025-06"},
    ),
    (
        {"unit": "%", "direction": "change", "basis": "year_on_year", "period": "2025-06"},
        {"unit": "%", "direction": "change", "basis": "month_on_month", "period": "2025-06"},
    ),
    ({"measure": "share", "unit": "%"}, {"measure": "share", "unit": "%"}),
    (
        {"subjects": ("ev",), "measure": "weight_per_unit", "unit": "kg/vehicle"},
        {"subjects": ("ev",), "measure": "weight_per_unit", "unit": "kg/vehicle"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), SLOTS)
def test_one_slot_that_differs_or_that_nobody_tells_is_enough(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert not conflicting(ONE | first, TWO | second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subjects": ("Harbour Magnetics",)}, {"subjects": ("Harbour Magnetics Ltd.",)}),
        ({"subjects": ("贵州恒磁新材",)}, {"subjects": ("贵州恒磁新材有限公司",)}),
        ({"measure": "exports", "stage": "trading"}, {"measure": "exports"}),
        (
            {"materials": ("permanent_magnet",), "stage": "magnet_making"},
            {"materials": ("permanent_magnet",)},
        ),
        ({"materials": ("permanent_magnet",), "form": "magnet"}, {"materials": ("permanent_magnet",)}),
        ({"period": "2024"}, {"period": "2024-01/2024-12", "period_kind": "span"}),
        ({"modality": "forecast", "period": "2030"}, {"modality": "forecast", "period": "2030"}),
        ({"modality": "plan", "period": "2030"}, {"modality": "plan", "period": "2030"}),
        (
            {"unit": "%", "direction": "change", "basis": "year_on_year"},
            {"unit": "%", "direction": "change"},
        ),
        ({"measure": "employees", "unit": "person"}, {"measure": "jobs", "unit": "person"}),
        (
            {"measure": "price", "subjects": (), "unit": "CNY/t", "period": "2025-06"},
            {"measure": "price", "unit": "CNY/t", "period": "2025-06"},
        ),
        (
            {"measure": "stock_cover", "unit": "week", "period": None},
            {"measure": "stock_cover", "unit": "week", "period": None},
        ),
        (
            {"measure": "inventory", "period": "2025-06", "period_kind": "as_of"},
            {"measure": "inventory", "period": "2025-07-07", "period_kind": "as_of"},
        ),
        ({"unit": "t/year", "period": None}, {"unit": "t/year", "period": None}),
    ],
)  # fmt: skip
def test_what_is_told_in_other_words_is_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert conflicting(ONE | first, TWO | second)


def test_a_state_without_a_time_holds_for_a_while() -> None:
    cover: dict[str, Any] = {"measure": "stock_cover", "unit": "week", "period": None}
    assert conflicting(ONE | cover, TWO | cover)
    assert not conflicting(ONE | cover, TWO | cover | {"document": "c"})
    day = cover | {"period": "2025-06-10", "period_kind": "day"}
    assert conflicting(ONE | day, TWO | cover)
    assert conflicting(ONE | day, TWO | day | {"period": "2025-06-17"})
    assert not conflicting(ONE | day, TWO | day | {"period": "2025-06-18"})
    price: dict[str, Any] = {"measure": "price", "unit": "USD/kg", "period": "2025-06-10"}
    assert conflicting(ONE | price, TWO | price)
    assert not conflicting(ONE | price, TWO | price | {"period": "2025-06-11"})
    assert not conflicting(ONE | cover, TWO | cover | {"document": "unknown"})
    assert not conflicting(ONE | cover, TWO | cover | {"modality": "forecast"})


def test_a_part_conflicts_with_the_whole_if_it_is_more() -> None:
    part, whole = {"materials": ("dysprosium",)}, {"materials": ("heavy_rare_earths",)}
    assert conflicting(ONE | whole, TWO | part)
    assert not conflicting(ONE | part, TWO | whole)
    percent: dict[str, Any] = {"measure": "share_of_production", "unit": "%"}
    assert not conflicting(ONE | whole | percent, TWO | part | percent)
    plant, company = {"subjects": ("mountain_pass",)}, {"subjects": ("mp_materials",)}
    assert conflicting(ONE | company, TWO | plant)
    assert not conflicting(ONE | plant, TWO | company)
    crossed = conflicting(ONE | company | part, TWO | plant | whole)
    assert not crossed


def test_names_that_the_trade_uses_for_one_another_are_compared() -> None:
    price: dict[str, Any] = {"measure": "price", "unit": "CNY/t", "period": "2025-06"}
    for narrow, wide in (("ndpr_oxide", "ndpr"), ("dysprosium_oxide", "dysprosium")):
        for first, second in ((narrow, wide), (wide, narrow)):
            assert conflicting(ONE | price | {"materials": (first,)}, TWO | price | {"materials": (second,)})
    metal = price | {"materials": ("ndpr_metal",), "form": "metal"}
    assert not conflicting(ONE | price | {"materials": ("ndpr",)}, TWO | metal)
    cover: dict[str, Any] = {"measure": "stock_cover", "unit": "week", "period": None}
    for first, second in (("europe", "european_union"), ("european_union", "europe")):
        assert conflicting(ONE | cover | {"subjects": (first,)}, TWO | cover | {"subjects": (second,)})
    assert not conflicting(ONE | cover | {"subjects": ("germany",)}, TWO | cover | {"subjects": ("europe",)})


def test_documents_that_state_both_values_are_not_against_each_other() -> None:
    one, two = stated(**ONE), stated(**TWO, document="b")
    elsewhere = stated(**TWO, subjects=("japan",))
    unsure = stated(**TWO, subjects=(), confidence=0.1)
    assert compare.conflicts([one, two]) == [(one, two)]
    for also in (elsewhere, unsure, stated(**ONE, document="b", period="2023")):
        assert compare.conflicts([one, two, also]) == []
    assert compare.conflicts([one, two, stated(**TWO, measure="imports")]) == [(one, two)]


def test_a_document_that_states_several_values_is_against_none() -> None:
    one, two, three = stated(**ONE), stated(**TWO, document="b"), stated(300, 300)
    assert compare.conflicts([one, three, two]) == []
    assert compare.conflicts([one, replace(three, confidence=0.3), two], least=0.5) == [(one, two)]


@pytest.mark.parametrize(("value", "conflict"), [(2900, True), (3200, False), (3, False), (4, True)])
def test_values_too_far_apart_are_of_different_things(value: float, conflict: bool) -> None:
    assert conflicting(ONE, {"low": value, "high": value, "precision": 0}) is conflict


def test_only_what_is_sure_enough_conflicts() -> None:
    one, two = stated(**ONE, confidence=0.7), stated(**TWO, document="b", confidence=0.9)
    assert compare.conflicts([one, two], least=0.7) == [(one, two)]
    assert compare.conflicts([one, two], least=0.71) == []


def test_copies_count_once() -> None:
    copies = [stated(**ONE, document=d) for d in "abc"] + [stated(**TWO, document=d) for d in "def"]
    assert len(compare.conflicts(copies)) == 1


def test_a_conflict_across_scopes_stands_with_the_larger_group() -> None:
    several = [
        stated(**ONE, materials=("heavy_rare_earths",), period=p, document="b") for p in ("2022", "2024")
    ]
    part = stated(**TWO, materials=("dysprosium",))
    groups = {g.scope.materials: g for g in compare.group([*several, part])}
    assert groups["heavy_rare_earths",].conflicts == ((several[1], part),)
    assert groups["dysprosium",].conflicts == ()


ends = st.floats(-1e6, 1e6).map(lambda x: round(x, 1))
precisions = st.sampled_from([0.0, 0.1, 1.0, 10.0])


@st.composite
def quantities(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(ends)
    high = draw(st.one_of(st.just(low), ends.filter(lambda x: x >= low), st.none()))
    approx = draw(st.sampled_from(["", "about"]))
    return {"low": low, "high": high, "precision": draw(precisions), "approx": approx}


@given(quantities(), quantities())
def test_conflict_is_symmetric(first: dict[str, Any], second: dict[str, Any]) -> None:
    conflicting(first, second)


@given(ends, precisions, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_what_rounds_to_the_value_does_not_conflict(x: float, step: float, off: float, other: float) -> None:
    first, second = ({"low": x + step * d, "high": x + step * d, "precision": step} for d in (off, other))
    assert not conflicting(first, second)


@given(ends, ends, st.floats(0.1, 1e5), st.floats(0.1, 1e5), st.floats(0, 1e5), st.floats(0, 1e5), precisions)
def test_a_wider_range_makes_no_conflict(
    a: float, b: float, wide: float, other: float, down: float, up: float, step: float
) -> None:
    second = {"low": b, "high": b + other, "precision": step}
    wider = {"low": a - down, "high": a + wide + up}
    if conflicting(wider, second):
        (_, lower), (upper, _) = sorted(((a, a + wide), (b, b + other)))
        too_far = compare.FAR * lower < upper  # of different things, until the range comes near
        assert too_far or conflicting({"low": a, "high": a + wide}, second)
    assert not conflicting({"low": None, "high": a + wide}, second) or b > a + wide


def test_what_rounds_to_the_same_agrees() -> None:
    values = ((270_000, 10_000, "about"), (270_000, 1000, ""), (269_900, 100, ""))
    found = [
        stated(v, v, precision=step, approx=approx, document=name)
        for (v, step, approx), name in zip(values, "abc", strict=True)
    ]
    (group,) = compare.group(found)
    assert group.unit == "t"
    assert group.conflicts == ()
    assert [p.low for p in group.claims] == [269_900, 270_000, 270_000]


def test_a_bound_meets_a_value() -> None:
    over: dict[str, Any] = {"low": 40, "high": None, "approx": "over"}
    assert not conflicting(over, {"low": 50, "high": 50})
    assert not conflicting(over, {"low": 40, "high": 40, "precision": 1})
    assert conflicting(over, {"low": 20, "high": 20})


def test_a_doubling_is_a_hundred_per_cent_more() -> None:
    rise: dict[str, Any] = {"direction": "change", "basis": "year_on_year", "precision": 1}
    (group,) = compare.group([stated(2, 2, "x", **rise), stated(100, 100, "%", document="b", **rise)])
    assert [(p.low, p.high) for p in group.claims] == [(100, 100), (100, 100)]
    assert group.conflicts == ()


def test_what_agrees_and_its_spread() -> None:
    (group,) = compare.group([stated(525, 525, precision=1), stated(500, 550)])
    assert group.spread == (500, 550)
    assert group.agreed == (524.5, 525.5)


def test_many_claims_are_grouped_quickly() -> None:
    copies = [stated(1000 + i, 1000 + i, document=f"{i} {copy}") for i in range(300) for copy in range(30)]
    (group,) = compare.group(copies)
    assert len(group.claims) == 9000
    assert len(group.conflicts) == 299


def test_what_a_reader_takes_from_two_languages_conflicts() -> None:
    found = claims("In 2024 China produced 270,000 tonnes of rare earths.")
    found += claims("2024年中国稀土产量为21万吨。", language="zh")
    ((a, b),) = compare.conflicts(
        [replace(claim, document=name) for claim, name in zip(found, "ab", strict=True)]
    )
    assert (a.quantity.low, b.quantity.low) == (210_000, 270_000)


@pytest.mark.parametrize(
    ("first", "second", "conflict"),
    [
        ({"low": 100, "high": 100, "precision": 10}, {"low": 106, "high": 106, "precision": 2}, False),
        ({"low": 100, "high": 100, "precision": 10}, {"low": 106.1, "high": 106.1, "precision": 2}, True),
        ({"low": 100, "high": 100, "precision": 10, "approx": "about"}, {"low": 115, "high": 115}, False),
        ({"low": 100, "high": 100, "precision": 10, "approx": "nearly"}, {"low": 115.1, "high": 115.1}, True),
        ({"low": 90, "high": 100, "precision": 10}, {"low": 100.1, "high": 110, "precision": 10}, True),
        ({"low": 90, "high": 100}, {"low": 100, "high": 110}, False),
        ({"low": 90, "high": None}, {"low": 500, "high": 500}, False),
        ({"low": None, "high": 90}, {"low": 91, "high": 91}, True),
        ({"low": 1, "high": 1}, {"low": 2, "high": 2, "period": None}, False),
        ({"low": 1, "high": 1}, {"low": 2, "high": 2, "modality": "forecast"}, False),
        ({"low": 1, "high": 1, "modality": "forecast"}, {"low": 2, "high": 2, "modality": "forecast"}, True),
        ({"low": 1, "high": 1}, {"low": 2, "high": 2, "modality": "denied"}, False),
        ({"low": 1, "high": 1, "unit": "t/month"}, {"low": 12, "high": 12, "unit": "t/year"}, False),
        ({"low": 7, "high": 7, "unit": "t/week"}, {"low": 365.25, "high": 365.25}, False),
        ({"low": 1, "high": 1, "unit": "t/day"}, {"low": 365.25, "high": 365.25, "unit": "t"}, False),
        ({"low": 1, "high": 1, "unit": "t/day"}, {"low": 366, "high": 366, "unit": "t"}, True),
    ],
)
def test_where_values_part(first: dict[str, Any], second: dict[str, Any], conflict: bool) -> None:
    assert conflicting(first, second) is conflict


def test_each_cluster_conflicts_with_the_next() -> None:
    a, b, c, d, e = (
        stated(v, v, precision=1, document=name)
        for v, name in zip((10, 10.9, 20, 30, 30.5), "abcde", strict=True)
    )
    wide = stated(19, 25, document="w")
    assert compare.conflicts([d, a, c, b, e]) == [(b, c), (c, d)]
    assert compare.conflicts([a, wide, c, d]) == [(a, wide), (wide, d)]


def test_groups_are_sorted_by_size_and_claims_by_time_and_value() -> None:
    lone = stated(1, 1, measure="capacity")
    late, early, undated = stated(5, 5, period="2025"), stated(7, 7, period="2023"), stated(3, 3, period=None)
    small = stated(6, 6, period="2023")
    nobody = stated(1, 1, subjects=(), materials=(), stage=None)
    unmeasured = stated(1, 1, measure=None)
    of_a_stage = stated(1, 1, subjects=(), materials=(), stage="mining")
    first, *others = compare.group([lone, nobody, unmeasured, late, undated, early, small, of_a_stage])
    assert [p.claim for p in first.claims] == [small, early, late, undated]
    assert {g.claims[0].claim for g in others} == {lone, of_a_stage}


def test_what_all_reports_allow() -> None:
    def agreed(*claims: Claim) -> tuple[float, float] | None:
        return compare.group(claims)[0].agreed

    assert agreed(stated(10, 10, precision=2), stated(10, 12)) == (10, 11)
    assert agreed(stated(10, 12), stated(12, 14)) == (12, 12)
    assert agreed(stated(10, 11), stated(12, 14)) is None
    assert agreed(stated(10, 11), stated(12, 14, period="2025")) is None
    assert agreed(stated(10, 11, modality="forecast")) is None
    (open_end,) = compare.group([stated(10, None), stated(None, 40), stated(20, 20)])
    assert open_end.spread == (10, 40)


def test_lookalikes_differ_in_one_or_two_slots() -> None:
    base = stated(1, 1)
    one = stated(1, 1, stage="mining")
    two = stated(1, 1, stage="mining", materials=("dysprosium",))
    three = stated(1, 1, stage="refining", materials=("terbium",), measure="capacity")
    groups = {g.claims[0].claim: g for g in compare.group([base, one, two, three])}
    pairs = {frozenset(g.claims[0].claim for g in pair) for pair in compare.lookalikes(groups.values())}
    assert pairs == {frozenset(p) for p in ((base, one), (base, two), (one, two))}
    many = [stated(1, 1, materials=(f"m{i}",)) for i in range(20)]
    assert len(compare.lookalikes(compare.group(many))) == 100


def test_a_change_in_times_is_one_in_per_cent() -> None:
    (group,) = compare.group(
        [stated(3, 3, "x", direction="change"), stated(150, 150, "%", direction="change")]
    )
    assert (group.unit, [p.low for p in group.claims]) == ("%", [150, 200])
    (level,) = compare.group([stated(3, 3, "x")])
    assert [p.low for p in level.claims] == [300]


def test_two_names_of_one_material_are_one_group_under_that_told_most() -> None:
    def told(material: str, document: str, **more: Any) -> Claim:
        return stated(9, 9, materials=(material,), document=document, **more)

    many = [told("rare_earth_magnet", f"d{n}", period=f"202{n}") for n in (1, 2)]
    (one,) = compare.group([*many, told("permanent_magnet", "e", period="2020")])
    assert one.scope.materials == ("rare_earth_magnet",)
    assert len(one.claims) == 3
    part = [told("dysprosium_oxide", "e"), told("dysprosium", "f")]
    assert len(compare.group(part)) == 2, "which is but close"
    other = told("permanent_magnet", "e", subjects=("japan",))
    assert len(compare.group([*many, other])) == 2
