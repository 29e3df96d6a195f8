"""The network: who makes what out of what, in which amounts, for whom, and with how much in store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

ONE, A_FORTNIGHT = (
    Range(1, 1, 1),
    Range(2, 2, 2),
)  # defaults where a table says nothing
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
TOLERANCE = 1e-6  # relative; tables carry three to five digits, so a smaller surplus is rounding


class Fault(UserError):
    """A mistake in a table: which table, which row (from 0), which column."""

    def __init__(self, table: str, row: int | None, column: str, what: str, hint: str = "") -> None:
        self.table, self.row, self.column = table, row, column
        place = " ".join(
            [table, *([f"row {row + 1}"] if row is not None else []), *([column] if column else [])]
        )
        super().__init__(what, where=place, hint=hint)


@dataclass(frozen=True, slots=True)
class Material:
    """`content` is t of each element per t; `price` USD per t outside scarcity.

    `elasticity` is that of all its buyers together, who take (price multiple)^-elasticity of what they
    want; without it, that of the end uses it goes into. `spot` is the share that is traded at the price
    of the day; the rest is bought by contracts that follow it.
    """

    name: str
    content: Mapping[str, float] = field(default_factory=dict)
    price: float = 0.0
    elasticity: Range | None = None
    spot: float = 1.0


@dataclass(frozen=True, slots=True)
class Node:
    """An operator, or all operators of a country, at one stage.

    It runs at a level (t of its main output a week) up to `capacity`; after an outage it comes back
    over `ramp` weeks once the outage ends, and `recovery` is the weeks from a full outage to normal
    (time-to-recover).
    """

    name: str
    stage: str
    country: str
    region: str
    capacity: float = np.inf
    operator: str = ""
    ramp: float = 0.0
    recovery: float = 26.0


@dataclass(frozen=True, slots=True)
class Use:
    """A node takes `amount` t of `material` per unit of level, and aims to hold `cover` weeks of it.

    Up to `saving` of the amount can be designed out, beginning `delay` weeks after supply first
    falls short and taking `ramp` weeks. `spread` is what the amount may be, in multiples of it.
    """

    node: str
    material: str
    amount: float
    cover: Range
    saving: float = 0.0
    delay: float = 0.0
    ramp: float = 1.0
    spread: Range = ONE


@dataclass(frozen=True, slots=True)
class Make:
    """A node makes `amount` t of `material` per unit of level. Nodes run for the most wanted of
    their `driving` outputs; the others come along as the ore has them."""

    node: str
    material: str
    amount: float
    cover: Range = A_FORTNIGHT
    driving: bool = True


@dataclass(frozen=True, slots=True)
class Arc:
    """Who buys from whom: `share` of the buyer's need in normal times (0: only when others fail),
    `lead` weeks from dispatch to arrival."""

    supplier: str
    buyer: str
    material: str
    share: float
    lead: Range


@dataclass(frozen=True, slots=True)
class Demand:
    """What the world wants of an end use: level a week, USD per unit, and how it gives way to price.

    `elasticity` acts on the price of the node's inputs; `deferred` is the share of what was not made
    in a week that customers still want the next; `priority` 0 is served first under rationing.
    """

    node: str
    rate: float
    value: float
    elasticity: float = 0.0
    deferred: float = 0.0
    priority: int = 0


TABLES: dict[str, type] = {
    "materials": Material,
    "nodes": Node,
    "uses": Use,
    "makes": Make,
    "arcs": Arc,
    "demands": Demand,
}


@dataclass(frozen=True)
class Network:
    """Tables of rows, checked against each other, and the arrays that the methods work on.

    Raises Fault, naming table, row and column, for an unknown name, a negative amount, a recipe
    that makes an element out of nothing, a loop that loses nothing, sourcing shares that do not add
    up to 1, a missing recipe, or a capacity below what normal demand needs.
    """

    materials: tuple[Material, ...]
    nodes: tuple[Node, ...]
    uses: tuple[Use, ...]
    makes: tuple[Make, ...]
    arcs: tuple[Arc, ...]
    demands: tuple[Demand, ...]

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_names(self)
        _check_shares(self)
        _check_elements(self)
        self._check_capacity()

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Index of each node in `nodes`, by name."""
        return {n.name: i for i, n in enumerate(self.nodes)}

    @cached_property
    def material_index(self) -> dict[str, int]:
        """Index of each material in `materials`, by name."""
        return {m.name: i for i, m in enumerate(self.materials)}

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Elements that any material contains, sorted."""
        return tuple(sorted({e for m in self.materials for e in m.content}))

    @cached_property
    def content(self) -> Floats:
        """Content of each element in each material, t/t (materials × elements)."""
        return np.array([[m.content.get(e, 0.0) for e in self.elements] for m in self.materials])

    def column(self, table: str, name: str) -> Floats:
        """Return one numeric column of a table; a Range gives its most likely value.

        Parameters
        ----------
        table : str
            One of materials, nodes, uses, makes, arcs, demands.
        name : str
            A field of its rows.

        Returns
        -------
        array of shape (rows,)
            In the unit of the field; not to be written to.
        """
        if (held := self._columns.get((table, name))) is None:
            values = (getattr(row, name) for row in getattr(self, table))
            held = np.array([v.likely if isinstance(v, Range) else v for v in values], dtype=float)
            held.flags.writeable = False
            self._columns[table, name] = held
        return held

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Floats]:
        """Columns that were asked for."""
        return {}

    def places(self, table: str, name: str) -> Ints:
        """Return a column of names as indices into `nodes` or `materials`.

        Parameters
        ----------
        table : str
            One of uses, makes, arcs, demands.
        name : str
            node, supplier, buyer or material.

        Returns
        -------
        array of int, shape (rows,)
            Into `materials` if the column is material, else into `nodes`; not to be written to.
        """
        if (held := self._places.get((table, name))) is None:
            index = self.material_index if name == "material" else self.node_index
            held = np.array([index[getattr(row, name)] for row in getattr(self, table)], dtype=np.intp)
            held.flags.writeable = False
            self._places[table, name] = held
        return held

    @cached_property
    def _places(self) -> dict[tuple[str, str], Ints]:
        """Likewise, of names."""
        return {}

    @cached_property
    def arc_use(self) -> Ints:
        """Row of `uses` that each arc feeds (arcs)."""
        index = {(u.node, u.material): i for i, u in enumerate(self.uses)}
        return np.array([index[a.buyer, a.material] for a in self.arcs], dtype=np.intp)

    @cached_property
    def arc_make(self) -> Ints:
        """Row of `makes` that each arc draws on (arcs)."""
        index = {(m.node, m.material): i for i, m in enumerate(self.makes)}
        return np.array([index[a.supplier, a.material] for a in self.arcs], dtype=np.intp)

    @cached_property
    def level(self) -> Floats:
        """Level of each node in normal times (nodes): demand, walked upstream.

        A node runs for the most wanted of its driving outputs. Loops (scrap) converge because each
        turn loses something.
        """
        use_node, make_node = self.places("uses", "node"), self.places("makes", "node")
        used, made = self.column("uses", "amount"), self.column("makes", "amount")
        driving = np.array([m.driving for m in self.makes], dtype=bool)
        share = self.column("arcs", "share")
        wanted = np.zeros(len(self.nodes))
        wanted[self.places("demands", "node")] = self.column("demands", "rate")
        level = wanted.copy()
        for _ in range(1000):
            before = level
            orders = np.bincount(
                self.arc_make, share * (used * level[use_node])[self.arc_use], minlength=len(self.makes)
            )
            level = wanted.copy()
            np.maximum.at(level, make_node[driving], (orders / made)[driving])
            if np.allclose(level, before, rtol=1e-12, atol=0):
                return level
        raise Fault("arcs", None, "share", "the amounts do not settle: a loop gives back all it takes")

    @cached_property
    def flow(self) -> Floats:
        """Flow on each arc in normal times, t a week (arcs)."""
        need = self.column("uses", "amount") * self.level[self.places("uses", "node")]
        return self.column("arcs", "share") * need[self.arc_use]

    def _check_capacity(self) -> None:
        for i, (node, level) in enumerate(zip(self.nodes, self.level, strict=True)):
            if level > node.capacity * (1 + TOLERANCE):
                raise Fault(
                    "nodes",
                    i,
                    "capacity",
                    f"{node.name} would have to run at {level:.6g} t a week, over its {node.capacity:.6g}",
                    "raise the capacity, or give its buyers other suppliers",
                )
        sold = np.bincount(self.arc_make, self.flow, minlength=len(self.makes))
        made = self.column("makes", "amount") * self.level[self.places("makes", "node")]
        for i, (make, out, gone) in enumerate(zip(self.makes, made, sold, strict=True)):
            if gone > out * (1 + TOLERANCE):
                raise Fault(
                    "makes",
                    i,
                    "amount",
                    f"{make.node} makes {out:.6g} t {make.material} a week beside its driving outputs, "
                    f"and {gone:.6g} t are ordered",
                    "make the output driving, or lower the shares bought here",
                )


def _check_numbers(network: Network) -> None:
    positive = {("uses", "amount"), ("makes", "amount"), ("materials", "spot")}
    at_most_one = {("arcs", "share"), ("uses", "saving"), ("demands", "deferred"), ("materials", "spot")}
    for table, kind in TABLES.items():
        for i, row in enumerate(getattr(network, table)):
            for name in (f.name for f in fields(kind)):
                value = getattr(row, name)
                least = value.low if isinstance(value, Range) else value
                if isinstance(least, str | bool) or not isinstance(least, int | float):
                    continue
                if not least >= 0:
                    raise Fault(table, i, name, f"{least:g} is below nought" if least < 0 else "not a number")
                if (table, name) in positive and not 0 < least < np.inf:
                    raise Fault(table, i, name, f"{least:g}: an amount is above nought and finite")
                if (table, name) in at_most_one and least > 1:
                    raise Fault(table, i, name, f"{least:g}: a share is at most 1")
                if name != "capacity" and not np.isfinite(least):
                    raise Fault(table, i, name, "not finite")


def _once(table: str, keys: Iterable[Any], column: str) -> None:
    seen = set()
    for i, key in enumerate(keys):
        if key in seen:
            named = " of ".join(reversed(key)) if isinstance(key, tuple) else key
            raise Fault(table, i, column, f"{named} is there twice")
        seen.add(key)


def _check_names(network: Network) -> None:
    if not network.demands:
        raise Fault("demands", None, "", "no end use: nothing would ever be made")
    _once("materials", (m.name for m in network.materials), "name")
    _once("nodes", (n.name for n in network.nodes), "name")
    _once("uses", ((u.node, u.material) for u in network.uses), "material")
    _once("makes", ((m.node, m.material) for m in network.makes), "material")
    _once("arcs", ((a.material, a.supplier, a.buyer) for a in network.arcs), "supplier")
    _once("demands", (d.node for d in network.demands), "node")
    nodes, materials = network.node_index, network.material_index
    for table in ("uses", "makes", "arcs", "demands"):
        for i, row in enumerate(getattr(network, table)):
            for column in ("node", "supplier", "buyer"):
                if (name := getattr(row, column, None)) is not None and name not in nodes:
                    raise Fault(table, i, column, f"unknown node {name!r}", suggestion(name, nodes))
            if (name := getattr(row, "material", None)) is not None and name not in materials:
                raise Fault(table, i, "material", f"unknown material {name!r}", suggestion(name, materials))
    makes = {(m.node, m.material) for m in network.makes}
    uses = {(u.node, u.material) for u in network.uses}
    for i, a in enumerate(network.arcs):
        if (a.supplier, a.material) not in makes:
            raise Fault("arcs", i, "supplier", f"{a.supplier} has no recipe that makes {a.material}")
        if (a.buyer, a.material) not in uses:
            raise Fault("arcs", i, "buyer", f"{a.buyer} has no recipe that takes {a.material}")
    working = {node for node, _ in makes | uses}
    ending = {d.node for d in network.demands}
    for i, node in enumerate(network.nodes):
        if node.name not in working and node.name not in ending:
            raise Fault("nodes", i, "name", f"{node.name} has no recipe: it neither takes nor makes anything")
    for i, d in enumerate(network.demands):
        if any(node == d.node for node, _ in makes):
            raise Fault(
                "demands", i, "node", f"{d.node} sells to other nodes; an end use is the last of its line"
            )


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a hint that names what may have been meant.

    Parameters
    ----------
    name : str
        An unknown one.
    known : iterable of str
        Those that there are.

    Returns
    -------
    str
        Empty if none is close.
    """
    held = list(known)
    close = [k for k in held if k.casefold() == name.casefold()] or get_close_matches(name, held, 1)
    return f"did you mean {close[0]}?" if close else ""


