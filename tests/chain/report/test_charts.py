"""What the charts of a chain are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mine2magnet.chain import Scenario, trace
from mine2magnet.chain.io import tables
from mine2magnet.chain.report import charts
from mine2magnet.chain.report.result import Series
from mine2magnet.core.messages import Translator

NETWORK = tables.load()


def test_every_country_of_the_network_has_a_place() -> None:
    svg = charts.world(NETWORK, NETWORK.flow, "Nd", "Nd").as_svg()
    assert "not on the map" not in svg
    assert "China → Europe" in svg


def test_flows_between_countries_and_between_stages_carry_the_same_tonnes() -> None:
    content = NETWORK.content[NETWORK.places("arcs", "material"), NETWORK.elements.index("Nd")]
    flow = NETWORK.flow / 2
    for chart in (
        charts.world(NETWORK, flow, "Nd", "Nd"),
        charts.stages(NETWORK, flow, "Nd", "Nd"),
    ):
        assert sum(f.now for f in chart.flows) == pytest.approx(float((flow * content).sum()))
        assert sum(f.usual for f in chart.flows) == pytest.approx(2 * sum(f.now for f in chart.flows))
    assert {f.source[1] for f in charts.stages(NETWORK, flow, "Nd", "Nd").flows} <= set(charts.STAGES)


def test_what_is_no_longer_shipped_is_still_usual() -> None:
    flow = NETWORK.flow.copy()
    nodes = NETWORK.nodes
    ends = zip(NETWORK.places("arcs", "supplier"), NETWORK.places("arcs", "buyer"), strict=True)
    flow[[nodes[a].country == "China" and nodes[b].country == "Europe" for a, b in ends]] = 0
    made = {f.source + f.target: f for f in charts.world(NETWORK, flow, "Nd", "Nd").flows}
    assert made["China", "Europe"].now == 0
    assert made["China", "Europe"].usual > 0
    assert made["China", "Japan"].now > 0


def test_a_fan_names_its_quantiles_its_weeks_and_its_unit() -> None:
    weekly = tuple(tuple(np.linspace(1, last, 52).tolist()) for last in (1, 2, 4.2))
    series = Series("Dy oxide", "times normal", weekly)
    svg = charts.fan(series).as_svg()
    assert all(f">{words}<" in svg for words in ("Dy oxide", "times normal", "week", "median (P50)"))
    assert ">P10 to P90, four fifths of the draws<" in svg
    assert [f">{week}<" in svg for week in (10, 20, 40)] == [True] * 3, "round weeks"
    assert ">周<" in charts.fan(series, Translator("zh").say).as_svg()


def test_the_worst_half_year_is_when_end_uses_lose_most() -> None:
    likely = trace(NETWORK, Scenario(name="calm", weeks=60))
    level = likely.level.copy()
    ends = NETWORK.places("demands", "node")
    level[20:46, ends] = 0
    shipped = likely.shipped.copy()
    shipped[20:46] = 7.0
    worst = charts.worst_half_year(replace(likely, level=level, shipped=shipped))
    assert worst == pytest.approx(np.full(len(worst), 7.0))
