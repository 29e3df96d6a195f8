"""What the documents say, as inputs of a stress test: ranges, each with the claims that it comes from.

A claim gives an input only where its slots say what it is about; nothing is guessed. Sources that differ
span the range, and their median is its most likely value. Each premise is accepted, edited or refused.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import floor, log10
from statistics import median

import numpy as np
from msgspec import structs

from mine2magnet.chain import Cover, Event, Network, Scenario
from mine2magnet.chain.market import curves, markets
from mine2magnet.chain.network import chosen_nodes
from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import convert
from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim
from mine2magnet.model.ranges import Range

LONGEST_COVER = 26.0  # weeks; more is a state's reserve, not the stock of those who use it up
LEAST_SHARE = 50.0  # %; under a half is not the one country that everything hangs on
LONGEST_DELAY = 52.0  # weeks; more is the time to build something
_ROUNDING = 1e-9  # of floating point
START, LASTS = 8.0, 52.0  # weeks; as in the scenarios that come with the program, and to be edited
UNITS = {"cover": "week", "delay": "week", "share": "%", "price": "%"}
NAMES = {
    "cover": "stock cover",
    "delay": "licence delay",
    "share": "share of refining",
    "price": "price rise",
}
# In the order in which they are tried: a thesaurus id and the network's region.
REGIONS = {
    "china": "China",
    "japan": "Japan",
    "united_states": "United States",
    "europe": "Europe",
    "asia": "Rest of Asia",
}
_COVER = ("stock_cover", "inventory")
_DELAY = ("licence_time", "delay")
_SHARE = ("share", "market_share", "share_of_capacity", "share_of_production")
_PRICE = ("price", "price_change")
_UPSTREAM = ("mining", "beneficiation", "separation", "refining")
_SEPARATION = ("separation", "refining", "smelting_separation", "processing")
# Announcement 18 of 4 April 2025 names Sm, Gd, Tb, Dy, Lu, Sc and Y; magnets turn on these two.
CONTROLLED = ("Dy", "Tb")


@dataclass(frozen=True, slots=True)
class Premise:
    """`value` in `unit`, of `where`. `taken`: whether it goes into the scenario. `note`: what is assumed.
    `start` and `weeks` are when it begins, from now, and how long it lasts: as the claims' periods tell, else
    as in the scenarios that come with the program.

    - cover: weeks of use that end users in a region hold.
    - share: what part of what they get depends on the country, %.
    - delay: weeks until an application for an export licence is decided.
    - price: by how much prices have risen, %.
    """

    id: str
    kind: str
    where: str
    value: Range
    claims: tuple[Claim, ...]
    taken: bool = True
    note: str = ""
    start: Range = Range(START, START, START)  # noqa: RUF009 - frozen
    weeks: Range = Range(LASTS, LASTS, LASTS)  # noqa: RUF009 - frozen

    @property
    def label(self) -> str:
        return NAMES[self.kind] + (f", {self.where}" if self.where else "")

    @property
    def unit(self) -> str:
        return UNITS[self.kind]


def propose(
    claims: Iterable[Claim],
    thesaurus: Thesaurus,
    fold: Callable[[str], str] = lambda id: id,
    today: date | None = None,
) -> tuple[Premise, ...]:
    """Premises from claims, those with most sources first within their kind. `fold` tells copies of one
    document: a figure counts once for all of them. `today` is the day from which weeks are counted, this one
    by default. What is denied or but planned gives none."""
    found: dict[tuple[str, str], dict[tuple[object, ...], tuple[float, float, Claim]]] = defaultdict(dict)
    for claim in claims:
        if claim.modality in ("denied", "plan"):
            continue
        for kind, read in _READERS.items():
            for where, low, high in read(claim, thesaurus):
                once = (fold(claim.document), low, high)
                found[kind, where].setdefault(once, (low, high, claim))
    day = today or datetime.now(UTC).date()
    made = [_premise(kind, where, list(said.values()), day) for (kind, where), said in found.items()]
    delayed = any(p.kind == "delay" for p in made)
    if delayed:
        made = [replace(p, taken=False) if p.kind == "price" else p for p in made]
    return tuple(sorted(made, key=lambda p: (list(UNITS).index(p.kind), -len(p.claims), p.where)))


def _premise(kind: str, where: str, said: Sequence[tuple[float, float, Claim]], today: date) -> Premise:
    low, high = min(low for low, _, _ in said), max(high for _, high, _ in said)
    middle = median((low + high) / 2 for low, high, _ in said)
    start, weeks = _when([claim for _, _, claim in said], today)
    step = _step([claim for _, _, claim in said], UNITS[kind])
    return Premise(
        id=hashlib.sha256(f"{kind} {where}".encode()).hexdigest()[:8],
        kind=kind,
        where=where,
        value=Range(*(_rounded(value, step) for value in (low, middle, high))),
        claims=tuple(claim for _, _, claim in said),
        note=_NOTES[kind].format(start=start.likely, weeks=weeks.likely),
        start=start,
        weeks=weeks,
    )


def _step(claims: Iterable[Claim], unit: str) -> float:
    """The power of ten in `unit` to which the most exact of some claims is told; 0 if none says how exact."""
    steps = [abs(convert(c.precision, c.quantity.unit, unit)) for c in claims if c.precision > 0]
    return float(10.0 ** floor(log10(min(steps)) + _ROUNDING)) if steps else 0.0


def _rounded(value: float, step: float) -> float:
    """A value to a power of ten, but not to nothing."""
    return (round(value, -round(log10(step))) or value) if step else value


def _when(claims: Sequence[Claim], today: date) -> tuple[Range, Range]:
    """When an event begins, in weeks from today, and how many it lasts, by the spans that its claims tell.

    A month or a quarter says of when a figure is, not how long an event lasts; a span does ("from 4 April",
    "July to December").
    """
    spans = [bounds(c.period) for c in claims if c.period and c.period_kind == "span"]
    starts = [max(0.0, (first - today).days / 7) for first, _ in spans if first != date.min]
    lengths = [(last - first).days / 7 for first, last in spans if date.min < first and last < date.max]
    return _range(starts, START), _range([w for w in lengths if w >= 1], LASTS)


def _range(told: Sequence[float], otherwise: float) -> Range:
    return Range(min(told), median(told), max(told)) if told else Range.of(otherwise)


_NOTES = {
    "cover": "",
    "share": "scales how much of what is bought abroad the event can stop",
    "delay": f"a licence for {' and '.join(CONTROLLED)} that leaves China, from week {{start:g}} on, "
    "for {weeks:g} weeks, all granted",
    "price": "read backwards: the shortage at which buyers would pay so much more; "
    "not beside a delay, which has a shortage of its own",
}
Said = tuple[str, float, float]  # where, low, high, in the unit of the kind


def _bounds(claim: Claim, unit: str) -> tuple[float, float] | None:
    """The claim's range in this unit; None if it measures something else or is open at both ends."""
    low, high = claim.quantity.low, claim.quantity.high
    stated = low if low is not None else high
    if stated is None:
        return None
    try:
        ends = [convert(stated if v is None else v, claim.quantity.unit, unit) for v in (low, high)]
    except UserError:
        return None
    return min(ends), max(ends)


