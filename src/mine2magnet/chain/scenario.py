"""What happens and what is done about it: events, mitigations, and the draws of an ensemble.

A scenario is declared here for files, forms, requests, the command line and notebooks alike: names, units,
limits, defaults and help stand on the fields, and `core.decode` reads plain values as these types.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from mine2magnet.chain.network import Floats, Ints, Network, Where, chosen_arcs, chosen_nodes, chosen_uses
from mine2magnet.core.decode import decode, fields_of, refuse
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.model.draws import DRAWS
from mine2magnet.model.ranges import Range

if TYPE_CHECKING:
    from mine2magnet.charts.frames import OutcomeFrames

NOUGHT, ONE, FOREVER = Range(0, 0, 0), Range(1, 1, 1), Range(np.inf, np.inf, np.inf)
ON_NODES = ("outage", "quota")  # both take away a share of capacity
ON_ARCS = ("embargo", "licence", "tariff", "delay")
ON_PRICES = ("floor", "ceiling")
LIMITS = {
    "embargo": ("flow", "orders", "capacity", "approvals"),
    "outage": ("capacity",),
    "quota": ("capacity",),
    "licence": ("approvals",),
}  # what an event can limit; the first unless said
REVIEW = Range(45 / 7, 45 / 7, 60 / 7)  # weeks: 45 days by law, 45-60 in practice (Dura Magnetics, 2025)
HOARDING = Range(0.0, 0.5, 1.0)  # no source; the range from none to double orders
HORIZON = 26.0  # weeks; fitted on spring 2025 (docs/chain.md)
LONGEST = 5200  # weeks; a century

_WEEKS = {"unit": "week", "ge": 0, "le": LONGEST}
Weeks: TypeAlias = Annotated[Range, Meta(extra=_WEEKS, examples=[[2, 6], "45 days"])]
Share: TypeAlias = Annotated[Range, Meta(extra={"unit": "share", "ge": 0, "le": 1}, examples=[[0.1, 0.25]])]
Multiple: TypeAlias = Annotated[Range, Meta(extra={"unit": "multiple", "ge": 0, "le": 100_000})]
PointWeeks: TypeAlias = Annotated[float, Meta(ge=0, le=LONGEST, extra={"unit": "week"})]
Label: TypeAlias = Annotated[str, Meta(max_length=200, description="What it is called in reports.")]
Evidence: TypeAlias = Annotated[
    tuple[str, ...], Meta(max_length=1000, description="Who says so, in words, kept with the scenario.")
]
Named: TypeAlias = Annotated[
    Mapping[
        Annotated[str, Meta(max_length=40)],
        Annotated[
            tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...],
            Meta(min_length=1, max_length=1000, extra={"one_or_many": True}),
        ],
    ],
    Meta(
        description="Whom it is about: names by node, stage, country, region, operator, material, "
        "element; of shipments by from_ and to_ these, and abroad. All must hold.",
        examples=[{"stage": ["separation"], "country": ["China"]}],
    ),
]


class _Checked(Input, frozen=True):
    """Input that keeps to the limits of its fields however it is made."""

    def __post_init__(self) -> None:
        for name, field in fields_of(type(self)).items():
            decode(field.type, getattr(self, field.name), name)


class Change(_Checked, frozen=True):
    """From `after` weeks into an event on, what is given here holds; the rest stays as it was."""

    after: Annotated[PointWeeks, Meta(description="Weeks after the event's start.")]
    strength: Annotated[Multiple | None, Meta(description="As of the event.")] = None
    processing: Annotated[Weeks | None, Meta(description="As of the event.")] = None
    approval: Annotated[Share | None, Meta(description="As of the event.")] = None
    desk: Annotated[Multiple | None, Meta(description="As of the event.")] = None


class Event(_Checked, frozen=True):
    """Something that happens from week `start` for `weeks` weeks to those that `where` names.

    - outage, quota: `strength` is the share of capacity lost; nodes come back over their ramp.
    - embargo: `strength` is the share that does not leave, of what `limits` says: of each normal
      *flow* (whatever is ordered), of *orders*, of what the supplier's *capacity* could send, or of what
      buyers use now (*approvals*: nothing for stocks). Goods under way arrive.
    - licence: of what normally leaves the share `strength` needs a licence, as does all beyond it.
      Applications are decided after `processing` weeks; the desk decides in a week at most `desk`
      times normal weekly trade, and grants `approval` of it. The rest stands over to another round of
      the same length, of a week at least (of 141 applications that the EU Chamber followed in 2025, 19
      were granted, 121 pending and 1 refused).
    - tariff: `strength` is the rate on the value.
    - delay: `strength` is weeks added to transport.
    - demand: `strength` is the share by which end uses want more.
    - floor, ceiling: `strength` is the multiple of the normal price below or above which that of what
      `where` names (inputs: by their buyers, material, element) does not go.

    Buyers stock up from week `announced` on; `changes` alter an embargo or a licence while it lasts.
    """

    kind: Annotated[
        Literal["outage", "quota", "embargo", "licence", "tariff", "delay", "demand", "floor", "ceiling"],
        Meta(description="What happens."),
    ]
    where: Named
    start: Annotated[Weeks, Meta(description="The week in which it begins.")] = NOUGHT
    weeks: Annotated[Weeks | None, Meta(description="How long it lasts; without it, to the end.")] = None
    strength: Annotated[
        Multiple,
        Meta(
            description="outage, quota: share of capacity lost; embargo: share that does not leave; licence: "
            "share of trade that needs one; tariff: rate; delay: weeks; demand: share by which it rises; "
            "floor, ceiling: multiple of the normal price."
        ),
    ] = ONE
    processing: Annotated[Weeks, Meta(description="licence: until an application is decided.")] = REVIEW
    approval: Annotated[Share, Meta(description="licence: what a round grants.")] = ONE
    desk: Annotated[
        Multiple | None,
        Meta(description="licence: decided in a week, of normal weekly trade; without it, all that waits."),
    ] = None
    limits: Annotated[
        Literal["flow", "orders", "capacity", "approvals"] | None,
        Meta(
            description="What strength is a share of. embargo: flow (unless said), orders, capacity or "
            "approvals; outage, quota: capacity; licence: approvals."
        ),
    ] = None
    announced: Annotated[
        Weeks | None,
        Meta(description="The week from which buyers know of it and stock up; without it, they do not."),
    ] = None
    changes: Annotated[
        tuple[Change, ...],
        Meta(max_length=20, description="embargo, licence: other values later on, the earliest first."),
    ] = ()
    name: Label = ""
    evidence: Evidence = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind in (*ON_NODES, "embargo", "licence"):
            share = f"the strength of {self.kind} is a share, at most 1"
            for given in (self.strength, *(c.strength for c in self.changes if c.strength is not None)):
                if given.high > 1:
                    refuse(f"{given.high:g} is out of range", "strength", share)
        if self.limits is not None and self.limits not in LIMITS.get(self.kind, ()):
            can = ", ".join(LIMITS.get(self.kind, ())) or "nothing of these"
            refuse(f"{self.kind} does not limit {self.limits}", "limits", f"it limits {can}")
        if self.changes and self.kind not in ("embargo", "licence"):
            refuse(f"{self.kind} does not change", "changes", "an embargo or a licence does")
        if any(b.after <= a.after for a, b in pairwise(self.changes)):
            refuse("changes come one after another", "changes", "the earliest first")

    @property
    def limited(self) -> str:
        """The quantity that the event limits, or nothing."""
        return self.limits or LIMITS.get(self.kind, ("",))[0]

    @property
    def label(self) -> str:
        """The event's name, or what it is and to whom."""
        return self.name or _described(self.kind, self.where)


