"""The points of a figure: claims and reference figures, each with what it says and where it says it."""

from __future__ import annotations

from datetime import date

from mine2magnet.charts.points import Grain, PointChart, TimePoint
from mine2magnet.figures.groups import AnyMark, Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.figures.spans import ANY, Span, parts
from mine2magnet.web.kit.wording import Wording, place


def charts(figure: Figure, words: Wording) -> list[tuple[str, PointChart]]:
    """Return a chart for each length of time that what flows is told for, with its name; of others one."""
    return [(words.span(span), chart(part, words, span)) for span, part in parts(figure)]


def chart(figure: Figure, words: Wording, of: Span = ANY) -> PointChart:
    marks: list[AnyMark] = [*figure.references, *figure.marks]
    conflicting: set[object] = {one.claim for pair in figure.conflicts for one in pair}

    def day(day: date, grain: Grain) -> str:
        return words.period(day.isoformat()[: {"day": 10, "month": 7, "year": 4}[grain]])

    return PointChart(
        title=" · ".join(filter(None, (words.title(figure), words.span(of)))),
        id=figure.id,
        say=words.t.say,
        unit=words.unit(figure.unit),
        axis=words.axis(figure.unit, figure.scope.direction == "change"),
        points=tuple(_point(mark, figure, words, conflicting) for mark in marks),
        number=words.number,
        day=day,
        undated=words.t("undated"),
    )


def _point(mark: AnyMark, figure: Figure, words: Wording, conflicting: set[object]) -> TimePoint:
    one, ends = mark.what, (mark.low, mark.high, mark.since, mark.until)
    amount = words.range(mark.low, mark.high, figure.unit, figure.scope.direction == "change")
    if isinstance(one, Cited):
        own, conflict = words.amount(one.claim), " conflict" if one.claim in conflicting else ""
        when = words.period(one.claim.period) or words.t.when(one.published, date_only=True)
        said = own if own == amount else f"{own} = {amount}", f"{one.source} · {when}", one.sentence
        return TimePoint(*ends, when, one.claim.modality + conflict, said, place(one.claim), one.language)
    when = words.period(one.period)
    scope = [words.name(id) for id in (one.subject, one.measure, one.stage, one.material) if id]
    said = amount, " · ".join((words.t("reference"), when, *scope)), one.source
    return TimePoint(*ends, when, "reference", said, one.url, "en", "diamond")
