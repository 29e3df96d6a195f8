"""Flows from stage to stage."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.charts.flows import Flow, StageFlowChart
from tests.charts.test_xy import SVG, checked

MINE, METAL, MAGNET = "mine", "metal", "magnet"


def chart(*flows: Flow) -> StageFlowChart:
    columns, colours = (MINE, "no such stage", METAL, MAGNET), {"China": "#c0392b"}
    return StageFlowChart(title="Nd", unit="t", flows=flows, colours=colours, columns=columns)


def boxes(svg: str) -> dict[str, tuple[float, float, str]]:
    """By what a box says: x, height and colour."""
    found = {}
    for rect in ElementTree.fromstring(svg).iter(SVG + "rect"):
        look = rect.attrib
        found[rect.findtext(SVG + "title") or ""] = float(look["x"]), float(look["height"]), look["fill"]
    return found


FLOWS = (
    Flow(("China", MINE), ("China", METAL), 60, 60),
    Flow(("Japan", MINE), ("China", METAL), 20, 40),
    Flow(("China", METAL), ("Japan", MAGNET), 80, 100),
)


def test_boxes_are_as_high_as_what_passes_or_usually_does() -> None:
    found = boxes(chart(*FLOWS).as_svg())
    assert set(found) == {
        "mine, China: 60 t", "mine, Japan: 20 t", "metal, China: 80 t", "magnet, Japan: 80 t"
    }  # fmt: skip
    heights = {name: height for name, (_, height, _) in found.items()}
    whole = heights["metal, China: 80 t"]
    assert heights["mine, China: 60 t"] == pytest.approx(0.6 * whole, abs=0.1)
    assert heights["mine, Japan: 20 t"] == pytest.approx(0.4 * whole, abs=0.1)
    assert heights["magnet, Japan: 80 t"] == whole
    assert found["mine, China: 60 t"][0] < found["metal, China: 80 t"][0] < found["magnet, Japan: 80 t"][0]
    assert found["mine, China: 60 t"][2] == "#c0392b"


def test_bands_are_as_wide_as_what_flows() -> None:
    svg = chart(*FLOWS).as_svg()
    whole = boxes(svg)["metal, China: 80 t"][1]
    wide = {name: float(w) for w, name in re.findall(r'stroke-width="([\d.]+)"[^>]*><title>([^<]*)', svg)}
    assert wide["Japan mine → China metal: 20 t"] == pytest.approx(0.2 * whole, abs=0.1)
    assert wide["China metal → Japan magnet: 80 t"] == pytest.approx(0.8 * whole, abs=0.1)


def test_rows_tell_what_flows_now_and_normally() -> None:
    assert chart(*FLOWS).rows()[-1] == {"from": "Japan mine", "to": "China metal", "t": 20, "t, normally": 40}


amounts = st.floats(0, 1e6)
places = st.tuples(st.sampled_from(["China", "Japan", "Europe"]), st.sampled_from([MINE, METAL, MAGNET]))


@given(st.lists(st.builds(Flow, places, places, amounts, amounts), max_size=12))
def test_whatever_flows_stays_in_the_box(flows: list[Flow]) -> None:
    checked(chart(*flows).as_svg())
