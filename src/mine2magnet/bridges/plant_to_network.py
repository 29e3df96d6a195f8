"""A separation plant in the chain: what `separate` found becomes a node that may step in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mine2magnet.chain import Arc, Make, Mitigation, Network, Node, Outcome, Scenario, Use
from mine2magnet.chain.io.tables import WEEKS_A_YEAR
from mine2magnet.chain.network import usual_lead
from mine2magnet.chain.report import result as chain_report
from mine2magnet.chain.report.result import Result, Triple
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.model.ranges import Range
from mine2magnet.separation.report.result import new_capacity
from mine2magnet.separation.report.schema import NewCapacity
from mine2magnet.separation.study import case, study
from mine2magnet.separation.study.design_basis import DesignBasis

STAGE = "separation"
LARGEST = 20_000_000  # bytes of a plant as JSON, stage profiles included
HELPS = 0.001  # of the loss: what saves less changes nothing that the model could tell
CASES = (".yaml", ".yml")
ALSO = {"usa": "United States", "india": "Rest of Asia"}  # what the network calls a site otherwise


@dataclass(frozen=True, slots=True)
class PlantProduct:
    """What the plant makes; `material` is the network's name for it, "" if the network knows none."""

    elements: tuple[str, ...]
    t_per_year: float
    usd_per_kg: float
    material: str = ""


@dataclass(frozen=True, slots=True)
class NewPlant:
    """A plant at a site: months from the decision to its first product, and from there to full output."""

    site: str
    start_month: float
    ramp_months: float
    products: tuple[PlantProduct, ...]

    def start(self, decided: float) -> float:
        """The week of the first product if it is decided in week `decided`, at the earliest 0."""
        return max(0.0, decided + self.start_month * WEEKS_A_YEAR / 12)

    @property
    def ramp(self) -> float:
        """Weeks."""
        return self.ramp_months * WEEKS_A_YEAR / 12


class _Listed(Input, frozen=True, kw_only=True):
    new_capacity: tuple[NewCapacity, ...]


def read(file: Path, site: str = "", say: Callable[[str], None] = lambda _: None) -> NewPlant:
    """Read a plant from what `separate --json` printed, or from a case (.yaml), which is then solved;
    `say` is told what is being done."""
    try:
        if file.stat().st_size > LARGEST:
            raise UserError(f"larger than {LARGEST:,} bytes", where=file.name)
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(reason, where=str(file), hint="name a plant as JSON or a case as YAML") from error
    if file.suffix.lower() in CASES:
        return of(study.solve(DesignBasis.of(case.read(text, file.name), file.name), say), site)
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError("not JSON", where=file.name, hint="mine2magnet separate CASE --json") from error
    rows = given.get("new_capacity") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not rows:
        hint = "mine2magnet separate CASE --json"
        raise UserError("it lists no new_capacity", where=file.name, hint=hint)
    return at(decode(_Listed, {"new_capacity": rows}, file.name).new_capacity, site, file.name)


def of(answer: study.Study, site: str = "") -> NewPlant:
    """From a solved case. Raises UserError if the site is not one of its, or one of several is not named."""
    if answer.stands:
        raise UserError(
            "all its cuts stand: it adds nothing to the chain", where="plant", hint="name a plant to be built"
        )
    return at(new_capacity(answer), site, "plant")


def at(rows: Sequence[NewCapacity], site: str, where: str) -> NewPlant:
    """Return the plant at one of the sites that rows of `new_capacity` list.

    Raises
    ------
    UserError
        In `where`: if the site is not one of theirs, or one of several is not named.
    """
    sites = list(dict.fromkeys(row.site for row in rows))
    if not site and len(sites) > 1:
        raise UserError("it stands at several sites", where=where, hint="name one of " + ", ".join(sites))
    site = site or sites[0]
    own = [row for row in rows if row.site == site]
    if not own:
        raise UserError(f"no site {site!r:.40}", where=where, hint="one of " + ", ".join(sites))
    ramp = own[0].ramp_months
    if ramp is None:
        raise UserError(
            "its products do not come on specification in the start-up that was followed",
            where=where,
            hint="raise startup_days of the case, or ask for less purity",
        )
    products = tuple(PlantProduct(tuple(r.product.split("+")), r.t_per_year, r.usd_per_kg) for r in own)
    return NewPlant(site, own[0].start_month, ramp, products)


# --- into the network


def known(network: Network, plant: NewPlant) -> NewPlant:
    """The plant with its products by the network's names.

    A product is a material that is made at the stage of separation if the material holds its elements and
    the plant makes all others that the material holds likewise: Nd and Pr apart are NdPr oxide together.
    """
    index = network.node_index
    made = {m.material for m in network.makes if network.nodes[index[m.node]].stage == STAGE}
    held = {m.name: {e for e, part in m.content.items() if part > 0} for m in network.materials}

    def name(product: PlantProduct) -> str:
        for material in sorted(made, key=lambda name: len(held[name])):
            own = [set(p.elements) for p in plant.products if set(p.elements) <= held[material]]
            if set(product.elements) in own and set().union(*own) == held[material]:
                return material
        return ""

    return replace(plant, products=tuple(replace(p, material=name(p)) for p in plant.products))


