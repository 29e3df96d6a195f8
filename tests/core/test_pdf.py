"""Pictures on paper."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from PIL import Image

from mine2magnet.charts.axis import Axis
from mine2magnet.charts.xy import ChartSeries, XYChart, stacked
from mine2magnet.core.pdf import as_png, picture, sheet

LINES = XYChart(
    title="镝的价格 <Dy>",
    x=Axis("週", multiple=13),
    y=Axis("mole fraction − β", log=True, least=1e-8),
    series=(ChartSeries("extract", range(40), [10.0 ** (-k / 5) for k in range(40)], dash="4 3"),),
    legend="ends",
)
BARS = stacked("Costs", Axis("USD/t"), {"china": {"base": 1.0, "acid": 2.0}, "europe": {"base": 3.0}})


def test_charts_are_drawn_with_their_words(caplog: pytest.LogCaptureFixture) -> None:
    made = sheet("t", size=9, side=15, top=15)
    for chart in (LINES, BARS):
        picture(made, chart.as_svg())
    text = pypdfium2.PdfDocument(io.BytesIO(bytes(made.output())))[0].get_textpage().get_text_bounded()
    assert all(
        words in text for words in ("镝的价格 <Dy>", "週", "1e−8", "extract", "Costs", "europe", "acid")
    )
    assert not caplog.records, "a glyph or an element that paper cannot show"


def test_a_picture_that_does_not_fit_begins_a_page() -> None:
    made = sheet("t", size=9, side=15, top=15)
    for _ in range(4):
        picture(made, LINES.as_svg())
    assert made.page == 2
    picture(made, LINES.as_svg(), 1.0)
    assert made.page == 3


def test_a_picture_is_as_large_as_on_a_screen_or_a_part_of_the_page() -> None:
    made = sheet("t", size=9, side=15, top=15)
    tops = [made.get_y()]
    for part in (None, 0.5):
        picture(made, BARS.as_svg(), part)
        tops.append(made.get_y())
    high, wide = (
        float(found) for found in BARS.as_svg().split('viewBox="0 0 ')[1].split('"')[0].split()[::-1]
    )
    assert tops[1] - tops[0] == pytest.approx(high * 0.26 + 2)
    assert tops[2] - tops[1] == pytest.approx(made.epw / 2 * high / wide + 2)


def test_a_chart_is_a_picture_of_two_pixels_to_one_of_its_own() -> None:
    svg = LINES.as_svg()
    drawn = Image.open(io.BytesIO(as_png(svg)))
    wide, high = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    assert drawn.size == (2 * wide, 2 * high)
    assert drawn.getpixel((2 * wide - 1, 0)) == (255, 255, 255), "on white"
    assert len({drawn.getpixel((x, high)) for x in range(2 * wide)}) > 1, "something is drawn"