class Mitigation(_Checked, frozen=True):
    """Something done about it, from week `start`, growing over `ramp` weeks, by those that `where` names.

    - stockpile: buyers hold `amount` weeks of need in reserve at week 0, touched only when their own
      stock would stop them.
    - priority: suppliers serve end uses in the order of their `priority`, instead of pro rata.
    - substitution: up to `amount` of an input is designed out (grain-boundary diffusion, Dy-lean
      grades, ferrite, SmCo, magnet-free motors), beginning at `start` whether or not supply is short.
    - capacity: `amount` t a week more (new plants, recycling).
    - prebuild: buyers aim to hold (1 + `amount`) times their usual cover from `start` on.
    """

    kind: Annotated[
        Literal["stockpile", "priority", "substitution", "capacity", "prebuild"],
        Meta(description="What is done."),
    ]
    where: Named = msgspec.field(default_factory=dict)
    amount: Annotated[
        float,
        Meta(
            ge=0,
            le=1e9,
            description="stockpile: weeks of need; substitution: share of the input; capacity: t a week; "
            "prebuild: share of the usual cover on top.",
        ),
    ] = 0.0
    start: Annotated[PointWeeks, Meta(description="The week in which it begins.")] = 0.0
    ramp: Annotated[PointWeeks, Meta(description="From there until it is whole.")] = 0.0
    name: Label = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind == "substitution" and self.amount > 1:
            refuse(f"{self.amount:g} is out of range", "amount", "of substitution it is a share, at most 1")

    @property
    def label(self) -> str:
        """The mitigation's name, or what it is and by whom."""
        return self.name or _described(self.kind, self.where)