def built(network: Network, plant: NewPlant) -> tuple[Network, str]:
    """The network with the plant as a node that makes nothing yet, and that node's name.

    The plant brings its own feed, as a mine and a plant that are decided together; whoever buys a product
    may ask it when others fail, at the lead of another arc between the two places.
    """
    country, region = _place(network, plant.site)
    amounts: dict[str, float] = {}
    for product in known(network, plant).products:
        if product.material:
            amounts[product.material] = amounts.get(product.material, 0.0) + product.t_per_year
    total = sum(amounts.values())
    if not total:
        raise UserError(
            "the network knows none of the plant's products at the stage of separation",
            where="plant",
            hint="it makes "
            + ", ".join(
                sorted({m.material for m in network.makes if _node(network, m.node).stage == STAGE})
                or ["none"]
            ),
        )
    name = f"new plant, {country}"
    if name in network.node_index:
        raise UserError(f"the network has a node {name!r} already", where="plant")
    grown = Network(
        network.materials,
        (*network.nodes, Node(name, STAGE, country, region, capacity=0.0)),
        network.uses,
        (*network.makes, *(Make(name, material, amount / total) for material, amount in amounts.items())),
        (
            *network.arcs,
            *(
                Arc(name, use.node, use.material, 0.0, _lead(network, country, region, use))
                for use in network.uses
                if use.material in amounts
            ),
        ),
        network.demands,
    )
    return grown, name


def _node(network: Network, name: str) -> Node:
    return network.nodes[network.node_index[name]]


def _place(network: Network, site: str) -> tuple[str, str]:
    """Country and region that a site's name means: a country of the network, or a region as a whole."""
    sought = ALSO.get(site, site).replace("-", " ").replace("_", " ").casefold()
    for node in network.nodes:
        if node.country.casefold() == sought:
            return node.country, node.region
    for node in network.nodes:
        if node.region.casefold() == sought:
            return node.region, node.region
    places = sorted({n.country for n in network.nodes} | {n.region for n in network.nodes})
    raise UserError(f"the network has no place {site!r:.40}", where="plant", hint=", ".join(places))


def _lead(network: Network, country: str, region: str, use: Use) -> Range:
    to = _node(network, use.node)
    return usual_lead(network, (country, region), (to.country, to.region), use.material, use.node)


def posed(network: Network, scenario: Scenario, plant: NewPlant, decided: float) -> tuple[Network, Scenario]:
    """The network with the plant's node, and the scenario with its capacity as the last mitigation."""
    grown, node = built(network, plant)
    amount = sum(p.t_per_year for p in known(network, plant).products if p.material) / WEEKS_A_YEAR
    added = Mitigation("capacity", {"node": (node,)}, amount, plant.start(decided), plant.ramp, node)
    return grown, scenario.with_(added)


# --- what it changes


@dataclass(frozen=True, slots=True)
class EndUseEffect:
    """An end use without and with the plant: first stop (week, median) and lost share and USD (medians)."""

    name: str
    first_stop: tuple[float | None, float | None]
    lost: tuple[float, float]
    loss: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlantEffect:
    """What the plant changes; nothing if it is `late` for the scenario.

    From `start`, the week of its first product, it grows over `ramp` weeks; `saved` is in USD, draw by draw;
    `said` sums it up in a sentence.
    """

    node: str
    start: float
    ramp: float
    products: tuple[PlantProduct, ...]
    late: bool
    saved: Triple
    said: str
    ends: tuple[EndUseEffect, ...]


def change(
    network: Network, scenario: Scenario, plant: NewPlant, before: Outcome, after: Outcome
) -> PlantEffect:
    """Compares outcomes of the same draws; `scenario` is as `posed` made it."""
    added = scenario.mitigations[-1]
    without, with_plant = (chain_report.result(scenario, outcome, ()) for outcome in (before, after))
    less = before.loss.sum(axis=0) - after.loss.sum(axis=0)
    low, middle, high = (float(q) for q in np.quantile(less, chain_report.QUANTILES))
    helped = {e.name: e for e in with_plant.ends}
    ends = tuple(
        EndUseEffect(
            e.name,
            (e.first_stop[1], helped[e.name].first_stop[1]),
            (e.lost[1], helped[e.name].lost[1]),
            (e.loss[1], helped[e.name].loss[1]),
        )
        for e in without.ends
        if e.loss[1] > 0 or helped[e.name].loss[1] > 0
    )
    said = _said(added.label, added.start, scenario.weeks, without, with_plant, (low, middle, high))
    products = known(network, plant).products
    late = added.start >= scenario.weeks
    return PlantEffect(added.label, added.start, added.ramp, products, late, (low, middle, high), said, ends)


def _said(node: str, start: float, weeks: int, without: Result, with_plant: Result, saved: Triple) -> str:
    first = f"{node}: first product in week {start:.0f}"
    if start >= weeks:
        return (
            f"{first}, after the {weeks} weeks of the scenario: too late to change anything. It would have "
            f"to be decided {start - weeks + 1:.0f} weeks earlier, or the scenario to last longer."
        )
    loss = without.loss[1]
    if saved[1] <= HELPS * loss:
        return (
            f"{first}, but the loss stays: what stops is not short of what the plant makes, or not by then."
        )
    low, middle, high = (f"{value / 1e9:,.1f}" for value in saved)
    stop, stop_with = (sum(e.stopping >= 0.5 for e in result.ends) for result in (without, with_plant))
    return (
        f"{first}; of {loss / 1e9:,.1f} billion USD it saves {middle} (P10 {low}, P90 {high}); {stop_with} "
        f"end uses stop with it, {stop} without."
    )
