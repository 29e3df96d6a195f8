"""A separation case: CASE.yaml → what to separate, how well and where; one clear line per mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import yaml

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation import sequence
from mine2magnet.separation.elements import ATOMIC_MASS, oxide_mass
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import chemistry as separation_chemistry
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.chemistry import Chemistry

KEYS = {
    "name",
    "feed",
    "extractant",
    "factors",
    "products",
    "efficiency",
    "throughput",
    "sites",
    "fuzzy",
    "linked",
    "startup_days",
    "draws",
    "prices",
    "rates",
    "change",
    "chemistry",
}
MOST_BYTES = 100_000  # of a case file
SUM_OFF = 0.02  # by how much given shares may miss 1 or 100 %, for rounding
SITES = ("china", "europe")  # compared if none is named
DIVISORS = {
    "uptime",
    "organic_loading",
    "aqueous_concentration",
    "mixing_time",
    "settling_time",
    "brine_strength",
    "life",
}
LEAST_DIVISOR, MOST_EXPONENT, MOST_RATE = 1e-6, 2.0, 1e9


@dataclass(frozen=True, slots=True)
class Product:
    """Elements sold together. `impurity` is the mole fraction of foreign rare earths allowed; one to `draw`
    is taken from within a cut between its neighbours."""

    elements: tuple[str, ...]
    impurity: float
    recovery: float | None = None
    draw: bool = False


@dataclass(frozen=True, slots=True)
class FeedChange:
    """Another feed, at the same flows, from a day on."""

    day: float
    feed: tuple[float, ...]  # mole fractions


@dataclass(frozen=True, slots=True)
class Case:
    """What to separate, how well, and where; elements and products in rising order of extraction."""

    name: str
    elements: tuple[str, ...]
    feed: tuple[float, ...]  # mole fractions
    extractant: str
    factors: dict[str, Range]  # β of neighbours in the extractant's order, by "upper/lower"
    products: tuple[Product, ...]
    efficiency: float = 1.0
    throughput: float = 1000.0  # t REO per year
    sites: tuple[str, ...] = SITES
    fuzzy: bool = False
    linked: bool = True
    startup_days: float = 60.0
    draws: int = 300
    prices: dict[str, Range] = field(default_factory=dict)
    rates: dict[str, Range] = field(default_factory=dict)  # in place of the tables', at every site
    change: FeedChange | None = None
    chemistry: Chemistry | None = None
    sources: tuple[str, ...] = ()

    @property
    def oxide(self) -> float:
        """kg of oxide per mol of feed."""
        return sum(x * oxide_mass(e) for x, e in zip(self.feed, self.elements, strict=True)) / 1000

    @property
    def drawn(self) -> tuple[int, ...]:
        """The products, by number, that are drawn off within a cut."""
        return tuple(k for k, product in enumerate(self.products) if product.draw)

    @property
    def masses(self) -> list[float]:
        """kg of each product's oxide per kg of REO fed."""
        return [
            sum(self.feed[i] * oxide_mass(self.elements[i]) for i in group) / 1000 / self.oxide
            for group in self.groups
        ]

    @property
    def oxide_prices(self) -> dict[str, Range]:
        """USD/kg by element: the case's own in place of the table's."""
        return {**data.oxide_prices(), **self.prices}

    @property
    def uncertain(self) -> dict[str, Range]:
        """The separation factors that are not known to a point."""
        return {f"β {pair}": factor for pair, factor in self.factors.items() if factor.high > factor.low}

    @property
    def groups(self) -> list[list[int]]:
        return [[self.elements.index(e) for e in product.elements] for product in self.products]

    def beta(self, factors: Mapping[str, float] | None = None) -> Array:
        """β of the feed's elements, the least extractable of all at 1."""
        levels = self.levels(factors)
        return np.array([levels[e] for e in self.elements])

    def levels(self, factors: Mapping[str, float] | None = None) -> dict[str, float]:
        """β of all elements of the chain, in its order; `factors` take the place of the likely ones."""
        level = 1.0
        levels: dict[str, float] = {}
        for pair, given in self.factors.items():
            upper, lower = pair.split("/")
            levels.setdefault(lower, level)
            level *= (factors or {}).get(f"β {pair}", given.likely)
            levels[upper] = level
        return levels


