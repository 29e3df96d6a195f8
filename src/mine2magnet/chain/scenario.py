"""What happens and what is done about it: events, mitigations, and the draws of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain.network import Floats, Ints, Network, Where, chosen_arcs, chosen_nodes, chosen_uses
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

NOUGHT, ONE, FOREVER = Range(0, 0, 0), Range(1, 1, 1), Range(np.inf, np.inf, np.inf)
ON_NODES = ("outage", "quota")  # both take away a share of capacity
ON_ARCS = ("embargo", "licence", "tariff", "delay")
EVENTS = (*ON_NODES, *ON_ARCS, "demand")
REVIEW = Range(45 / 7, 45 / 7, 60 / 7)  # weeks: 45 days by law, 45-60 in practice (Dura Magnetics, 2025)
HOARDING = Range(0.0, 0.5, 1.0)  # no source; the range from none to double orders
MITIGATIONS = ("stockpile", "priority", "substitution", "capacity", "prebuild")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens from week `start` for `weeks` weeks to those that `where` names.

    - outage, quota: `strength` is the share of capacity lost; nodes come back over their ramp.
    - embargo: `strength` is the share of shipments that does not leave.
    - licence: of what normally leaves the share `strength` needs a licence, as does all beyond it.
      Applications are decided after `processing` weeks; the desk decides in a week at most `desk`
      times normal weekly trade, and grants `approval` of it. The rest stands over to another round of
      the same length (of 141 applications that the EU Chamber followed in 2025, 19 were granted, 121
      pending and 1 refused).
    - tariff: `strength` is the rate on the value.
    - delay: `strength` is weeks added to transport.
    - demand: `strength` is the share by which end uses want more.
    """

    kind: str
    where: Where
    start: Range = NOUGHT
    weeks: Range = FOREVER
    strength: Range = ONE
    processing: Range = REVIEW
    approval: Range = ONE
    desk: Range = FOREVER
    name: str = ""
    evidence: tuple[str, ...] = ()  # who says so, in words

    def __post_init__(self) -> None:
        if self.kind not in EVENTS:
            raise UserError(f"unknown event {self.kind!r}", hint=f"one of {', '.join(EVENTS)}")
        for what in ("start", "weeks", "strength", "processing", "approval", "desk"):
            if getattr(self, what).low < 0:
                raise UserError(f"{self.kind}: {what} is below nought")
        if self.kind in (*ON_NODES, "embargo", "licence") and self.strength.high > 1:
            raise UserError(f"{self.kind}: strength is a share, at most 1, not {self.strength.high:g}")
        if self.approval.high > 1:
            raise UserError(f"{self.kind}: approval is a share, at most 1, not {self.approval.high:g}")

    @property
    def label(self) -> str:
        return self.name or _described(self.kind, self.where)


@dataclass(frozen=True, slots=True)
class Mitigation:
    """Something done about it, from week `start`, growing over `ramp` weeks, by those that `where` names.

    - stockpile: buyers hold `amount` weeks of need in reserve at week 0, touched only when their own
      stock would stop them.
    - priority: suppliers serve end uses in the order of their `priority`, instead of pro rata.
    - substitution: up to `amount` of an input is designed out (grain-boundary diffusion, Dy-lean
      grades, ferrite, SmCo, magnet-free motors), beginning at `start` whether or not supply is short.
    - capacity: `amount` t a week more (new plants, recycling).
    - prebuild: buyers aim to hold (1 + `amount`) times their usual cover from `start` on.
    """

    kind: str
    where: Where = field(default_factory=dict)
    amount: float = 0.0
    start: float = 0.0
    ramp: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MITIGATIONS:
            raise UserError(f"unknown mitigation {self.kind!r}", hint=f"one of {', '.join(MITIGATIONS)}")
        for what in ("amount", "start", "ramp"):
            if not getattr(self, what) >= 0:
                raise UserError(f"{self.kind}: {what} is below nought")
        if self.kind == "substitution" and self.amount > 1:
            raise UserError(f"substitution: amount is a share, at most 1, not {self.amount:g}")

    @property
    def label(self) -> str:
        return self.name or _described(self.kind, self.where)


@dataclass(frozen=True, slots=True)
class Cover:
    """The inputs that `where` names are held for `weeks` weeks of use, whatever the network's tables say."""

    where: Where
    weeks: Range
    name: str = ""
    evidence: tuple[str, ...] = ()  # who says so, in words

    def __post_init__(self) -> None:
        if self.weeks.low < 0:
            raise UserError("cover: weeks is below nought")

    @property
    def label(self) -> str:
        return self.name or _described("cover", self.where)


def _described(kind: str, where: Where) -> str:
    named = ", ".join(v for k, values in where.items() if k != "abroad" for v in values)
    return f"{kind}: {named}" if named else kind