def _check_shares(network: Network) -> None:
    total = np.bincount(network.arc_use, network.column("arcs", "share"), minlength=len(network.uses))
    for i, (use, sum_) in enumerate(zip(network.uses, total, strict=True)):
        if abs(sum_ - 1) > TOLERANCE:
            raise Fault(
                "arcs",
                next((k for k, u in enumerate(network.arc_use) if u == i), None),
                "share",
                f"the shares of {use.node}'s suppliers of {use.material} add up to {sum_:.6g}, not 1",
                "" if sum_ else f"add an arc that brings {use.material} to {use.node}",
            )


def _check_elements(network: Network) -> None:
    if not network.elements:
        return
    n, e = len(network.nodes), len(network.elements)
    taken, given = np.zeros((n, e)), np.zeros((n, e))
    use_node, make_node = network.places("uses", "node"), network.places("makes", "node")
    np.add.at(
        taken,
        use_node,
        network.column("uses", "amount")[:, None] * network.content[network.places("uses", "material")],
    )
    out = network.column("makes", "amount")[:, None] * network.content[network.places("makes", "material")]
    np.add.at(given, make_node, out)
    has_inputs = np.isin(np.arange(n), use_node)
    for i in np.flatnonzero(has_inputs & np.any(given > taken * (1 + TOLERANCE) + 1e-12, axis=1)):
        k = int(np.argmax(given[i] - taken[i]))
        row = next(
            r for r, m in enumerate(network.makes) if m.node == network.nodes[i].name and out[r, k] > 0
        )
        raise Fault(
            "makes",
            row,
            "amount",
            f"{network.nodes[i].name} makes {given[i, k]:.6g} t {network.elements[k]} "
            f"out of {taken[i, k]:.6g} t",
            "lower what it makes or raise what it takes",
        )
    # A loop that loses nothing: every step of it passes on all it takes of an element, to one buyer.
    for k, element in enumerate(network.elements):
        whole = out[network.arc_make, k] >= taken[network.places("arcs", "supplier"), k] * (1 - 1e-9)
        whole &= (out[network.arc_make, k] > 0) & has_inputs[network.places("arcs", "supplier")]
        a, b = network.places("arcs", "supplier")[whole], network.places("arcs", "buyer")[whole]
        graph = scipy.sparse.csr_array((np.ones(len(a)), (a, b)), shape=(n, n))
        count, part = scipy.sparse.csgraph.connected_components(graph, connection="strong")
        for loop in range(count if len(a) else 0):
            inside = np.flatnonzero(part == loop)
            if len(inside) > 1 or np.any((a == b) & (a == inside[0])):
                names = ", ".join(network.nodes[i].name for i in inside[:4])
                row = int(np.flatnonzero(whole & np.isin(network.places("arcs", "supplier"), inside))[0])
                raise Fault(
                    "arcs", row, "", f"a loop without yield loss: {names} pass on all their {element}"
                )


