"""Stoichiometry, cost sharing, uncertainty."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mine2magnet.model.ranges import Range
from mine2magnet.separation import plant, sequence, uncertainty
from mine2magnet.separation.elements import oxide_mass

if TYPE_CHECKING:
    from tests.conftest import Record

BETA = np.array([1.0, 1.55])  # Pr and Nd
FEED = np.array([0.25, 0.75])
RATES = {
    "uptime": 0.9,
    "mixing_time": 5.0,
    "settling_time": 20.0,
    "organic_loading": 0.17,
    "aqueous_concentration": 1.1,
    "spare_stages": 0.0,
    "strip_stages": 8.0,
    "wash_stages": 2.0,
    "saponification_stages": 3.0,
    "surge": 0.5,
    "storage_days": 20.0,
    "feed_acid": 1.0,
    "stripping_acid": 1.0,
    "base_excess": 1.0,
    "precipitant_excess": 1.0,
    "oxalate_share": 0.0,
    "brine_strength": 0.1,
    "product_wash": 15.0,
    "power": 0.8,
    "utilities_power": 1500.0,
    "calcination_heat": 3000.0,
    "size_exponent": 0.5,
    "crew": 150.0,
    "crew_exponent": 0.25,
    "shift_factor": 1.0,
}


@cache
def designs() -> tuple[plant.CutDesign, ...]:
    plan = sequence.best(BETA, FEED, [[0], [1]])[0]
    return plant.design_plan(plan, BETA, [[0], [1]], [1e-3, 1e-3])


def quantities(**changed: float) -> plant.Quantities:
    return plant.quantities(designs(), 0.168, 1000.0, {**RATES, **changed})


def test_base_is_three_moles_per_mole_of_organic() -> None:
    """Stoichiometry: 0.713·S t NaOH per t of feed, on the basis of Nd."""
    (made,) = designs()
    q = plant.quantities([made], oxide_mass("Nd") / 1000, 1000.0, RATES)
    assert q.naoh == pytest.approx(0.7133 * made.organic, rel=1e-3)


def test_acid_brings_back_what_base_took_up() -> None:
    """All that the organic carries into the scrub section leaves it by acid: W scrubbed, extract stripped.
    The feed takes three moles more to dissolve."""
    (made,) = designs()
    q = quantities()
    assert made.scrub + made.stripped == pytest.approx(made.organic)
    assert q.hcl / 0.03646 == pytest.approx(q.naoh / 0.040 + 3 / 0.168)
    fed_as_chloride = quantities(feed_acid=0.0)
    assert q.hcl - fed_as_chloride.hcl == pytest.approx(3 * 0.03646 / 0.168)
    assert fed_as_chloride.salt == pytest.approx(q.salt)


@given(st.floats(1, 1.3), st.floats(1, 1.6), st.floats(1, 1.2), st.floats(1, 1.4), st.floats(0, 1))
def test_salt_holds_the_sodium_bought_and_no_less_than_the_chloride(
    feed: float, strip: float, base: float, precipitant: float, oxalate: float
) -> None:
    q = quantities(
        feed_acid=feed,
        stripping_acid=strip,
        base_excess=base,
        precipitant_excess=precipitant,
        oxalate_share=oxalate,
    )
    sodium = q.naoh / plant.NAOH + q.precipitant / plant.NAHCO3
    assert q.salt / plant.NACL == pytest.approx(sodium)
    assert sodium >= q.hcl / plant.HCL * (1 - 1e-12)
    assert q.effluent == pytest.approx(10 * q.salt)
    assert q.water == pytest.approx(q.effluent + 15)


def test_oxalic_acid_takes_the_place_of_carbonate() -> None:
    q, oxalate = quantities(), quantities(oxalate_share=1.0)
    assert (q.oxalic, oxalate.precipitant) == (0.0, 0.0)
    assert q.precipitant == pytest.approx(3 * plant.NAHCO3 / 0.168)
    assert oxalate.oxalic == pytest.approx(1.5 * plant.OXALIC / 0.168)
    assert oxalate.naoh > q.naoh  # the acid that oxalic acid sets free


def test_every_auxiliary_stage_is_a_mixer_settler_of_its_cut() -> None:
    q = quantities()
    (made,) = designs()
    assert (q.stages, q.strip_stages, q.saponification_stages) == (made.stages, 10, 3)
    assert q.mixer_settlers == made.stages + 13
    bare = quantities(strip_stages=0.0, wash_stages=0.0, saponification_stages=0.0)
    assert bare.volume / q.volume == pytest.approx(made.stages / q.mixer_settlers)
    assert q.like_units == pytest.approx(q.mixer_settlers * (q.volume / q.mixer_settlers) ** 0.5)
    assert q.organic_fill == pytest.approx(1.5 * plant.ORGANIC_SHARE * q.volume)


@pytest.mark.parametrize(
    ("rate", "grown"),
    [
        ("spare_stages", "volume"),
        ("settling_time", "held"),
        ("surge", "tanks"),
        ("storage_days", "tanks"),
        ("product_wash", "water"),
        ("utilities_power", "power"),
        ("calcination_heat", "heat"),
        ("crew", "crew"),
    ],
)
def test_more_of_a_rate_takes_more(rate: str, grown: str) -> None:
    assert getattr(quantities(**{rate: 2 * RATES[rate] + 0.5}), grown) > getattr(quantities(), grown)


def test_every_cut_is_confirmed_with_its_margin() -> None:
    (made,) = designs()
    assert made.sized is not None
    assert made.sized.impurity_a == pytest.approx(plant.MARGIN * 1e-3, rel=1e-6)
    assert made.sized.impurity_b == pytest.approx(plant.MARGIN * 1e-3, rel=1e-6)


def test_a_plant_resized_to_its_own_factors_is_itself() -> None:
    base = designs()
    same = plant.resized(base, BETA)
    assert [(d.n_extraction, d.n_scrub) for d in same] == [(d.n_extraction, d.n_scrub) for d in base]
    assert same[0].organic == pytest.approx(base[0].organic)
    harder = plant.resized(base, np.array([1.0, 1.4]))
    assert harder[0].stages > base[0].stages
    assert harder[0].organic > base[0].organic


def test_resizing_comes_near_to_sizing_anew() -> None:
    beta = np.array([1.0, 1.7])
    plan = sequence.best(beta, FEED, [[0], [1]])[0]
    (anew,) = plant.design_plan(plan, beta, [[0], [1]], [1e-3, 1e-3])
    (scaled,) = plant.resized(designs(), beta)
    assert scaled.organic == pytest.approx(anew.organic, rel=0.05)
    assert scaled.stages == pytest.approx(anew.stages, rel=0.1)


FIVE = np.array([1.0, 6.83, 13.9, 21.5, 228.0])  # La, Ce, Pr, Nd, Sm on P507


@given(st.lists(st.floats(0.05, 1), min_size=5, max_size=5), st.sampled_from([1.0, 0.9]), st.booleans())
@settings(max_examples=4, deadline=None, phases=[Phase.generate])  # an example takes a second
def test_what_enters_a_plant_with_fuzzy_cuts_leaves_it_pure(
    parts: list[float], efficiency: float, linked: bool
) -> None:
    """Each element to 1e-10 of the feed; every product, merged from its parts, within what is allowed; acid
    for what base took up."""
    feed, products = np.array(parts) / sum(parts), [[0], [1], [2], [3, 4]]
    plans = sequence.best(FIVE, feed, products, linked=linked, fuzzy=True)
    plan = next(plan for plan in plans if plan.fuzzy)
    allowed = [1e-2, 2e-2, 5e-3, 1e-3]
    made = plant.design_plan(plan, FIVE, products, allowed, efficiency=efficiency)
    output = plant.output(plan, made, 4)
    assert output.sum(axis=0) == pytest.approx(feed, abs=1e-10)
    for group, amounts, most in zip(products, output, allowed, strict=True):
        assert np.delete(amounts, group).sum() <= most * amounts.sum()
    assert sum(d.organic for d in made) == pytest.approx(sum(d.scrub + d.stripped for d in made), abs=1e-10)


@pytest.mark.parametrize("linked", [True, False])
def test_a_product_drawn_off_within_a_cut_is_one_of_the_products(linked: bool) -> None:
    beta = np.array([1.0, 1.96, 1.96 * 1.46, 1.96 * 1.46 * 2.35])  # Sm, Eu, Gd, Tb on P507
    feed, products, allowed = np.array([0.5, 0.08, 0.35, 0.07]), [[0], [1], [2], [3]], [0.01, 0.4, 0.01, 0.01]
    plan = sequence.best(beta, feed, products, drawn=[1], linked=linked)[0]
    made = plant.design_plan(plan, beta, products, allowed)
    output = plant.output(plan, made, 4)
    assert output.sum(axis=0) == pytest.approx(feed, abs=1e-10)
    for group, amounts, most in zip(products, output, allowed, strict=True):
        assert np.delete(amounts, group).sum() <= most * amounts.sum() * (1 + 1e-6)
    assert [d.step.drawn for d in made].count(1) == 1
    assert sum(d.organic for d in made) == pytest.approx(sum(d.scrub + d.stripped for d in made), abs=1e-10)


def test_a_fuzzy_plan_of_light_rare_earths_holds_less_and_takes_less_base() -> None:
    """Bastnaesite-like La, Ce, Pr, Nd: the reason why plants in China let products distribute."""
    feed, products = np.array([0.33, 0.50, 0.05, 0.115, 0.005]), [[0], [1], [2], [3, 4]]
    kinds = {}
    for fuzzy in (False, True):
        plan = next(p for p in sequence.best(FIVE, feed, products, fuzzy=fuzzy) if p.fuzzy == fuzzy)
        kinds[fuzzy] = plant.design_plan(plan, FIVE, products, [1e-2] * 4)
    assert len(kinds[True]) > len(kinds[False])
    assert plant.volume(kinds[True]) < 0.95 * plant.volume(kinds[False])
    assert sum(d.organic for d in kinds[True]) < sum(d.organic for d in kinds[False])


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.999))
def test_triangular_quantiles(a: float, b: float, c: float, u: float) -> None:
    low, likely, high = sorted((a, b, c))
    made = Range(low, likely, high)
    x = made.at(u)
    assert low <= x <= high
    if high - low > 1e-3:
        rising, falling = (x - low) ** 2, (high - x) ** 2
        below = (
            rising / ((high - low) * (likely - low))
            if x < likely
            else 1 - falling / ((high - low) * (high - likely))
            if high > likely
            else 1.0
        )
        assert below == pytest.approx(u, abs=1e-6)


def test_monte_carlo_and_tornado_of_a_known_model() -> None:
    ranges = {"a": Range(0.0, 1.0, 2.0), "b": Range(0.0, 5.0, 10.0)}

    def model(values: object) -> dict[str, float]:
        return {"sum": values["a"] + values["b"]}  # type: ignore[index]

    sample = uncertainty.monte_carlo(model, ranges, 2000)
    assert sample.results["sum"].mean() == pytest.approx(6, abs=0.02)
    assert sample.results["sum"].var() == pytest.approx((2**2 + 10**2) / 24, rel=0.05)
    assert sample.quantiles("sum", 0.5)[0] == pytest.approx(6, abs=0.1)
    first, second = uncertainty.tornado(model, ranges, "sum")
    assert (first.name, second.name) == ("b", "a")
    assert first.size == pytest.approx(5 * second.size)
    assert replace(first, at_low=0.0, at_high=1.0).size == 1.0
    elsewhere = uncertainty.tornado(model, ranges, "sum", {"a": 100.0, "b": 5.0})
    assert elsewhere[0].at_low == pytest.approx(100 + elsewhere[0].low)


def test_a_plant_uses_what_it_did(recorded: Record) -> None:
    """Every quantity of a plant of two cuts, the second fed with loaded organic; as built and at other β."""
    beta, feed, products = np.array([1.0, 1.55, 16.4]), np.array([0.2, 0.7, 0.1]), [[0], [1], [2]]
    rates = RATES | {"spare_stages": 0.1, "oxalate_share": 0.3, "feed_acid": 1.1, "stripping_acid": 1.2}
    told, harder = {}, np.array([1.0, 1.5, 15.0])
    for i, plan in enumerate(sequence.best(beta, feed, products, fuzzy=True)):
        made = plant.design_plan(plan, beta, products, [1e-2, 1e-3, 1e-3], efficiency=0.95)
        told[f"plan {i}"] = {
            "cost": plan.cost, "organic": plan.organic,
            "distributed": plan.distributed, "volume": plant.volume(made),
            "cuts": [
                [d.n_extraction, d.n_scrub, d.organic, d.scrub, d.extract_flow, d.stripped, d.least, d.limits]
                for d in made
            ],
            "output": plant.output(plan, made, 3),
            "used": asdict(plant.quantities(made, 0.17, 1200.0, rates)),
            "resized": [
                [d.n_extraction, d.n_scrub, d.organic, d.scrub] for d in plant.resized(made, harder, 0.9)
            ],
        }  # fmt: skip
    recorded(told, 1e-5)
