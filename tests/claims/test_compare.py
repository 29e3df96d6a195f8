"""What agrees, what conflicts, what only looks alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mine2magnet import thesaurus
from mine2magnet.claims import compare, extract_text
from mine2magnet.model import Claim, Quantity

TERMS = thesaurus.load()


def claims(*sentences: str, language: str = "en") -> list[Claim]:
    return [
        claim
        for sentence in sentences
        for claim in extract_text(sentence, language=language, published=date(2025, 6, 15), thesaurus=TERMS)
    ]


def test_lookalikes_are_no_conflicts() -> None:
    found = claims(
        "China controls 87% of global rare earth processing capacity and 91% of refining capacity.",
        "92% of high-purity heavy rare earth refining capacity is in China.",
    )
    assert [c.quantity.low for c in found] == [87, 91, 92]
    assert compare.conflicts(found) == []
    groups = compare.group(found)
    assert len(groups) == 3
    assert len(compare.lookalikes(groups)) == 3


def test_what_differs_is_said() -> None:
    processing, refining, heavy = claims(
        "China controls 87% of global rare earth processing capacity and 91% of refining capacity.",
        "92% of high-purity heavy rare earth refining capacity is in China.",
    )
    assert compare.difference(processing, refining, TERMS) == "stage: processing against refining"
    assert compare.difference(refining, heavy, TERMS, "zh").startswith("材料：稀土 对 ")
    assert compare.difference(refining, refining, TERMS) == ""


@pytest.mark.parametrize("weeks", ["four to six weeks", "4–6 weeks"])
def test_two_stock_covers_conflict(weeks: str) -> None:
    found = claims(
        f"European carmakers may run out of magnets in {weeks}.",
        "European carmakers have stocks of magnets for two to three months.",
    )
    (pair,) = compare.conflicts(found)
    assert {c.quantity.unit for c in pair} == {"week", "month"}


def test_a_conflict_across_languages() -> None:
    found = claims("欧洲车企的库存仅能维持四到六周。", language="zh")
    found += claims("European carmakers have stocks for two to three months.")
    assert len(compare.conflicts(found)) == 1


def test_what_rounds_to_the_same_agrees() -> None:
    found = claims(
        "In 2024 China produced about 270,000 tonnes of rare earths.",
        "In 2024 China produced 270 kt of rare earths.",
        "In 2024 China produced 269,900 tonnes of rare earths.",
    )
    (group,) = compare.group(found)
    assert group.unit == "t"
    assert len(group.claims) == 3
    assert [(p.low, p.high) for p in group.claims] == [
        (269_900, 269_900),
        (270_000, 270_000),
        (270_000, 270_000),
    ]


def test_years_are_kept_apart() -> None:
    found = claims(
        "In 2024 China produced 270,000 tonnes of rare earths.",
        "In 2023 China produced 255,000 tonnes of rare earths.",
    )
    assert compare.conflicts(found) == []
    assert compare.difference(found[0], found[1], TERMS) == "time: 2024 against 2023"


def test_a_bound_meets_a_value() -> None:
    higher = claims("The price of dysprosium rose more than 40%.", "The price of dysprosium rose 50%.")
    assert compare.conflicts(higher) == []
    lower = claims("The price of dysprosium rose more than 40%.", "The price of dysprosium rose 20%.")
    assert len(compare.conflicts(lower)) == 1


def test_a_doubling_is_a_hundred_per_cent_more() -> None:
    found = claims("The price of terbium doubled.", "The price of terbium rose 100%.")
    (group,) = compare.group(found)
    assert [(p.low, p.high) for p in group.claims] == [(100, 100), (100, 100)]
    assert group.conflicts == ()


def test_what_agrees_and_its_spread() -> None:
    (group,) = compare.group(
        claims("Gallium costs $525 per kilogram.", "Gallium costs between $500 and $550 per kilogram.")
    )
    assert group.spread == (500, 550)
    assert group.agreed == (524.5, 525.5)


def test_a_denial_is_no_conflict() -> None:
    found = claims(
        "The ministry denied that stocks of gallium would last only two weeks.",
        "Stocks of gallium will last six months.",
    )
    assert compare.conflicts(found) == []


def test_many_claims_are_grouped_quickly() -> None:
    found = claims(*(f"In 2024 China produced {1000 + i} tonnes of rare earths." for i in range(300))) * 30
    (group,) = compare.group(found)
    assert len(group.claims) == 9000
    assert len(group.conflicts) < 300


def stated(
    low: float | None,
    high: float | None,
    unit: str = "t",
    *,
    precision: float = 0.0,
    approx: str = "",
    period: str | None = "2024",
    modality: str = "reported",
    **slots: Any,
) -> Claim:
    slots = {"subjects": ("china",), "measure": "production", "materials": ("rare_earths",)} | slots
    quantity = Quantity(low, high, unit, approx)
    return Claim(quantity, 0, 1, (0, 2), precision=precision, period=period, modality=modality, **slots)


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
    assert bool(compare.conflicts([stated(**first), stated(**second)])) is conflict
    assert bool(compare.conflicts([stated(**second), stated(**first)])) is conflict


def test_each_cluster_conflicts_with_the_next() -> None:
    a, b, c, d, e = (stated(v, v, precision=1) for v in (10, 10.9, 20, 30, 30.5))
    wide = stated(19, 25)
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
