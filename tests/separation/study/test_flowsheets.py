"""A flowsheet case: balances, limits, permutations, and what is said of what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import separation_flowsheets as benchmark
import yaml

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.separation import sizing
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.plant import MARGIN
from mine2magnet.separation.report import flowsheet_result
from mine2magnet.separation.study import flowsheets, reference_data
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.separation.study.schema import foreign

ORE = {"name": "ore", "composition": {"La": 30, "Pr": 10, "Nd": 40, "Sm": 5, "Dy": 15}, "throughput": 1000}
FIXED = {"extraction": 14, "scrub": 12, "organic_flow": 1.6}
LIGHT = {"name": "light", "parts": "Sm/Nd", "feed": "ore", **FIXED}
MAGNETS = {"name": "magnets", "extractant": "P204", "parts": "Pr/La", "feed": "light.raffinate", **FIXED}
HEAVY = {"name": "heavy", "parts": "Dy/Sm", "feed": "light.liquor", **FIXED}
OXIDES = [
    {"name": "la", "feed": "magnets.raffinate", "elements": ["La"]},
    {"name": "ndpr", "feed": "magnets.liquor", "elements": ["Pr", "Nd"], "precipitant": "oxalate"},
    {"name": "sm", "feed": "heavy.raffinate", "elements": ["Sm"]},
    {"name": "dy", "feed": "heavy.liquor", "elements": ["Dy"], "purity": "2N"},
]


def case(*trains: dict[str, Any], products: list[dict[str, Any]] = OXIDES, **more: Any) -> FlowsheetCase:
    given = {"feeds": [ORE], "trains": list(trains), "products": products, "sites": ["china"], **more}
    return decode(FlowsheetCase, given)


def looped() -> FlowsheetCase:
    """Organic that two trains share, mother liquors and strip liquor that go back, a bleed, an impurity."""
    return case(
        {**LIGHT, "feed": ["ore", "dy.mother"], "organic": "p507", "bleed": 0.02, "carried": {"Al": 0.3}},
        {**MAGNETS, "reflux": {"from": "magnets.liquor", "part": 0.05}, "carried": {"Al": 0.5}},
        {**HEAVY, "organic": "p507", "stripped": {"Dy": 0.95}, "carried": {"Al": 0.2}},
        products=[*OXIDES[:1], {**OXIDES[1], "feed": {"from": "magnets.liquor", "part": 0.95}}, *OXIDES[2:]],
        feeds=[{**ORE, "impurities": {"Al": 0.02}}],
    )


@pytest.fixture(scope="module")
def round_() -> FlowsheetStudy:
    """Not to be changed by a test."""
    return flowsheets.solve(looped())


def test_every_element_leaves_as_it_came(round_: FlowsheetStudy) -> None:
    assert abs(round_.state.imbalance).max() < 1e-12
    assert round_.state.off < 1e-10
    assert "Al" in round_.basis.elements


def test_every_stream_that_goes_on_arrives(round_: FlowsheetStudy) -> None:
    state, sheet = round_.state, round_.basis.sheet
    light = state.inlets[0]
    sent = sheet.feeds["ore"] + state.ports["dy", "mother"]
    np.testing.assert_allclose(light[0], sent, rtol=1e-9, atol=1e-15)
    back = sum(
        loop.left * (1 - loop.bleed) * (one.parts * state.inlets[k]).sum(axis=1)[1]
        for k, (loop, one) in enumerate(zip(sheet.loops, state.states, strict=True))
        if loop.pool == "p507"
    )
    np.testing.assert_allclose(light[3] + state.inlets[2][3], back, rtol=1e-8, atol=1e-15)
    organic = [state.states[k].flows.organic for k in (0, 2)]
    assert light[3].sum() / state.inlets[2][3].sum() == pytest.approx(organic[0] / organic[1])


def test_cascades_hold_the_totals_that_were_set(round_: FlowsheetStudy) -> None:
    for one, given in zip(round_.state.states, round_.basis.sheet.trains, strict=True):
        assert one.steady is not None
        assert one.steady.residual < 1e-12
        organic = one.steady.cascade.organic
        np.testing.assert_allclose(organic[: given.n_extraction - 1], one.flows.organic, rtol=1e-12)


def test_without_loops_a_train_is_the_cut_it_was() -> None:
    found = flowsheets.solve(case({**LIGHT, "stripped": 1.0}, products=[]))
    table = reference_data.extractant("P507").factors
    elements = found.basis.elements
    beta = found.basis.sheet.trains[0].beta
    assert beta[elements.index("Nd")] / beta[elements.index("Pr")] == pytest.approx(table["Nd/Pr"].likely)
    cut = Cut(beta, found.basis.sheet.fed, beta >= beta[elements.index("Sm")], MARGIN * 1e-3, MARGIN * 1e-3)
    alone = sizing.at(cut, 14, 12, 1.6)
    np.testing.assert_allclose(found.state.ports["light", "liquor"], alone.solution.product_a, rtol=1e-9)
    np.testing.assert_allclose(found.state.ports["light", "raffinate"], alone.solution.product_b, rtol=1e-9)


def test_what_the_organic_brings_back_spoils_the_raffinate_in_proportion() -> None:
    def dysprosium(left: float) -> float:
        ports = flowsheets.solve(case({**LIGHT, "stripped": 1 - left}, products=[])).state.ports
        return float(ports["light", "raffinate"][-1])

    clean, little, more = dysprosium(0.0), dysprosium(1e-4), dysprosium(1e-3)
    assert clean < 1e-6 * little
    assert (more - clean) / (little - clean) == pytest.approx(10, rel=0.05)


def test_order_of_trains_and_products_does_not_matter(round_: FlowsheetStudy) -> None:
    given = looped()
    turned = decode(
        FlowsheetCase,
        {
            "feeds": given.feeds,
            "trains": given.trains[::-1],
            "products": given.products[::-1],
            "sites": ["china"],
        },
    )
    other = flowsheets.solve(turned).state
    for key, amounts in round_.state.ports.items():
        np.testing.assert_allclose(other.ports[key], amounts, rtol=1e-8, atol=1e-14)


def test_linked_organic_is_stripped_where_it_goes() -> None:
    shared = {"organic": "p507"}
    found = flowsheets.solve(
        case(
            {**LIGHT, **shared},
            MAGNETS,
            {**HEAVY, **shared, "feed": "light.organic"},
        )
    )
    assert ("light", "liquor") not in found.state.ports
    assert abs(found.state.imbalance).max() < 1e-12
    loaded = found.state.ports["light", "organic"]
    np.testing.assert_allclose(found.state.inlets[2][1], loaded, rtol=1e-9, atol=1e-15)
    stripped = [one.acid for one in flowsheets.loads_of(found.basis, found.state, found.sites[0].rates)]
    assert stripped[0] == pytest.approx(found.state.states[0].flows.scrub)  # no acid strips it there


def test_a_draw_takes_what_it_is_told() -> None:
    drawn = {**LIGHT, "draw": {"stage": 18, "flow": 0.05}}
    found = flowsheets.solve(case({**drawn, "feed": ["ore"]}, products=[]))
    assert found.state.ports["light", "draw"].sum() == pytest.approx(0.05, rel=1e-9)
    assert abs(found.state.imbalance).max() < 1e-12


def test_open_trains_are_designed_pure() -> None:
    free = {key: value for key, value in LIGHT.items() if key not in FIXED}
    found = flowsheets.solve(case({**free, "stripped": 1.0}, products=[]))
    made = found.state.ports["light", "raffinate"]
    assert made[-2:].sum() / made.sum() == pytest.approx(MARGIN * 1e-3, rel=1e-3)
    standing = flowsheets.solve(case({**free, "stripped": 1.0, "extraction": 14, "scrub": 12}, products=[]))
    assert standing.basis.sheet.trains[0].organic == pytest.approx(
        found.basis.sheet.trains[0].organic, rel=0.5
    )


def test_chloride_leaves_as_salt(round_: FlowsheetStudy) -> None:
    """Chloride of feed and acid is that of the salts: as NaCl by mass, and of each base as much by mol."""
    e, oxide = round_.effluent, round_.basis.oxide
    came = 3 / oxide + e.hcl / 0.03646
    assert e.salts["NaCl"] / 0.05844 >= came * (1 - 1e-9)  # more where saponifying takes more base
    for base, salt, mass in (("NH4OH", "NH4Cl", 0.05349), ("Ca(OH)2", "CaCl2", 0.05549)):
        other = flowsheets.effluent_of(
            flowsheets.basis_of(decode(FlowsheetCase, {**_plain(looped()), "base": base})),
            round_.state,
            {name: one.at(0.5) for name, one in reference_data.equipment().items()},
        )
        sodium = other.salts.get("NaCl", 0.0) if salt == "CaCl2" else 0.0  # of the carbonate
        chloride = other.salts[salt] / mass + sodium / 0.05844
        assert chloride == pytest.approx(e.salts["NaCl"] / 0.05844, rel=1e-6)


def _plain(given: FlowsheetCase) -> dict[str, Any]:
    return {name: getattr(given, name) for name in given.__struct_fields__}


def test_yields_of_precipitation_and_kiln(round_: FlowsheetStudy) -> None:
    ports, at = round_.state.ports, round_.basis.elements.index("Dy")
    came = ports["heavy", "liquor"][at]
    assert ports["dy", "oxide"][at] == pytest.approx(0.99 * 0.995 * came)
    assert ports["dy", "mother"][at] == pytest.approx(0.01 * came)
    assert round_.state.ports["dy", "oxide"][-1] == 0.0  # aluminium stays in the liquor


@pytest.mark.parametrize(
    ("trains", "more", "said", "where"),
    [
        ([{**LIGHT, "extractant": "P550"}], {}, "unknown extractant", "trains light.extractant"),
        (
            [{**LIGHT, "extractant": None, "factors": {"Sm/Nd": 8, "Nd/Pr": 1.5, "Pr/La": 12}}],
            {},
            "no separation factor for Dy, which comes to light",
            "trains light.extractant",
        ),
        ([LIGHT, {**HEAVY, "feed": "heavy.raffinate"}], {}, "fed by nobody", "trains heavy.feed"),
        (
            [
                {**LIGHT, "feed": ["ore", "heavy.liquor", "heavy.raffinate"]},
                {**HEAVY, "feed": ["light.liquor", "light.raffinate"]},
            ],
            {},
            "without a bleed",
            "trains light",
        ),
        ([{**LIGHT, "feed": "clay"}], {}, "no stream 'clay'", "trains light.feed"),
        ([{**LIGHT, "feed": ["ore", "light.draw"]}], {}, "no draw", "trains light.feed"),
        ([{**LIGHT, "feed": ["ore", "light.bleed"]}], {}, "no bleed", "trains light.feed"),
        ([LIGHT, {**HEAVY, "feed": "light.organic"}], {}, "they share it", "trains heavy.feed"),
        ([LIGHT, {**HEAVY, "feed": ["ore", "light.liquor"]}], {}, "more than all of ore", "heavy"),
        ([{**LIGHT, "parts": "Nd/Sm"}], {}, "Nd is not extracted before Sm", "trains light.parts"),
        (
            [LIGHT],
            {"feeds": [{**ORE, "impurities": {"Fe": 0.01}}]},
            "no distribution of Fe with P507",
            "trains light.carried",
        ),
        (
            [{**LIGHT, "carried": {"Fe": 1.0}, "stripped": {"Fe": 1e-17}}],
            {"feeds": [{**ORE, "impurities": {"Fe": 0.01}}]},
            "Fe stays on the organic for ever",
            "trains light.bleed",
        ),
        ([{**LIGHT, "organic": "x"}, {**MAGNETS, "organic": "x"}], {}, "would be P507 and P204", ""),
        ([{**LIGHT, "name": "ore", "feed": "ore"}], {}, "named twice", "flowsheet"),
        ([{**LIGHT, "organic_flow": 0.1}], {}, "are to leave with the organic", "trains light"),
        ([{**LIGHT, "scrub_flow": 1.7}], {}, "for the extract", "trains light"),
        ([{**LIGHT, "scrub": None}], {}, "one section only", "trains light"),
        ([{**LIGHT, "extraction": 1, "scrub": 1, "organic_flow": None}], {}, "at no flow", "trains light"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    trains: list[dict[str, Any]], more: dict[str, Any], said: str, where: str
) -> None:
    with pytest.raises(UserError) as error:
        flowsheets.solve(case(*trains, products=[], **more))
    assert said in error.value.what
    assert where in error.value.where
    assert error.value.hint
    assert "\n" not in str(error.value)


def test_what_goes_round_without_end_names_the_element_and_the_place() -> None:
    """The raffinate goes back whole: what only leaves there has no way out."""
    with pytest.raises(UserError, match="grows without end at light"):
        flowsheets.solve(case({**LIGHT, "feed": ["ore", "light.raffinate"]}, products=[]))


@pytest.mark.parametrize("flow", [1e-9, 0.1])
@pytest.mark.parametrize("parts", ["Dy/Sm", "Pr/La"])
def test_a_draw_may_take_next_to_nothing_or_much(flow: float, parts: str) -> None:
    drawn = {**LIGHT, "parts": parts, "draw": {"stage": 10, "flow": flow}}
    found = flowsheets.solve(case({**drawn, "stripped": 1.0}, products=[]))
    assert abs(found.state.imbalance).max() < 1e-12
    own = found.basis.sheet.trains[0].a_side
    out = {port: amounts for (_, port), amounts in found.state.ports.items()}
    total = sum(amounts[own].sum() for amounts in out.values())
    assert total == pytest.approx(found.basis.sheet.fed[own].sum(), rel=1e-12)


def test_four_hundred_stages_close_and_a_critical_split_settles() -> None:
    found = flowsheets.solve(benchmark.fixed())
    assert sum(one.stages for one in found.basis.sheet.trains) == 400
    assert len(found.basis.elements) == 12
    assert abs(found.state.imbalance).max() < 1e-12
    assert all(one.nudge == 0.0 for one in found.state.states)
    critical = flowsheets.solve(benchmark.drawn(33))
    assert 0 < max(one.nudge for one in critical.state.states) <= 1e-3
    assert abs(critical.state.imbalance).max() < 1e-12


def test_the_example_meets_what_it_asks() -> None:
    file = Path(__file__).parents[3] / "examples" / "three-trains.yaml"
    found = flowsheets.solve(decode(FlowsheetCase, yaml.safe_load(file.read_text())))
    for k, product in enumerate(found.basis.case.products):
        assert product.purity is not None
        assert found.foreign_in(k) < foreign(product.purity)
    assert abs(found.state.imbalance).max() < 1e-10


def test_the_example_of_the_form_is_solved() -> None:
    from mine2magnet.web.pages.flowsheet import example

    found = flowsheets.solve(decode(FlowsheetCase, yaml.safe_load(example())))
    assert all(found.foreign_in(k) < 1e-2 for k in range(2))


def test_an_impurity_distributes_as_the_table_says() -> None:
    """Against Kremser's equation for the extraction section, with no scrub to speak of."""
    spoiled = {**ORE, "impurities": {"Al": 0.02}}
    one = {**LIGHT, "extractant": "P204", "extraction": 6, "scrub": 1, "organic_flow": 1.5}
    given = case(one, products=[], feeds=[spoiled])
    made = flowsheets.solve(given)
    (state,) = made.state.states
    up = state.parts[1][0, -1]  # of the feed's aluminium, with the organic
    assert state.steady is not None
    ratio = reference_data.equipment()["aqueous_concentration"].likely
    ratio /= reference_data.equipment()["organic_loading"].likely
    d = reference_data.impurities("P204")["Al"].likely * ratio
    c = state.steady.cascade
    q, scrubbed = d * state.flows.organic / c.aqueous[1], d * state.flows.organic / c.aqueous[-1]
    climb = q * (1 - q**6) / (1 - q**7)  # of what the six extraction stages take, by Kremser
    back = 1 / (1 + scrubbed)  # of what the scrub stage sends back to them
    assert 0 < up < 0.5
    assert state.parts[:, 0, -1].sum() == pytest.approx(1)
    assert up == pytest.approx(climb * (1 - back) / (1 - climb * back), rel=1e-9)
    assert any("PrOMMiS" in line for line in flowsheet_result.report(made).sources)
    more = flowsheets.solve(case({**one, "distribution": {"Al": 0.5}}, products=[], feeds=[spoiled]))
    assert more.state.states[0].parts[1][0, -1] > up
    told = flowsheets.solve(case({**one, "carried": {"Al": 0.25}}, products=[], feeds=[spoiled]))
    assert told.state.states[0].parts[1][0, -1] == 0.25


