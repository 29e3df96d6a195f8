"""The best mix: never worse than any single measure, exact in closed form, priced by its shadow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mine2magnet.chain import Event, Scenario
from mine2magnet.chain.company.placement import PlacedCompany, placed
from mine2magnet.chain.company.portfolio import Portfolio, tail_mean
from mine2magnet.chain.company.schema import BillItem, CompanyPart, Contract, Measure
from mine2magnet.chain.company.stock import sampled
from mine2magnet.chain.examples import line, of
from mine2magnet.model.ranges import Range
from tests.chain.company.test_placement import REGIONS, one_part

EMBARGO = Scenario(
    "no ore", (Event("embargo", {"from_country": ("Farland",)}, of(0), Range(5, 15, 30)),), weeks=50
)


def two_parts() -> PlacedCompany:
    """A dear part and a cheap one, of the same ore; a second source for the one, redesign of the other."""
    company = replace(
        one_part(3, 1).company,
        parts=(CompanyPart("pump", "Home", 100.0, 5.0), CompanyPart("valve", "Home", 100.0, 1.0)),
        bill=(BillItem("pump", "ore", 0.002, of(3)), BillItem("valve", "ore", 0.001, of(2))),
        supply=(Contract("pump", "mine", "ore", 1.0, of(1)), Contract("valve", "mine", "ore", 1.0, of(1))),
        measures=(
            Measure("second mine", "second source", "pump", "ore", 0.5, 900.0, 4.0),
            Measure("less ore", "redesign", "valve", "ore", 0.6, 200.0, 2.0, 4.0),
        ),
    )
    return placed(line(4.0), company, REGIONS)


def portfolio(size: int = 30) -> Portfolio:
    company = two_parts()
    return Portfolio(company, EMBARGO, sampled(company, company.network, EMBARGO, size, np.nan))


def test_a_mix_is_no_worse_than_any_single_measure_of_the_same_budget() -> None:
    held = portfolio()
    for budget in (300.0, 1000.0, 3000.0):
        singles = held.singles(budget)
        assert all(s.spent <= budget * (1 + 1e-9) for s in singles)
        expected, averse = (held.best(budget, aversion, singles) for aversion in (0.0, 1.0))
        assert max(expected.spent, averse.spent) <= budget * (1 + 1e-6)
        assert expected.mean <= min(s.mean for s in singles) + 1e-9
        assert averse.tail <= min(s.tail for s in singles) + 1e-9
        assert expected.mean <= averse.mean + 1e-3 * expected.mean + 1e-9
        assert averse.tail <= expected.tail + 1e-3 * expected.tail + 1e-9


def test_what_is_planned_is_what_the_simulation_loses() -> None:
    held = portfolio()
    mix = held.best(1000.0, 0.0, ())
    assert mix.stock
    assert mix.planned == pytest.approx(mix.mean, rel=0.02)


def test_more_money_never_loses_more_and_is_worth_its_shadow_price() -> None:
    held = portfolio()
    mixes = [held.best(b, 0.0, ()) for b in (0.0, 100.0, 101.0, 10_000.0)]
    assert mixes[0].stock == {}
    assert mixes[0].measures == ()
    means = [m.planned or 0.0 for m in mixes]
    assert means == sorted(means, reverse=True)
    assert means[1] - means[2] == pytest.approx(mixes[1].shadow, rel=0.05)
    assert mixes[-1].mean == pytest.approx(0, abs=1e-6)
    assert mixes[-1].spent < 10_000


def test_money_goes_where_a_week_of_stock_saves_most() -> None:
    """A week of pumps costs 160 and is worth 500, one of valves 80 and 100: pumps come first."""
    held = portfolio()
    assert held.price == pytest.approx([160.0, 80.0])
    assert held.worth == pytest.approx([500.0, 100.0])
    assert list(held.best(160.0, 0.0, ()).stock) == ["pump"]
    assert held.best(160.0, 0.0, ()).shadow == pytest.approx(500 / 160, rel=0.05)


def test_the_tail_is_the_mean_of_the_worst() -> None:
    losses = np.arange(1.0, 41.0)
    assert tail_mean(losses) == pytest.approx(39.5)
    assert tail_mean(losses, 0.0) == pytest.approx(losses.mean())
    assert tail_mean(losses, 0.99) == 40
