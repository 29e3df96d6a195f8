"""What a change may be against."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims.basis import bases
from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


def candidates(text: str, language: str, period: str = "2025-07") -> Candidates:
    """The bases of the last figure of a sentence."""
    s = lay_out("", [text], language=language, today=date(2025, 8, 15), thesaurus=TERMS)[0]
    number = len(s.figures) - 1
    left = s.figures[number - 1].end if number else s.start
    view = FigureContext(s, s.figures[number], left, s.end, number)
    return bases(view, DocumentContext([s]), "exports", period, "change")


@pytest.mark.parametrize(
    ("text", "language", "basis"),
    [
        ("营收季减7.2%。", "zh", "quarter_on_quarter"),
        ("出口按月少18%。", "zh", "month_on_month"),
        ("日本向けは前月の2倍になった。", "ja", "month_on_month"),
        ("売買代金は前日の2.3倍に達した。", "ja", "day_on_day"),
        ("The bill was 31% more than in the prior fiscal year.", "en", "year_on_year"),
        ("Revenue was 12% above that of the prior-year quarter.", "en", "year_on_year"),
    ],
)
def test_words_near_the_figure_tell_its_basis(text: str, language: str, basis: str) -> None:
    assert "word" in candidates(text, language)[(basis,)]


def test_the_month_that_the_figure_is_of_is_no_basis() -> None:
    found = candidates("Exports fell 5% in July.", "en")
    assert not any(value and value[0].startswith("since:") for value in found)


def test_the_month_before_is_one() -> None:
    assert "time" in candidates("Exports fell 5% from June.", "en")[("month_on_month",)]


@pytest.mark.parametrize(
    ("text", "language", "yardstick"),
    [
        ("It uses 70% less dysprosium compared with conventional alloying.", "en", "conventional alloying"),
        ("氧化镝报价约为国内价格的4倍。", "zh", "国内价格"),
    ],
)
def test_another_thing_may_be_the_yardstick(text: str, language: str, yardstick: str) -> None:
    assert (f"than:{yardstick}",) in candidates(text, language)
