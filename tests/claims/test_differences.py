"""What tells two claims apart is said in one sentence, in each language."""

from __future__ import annotations

from typing import Any

import pytest

from mine2magnet.claims.differences import difference
from mine2magnet.core import thesaurus
from mine2magnet.model import LANGUAGES, Claim, Quantity
from mine2magnet.model.claims import FORMS, MODALITIES

TERMS = thesaurus.load()
EXPORTS: dict[str, Any] = {
    "subjects": ("china",), "measure": "exports", "materials": ("permanent_magnet",), "period": "2025",
}  # fmt: skip


def claim(unit: str = "t", **slots: Any) -> Claim:
    return Claim(Quantity(1, 1, unit), 0, 1, (0, 2), **EXPORTS | slots)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({}, {}, ("", "", "")),
        (
            {"counterparties": ("japan",)},
            {},
            (
                "exports to Japan, not all exports",
                "对日本出口，而非全部出口",
                "日本向けの輸出で、輸出全体ではない",
            ),
        ),
        (
            {},
            {"counterparties": ("japan",)},
            (
                "all exports, not only exports to Japan",
                "全部出口，而非仅对日本出口",
                "輸出全体で、日本向けの輸出だけではない",
            ),
        ),
        (
            {"measure": "imports", "counterparties": ("japan",)},
            {"measure": "imports", "counterparties": ("germany",)},
            (
                "imports from Japan, not imports from Germany",
                "自日本进口，而非自德国进口",
                "日本からの輸入で、ドイツからの輸入ではない",
            ),
        ),
        (
            {"modality": "plan", "period": "2030"},
            {},
            (
                "the plan for 2030, not what was reported for 2025",
                "2030年的计划，而非2025年的已报道数据",
                "2030年の計画で、2025年の実績ではない",
            ),
        ),
        (
            {"modality": "forecast"},
            {},
            ("the forecast, not what was reported", "预测，而非已报道数据", "予測で、実績ではない"),
        ),
        (
            {"period": "2025-07"},
            {},
            ("for Jul 2025, not for 2025", "指2025年7月，而非2025年", "2025年7月の値で、2025年の値ではない"),
        ),
        (
            {"period": None},
            {},
            (
                "does not say when; the other says 2025",
                "未说明时间；另一个为2025年",
                "時点の明示なし。もう一方は2025年",
            ),
        ),
        (
            {},
            {"subjects": ()},
            (
                "China; the other does not say of whom or where",
                "中国；另一个未说明主体",
                "中国。もう一方は主体を明示していない",
            ),
        ),
        (
            {"subjects": ("Harbour Magnetics",)},
            {},
            (
                "Harbour Magnetics, not China",
                "Harbour Magnetics，而非中国",
                "Harbour Magneticsで、中国ではない",
            ),
        ),
        (
            {"materials": ("sintered_ndfeb",)},
            {},
            (
                "sintered NdFeB, which is part of permanent magnet",
                "烧结钕铁硼，属于永磁体的一部分",
                "焼結ネオジム磁石（永久磁石の一部）",
            ),
        ),
        (
            {"subjects": ("mp_materials",)},
            {"subjects": ("mountain_pass",)},
            (
                "MP Materials, of which Mountain Pass is part",
                "MP材料，芒廷帕斯只是其中一部分",
                "MPマテリアルズ（マウンテンパスはその一部）",
            ),
        ),
        (
            {"materials": ("ndpr_oxide",)},
            {"materials": ("ndpr",)},
            (
                "NdPr oxide; the other says NdPr, often used for the same",
                "镨钕氧化物；另一个称镨钕，二者常通用",
                None,
            ),
        ),
        (
            {"unit": "%", "direction": "change"},
            {"unit": "%"},
            ("a change, not a level", "变化幅度，而非水平值", "変化幅で、水準ではない"),
        ),
        (
            {"unit": "%", "direction": "change", "basis": "month_on_month", "period": "2025-06"},
            {"unit": "%", "direction": "change", "basis": "since:2025-04", "period": "2025-06"},
            (
                "month on month, not since Apr 2025",
                "环比（月），而非自2025年4月",
                "前月比で、2025年4月からではない",
            ),
        ),
        (
            {"unit": "kg"},
            {"unit": "USD"},
            ("in kg, not in USD", "以kg计，而非以USD计", "kgでの値で、USDでの値ではない"),
        ),
        (
            {"form": "oxide", "materials": ()},
            {"form": "metal", "materials": ()},
            ("oxide, not metal", "氧化物，而非金属", "酸化物で、金属ではない"),
        ),
    ],
)
def test_the_slot_that_differs_is_named(
    first: dict[str, Any], second: dict[str, Any], said: tuple[str | None, ...]
) -> None:
    for language, expected in zip(("en", "zh", "ja"), said, strict=True):
        if expected is not None:
            assert difference(claim(**first), claim(**second), TERMS, language) == expected


def test_the_foremost_two_slots_are_named() -> None:
    a, b = claim(subjects=("japan",), period="2024", measure="imports"), claim()
    assert difference(a, b, TERMS) == "Japan, not China; import, not export"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_message(language: str) -> None:
    for modality in MODALITIES:
        other = "plan" if modality == "reported" else "reported"
        assert difference(claim(modality=modality), claim(modality=other), TERMS, language)
    for form in FORMS:
        assert difference(
            claim(form=form, materials=("gallium",)), claim(materials=("gallium",)), TERMS, language
        )
    for basis in (
        "year_on_year",
        "quarter_on_quarter",
        "month_on_month",
        "week_on_week",
        "day_on_day",
        "than:x",
    ):
        a, b = (claim("%", direction="change", basis=one, period="2025-06") for one in (basis, None))
        said = difference(a, b, TERMS, language)
        assert said
        assert "_on_" not in said