def read(text: str) -> Case:
    """A case from YAML; UserError says what is wrong, where, and how to mend it."""
    if len(text.encode()) > MOST_BYTES:
        raise UserError(f"more than {MOST_BYTES:,} bytes", where="case")
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UserError(
            f"not YAML: {getattr(error, 'problem', None) or 'cannot be read'}{line}", where="case"
        ) from error
    if not isinstance(given, dict):
        raise UserError("a case is a mapping", where="case", hint="feed: …, extractant: …, products: …")
    return from_mapping(given)


def from_mapping(given: Mapping[str, Any]) -> Case:
    unknown = [str(key) for key in given if key not in KEYS]
    if unknown:
        raise UserError(f"unknown key {unknown[0]!r}", where="case", hint="one of " + ", ".join(sorted(KEYS)))
    weights = _feed(given.get("feed"))
    name, factors, sources = _factors(given)
    order = [next(iter(factors)).split("/")[1], *(pair.split("/")[0] for pair in factors)]
    missing = [e for e in weights if e not in order]
    if missing:
        raise UserError(f"no separation factor for {missing[0]}", where="factors", hint="add it to the chain")
    elements = tuple(e for e in order if e in weights)
    if len(elements) < 2:
        raise UserError("one element needs no separation", where="feed", hint="give two or more")
    moles = np.array([weights[e] / oxide_mass(e) for e in elements])
    used = set(order[order.index(elements[0]) : order.index(elements[-1]) + 1])
    preset = given.get("feed")
    case = Case(
        name=str(given.get("name", "separation"))[:200],
        elements=elements,
        feed=tuple((moles / moles.sum()).tolist()),
        extractant=name,
        factors=factors,
        products=_products(given.get("products"), elements),
        efficiency=_number(given, "efficiency", 1.0, 0.05, 1.0),
        throughput=_number(given, "throughput", 1000.0, 0.1, 1e7),
        sites=_sites(given.get("sites", list(SITES))),
        fuzzy=_flag(given, "fuzzy", False),
        linked=_flag(given, "linked", True),
        startup_days=_number(given, "startup_days", 60.0, 0.0, 3650.0),
        draws=int(_number(given, "draws", 300, 0, 20000)),
        prices={e: _price(value, e) for e, value in _mapping(given.get("prices", {}), "prices").items()},
        rates=_rates(given.get("rates", {})),
        sources=(
            *(data.feed_sources(preset) if isinstance(preset, str) else ()),
            *(source for pair, source in sources.items() if used.issuperset(pair.split("/"))),
        ),
        change=_change(given.get("change"), elements),
        chemistry=_chemistry(given.get("chemistry"), name, factors),
    )
    beta = case.beta()
    ordered = sequence.check_products(case.groups, beta, np.array(case.feed), case.elements)
    products = tuple(case.products[case.groups.index(group)] for group in ordered)
    if products[0].draw or products[-1].draw:
        raise UserError(
            "the first and the last product in the order of extraction leave at the ends of a cut",
            where="products",
            hint="draw off one in the middle",
        )
    case = Case(**{**{k: getattr(case, k) for k in case.__slots__}, "products": products})
    _check_recoveries(case)
    return case


def _change(given: Any, elements: tuple[str, ...]) -> FeedChange | None:
    if given is None:
        return None
    fields = _mapping(given, "change")
    if set(fields) != {"day", "feed"}:
        raise UserError("a change has a day and a feed", where="change", hint="{day: 10, feed: …}")
    weights = _feed(fields["feed"])
    if not set(weights) <= set(elements):
        raise UserError("the changed feed has other elements", where="change.feed", hint="those of the feed")
    moles = np.array([weights.get(e, 0.0) / oxide_mass(e) for e in elements])
    day = _number(fields, "day", 0.0, 0.0, 3650.0)
    return FeedChange(day, tuple((moles / moles.sum()).tolist()))


