"""A flowsheet case worked out: trains with their separation factors, links, checks; solved, with effluent,
limits and cost at each site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import costing, flowsheet, plant, sizing, uncertainty
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.costing import Costs
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.elements import ELEMENTS, oxide_mass
from mine2magnet.separation.flowsheet import Finisher, Flowsheet, FlowsheetState, Link, OrganicLoop
from mine2magnet.separation.plant import VALENCE, CutLoad, Quantities
from mine2magnet.separation.sizing import SizedCut
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study import temperature
from mine2magnet.separation.study.design_basis import check_rates, element_of, weights_of
from mine2magnet.separation.study.flowsheet_schema import (
    IMPURITIES,
    FlowsheetCase,
    StreamPart,
    TrainInput,
)
from mine2magnet.separation.study.schema import foreign
from mine2magnet.separation.train import Train

DRAWS = 200  # of the rates, for the range of CAPEX
SPARE_FLOW = 1.05  # of the least, where stages are so many that any flow above it would do
MOST_SERVED = 3000  # stages that the service solves: some ten seconds at worst
STRIPPED = 0.99  # of an element that `stripped` does not name, as when it is left out
OFTEN = 2  # times that stages are designed: for the first streams, and for those that come of it
# O/A by volume that mixers are run at, the part of the theoretical loading, one rare earth to six of the
# extractant, below which the organic flows, and what settlers part, m3/h of both phases on a m2: assumed, own
# figures, without a source, and shown as such.
PHASE_RATIOS = (0.2, 5.0)
MOST_LOADED = 0.85
MOST_FLUX = 5.0
# g/L of aluminium in the feed above which saponified P507 forms an emulsion: J. Rare Earths 28 (2010), the
# structural change of saponified P507 extracting aluminium and lanthanum (abstract: daneshyari.com 1260494).
MOST_ALUMINIUM = 1.0
ALUMINIUM = 26.98  # g/mol
DEPTH = 0.8  # m of a settler, as its residence time in equipment.csv goes with 2 to 5 m3/h per m2
PER_RARE_EARTH = 6  # mol of extractant in RE(HA2)3
TRAIN_PORTS = ("raffinate", "liquor", "organic", "draw", "bleed")
PRODUCT_PORTS = ("mother", "dust")
SALTS = {"NaOH": ("NaCl", 0.05844), "NH4OH": ("NH4Cl", 0.05349), "Ca(OH)2": ("CaCl2", 0.05549)}  # kg/mol Cl
BASES = {"NaOH": 0.040, "NH4OH": 0.03505, "Ca(OH)2": 0.03705}  # kg per mol of OH


@dataclass(frozen=True, slots=True)
class Effluent:
    """Reagents and what becomes of them, t per t REO fed; the base by its own weight."""

    base: float
    hcl: float
    carbonate: float  # as NaHCO3
    oxalic: float  # as the dihydrate
    salts: dict[str, float]
    water: float  # m3 of brine per t


@dataclass(frozen=True, slots=True)
class TrainLimits:
    """O/A by volume over the stages, least and most; the part of the theoretical loading; m3/h of both phases
    on a m2 of settler; and g/L of aluminium in what is fed with the aqueous phase."""

    phase_ratio: tuple[float, float]
    loaded: float
    flux: float
    aluminium: float

    @property
    def bounded(self) -> bool:
        """Truth of mixers, settlers and organic running within the bounds that are assumed."""
        low, high = PHASE_RATIOS
        mixed = low <= self.phase_ratio[0] and self.phase_ratio[1] <= high
        return mixed and self.loaded <= MOST_LOADED and self.flux <= MOST_FLUX

    @property
    def kept(self) -> bool:
        """Truth of all limits being kept."""
        return self.bounded and self.aluminium <= MOST_ALUMINIUM


@dataclass(frozen=True, slots=True)
class FlowsheetSite:
    """The plant at one site with every rate at its median, and the range of its CAPEX."""

    name: str
    rates: Mapping[str, float]
    quantities: Quantities
    costs: Costs
    capex_5_95: tuple[float, float]  # USD, of what the rates leave open


@dataclass(frozen=True, slots=True)
class FlowsheetBasis:
    """A flowsheet case in numbers; amounts in mol per mol of all rare earths fed. `open_` are the trains
    whose stages or flow are to be designed."""

    case: FlowsheetCase
    sheet: Flowsheet
    open_: tuple[int, ...]

    @property
    def elements(self) -> tuple[str, ...]:
        """Rare earths in the order of the series, then impurities."""
        return self.sheet.elements

    @property
    def rare(self) -> int:
        """The number of rare earths among the elements."""
        return sum(e in ELEMENTS for e in self.elements)

    @property
    def throughput(self) -> float:
        """All feeds, t REO a year."""
        return sum(feed.throughput for feed in self.case.feeds)

    @property
    def oxides(self) -> Array:
        """Oxide by rare earth, kg/mol."""
        return np.array([oxide_mass(e) for e in self.elements[: self.rare]]) / 1000

    @property
    def oxide(self) -> float:
        """Oxide, kg per mol fed."""
        return float(self.sheet.fed[: self.rare] @ self.oxides)

    @property
    def tonnes(self) -> Array:
        """Tonnes of oxide a year per mol of each rare earth per mol fed."""
        return self.oxides / self.oxide * self.throughput


@dataclass(frozen=True, slots=True)
class FlowsheetStudy:
    """A flowsheet solved, with what it takes."""

    basis: FlowsheetBasis
    state: FlowsheetState
    limits: tuple[TrainLimits, ...]
    effluent: Effluent
    sites: tuple[FlowsheetSite, ...]

    def foreign_in(self, product: int) -> float:
        """Return the mole fraction of foreign rare earths in a product.

        Parameters
        ----------
        product : int
        """
        basis, rare = self.basis, self.basis.rare
        made = self.state.ports[basis.case.products[product].name, "oxide"][:rare]
        own = [basis.elements.index(e) for e in basis.case.products[product].elements if e in basis.elements]
        return float(np.delete(made, own).sum() / made.sum()) if made.sum() else 0.0


def solve(
    case: FlowsheetCase, where: str = "", say: Callable[[str], None] = lambda _: None
) -> FlowsheetStudy:
    """Return a flowsheet case worked out.

    Parameters
    ----------
    case : FlowsheetCase
    where : str
        A file's name, for what is said.
    say : callable
        Told in a few words what is being done.

    Raises
    ------
    UserError
        For what does not go together in the case, and where no steady state is found.
    """
    try:
        basis = basis_of(case)
        say("solving the flowsheet")
        basis, state = _solved(basis)
    except UserError as error:
        raise type(error)(error.what, where=f"{where} {error.where}".strip(), hint=error.hint) from error
    rates = {name: given.at(0.5) for name, given in {**data.equipment(), **case.rates}.items()}
    limits = tuple(_limits(basis, state, k, rates) for k in range(len(case.trains)))
    effluent = effluent_of(basis, state, rates)
    sites = []
    for name in dict.fromkeys(case.sites):
        say(f"costing {name}")
        at = {n: g.at(0.5) for n, g in {**data.equipment(), **data.site(name), **case.rates}.items()}
        spread = capex_range(basis, state, name)
        sites.append(FlowsheetSite(name, at, *costs_of(basis, state, at), spread))
    return FlowsheetStudy(basis, state, limits, effluent, tuple(sites))


def within_service(case: FlowsheetCase) -> None:
    """Refuse a flowsheet that would take a service long.

    Parameters
    ----------
    case : FlowsheetCase

    Raises
    ------
    UserError
        If it has too many stages.
    """
    stages = sum((t.extraction or MOST_SERVED // 20) + (t.scrub or 0) for t in case.trains)
    if stages > MOST_SERVED:
        raise UserError(
            f"{stages:,} stages, more than the {MOST_SERVED:,} that the service takes",
            where="trains",
            hint="use the command line: mine2magnet separate",
        )
    basis_of(case)


# --- the case in numbers


def basis_of(case: FlowsheetCase) -> FlowsheetBasis:
    """Return a flowsheet case in numbers, checked as far as it can be without solving it.

    Parameters
    ----------
    case : FlowsheetCase

    Raises
    ------
    UserError
        For what does not go together, with the field.
    """
    _check_names(case)
    check_rates(case.rates)
    for site in case.sites:
        data.site(site)
    weights = {f.name: weights_of(f.composition, f"feeds {f.name}.composition") for f in case.feeds}
    held = {e for one in weights.values() for e in one}
    spoiled = {e for f in case.feeds for e in f.impurities}
    elements = (*(e for e in ELEMENTS if e in held), *(e for e in IMPURITIES if e in spoiled))
    feeds = {}
    for f in case.feeds:
        whole = sum(weights[f.name].values())
        rare = {e: f.throughput * w / whole / oxide_mass(e) for e, w in weights[f.name].items()}
        total = sum(rare.values())
        feeds[f.name] = np.array([rare.get(e, 0.0) + total * f.impurities.get(e, 0.0) for e in elements])
    whole = sum(float(one[: len([e for e in elements if e in ELEMENTS])].sum()) for one in feeds.values())
    feeds = {name: one / whole for name, one in feeds.items()}
    links = _links(case)
    _check_ways(case, links)
    reached = _reached(case, links, {name: set(np.flatnonzero(one)) for name, one in feeds.items()})
    trains = tuple(_train(one, elements, reached[one.name]) for one in case.trains)
    loops = tuple(_loop(one, elements, trains[k]) for k, one in enumerate(case.trains))
    finishers = tuple(
        Finisher(
            p.name,
            np.array([p.precipitated if e in ELEMENTS else p.impurities.get(e, 0.0) for e in elements]),
            np.array([p.calcined if e in ELEMENTS else 1.0 for e in elements]),
        )
        for p in case.products
    )
    for p in case.products:
        for e in p.elements:
            element_of(e, f"products {p.name}.elements")
    open_ = tuple(k for k, one in enumerate(case.trains) if None in (one.extraction, one.organic_flow))
    return FlowsheetBasis(case, Flowsheet(elements, feeds, trains, loops, finishers, links), open_)


def _check_names(case: FlowsheetCase) -> None:
    names = [*(f.name for f in case.feeds), *(t.name for t in case.trains), *(p.name for p in case.products)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UserError(f"{twice!r} is named twice", where="flowsheet", hint="every name once")
    pools: dict[str, str | None] = {}
    for one in case.trains:
        if one.organic is None:
            continue
        if pools.setdefault(one.organic, one.extractant) != one.extractant:
            raise UserError(
                f"the organic {one.organic!r} would be {pools[one.organic]} and {one.extractant}",
                where=f"trains {one.name}.organic",
                hint="trains that share an organic have one extractant",
            )
        if one.organic in names and one.organic != one.name:
            raise UserError(
                f"{one.organic!r} is the name of something else",
                where=f"trains {one.name}.organic",
                hint="give the shared organic a name of its own",
            )


def _links(case: FlowsheetCase) -> tuple[Link, ...]:
    """Every stream that is taken up, checked against what there is."""
    made: list[Link] = []
    for train in case.trains:
        for inlet, given in (("feed", train.feed), ("reflux", train.reflux)):
            for one in _sources(given):
                where = f"trains {train.name}.{inlet}"
                source, port = _port(case, one.port, where)
                if port == "organic":
                    _check_linked(case, source, train, inlet, where)
                made.append(
                    Link(source, port, train.name, "organic feed" if port == "organic" else inlet, one.part)
                )
    for product in case.products:
        for one in _sources(product.feed):
            where = f"products {product.name}.feed"
            source, port = _port(case, one.port, where)
            if port in ("organic", "bleed"):
                raise UserError(
                    f"{one.port} is an organic, which is not precipitated",
                    where=where,
                    hint="take the liquor",
                )
            made.append(Link(source, port, product.name, "", one.part))
    used: dict[tuple[str, str], float] = {}
    for link in made:
        key = link.source, link.port
        used[key] = used.get(key, 0.0) + link.part
        if used[key] > 1 + 1e-9:
            name = f"{link.source}.{link.port}".rstrip(".")
            raise UserError(
                f"more than all of {name} is taken: {used[key]:.6g}",
                where=f"{link.target}",
                hint="give parts that sum to 1 at most",
            )
    return tuple(made)


def _sources(given: Iterable[str | StreamPart]) -> list[StreamPart]:
    return [one if isinstance(one, StreamPart) else StreamPart(port=one) for one in given]


def _port(case: FlowsheetCase, name: str, where: str) -> tuple[str, str]:
    """The source and its port, "" of a feed."""
    source, _, port = (word.strip() for word in name.partition("."))
    if not port and source in {f.name for f in case.feeds}:
        return source, ""
    train = next((t for t in case.trains if t.name == source), None)
    product = next((p for p in case.products if p.name == source), None)
    has = TRAIN_PORTS if train else PRODUCT_PORTS if product else ()
    if port not in has:
        names = [*(f.name for f in case.feeds), *(f"{t.name}.raffinate" for t in case.trains)]
        hint = ", ".join(f"{source}.{one}" for one in has) if has else ", ".join(names)
        raise UserError(f"there is no stream {name!r:.60}", where=where, hint=f"one of {hint} …"[:300])
    if train and ((port == "draw" and train.draw is None) or (port == "bleed" and not train.bleed)):
        raise UserError(f"train {source} has no {port}", where=where, hint=f"give trains {source}.{port}")
    return source, port


def _check_linked(case: FlowsheetCase, source: str, train: TrainInput, inlet: str, where: str) -> None:
    other = next(t for t in case.trains if t.name == source)
    if inlet != "feed":
        raise UserError("loaded organic does not enter with the scrub", where=where, hint="list it in feed")
    if other.name == train.name or other.organic is None or other.organic != train.organic:
        raise UserError(
            f"the loaded organic of {source} is stripped in {train.name}, so that they share it",
            where=where,
            hint=f"give both trains the same organic, such as {source}-{train.name}"[:80],
        )


def _check_ways(case: FlowsheetCase, links: tuple[Link, ...]) -> None:
    """Every unit is reached from a feed, and from every unit something leaves the plant."""
    units = [*(t.name for t in case.trains), *(p.name for p in case.products)]
    forward = {name: {link.target for link in links if link.source == name} for name in units}
    reached = {link.target for link in links if link.source in {f.name for f in case.feeds}}
    while more := {to for name in reached for to in forward[name]} - reached:
        reached |= more
    if lost := next((name for name in units if name not in reached), None):
        kind = "trains" if lost in {t.name for t in case.trains} else "products"
        raise UserError(
            f"{lost} is fed by nobody: what it takes comes from no feed",
            where=f"{kind} {lost}.feed",
            hint="name a feed, or a stream that comes of one",
        )
    unused = [f.name for f in case.feeds if not any(link.source == f.name for link in links)]
    if unused:
        raise UserError(
            f"nothing takes {unused[0]}", where=f"feeds {unused[0]}", hint="name it in a train's feed"
        )
    products = {p.name for p in case.products}
    out = {name for name in units if name in products or _leaves(name, case, links)}
    while more := {name for name in units if forward[name] & out} - out:
        out |= more
    if shut := next((name for name in units if name not in out), None):
        raise UserError(
            f"all that leaves {shut} goes round and comes back: a loop without a bleed",
            where=f"trains {shut}",
            hint="let part of a stream out (a part below 1), or make a product of one",
        )


def _leaves(name: str, case: FlowsheetCase, links: tuple[Link, ...]) -> bool:
    """Return whether some stream of a train is not taken up whole."""
    train = next(t for t in case.trains if t.name == name)
    taken = {
        port: sum(one.part for one in links if (one.source, one.port) == (name, port)) for port in TRAIN_PORTS
    }
    ports = ["raffinate", *(["draw"] if train.draw else []), *(["liquor"] if taken["organic"] < 1 else [])]
    return any(taken[port] < 1 - 1e-9 for port in ports)


def _reached(case: FlowsheetCase, links: tuple[Link, ...], feeds: dict[str, set[int]]) -> dict[str, set[int]]:
    """Return the elements that come to each unit, by number."""
    made = {name: set(held) for name, held in feeds.items()}
    made |= {name: set() for name in (*(t.name for t in case.trains), *(p.name for p in case.products))}
    pools = [
        (a.name, b.name) for a in case.trains for b in case.trains if a.organic and a.organic == b.organic
    ]
    ways = [*((link.source, link.target) for link in links), *pools]
    grew = True
    while grew:
        grew = False
        for source, target in ways:
            if more := made[source] - made[target]:
                made[target] |= more
                grew = True
    return made


def _levels(train: TrainInput, coming: set[str]) -> dict[str, float]:
    """β by element, in the order of extraction, the least extractable at 1; at the train's temperature, at
    which those between what comes in must be known."""
    given = {pair.replace(" ", ""): one.likely for pair, one in train.factors.items()}
    where = f"trains {train.name}.factors"
    for pair, value in given.items():
        for e in pair.split("/"):
            element_of(e, where)
        if not value > 1:
            raise UserError(
                f"β of {pair} is {value:g}", where=where, hint="more than 1; the more extractable first"
            )
    if train.extractant is None:
        steps = given
        if not steps:
            raise UserError("no separation factors", where=where, hint="give factors, or an extractant")
    else:
        try:
            table = data.extractant(train.extractant)
        except UserError as error:
            raise UserError(error.what, where=f"trains {train.name}.extractant", hint=error.hint) from error
        if strange := [pair for pair in given if pair not in table.factors]:
            raise UserError(
                f"{strange[0]} are not neighbours for {table.name}",
                where=where,
                hint="its order is " + " < ".join(table.order),
            )
        between = _span(table.order, coming)
        needed = [pair for pair in table.factors if between.issuperset(pair.split("/")) and pair not in given]
        held = temperature.factors(
            table.factors, table.name, train.temperature, train.heats, needed, f"trains {train.name}."
        )
        steps = {pair: given.get(pair, one.likely) for pair, one in held.items()}
    by_lower = {pair.split("/")[1]: pair for pair in steps}
    tops = {pair.split("/")[0] for pair in steps}
    at = next((lower for lower in by_lower if lower not in tops), "")
    levels, level = {at: 1.0}, 1.0
    while at in by_lower and len(levels) <= len(steps):
        pair = by_lower[at]
        at, level = pair.split("/")[0], level * steps[pair]
        levels[at] = level
    if len(levels) != len(steps) + 1:
        raise UserError("pairs do not join in one line", where=where, hint="Ce/La, Pr/Ce, Nd/Pr …")
    return levels


def _span(order: tuple[str, ...], coming: set[str]) -> set[str]:
    """The elements of a chain from the first to the last of those that come in."""
    at = [k for k, e in enumerate(order) if e in coming]
    return set(order[at[0] : at[-1] + 1]) if at else set()


def _distribution(one: TrainInput, elements: tuple[str, ...]) -> Array:
    """Return by impurity the ratio of concentrations, one's own or the table's, times the volume of organic
    over that of the aqueous phase for a mol of rare earths in each; NaN where none is known."""
    rates = data.equipment()
    ratio = rates["aqueous_concentration"].likely / (one.loading or rates["organic_loading"].likely)
    known = {e: r.likely for e, r in data.impurities(one.extractant or "").items()} | one.distribution
    return np.array([known.get(e, np.nan) * ratio for e in elements])


def _train(one: TrainInput, elements: tuple[str, ...], reached: set[int]) -> Train:
    where, levels = f"trains {one.name}", _levels(one, {elements[k] for k in reached})
    name = one.extractant or "your factors"
    if lacking := next(
        (e for k, e in enumerate(elements) if k in reached and e in ELEMENTS and e not in levels), ""
    ):
        raise UserError(
            f"{name} has no separation factor for {lacking}, which comes to {one.name}",
            where=f"{where}.extractant",
            hint=f"give factors that join {lacking} to the others, or another extractant",
        )
    spoiling = [e for k, e in enumerate(elements) if k in reached and e not in ELEMENTS]
    distribution = _distribution(one, elements)
    if unknown := next(
        (e for e in spoiling if e not in one.carried and np.isnan(distribution[elements.index(e)])), ""
    ):
        held = ", ".join(data.impurities(one.extractant or "")) or "none"
        raise UserError(
            f"the tables have no distribution of {unknown} with {name}",
            where=f"{where}.carried",
            hint=f"give the part of {unknown} that goes with the organic, or its distribution; held: {held}",
        )
    upper, lower = (element_of(e.strip(), f"{where}.parts") for e in one.parts.split("/"))
    if not (lower in levels and upper in levels and levels[lower] < levels[upper]):
        order = " < ".join(levels)
        raise UserError(
            f"{upper} is not extracted before {lower}", where=f"{where}.parts", hint=f"its order is {order}"
        )
    _check_stages(one)
    beta = np.array([levels.get(e, 1.0) if e in ELEMENTS else np.nan for e in elements])
    allowed_a, allowed_b = (plant.MARGIN * foreign(p) for p in (one.extract_purity, one.raffinate_purity))
    return Train(
        one.name,
        beta,
        np.array([e in levels and levels[e] >= levels[upper] for e in elements]),
        np.array([_carried(one, e, distribution[k]) for k, e in enumerate(elements)]),
        distribution,
        one.extraction or 1,
        one.scrub or 1,
        one.organic_flow or 1.0,
        one.scrub_flow,
        allowed_a,
        allowed_b,
        one.efficiency,
        (one.draw.stage, one.draw.flow) if one.draw else None,
        one.entrained_aqueous,
        one.entrained_organic,
    )


def _carried(one: TrainInput, element: str, distribution: float) -> float:
    """The part of an impurity that goes with the organic; NaN: as it distributes."""
    if element in one.carried or element in ELEMENTS or np.isnan(distribution):
        return one.carried.get(element, 0.0)
    return float("nan")


def _check_stages(one: TrainInput) -> None:
    where = f"trains {one.name}"
    if one.draw and one.extraction and one.scrub and one.draw.stage >= one.extraction + one.scrub:
        raise UserError(
            f"a draw at stage {one.draw.stage} of {one.extraction + one.scrub}", where=f"{where}.draw"
        )
    if one.draw and None in (one.extraction, one.scrub, one.organic_flow):
        raise UserError(
            "a train with a draw is not designed", where=f"{where}.draw", hint="give stages and flows"
        )
    if (one.extraction is None) != (one.scrub is None):
        raise UserError(
            "one section only has its stages", where=where, hint="give extraction and scrub, or none"
        )
    if one.scrub_flow is not None and one.organic_flow is None:
        raise UserError("a scrub_flow without organic_flow", where=where, hint="give both, or none")


def _loop(one: TrainInput, elements: tuple[str, ...], train: Train) -> OrganicLoop:
    parts = one.stripped if isinstance(one.stripped, dict) else {}
    usual = STRIPPED if isinstance(one.stripped, dict) else one.stripped
    left = np.array([1 - parts.get(e, usual) for e in elements])
    closed = left * (1 - one.bleed) * np.where(train.rare, 0.0, np.nan_to_num(train.carried))
    if (full := np.flatnonzero(closed >= 1)).size:
        raise UserError(
            f"{elements[full[0]]} stays on the organic for ever: a loop without a bleed",
            where=f"trains {one.name}.bleed",
            hint="bleed part of the stripped organic, or say what is stripped",
        )
    return OrganicLoop(left, one.bleed, one.organic or f"\0{one.name}")


# --- solved, with stages and flows that were left open


def _solved(basis: FlowsheetBasis) -> tuple[FlowsheetBasis, FlowsheetState]:
    """The flowsheet at its steady state; open trains are designed for what first comes in, then once more for
    what then does."""
    if not basis.open_:
        return basis, flowsheet.solve(basis.sheet)
    inlets, state = flowsheet.first(basis.sheet), None
    for _ in range(OFTEN):
        made = list(basis.sheet.trains)
        for k in basis.open_:
            made[k] = _designed(basis, k, inlets[k])
        basis = replace(basis, sheet=replace(basis.sheet, trains=tuple(made)))
        state = flowsheet.solve(basis.sheet, state)
        inlets = state.inlets
    assert state is not None
    return basis, state


def _designed(basis: FlowsheetBasis, k: int, inlets: Array) -> Train:
    """The stages and the flow that part what comes in at the least cost at the first site, without what its
    own organic brings back."""
    train, given = basis.sheet.trains[k], basis.case.trains[k]
    rare = train.rare
    phase: Phase = "organic" if inlets[1, rare].sum() > inlets[0, rare].sum() else "aqueous"
    feed = (inlets[0] + inlets[1] + inlets[2])[rare]
    total, fed = float(feed.sum()), float(inlets[:2, rare].sum())
    try:
        cut = Cut(
            train.beta[rare],
            feed / total,
            train.a_side[rare],
            train.impurity_a,
            train.impurity_b,
            phase,
            train.efficiency,
            entrained_aqueous=train.entrained_aqueous,
            entrained_organic=train.entrained_organic,
        )
        if given.extraction and given.scrub:
            made = sizing.fit_organic(cut, given.extraction, given.scrub)
            if made is None:  # more stages than the least flow takes, or fewer than any does
                made = sizing.at(cut, given.extraction, given.scrub, SPARE_FLOW * cut.minimum_organic)
            if made.excess > 1e-6:
                raise UserError(
                    f"{given.extraction} + {given.scrub} stages part {given.parts} so purely at no flow",
                    hint="more stages, or less pure products",
                )
        elif given.organic_flow is not None:
            made = sizing.verified(cut, given.organic_flow * fed / total)
        else:
            made = sizing.optimum(cut, _cost_of(basis, total))
    except UserError as error:
        raise type(error)(error.what, where=f"trains {train.name}", hint=error.hint) from error
    own = train.a_side & rare
    # what comes back on the organic, and all that is to leave with it, has to have room there
    organic = total * made.organic + float(inlets[3, own].sum())
    if given.organic_flow is not None:
        organic = given.organic_flow * fed
    else:
        organic = max(organic, SPARE_FLOW * float(inlets[:, own].sum()) - float(inlets[1, rare].sum()))
    return replace(train, n_extraction=made.n_extraction, n_scrub=made.n_scrub, organic=organic / fed)


def _cost_of(basis: FlowsheetBasis, total: float) -> Callable[[SizedCut], float]:
    """Return what prices a train by itself, fed `total` mol, in USD per t of REO fed to the plant."""
    name, case = basis.case.sites[0], basis.case
    rates = {n: g.at(0.5) for n, g in {**data.equipment(), **data.site(name), **case.rates}.items()}
    strip = plant.usual_strip(rates)

    def cost(made: SizedCut) -> float:
        fed = (1.0, 0.0) if made.cut.phase == "aqueous" else (0.0, 1.0)
        scrub = made.organic - made.extract_flow + fed[1]
        load = CutLoad(
            organic=total * (made.organic + fed[1]),
            aqueous=total * (scrub + fed[0]),
            base=total * made.organic,
            acid=total * (scrub + made.extract_flow * rates["stripping_acid"]),
            stages=round(made.stages * (1 + rates["spare_stages"])),
            strip=strip,
        )
        q = plant.quantities_of([load], basis.oxide, basis.throughput, rates)
        return costing.costs(q, basis.throughput, rates, [1.0], [0.0]).total

    return cost


# --- what it takes


def _limits(basis: FlowsheetBasis, state: FlowsheetState, k: int, rates: Mapping[str, float]) -> TrainLimits:
    given, solved = basis.case.trains[k], state.states[k].steady
    assert solved is not None
    loading = given.loading or rates["organic_loading"]
    strength = given.strength or data.chemistry()["extractant"].likely
    organic = solved.cascade.organic[:-1].max() / loading
    ratios = organic / (solved.cascade.aqueous[1:] / rates["aqueous_concentration"])
    fed, aluminium = state.inlets[k][0], 0.0
    if "Al" in basis.elements and (total := float(fed[: basis.rare].sum())):
        held = float(fed[basis.elements.index("Al")]) / total
        aluminium = held * rates["aqueous_concentration"] * ALUMINIUM
    return TrainLimits(
        (float(ratios.min()), float(ratios.max())),
        PER_RARE_EARTH * loading / strength,
        DEPTH * 60 / rates["settling_time"],
        aluminium,
    )


def loads_of(basis: FlowsheetBasis, state: FlowsheetState, rates: Mapping[str, float]) -> list[CutLoad]:
    """Return what each train asks of equipment and reagents.

    Parameters
    ----------
    basis : FlowsheetBasis
    state : FlowsheetState
    rates : mapping of str to float
        The rows of the tables by name.
    """
    made = []
    for k, (given, one) in enumerate(zip(basis.case.trains, state.states, strict=True)):
        aqueous, loaded, reflux, carried = (float(row[: basis.rare].sum()) for row in state.inlets[k])
        t, train = one.flows, basis.sheet.trains[k]
        stripped = t.extract * (1 - basis.sheet.taken(given.name, "organic"))
        loading = rates["organic_loading"] / (given.loading or rates["organic_loading"])
        strip = plant.usual_strip(rates) if stripped else 0
        spare = rates["spare_stages"] * (given.extraction is None)
        made.append(
            CutLoad(
                organic=(t.organic + loaded) * loading,
                aqueous=t.scrub + aqueous,
                base=max(t.organic - carried, 0.0),
                acid=max(t.scrub - reflux, 0.0) + stripped * rates["stripping_acid"],
                stages=round(train.stages * (1 + spare)),
                strip=strip if given.strip is None else given.strip,
            )
        )
    return made


def effluent_of(basis: FlowsheetBasis, state: FlowsheetState, rates: Mapping[str, float]) -> Effluent:
    """Return reagents, and the salts that chloride leaves as.

    Chloride comes with the feeds, three to a rare earth, and with the acid; it leaves with what is sold as
    liquor, and else as the salt of the base and of the carbonate's cation.

    Parameters
    ----------
    basis : FlowsheetBasis
    state : FlowsheetState
    rates : mapping of str to float
        The rows of the tables by name.
    """
    case, rare = basis.case, basis.rare
    loads = loads_of(basis, state, rates)
    acid = VALENCE * sum(one.acid for one in loads)
    soap = VALENCE * sum(one.base for one in loads) * rates["base_excess"]
    received = state.received[:, :rare].sum(axis=1) * [p.precipitated for p in case.products]
    oxalate = np.array([p.precipitant == "oxalate" for p in case.products], bool)
    excess = VALENCE * rates["precipitant_excess"]
    carbonate, oxalic = (excess * float(received[kind].sum()) for kind in (~oxalate, oxalate))
    trains = {t.name for t in case.trains}
    sold = sum(
        float(one[:rare].sum())
        for (name, port), one in state.outlets.items()
        if name in trains and port in ("raffinate", "liquor", "draw")
    )
    chloride = max(VALENCE * (1 - sold) + acid, 0.0)
    base = max(soap, chloride - carbonate)
    per_t = 1 / basis.oxide
    salt, mass = SALTS[case.base]
    salts = {salt: base * mass * per_t}
    other, heavy = SALTS["NH4OH" if case.base == "NH4OH" else "NaOH"]
    if carbonate:
        salts[other] = salts.get(other, 0.0) + carbonate * heavy * per_t
    return Effluent(
        BASES[case.base] * base * per_t,
        plant.HCL * acid * per_t,
        plant.NAHCO3 * carbonate * per_t,
        plant.OXALIC / 2 * oxalic * per_t,
        salts,
        sum(salts.values()) / rates["brine_strength"],
    )


def costs_of(
    basis: FlowsheetBasis, state: FlowsheetState, rates: Mapping[str, float]
) -> tuple[Quantities, Costs]:
    """Return what the plant is and uses, and what that costs.

    Parameters
    ----------
    basis : FlowsheetBasis
    state : FlowsheetState
    rates : mapping of str to float
        The rows of the tables by name.
    """
    made = effluent_of(basis, state, rates)
    q = plant.quantities_of(loads_of(basis, state, rates), basis.oxide, basis.throughput, rates)
    q = replace(
        q,
        naoh=made.base if basis.case.base == "NaOH" else 0.0,  # the tables have no price of the others
        hcl=made.hcl,
        precipitant=made.carbonate,
        oxalic=made.oxalic,
        salt=sum(made.salts.values()),
        effluent=made.water,
        water=made.water + rates["product_wash"],
    )
    mass = [
        float(state.ports[p.name, "oxide"][: basis.rare] @ basis.oxides) / basis.oxide
        for p in basis.case.products
    ]
    table = data.oxide_prices()
    prices = []
    for p, m in zip(basis.case.products, mass, strict=True):
        made_of = state.ports[p.name, "oxide"][: basis.rare] * basis.oxides
        price = np.array([table[e].at(0.5) for e in basis.elements[: basis.rare]])
        own = np.array([e in p.elements for e in basis.elements[: basis.rare]])
        prices.append(float((made_of * own) @ price / (m * basis.oxide)) if m else 0.0)
    return q, costing.costs(q, basis.throughput, rates, mass or [1.0], prices or [0.0])


def capex_range(
    basis: FlowsheetBasis, state: FlowsheetState, name: str, draws: int = DRAWS
) -> tuple[float, float]:
    """Return the 5 and 95 % points of CAPEX at a site, USD, over what the rates leave open.

    Parameters
    ----------
    basis : FlowsheetBasis
    state : FlowsheetState
    name : str
        Of the site.
    draws : int
    """
    ranges = {**data.equipment(), **data.site(name), **basis.case.rates}
    drawn = uncertainty.drawn(ranges, draws)
    likely = {item: given.at(0.5) for item, given in ranges.items()}
    made = []
    for values in zip(*drawn.values(), strict=True):
        rates = {**likely, **dict(zip(drawn, map(float, values), strict=True))}
        made.append(costs_of(basis, state, rates)[1].capex)
    low, high = np.quantile(made, (0.05, 0.95))
    return float(low), float(high)
