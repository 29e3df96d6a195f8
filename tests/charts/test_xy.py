"""Lines, bands and bars: everything in the box, legible, and the same as data."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.charts.axis import Axis
from mine2magnet.charts.chart import NARROW
from mine2magnet.charts.svg import PALETTE, text_width
from mine2magnet.charts.xy import ChartSeries, XYChart, stacked
from mine2magnet.separation.elements import ELEMENTS

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")
numbers = st.floats(-1e9, 1e9) | st.sampled_from([NAN, float("inf"), 0.0])
names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@st.composite
def series(draw: st.DrawFn) -> ChartSeries:
    size = draw(st.integers(0, 12))
    x, y, other = (draw(st.lists(numbers, min_size=size, max_size=size)) for _ in range(3))
    kind = draw(st.sampled_from(["line", "band"]))
    return ChartSeries(draw(names), x, y, other if kind == "band" else (), kind)  # type: ignore[arg-type]


@st.composite
def charts(draw: st.DrawFn) -> XYChart:
    return XYChart(
        title=draw(names),
        x=Axis(draw(names)),
        y=Axis(draw(names), log=draw(st.booleans())),
        series=tuple(draw(st.lists(series(), max_size=14))),
        legend=draw(st.sampled_from(["ends", "below"])),
        square=draw(st.booleans()),
    )


def checked(svg: str) -> ElementTree.Element:
    """The root, once each coordinate is seen to lie in the box."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert width < 5000
    assert height < 5000
    for found in root.iter():
        if d := found.get("d"):
            xy = [float(v) for v in re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"h14", "", d))]
            assert all(0 <= x <= width for x in xy[::2]), d
            assert all(0 <= y <= height for y in xy[1::2]), d
        for name, most in (("x", width), ("y", height), ("x1", width), ("x2", width), ("y1", height)):
            assert -1 <= float(found.get(name, 0)) <= most
        if found.tag == SVG + "rect":
            assert float(found.attrib["x"]) + float(found.attrib["width"]) <= width
            assert float(found.attrib["y"]) + float(found.attrib["height"]) <= height
    return root


@given(charts())
def test_whatever_is_drawn_is_well_formed_and_in_its_box(chart: XYChart) -> None:
    root = checked(chart.as_svg())
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title
    assert (root.findtext(SVG + "text") or "") == chart.title
    checked(chart.narrow().as_svg())


@given(
    st.dictionaries(
        names.filter(bool),
        st.dictionaries(names.filter(bool), st.floats(0, 1e9), min_size=1, max_size=12),
        min_size=1,
        max_size=5,
    )
)
def test_stacks_are_as_long_as_their_sums(stacks: dict[str, dict[str, float]]) -> None:
    chart = stacked("costs", Axis("USD"), stacks)
    checked(chart.as_svg())
    rows = chart.rows()
    for name, parts in stacks.items():
        of = [row for row in rows if row["row"] == name]
        assert max(float(row["USD, to"] or 0) for row in of) == pytest.approx(sum(parts.values()))
        lengths = {row["series"]: float(row["USD, to"] or 0) - float(row["USD, from"] or 0) for row in of}
        for part, value in parts.items():
            assert lengths[part] == pytest.approx(value, abs=1e-6 * sum(parts.values()))


FAN = XYChart(
    title="Dy <oxide> & more",
    x=Axis("week", multiple=13),
    y=Axis("times normal", include=(0, 1)),
    series=(
        ChartSeries(
            "P10 to P90",
            range(104),
            np.linspace(1, 2, 104),
            np.linspace(1, 9.7, 104),
            "band",
            ends=("P10", "P90"),
        ),
        ChartSeries("median", range(104), np.linspace(1, 5, 104)),
    ),
)


def said(root: ElementTree.Element) -> list[str]:
    return [found.text or "" for found in root.iter(SVG + "text")]


def test_axes_are_named_and_marked_at_round_values() -> None:
    words = said(checked(FAN.as_svg()))
    assert words[0] == "Dy <oxide> & more"
    assert {"times normal", "week", "P10 to P90", "median"} <= set(words)
    marks = [word for word in words if word.isdigit()]
    assert marks == ["0", "2", "4", "6", "8", "10", *(str(week) for week in range(0, 104, 13))]
    assert "times normal – week: P10 to P90, median" in FAN.as_svg(), "for screen readers"


def test_higher_is_up_and_later_is_right() -> None:
    chart = XYChart(title="t", x=Axis("x"), y=Axis("y"), series=(ChartSeries("a", (0, 1), (0, 1)),))
    (way,) = re.findall(r'd="M(\S+) (\S+)L(\S+) (\S+)" fill="none" stroke="#0072B2"', chart.as_svg())[:1]
    x0, y0, x1, y1 = map(float, way)
    assert x0 < x1
    assert y0 > y1


def test_the_same_as_csv_and_json() -> None:
    rows = list(csv.DictReader(io.StringIO(FAN.as_csv())))
    assert rows[0] == {
        "week": "0.0", "P10, times normal": "1.0", "P90, times normal": "1.0", "median, times normal": "1.0"
    }  # fmt: skip
    assert (len(rows), float(rows[-1]["median, times normal"])) == (104, 5.0)
    told = json.loads(FAN.as_json())
    assert told["title"] == FAN.title
    assert told["rows"][-1]["median, times normal"] == 5.0


