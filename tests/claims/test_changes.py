"""Levels and changes, and which way."""

from __future__ import annotations

import pytest

from mine2magnet.claims.changes import change, signed
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core import thesaurus
from mine2magnet.model import Quantity

TERMS = thesaurus.load()


def signs(text: str, language: str) -> list[int | None]:
    found = []
    for s in lay_out("", [text], language=language, today=None, thesaurus=TERMS):
        for i, figure in enumerate(s.figures):
            left = s.figures[i - 1].end if i else s.start
            right = s.figures[i + 1].start if i + 1 < len(s.figures) else s.end
            found.append(change(FigureContext(s, figure, left, right, i)))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports fell 12%.", [-1]),
        ("Exports rose by more than 12%.", [1]),
        ("Exports rose to 46%.", [None]),
        ("They reduced supplies to Japan by 500 tonnes.", [-1]),
        ("Prices were 38pc lower.", [-1]),
        ("Volumes came in 35% below the average.", [-1]),
        ("Spot is 12% above the floor.", [1]),
        ("Iluka gained 9.4%, Arafura 16% and Lynas 4.7%.", [1, 1, 1]),
        ("Lynas added A$1.94, or 10.5%.", [1, 1]),
        ("It will raise list prices 6%.", [1]),
        ("Revenue was +37% on the year.", [1]),
        ("A truce may knock as much as 20% off the price.", [-1]),
        ("The price is the index, less 3%.", [-1]),
        ("Oxide lost 2% in August.", [-1]),
        ("We lost 40 shifts.", [None]),
        ("They raised $40 million.", [None]),
        ("It lends the start-up $620 million.", [None]),
        ("A pump gives up 40 kg.", [None]),
        ("Prices doubled.", [1]),
        ("Output halved.", [1]),
        ("They hold 40% of the market.", [None]),
        ("Oxide cost $2,950/kg, $400 more than in May.", [None, 1]),
    ],
)
def test_english(text: str, expected: list[int | None]) -> None:
    assert signs(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出口同比下降3.1%。", [-1]),
        ("出口比去年同月少38.1%。", [-1]),
        ("价格升至46%。", [None]),
        ("开采量同比减少4000吨。", [-1]),
        ("累计升179%。", [1]),
        ("较上年跌去约两成。", [-1]),
        ("分别增长15.2%和5.7%。", [1, 1]),
        ("比春节前高出1.3万元。", [1]),
        ("上调目标价一成。", [1]),
        ("毛利率同比提高3.6个百分点。", [1]),
        ("占比高达九成。", [None]),
        ("纯度不低于99.5%。", [None]),
        ("至少30%。", [None]),
        ("最高500万元。", [None]),
        ("净利润 -1830 万元。", [None]),
        ("裁减600个班次。", [None]),
        ("分别上涨10万元/吨和1万元/吨。", [1, 1]),
    ],
)
def test_chinese(text: str, expected: list[int | None]) -> None:
    assert signs(text, "zh") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("輸出は７・５％減の水準だった。", [-1]),
        ("輸出は前年より38.1％少ない。", [-1]),
        ("使用量を3割抑えた。", [-1]),
        ("前年同期を2.1%下回る。", [-1]),
        ("下落率は15％に達した。", [-1]),
        ("上げ幅は4.7％だった。", [1]),
        ("価格を10〜15％引き上げる。", [1]),
        ("終値は前日比400円（19.6％）高だった。", [1, 1]),
        ("7.2％、豊田通商は3.1％それぞれ値を上げた。", [1, 1]),
        ("シェアは46％になった。", [None]),
        ("価格は2倍になった。", [1]),
        ("中国国内の3倍になる。", [None]),
        ("高値から４割あまり下げた。", [-1]),
        ("キロ1550ドル（前週比50ドル高）で推移した。", [None, 1]),
        ("キロ1380元と前週に比べ15元下げた。", [None, -1]),
    ],
)
def test_japanese(text: str, expected: list[int | None]) -> None:
    assert signs(text, "ja") == expected


def test_a_fall_is_negative_and_its_bound_turns_around() -> None:
    assert signed(Quantity(5.0, None, "%", "over"), -1) == Quantity(None, -5.0, "%", "under")
    assert signed(Quantity(5.0, 7.0, "%"), -1) == Quantity(-7.0, -5.0, "%")
    assert (
        signed(Quantity(5.0, 5.0, "%"), None) == signed(Quantity(5.0, 5.0, "%"), 1) == Quantity(5.0, 5.0, "%")
    )
