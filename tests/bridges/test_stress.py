"""A stress test as it is asked for."""

from __future__ import annotations

import pytest

from mine2magnet.bridges.stress import SERVICE_WORK, StressTest
from mine2magnet.chain import Event, Scenario
from mine2magnet.chain.examples import joint
from mine2magnet.chain.io import scenarios
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.json import plain
from mine2magnet.model.draws import DRAWS

ROW = {
    "site": "europe", "product": "Dy", "start_month": 12, "ramp_months": 6, "t_per_year": 52,
    "usd_per_kg": 300,
}  # fmt: skip
OWN = {"name": "own", "events": [{"kind": "outage", "where": {"node": "works"}, "weeks": "3 months"}]}


def test_a_preset_goes_by_name_and_sets_are_added_once() -> None:
    name = next(iter(scenarios.mitigation_sets()))
    asked = decode(StressTest, {"scenario": "embargo", "mitigations": [name, name]})
    assert asked.draws == DRAWS
    assert asked.mitigated().mitigations == scenarios.mitigation_sets()[name]
    assert asked.mitigated().events == scenarios.find("embargo").events
    with pytest.raises(NotFound, match="no scenario"):
        decode(StressTest, {"scenario": "pyproject.toml"}).mitigated()
    with pytest.raises(UserError, match="no set of mitigations 'hope'"):
        decode(StressTest, {"scenario": "embargo", "mitigations": ["hope"]}).mitigated()


def test_a_scenario_of_ones_own_is_read_as_in_a_file_and_comes_back_as_it_was() -> None:
    asked = decode(StressTest, {"scenario": OWN})
    assert isinstance(asked.scenario, Scenario)
    assert asked.scenario == decode(Scenario, OWN)
    assert decode(StressTest, plain(asked)) == asked
    with pytest.raises(UserError, match=r"scenario\.events\[1\]\.kind: unknown kind 'flood'"):
        decode(StressTest, {"scenario": {"events": [{"kind": "flood", "where": {}}]}})


def test_a_plant_is_added_with_its_capacity() -> None:
    network = joint()
    scenario = Scenario("own", (Event("outage", {"node": ("works",)}),))
    assert StressTest(scenario=scenario).posed(network) == (network, scenario)
    given = {"scenario": scenario, "plant": {"capacity": [ROW], "decided": -26}}
    grown, posed = decode(StressTest, given).posed(network)
    assert len(grown.nodes) == len(network.nodes) + 1
    (added,) = posed.mitigations
    assert added.kind == "capacity"
    assert added.amount == pytest.approx(52 * 7 / 365.25)


def test_a_service_takes_on_so_much_and_no_more() -> None:
    scenario = Scenario(weeks=130)
    assert StressTest(scenario=scenario, draws=SERVICE_WORK // 130).within_service().draws == 1000
    for draws, weeks, hint in ((1001, 130, "at most 1,000 of so many"), (26, 5200, "at most 25 of so many")):
        asked = StressTest(scenario=Scenario(weeks=weeks), draws=draws)
        with pytest.raises(UserError, match=hint):
            asked.within_service()
