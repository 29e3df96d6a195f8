"""Mass action: what is conserved, what holds at equilibrium, and the ideal cascade as its picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from mine2magnet.core.errors import UserError
from mine2magnet.separation import Cascade, Circuit, Equilibrated, equilibrate, shake, solve

if TYPE_CHECKING:
    from tests.conftest import Record

ND_PR = Circuit(
    constants=np.array([0.031, 0.02]),  # a β of 1.55
    sodium=1e-5,
    extractant=0.5,
    saponified=0.35,
    organic=6.0,
    feed=1.0,
    fed=np.array([0.75, 0.25]),
    feed_acid=0.01,
    scrub=0.3,
    acid=4.0,
    n_extraction=25,
    n_scrub=29,
)


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    size = draw(st.integers(2, 6))
    steps = draw(st.lists(st.floats(1.3, 3), min_size=size, max_size=size))
    parts = np.array(draw(st.lists(st.floats(0.05, 1), min_size=size, max_size=size)))
    return Circuit(
        constants=np.asarray(np.cumprod(steps) * 10 ** draw(st.floats(-3, 0)), np.float64),
        sodium=10 ** draw(st.floats(-6, -4)),
        extractant=draw(st.floats(0.3, 0.8)),
        saponified=draw(st.floats(0, 0.2)),
        organic=draw(st.floats(3, 10)),
        feed=1.0,
        fed=parts / parts.sum() * draw(st.floats(0.6, 1.2)),
        feed_acid=draw(st.floats(0.001, 0.3)),
        scrub=draw(st.floats(0.5, 2)),
        acid=draw(st.floats(2, 6)),
        n_extraction=draw(st.integers(2, 25)),
        n_scrub=draw(st.integers(2, 25)),
        efficiency=draw(st.sampled_from([1.0, 0.8])),
    )


@given(circuits())
@settings(deadline=None, max_examples=40)
def test_elements_extractant_and_charge_are_kept_at_equilibrium(c: Circuit) -> None:
    check(equilibrate(c), c)


def check(e: Equilibrated, c: Circuit) -> None:
    assert e.residual < 1e-10
    x, x_na = e.aqueous / c.aqueous[:, None], e.sodium_aqueous / c.aqueous
    ratio = (e.free / e.acid)[:, None]
    y, y_na = c.constants * ratio**3 * x, c.sodium * ratio[:, 0] * x_na  # of the organic that took part
    assert e.free + 3 * y.sum(axis=1) + y_na == pytest.approx(c.extractant, rel=1e-6)
    assert e.acid + 3 * x.sum(axis=1) + x_na == pytest.approx(c.chloride, rel=1e-9)
    assert min(e.acid.min(), e.free.min()) > 0
    arriving = np.vstack([np.zeros_like(e.organic[:1]), e.organic[:-1]])
    arriving[c.n_extraction - 1] += c.feed * c.fed * (c.phase == "organic")
    mixed = c.mixed[:, None]
    leaving = (1 - mixed) * arriving + mixed * c.solvent[:, None] * y
    assert e.organic == pytest.approx(leaving, rel=1e-6, abs=1e-15)
    assert (e.loading < 1).all()


@given(circuits())
@settings(deadline=None, max_examples=20)
def test_a_loaded_feed_is_kept_as_well(c: Circuit) -> None:
    """The same with the feed in the organic, at the loading that the acid leaves it with."""
    fed = c.fed / c.fed.sum() * c.extractant * 0.2
    # The scrub has to bring the acid that takes out again what does not leave with the organic.
    c = replace(c, phase="organic", fed=fed, scrub=c.scrub + 3 * (c.feed + c.organic) * c.extractant / c.acid)
    check(equilibrate(c), c)


def test_the_scrub_flow_of_a_split_is_found() -> None:
    found = equilibrate(ND_PR, extract_flow=0.6)
    assert found.organic[-1].sum() == pytest.approx(0.6, abs=1e-9)
    again = equilibrate(found.circuit)
    assert again.organic == pytest.approx(found.organic, rel=1e-4, abs=1e-12)
    assert found.circuit.scrub != ND_PR.scrub


def test_a_start_nearby_leads_to_the_same_state_in_fewer_steps() -> None:
    cold, near = equilibrate(ND_PR), equilibrate(replace(ND_PR, organic=6.01))
    warm = equilibrate(ND_PR, near.log_r)
    assert warm.organic == pytest.approx(cold.organic, rel=1e-6)
    assert warm.steps < cold.steps


def test_constants_by_stage_take_the_place_of_constants() -> None:
    same = np.tile(ND_PR.constants, (ND_PR.stages, 1))
    assert equilibrate(replace(ND_PR, constants=same)).acid == pytest.approx(equilibrate(ND_PR).acid)
    same[ND_PR.n_extraction :] *= (
        0.5  # all weaker in the scrub section: more acid is left over there, less is held
    )
    weaker = equilibrate(replace(ND_PR, constants=same))
    assert weaker.acid[ND_PR.n_extraction :].mean() < equilibrate(ND_PR).acid[ND_PR.n_extraction :].mean()


def test_a_flask_keeps_elements_extractant_and_charge() -> None:
    fed = np.array([0.2, 0.1])
    s = shake(ND_PR.constants, 1e-5, 0.5, 0.3, fed, 0.05, organic=0.5)
    assert s.aqueous + 0.5 * s.organic == pytest.approx(fed)
    assert s.free + 3 * s.organic.sum() + s.sodium_organic == pytest.approx(0.5)
    assert s.acid + 3 * s.aqueous.sum() + s.sodium_aqueous == pytest.approx(3 * fed.sum() + 0.05)
    assert s.ratio == pytest.approx(ND_PR.constants * (s.free / s.acid) ** 3)
    with pytest.raises(UserError, match="hydroxides fall out"):
        shake(ND_PR.constants, 1e-5, 0.5, 0.5, fed, 0.0, organic=3.0)


@pytest.mark.parametrize("change", [{}, {"saponified": 0.2}, {"acid": 5.0}, {"organic": 7.0}])
def test_the_ideal_cascade_with_its_totals_has_the_same_profile(change: dict[str, float]) -> None:
    """With the loads that mass action finds, constant β must give each element as mass action does."""
    c = replace(ND_PR, **change)  # type: ignore[arg-type]
    e = equilibrate(c)
    stages = c.stages
    entering = np.zeros((stages, 2))
    entering[c.n_extraction - 1] = c.feed * c.fed
    nothing = np.zeros(stages)
    totals = e.aqueous.sum(axis=1)
    ideal = solve(
        Cascade(c.constants, totals, entering, np.zeros_like(entering), nothing, nothing, np.ones(stages))
    )
    assert ideal.aqueous == pytest.approx(e.aqueous, rel=1e-6)
    assert ideal.product_a == pytest.approx(e.organic[-1], rel=1e-6)


def test_three_stages_agree_with_a_general_solver() -> None:
    """All concentrations as unknowns, every equation as it is written, SciPy's hybrid method."""
    c = replace(ND_PR, n_extraction=2, n_scrub=1)
    e = equilibrate(c)
    water = c.aqueous

    def equations(log_unknowns: np.ndarray) -> np.ndarray:
        v = np.exp(log_unknowns).reshape(3, 8)  # x, x, x_Na, y, y, y_Na, F, h
        x, y, free, acid = v[:, :3], v[:, 3:6], v[:, 6], v[:, 7]
        constants, power = np.append(c.constants, c.sodium), np.array([3.0, 3.0, 1.0])
        equilibrium = np.log(y / x) - np.log(constants) - power * np.log(free / acid)[:, None]
        balance = water[:, None] * x + c.organic * y
        balance[:-1] -= water[1:, None] * x[1:]
        balance[1:] -= c.organic * y[:-1]
        balance[1, :2] -= c.feed * c.fed
        balance[0, 2] -= 2 * c.saponified * c.extractant * c.organic
        totals = (free + y @ power - c.extractant, acid + x @ power - c.chloride)
        return np.concatenate([equilibrium.ravel(), balance.ravel(), *totals])

    solved = np.column_stack(
        [
            e.aqueous / water[:, None],
            e.sodium_aqueous / water,
            e.organic / c.organic,
            e.sodium_organic / c.organic,
            e.free,
            e.acid,
        ]
    )
    begin = np.log(solved) + np.random.default_rng(0).normal(0, 0.05, solved.shape)
    found = root(equations, begin.ravel(), method="hybr", tol=1e-13)
    assert found.success
    assert np.exp(found.x).reshape(3, 8) == pytest.approx(solved, rel=1e-7)


