"""What speaks for the periods that a figure may be of."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims.context import DocumentContext, Told
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.periods import before, periods, span
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core import thesaurus

TODAY = date(2025, 8, 15)

TERMS = thesaurus.load()


def candidates(
    text: str, language: str, *, title: str = "", figure: int = -1, told: str = "", direction: str = "level"
) -> Candidates:
    """The periods of a figure of the last sentence, the figure before it being of `told`."""
    sentences = lay_out(title, [text], language=language, today=TODAY, thesaurus=TERMS)
    doc = DocumentContext(sentences)
    doc.move(len(sentences) - 1)
    s = sentences[-1]
    number = figure % len(s.figures)
    if told:
        doc.tell(Told({"period": (told,)}, doc.at, s.paragraph))
    left = s.figures[number - 1].end if number else s.start
    right = s.figures[number + 1].start if number + 1 < len(s.figures) else s.end
    view = FigureContext(s, s.figures[number], left, right, number)
    return periods(view, doc, {}, direction)


@pytest.mark.parametrize(
    ("period", "unit", "earlier"),
    [
        ("2025-01/2025-06", "year", "2024-01/2024-06"),
        ("2025-01", "month", "2024-12"),
        ("2025-01/2025-03", "quarter", "2024-10/2024-12"),
        ("2025-08-11/2025-08-17", "week", "2025-08-04/2025-08-10"),
        ("2025", "month", ""),
        ("2025-04/..", "year", ""),
    ],
)
def test_the_period_before_is_as_long(period: str, unit: str, earlier: str) -> None:
    assert before(period, unit) == earlier


def test_a_span_tells_whether_it_is_over() -> None:
    assert span("2025", TODAY) == ("span:year", "span:now", "span:year:now")
    assert span("2026/..", TODAY)[1] == "span:ahead"
    assert span("2024", None) == ("span:year",)


@pytest.mark.parametrize(
    ("text", "language", "told", "earlier"),
    [
        ("Sales slipped to 590 t from 619 t a month earlier.", "en", "2025-07", "2025-06"),
        ("收入占比升至57.4%，上年同期为49.8%。", "zh", "2025-01/2025-06", "2024-01/2024-06"),
        ("割合は57.6%で、前の月の64%から下がった。", "ja", "2025-07", "2025-06"),
        ("Output rose to 520 t from 410 t.", "en", "2024", "2023"),
    ],
)
def test_an_earlier_level_has_the_period_before(text: str, language: str, told: str, earlier: str) -> None:
    found = candidates(text, language, told=told)
    assert any(piece.startswith("earlier:") for piece in found[(earlier,)])
    assert any(piece.startswith("not earlier:") for piece in found[(told,)])


def test_a_month_named_without_its_year_may_be_to_come() -> None:
    found = candidates("Plants may stop 5 lines in October.", "en")
    assert "moved" in found[("2025-10",)]
    assert ("2024-10",) in found


def test_a_year_named_is_not_moved() -> None:
    assert ("2025-10",) not in candidates("Plants stopped 5 lines in October 2024.", "en")


def test_a_report_is_of_the_quarter_that_ends_on_its_day() -> None:
    found = candidates("Output was 40 t.", "en", title="Quarterly report for the period ended 30 June 2025")
    assert "reported" in found[("2025-04/2025-06",)]


def test_the_last_period_told_is_a_candidate_past_figures_without_one() -> None:
    doc = DocumentContext(lay_out("", ["x"], language="en", today=TODAY, thesaurus=TERMS))
    doc.tell(Told({"period": ("2024",)}, 0, 1))
    doc.tell(Told({"period": ()}, 0, 1))
    assert doc.lately == {"period": "2024"}


@pytest.mark.parametrize(
    ("language", "text", "figure", "period"),
    [
        ("zh", "9月出口量为5774吨，较8月的6146吨减少6.1%。", 1, "2025-08"),
        ("ja", "6月は3188トンとなり、1238トンに落ち込んだ5月を上回った。", 1, "2025-05"),
        ("en", "Exports reached 3,188 t in July, against June's 1,238 t.", 1, "2025-06"),
    ],
)
def test_a_time_beside_the_figure_speaks_against_all_others(
    language: str, text: str, figure: int, period: str
) -> None:
    found = candidates(text, language, figure=figure)
    assert "direct" in found[(period,)]
    assert all("not direct" in pieces for value, pieces in found.items() if value != (period,))


def test_the_end_of_the_period_that_the_title_is_of() -> None:
    title = "2025年半年度报告"
    assert "closing" in candidates("截至报告期末，存货为9.74亿元。", "zh", title=title)[("2025-06-30",)]
    assert "closing" not in str(candidates("存货为9.74亿元。", "zh", title=title))


def test_the_day_of_publication_and_the_period_before_the_last_are_candidates() -> None:
    found = candidates("Oxide fell to $79 per kg.", "en")
    assert "published" in found[("2025-08-15",)]
    sentences = lay_out(
        "", ["Terbium set out from $930 per kg."], language="en", today=TODAY, thesaurus=TERMS
    )
    doc = DocumentContext(sentences)
    doc.move(0)
    for period in ("2025-04", "2025-05"):
        doc.tell(Told({"period": (period,)}, 0, 1))
    s = sentences[0]
    view = FigureContext(s, s.figures[0], s.start, s.end, 0)
    assert "previous:from" in periods(view, doc, {}, "level")[("2025-04",)]


def test_a_column_of_the_year_before() -> None:
    rows = ["项目 | 2025年上半年（万元） | 上年同期（万元）", "净利润 | 21,500 | 13,420"]
    sentences = lay_out("", rows, language="zh", today=TODAY, thesaurus=TERMS)
    doc = DocumentContext(sentences)
    doc.move(len(sentences) - 1)
    s = sentences[-1]
    doc.heads = s.heads[s.figures[1].start]
    doc.tell(Told({"period": ("2025-01/2025-06",)}, doc.at, s.paragraph))
    view = FigureContext(s, s.figures[1], s.figures[0].end, s.end, 1)
    assert "earlier:column" in periods(view, doc, {}, "level")[("2024-01/2024-06",)]


@pytest.mark.parametrize(
    "text",
    [
        "Exports were 14% down from the same months of 2024.",
        "Exports fell 14% compared with the same period of 2024.",
        "Exports fell 14% from 2024.",
    ],
)
def test_the_time_that_a_change_is_from_is_its_base(text: str) -> None:
    assert "base" in candidates(text, "en", direction="change")["2024",]


def test_a_length_speaks_with_what_is_measured() -> None:
    found = candidates("Output was 5,000 tonnes in July.", "en")
    assert "span:month&unit:mass" in found["2025-07",]
    assert "span:day&unit:mass" in found["2025-08-15",]
