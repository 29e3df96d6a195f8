"""What flows is set beside what flows in as long a time."""

from __future__ import annotations

import pytest

from mine2magnet.claims import compare
from mine2magnet.figures.groups import Figure, Mark
from mine2magnet.figures.reference import Reference
from mine2magnet.figures.rows import Cited
from mine2magnet.figures.spans import ANY, parts, span, unclear
from mine2magnet.model import Claim, Quantity


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2025-02", "month"), ("2025-02-03", "day"), ("2025-02-03/2025-02-09", "week"),
        ("2025-04/2025-06", "quarter"), ("2025-01/2025-06", "half"), ("2025", "year"),
        ("2025-04/2026-03", "year"), ("2025-01/2025-02", "months-2"), ("2025/..", "untold"), (None, "untold"),
    ],
)  # fmt: skip
def test_a_span_is_named_by_its_length(period: str | None, name: str) -> None:
    assert span(period).name == name


def mark(value: float, period: str | None, unit: str = "t", paragraph: int = 0) -> Mark[Cited]:
    at = paragraph or int(value)  # each in a paragraph of its own
    claim = Claim(Quantity(value, value, unit), 0, 1, (0, 1), measure="exports", period=period, paragraph=at)
    return Mark(Cited(claim, "x", (0, 1), "", "", None, None, "en"), value, value, None, None)


def figure(measure: str, *marks: Mark[Cited]) -> Figure:
    of = compare.Scope(("china",), measure, None, ("rare_earths",), "level", "")
    one = Reference("china", measure, None, "rare_earths", 9, 9, "t", "2024", "s", "https://a.example")
    return Figure("f1", of, "t", marks, (0, 9), None, (), (Mark(one, 9, 9, None, None),), ())


def test_what_flows_is_parted_by_length_with_references_as_long() -> None:
    told = [mark(300, "2025-05"), mark(200, "2025-04"), mark(7, "2023"), mark(8, None, "t/month")]
    months, years = parts(figure("exports", *told))
    assert [(span.name, part.id, part.spread) for span, part in (months, years)] == [
        ("month", "f1-month", (200, 300)),
        ("year", "f1-year", (7, 8)),
    ]
    assert [len(part.references) for _, part in (months, years)] == [0, 1]


def test_of_one_length_and_what_does_not_flow_stay_as_they_are() -> None:
    ((one, part),) = parts(figure("exports", mark(300, "2025-05")))
    assert (one.name, part.id) == ("month", "f1")
    whole = figure("price", mark(300, "2025-05"), mark(200, "2025"))
    assert parts(whole) == [(ANY, whole)]


def test_several_values_of_one_sentence_for_one_time_are_not_drawn() -> None:
    half, clear = "2025-01/2025-06", mark(300, "2025-05")
    told = [mark(22_319, half, paragraph=1), mark(39_817, half, paragraph=1), clear]
    whole = figure("exports", *told)
    assert unclear(whole) == told[:2]
    assert [part.marks for _, part in parts(whole)] == [(clear,)]
    again = figure("exports", *(mark(22_319, half, paragraph=1) for _ in range(2)))
    assert unclear(again) == []
    assert unclear(figure("price", *told)) == []
