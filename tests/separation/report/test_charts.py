"""Pictures of cascades and plants."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mine2magnet.separation import Cut, sizing
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.report import report, tables
from mine2magnet.separation.study import study


def test_every_picture_is_well_formed(small: study.Study) -> None:
    for chart in report.pictures(small):
        svg = chart.as_svg()
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg")
        assert not re.search(r"\bnan\b", svg)
        assert chart.rows()


def test_the_sequence_names_the_flows_that_the_table_of_cuts_does(small: study.Study) -> None:
    drawn = next(chart for chart in report.pictures(small) if chart.id == "sequence").as_svg()
    _, heads, rows = tables.tables(small)[1]
    assert [f"S {row[heads.index('S')]}" for row in rows] == re.findall(r"S [\d.]+", drawn)


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_the_operating_diagram_is_mccabe_and_thieles(phase: Phase) -> None:
    """What passes between the stages lies on two straight lines that meet where the feed enters."""
    cut = Cut(np.array([1.0, 1.5]), np.array([0.4, 0.6]), np.array([False, True]), 1e-3, 1e-3, phase)
    sized = sizing.verified(cut)
    s, n = sized.solution, sized.n_extraction
    x = s.aqueous[:, 1] / s.aqueous.sum(axis=1)
    y = s.organic[:, 1] / s.organic.sum(axis=1)
    lines = [np.polyfit(x[1:n], y[: n - 1], 1), np.polyfit(x[n:], y[n - 1 : -1], 1)]
    for (slope, at_0), part in zip(lines, (slice(1, n), slice(n, None)), strict=True):
        assert y[part.start - 1 : -1][: len(x[part])] == pytest.approx(slope * x[part] + at_0, abs=1e-9)
    meet = (lines[1][1] - lines[0][1]) / (lines[0][0] - lines[1][0])
    if phase == "aqueous":
        assert meet == pytest.approx(0.6, abs=1e-9)
    else:
        assert lines[0][0] * meet + lines[0][1] == pytest.approx(0.6, abs=1e-9)
    assert y == pytest.approx(1.5 * x / (1 + 0.5 * x), abs=1e-9)