def test_what_is_carried_over_costs_purity_and_closes_all_balances() -> None:
    plain = flowsheets.solve(case(LIGHT, products=[]))
    carried = {**LIGHT, "entrained_aqueous": 0.01, "entrained_organic": 0.01}
    worse = flowsheets.solve(case(carried, products=[]))
    assert abs(worse.state.imbalance).max() < 1e-12
    held = [flowsheet_result.report(made).trains[0] for made in (plain, worse)]
    assert held[1].impurity_extract > held[0].impurity_extract
    assert held[1].impurity_raffinate > held[0].impurity_raffinate
    assert held[1].entrained == [0.01, 0.01]
    slack = flowsheets.solve(case({**LIGHT, "efficiency": 0.8}, products=[]))
    assert flowsheet_result.report(slack).trains[0].impurity_extract > held[0].impurity_extract


def test_a_train_runs_at_its_temperature() -> None:
    warm = {**MAGNETS, "feed": "ore", "parts": "Pr/La"}
    made = [case({**warm, "temperature": t}, products=[]) for t in (25, 50)]
    usual, hot = (flowsheets.basis_of(one).sheet.trains[0].beta for one in made)
    at = 1  # Pr over La: d of 670 and 931 K
    assert hot[at] / hot[0] == pytest.approx(usual[at] / usual[0] * 10 ** (261 * 2.5947e-4), rel=1e-3)
    with pytest.raises(UserError, match="no heat of extraction of Ce with P507") as error:
        flowsheets.solve(case({**LIGHT, "temperature": 50}, products=[]))
    assert error.value.where == "trains light.temperature"


