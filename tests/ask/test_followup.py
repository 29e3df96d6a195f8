from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.ask.followup import standalone, worded
from mine2magnet.core import thesaurus
from mine2magnet.core.llm import Chat, Endpoint

WORDS = thesaurus.load()
STOCKS = "How long do German stocks of magnets last?"
PRICE = "What was the price of dysprosium in 2011?"


@pytest.mark.parametrize(
    ("last", "question", "understood"),
    [
        (STOCKS, "and Japan?", "How long do Japan stocks of magnets last?"),
        (STOCKS, "Japan", "How long do Japan stocks of magnets last?"),
        (STOCKS, "And for carmakers?", "How long do German stocks of magnets last? carmakers"),
        (STOCKS, "What about exports?", "What about exports? German magnets"),
        (STOCKS, "Who chairs their board?", "Who chairs their board? German magnets"),
        (STOCKS, "Why?", f"{STOCKS} Why?"),
        (STOCKS, "And why is that?", f"{STOCKS} And why is that?"),
        (
            "How long do export licences take?",
            "And who approves them?",
            "And who approves them? export licences",
        ),
        # "mined" asks for what was produced before it names a stage
        ("How much dysprosium was mined in Australia?", "And exports?", "And exports? dysprosium Australia"),
        (PRICE, "and in 2025?", "What was the price of dysprosium in 2025?"),
        (PRICE, "Terbium?", "What was the price of Terbium in 2011?"),
        (PRICE, "And the price of terbium?", "And the price of terbium? 2011"),
        (PRICE, "How high is it now?", "How high is it now? dysprosium"),
        ("欧洲的库存还能用多久？", "日本呢？", "日本的库存还能用多久？"),
        ("镝在2011年的价格是多少？", "2025年呢？", "镝在2025年的价格是多少？"),
        ("欧州の在庫は何週間もつか", "日本は？", "日本の在庫は何週間もつか"),
        (
            "How much does Japan import from China?",
            "and Germany?",
            "How much does Germany import from China?",
        ),
        (
            "How much dysprosium and terbium does Japan import?",
            "and neodymium?",
            "How much neodymium does Japan import?",
        ),
        (
            "What minimum price did the Pentagon promise MP Materials?",
            "and Lynas?",
            "What minimum price did the Pentagon promise Lynas?",
        ),
    ],
)
def test_what_leans_on_the_last_question_takes_over_from_it(
    last: str, question: str, understood: str
) -> None:
    assert standalone(question, last, WORDS) == understood


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of neodymium?",
        "And the price of terbium?",
        "Who mines dysprosium?",
        "Who won the football world cup in 2018?",
        "and the weather on Mars?",
        "味噌汁の作り方を教えてください",
        "Thanks!",
    ],
)
def test_what_stands_by_itself_stays(question: str) -> None:
    assert standalone(question, STOCKS, WORDS) == question


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_texts_are_understood(question: str, last: str) -> None:
    understood = standalone(question, last, WORDS)
    assert understood == question or last, "without a last question nothing is taken over"
    assert len(understood) <= len(question) + len(last) * 2 + 2


@pytest.mark.parametrize(
    ("says", "understood"),
    [
        (
            {"question": "How long do Japanese stocks of magnets last?"},
            "How long do Japanese stocks of magnets last?",
        ),
        (
            {"question": "How long do Japanese stocks of terbium last?"},
            "How long do Japan stocks of magnets last?",
        ),
        (
            {"question": "How long do German stocks of magnets last?"},
            "How long do Japan stocks of magnets last?",
        ),
        ({"question": "Do Japanese stocks last 12 weeks?"}, "How long do Japan stocks of magnets last?"),
        ({"question": ""}, "How long do Japan stocks of magnets last?"),
        ({"answer": 1}, "How long do Japan stocks of magnets last?"),
        ("[" * 50_000, "How long do Japan stocks of magnets last?"),
        ({"question": ["x"]}, "How long do Japan stocks of magnets last?"),
        ("no JSON", "How long do Japan stocks of magnets last?"),
    ],
)
def test_a_model_s_wording_counts_if_it_says_what_was_asked(
    model: Any, says: object, understood: str
) -> None:
    model.rule = lambda _: model.saying(says)
    with Chat(Endpoint(model.url, "scripted"), pause=0.01) as chat:
        assert worded("and Japan?", [STOCKS], STOCKS, WORDS, chat) == understood


def test_a_model_is_not_asked_about_a_first_question(model: Any) -> None:
    with Chat(Endpoint(model.url, "scripted"), pause=0.01) as chat:
        assert worded("and Japan?", [], "", WORDS, chat) == "and Japan?"
    assert model.asked == []
