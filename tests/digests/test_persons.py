from __future__ import annotations

import pytest

from mine2magnet.digests.persons import named, persons


@pytest.mark.parametrize(
    ("language", "before", "text", "told"),
    [
        (
            "en",
            "Prices fell, said Rakesh Bansal, who buys in Pune.",
            "Stocks are low, Bansal said.",
            "Rakesh Bansal, who buys in Pune",
        ),
        ("en", "MOFCOM spokesperson He Yadong spoke.", "He denied it.", "MOFCOM spokesperson He Yadong"),
        ("en", "Prices fell, said Rakesh Bansal.\nA line.\nAnother.", "He denied it.", ""),  # too far away
        ("en", "Ann Lee, an analyst, and Bob Moe, a trader, met.", "He denied it.", ""),  # either
        ("en", "Prices fell, said Rakesh Bansal.", "Rakesh Bansal denied it.", ""),
        ("en", "Prices fell, said Rakesh Bansal.", "Output of the mine rose.", ""),
        ("en", "MP Materials, a miner in California, grew.", "He denied it.", ""),  # no person
        ("en", "Prices fell, said Rakesh Bansal.\nKanda says no.", "He denied it.", ""),
        ("zh", "驰远电驱副总经理罗薇说，晚交18天。", "罗薇所在的公司减镝。", "驰远电驱副总经理罗薇"),
        ("zh", "驰远电驱副总经理罗薇说，晚交18天。", "他们减镝。", ""),
        ("zh", "首席执行官托马斯·凯勒说，晚交。", "凯勒承认缺货。", "首席执行官托马斯·凯勒"),
        ("zh", "首席执行官托马斯·凯勒说，晚交。", "凯勒驱动的工程师不急。", ""),  # his company's
        (
            "zh",
            "本刊专访了瑞循环保有限公司总工程师何立新。",
            "何立新说贵。",
            "瑞循环保有限公司总工程师何立新",
        ),
        ("zh", "该专家还认为，成本高。", "据他了解，成本高。", ""),
        ("ja", "軍需素材に詳しい日高俊彦氏はこう話す。", "日高氏は訴える。", "軍需素材に詳しい日高俊彦氏"),
        ("ja", "山岸達也社長は会見した。", "山岸社長は抱負を述べた。", "山岸達也社長"),
        ("ja", "山岸達也社長は会見した。", "日高氏は訴える。", ""),
        ("ko", "…", "…", ""),
    ],
)
def test_whom_a_surname_or_a_pronoun_means_is_told_as_introduced(
    language: str, before: str, text: str, told: str
) -> None:
    whole = f"{before}\n{text}"
    assert named(text, f"{before}\n", persons(whole, language), language) == told


def test_an_office_that_says_too_much_is_left_out() -> None:
    (one,) = persons("Prices fell, said Rakesh Bansal, who " + "very " * 17 + "often buys in Pune.", "en")
    assert one.introduced == "Rakesh Bansal"