def _chemistry(given: Any, extractant: str, factors: Mapping[str, Range]) -> Chemistry | None:
    """`true` for the tables' values, or a mapping with some of one's own."""
    if given is None or given is False:
        return None
    fields = {} if given is True else _mapping(given, "chemistry")
    known = (*separation_chemistry.BOUNDS, "constants", "drift")
    unknown = [key for key in fields if key not in known]
    if unknown:
        raise UserError(f"unknown key {unknown[0]!r}", where="chemistry", hint="one of " + ", ".join(known))
    numbers = {
        key: _number(fields, key, 0.0, low, high, "chemistry.")
        for key, (low, high) in separation_chemistry.BOUNDS.items()
        if key in fields
    }
    constants = _mapping(fields.get("constants", {}), "chemistry.constants")
    own = {
        _element(e, "chemistry.constants"): _number(constants, e, 0.0, -20.0, 20.0, "chemistry.constants.")
        for e in constants
    }
    chained = {e for pair in factors for e in pair.split("/")}
    if apart := [e for e in own if e not in chained]:
        raise UserError(
            f"{apart[0]} has no separation factor to tie it to the others",
            where="chemistry.constants",
            hint="give it one, or the constant of another element",
        )
    drift = _mapping(fields.get("drift", {}), "chemistry.drift")
    strange = [pair for pair in drift if pair not in factors]
    if strange:
        raise UserError(
            f"{strange[0]!r:.40} are not neighbours for {extractant}",
            where="chemistry.drift",
            hint="one of " + ", ".join(factors),
        )
    per_molar = {pair: _number(drift, pair, 0.0, -1.0, 1.0, "chemistry.drift.") for pair in drift}
    return separation_chemistry.chemistry(extractant, numbers, own, per_molar)


