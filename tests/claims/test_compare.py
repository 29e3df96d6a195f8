"""What agrees, what conflicts, what only looks alike."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet import thesaurus
from mine2magnet.claims import compare, extract_text
from mine2magnet.model import Claim

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