def usual_lead(
    network: Network, origin: tuple[str, str], goal: tuple[str, str], material: str, buyer: str = ""
) -> Range:
    """Return how long goods are on the way between two places, as other arcs have it.

    Parameters
    ----------
    network : Network
        Checked tables.
    origin, goal : tuple of str
        Country and region.
    material : str
        If nothing goes between the places or their regions, the longest lead that any of it has counts.
    buyer : str
        A node: in that case the longest lead of what it gets of it.

    Returns
    -------
    Range
        Weeks from dispatch to arrival.
    """
    ends = [
        (network.nodes[network.node_index[a.supplier]], network.nodes[network.node_index[a.buyer]], a)
        for a in network.arcs
    ]
    for fits in (
        [a for one, other, a in ends if (one.country, other.country) == (origin[0], goal[0])],
        [a for one, other, a in ends if (one.region, other.region) == (origin[1], goal[1])],
    ):
        if fits:
            return fits[0].lead
    leads = [a.lead for a in network.arcs if a.material == material and buyer in ("", a.buyer)]
    return max(leads, key=lambda r: r.likely, default=A_FORTNIGHT)


# --- choosing nodes and arcs by what they are

NODE_FIELDS = ("node", "stage", "country", "region", "operator")
ARC_FIELDS = (
    *(f"{side}_{name}" for side in ("from", "to") for name in NODE_FIELDS),
    "material",
    "element",
    "abroad",
)
USE_FIELDS = (*NODE_FIELDS, "material", "element")
Where = Mapping[str, Sequence[str]]


