"""The basis on which a case is designed: elements in the order of extraction, mole fractions, separation
factors, and where each number is from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import floor

import msgspec
import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation import sequence
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.elements import ATOMIC_MASS, oxide_mass
from mine2magnet.separation.rating import Standing
from mine2magnet.separation.sequence import Boundary
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import chemistry as separation_chemistry
from mine2magnet.separation.study import evidence, temperature
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.chemistry import Chemistry
from mine2magnet.separation.study.evidence import Contradiction
from mine2magnet.separation.study.schema import (
    MOST_RATE,
    USUAL,
    Calibration,
    Case,
    ChemistryInput,
    Feed,
    Product,
)

SUM_OFF = 0.02  # by how much given shares may miss 1 or 100 %, for rounding
DIVISORS = {
    "uptime",
    "organic_loading",
    "aqueous_concentration",
    "mixing_time",
    "settling_time",
    "brine_strength",
    "life",
}
LEAST_DIVISOR, MOST_EXPONENT = 1e-6, 2.0


@dataclass(frozen=True, slots=True)
class DesignBasis:
    """A case in numbers; elements and products in rising order of extraction, feeds in mole fractions."""

    case: Case
    elements: tuple[str, ...]
    feed: tuple[float, ...]
    extractant: str
    factors: dict[str, Range]  # β of neighbours in the extractant's order, by "upper/lower"
    products: tuple[Product, ...]  # with what the feed has of their elements
    sites: tuple[str, ...]
    changed_feed: tuple[float, ...] | None
    chemistry: Chemistry | None
    sources: tuple[str, ...]
    standing: dict[Boundary, Standing] = field(default_factory=dict)  # cuts that stand, in their order

    @classmethod
    def of(cls, case: Case, where: str = "") -> DesignBasis:
        """Return the case worked out as far as it can be without solving a cut.

        Parameters
        ----------
        case : Case
        where : str
            A file's name, for what is said.

        Raises
        ------
        UserError
            For what does not go together, with the field, after `where`.
        """
        try:
            return _basis(case)
        except UserError as error:
            raise type(error)(error.what, where=f"{where} {error.where}".strip(), hint=error.hint) from error

    @property
    def oxide(self) -> float:
        """Oxide, kg per mol of feed."""
        return sum(x * oxide_mass(e) for x, e in zip(self.feed, self.elements, strict=True)) / 1000

    @property
    def calibrated(self) -> Calibration | None:
        """The set that takes the place of table and case, if any."""
        return _calibrated(self.case)

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Measurements between elements of the feed that the table's factors miss by more than 2σ.

        As far as the case takes these factors, which `calibrated: measured` does too: they are the fit.
        """
        fit = self.case.calibrated == "measured"
        if (self.calibrated and not fit) or self.extractant not in data.extractants():
            return ()
        own = set() if fit else {pair.replace(" ", "") for pair in self.case.factors}
        chain = list(self.factors)
        order = [chain[0].split("/")[1], *(pair.split("/")[0] for pair in chain)]
        low, high = order.index(self.elements[0]), order.index(self.elements[-1])
        return tuple(
            one
            for one in evidence.contradictions(self.extractant)
            if low <= (a := order.index(one.measurement.lower)) < (b := order.index(one.measurement.upper))
            and b <= high
            and not own & set(chain[a:b])
        )

    @property
    def efficiency(self) -> float:
        """Murphree's, of a stage: as calibrated, else the case's."""
        found = self.calibrated.efficiency if self.calibrated else None
        return self.case.efficiency if found is None else found

    @property
    def entrained(self) -> tuple[float, float]:
        """The parts of the aqueous and of the organic phase that are carried over, likewise."""
        found, case = self.calibrated, self.case
        aqueous = found.entrained_aqueous if found else None
        organic = found.entrained_organic if found else None
        return (
            case.entrained_aqueous if aqueous is None else aqueous,
            case.entrained_organic if organic is None else organic,
        )

    @property
    def correlated(self) -> tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]:
        """Names of separation factors that come of one fit, and their correlation.

        They were calibrated together, or are the table's; one's own are independent of both."""
        found = self.calibrated
        if found is None and self.extractant in data.extractants():
            found = evidence.measured(self.extractant)
        if found is None or not found.correlation:
            return (), ()
        own = set() if self.calibrated else {pair.replace(" ", "") for pair in self.case.factors}
        kept = [k for k, pair in enumerate(found.factors) if pair not in own]
        names = [pair.replace(" ", "") for pair in found.factors]
        return (
            tuple(f"β {names[k]}" for k in kept),
            tuple(tuple(found.correlation[k][m] for m in kept) for k in kept),
        )

    @property
    def drawn(self) -> tuple[int, ...]:
        """The products, by number, that are drawn off within a cut."""
        return tuple(k for k, product in enumerate(self.products) if product.draw)

    @property
    def stands(self) -> dict[Boundary, Phase | None]:
        """The cuts that stand in their order, each with the phase that brings its feed, if it is given."""
        return dict(zip(self.standing, (cut.feed_phase for cut in self.case.cuts), strict=True))

    @property
    def masses(self) -> list[float]:
        """Oxide of each product, kg per kg of REO fed."""
        return [
            sum(self.feed[i] * oxide_mass(self.elements[i]) for i in group) / 1000 / self.oxide
            for group in self.groups
        ]

    @property
    def oxide_prices(self) -> dict[str, Range]:
        """Prices of oxides, USD/kg by element: the case's own in place of the table's."""
        return {**data.oxide_prices(), **self.case.prices}

    @property
    def uncertain(self) -> dict[str, Range]:
        """The separation factors that are not known to a point."""
        return {f"β {pair}": factor for pair, factor in self.factors.items() if factor.high > factor.low}

    @property
    def groups(self) -> list[list[int]]:
        """The elements of each product, by number."""
        return [[self.elements.index(e) for e in product.elements] for product in self.products]

    def beta(self, factors: Mapping[str, float] | None = None) -> Array:
        """Return β of the feed's elements, the least extractable of all at 1.

        Parameters
        ----------
        factors : mapping of str to float, optional
            In place of the likely ones.

        Returns
        -------
        array (C)
        """
        levels = self.levels(factors)
        return np.array([levels[e] for e in self.elements])

    def levels(self, factors: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return β of all elements of the chain, in its order.

        Parameters
        ----------
        factors : mapping of str to float, optional
            In place of the likely ones.
        """
        level = 1.0
        levels: dict[str, float] = {}
        for pair, given in self.factors.items():
            upper, lower = pair.split("/")
            levels.setdefault(lower, level)
            level *= (factors or {}).get(f"β {pair}", given.likely)
            levels[upper] = level
        return levels


def _basis(case: Case) -> DesignBasis:
    weights = weights_of(case.feed)
    extractant, factors, sources = _factors(case, set(weights))
    order = [next(iter(factors)).split("/")[1], *(pair.split("/")[0] for pair in factors)]
    if missing := [e for e in weights if e not in order]:
        raise UserError(f"no separation factor for {missing[0]}", where="factors", hint="add it to the chain")
    elements = tuple(e for e in order if e in weights)
    if len(elements) < 2:
        raise UserError("one element needs no separation", where="feed", hint="give two or more")
    _check_prices(case)
    used = set(order[order.index(elements[0]) : order.index(elements[-1]) + 1])
    basis = DesignBasis(
        case=case,
        elements=elements,
        feed=_mole_fractions(weights, elements),
        extractant=extractant,
        factors=factors,
        products=_products(case, elements),
        sites=_sites(case),
        changed_feed=_changed_feed(case, elements),
        chemistry=_chemistry(case, extractant, factors),
        sources=(
            *(data.feed_sources(case.feed) if isinstance(case.feed, str) else ()),
            *(source for pair, source in sources.items() if used.issuperset(pair.split("/"))),
            *(data.heat_sources(extractant, used) if case.temperature != USUAL else ()),
        ),
    )
    ordered = sequence.check_products(basis.groups, basis.beta(), np.array(basis.feed), elements)
    products = tuple(basis.products[basis.groups.index(group)] for group in ordered)
    if products[0].draw or products[-1].draw:
        raise UserError(
            "the first and the last product in the order of extraction leave at the ends of a cut",
            where="products",
            hint="draw off one in the middle",
        )
    basis = replace(basis, products=products)
    _check_recoveries(basis)
    return replace(basis, standing=_standing(basis))


def element_of(name: str, where: str) -> str:
    """Return the symbol of a rare earth; a UserError says that it is none.

    Parameters
    ----------
    name, where : str
    """
    if name not in ATOMIC_MASS:
        raise UserError(
            f"{name!r:.40} is not a rare earth", where=where, hint="one of " + ", ".join(ATOMIC_MASS)
        )
    return name


def weights_of(feed: Feed, where: str = "feed") -> dict[str, float]:
    """Return parts by weight of oxide, from a preset's name or shares that sum to 1 or 100.

    Parameters
    ----------
    feed : str or mapping of str to float
    where : str
        For what is said.
    """
    if isinstance(feed, str):
        return data.feed(feed)
    parts = {element_of(e, where): value for e, value in feed.items() if value > 0}
    total = sum(parts.values())
    if not any(abs(total / whole - 1) <= SUM_OFF for whole in (1.0, 100.0)):
        raise UserError(f"shares sum to {total:g}", where=where, hint="to 1, or to 100 %")
    return parts


def _mole_fractions(weights: Mapping[str, float], elements: tuple[str, ...]) -> tuple[float, ...]:
    moles = np.array([weights.get(e, 0.0) / oxide_mass(e) for e in elements])
    return tuple((moles / moles.sum()).tolist())


def _changed_feed(case: Case, elements: tuple[str, ...]) -> tuple[float, ...] | None:
    if case.change is None:
        return None
    weights = weights_of(case.change.feed, "change.feed")
    if not set(weights) <= set(elements):
        raise UserError("the changed feed has other elements", where="change.feed", hint="those of the feed")
    return _mole_fractions(weights, elements)


def _products(case: Case, elements: tuple[str, ...]) -> tuple[Product, ...]:
    made = []
    for number, product in enumerate(case.products, 1):
        where = f"products[{number}]"
        own = tuple(e for name in product.elements if (e := element_of(name, where)) in elements)
        if not own:
            raise UserError("none of its elements is in the feed", where=where)
        made.append(msgspec.structs.replace(product, elements=own))
    return tuple(made)


def _sites(case: Case) -> tuple[str, ...]:
    for name in case.sites:
        data.site(name)
    return tuple(dict.fromkeys(case.sites))


def _check_prices(case: Case) -> None:
    """The user's own prices, times and sizes go by the names of the tables."""
    for element in case.prices:
        element_of(element, "prices")
    check_rates(case.rates)


def check_rates(rates: Mapping[str, Range]) -> None:
    """Refuse rates that the tables do not name, or out of range.

    Parameters
    ----------
    rates : mapping of str to Range
    """
    known = {*data.equipment(), *data.site(data.sites()[0])}
    for name, value in rates.items():
        if name not in known:
            raise UserError(
                f"unknown rate {name!r:.40}", where="rates", hint="one of " + ", ".join(sorted(known))
            )
        least = LEAST_DIVISOR if name in DIVISORS else 0.0
        most = MOST_EXPONENT if name.endswith("exponent") else MOST_RATE
        if not least <= value.low <= value.high <= most:
            raise UserError(
                f"{name} is out of range", where=f"rates.{name}", hint=f"{least:,g} to {most:,.10g}"
            )


def _factors(case: Case, fed: set[str]) -> tuple[str, dict[str, Range], dict[str, str]]:
    """The extractant's chain, with the user's values in place of the table's; or the user's chain alone; and
    where each value is from. The table's are brought to the case's temperature."""
    calibrated = _calibrated(case)
    found = calibrated.factors if calibrated else {}
    _check_correlation(calibrated)
    made = {pair.replace(" ", ""): factor for pair, factor in {**case.factors, **found}.items()}
    told = {pair.replace(" ", "") for pair in found}
    for pair, factor in made.items():
        where = "calibrated.factors" if pair in told else "factors"
        for element in pair.split("/"):
            element_of(element, where)
        if not factor.low > 1:
            raise UserError(
                f"β of {pair} is {factor.low:g}, which separates nothing in that direction",
                where=where,
                hint="more than 1; name the more extractable element first",
            )
    source = calibrated.source if calibrated else ""
    by_user = {
        pair: f"β {pair}: calibrated, {source}" if pair in told else f"β {pair}: given by the user"
        for pair in made
    }
    if case.extractant is None and made:
        return "user", _chain(made), by_user
    table = data.extractant(case.extractant or "P507")
    if strange := [pair for pair in made if pair not in table.factors]:
        raise UserError(
            f"{strange[0]} are not neighbours for {table.name}",
            where="factors",
            hint="its order is " + " < ".join(table.order),
        )
    at = [k for k, e in enumerate(table.order) if e in fed]
    between = set(table.order[at[0] : at[-1] + 1]) if at else set()
    needed = [pair for pair in table.factors if between.issuperset(pair.split("/")) and pair not in made]
    held = temperature.factors(table.factors, table.name, case.temperature, case.heats, needed)
    return table.name, {**held, **made}, {**table.sources, **by_user}


def _calibrated(case: Case) -> Calibration | None:
    if case.calibrated == "measured":
        return evidence.measured(case.extractant or "")
    return case.calibrated


def _check_correlation(calibrated: Calibration | None) -> None:
    if calibrated is None or not calibrated.correlation:
        return
    size, rows = len(calibrated.factors), calibrated.correlation
    square = len(rows) == size and all(len(row) == size for row in rows)
    if not square or not np.allclose(np.array(rows), np.array(rows).T, atol=1e-6):
        raise UserError(
            "not a symmetric table of as many rows and columns as there are factors",
            where="calibrated.correlation",
            hint="take what calibrate wrote as it is",
        )


def _chain(given: dict[str, Range]) -> dict[str, Range]:
    """The pairs in rising order; they must join all elements in one line."""
    above = {pair.split("/")[1]: pair for pair in given}
    tops = {pair.split("/")[0] for pair in given}
    starts = [lower for lower in above if lower not in tops]
    chain: dict[str, Range] = {}
    at = starts[0] if len(starts) == 1 else None
    while at in above and above[at] not in chain:
        pair = above[at]
        chain[pair] = given[pair]
        at = pair.split("/")[0]
    if len(chain) < len(given):
        raise UserError("pairs do not join in one line", where="factors", hint="Ce/La, Pr/Ce, Nd/Pr …")
    return chain


def _chemistry(case: Case, extractant: str, factors: Mapping[str, Range]) -> Chemistry | None:
    """The tables' settings with the user's in their place; None where no chemistry is asked for."""
    given = case.chemistry
    if not given:
        return None
    own = ChemistryInput() if given is True else given
    chained = {e for pair in factors for e in pair.split("/")}
    if apart := [e for e in own.constants if element_of(e, "chemistry.constants") not in chained]:
        raise UserError(
            f"{apart[0]} has no separation factor to tie it to the others",
            where="chemistry.constants",
            hint="give it one, or the constant of another element",
        )
    drift = {pair.replace(" ", ""): value for pair, value in own.drift.items()}
    if strange := [pair for pair in drift if pair not in factors]:
        raise UserError(
            f"{strange[0]!r:.40} are not neighbours for {extractant}",
            where="chemistry.drift",
            hint="one of " + ", ".join(factors),
        )
    numbers = {
        name: value for name, value in msgspec.structs.asdict(own).items() if isinstance(value, float | int)
    }
    if case.temperature == USUAL:
        return separation_chemistry.chemistry(extractant, numbers, own.constants, drift)
    moved = temperature.changes(extractant, case.temperature, case.heats)
    return separation_chemistry.chemistry(extractant, numbers, own.constants, drift, moved)


def _standing(basis: DesignBasis) -> dict[Boundary, Standing]:
    """The cuts that stand by the products on both sides."""
    case, product_of = basis.case, {e: k for k, p in enumerate(basis.products) for e in p.elements}
    if case.certainty and (case.fuzzy or basis.drawn):
        raise UserError(
            "certainty is for sharp cuts without side draws",
            where="certainty",
            hint="leave fuzzy and draw out",
        )
    if case.certainty and not basis.uncertain:
        raise UserError(
            "all separation factors are known to a point",
            where="certainty",
            hint="give a factor as low, likely, high",
        )
    if case.cuts and case.fuzzy:
        raise UserError("cuts that stand are sharp", where="fuzzy", hint="leave fuzzy or cuts out")
    made: dict[Boundary, Standing] = {}
    for number, cut in enumerate(case.cuts, 1):
        where = f"cuts[{number}]"
        upper, lower = (element_of(e.strip(), f"{where}.parts") for e in cut.parts.split("/"))
        boundary = product_of.get(lower, -1), product_of.get(upper, -1)
        between = range(boundary[0] + 1, boundary[1])
        if -1 in boundary or boundary[0] >= boundary[1] or any(not basis.products[p].draw for p in between):
            raise UserError(
                f"no cut parts {upper} from {lower}",
                where=f"{where}.parts",
                hint="one of " + ", ".join(_partings(basis)),
            )
        if boundary in made:
            raise UserError(f"{cut.parts} is parted twice", where=f"{where}.parts", hint="once is enough")
        stages = cut.extraction + cut.scrub
        n = cut.extraction if cut.feed_stage is None else cut.feed_stage
        if n >= stages:
            raise UserError(
                f"a feed at stage {n} of {stages}", where=f"{where}.feed_stage", hint=f"1 to {stages - 1}"
            )
        drawn = cut.draw
        made[boundary] = Standing(
            n,
            stages - n,
            cut.organic_flow,
            cut.scrub_flow,
            cut.strip,
            drawn.stage if drawn else None,
            drawn.phase if drawn else "organic",
            drawn.flow if drawn else 0.0,
        )
    return made


def _partings(basis: DesignBasis) -> list[str]:
    """Pairs of neighbours that the cuts of the case part, drawn products left out."""
    kept = [p for p in basis.products if not p.draw]
    return [f"{upper.elements[0]}/{lower.elements[-1]}" for lower, upper in pairwise(kept)]


def _check_recoveries(basis: DesignBasis) -> None:
    """Check recoveries: what neighbours are designed to hold of a product is lost from it."""
    last = len(basis.products) - 1
    own = [sum(basis.feed[i] for i in group) for group in basis.groups]
    for p, product in enumerate(basis.products):
        if product.recovery is None or product.draw:  # how much a draw holds is found with its cut
            continue
        near = [q for q in (p - 1, p + 1) if 0 <= q <= last]
        held = (basis.products[q].impurity * own[q] / (1 if q in (0, last) else 2) for q in near)
        lost = basis.case.margin * sum(held) / own[p]
        if 1 - lost < product.recovery:
            needed, most = (1 - product.recovery) / lost, floor(1e4 * (1 - lost)) / 1e4
            raise UserError(
                f"a recovery of {product.recovery:g} of {'+'.join(product.elements)} cannot be had while its "
                f"neighbours are designed to hold {100 * lost:.3g} % of all of it",
                where=f"products[{_number(product, basis.case)}]",
                hint=f"let the neighbours hold {needed:.2g} times as much, or ask for {most:g}",
            )


def _number(product: Product, case: Case) -> int:
    """The product's place in the case as it was given, from 1."""
    return next(k for k, one in enumerate(case.products, 1) if product.elements[0] in one.elements)
