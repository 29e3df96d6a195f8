"""Tables of an outcome as frames, and its charts by name."""

from __future__ import annotations

import pytest

from mine2magnet.charts.axis import Axis
from mine2magnet.charts.frames import OutcomeFrames, frame
from mine2magnet.charts.xy import ChartSeries, XYChart
from mine2magnet.core.errors import UserError

CHART = XYChart(
    title="Stocks <left>", x=Axis("week"), y=Axis("t"), series=(ChartSeries("a", [0, 1], [2, 3]),)
)


@pytest.fixture
def found() -> OutcomeFrames:
    return OutcomeFrames(
        {"rows": [{"a, t": 1.5}, {"a, t": None, "b": "x"}], "columns": {"c, week": [1, 2]}}, [CHART]
    )


def test_tables_are_frames_by_name(found: OutcomeFrames) -> None:
    assert found["rows"].columns == ["a, t", "b"]
    assert found["columns"]["c, week"].to_list() == [1, 2]
    assert frame([{"late": None}] * 200 + [{"late": 1.0}])["late"][200] == 1.0
    with pytest.raises(UserError, match=r"no table 'row'.*rows, columns"):
        found["row"]


def test_charts_show_themselves_with_their_data(found: OutcomeFrames) -> None:
    assert found.plot() is found.plot("stocks-left")
    with pytest.raises(UserError, match=r"no chart 'x'.*stocks-left"):
        found.plot("x")
    html = found.plot()._repr_html_()
    assert html.startswith("<svg")
    assert "<td>3</td>" in html
    assert "rows" in found._repr_html_()
    assert "<left>" not in html.split("</svg>")[1]
