from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mine2magnet.ask.figure_asked import FigureAsked
from mine2magnet.core import thesaurus

WORDS = thesaurus.load()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many tonnes of magnets did China export to Japan in July 2025?",
         {"partners": {"japan"}, "periods": ((date(2025, 7, 1), date(2025, 7, 31)),)}),
        ("中国2025年7月出口到日本的磁体是多少吨？", {"partners": {"japan"}, "dimensions": {"[mass]"}}),
        ("中国から日本向けに輸出された磁石は何トンか", {"partners": {"japan"}, "dimensions": {"[mass]"}}),
        ("By how much did Lynas shares fall?", {"change": True, "parties": {"lynas"}}),
        ("How much can Halden Métaux buy from Corella?", {"names": {"halden", "métaux", "corella"}}),
        ("According to the IEA, what share will Malaysia hold?", {"parties": {"malaysia"}}),
    ],
)  # fmt: skip
def test_what_a_question_asks_of_a_figure(question: str, wanted: dict[str, Any]) -> None:
    asked = FigureAsked.of(question, WORDS)
    assert {slot: type(value)(getattr(asked, slot)) for slot, value in wanted.items()} == wanted
    assert asked.asks


@pytest.mark.parametrize("question", ["Why do magnets fail in heat?", "Who founded Lynas?"])
def test_other_questions_ask_for_no_figure(question: str) -> None:
    assert not FigureAsked.of(question, WORDS).asks


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("2024年第二批稀土指标是多少吨？", "the second batch of quotas", "the first batch of quotas"),
        ("How large was the second batch?", "第二批指标", "第一批指标"),
        ("2024年首批稀土指标是多少吨？", "第1弾の割当", "第2弾の割当"),
        ("What does phase 2 cost?", "for phase 2", "for phase 1"),
    ],
)
def test_a_batch_is_known_in_any_language(question: str, told: str, other: str) -> None:
    (mark,) = FigureAsked.of(question, WORDS).marks
    assert mark.search(told)
    assert not mark.search(other)


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("投資額は何億円か", {"JPY"}),
        ("豪ドルでいくらか", {"AUD"}),
        ("多少亿元", {"CNY"}),
        ("多少美元", {"USD"}),
        ("how many euros a kilo", {"EUR"}),
        ("how much is it", set()),
    ],
)
def test_the_money_asked_for(question: str, codes: set[str]) -> None:
    assert FigureAsked.of(question, WORDS).currencies == codes


@pytest.mark.parametrize(
    ("question", "newest"),
    [
        ("What does NdPr oxide cost now?", True),
        ("氧化镨钕现在多少钱", True),
        ("ジスプロシウムの価格", True),
        ("What did NdPr oxide cost in 2024?", False),
        ("What was the peak price of dysprosium?", False),
        ("ジスプロシウムの最高値はいくらだったか", False),
    ],
)
def test_without_a_time_it_asks_how_things_are(question: str, newest: bool) -> None:
    assert FigureAsked.of(question, thesaurus.load()).newest is newest
