"""What a result rests on: drivers by their share of the swing, each with its rows."""

from __future__ import annotations

import json

import pytest
from msgspec import structs

from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.io.provenance import figures
from mine2magnet.chain.report.sources import VALUE, named, traced
from mine2magnet.cli.stress import stress
from mine2magnet.core.errors import UserError
from tests.cli.test_stress import run


def test_an_embargo_rests_on_its_length_the_stocks_and_the_value_of_car_parts() -> None:
    network, scenario, held = tables.load(), scenarios.preset("embargo"), figures()
    found = traced(network, scenario, held)
    assert sum(d.share for d in found) == pytest.approx(1)
    assert [d.share for d in found] == sorted((d.share for d in found), reverse=True)
    first = {(d.kind, d.of): d for d in found[:3]}
    assert {kind for kind, _ in first} == {"duration", "stock", "value"}
    stock = first["stock", "end use, Europe"]
    assert stock.low > stock.high
    for figure in stock.figures:
        assert (figure.table, figure.column) == ("uses", "cover")
        node = network.nodes[network.node_index[figure.of.split(" → ")[0]]]
        assert (node.stage, node.region) == ("end use", "Europe")
    value = first["value", "car parts"]
    assert [f.of for f in value.figures] == ["car parts, Europe"]
    assert value.high > value.low * (1 + VALUE / 4)
    (duration,) = (d for d in found if d.kind == "duration")
    assert (duration.figures[0].low, duration.figures[0].high) == (8, 52)


def test_an_event_that_documents_tell_of_is_judged_by_them() -> None:
    network, scenario = tables.load(), scenarios.preset("embargo")
    told = structs.replace(scenario.events[0], evidence=("A wire: magnets stop.",))
    found = traced(network, structs.replace(scenario, events=(told,)), [])
    (duration,) = (d for d in found if d.kind == "duration")
    assert (duration.figures[0].status, duration.figures[0].source) == ("judged", "A wire: magnets stop.")
    assert all(not d.figures for d in found if d.kind == "stock")


def test_a_node_or_material_gives_all_its_figures() -> None:
    held = figures()
    columns = {(f.table, f.column) for f in named(held, "Vacuumschmelze, NdFeB SH")}
    assert columns >= {("nodes", "capacity"), ("uses", "cover"), ("makes", "amount"), ("arcs", "share")}
    assert any(f.column == "price" for f in named(held, "Dy oxide"))
    assert named(held, "Vacuumschmelze") == named(held, "Vacuumschmelze, NdFeB SH")
    with pytest.raises(UserError, match=r"did you mean Dy oxide\?"):
        named(held, "dy oxide")
    with pytest.raises(UserError, match="no row names 'nobody'"):
        named(held, "nobody")


def test_the_command_shows_drivers_rows_and_statuses() -> None:
    assert stress.name == "stress"
    text = run("embargo", "--trace")
    assert "duration: embargo: China, magnet, Europe" in text
    assert "judged" in text
    assert "uses 81" in text
    told = json.loads(run("--trace", "Dy oxide", "--json"))
    price = next(f for f in told if f["column"] == "price")
    assert (price["value"], price["unit"], price["status"]) == (260, "USD/kg", "found")
    assert price["url"].startswith("https://doi.org/")
