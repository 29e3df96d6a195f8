"""What a claim says as a sentence: each slot is there, direction and modality are what they were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mine2magnet.core.messages import Translator
from mine2magnet.model import MODALITIES, Claim, Quantity
from mine2magnet.translate.gloss import Readers
from mine2magnet.translate.statements import sayable, statement

SHARE = Claim(
    Quantity(87, 87, "%"), 0, 3, (0, 9),
    subjects=("china",), measure="share_of_capacity", stage="processing", materials=("rare_earths",),
)  # fmt: skip
EXPORTS = Claim(
    Quantity(3188, 3188, "t"), 0, 3, (0, 9),
    subjects=("china",), counterparties=("japan",), measure="exports", materials=("rare_earth_magnet",),
    period="2025-06", period_kind="month", said_by="reuters",
)  # fmt: skip
FALL = replace(EXPORTS, quantity=Quantity(-38.1, -38.1, "%"), direction="change", basis="year_on_year")


def said(claim: Claim, language: str, readers: Readers) -> str:
    return statement(claim, Translator(language), readers.thesaurus)


def test_a_share_is_held(readers: Readers) -> None:
    assert said(SHARE, "en", readers) == "China holds 87 % of rare earths processing capacity"
    assert said(SHARE, "zh", readers) == "中国占稀土加工产能的87%"
    assert said(SHARE, "ja", readers).startswith("中国は")


def test_every_slot_is_said(readers: Readers) -> None:
    sentence = said(EXPORTS, "en", readers)
    for part in (
        "China",
        "to Japan",
        "rare earth magnet",
        "3,188 tonnes",
        "Jun 2025",
        "according to Reuters",
    ):
        assert part in sentence
    assert "was" in sentence


def test_a_common_noun_is_told_in_the_readers_language(readers: Readers) -> None:
    of_makers = replace(EXPORTS, subjects=("几家磁材厂",), said_by="供应商")
    assert said(of_makers, "en", readers).startswith("Magnet maker: exports to Japan")
    assert "according to supplier" in said(of_makers, "en", readers)
    assert "磁材厂" in said(of_makers, "zh", readers)


def test_a_fall_falls_in_each_language(readers: Readers) -> None:
    assert "fell by 38.1 %" in said(FALL, "en", readers)
    assert "year on year" in said(FALL, "en", readers)
    assert "下降38.1%" in said(FALL, "zh", readers)
    assert "38.1%減少した" in said(FALL, "ja", readers)
    assert "rose by" in said(replace(FALL, quantity=Quantity(38.1, 38.1, "%")), "en", readers)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
@pytest.mark.parametrize("claim", [SHARE, EXPORTS, FALL], ids=["share", "level", "change"])
def test_modalities_differ(claim: Claim, language: str, readers: Readers) -> None:
    sentences = {said(replace(claim, modality=one), language, readers) for one in MODALITIES}
    assert len(sentences) == len(MODALITIES)


def test_only_what_is_sure_can_be_said() -> None:
    unsure = replace(EXPORTS, confidence=0.2)
    named = {"china", "japan", "exports", "rare_earth_magnet", "reuters"}
    assert sayable(EXPORTS, (), 0.5)
    assert not sayable(unsure, named, 0.5)  # which of two parties is which cannot be told from names
    alone = replace(unsure, counterparties=(), said_by=None)
    assert sayable(alone, named, 0.5)
    assert not sayable(alone, named - {"china"}, 0.5)
    assert not sayable(replace(EXPORTS, measure=None), named, 0.5)


def test_a_claim_without_a_measure_is_no_sentence(readers: Readers) -> None:
    with pytest.raises(ValueError, match="measure"):
        said(replace(EXPORTS, measure=None), "en", readers)