def _regions(claim: Claim, thesaurus: Thesaurus) -> set[str]:
    """The regions that the claim is about; "" if it names nobody. A state's agency gives nothing: what it
    holds is not the stock of those who use it up."""
    if not claim.subjects:
        return {""}
    known = [id for id in claim.subjects if id in thesaurus and thesaurus[id].kind != "organisation"]
    found = (next((r for id, r in REGIONS.items() if thesaurus.is_a(s, id)), "") for s in known)
    return {region for region in found if region}


def _cover(claim: Claim, thesaurus: Thesaurus) -> list[Said]:
    """What is held, as it was reported: what may be held at most, or will be, is no stock."""
    bounds = _bounds(claim, UNITS["cover"])
    if claim.measure not in _COVER or claim.direction != "level" or claim.stage in _UPSTREAM or not bounds:
        return []
    if claim.modality != "reported" or None in (claim.quantity.low, claim.quantity.high):
        return []
    if not 0 < bounds[0] <= bounds[1] <= LONGEST_COVER or not (claim.subjects or claim.materials):
        return []
    return [(region, *bounds) for region in _regions(claim, thesaurus) - {"China"}]


def _delay(claim: Claim, thesaurus: Thesaurus) -> list[Said]:
    bounds = _bounds(claim, UNITS["delay"])
    if claim.measure not in _DELAY or claim.direction != "level" or not bounds:
        return []
    if not 0 < bounds[0] <= bounds[1] <= LONGEST_DELAY:
        return []
    return [("China", *bounds)] if _regions(claim, thesaurus) & {"", "China"} else []


def _share(claim: Claim, thesaurus: Thesaurus) -> list[Said]:
    bounds = _bounds(claim, UNITS["share"])
    if claim.measure not in _SHARE or claim.direction != "level" or claim.modality == "forecast":
        return []
    if claim.stage not in _SEPARATION or not bounds or not LEAST_SHARE <= bounds[0] <= bounds[1] <= 100:
        return []
    return [("China", *bounds)] if "China" in _regions(claim, thesaurus) else []


def _price(claim: Claim, thesaurus: Thesaurus) -> list[Said]:
    bounds = _bounds(claim, UNITS["price"])
    if claim.measure not in _PRICE or claim.direction != "change" or not bounds or bounds[0] <= 0:
        return []
    return [(region, *bounds) for region in _regions(claim, thesaurus) - {"China"}]


_READERS: Mapping[str, Callable[[Claim, Thesaurus], list[Said]]] = {
    "cover": _cover,
    "delay": _delay,
    "share": _share,
    "price": _price,
}


# --- into a scenario