def _mapping(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise UserError(f"expected a mapping, not {given!r:.40}", where=where)
    return {str(key): value for key, value in given.items()}


def _finite(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise UserError(f"{value!r:.40} is not a number", where=where)
    return float(value)


def _number(
    given: Mapping[str, Any], key: str, default: float, low: float, high: float, within: str = ""
) -> float:
    value = _finite(given.get(key, default), within + key)
    if not low <= value <= high:
        raise UserError(f"{value:g} is out of range", where=within + key, hint=f"{low:g} to {high:g}")
    return value


def _flag(given: Mapping[str, Any], key: str, default: bool) -> bool:
    value = given.get(key, default)
    if not isinstance(value, bool):
        raise UserError(f"{value!r:.40} is neither true nor false", where=key)
    return value


def _element(name: str, where: str) -> str:
    if name not in ATOMIC_MASS:
        raise UserError(
            f"{name!r:.40} is not a rare earth", where=where, hint="one of " + ", ".join(ATOMIC_MASS)
        )
    return name


def _feed(given: Any) -> dict[str, float]:
    """Parts by weight of oxide, from a preset's name or a mapping that sums to 1 or 100."""
    if isinstance(given, str):
        return data.feed(given)
    if not given:
        raise UserError(
            "no feed", where="feed", hint="name one of " + ", ".join(data.feeds()) + ", or give % of REO"
        )
    parts = {_element(e, "feed"): _finite(v, f"feed.{e}") for e, v in _mapping(given, "feed").items()}
    negative = [e for e, v in parts.items() if v < 0]
    if negative:
        raise UserError(f"{negative[0]} is negative", where="feed")
    total = sum(parts.values())
    if not any(abs(total / whole - 1) <= SUM_OFF for whole in (1.0, 100.0)):
        raise UserError(f"shares sum to {total:g}", where="feed", hint="to 1, or to 100 %")
    return {e: v for e, v in parts.items() if v > 0}


def _range(given: Any, where: str) -> Range:
    if isinstance(given, list):
        if len(given) != 3:
            raise UserError("a range has three numbers", where=where, hint="[low, likely, high]")
        low, likely, high = (_finite(v, where) for v in given)
        if not low <= likely <= high:
            raise UserError("a range rises", where=where, hint="[low, likely, high]")
        return Range(low, likely, high)
    value = _finite(given, where)
    return Range(value, value, value)


def _price(given: Any, element: str) -> Range:
    made = _range(given, f"prices.{_element(element, 'prices')}")
    if made.low < 0:
        raise UserError("a price is not negative", where=f"prices.{element}")
    return made


def _rates(given: Any) -> dict[str, Range]:
    """The user's own prices, times and sizes by the names of the tables."""
    known = {*data.equipment(), *data.site(SITES[0])}
    made = {}
    for name, value in _mapping(given, "rates").items():
        if name not in known:
            raise UserError(
                f"unknown rate {name!r:.40}", where="rates", hint="one of " + ", ".join(sorted(known))
            )
        made[name] = _range(value, f"rates.{name}")
        least = LEAST_DIVISOR if name in DIVISORS else 0.0
        most = MOST_EXPONENT if name.endswith("exponent") else MOST_RATE
        if not least <= made[name].low <= made[name].high <= most:
            raise UserError(f"{name} is out of range", where=f"rates.{name}", hint=f"{least:g} to {most:g}")
    return made


def _factors(given: Mapping[str, Any]) -> tuple[str, dict[str, Range], dict[str, str]]:
    """The extractant's chain, with the user's values in place of the table's; or the user's chain alone; and
    where each value is from."""
    own = _mapping(given.get("factors", {}), "factors")
    made = {pair.replace(" ", ""): _range(value, f"factors.{pair}") for pair, value in own.items()}
    for pair, factor in made.items():
        if not re.fullmatch(r"[A-Z][a-z]?/[A-Z][a-z]?", pair):
            raise UserError(f"{pair!r:.40} is no pair", where="factors", hint="write Nd/Pr: 1.55")
        for element in pair.split("/"):
            _element(element, "factors")
        if not factor.low > 1:
            raise UserError(
                f"β of {pair} is {factor.low:g}, which separates nothing in that direction",
                where="factors",
                hint="more than 1; name the more extractable element first",
            )
    by_user = {pair: f"β {pair}: given by the user" for pair in made}
    name = given.get("extractant", "P507")
    if name is None and made:
        return "user", _chain(made), by_user
    table = data.extractant(str(name or "P507"))
    strange = [pair for pair in made if pair not in table.factors]
    if strange:
        raise UserError(
            f"{strange[0]} are not neighbours for {table.name}",
            where="factors",
            hint="its order is " + " < ".join(table.order),
        )
    return table.name, {**table.factors, **made}, {**table.sources, **by_user}


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


def _impurity(given: Any, where: str) -> float:
    """2N … 6N, 3N5, or a fraction."""
    if isinstance(given, str) and (match := re.fullmatch(r"([1-7])N([1-9])?", given.strip().upper())):
        return (1 - int(match[2] or 0) / 10) * 10.0 ** -int(match[1])
    if isinstance(given, str) or not 0 < (value := _finite(given, where)) < 1:
        raise UserError(
            f"{given!s:.40} is no purity", where=where, hint="2N to 7N, as 3N5, or a fraction below 1"
        )
    return 1 - value


def _products(given: Any, elements: tuple[str, ...]) -> tuple[Product, ...]:
    if not isinstance(given, list) or not given:
        raise UserError("no products", where="products", hint="a list of {elements: [Nd, Pr], purity: 3N}")
    if len(given) > len(ATOMIC_MASS):
        raise UserError(
            f"{len(given)} products from {len(elements)} elements", where="products", hint="name fewer"
        )
    made = []
    for number, one in enumerate(given, 1):
        where = f"products[{number}]"
        fields = _mapping(one, where)
        unknown = set(fields) - {"elements", "purity", "recovery", "draw"}
        if unknown:
            raise UserError(
                f"unknown key {min(unknown)!r}", where=where, hint="elements, purity, recovery, draw"
            )
        listed = fields.get("elements")
        names = listed if isinstance(listed, list) else [listed]
        own = tuple(e for name in names if (e := _element(str(name), where)) in elements)
        if not own:
            raise UserError("none of its elements is in the feed", where=where)
        recovery = fields.get("recovery")
        if recovery is not None and not 0 < _finite(recovery, f"{where}.recovery") < 1:
            raise UserError(f"a recovery of {recovery:g}", where=where, hint="a fraction below 1")
        impurity, draw = (
            _impurity(fields.get("purity", "2N"), f"{where}.purity"),
            _flag(fields, "draw", False),
        )
        made.append(Product(own, impurity, recovery, draw))
    return tuple(made)


def _sites(given: Any) -> tuple[str, ...]:
    names = given if isinstance(given, list) else [given]
    for name in names:
        data.site(str(name))
    if not names:
        raise UserError("no site", where="sites", hint="name one of " + ", ".join(data.sites()))
    return tuple(map(str, dict.fromkeys(names)))


def _check_recoveries(case: Case) -> None:
    """What neighbours may hold of a product is lost from it."""
    last = len(case.products) - 1
    own = [sum(case.feed[i] for i in group) for group in case.groups]
    for p, product in enumerate(case.products):
        if product.recovery is None or product.draw:  # how much a draw holds is found with its cut
            continue
        near = [q for q in (p - 1, p + 1) if 0 <= q <= last]
        lost = sum(case.products[q].impurity * own[q] / (1 if q in (0, last) else 2) for q in near) / own[p]
        if 1 - lost < product.recovery:
            needed = (1 - product.recovery) / lost
            raise UserError(
                f"a recovery of {product.recovery:g} of {'+'.join(product.elements)} cannot be had while its "
                f"neighbours may hold {lost:.3g} of it",
                where=f"products[{p + 1}]",
                hint=f"let the neighbours hold {needed:.2g} as much, or ask for {1 - lost:.6g}",
            )
