"""Units, columns and rows of tables in text."""

from __future__ import annotations

import pytest

from mine2magnet.claims.tables import Unit, asked_per, captioned, cells, heading_unit, read


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("t", "t", 1),
        ("吨/年", "t/year", 1),
        ("吨/吉瓦", "t/GW", 1),
        ("百万円", "JPY", 1e6),
        ("万元/吨", "CNY/t", 1e4),
        ("元/公斤", "CNY/kg", 1),
        ("USD/kg", "USD/kg", 1),
        ("US$/kg", "USD/kg", 1),
        ("Rmb '000/t", "CNY/t", 1000),
        ("ドル/キロ", "USD/kg", 1),
        ("1キロ当たり円", "JPY/kg", 1),
        ("dollars per kilogram", "USD/kg", 1),
        ("tonnes of REO equivalent", "t REO", 1),
        ("$ million", "USD", 1e6),
        ("tonnes a year", "t/year", 1),
        ("kt", "t", 1000),
        ("%", "%", 1),
    ],
)
def test_a_unit_is_read(text: str, unit: str, factor: float) -> None:
    assert read(text) == Unit(unit, factor)


@pytest.mark.parametrize("text", ["", "Country", "2023", "Oxide", "t and more", "品名", "x" * 60])
def test_other_words_are_no_unit(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Mine production by country (tonnes of REO equivalent)", Unit("t REO")),
        ("Prices in warehouse Rotterdam, midpoint, USD/kg", Unit("USD/kg")),
        ("[Data in kilograms of contained gallium unless noted otherwise]", Unit("kg")),
        ("1.連結業績予想(2025年4月1日~9月30日、単位:百万円)", Unit("JPY", 1e6)),
        ("各社の発表をまとめた。単位はトン。2025年は見込み。", Unit("t")),
        ("表:钕铁硼企业产能(产能单位:吨/年)", Unit("t/year")),
        ("表 ロッテルダム倉庫渡し(ドル/キロ、倍率は仲値の比較)", Unit("USD/kg")),
        ("Main producers of the country", None),
    ],
)
def test_a_caption_tells_a_unit(text: str, unit: Unit | None) -> None:
    assert captioned(text) == unit


def units(*paragraphs: str) -> list[str]:
    return [cell.unit.unit if cell.unit else "" for found in cells(paragraphs) for cell in found]


def test_cells_know_their_column_row_and_caption() -> None:
    found = cells(["Exports (t)", "Country | 2023 | 2024", "Japan | 1,204 | 1,377"])
    assert found[:2] == [[], []]
    first, second = found[2]
    assert (first.row, first.column, first.caption) == ("Japan", "2023", "Exports (t)")
    assert (first.start, first.end, second.start) == (8, 13, 16)
    assert first.unit == second.unit == Unit("t")


def test_a_table_may_be_one_paragraph_with_its_unit_in_heads_of_columns_and_rows() -> None:
    text = "Item | Range, US$/kg | Change on week\nOxide | 238-246 | -3.50"
    assert units(text) == ["USD/kg", "USD/kg"]
    assert units("Plant | March Q 2025\nCarbonate (t REO) | 27.4\nRecovery, Nd + Pr (%) | 88.6") == [
        "t REO",
        "%",
    ]
    assert units("Arrivals by origin (tonnes) | May | April\nChina | 182 | 431") == ["t", "t"]


def test_a_column_of_units_and_units_told_in_words() -> None:
    assert units("Product\tUnit\t14 Nov", "NdPr\tRmb '000/t\t548.0", "Dy\tRmb/kg\t1,560") == [
        "CNY/t",
        "CNY/kg",
    ]
    assert units("数量はトン、単価は1キロ当たり円。", "品目 | 数量 | 単価", "金属 | 412 | 10,850") == [
        "t",
        "JPY/kg",
    ]


def test_columns_may_be_spans_of_time_and_a_caption_says_what_all_is_per() -> None:
    assert units("輸出量", "仕向地 | 2025年1～9月（t） | 増減率（%）", "日本 | 1,093 | 45.8") == ["t", "%"]
    assert units("Imports (metric tons of Y2O3 equivalent)", "Source | 2023", "China | 548") == ["t"]
    assert units("1ギガワット当たりの使用量（単位：トン）", "型式 | ネオジム", "直接駆動 | 180") == ["t/GW"]


def test_capacity_is_by_the_year() -> None:
    assert units("単位はトン。", "企業別の年産能力 | 2025年", "金力永磁 | 35,000") == ["t/year"]


def test_a_figure_with_an_aside_is_no_head() -> None:
    assert units("(t)", "Maker | 2025", "Yunsheng | 15,000(2026年に到達)") == ["t"]
    assert units("share (%)", "Country | Mining, 2023 | Refining, 2023", "China | 62 | 92") == ["%", "%"]


def test_headings_and_questions_tell_what_prices_are_in() -> None:
    assert heading_unit("Spot, cif Rotterdam, $/kg") == Unit("USD/kg")
    assert heading_unit("Exports (t)") is None
    assert heading_unit("Prices stood at $/kg.") is None
    assert asked_per("What does a kilo cost you?") == "kg"
    assert asked_per("And today?") == ""
