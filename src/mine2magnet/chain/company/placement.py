"""A company's tables placed in a network: who is whom, and what the company adds to it.

A supplier that the network knows is its node. Another one becomes a node of its own, which buys where its
country's makers of the material are gathered, or, if it has none, where buyers of its region buy. What the
company takes comes on top of the network's demand, with the capacity to make it, so that the slack of others
is what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mine2magnet.chain.company.schema import BillItem, Company, Contract, Measure, Supplier
from mine2magnet.chain.network import Arc, Demand, Ints, Make, Material, Network, Node, Use, usual_lead
from mine2magnet.chain.scenario import Mitigation
from mine2magnet.model.ranges import Range

END, SUPPLIER = "end use", "supplier"  # stages
HANDOVER = Range(1, 1, 1)  # weeks from a country's makers to a supplier among them; judged


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a supplier's material comes from in the network: nodes with shares, and how they were found.

    `how`: named (the supplier is that node), given (by the company's rows), country, region or world.
    """

    supplier: str
    country: str
    material: str
    how: str
    nodes: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class PlacedCompany:
    """The network with the company in it; `own` are the rows of `uses` that are the company's."""

    company: Company
    network: Network
    origins: tuple[Origin, ...]

    @property
    def parts(self) -> Ints:
        """Indices of the parts into `demands` of the network."""
        first = len(self.network.demands) - len(self.company.parts)
        return np.arange(first, len(self.network.demands))

    @property
    def own(self) -> Ints:
        """Rows of `uses` that are stocks of the company."""
        parts = {p.name for p in self.company.parts}
        return np.array([i for i, u in enumerate(self.network.uses) if u.node in parts], dtype=np.intp)

    def done(self, measure: Measure) -> tuple[Mitigation, ...]:
        """Return what a measure is in a scenario: capacity of its own node, which has none before.

        Parameters
        ----------
        measure : Measure
            Of the company.
        """
        return (
            Mitigation(
                "capacity",
                {"node": (measure.name,)},
                measure.share * need(self.company, measure.part, measure.material),
                measure.start,
                measure.ramp,
                measure.name,
            ),
        )

    def stocked(self, part: str, weeks: float) -> Mitigation:
        """Return a reserve of a part's materials in a scenario.

        Parameters
        ----------
        part : str
            Its name.
        weeks : float
            Of normal need, of every material in it.
        """
        return Mitigation("stockpile", {"node": (part,)}, weeks)


def need(company: Company, part: str, material: str) -> float:
    """Return what a part normally takes of a material.

    Parameters
    ----------
    company : Company
        Its tables.
    part, material : str
        Names.

    Returns
    -------
    float
        t a week.
    """
    pieces = next(p.pieces for p in company.parts if p.name == part)
    return pieces * sum(b.amount for b in company.bill if (b.part, b.material) == (part, material))


def placed(network: Network, company: Company, regions: Mapping[str, str]) -> PlacedCompany:
    """Place a company in a network.

    Parameters
    ----------
    network : Network
        The public one.
    company : Company
        Its tables, checked.
    regions : mapping of str to str
        Region of the network by country.

    Returns
    -------
    PlacedCompany
        The network with parts as end uses, and suppliers and measures as nodes.

    Raises
    ------
    Fault
        If the network that comes of it does not add up.
    """
    origins = tuple(origin(network, company, s, regions) for s in company.suppliers)
    how = {(o.supplier, o.material): o for o in origins}
    rows = _Rows(network, company, regions, how)
    for supplier in company.suppliers:
        rows.supplier(supplier)
    for part in company.parts:
        rows.nodes.append(Node(part.name, END, part.country, regions[part.country], operator=company.name))
        value = part.value * company.usd
        rows.demands.append(Demand(part.name, part.pieces, value, deferred=part.deferred))
    for item in company.bill:
        rows.uses.append(Use(item.part, item.material, item.amount, item.stock))
    parts = {p.name for p in company.parts}
    for contract in company.supply:
        if contract.buyer in parts:
            rows.bought(contract, contract.buyer)
    for measure in company.measures:
        rows.measure(measure)
    return PlacedCompany(company, rows.network(), origins)