class Cover(_Checked, frozen=True):
    """The inputs that `where` names are held for `weeks` weeks of use, whatever the network's tables say."""

    where: Named
    weeks: Annotated[Weeks, Meta(description="How many weeks of use are held.")]
    name: Label = ""
    evidence: Evidence = ()

    @property
    def label(self) -> str:
        """The cover's name, or whose it is."""
        return self.name or _described("cover", self.where)


def _described(kind: str, where: Where) -> str:
    named = ", ".join(v for k, values in where.items() if k != "abroad" for v in values)
    return f"{kind}: {named}" if named else kind


class Scenario(_Checked, frozen=True):
    """Events and mitigations over `weeks` weeks, stocks as they stand before, and how people behave."""

    name: Annotated[str, Meta(max_length=200, description="In a sentence.")] = "scenario"
    events: Annotated[tuple[Event, ...], Meta(max_length=100, description="What happens.")] = ()
    mitigations: Annotated[
        tuple[Mitigation, ...], Meta(max_length=100, description="What is done about it.")
    ] = ()
    covers: Annotated[
        tuple[Cover, ...],
        Meta(max_length=100, description="Stocks before anything happens, in place of the network's."),
    ] = ()
    weeks: Annotated[
        int, Meta(ge=1, le=LONGEST, description="How long it is followed.", extra={"unit": "week"})
    ] = 104
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1, description="Other draws with another one.")] = 0
    stop_share: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="An end use that makes less of what is wanted has stopped.",
            extra={"unit": "share"},
        ),
    ] = 0.5
    hoarding: Annotated[
        Multiple, Meta(description="Buyers short of supply aim for up to 1 + this times their usual stock.")
    ] = HOARDING
    horizon: Annotated[
        float,
        Meta(
            ge=1,
            le=520,
            description="How far prices look ahead where no end is announced: stocks are spread over it.",
            extra={"unit": "week"},
        ),
    ] = HORIZON

    def with_(self, *mitigations: Mitigation) -> Scenario:
        """Return the scenario with these mitigations after its own.

        Parameters
        ----------
        *mitigations : Mitigation
            In the order in which they are to stand.

        Returns
        -------
        Scenario
            A new one.
        """
        return msgspec.structs.replace(self, mitigations=(*self.mitigations, *mitigations))

    def run(self, network: Network | None = None, draws: int = DRAWS) -> OutcomeFrames:
        """Return what comes of the scenario, as frames: end uses, prices, served, draws, weeks, stages.

        Units stand in the names of columns; `plot()` of what is returned shows the page's charts.

        Parameters
        ----------
        network : Network
            Checked tables; without them, the built-in network.
        draws : int
            Number of draws; 0: one, all values most likely.

        Raises
        ------
        UserError
            If polars is not there, or the scenario names what the network does not have.
        """
        from mine2magnet.chain.io import tables
        from mine2magnet.chain.report import files
        from mine2magnet.core.progress import notebook_bar

        with notebook_bar(f"running {draws} draws of {self.weeks} weeks"):
            return files.frames(tables.built_in() if network is None else network, self, draws)


@dataclass(frozen=True, slots=True)
class Draws:
    """One column a scenario (S): everything that differs between the draws of an ensemble.

    Covers and leads are in weeks; `events` maps each quantity of an event to (events × S), `changes`
    those that later hold, NaN where nothing changes, to (changes of all events in turn × S).
    """

    cover_in: Floats  # uses × S
    cover_out: Floats  # makes × S
    lead: NDArray[np.int64]  # arcs × S
    elasticity: Floats  # materials × S; NaN: that of the end uses
    hoarding: Floats  # S
    recipe: Floats  # uses × S, multiples of the amount
    events: Mapping[str, Floats]
    changes: Mapping[str, Floats] = dataclasses.field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of draws, S."""
        return len(self.hoarding)

    def part(self, columns: slice | Ints) -> Draws:
        """Return some of the draws.

        Parameters
        ----------
        columns : slice or array of int
            Which of the S columns.

        Returns
        -------
        Draws
            These columns, in this order.
        """
        return Draws(
            self.cover_in[:, columns],
            self.cover_out[:, columns],
            self.lead[:, columns],
            self.elasticity[:, columns],
            self.hoarding[columns],
            self.recipe[:, columns],
            {k: v[:, columns] for k, v in self.events.items()},
            {k: v[:, columns] for k, v in self.changes.items()},
        )


def _covers(network: Network, scenario: Scenario) -> list[Range]:
    """Return the cover of each row of `uses`; of several that name it, the scenario's last counts."""
    ranges = [use.cover for use in network.uses]
    for cover in scenario.covers:
        try:
            for i in chosen_uses(network, cover.where):
                ranges[i] = cover.weeks
        except UserError as error:
            raise UserError(error.what, where=cover.label, hint=error.hint) from error
    return ranges


