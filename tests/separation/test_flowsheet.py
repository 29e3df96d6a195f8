"""The solver of flowsheets: closed forms, speed of convergence, and what it says where there is no end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation import flowsheet
from mine2magnet.separation.flowsheet import Finisher, Flowsheet, Link, OrganicLoop
from mine2magnet.separation.train import Train

ELEMENTS = ("Pr", "Nd", "Fe")
FEED = np.array([0.3, 0.7, 0.01])


def train(**more: object) -> Train:
    made = Train(
        "one",
        np.array([1.0, 1.5, np.nan]),
        np.array([False, True, False]),
        np.array([0.0, 0.0, 0.4]),
        np.full(3, np.nan),
        20,
        20,
        2.6,
        impurity_a=1e-3,
        impurity_b=1e-3,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def sheet(*links: Link, left: float = 0.0, bleed: float = 0.0, one: Train | None = None) -> Flowsheet:
    loop = OrganicLoop(np.full(3, left), bleed, "own")
    finisher = Finisher("nd", np.array([0.9, 0.9, 0.0]), np.ones(3))
    links = (Link("ore", "", "one", "feed"), Link("one", "liquor", "nd", ""), *links)
    return Flowsheet(ELEMENTS, {"ore": FEED}, (one or train(),), (loop,), (finisher,), links)


def test_iron_on_the_organic_is_a_geometric_series() -> None:
    """Of what comes in the part c is carried, of that the part u is left and 1 − b of it returns."""
    c, u, b = 0.4, 0.3, 0.1
    found = flowsheet.solve(sheet(left=u, bleed=b))
    came = FEED[2] / (1 - c * u * (1 - b))
    assert found.inlets[0, :, 2].sum() == pytest.approx(came, rel=1e-9)
    assert found.ports["one", "bleed"][2] == pytest.approx(came * c * u * b, rel=1e-9)
    assert abs(found.imbalance).max() < 1e-13


def test_mother_liquor_that_goes_back_is_one_too() -> None:
    """All neodymium leaves as oxide but for what the raffinate takes: the tenth that is not precipitated goes
    round."""
    found = flowsheet.solve(sheet(Link("nd", "mother", "one", "feed")))
    oxide = found.ports["nd", "oxide"][1]
    assert oxide == pytest.approx(FEED[1] - found.ports["one", "raffinate"][1], rel=1e-10)
    assert found.received[0, 1] == pytest.approx(oxide / 0.9, rel=1e-10)
    assert found.passes < 15


def test_what_is_started_from_its_own_answer_stays() -> None:
    given = sheet(Link("nd", "mother", "one", "feed"), left=0.02)
    first = flowsheet.solve(given)
    again = flowsheet.solve(given, first)
    assert again.passes <= 2
    np.testing.assert_allclose(again.inlets, first.inlets, rtol=1e-9, atol=1e-14)


def test_liquor_in_the_scrub_takes_the_place_of_acid() -> None:
    plain = flowsheet.solve(sheet())
    part = 0.1
    links = (Link("one", "liquor", "one", "reflux", part),)
    other = replace(
        sheet(*links), links=(*sheet(*links).links[:1], Link("one", "liquor", "nd", "", 0.9), *links)
    )
    found = flowsheet.solve(other)
    reflux = found.inlets[0, 2, :2].sum()
    t, before = found.states[0].flows, plain.states[0].flows
    assert t.extract == pytest.approx(before.extract / (1 - part), rel=1e-2)
    acid = t.organic - t.extract  # W less what comes with it
    assert t.scrub - reflux == pytest.approx(acid)
    assert acid < before.scrub
    assert abs(found.imbalance).max() < 1e-13


def test_a_loop_without_an_end_is_named() -> None:
    with pytest.raises(UserError, match=r"Pr grows without end at one \(feed\)"):
        flowsheet.solve(sheet(Link("one", "raffinate", "one", "feed")))


def test_nearly_all_of_a_stream_may_go_round() -> None:
    found = flowsheet.solve(sheet(Link("one", "raffinate", "one", "feed", 0.9)))
    assert found.outlets["one", "raffinate"][0] == pytest.approx(
        FEED[0] - found.outlets["nd", "oxide"][0] - found.outlets["nd", "mother"][0], rel=1e-9
    )
    assert found.ports["one", "raffinate"][0] > 9 * found.outlets["one", "raffinate"][0]


def test_newton_krylov_takes_over_where_mixing_does_not_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    given = sheet(Link("nd", "mother", "one", "feed"), left=0.05)
    wanted = flowsheet.solve(given)
    monkeypatch.setattr(flowsheet, "MOST_PASSES", 1)
    found = flowsheet.solve(given)
    np.testing.assert_allclose(found.inlets, wanted.inlets, rtol=1e-6, atol=1e-9)
