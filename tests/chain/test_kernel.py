"""The compiled weeks beside the same in NumPy: every kind of event and mitigation, every result."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from msgspec import structs

from mine2magnet.chain import Change, Event, Mitigation, Network, Scenario, Trace, draw, simulate, trace
from mine2magnet.chain.examples import joint, of
from mine2magnet.model.ranges import Range
from tests.chain.oracle import Oracle

RICH = replace(
    joint(),
    nodes=tuple(replace(n, ramp=4.0) if n.name == "works" else n for n in joint().nodes),
    demands=(
        replace(joint().demands[0], deferred=0.6),
        replace(joint().demands[1], elasticity=0.4),
    ),
    uses=tuple(replace(u, spread=Range(0.9, 1, 1.2)) if u.node == "works" else u for u in joint().uses),
)
HAPPENS = {
    "outage": Event("outage", {"node": ("works",)}, Range(4, 6, 9), of(8), of(1)),
    "half outage": Event("outage", {"node": ("clay",)}, of(5), of(12.5), Range(0.3, 0.5, 1)),
    "quota": Event("quota", {"stage": ("mine",)}, of(3), of(30), of(0.4)),
    "embargo": Event("embargo", {"to_region": ("Europe",)}, of(10), of(9), of(0.8)),
    "licence": Event(
        "licence", {"from_country": ("China",), "abroad": ("yes",)}, of(4), of(40), of(0.9),
        processing=Range(4, 6, 9), approval=of(0.7), desk=of(0.8),
    ),
    "tariff": Event("tariff", {"to_region": ("Europe",)}, of(8), of(30), of(0.5)),
    "delay": Event("delay", {"material": ("Nd oxide",)}, of(8), of(10), of(3)),
    "demand": Event("demand", {"node": ("cars",)}, of(5), of(20), of(0.2)),
}  # fmt: skip
DONE = {
    "stockpile": Mitigation("stockpile", {"material": ("Dy oxide", "Nd oxide")}, 3),
    "priority": Mitigation("priority"),
    "substitution": Mitigation("substitution", {"material": ("Dy oxide",)}, 0.4, 4, 10),
    "capacity": Mitigation("capacity", {"node": ("clay",)}, 30, 10, 10),
    "prebuild": Mitigation("prebuild", {"stage": ("end use",)}, 1, 2),
}
EASED = (Change(3, strength=of(0.3)), Change(6.5, strength=Range(0.1, 0.2, 0.4)))
GRANTED = Change(10, approval=of(1), processing=of(0.4))
LIMITS = ("orders", "capacity", "approvals")
ALSO = {
    **{f"embargo of {k}": structs.replace(HAPPENS["embargo"], limits=k) for k in LIMITS},
    "eased embargo": structs.replace(HAPPENS["embargo"], changes=EASED),
    "announced embargo": structs.replace(HAPPENS["embargo"], announced=Range(2, 4, 9)),
    "changing licence": structs.replace(HAPPENS["licence"], changes=(GRANTED,)),
    "floor": Event("floor", {"material": ("Nd oxide",)}, of(5), strength=of(1.2)),
    "ceiling": Event("ceiling", {"region": ("Europe",)}, of(5), strength=of(1.5)),
}  # fmt: skip
THIN = replace(RICH, materials=tuple(replace(m, spot=0.3) for m in RICH.materials))


def same(network: Network, scenario: Scenario, size: int = 35) -> None:
    """More draws than a block has, and not a multiple of it."""
    draws = draw(network, scenario, size)
    expected, found = Oracle(network, scenario)(draws), simulate(network, scenario, draws)
    for name in (
        "wanted_total",
        "lost",
        "forgone",
        "first_stop",
        "weeks_stopped",
        "served",
        "price",
        "cover",
    ):
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=1e-6, atol=1e-6, err_msg=name
        )


@pytest.mark.parametrize("name", [*HAPPENS, *ALSO])
def test_events_do_what_the_formulas_say(name: str) -> None:
    event = {**HAPPENS, **ALSO}[name]
    same(THIN, Scenario(name, (event, HAPPENS["half outage"]), weeks=60))


@pytest.mark.parametrize("name", DONE)
def test_mitigations_do_what_the_formulas_say(name: str) -> None:
    events = (HAPPENS["outage"], HAPPENS["quota"], HAPPENS["licence"])
    same(RICH, Scenario(name, events, (DONE[name],), weeks=60))


@pytest.mark.parametrize("name", ["licence", "delay", "announced embargo"])
def test_every_row_of_every_week_is_what_the_formulas_say(name: str) -> None:
    scenario = Scenario(name, ({**HAPPENS, **ALSO}[name], HAPPENS["half outage"]), weeks=40)
    found, expected = trace(RICH, scenario), Trace.empty(RICH, 40)
    Oracle(RICH, scenario)(draw(RICH, scenario, 0), expected)
    for field in fields(Trace):
        if field.name != "network":
            a, b = (np.minimum(getattr(x, field.name), 1e9) for x in (found, expected))
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6, err_msg=field.name)
