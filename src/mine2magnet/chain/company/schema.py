"""What a company says of itself: parts, what is in them, who supplies them, and what it could do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mine2magnet.model.ranges import Range

MEASURES = ("second source", "redesign", "recycling")  # beside stock, which every part can have
MOST = 4  # measures of a part: of all their combinations, 16, each is simulated


@dataclass(frozen=True, slots=True)
class CompanyPart:
    """What the company makes in a country: pieces a week, and money a piece in the company's currency.

    `basis` says whether that is revenue or margin. `deferred` is the share of what is not made in a week that
    customers still want the next.
    """

    name: str
    country: str
    pieces: float
    value: float
    basis: str = "revenue"
    deferred: float = 0.0


@dataclass(frozen=True, slots=True)
class BillItem:
    """A piece of `part` takes `amount` t of `material`, of which `stock` weeks are held.

    `price` is money a tonne; without it, the network's.
    """

    part: str
    material: str
    amount: float
    stock: Range
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who makes a material in a country, and holds `stock` weeks of what goes into it."""

    name: str
    country: str
    material: str
    stock: Range


@dataclass(frozen=True, slots=True)
class Contract:
    """Who buys what from whom: `share` of the buyer's need, `lead` weeks on the way.

    `amount` is t of the material in a tonne (a piece) of what the buyer makes, if the buyer is a supplier.
    `fixed` is the share of the volume whose price does not follow the market.
    """

    buyer: str
    supplier: str
    material: str
    share: float
    lead: Range
    amount: float = 1.0
    fixed: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that can be done once, for `cost` in the company's currency.

    It brings up to `share` of what `part` normally needs of `material`, from week `start` on and over `ramp`
    weeks. A second source buys from `supplier`, and is short when that one is; redesign (pieces in a form
    without the material) and recycling need nobody.
    """

    name: str
    kind: str
    part: str
    material: str
    share: float
    cost: float
    start: float = 0.0
    ramp: float = 0.0
    supplier: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """All of it. `usd` is USD for one of `currency`; `budget` is money to spend on measures and stock."""

    name: str
    currency: Literal["USD", "EUR", "CNY", "JPY"]
    usd: float
    budget: float
    parts: tuple[CompanyPart, ...]
    bill: tuple[BillItem, ...]
    suppliers: tuple[Supplier, ...]
    supply: tuple[Contract, ...]
    measures: tuple[Measure, ...] = ()
