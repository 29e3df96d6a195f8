from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.digests import context
from mine2magnet.digests.referents import Referents
from mine2magnet.model import Claim, Document, Quantity

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
    assert context.about("It makes 5 kg of neodymium.", "", read, "", WORDS) == ()  # of which, it says
    known = [claim(subjects=("Harbour Magnetics",))]
    assert context.about("HARBOUR MAGNETICS makes 5 kg.", "", known, "", WORDS) == ()


def test_materials_and_actors_of_the_title_are_told() -> None:
    read = [claim(subjects=("mp_materials",), materials=("dysprosium",))]
    title = "MP Materials begins with dysprosium"
    told = ("mp_materials", "dysprosium")
    assert context.about("The plant makes 5 kg a year.", title, read, "", WORDS) == told


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


def test_whom_a_document_is_of_has_the_most_claims_by_far_or_stands_in_its_title() -> None:
    def actor(read: context.Read, title: str = "") -> str:
        return context.main_actor(read, WORDS) or context.titled_actor(read, title, WORDS)

    mine, other = claim(subjects=("mp_materials",)), claim(subjects=("lynas",))
    assert actor([mine, mine, other]) == "mp_materials"
    assert actor([mine, other]) == ""
    assert actor([mine, other], "Lynas ships less") == "lynas"
    assert actor([mine, other], "Lynas and MP Materials ship less") == ""
    assert (
        actor([claim(subjects=("Harbour Magnetics",)), other], "Harbour Magnetics grows")
        == "Harbour Magnetics"
    )
    assert actor([mine, mine, other, *[claim()] * 4]) == ""
    assert actor([claim(0.1, subjects=("mp_materials",))]) == ""
    assert actor([claim(subjects=("china",))]) == ""  # a country does not say "we"
    assert actor([]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "A German sensor maker said “we are 300 people” and paid 5 kg.",  # who speaks is another
        "The European Commission put 5 kg on the list.",
    ],
)
def test_a_country_at_large_is_not_told_where_another_acts_or_speaks(text: str) -> None:
    assert context.about(text, "", [claim(subjects=("china",))], "", WORDS) == ()
    assert context.about("Output was 5 kg.", "", [claim(subjects=("china",))], "", WORDS) == ("china",)
    known = [claim(subjects=("china",))]
    assert context.about("咨询机构称，国内产量为5千克。", "", known, "", WORDS) == ("china",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Borealis Drive Systems", "Borealis will pay US$18 million."),
        ("Great Lakes Recovery", "GLR held 1,150 tonnes."),
        ("the plant", "Output was 5 kg."),  # names nobody
        ("浙江永耀磁业", "永耀毛利率为5%。"),
        ("江西省工业和信息化厅", "毛利率为5%。"),  # states it, is not of it
        ("Ministry of Mines", "Output was 5 kg."),
    ],
)
def test_a_name_in_short_is_enough(name: str, text: str) -> None:
    assert context.about(text, "", [claim(subjects=(name,))], "", WORDS) == ()


def test_a_statement_that_leans_is_whole_with_what_it_leans_on(make: Callable[..., Document]) -> None:
    document = make("China's commerce ministry promised more.", "The ministry has 45 days.", "This is late.")
    referents = Referents(document, WORDS)

    def told(number: int, *names: str) -> tuple[tuple[str, ...], bool]:
        text = document.paragraphs[number - 1].text
        return context.with_referents(names, text, number, referents, WORDS)

    assert told(1) == ((), True)
    assert told(2, "china") == (("China's commerce ministry",), True)  # not the country at large, too
    assert told(3, "lynas") == (("lynas",), False)
    assert context.with_referents(("lynas",), "It has 45 days.", 2, referents, WORDS) == (("lynas",), True)
