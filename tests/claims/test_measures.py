"""What a figure may measure and of what: the candidates and the evidence for them, whatever the weights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from mine2magnet.claims import candidates
from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.measures import fits
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


def read(
    text: str, language: str = "en", figure: int = 0, before: Sequence[str] = ()
) -> tuple[FigureContext, DocumentContext]:
    """A figure of the last of some paragraphs."""
    sentences = lay_out("", [*before, text], language=language, today=date(2025, 8, 20), thesaurus=TERMS)
    doc = DocumentContext(sentences)
    doc.move(len(sentences) - 1)
    s = sentences[-1]
    mention = s.figures[figure]
    doc.heads = s.heads.get(mention.start, ())
    left = s.figures[figure - 1].end if figure else s.start
    right = s.figures[figure + 1].start if figure + 1 < len(s.figures) else s.end
    return FigureContext(s, mention, left, right, figure), doc


def measures(text: str, language: str = "en", figure: int = 0, before: Sequence[str] = ()) -> Candidates:
    return candidates.measures(*read(text, language, figure, before), "level")


def materials(text: str, language: str = "en", figure: int = 0, before: Sequence[str] = ()) -> Candidates:
    return candidates.materials(*read(text, language, figure, before), "production")


@pytest.mark.parametrize(
    ("language", "text", "measure"),
    [
        ("en", "The mill runs at 55% of its nameplate.", "utilisation"),
        ("en", "The group has put off the first furnace by eight months.", "delay"),
        ("en", "Washington charges 34% on generators.", "tariff"),
        ("zh", "该厂9月因检修停了3台烧结炉。", "plant_stops"),
        ("zh", "内部收益率13.6%，投资回收期6年。", "profitability"),
        ("ja", "欧州は磁石の98%を中国に頼る。", "share_of_imports"),
        ("ja", "モーターの最高効率は96.8%だ。", "efficiency"),
    ],
)
def test_verbs_and_nouns_beside_a_figure_tell_its_measure(language: str, text: str, measure: str) -> None:
    assert "in" in measures(text, language)[(measure,)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "磁石の受注は前年の8割にとどまる。"),
        ("zh", "磁材订单恢复到去年同期的八成。"),
        ("en", "Orders for magnets are at 80% of last year's."),
    ],
)
def test_part_of_an_earlier_level_may_be_of_anything(language: str, text: str) -> None:
    assert not fits("orders", "%", "level")
    assert "in" in measures(text, language)[("orders",)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "储量的排名与产量不同：中国4400万吨。"),
        ("ja", "埋蔵量の順位は生産量とは異なり、中国が4400万トンだ。"),
        ("en", "Unlike production, reserves are led by China with 44,000,000 t."),
    ],
)
def test_what_a_measure_is_said_to_differ_from_is_not_measured(language: str, text: str) -> None:
    found = measures(text, language)
    assert ("reserves",) in found
    assert "in" not in found.get(("production",), ())


def test_nines_are_a_purity_unless_something_else_is_named() -> None:
    assert [*measures("Yttrium oxide 99.999% at $95/kg.")] == [("purity",)]
    assert [*measures("The price of 99.999% yttrium oxide was assessed at $95/kg.")] == [("purity",)]
    assert [*measures("氧化铽（99.99%）报价上涨。", "zh")] == [("purity",)]
    assert ("recovery",) in measures("The recovery is 99.5%.")
    assert ("share",) in measures("China holds 99.8% of refining.")


def test_head_of_a_column_tells_like_a_word_beside_the_figure() -> None:
    rows = ["公司 | 产能(吨) | 开工率", "甲磁业 | - | 75%"]
    found = measures(rows[1], "zh", before=rows[:1])
    assert {"in", "before:clause:own"} <= set(found[("utilisation",)])


def test_names_in_capitals_are_no_verbs() -> None:
    named = measures("The Minister of State for Mines said stocks are 6.9 million tonnes.")
    assert "word:production:mines" not in named.get(("production",), [])
    spoken = measures("It mines 6.9 million tonnes.")
    assert "word:production:mines" in spoken[("production",)]


def test_size_of_a_figure_is_weighed_with_its_measure() -> None:
    assert "size:kg:0=weight_per_unit" in measures("The motor contains 2 kg.")[("weight_per_unit",)]
    assert "size:t:3=reserves" in measures("Reserves are 6.9 million tonnes.")[("reserves",)]


def test_signs_do_not_carry_to_the_next_sentence() -> None:
    found = measures("About 40%.", before=["Washington charges more."])
    assert not any("at:" in piece for piece in found.get(("tariff",), []))


@pytest.mark.parametrize(
    ("language", "text", "material"),
    [
        ("zh", "贮氢合金产量为4000吨。", ("hydrogen_storage_alloy",)),
        ("ja", "再生酸化物を年60トン納める。", ("recycled_rare_earth",)),
        ("ja", "ジスプロは1200ドルまで上がる。", ("dysprosium",)),
        ("en", "The mine shipped 3,420 t of concentrate.", ("rare_earth_concentrate",)),
        ("en", "Holmium, erbium and lutetium came to 93 t.", ("holmium", "erbium", "lutetium")),
    ],
)
def test_materials_named_in_the_sentence_are_candidates(
    language: str, text: str, material: tuple[str, ...]
) -> None:
    assert "in" in materials(text, language)[material]


def test_short_name_within_a_long_one_is_no_name() -> None:
    assert ("dysprosium",) not in materials("酸化ジスプロシウムは225ドルだ。", "ja")


def test_material_in_brackets_before_a_text_is_its_heading_not_a_dateline() -> None:
    assert ("germanium",) in materials("【ゲルマニウム】欧州相場は1キロ3000ドルの大台に乗せた。", "ja")


def test_basis_of_a_weight_is_marked() -> None:
    found = materials("进口混合碳酸稀土(折REO)约6200吨。", "zh")
    assert "equivalent" in found[("rare_earth_oxides",)]
    assert "none&production" in found[()]
