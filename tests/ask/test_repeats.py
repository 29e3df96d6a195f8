from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mine2magnet.ask import repeats
from mine2magnet.core import thesaurus
from mine2magnet.model import Claim, Document, Paragraph, Quantity

WORDS = thesaurus.load()
ZH = "Insight Digest认为欧洲车企的磁体库存有两个月。"
JA = "Insight Digestは欧州の磁石の在庫を2か月とした。"
EN = "Insight Digest said that stocks of magnets in Europe last two months."


def told(text: str, language: str, **slots: Any) -> tuple[Claim, Document]:
    claim = Claim(
        Quantity(2.0, 2.0, "month"), 0, 1, (0, len(text)), subjects=("europe",), measure="stock_cover",
        materials=("permanent_magnet",), paragraph=1, document=text,
    )  # fmt: skip
    day = datetime(2026, 1, 2, tzinfo=UTC)
    return replace(claim, **slots), Document(text, "A Post", day, language, (Paragraph(1, text),))


def once(language: str, *all_told: tuple[Claim, Document]) -> list[str]:
    ranked = [(1.0 - place / 10, claim) for place, (claim, _) in enumerate(all_told)]
    documents = {claim.document: document for claim, document in all_told}
    return [one.claim.document for one in repeats.once(ranked, documents, language, WORDS)]


def test_one_source_is_told_once_in_the_reader_s_language() -> None:
    three = [told(ZH, "zh"), told(JA, "ja"), told(EN, "en")]
    assert once("en", *three) == [EN]
    assert once("ja", *three) == [JA]
    assert once("fr", *three) == [ZH], "the best where none is in it"


def test_another_source_is_told_too_and_the_reader_s_language_comes_first() -> None:
    other = "A survey of the trade said that stocks of magnets in Europe last two months."
    assert once("en", told(ZH, "zh"), told(other, "en")) == [other, ZH]
    assert once("zh", told(ZH, "zh"), told(other, "en")) == [ZH, other]


def test_another_value_time_or_subject_is_another_figure() -> None:
    for slots in (
        {"quantity": Quantity(3.0, 3.0, "month")},
        {"subjects": ("japan",)},
        {"materials": ("dysprosium_oxide",)},
        {"measure": "licence_time"},
        {"period": "2025-02"},
    ):
        assert once("en", told(ZH, "zh", period="2025-01"), told(EN, "en", **slots)) == [ZH, EN], slots


def test_those_that_a_figure_is_of_are_no_source() -> None:
    zh = told(ZH.replace("Insight Digest", "现代汽车"), "zh", subjects=("hyundai",))
    en = told(EN.replace("Insight Digest", "Hyundai Motor"), "en", subjects=("hyundai",))
    assert len(once("en", zh, en)) == 2


def test_a_time_is_that_of_any_telling() -> None:
    ranked = [told(EN, "en"), told(ZH, "zh", period="2025-01")]
    [one] = repeats.once(
        [(1.0, claim) for claim, _ in ranked],
        {claim.document: document for claim, document in ranked},
        "en",
        WORDS,
    )
    assert (one.claim.document, one.period, [c.document for c in one.others]) == (EN, "2025-01", [ZH])
