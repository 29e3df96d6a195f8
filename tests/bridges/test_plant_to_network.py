"""A separation plant as new capacity: into the network, too late or in time, side by side."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from msgspec import structs, to_builtins

from mine2magnet.bridges import plant_to_network
from mine2magnet.bridges.plant_to_network import NewPlant, PlantProduct
from mine2magnet.chain import Event, Scenario, simulate
from mine2magnet.chain.examples import joint, of
from mine2magnet.chain.io import tables
from mine2magnet.chain.network import Arc, Make, Node
from mine2magnet.cli.stress import stress
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import reference_data

if TYPE_CHECKING:
    from tests.conftest import Record

# Twice what `joint` uses, by the names of its elements.
PLANT = NewPlant(
    "europe",
    3.0,
    1.0,
    (PlantProduct(("Nd",), 1000.0, 9.0), PlantProduct(("Dy",), 60.0, 40.0), PlantProduct(("La",), 5.0, 1.0)),
)
FIRE = Scenario("works burn", (Event("outage", {"node": ("works",)}, of(4), of(80)),), weeks=70)


def asked(decided: float, plant: NewPlant = PLANT) -> plant_to_network.PlantEffect:
    network, with_plant = plant_to_network.posed(joint(), FIRE, plant, decided)
    outcomes = [simulate(network, scenario, 0) for scenario in (FIRE, with_plant)]
    return plant_to_network.change(network, with_plant, plant, *outcomes)


def test_products_get_the_networks_names_and_others_are_told() -> None:
    assert [p.material for p in plant_to_network.known(joint(), PLANT).products] == [
        "Nd oxide",
        "Dy oxide",
        "",
    ]
    built_in = tables.load()
    apart = NewPlant(
        "china", 1, 1, (PlantProduct(("Pr",), 2, 1), PlantProduct(("Nd",), 6, 1), PlantProduct(("Gd",), 1, 1))
    )
    assert [p.material for p in plant_to_network.known(built_in, apart).products] == [
        "NdPr oxide",
        "NdPr oxide",
        "",
    ]
    alone = replace(apart, products=apart.products[1:])  # neodymium without praseodymium is not NdPr
    with pytest.raises(UserError, match="knows none of the plant's products"):
        plant_to_network.built(built_in, alone)


def test_a_plant_that_does_not_run_yet_changes_nothing() -> None:
    network, node = plant_to_network.built(joint(), PLANT)
    assert network.level[network.node_index[node]] == 0
    assert network.level[:-1] == pytest.approx(joint().level)
    calm = Scenario("calm", weeks=30)
    assert simulate(network, calm, 0).loss.sum() == pytest.approx(simulate(joint(), calm, 0).loss.sum())


def test_in_time_it_keeps_the_end_uses_running() -> None:
    change = asked(-15)  # three months on, the first product is there before the fire
    assert change.start == 0
    cars = next(e for e in change.ends if e.name == "cars")  # toys give way to the price before they stop
    assert cars.first_stop[0] is not None
    assert cars.first_stop[1] is None
    assert cars.lost[1] < 0.2 * cars.lost[0]
    assert change.saved[1] > 0
    assert "it saves" in change.said


def test_the_later_it_is_decided_the_less_it_saves() -> None:
    saved = [asked(week).saved[1] for week in (-15, 5, 25, 45)]
    assert saved == sorted(saved, reverse=True)
    assert saved[0] > 1.5 * saved[-1]


def test_too_late_is_said_with_how_much_too_late() -> None:
    change = asked(60)
    assert change.saved == (0, 0, 0)
    assert change.start == pytest.approx(60 + 3 * 365.25 / 84)
    assert "too late" in change.said
    assert "4 weeks earlier" in change.said


def test_a_plant_of_what_nobody_misses_says_so() -> None:
    network, calm = plant_to_network.posed(joint(), structs.replace(FIRE, events=()), PLANT, -20)
    outcome = simulate(network, calm, 0)
    assert "the loss stays" in plant_to_network.change(network, calm, PLANT, outcome, outcome).said


def test_where_nobody_delivers_from_goods_take_as_long_as_the_buyers_longest_way() -> None:
    network = joint()
    far = Node("far works", plant_to_network.STAGE, "Estonia", "Estonia", capacity=0.0)
    network = replace(
        network,
        nodes=(*network.nodes, far),
        makes=(*network.makes, Make("far works", "Nd oxide", 1.0)),
        arcs=(*network.arcs, Arc("far works", "plain maker", "Nd oxide", 0.0, of(9))),
    )

    def lead(site: str) -> float:
        grown, node = plant_to_network.built(network, replace(PLANT, site=site))
        (found,) = (a.lead for a in grown.arcs if (a.supplier, a.buyer) == (node, "plain maker"))
        return found.likely

    assert (lead("burma"), lead("china"), lead("estonia")) == (9, 3, 9)


def test_a_place_the_network_has_not_is_told() -> None:
    assert (
        plant_to_network.posed(joint(), FIRE, replace(PLANT, site="burma"), 0)[0].nodes[-1].country == "Burma"
    )
    network = tables.load()
    for site in reference_data.sites():
        assert plant_to_network.built(network, replace(PLANT, site=site, products=PLANT.products[1:]))[1]
    with pytest.raises(UserError, match="no place 'atlantis'"):
        plant_to_network.built(joint(), replace(PLANT, site="atlantis"))


ROW = {
    "site": "europe",
    "product": "Pr+Nd",
    "start_month": 30,
    "ramp_months": 1,
    "t_per_year": 900,
    "usd_per_kg": 8,
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "not JSON"),
        ("[]", "lists no new_capacity"),
        (json.dumps({"new_capacity": []}), "lists no new_capacity"),
        (json.dumps({"new_capacity": [1]}), "new_capacity[1]: fields are wanted here, not 1"),
        (
            json.dumps({"new_capacity": [ROW | {"t_per_year": -1}]}),
            "new_capacity[1].t_per_year: -1 is out of range",
        ),
        (
            json.dumps({"new_capacity": [ROW | {"start_month": "soon"}]}),
            "new_capacity[1].start_month: 'soon' is not a number",
        ),
        (
            json.dumps({"new_capacity": [ROW | {"usd_per_kg": None}]}),
            "new_capacity[1].usd_per_kg: None is not a number",
        ),
        (json.dumps({"new_capacity": [ROW | {"ramp_months": None}]}), "do not come on specification"),
        (json.dumps({"new_capacity": [ROW, ROW | {"site": "china"}]}), "name one of europe, china"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, given: str, said: str) -> None:
    file = tmp_path / "plant.json"
    file.write_text(given)
    with pytest.raises(UserError) as caught:
        plant_to_network.read(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        plant_to_network.read(tmp_path / "plant.json")
    file = tmp_path / "plant.json"
    file.write_text(json.dumps({"new_capacity": [ROW]}))
    with pytest.raises(UserError, match="no site 'china'"):
        plant_to_network.read(file, "china")


def test_the_command_takes_a_case_or_what_separate_printed(tmp_path: Path) -> None:
    case = {
        "feed": {"Pr": 20, "Nd": 75, "Dy": 5},
        "products": [{"elements": ["Dy"]}, {"elements": ["Pr", "Nd"]}],
        "sites": ["europe"],
        "draws": 0,
        "startup_days": 0,
    }
    given = tmp_path / "case.yaml"
    given.write_text(yaml.safe_dump(case))
    late = CliRunner().invoke(
        stress, ["embargo", "--draws", "10", "--plant", str(given)], catch_exceptions=False
    )
    assert "too late to change anything" in late.stdout.replace("\n", " ")
    assert "NdPr oxide" in late.stdout
    written = tmp_path / "plant.json"
    written.write_text(json.dumps({"new_capacity": [ROW]}))
    asked = ["embargo", "--draws", "10", "--plant", str(written), "--decided", "-200", "--json"]
    held = json.loads(CliRunner().invoke(stress, asked, catch_exceptions=False).stdout)
    assert held["plant"]["start"] == 0
    assert held["plant"]["products"][0]["material"] == "NdPr oxide"
    assert held["result"]["mitigations"] == ["new plant, Europe"]


@pytest.mark.parametrize("decided", [-15, 0, 8])
def test_what_a_plant_saves_is_what_it_was(decided: float, recorded: Record) -> None:
    network, node = plant_to_network.built(joint(), PLANT)
    added = [
        asdict(row)
        for table in ("nodes", "makes", "arcs")
        for row in getattr(network, table)
        if node in str(row)
    ]
    recorded(json.loads(json.dumps([asdict(asked(decided)), added], default=to_builtins)))