def origin(network: Network, company: Company, supplier: Supplier, regions: Mapping[str, str]) -> Origin:
    """Tell where a supplier's material comes from.

    Parameters
    ----------
    network : Network
        The public one.
    company : Company
        Its tables.
    supplier : Supplier
        A row of its suppliers.
    regions : mapping of str to str
        Region of the network by country.

    Returns
    -------
    Origin
        With no nodes if the network has nobody who makes the material.
    """
    material, country = supplier.material, supplier.country
    given = [c for c in company.supply if c.buyer == supplier.name]
    makers = [network.nodes[network.node_index[m.node]] for m in network.makes if m.material == material]

    def found(how: str, nodes: Sequence[tuple[str, float]]) -> Origin:
        return Origin(supplier.name, country, material, how, tuple(nodes))

    if named := known_node(network, supplier.name, material, country):
        return found("named", [(named, 1.0)])
    if given:
        return found("given", [(c.supplier, c.share) for c in given])
    at_home = [n for n in makers if n.country == country]
    if at_home and (gathered := [n for n in at_home if not n.operator] or at_home):
        return found("country", _by_level(network, gathered))
    bought: dict[str, float] = {}
    for arc, flow in zip(network.arcs, network.flow, strict=True):
        buyer = network.nodes[network.node_index[arc.buyer]]
        if arc.material == material and buyer.region == regions[country]:
            bought[arc.supplier] = bought.get(arc.supplier, 0.0) + float(flow)
    total = sum(bought.values())
    if total > 0:
        return found("region", [(name, flow / total) for name, flow in bought.items() if flow > 0])
    return found("world", _by_level(network, makers))


def known_node(network: Network, name: str, material: str, country: str = "") -> str:
    """Return the node of a network that a supplier's name means.

    Parameters
    ----------
    network : Network
        The public one.
    name : str
        Of a node or of its operator.
    material : str
        What it is to make.
    country : str
        Where it is to be; without it, anywhere.

    Returns
    -------
    str
        Empty if there is none.
    """
    for make in network.makes:
        node = network.nodes[network.node_index[make.node]]
        fits = make.material == material and country in ("", node.country)
        if fits and name in (node.name, node.operator):
            return node.name
    return ""


def _by_level(network: Network, nodes: Sequence[Node]) -> list[tuple[str, float]]:
    """Nodes with shares of what they normally make; alike, if none makes anything."""
    levels = [float(network.level[network.node_index[n.name]]) for n in nodes]
    total = sum(levels)
    if total <= 0:
        return [(n.name, 1 / len(nodes)) for n in nodes]
    return [(n.name, level / total) for n, level in zip(nodes, levels, strict=True) if level > 0]


def _own_node(supplier: str, material: str) -> str:
    """Return the name of a supplier's own node."""
    return f"{supplier}, {material}"


