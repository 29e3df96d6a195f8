from __future__ import annotations

import math

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.digests import evidence
from mine2magnet.digests.evidence import Setting
from mine2magnet.model import Claim, Quantity

WORDS = thesaurus.load()
TEXTS = ["Dysprosium rose to 300 USD/kg.", "Nobody knows why.", "“Dysprosium is short,” he said."]


def claim(unit: str, **slots: object) -> Claim:
    return Claim(Quantity(300.0, 300.0, unit), 0, 4, (0, 4), **slots)  # type: ignore[arg-type]


def test_what_a_statement_has_is_told() -> None:
    setting = Setting.of("Dysprosium rises", TEXTS, WORDS)
    price = claim("USD/kg", measure="price", direction="change", materials=("dysprosium",))
    first = setting.evidence(TEXTS[0], 0, True, [price])
    assert first.concepts >= {"dysprosium"}
    assert first.merits["title"] == 0.5
    assert first.merits["richness"] == pytest.approx(math.log1p(2) / 5, abs=0.2)
    assert [first.merits[name] for name in ("first", "opens", "a claim", "change", "plan", "quotation")] == [
        1, 1, 1, 1, 0, 0,
    ]  # fmt: skip
    assert {
        "concept:dysprosium",
        "kind:material",
        "measure:price",
        "unit:price",
        "change",
    } <= first.heading.keys()
    last = setting.evidence(TEXTS[2], 2, False, [])
    assert [last.merits[name] for name in ("first", "last", "opens", "a claim", "quotation")] == [
        0,
        1,
        0,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("unit", "kind"),
    [("USD/kg", "price"), ("EUR", "money"), ("t/year", "t/"), ("t", "t"), ("%", "%"), ("count", "count")],
)
def test_units_are_of_a_kind(unit: str, kind: str) -> None:
    found = Setting.of("", TEXTS, WORDS).evidence(TEXTS[1], 1, True, [claim(unit)])
    assert f"unit:{kind}" in found.heading


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("She leans on a furnace that smells of oil.", True),
        ("In the yard, a man looks at the tanks.", True),
        ("Stocks stood at 5 t and the ratio sat at 3.", False),
        ("热浪逼人，老郭蹲在槽边。", True),
        ("山岸さんが足元を指さした。", True),
        ("価格は上昇した。", False),
    ],
)
def test_scenes_are_known(text: str, scene: bool) -> None:
    assert Setting.of("", TEXTS, WORDS).evidence(text, 0, True, []).merits["scene"] == scene


@pytest.mark.parametrize(
    ("text", "pledge"),
    [
        ("下一步，海关将切实维护贸易秩序。", True),
        ("今後も供給の安定に努めてまいります。", True),
        ("We look forward to a long partnership.", True),
        ("海关出口下降。", False),
    ],
)
def test_pledges_are_known(text: str, pledge: bool) -> None:
    assert Setting.of("", TEXTS, WORDS).evidence(text, 0, True, []).merits["pledge"] == pledge


def test_idle_is_what_has_neither_figure_nor_claim_nor_the_fields_words() -> None:
    setting = Setting.of("", TEXTS, WORDS)

    def idle(text: str, *claims: Claim) -> float:
        return setting.evidence(text, 0, True, claims).merits["idle"]

    assert idle("Nobody knows why.") == 1
    assert idle("Nobody knows why.", claim("USD/kg")) == 0
    assert idle("Nobody knows why 5% left.") == 0
    assert idle("China mines dysprosium.") == 0


def test_a_heading_is_told_from_the_paragraph_and_the_document_too() -> None:
    own = [
        {"always": 1.0, "told:aspect.prices": 1.0, "plan": 1.0},
        {"always": 1.0, "unit:price": 1.0},
        {"always": 1.0, "plan": 1.0},
    ]
    first, second, third = evidence.in_context(own, [1, 1, 2])
    assert (first["told:aspect.prices"], first["unit:price"]) == (1, evidence._SHARE)
    assert second["told:aspect.prices"] == second["plan"] == evidence._SHARE
    assert (third["plan"], third.get("unit:price")) == (1, None)
    assert {of["all told:aspect.prices"] for of in (first, second, third)} == {1 / 3}
    assert {of["always"] for of in (first, second, third)} == {1}
    assert not any("all plan" in of for of in (first, second, third))


def test_a_statement_with_a_claim_is_likelier_to_be_held_than_one_without() -> None:
    setting = Setting.of("Dysprosium rises", TEXTS, WORDS)
    held = [setting.evidence(TEXTS[0], 3, True, claims).merits for claims in ([], [claim("USD/kg")])]
    assert evidence.chance(held[0]) < evidence.chance(held[1])


def test_chances_of_headings_add_up_and_prices_stand_under_prices() -> None:
    price = claim("USD/kg", measure="price", materials=("dysprosium",))
    found = Setting.of("", TEXTS, WORDS).evidence(TEXTS[0], 0, True, [price])
    chances = evidence.headings(found.heading, WORDS)
    assert sum(chances.values()) == pytest.approx(1)
    assert max(chances, key=chances.__getitem__) == "aspect.prices"
    assert evidence.headings(found.heading, thesaurus.parse("id,kind,broader,aspect,en,zh,ja\n")) == {}