def test_limits_say_what_is_assumed_and_what_was_found() -> None:
    spoiled = {**ORE, "impurities": {"Al": 0.05}}
    made = flowsheets.solve(
        case({**LIGHT, "carried": {"Al": 0.1}}, products=[], feeds=[spoiled], rates={"settling_time": 5})
    )
    said = flowsheet_result.remarks(made)
    assert any("1.5 g/L of aluminium" in line and "J. Rare Earths" in line for line in said)
    assert any("9.6 m³/h on a m²" in line for line in said)
    assert any("assumed: no source" in line for line in said)
    assert not made.limits[0].kept
    assert not any("no such bound" in line for line in said)  # LIGHT runs on P507, which the bound is of
    on_p204 = {**LIGHT, "extractant": "P204", "carried": {"Al": 0.1}}
    other = flowsheets.solve(case(on_p204, products=[], feeds=[spoiled]))
    assert any("P507" in line and "no such bound" in line for line in flowsheet_result.remarks(other))


def test_large_ratios_of_phases_are_whole_numbers() -> None:
    assert [flowsheet_result._ratio(v) for v in (3.46, 9.96, 139.2)] == ["3.5", "10", "139"]


def test_an_impurity_that_no_product_is_said_to_take_is_assumed_and_not_measured() -> None:
    spoiled = {**ORE, "impurities": {"Al": 0.05}}
    lace = {"name": "lace", "feed": "light.raffinate", "elements": ["La", "Ce", "Pr", "Nd"]}
    shown = []
    for feed, carried, takes in (
        (ORE, {}, {}),
        (spoiled, {"Al": 0.1}, {}),
        (spoiled, {"Al": 0.1}, {"Al": 0.5}),
    ):
        made = flowsheets.solve(
            case({**LIGHT, "carried": carried}, products=[{**lace, "impurities": takes}], feeds=[feed])
        )
        shown.append(flowsheet_result.tables(made)[1][2][0][-1])
    assert shown[:2] == ["–", "none assumed"]
    assert shown[2].startswith("Al 0.0")