class _Rows:
    """Rows that grow from those of a network."""

    def __init__(
        self,
        network: Network,
        company: Company,
        regions: Mapping[str, str],
        how: Mapping[tuple[str, str], Origin],
    ) -> None:
        self.base, self.company, self.regions, self.how = network, company, regions, how
        self.nodes, self.uses, self.makes = list(network.nodes), list(network.uses), list(network.makes)
        self.arcs, self.demands = list(network.arcs), list(network.demands)

    def supplier(self, row: Supplier) -> None:
        """A node of its own, with what it buys, unless it is one of the network's."""
        origin = self.how[row.name, row.material]
        if origin.how == "named":
            return
        name = _own_node(row.name, row.material)
        self._node(name, row.country, row.material)
        self.makes.append(Make(name, row.material, 1.0))
        if origin.how != "given":
            self.uses.append(Use(name, row.material, 1.0, row.stock))
            self._from(origin, name, row.country)
            return
        taken: dict[str, float] = {}
        for contract in self.company.supply:
            if contract.buyer == row.name:
                taken.setdefault(contract.material, contract.amount)
                self.bought(contract, name)
        self.uses += [Use(name, material, amount, row.stock) for material, amount in taken.items()]

    def _node(self, name: str, country: str, material: str, capacity: float = np.inf) -> None:
        """At the stage of those who make the material, so that what happens to these happens to it."""
        stages = [self.base.nodes[self.base.node_index[m.node]].stage for m in self.base.makes
                  if m.material == material]  # fmt: skip
        stage = stages[0] if stages else SUPPLIER
        self.nodes.append(Node(name, stage, country, self.regions[country], capacity=capacity))

    def _from(self, origin: Origin, buyer: str, country: str) -> None:
        for node, share in origin.nodes:
            at_home = self.base.nodes[self.base.node_index[node]].country == country
            lead = HANDOVER if at_home else self._lead(node, country, origin.material)
            self.arcs.append(Arc(node, buyer, origin.material, share, lead))

    def _lead(self, node: str, country: str, material: str) -> Range:
        known = self.base.nodes[self.base.node_index[node]]
        return usual_lead(
            self.base, (known.country, known.region), (country, self.regions[country]), material
        )

    def bought(self, contract: Contract, buyer: str) -> None:
        """An arc from the supplier's node, or from a node that the network has by that name."""
        origin = self.how.get((contract.supplier, contract.material))
        if origin is None:
            seller = known_node(self.base, contract.supplier, contract.material)
        elif origin.how == "named":
            seller = origin.nodes[0][0]
        else:
            seller = _own_node(contract.supplier, contract.material)
        self.arcs.append(Arc(seller, buyer, contract.material, contract.share, contract.lead))

    def measure(self, row: Measure) -> None:
        """A node that makes nothing before the measure begins, and steps in when others fail."""
        country = row.country or next(p.country for p in self.company.parts if p.name == row.part)
        self._node(row.name, country, row.material, capacity=0.0)
        self.makes.append(Make(row.name, row.material, 1.0, Range(0, 0, 0)))
        self.arcs.append(Arc(row.name, row.part, row.material, 0.0, HANDOVER))
        if row.supplier:
            source = Supplier(row.supplier, country, row.material, Range(2, 2, 2))
            self.uses.append(Use(row.name, row.material, 1.0, source.stock))
            self._from(origin(self.base, replace(self.company, supply=()), source, self.regions), row.name,
                       country)  # fmt: skip

    def network(self) -> Network:
        """The network, with the capacity that the company's needs take."""
        known = self.base.material_index
        new = dict.fromkeys(m.material for m in self.makes if m.material not in known)
        prices = {b.material: b.price * self.company.usd for b in self.company.bill if b.price is not None}
        materials = (*self.base.materials, *(Material(name, price=prices.get(name, 0.0)) for name in new))
        free = [replace(n, capacity=np.inf) for n in self.nodes]
        rows = tuple(self.uses), tuple(self.makes), tuple(self.arcs), tuple(self.demands)
        level = Network(materials, tuple(free), *rows).level
        before = self.base.level
        grown = [
            replace(n, capacity=n.capacity + float(level[i] - before[i])) if i < len(before) else n
            for i, n in enumerate(self.nodes)
        ]
        return Network(materials, tuple(grown), *rows)


def doubts(placed: PlacedCompany) -> Iterator[str]:
    """Yield what of the tables may be meant otherwise.

    That are a maker that is taken for a dealer, and a part worth less than its materials.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    """
    network, company = placed.network, placed.company
    for found in placed.origins:
        named = [n for n in network.nodes if found.supplier in (n.name, n.operator)]
        if named and found.how not in ("named", "given"):
            held = {n.name for n in named}
            made = ", ".join(dict.fromkeys(m.material for m in network.makes if m.node in held))
            countries = ", ".join(dict.fromkeys(n.country for n in named))
            yield (
                f"{found.supplier} makes {made} in {countries} in the network: of {found.material} from "
                f"{found.country} it is taken for a dealer, unless rows of supply say what it buys"
            )
    for part in company.parts:
        bill = [b for b in company.bill if b.part == part.name]
        cost = sum(b.amount * price_of(network, company, b) for b in bill)
        if part.basis == "revenue" and cost > part.value:
            yield (
                f"{part.name} is worth {part.value:,.6g} {company.currency}, and its materials cost "
                f"{cost:,.6g}: is an amount of the bill in another unit?"
            )


def cost_of_stock(network: Network, company: Company, part: str) -> float:
    """Return what a week's need of a part's materials costs.

    Parameters
    ----------
    network : Network
        With normal prices.
    company : Company
        Its tables.
    part : str
        Its name.

    Returns
    -------
    float
        In the company's currency.
    """
    pieces = next(p.pieces for p in company.parts if p.name == part)
    return pieces * sum(b.amount * price_of(network, company, b) for b in company.bill if b.part == part)


def price_of(network: Network, company: Company, item: BillItem) -> float:
    """Return the normal price of a material of the bill.

    Parameters
    ----------
    network : Network
        With normal prices.
    company : Company
        Its tables.
    item : BillItem
        Of its bill.

    Returns
    -------
    float
        Of the company's currency a tonne.
    """
    if item.price is not None:
        return item.price
    known = network.material_index.get(item.material)
    return network.materials[known].price / company.usd if known is not None else 0.0