def test_each_week_is_read_with_all_its_quantiles() -> None:
    marks = FAN.marks()
    assert len(marks) == 104
    assert marks[-1][2] == "week: 103\nP10 to P90: 2 – 9.7\nmedian: 5"
    assert [x for x, _, _ in marks] == sorted(x for x, _, _ in marks)
    root = ElementTree.fromstring(FAN.as_svg())
    assert len(json.loads(root.attrib["data-marks"])) == 104, "the script needs nothing but the picture"


def test_bars_are_read_by_their_parts() -> None:
    chart = stacked("costs", Axis("USD/t"), {"China": {"acid": 2.0, "labour": 3.0}})
    assert [said for _, _, said in chart.marks()] == ["China\nacid: 2", "China\nlabour: 3"]


def test_a_long_table_is_thinned_and_the_data_are_not() -> None:
    heads, rows = FAN.table()
    assert heads == ["week", "P10, times normal", "P90, times normal", "median, times normal"]
    assert (len(rows), rows[1][0]) == (52, "2")
    assert len(FAN.rows()) == 104


def test_a_chart_shows_itself_in_templates_and_notebooks() -> None:
    assert FAN.__html__() == FAN._repr_svg_() == FAN.as_svg()


def test_a_gap_in_the_data_is_left_out() -> None:
    gap = ChartSeries("a", (0, 1, 2), (1, NAN, 3))
    chart = XYChart(title="t", x=Axis("x"), y=Axis("y"), series=(gap,), legend="ends")
    checked(chart.as_svg())
    assert json.loads(chart.as_json())["rows"][1]["a, y"] is None


def test_more_series_than_colours_are_told_by_dashes() -> None:
    many = tuple(ChartSeries(f"e{k}", (0, 1), (k, k)) for k in range(12))
    chart = XYChart(title="t", x=Axis("x"), y=Axis("y"), series=many, legend="ends")
    looks = re.findall(r'stroke="(#\w+)" stroke-width="1.8"( stroke-dasharray="4 3")?', chart.as_svg())
    assert [colour for colour, _ in looks] == [*PALETTE, *PALETTE[:2]]
    assert [bool(dash) for _, dash in looks] == [False] * 10 + [True] * 2


@pytest.mark.parametrize("count", [2, 8, 15])
def test_names_at_the_ends_do_not_cover_each_other(count: int) -> None:
    many = tuple(ChartSeries(f"e{k}", (0, 1), (0, 1 + k / 1000)) for k in range(count))
    root = checked(XYChart(title="t", x=Axis("x"), y=Axis("y"), series=many, legend="ends").as_svg())
    places = sorted(float(t.attrib["y"]) for t in root.iter(SVG + "text") if (t.text or "").startswith("e"))
    assert len(places) == count
    assert all(b - a >= 11 for a, b in pairwise(places))


def test_a_legend_that_is_too_wide_goes_on_in_the_next_row() -> None:
    stacks = {"here": {f"a rather long name, number {k}": 1.0 for k in range(9)}}
    root = checked(stacked("t", Axis("USD"), stacks).as_svg())
    rows = {t.attrib["y"] for t in root.iter(SVG + "text") if (t.text or "").startswith("a rather")}
    assert len(rows) >= 3


def test_on_a_phone_all_names_stand_within_its_width() -> None:
    lines = tuple(ChartSeries(e, range(60), np.full(60, 10.0**-k)) for k, e in enumerate(ELEMENTS))
    title = "Start-up: Pr … Dy | Ho … Lu, drawn on specification"
    long = "2: Licence delay of 45 days for Dy and Tb, median (P50)"
    lines = (*lines, ChartSeries(long, range(60), np.full(60, 0.5)))
    wide = XYChart(title=title, x=Axis("stage"), y=Axis("y", log=True), series=lines, legend="ends")
    root = checked(wide.narrow().as_svg())
    assert float(root.attrib["width"]) == NARROW
    ends = {
        t.text: float(t.attrib["x"]) + text_width(t.text or "", float(t.get("font-size", 11)))
        for t in root.iter(SVG + "text")
        if t.get("text-anchor") is None
    }
    assert {*ELEMENTS, title, long} <= set(ends)
    assert max(ends.values()) <= NARROW
    marks = [x for x, _, _ in wide.narrow().marks()]
    assert 0 <= min(marks) < max(marks) <= NARROW
    assert wide.narrow().rows() == wide.rows()


def test_lines_and_bands_break_where_there_is_no_value() -> None:
    middle, high = (1, 2, NAN, NAN, 2, 1), (2, NAN, NAN, NAN, 3, 2)
    line = ChartSeries("P50", range(6), middle)
    band = ChartSeries("spread", range(6), (1, 1, 1, NAN, 1, 1), high, "band", ends=("P10", "P90"))
    chart = XYChart(title="t", x=Axis("week"), y=Axis("times"), series=(band, line))
    checked(chart.as_svg())
    assert len(re.findall('stroke-width="1.8"', chart.as_svg())) == 2  # weeks 0 and 1, weeks 4 and 5
    row = chart.rows()[1]
    assert (row["P10, times"], row["P90, times"], row["P50, times"]) == (1, None, 2)