def chosen_nodes(network: Network, where: Where) -> Ints:
    """Return the nodes that names choose.

    Parameters
    ----------
    network : Network
        Checked tables.
    where : mapping of str to sequence of str
        Names by field; all fields must fit, any of a field's names will do.

    Returns
    -------
    array of int
        Indices into `nodes`, ascending.

    Raises
    ------
    UserError
        For a field or name that is unknown, and if nobody is all of them.
    """
    asked = [name for name in NODE_FIELDS if name in where]
    return _chosen(where, NODE_FIELDS, [_of_node(n, asked) for n in network.nodes], "node")


def chosen_uses(network: Network, where: Where) -> Ints:
    """Return the inputs that names choose, by node, material and the elements it contains.

    Parameters
    ----------
    network : Network
        Checked tables.
    where : mapping of str to sequence of str
        Names by field; all fields must fit, any of a field's names will do.

    Returns
    -------
    array of int
        Indices into `uses`, ascending.

    Raises
    ------
    UserError
        For a field or name that is unknown, and if nobody is all of them.
    """
    rows = [
        _of_node(network.nodes[network.node_index[u.node]]) | _of_material(network, u.material)
        for u in network.uses
    ]
    return _chosen(where, USE_FIELDS, rows, "input")


def chosen_arcs(network: Network, where: Where) -> Ints:
    """Return the arcs that names choose, by both ends' node fields, material and elements.

    A `from_` and a `to_` of the same country mean its inner trade; an export is written as
    from_country together with `abroad: yes`.

    Parameters
    ----------
    network : Network
        Checked tables.
    where : mapping of str to sequence of str
        Names by field; all fields must fit, any of a field's names will do.

    Returns
    -------
    array of int
        Indices into `arcs`, ascending.

    Raises
    ------
    UserError
        For a field or name that is unknown, and if no arc is all of them.
    """
    rows = []
    for arc in network.arcs:
        ends = [network.nodes[network.node_index[name]] for name in (arc.supplier, arc.buyer)]
        row = {f"from_{k}": v for k, v in _of_node(ends[0]).items()}
        row |= {f"to_{k}": v for k, v in _of_node(ends[1]).items()}
        row["abroad"] = {"no" if ends[0].country == ends[1].country else "yes"}
        rows.append(row | _of_material(network, arc.material))
    return _chosen(where, ARC_FIELDS, rows, "arc")


def _of_node(node: Node, fields: Sequence[str] = NODE_FIELDS) -> dict[str, set[str]]:
    return {name: {node.name if name == "node" else getattr(node, name)} for name in fields}


def _of_material(network: Network, name: str) -> dict[str, set[str]]:
    material = network.materials[network.material_index[name]]
    return {"material": {name}, "element": {e for e, share in material.content.items() if share > 0}}


def _chosen(where: Where, allowed: tuple[str, ...], rows: list[dict[str, set[str]]], what: str) -> Ints:
    for name, values in where.items():
        if name not in allowed:
            raise UserError(f"{what}s are not chosen by {name!r}", hint=f"one of {', '.join(allowed)}")
        known = {v for row in rows for v in row[name]}
        for value in values:
            if value not in known:
                raise UserError(f"{name}: nobody is called {value!r}", hint=suggestion(value, known))
    found = [i for i, row in enumerate(rows) if all(row[k] & set(v) for k, v in where.items())]
    if not found:
        raise UserError(
            f"no {what} is all of " + ", ".join(f"{k} {' or '.join(v)}" for k, v in where.items())
        )
    return np.array(found, dtype=np.intp)