QUANTITIES = ("start", "weeks", "strength", "processing", "approval", "desk")
CHANGING = ("strength", "processing", "approval", "desk")


def draw(network: Network, scenario: Scenario, size: int, quantile: float = np.nan) -> Draws:
    """Draw what differs between the runs of an ensemble, the same for the same seed.

    Covers share one quantile per stage and region, leads one per pair of regions, recipes one per stage
    and material: a source that is wrong about one plant's stock is as wrong about its neighbour's, so
    errors do not average out.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    size : int
        Number of draws, each a column; 0: one draw of all most likely values.
    quantile : float
        Of every range, if the size is 0, in place of the most likely values.
    """
    quantiles = _Quantiles(np.random.default_rng(scenario.seed), size, quantile)
    node = [(n.stage, n.region) for n in network.nodes]
    uses, makes, suppliers, buyers = (
        network.places(table, name).tolist()
        for table, name in (("uses", "node"), ("makes", "node"), ("arcs", "supplier"), ("arcs", "buyer"))
    )
    between = [(node[a][1], node[b][1]) for a, b in zip(suppliers, buyers, strict=True)]
    of_stage = [(node[n][0], x.material) for n, x in zip(uses, network.uses, strict=True)]
    # In this order, so that a seed's draws stay what they were.
    cover_in = quantiles.by_group([node[n] for n in uses], _covers(network, scenario))
    cover_out = quantiles.by_group([node[n] for n in makes], [x.cover for x in network.makes])
    lead = quantiles.by_group(between, [a.lead for a in network.arcs], whole=True)
    elasticity = quantiles.each([m.elasticity for m in network.materials])
    (hoarding,) = quantiles.each([scenario.hoarding])
    events = {name: quantiles.each([_quantity(e, name) for e in scenario.events]) for name in QUANTITIES}
    recipe = quantiles.by_group(of_stage, [x.spread for x in network.uses])
    events["announced"] = quantiles.each([_quantity(e, "announced") for e in scenario.events])
    later = [c for e in scenario.events for c in e.changes]
    changes = {name: quantiles.each([getattr(c, name) for c in later], spare=True) for name in CHANGING}
    return Draws(cover_in, cover_out, lead, elasticity, hoarding, recipe, events, changes)


@dataclass(frozen=True, slots=True)
class _Quantiles:
    """Quantiles one after another: drawn, or without draws the one given."""

    generator: np.random.Generator
    size: int
    given: float

    def take(self, rows: int) -> Floats:
        """The next (rows × S)."""
        if self.size:
            return self.generator.random((rows, self.size))
        return np.full((rows, 1), self.given)

    def by_group(
        self, keys: Sequence[tuple[str, ...]], ranges: Sequence[Range], whole: bool = False
    ) -> NDArray[Any]:
        """Values of ranges, a quantile to each group: rows that share group and range are the same."""
        groups = {key: k for k, key in enumerate(dict.fromkeys(keys))}
        kinds = {kind: k for k, kind in enumerate(dict.fromkeys(zip(keys, ranges, strict=True)))}
        quantiles = self.take(len(groups))
        size = max(self.size, 1)
        if all(r.low == r.high for _, r in kinds):  # the same in all draws: held once
            only: NDArray[Any] = np.array([r.likely for r in ranges], dtype=float)[:, None]
            return np.broadcast_to(np.rint(only).astype(np.int64) if whole else only, (len(only), size))
        drawn = np.array([r.at(quantiles[groups[k]]) for k, r in kinds], dtype=float)
        drawn = np.rint(drawn).astype(np.int64) if whole else drawn
        rows = [kinds[kind] for kind in zip(keys, ranges, strict=True)]
        return drawn.reshape(len(kinds), size)[rows]

    def each(self, ranges: Sequence[Range | None], spare: bool = False) -> Floats:
        """Values of the ranges, a quantile to each, NaN without a range; `spare` takes none for these."""
        none = np.full(max(self.size, 1), np.nan)
        found = []
        for r in ranges:
            quantile = none if spare and r is None else self.take(1)[0]
            found.append(none if r is None else r.at(quantile))
        return np.array(found, dtype=float).reshape(len(ranges), max(self.size, 1))