def test_loading_and_acidity_move_as_they_must() -> None:
    plain = equilibrate(ND_PR)
    more_base = equilibrate(replace(ND_PR, saponified=0.4))
    assert more_base.organic[-1].sum() > plain.organic[-1].sum()
    assert more_base.ph[0] > plain.ph[0]
    more_acid = equilibrate(replace(ND_PR, acid=5.0))
    assert more_acid.organic[-1].sum() < plain.organic[-1].sum()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"saponified": 0.6}, "each sodium holds a dimer"),
        ({"organic": 60.0}, "hydroxides fall out"),
        ({"acid": 0.0}, "acid: 0 is not above nought"),
        ({"n_extraction": 0}, "a stage in each section"),
        ({"efficiency": 1.5}, "1.5 is no efficiency"),
        ({"phase": "organic"}, "needed to hold the feed"),
        ({"constants": np.array([1.0, -1.0])}, "each element needs a constant"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], line: str) -> None:
    with pytest.raises(UserError) as caught:
        equilibrate(replace(ND_PR, **change))  # type: ignore[arg-type]
    assert line in str(caught.value)


@pytest.mark.parametrize("efficiency", [1.0, 0.8])
@pytest.mark.parametrize("extract_flow", [None, 0.7])
def test_circuits_settle_as_they_did(efficiency: float, extract_flow: float | None, recorded: Record) -> None:
    e = equilibrate(replace(ND_PR, efficiency=efficiency), extract_flow=extract_flow)
    near = equilibrate(replace(ND_PR, efficiency=efficiency, organic=6.05), e.log_r, extract_flow)
    kept = {
        "a": e.organic[-1],
        "b": e.aqueous[0],
        "ph": e.ph[::5],
        "loading": e.loading[::5],
        "free": e.free[::9],
    }
    kept |= {"sodium": [e.sodium_aqueous[0], e.sodium_organic[-1]], "scrub": e.circuit.scrub}
    recorded(kept | {"steps": e.steps, "near": near.steps, "near a": near.organic[-1]})