@dataclass(frozen=True, slots=True)
class Scenario:
    """Events and mitigations over `weeks` weeks, stocks as they stand before, and how people behave.

    `stop_share`: an end use has stopped in a week in which it makes less than this share of what is
    wanted. `hoarding`: buyers short of supply aim for up to (1 + hoarding) times their usual stock.
    `price_cap`: the largest multiple of the normal price.
    """

    name: str
    events: tuple[Event, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    covers: tuple[Cover, ...] = ()
    weeks: int = 104
    seed: int = 0
    stop_share: float = 0.5
    hoarding: Range = HOARDING
    price_cap: float = 10.0

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= 5200:
            raise UserError(f"weeks: {self.weeks} is not between 1 and 5200")
        if not 0 < self.stop_share <= 1:
            raise UserError(f"stop_share: {self.stop_share:g} is not above 0 and at most 1")

    def with_(self, *mitigations: Mitigation) -> Scenario:
        return replace(self, mitigations=(*self.mitigations, *mitigations))


@dataclass(frozen=True, slots=True)
class Draws:
    """One column a scenario (S): everything that differs between the draws of an ensemble.

    Covers and leads are in weeks; `events` maps each quantity of an event to (events × S).
    """

    cover_in: Floats  # uses × S
    cover_out: Floats  # makes × S
    lead: NDArray[np.int64]  # arcs × S
    elasticity: Floats  # materials × S
    hoarding: Floats  # S
    recipe: Floats  # uses × S, multiples of the amount
    events: Mapping[str, Floats]

    @property
    def size(self) -> int:
        return len(self.hoarding)

    def part(self, columns: slice | Ints) -> Draws:
        return Draws(
            self.cover_in[:, columns],
            self.cover_out[:, columns],
            self.lead[:, columns],
            self.elasticity[:, columns],
            self.hoarding[columns],
            self.recipe[:, columns],
            {k: v[:, columns] for k, v in self.events.items()},
        )


def _covers(network: Network, scenario: Scenario) -> list[Range]:
    """Of each row of `uses`; of several that name it, the scenario's last counts."""
    ranges = [use.cover for use in network.uses]
    for cover in scenario.covers:
        try:
            for i in chosen_uses(network, cover.where):
                ranges[i] = cover.weeks
        except UserError as error:
            raise UserError(error.what, where=cover.label, hint=error.hint) from error
    return ranges


QUANTITIES = ("start", "weeks", "strength", "processing", "approval", "desk")


def draw(network: Network, scenario: Scenario, size: int) -> Draws:
    """`size` draws, the same for the same seed. With size 0, one draw of all most likely values.

    Covers share one quantile per stage and region, leads one per pair of regions, recipes one per stage
    and material: a source that is wrong about one plant's stock is as wrong about its neighbour's, so
    errors do not average out.
    """
    generator = np.random.default_rng(scenario.seed)

    def u(n: int) -> Floats:
        return generator.random((n, size)) if size else np.full((n, 1), np.nan)

    def by_group(keys: list[tuple[str, ...]], ranges: list[Range]) -> Floats:
        groups = {k: i for i, k in enumerate(dict.fromkeys(keys))}
        quantiles = u(len(groups))
        return np.array([r.at(quantiles[groups[k]]) for k, r in zip(keys, ranges, strict=True)]).reshape(
            len(keys), max(size, 1)
        )

    def place(name: str) -> tuple[str, str]:
        node = network.nodes[network.node_index[name]]
        return node.stage, node.region

    cover_in = by_group([place(x.node) for x in network.uses], _covers(network, scenario))
    cover_out = by_group([place(x.node) for x in network.makes], [x.cover for x in network.makes])
    lead = by_group(
        [(place(a.supplier)[1], place(a.buyer)[1]) for a in network.arcs], [a.lead for a in network.arcs]
    )
    quantiles = u(len(network.materials))
    elasticity = np.array([m.elasticity.at(q) for m, q in zip(network.materials, quantiles, strict=True)])
    hoarding = scenario.hoarding.at(u(1)[0])
    events = {
        name: np.array([getattr(e, name).at(u(1)[0]) for e in scenario.events]).reshape(
            len(scenario.events), max(size, 1)
        )
        for name in QUANTITIES
    }
    recipe = by_group(
        [(place(x.node)[0], x.material) for x in network.uses], [x.spread for x in network.uses]
    )
    return Draws(cover_in, cover_out, np.rint(lead).astype(np.int64), elasticity, hoarding, recipe, events)


def targets(network: Network, event: Event) -> Ints:
    """Indices of the nodes (outage, quota, demand) or arcs that an event acts on.

    Raises UserError, naming the event, if it names nobody or end uses that are none.
    """
    if not event.where:
        raise UserError(f"the {event.kind} names nobody", where=event.name, hint="say whom under `where`")
    try:
        if event.kind in ON_ARCS:
            return chosen_arcs(network, event.where)
        found = chosen_nodes(network, event.where)
    except UserError as error:
        raise UserError(error.what, where=event.label, hint=error.hint) from error
    if event.kind == "demand":
        found = np.intersect1d(found, network.places("demands", "node"))
        if not len(found):
            raise UserError("a demand event names end uses; these nodes are none", where=event.label)
    return found


def touched(network: Network, mitigation: Mitigation) -> Ints:
    """Indices of the uses, or for more capacity the nodes, that a mitigation acts on."""
    try:
        if mitigation.kind == "capacity":
            return chosen_nodes(network, mitigation.where)
        return chosen_uses(network, mitigation.where)
    except UserError as error:
        raise UserError(error.what, where=mitigation.label, hint=error.hint) from error