def _quantity(event: Event, name: str) -> Range:
    held: Range | None = getattr(event, name)
    return FOREVER if held is None else held


def targets(network: Network, event: Event) -> Ints:
    """Return the nodes (outage, quota, demand), arcs or inputs (floor, ceiling) that an event acts on.

    Parameters
    ----------
    network : Network
        Checked tables.
    event : Event
        Of the scenario.

    Returns
    -------
    array of int
        Indices into `nodes`, `arcs` or `uses`.

    Raises
    ------
    UserError
        Naming the event, if it names nobody or end uses that are none.
    """
    if not event.where:
        raise UserError(f"the {event.kind} names nobody", where=event.name, hint="say whom under `where`")
    try:
        if event.kind in ON_ARCS:
            return chosen_arcs(network, event.where)
        if event.kind in ON_PRICES:
            return chosen_uses(network, event.where)
        found = chosen_nodes(network, event.where)
    except UserError as error:
        raise UserError(error.what, where=event.label, hint=error.hint) from error
    if event.kind == "demand":
        found = np.intersect1d(found, network.places("demands", "node"))
        if not len(found):
            raise UserError("a demand event names end uses; these nodes are none", where=event.label)
    return found


def touched(network: Network, mitigation: Mitigation) -> Ints:
    """Return the inputs, or for more capacity the nodes, that a mitigation acts on.

    Parameters
    ----------
    network : Network
        Checked tables.
    mitigation : Mitigation
        Of the scenario.

    Returns
    -------
    array of int
        Indices into `uses` or `nodes`.

    Raises
    ------
    UserError
        Naming the mitigation, if it names nobody.
    """
    try:
        if mitigation.kind == "capacity":
            return chosen_nodes(network, mitigation.where)
        return chosen_uses(network, mitigation.where)
    except UserError as error:
        raise UserError(error.what, where=mitigation.label, hint=error.hint) from error


def fitting(network: Network, scenario: Scenario) -> Scenario:
    """Return what of a scenario concerns a network: names that it does not have are left out.

    Parameters
    ----------
    network : Network
        One's own, for which the scenario was not written.
    scenario : Scenario
        Of another network.

    Returns
    -------
    Scenario
        With the events, mitigations and covers that still name somebody.

    Raises
    ------
    UserError
        If no event does.
    """
    events = tuple(e for event in scenario.events if (e := _fitted(network, event, event.kind)) is not None)
    if scenario.events and not events:
        raise UserError(
            "none of its events concerns anybody in this network",
            where=scenario.name,
            hint="write a scenario that names your nodes, countries or materials; see docs/chain.md",
        )
    done = fitting_mitigations(network, scenario.mitigations)
    covers = tuple(c for cover in scenario.covers if (c := _fitted(network, cover, "cover")) is not None)
    return msgspec.structs.replace(scenario, events=events, mitigations=done, covers=covers)


def fitting_mitigations(network: Network, mitigations: tuple[Mitigation, ...]) -> tuple[Mitigation, ...]:
    """Return the mitigations that concern a network, as `fitting` does.

    Parameters
    ----------
    network : Network
        One's own.
    mitigations : tuple of Mitigation
        Written for another.

    Returns
    -------
    tuple of Mitigation
        Those that name somebody in it.
    """
    return tuple(m for one in mitigations if (m := _fitted(network, one, one.kind)) is not None)


_Aimed = TypeVar("_Aimed", Event, Mitigation, Cover)


def _fitted(network: Network, aimed: _Aimed, kind: str) -> _Aimed | None:
    """An event, mitigation or cover with the names that the network has, or nothing if none is left."""
    if kind == "priority":
        return aimed
    on_nodes = kind in (*ON_NODES, "demand", "capacity")
    chosen = chosen_arcs if kind in ON_ARCS else chosen_nodes if on_nodes else chosen_uses

    def somebody(where: Where) -> bool:
        try:
            return bool(len(chosen(network, where)))
        except UserError:
            return False

    where = {k: tuple(v for v in values if somebody({k: (v,)})) for k, values in aimed.where.items()}
    if not all(where.values()) or not somebody(where):
        return None
    return msgspec.structs.replace(aimed, where=where)
