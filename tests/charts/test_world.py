"""The map: places where they belong, lines for what is shipped."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.charts.flows import Flow
from mine2magnet.charts.world import FlowMap, equal_earth
from tests.charts.test_xy import SVG


@given(st.floats(-89, 84), st.floats(0.1, 5))
def test_the_projection_keeps_areas(south: float, side: float) -> None:
    """A strip a degree wide has its true share of the sphere's area."""
    top = south + side
    steps = np.linspace(south, top, 400)
    edge = [equal_earth(1.0, float(n)) for n in steps]
    x, y = np.array([p[0] for p in edge]), np.array([p[1] for p in edge])
    drawn = ((x[1:] + x[:-1]) / 2 * np.diff(y)).sum()
    true = np.radians(1.0) * (np.sin(np.radians(top)) - np.sin(np.radians(south)))
    assert float(drawn) == pytest.approx(float(true), rel=2e-3)


PLACES = {"China": (111.0, 33.0), "Japan": (138.0, 36.0), "Brazil": (-48.0, -13.0)}


def drawn(*flows: tuple[str, str, float, float]) -> str:
    made = tuple(Flow((a,), (b,), now, usual) for a, b, now, usual in flows)
    chart = FlowMap(title="Nd", unit="t a week", flows=made, colours={"China": "#c0392b"}, places=PLACES)
    return chart.as_svg()


def test_lines_and_circles_are_as_large_as_what_flows() -> None:
    svg = drawn(("China", "Japan", 50, 100), ("Brazil", "China", 25, 25), ("China", "China", 900, 900))
    lines = re.findall(r'stroke-width="([\d.]+)"><title>(\w+ → \w+: [^(<]*(?:\(normally\))?)', svg)
    assert {name: float(width) for width, name in lines} == {
        "China → Japan: 100 t a week (normally)": 14,
        "China → Japan: 50 t a week": 7,
        "Brazil → China: 25 t a week (normally)": 3.5,
        "Brazil → China: 25 t a week": 3.5,
    }
    radii = {name: float(r) for r, name in re.findall(r' r="([\d.]+)" [^>]*><title>(\w+): ', svg)}
    assert radii["China"] == 17
    assert radii["Japan"] == pytest.approx(17 * (50 / 975) ** 0.5, abs=0.06)
    assert "China: 975 t a week (in and out)" in svg


def test_what_is_no_longer_shipped_leaves_only_the_grey_line() -> None:
    svg = drawn(("China", "Japan", 0, 100), ("Brazil", "China", 25, 25))
    assert re.findall(r"<title>China → Japan: (.*?)</title>", svg) == ["100 t a week (normally)"]
    assert len(re.findall("<title>Brazil → China", svg)) == 2


def test_a_place_that_is_not_known_is_named_beneath() -> None:
    assert ">not on the map: Atlantis<" in drawn(("China", "Atlantis", 5, 5), ("China", "Japan", 5, 5))
    assert "not on the map" not in drawn(("China", "Japan", 5, 5))


def test_places_stand_where_they_are() -> None:
    root = ElementTree.fromstring(drawn(("China", "Japan", 5, 5), ("Brazil", "China", 5, 5)))
    at = {t.text: (float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(SVG + "text")}
    assert at["Brazil"][0] < 380 < at["China"][0] < at["Japan"][0] < 760, "Greenwich is in the middle"
    assert at["Japan"][1] < at["China"][1] < at["Brazil"][1]


def test_on_a_phone_places_are_numbered_and_told_beneath() -> None:
    flows = (Flow(("China",), ("Japan",), 50, 100), Flow(("Brazil",), ("China",), 25, 25))
    far = (Flow(("Elsewhere",), ("China",), 1, 1),)
    wide = FlowMap(title="Nd", unit="t a week", flows=flows + far, colours={}, places=PLACES)
    svg = wide.narrow().as_svg()
    root = ElementTree.fromstring(svg)
    assert float(root.attrib["width"]) == 350
    said = [(one.text or "", float(one.attrib["y"])) for one in root.iter(f"{SVG}text")]
    assert [words for words, _ in said if words.isdigit()] == ["1", "2", "3"]
    rows = [(words, y) for words, y in said if "in and out" in words]
    assert [words.split(":")[0] for words, _ in rows] == ["1  China", "2  Japan", "3  Brazil"]
    assert [b - a for (_, a), (_, b) in itertools.pairwise(rows)] == [15, 15]
    assert "not on the map: Elsewhere" in said[-1][0]
    assert rows[-1][1] < said[-1][1] < float(root.attrib["height"])
    circles = [float(one.attrib["cx"]) for one in root.iter(f"{SVG}circle")]
    assert min(circles) < 40
    assert max(circles) > 300, "what is shown of the world is where they are"
    assert max(float(one.attrib["r"]) for one in root.iter(f"{SVG}circle")) < 17
    assert "in and out" not in re.sub('<title>.*?</title>|data-marks=".*?"', "", wide.as_svg())
