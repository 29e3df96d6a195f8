from __future__ import annotations

from typing import Any

import pytest

from mine2magnet import thesaurus
from mine2magnet.digests import context
from mine2magnet.model import Claim, Quantity

WORDS = thesaurus.load()


def claim(chance: float = 0.9, **slots: Any) -> tuple[Claim, dict[str, float]]:
    made = Claim(Quantity(5.0, 5.0, "kg"), 0, 4, (0, 4), **slots)
    return made, {"subject": chance, "material": chance}


def test_names_that_stand_elsewhere_are_told() -> None:
    read = [claim(subjects=("mp_materials",), materials=("dysprosium",))]
    assert context.about("The plant makes 5 kg a year.", "", read, "", WORDS) == (
        "mp_materials",
        "dysprosium",
    )
    assert context.about("MP Materials makes 5 kg a year.", "", read, "", WORDS) == ("dysprosium",)
    assert context.about("MP Materials makes 5 kg of Dy a year.", "", read, "", WORDS) == ()


def test_what_contains_a_name_or_is_part_of_it_is_enough() -> None:
    read = [claim(materials=("dysprosium",))]
    assert context.about("It makes 5 kg of heavy rare earths.", "", read, "", WORDS) == ()
    assert context.about("It makes 5 kg of neodymium.", "", read, "", WORDS) == ("dysprosium",)
    known = [claim(subjects=("Harbour Magnetics",))]
    assert context.about("HARBOUR MAGNETICS makes 5 kg.", "", known, "", WORDS) == ()


def test_a_material_of_the_title_is_known_and_an_actor_is_not() -> None:
    read = [claim(subjects=("mp_materials",), materials=("dysprosium",))]
    title = "MP Materials begins with dysprosium"
    assert context.about("The plant makes 5 kg a year.", title, read, "", WORDS) == ("mp_materials",)


def test_what_is_not_sure_is_not_told() -> None:
    read = [claim(context.SURE["subject"] - 0.01, subjects=("mp_materials",))]
    assert context.about("The plant makes 5 kg a year.", "", read, "", WORDS) == ()
    assert context.about(
        "The plant makes 5 kg a year.",
        "",
        [claim(context.SURE["subject"], subjects=("mp_materials",))],
        "",
        WORDS,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We had seven weeks of stock.", True),
        ("The company fell behind.", True),
        ("公司表示订单充足。", True),
        ("同社は増産する。", True),
        ("《公司法》已修订。", False),
        ("Wednesday was quiet.", False),
        ("MP Materials said that we all wait.", False),  # who it is stands there
    ],
)
def test_we_and_the_company_are_whom_the_document_is_of(text: str, told: bool) -> None:
    assert context.about(text, "", [], "mp_materials", WORDS) == (("mp_materials",) if told else ())
    assert context.about(text, "", [], "", WORDS) == ()


def test_whom_a_document_is_of_has_the_most_claims_by_far() -> None:
    mine, other = claim(subjects=("mp_materials",)), claim(subjects=("lynas",))
    assert context.main_actor([mine, mine, other]) == "mp_materials"
    assert context.main_actor([mine, other]) == ""
    assert context.main_actor([mine, mine, other, *[claim()] * 4]) == ""
    assert context.main_actor([claim(0.1, subjects=("mp_materials",))]) == ""
    assert context.main_actor([]) == ""
