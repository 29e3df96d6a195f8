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
        ("The US buys more.", False),  # no "us"
        ("Lynas told the company to wait.", False),  # who acts stands before it
        ("公司已与博世达成意向。", True),
        ("当社は目標株価を引き上げる。", False),  # a forecaster's
        ("初期の生産能力は年2000トン。", True),
        ("Chief executive Dana Whitlock expects more.", True),
        ("Chief executive Amanda Lacaze of Lynas expects more.", False),
        ("首席执行官张华说，产能已满。", True),
        ("アマンダ・ラカゼ最高経営責任者は語る。", False),  # Lynas's, as everybody knows
        ("我们学院一年毕业六百人。", False),
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
    assert actor([mine]) == ""  # one is not many
    assert actor([claim(0.5, subjects=("mp_materials",))] * 2) == "mp_materials"
    assert actor([claim(0.1, subjects=("mp_materials",))] * 2) == ""
    assert actor([mine, mine, *[claim(subjects=("china",))] * 3]) == ""
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


@pytest.mark.parametrize(
    ("text", "slots", "told"),
    [
        ("Sellers asked for $5 a kg.", {"measure": "price"}, True),
        ("A motor cost $5 a kg more.", {"measure": "price"}, True),  # it is made of what is priced
        ("Each motor holds 5 kg.", {"measure": "weight_per_unit"}, False),
        ("The site gives work to 5.", {"measure": "jobs"}, False),
    ],
)
def test_a_material_is_told_of_what_is_measured_of_one(text: str, slots: dict[str, Any], told: bool) -> None:
    read = [claim(materials=("dysprosium",), **slots)]
    assert context.about(text, "", read, "", WORDS) == (("dysprosium",) if told else ())


def test_the_surest_material_of_a_statement_is_told_and_one_of_the_title_sooner() -> None:
    unsure, sure = claim(0.7, materials=("terbium",)), claim(0.9, materials=("dysprosium",))
    assert context.about("It rose.", "", [unsure, sure], "", WORDS) == ("dysprosium",)
    assert context.about("It rose.", "", [unsure], "", WORDS) == ()
    assert context.about("It rose.", "Terbium soars", [unsure], "", WORDS) == ("terbium",)
    magnet = [claim(materials=("permanent_magnet",))]
    assert context.about("It rose by 5 kg.", "", magnet, "", WORDS) == ("permanent_magnet",)
    assert context.about("Feed rose by 5 kg.", "", magnet, "", WORDS) == ()  # of which magnets are made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("存货方面，账面价值为9.74亿元。", True),
        ("市场均价上行至60万元。", False),  # of all
        ("日本进口下降。", False),
        ("“订单充足。”", False),
    ],
)
def test_what_a_release_says_of_nobody_is_of_its_company(text: str, told: bool) -> None:
    expected = ("mp_materials",) if told else ()
    assert context.about(text, "", [], "mp_materials", WORDS, own=True) == expected
    assert context.about(text, "", [], "mp_materials", WORDS) == ()


def test_a_release_is_known_by_how_it_speaks_of_its_company(make: Callable[..., Document]) -> None:
    assert context.is_own(make("报告期内，产量增长。", language="zh"))
    assert not context.is_own(make("Output rose, the company said."))


@pytest.mark.parametrize("text", ["We wait.", "投資額は85億円。", "Chief executive Ann Lee waits."])
def test_what_opens_with_an_actor_is_known(text: str) -> None:
    assert context.opens_with_actor(text)
    assert not context.opens_with_actor(f"In May {text}")


def test_what_likely_leans_is_whole_with_any_name(make: Callable[..., Document]) -> None:
    text = "The volume was 10% greater."
    document = make("Exports rose.", text)
    referents = Referents(document, WORDS)
    assert context.with_referents((), text, 2, referents, WORDS) == ((), False)
    assert context.with_referents(("china",), text, 2, referents, WORDS) == (("china",), True)


def test_the_head_of_a_company_that_all_know_is_of_the_only_one_of_the_title() -> None:
    text = "アマンダ・ラカゼ最高経営責任者は語る。"
    assert context.about(text, "ライナス、増産", [], "lynas", WORDS) == ("lynas",)
    assert context.about(text, "双日、ライナスから輸入", [], "sojitz", WORDS) == ()
