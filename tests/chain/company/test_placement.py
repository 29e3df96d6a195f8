"""A company in a network: who its suppliers are, what it adds, and when it stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mine2magnet.chain import Event, Network, Scenario, simulate
from mine2magnet.chain.company.placement import PlacedCompany, cost_of_stock, doubts, need, origin, placed
from mine2magnet.chain.company.schema import BillItem, Company, CompanyPart, Contract, Measure, Supplier
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.io import tables

REGIONS = {"Home": "Home", "Farland": "Farland", "China": "China", "Japan": "Japan", "Europe": "Europe"}


def one_part(stock: float, lead: float, supplier: str = "mine") -> PlacedCompany:
    """A pump of 2 kg of ore a piece, 100 pieces a week, worth 5 each, beside a plant that wants 10 t."""
    company = Company(
        "Pumps", "EUR", 1.25, 1e6,
        (CompanyPart("pump", "Home", 100.0, 5.0),),
        (BillItem("pump", "ore", 0.002, of(stock)),),
        (),
        (Contract("pump", supplier, "ore", 1.0, of(lead)),),
    )  # fmt: skip
    return placed(line(4.0), company, REGIONS)


def stopped(weeks: float = 200) -> Scenario:
    return Scenario("no ore", (Event("embargo", {"from_country": ("Farland",)}, of(0), of(weeks)),), weeks=60)


@pytest.mark.parametrize(("stock", "lead"), [(0, 1), (3, 1), (5, 4), (8, 2)])
def test_a_part_stops_after_its_stock_and_what_is_under_way(stock: int, lead: int) -> None:
    """Stock s and use u last s / u weeks; of goods under way one delivery comes in each week of the lead."""
    company = one_part(stock, lead)
    outcome = simulate(company.network, stopped(), 0)
    (part,) = company.parts
    assert outcome.first_stop[part, 0] == stock + lead
    assert outcome.lost[part, 0] == pytest.approx(100.0 * (60 - stock - lead))
    assert outcome.loss[part, 0] == pytest.approx(outcome.lost[part, 0] * 5.0 * 1.25)


def test_nothing_happens_to_a_company_in_a_calm_world() -> None:
    company = one_part(2, 1)
    outcome = simulate(company.network, Scenario("calm", weeks=30), 0)
    assert outcome.lost.max() == 0
    assert company.network.nodes[0].capacity == pytest.approx(50.2)  # what it takes can be made


def test_money_and_mass_are_told_in_the_companys_units() -> None:
    company = one_part(2, 1).company
    assert need(company, "pump", "ore") == pytest.approx(0.2)
    assert cost_of_stock(line(4.0), company, "pump") == pytest.approx(0.2 * 1000 / 1.25)
    dear = replace(company, bill=(replace(company.bill[0], price=40.0),))
    assert cost_of_stock(line(4.0), dear, "pump") == pytest.approx(8.0)


def test_a_part_worth_less_than_its_materials_is_doubted() -> None:
    """2 kg at 2,500 EUR/t are the 5 EUR that the pump is worth."""

    def said(price: float, basis: str = "revenue") -> list[str]:
        company = one_part(2, 1).company
        bill = (replace(company.bill[0], price=price),)
        parts = (replace(company.parts[0], basis=basis),)
        return list(doubts(placed(line(4.0), replace(company, bill=bill, parts=parts), REGIONS)))

    assert said(2500.0) == said(2501.0, "margin") == []
    (doubt,) = said(250_000.0)
    assert doubt.startswith("pump is worth 5 EUR, and its materials cost 500: is an amount")


@pytest.mark.parametrize(
    ("name", "material", "doubted"),
    [
        ("Vacuumschmelze", "NdFeB H", True),
        ("Vacuumschmelze", "NdFeB SH", False),
        ("Dealer", "NdFeB H", False),
    ],
)
def test_a_maker_that_is_taken_for_a_dealer_is_told(name: str, material: str, doubted: bool) -> None:
    company = Company(
        "Mills", "EUR", 1.1, 1e6,
        (CompanyPart("mill", "Germany", 10.0, 1e6),),
        (BillItem("mill", material, 0.1, of(2)),),
        (Supplier(name, "Germany", material, of(2)),),
        (Contract("mill", name, material, 1.0, of(1)),),
    )  # fmt: skip
    told = list(doubts(placed(tables.load(), company, {"Germany": "Europe"})))
    assert bool(told) == doubted
    if doubted:
        assert told[0].startswith(
            "Vacuumschmelze makes NdFeB SH in Germany in the network: of NdFeB H from Germany it is taken"
        )
        bought = Contract(name, "China, NdFeB H", material, 1.0, of(6))
        own = replace(company, supply=(*company.supply, bought))
        assert list(doubts(placed(tables.load(), own, {"Germany": "Europe"}))) == []


@pytest.mark.parametrize(
    ("name", "country", "how", "nodes"),
    [
        ("hot maker", "China", "named", {"hot maker": 1.0}),
        ("Nobody", "China", "country", {"hot maker": 1.0}),
        ("Nobody", "Europe", "region", {"hot maker": 1.0}),
        ("hot maker", "Japan", "world", {"hot maker": 1.0}),  # another of that name, where nobody buys any
    ],
)
def test_suppliers_are_found_by_name_country_region_or_at_all(
    name: str, country: str, how: str, nodes: dict[str, float]
) -> None:
    company = Company("C", "USD", 1.0, 0.0, (), (), (), ())
    found = origin(joint(), company, Supplier(name, country, "hot magnet", of(1)), REGIONS)
    assert (found.how, dict(found.nodes)) == (how, nodes)


def test_an_unknown_supplier_is_the_aggregate_of_its_country_and_hit_with_it() -> None:
    network = tables.load()
    company = Company(
        "C", "USD", 1.0, 0.0,
        (CompanyPart("motor", "Germany", 1000.0, 50.0),),
        (BillItem("motor", "NdFeB UH", 0.001, of(4)),),
        (Supplier("Unknown Works", "China", "NdFeB UH", of(2)),),
        (Contract("motor", "Unknown Works", "NdFeB UH", 1.0, of(6)),),
    )  # fmt: skip
    grown = placed(network, company, {**REGIONS, "Germany": "Europe"})
    assert dict(grown.origins[0].nodes) == {"China, NdFeB UH": 1.0}
    where = {"from_country": ("China",), "from_stage": ("magnet",), "to_region": ("Europe",)}
    event = Event("embargo", where, of(2), of(40))
    outcome = simulate(grown.network, Scenario("embargo", (event,), weeks=40), 0)
    assert outcome.first_stop[grown.parts[0], 0] == 2 + 6 + 4
    own = [grown.network.uses[i].node for i in grown.own]
    assert own == ["motor"]


def test_a_sub_supplier_of_its_own_delays_the_stop_by_its_stock() -> None:
    def first_stop(stock: float) -> float:
        company = Company(
            "C", "USD", 1.0, 0.0,
            (CompanyPart("pump", "Home", 100.0, 5.0),),
            (BillItem("pump", "ground ore", 0.001, of(2)),),
            (Supplier("grinder", "Home", "ground ore", of(stock)),),
            (
                Contract("pump", "grinder", "ground ore", 1.0, of(1)),
                Contract("grinder", "mine", "ore", 1.0, of(3), amount=1.1),
            ),
        )  # fmt: skip
        grown = placed(line(4.0), company, REGIONS)
        return float(simulate(grown.network, stopped(), 0).first_stop[grown.parts[0], 0])

    assert first_stop(4) - first_stop(1) == pytest.approx(3, abs=1)


@pytest.mark.parametrize("supplier", ["", "mine"])
def test_a_measure_makes_what_it_says_from_when_it_says(supplier: str) -> None:
    measure = Measure("more", "second source", "pump", "ore", 0.5, 1.0, 10.0, 0.0, supplier, "Farland")
    company = replace(one_part(2, 1).company, measures=(measure,))
    grown = placed(line(4.0), company, REGIONS)
    event = Event("embargo", {"from_node": ("mine",), "to_node": ("pump",)}, of(0), of(60))
    scenario = Scenario("no ore for pumps", (event,), weeks=60)
    (part,) = grown.parts
    without = simulate(grown.network, scenario, 0).served[:, part, 0]
    with_it = simulate(grown.network, scenario.with_(*grown.done(measure)), 0).served[:, part, 0]
    assert np.allclose(without[3:], 0)
    assert np.allclose(with_it[3:10], 0)
    assert with_it[-10:].mean() == pytest.approx(0.5, abs=0.02)


def test_the_public_network_is_not_changed_by_a_company() -> None:
    network: Network = joint()
    before = network.level.copy()
    company = replace(one_part(2, 1).company, bill=(BillItem("pump", "hot magnet", 0.002, of(2)),),
                      supply=(Contract("pump", "hot maker", "hot magnet", 1.0, of(1)),))  # fmt: skip
    grown = placed(network, company, REGIONS)
    assert np.array_equal(network.level, before)
    slack = [n.capacity - lv for n, lv in zip(network.nodes, network.level, strict=True)]
    kept = [n.capacity - lv for n, lv in zip(grown.network.nodes, grown.network.level, strict=True)]
    assert np.allclose(kept[: len(slack)], slack)
