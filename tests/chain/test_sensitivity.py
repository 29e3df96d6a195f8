"""Tornado and Sobol indices: on what is known to hang on one thing."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.chain import Event, Network, Outcome, Scenario, sensitivity
from mine2magnet.chain.examples import line, of
from mine2magnet.chain.network import Floats
from mine2magnet.chain.sensitivity import drivers, sobol, tornado
from mine2magnet.model.ranges import Range

ENDS = np.array([0.9, 0.1])


def wide() -> Network:
    """A line whose plant holds 2 to 6 weeks of ore."""
    base = line(4.0)
    uses = tuple(u.__class__(u.node, u.material, u.amount, Range(2, 4, 6)) for u in base.uses)
    return base.__class__(base.materials, base.nodes, uses, base.makes, base.arcs, base.demands)


def outage(low: float, high: float) -> Scenario:
    span = Range(low, (low + high) / 2, high)
    return Scenario("no ore", (Event("embargo", {"from_country": ("Farland",)}, of(2), span),), weeks=60)


def lost(outcome: Outcome) -> Floats:
    total: Floats = outcome.lost.sum(axis=0)
    return total


def test_drivers_name_each_range_once() -> None:
    found = drivers(wide(), outage(10, 30))
    assert {d.kind for d in found} >= {"stock", "transport", "duration", "begin", "hoarding", "amount used"}
    keys = [(d.field, d.event, row) for d in found for row in d.rows]
    assert len(keys) == len(set(keys))


def test_a_tornado_swings_by_what_each_range_makes() -> None:
    network, scenario = wide(), outage(10, 30)
    stock, duration = sorted(tornado(network, scenario, lost), key=lambda s: s.driver.kind, reverse=True)
    assert (stock.driver.kind, duration.driver.kind) == ("stock", "duration")
    spans = (Range(2, 4, 6), Range(10, 20, 30))
    for swing, span in zip((stock, duration), spans, strict=True):
        weeks = span.at(0.9) - span.at(0.1)
        assert abs(swing.high - swing.low) == pytest.approx(10 * weeks, rel=0.02)  # 10 t a week
    assert stock.low > stock.high
    assert duration.low < duration.high
    assert stock.share + duration.share == pytest.approx(1)


def test_over_draws_a_tornado_tells_means_on_common_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    network, scenario = wide(), outage(10, 30)
    swings = tornado(network, scenario, lost, size=40)
    (duration,) = (s for s in swings if s.driver.kind == "duration")
    # Each draw has its stock at both ends: all that is longer is lost.
    assert duration.high - duration.low == pytest.approx(
        10 * np.subtract(*Range(10, 20, 30).at(ENDS)), rel=0.02
    )
    monkeypatch.setattr(sensitivity, "AT_ONCE", 1)  # each driver on its own
    assert tornado(network, scenario, lost, size=40) == swings


def test_nothing_swings_in_a_calm_world() -> None:
    assert tornado(wide(), Scenario("calm", weeks=20), lost) == []
    groups = [("stock", [d for d in drivers(wide(), Scenario("calm")) if d.field == "cover_in"])]
    assert sobol(wide(), Scenario("calm", weeks=20), lost, groups, 16) == []


def test_what_moves_alone_has_all_of_the_variance() -> None:
    network, scenario = line(4.0), outage(10, 20)
    held = drivers(network, scenario)
    groups = [(name, [d for d in held if d.event == name]) for name in ("weeks", "start")]
    (only,) = sobol(network, scenario, lost, groups, 16)
    assert (only.name, only.first, only.total) == ("weeks", 1, 1)


def test_sobol_indices_of_a_sum_are_the_shares_of_the_variances() -> None:
    """What is lost is the duration less the stock: variances of triangles, (high - low)² / 24, add up."""
    network, scenario = wide(), outage(10, 20)
    held = drivers(network, scenario)
    groups = [
        ("stock", [d for d in held if d.field == "cover_in"]),
        ("duration", [d for d in held if d.event == "weeks"]),
        ("transport", [d for d in held if d.field == "lead"]),
    ]
    found = {s.name: s for s in sobol(network, scenario, lost, groups, 256)}
    assert set(found) == {"stock", "duration"}
    variances = {"stock": 4**2, "duration": 10**2}
    for name, index in found.items():
        share = variances[name] / sum(variances.values())
        assert index.total == pytest.approx(share, abs=0.06)
        assert index.first == pytest.approx(index.total, abs=0.15)
        assert index.first_range[0] - 0.1 <= share <= index.first_range[1] + 0.1
    assert np.isfinite([s.total for s in found.values()]).all()