def test_a_flask_settles_as_it_did(recorded: Record) -> None:
    s = shake(ND_PR.constants, 1e-5, 0.5, 0.1, ND_PR.fed * 0.1, 0.2, 1.5)
    recorded([s.aqueous, s.organic, s.sodium_aqueous, s.sodium_organic, s.acid, s.free, s.ph, s.ratio])


@pytest.mark.parametrize(
    "change",
    [
        {"saponified": 0.0},
        {"saponified": 0.5},
        {"efficiency": 1.0},
        {"fed": np.array([0.75, 0.0])},
        {"n_extraction": 1},
        {"n_scrub": 1},
        {"phase": "organic", "fed": np.array([0.125, 0.125]), "extractant": 0.7501},
    ],
)
def test_what_is_just_possible_is_taken(change: dict[str, Any]) -> None:
    assert replace(ND_PR, **change).base >= 0


@pytest.mark.parametrize(
    "change",
    [
        {"saponified": -0.001},
        {"saponified": 0.501},
        {"efficiency": 1.001},
        {"efficiency": 0.0},
        {"fed": np.array([0.75, -0.001])},
        {"constants": np.array([0.031, 0.0])},
        {"constants": np.array([0.031, 0.02, 0.01])},
        {"n_extraction": 0},
        {"n_scrub": 0},
        {"organic": 0.0},
        {"phase": "organic", "fed": np.array([0.125, 0.125]), "extractant": 0.75},
    ],
)
def test_what_is_just_impossible_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        replace(ND_PR, **change)
