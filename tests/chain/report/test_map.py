"""The map: places where they belong, lines for what is shipped."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.chain.io import tables
from mine2magnet.chain.report import map

NETWORK = tables.load()


@given(st.floats(-89, 84), st.floats(0.1, 5))
def test_the_projection_keeps_areas(south: float, side: float) -> None:
    """A strip a degree wide has its true share of the sphere's area."""
    top = south + side
    steps = np.linspace(south, top, 400)
    edge = [map.equal_earth(1.0, float(n)) for n in steps]
    x, y = np.array([p[0] for p in edge]), np.array([p[1] for p in edge])
    drawn = ((x[1:] + x[:-1]) / 2 * np.diff(y)).sum()
    true = np.radians(1.0) * (np.sin(np.radians(top)) - np.sin(np.radians(south)))
    assert float(drawn) == pytest.approx(float(true), rel=2e-3)


def test_every_country_of_the_network_has_a_place() -> None:
    svg = map.world(NETWORK, NETWORK.flow, "Nd", "Nd")
    assert "without" not in svg
    assert "China to Europe" in svg


def test_what_is_no_longer_shipped_leaves_only_the_grey_line() -> None:
    flow = NETWORK.flow.copy()
    nodes = NETWORK.nodes
    ends = zip(NETWORK.places("arcs", "supplier"), NETWORK.places("arcs", "buyer"), strict=True)
    flow[[nodes[a].country == "China" and nodes[b].country == "Europe" for a, b in ends]] = 0
    svg = map.world(NETWORK, flow, "Nd", "Nd")
    assert re.findall(r"China to Europe(, normally)?:", svg) == [", normally"]
    before = map.world(NETWORK, NETWORK.flow, "Nd", "Nd")
    assert sorted(re.findall(r"China to Europe(, normally)?:", before)) == ["", ", normally"]