def scenario(
    premises: Iterable[Premise],
    network: Network,
    name: str,
    said: Callable[[Claim], str] = lambda claim: claim.document,
    happening: Scenario | None = None,
) -> Scenario:
    """The premises that are taken, as a scenario of this network. `said` puts a claim into words. With
    `happening`, it is what happens there that happens, and only the stocks are as the premises say."""
    taken = [p for p in premises if p.taken]

    def of(kind: str) -> list[Premise]:
        return [p for p in taken if p.kind == kind]

    def evidence(*those: Premise) -> tuple[str, ...]:
        return tuple(dict.fromkeys(said(claim) for p in those for claim in p.claims))

    users = {network.nodes[i].region for i in chosen_nodes(network, {"stage": ("end use",)})}
    abroad = tuple(sorted(users - {"China"}))
    covers = [
        Cover(
            {"stage": ("end use",), "region": (p.where,) if p.where else abroad},
            p.value,
            f"stock cover, {p.where or 'outside China'}",
            evidence(p),
        )
        for p in sorted(
            of("cover"), key=lambda p: p.where
        )  # the general one first: the last that names it counts
        if not p.where or p.where in abroad
    ]
    if happening is not None:
        named = f"{name}: {happening.name}"[:200]
        return structs.replace(happening, name=named, covers=(*happening.covers, *covers))
    shares = of("share")
    held = _dependence(network)
    share = _scaled(shares[0].value, 0.01) if shares else Range.of(held)
    events = [
        Event(
            "licence",
            {"from_country": ("China",), "abroad": ("yes",), "element": CONTROLLED},
            start=p.start,
            weeks=p.weeks,
            strength=_least(_scaled(share, 1 / held), 1.0),
            processing=p.value,
            name="export licences",
            evidence=evidence(p, *shares),
        )
        for p in of("delay")
    ] + [
        Event(
            "embargo",
            _leaving(p.where),
            start=p.start,
            weeks=p.weeks,
            strength=_least(_shortage(network, p.value, share), 1.0),
            name=f"shortage that lifts prices by {p.value.low:g} to {p.value.high:g} %",
            evidence=evidence(p, *shares),
        )
        for p in of("price")
    ]
    return Scenario(name, tuple(events), covers=tuple(covers))


def _leaving(region: str) -> Mapping[str, tuple[str, ...]]:
    where: dict[str, tuple[str, ...]] = {"from_country": ("China",), "abroad": ("yes",)}
    return where | ({"to_region": (region,)} if region else {})


def _scaled(r: Range, by: float) -> Range:
    return Range(r.low * by, r.likely * by, r.high * by)


def _least(r: Range, most: float) -> Range:
    return Range(*(min(v, most) for v in (r.low, r.likely, r.high)))


def _dependence(network: Network) -> float:
    """China's share of what separation plants ship, by weight, in the network's normal times."""
    stage = np.array([n.stage == "separation" for n in network.nodes])
    china = np.array([n.country == "China" for n in network.nodes])
    supplier = network.places("arcs", "supplier")
    shipped = network.flow[stage[supplier]].sum()
    share = float(network.flow[(stage & china)[supplier]].sum() / shipped) if shipped else 0.0
    if not share:
        raise UserError("this network has no separation in China", hint="use a scenario file with it")
    return share


def _shortage(network: Network, risen: Range, share: Range) -> Range:
    """The share of the country's shipments that must fail for prices to rise so far.

    Buyers who get the share φ of their use pay φ^(-1/ε) times the usual price (see `chain.simulate`), so
    φ = (1 + rise)^-ε, and what fails is (1 - φ) of use, or (1 - φ) / share of the country's part.
    """
    bought = {
        a.material for a in network.arcs if network.nodes[network.node_index[a.buyer]].stage == "end use"
    }
    market, use_market = markets(network)
    gives = curves(network, market, use_market).elasticity
    likely = [
        gives[k] if (held := network.materials[m.material].elasticity) is None else held.likely
        for k, m in enumerate(market)
        if network.materials[m.material].name in bought
    ]
    elasticity = float(np.mean(likely))

    def failing(percent: float, of: float) -> float:
        return float(1 - (1 + percent / 100) ** -elasticity) / of

    return Range(
        failing(risen.low, share.high), failing(risen.likely, share.likely), failing(risen.high, share.low)
    )


# --- accepted, edited, refused


def decided(
    premises: Sequence[Premise],
    accepted: Iterable[str] = (),
    refused: Iterable[str] = (),
    edited: Mapping[str, Range] | None = None,
) -> tuple[Premise, ...]:
    """The premises as their reader leaves them; each is named by its id or its number from 1. One that is
    edited is accepted. Raises UserError for a name that none has."""
    edited = edited or {}
    names = {str(i): p.id for i, p in enumerate(premises, 1)} | {p.id: p.id for p in premises}

    def known(name: str) -> str:
        if name not in names:
            raise UserError(f"no premise {name!r}", hint=f"they are 1 to {len(premises)}")
        return names[name]

    values = {known(name): value for name, value in edited.items()}
    taken = {known(name) for name in accepted} | set(values)
    left = {known(name) for name in refused}
    return tuple(
        replace(p, value=values.get(p.id, p.value), taken=(p.taken or p.id in taken) and p.id not in left)
        for p in premises
    )
