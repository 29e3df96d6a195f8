"""Concentration and criticality of the built-in network beside what has been published."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mine2magnet.chain.criticality import shares
from mine2magnet.chain.io import tables
from mine2magnet.chain.report import criticality
from mine2magnet.cli.stress import stress

NETWORK = tables.load()


def test_shares_add_up_to_what_is_shipped() -> None:
    nd = shares(NETWORK, "magnet", "Nd")
    arcs = [
        i
        for i, a in enumerate(NETWORK.arcs)
        if NETWORK.nodes[NETWORK.node_index[a.supplier]].stage == "magnet"
    ]
    content = NETWORK.content[NETWORK.places("arcs", "material")[arcs], NETWORK.elements.index("Nd")]
    assert sum(nd.values()) == pytest.approx(float((NETWORK.flow[arcs] * content).sum()))
    assert next(iter(nd)) == "China"
    assert sum(shares(NETWORK, "magnet", "Nd", "Europe").values()) < sum(nd.values())


@pytest.mark.parametrize(("element", "stage"), [("Dy", "separation"), ("Tb", "separation"), ("La", "mine")])
def test_supply_risk_is_near_the_published_where_the_shares_agree(element: str, stage: str) -> None:
    (found,) = (c for c in criticality.concentrations(NETWORK) if (c.element, c.stage) == (element, stage))
    assert found.published is not None
    assert found.risk == pytest.approx(found.published, abs=0.3)


def test_governance_covers_every_country_that_ships() -> None:
    known = criticality.governance()
    assert {n.country for n in NETWORK.nodes if n.stage != "end use"} - {"Europe"} <= set(known)
    assert all(0 <= value <= 10 for value in known.values())
    assert known["Myanmar"] > known["China"] > known["Australia"]


def test_the_command_says_both() -> None:
    result = CliRunner().invoke(stress, ["--criticality", "--json"], catch_exceptions=False)
    held = json.loads(result.output)
    dy = next(m for m in held["materials"] if m["material"] == "Dy")
    assert (dy["published"], dy["importance"], dy["critical"]) == (5.6, 7.8, True)
    mining = next(s for s in held["stages"] if (s["stage"], s["element"]) == ("mine", ""))
    assert 3500 < mining["hhi"] < 5100  # 5,024 by USGS tonnages; the network counts Myanmar's exports
    table = CliRunner().invoke(stress, ["--criticality"], catch_exceptions=False).output
    assert "SR, EU 2023" in table
