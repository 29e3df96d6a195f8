"""What a plant costs to build and to run, what its products cost, and when the first is made.

Capital by factors on purchased equipment (Lang 1948; Chilton 1949), each factor a `Range`; operating cost
from quantities and prices; joint cost shared by market value, and by mass beside it. An order of magnitude
with its spread, not a quotation: without land, taxes, the feed itself and what comes before a mixed
rare-earth compound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mine2magnet.separation.plant import HOURS, Quantities, Rates

LINE = 1000.0  # t REO a year: the size for which a line that dissolves or finishes is priced
EFFLUENT = 10.0  # m3/h, for which effluent treatment is priced
MONTHS = 12
PHASES = ("permit", "design and construction", "commissioning", "start-up of the cuts")


@dataclass(frozen=True, slots=True)
class Costs:
    """USD. `areas`: CAPEX by area; `per_t`: by kind per t REO fed; `per_kg`: of each product, joint cost by
    market value; `phases`: months from the decision to the first product, `ramp` to full output from there.
    """

    areas: dict[str, float]
    first_fill: float  # of organic
    locked: float  # value of the rare earths held in the cascades, at product prices
    stocks: float  # other working capital
    per_t: dict[str, float]
    value: float  # of the products, per t REO fed
    per_kg: tuple[float, ...]
    per_kg_by_mass: float  # the same for every product
    phases: dict[str, float]
    ramp: float

    @property
    def capex(self) -> float:
        """Capital, USD: all areas."""
        return sum(self.areas.values())

    @property
    def working_capital(self) -> float:
        """Working capital, USD."""
        return self.locked + self.stocks

    @property
    def total(self) -> float:
        """Cost with capital, USD per t of REO fed."""
        return sum(self.per_t.values())

    @property
    def operating(self) -> float:
        """Operating cost, USD per t of REO fed."""
        return self.total - self.per_t["capital"]

    @property
    def reagents(self) -> float:
        """Reagents, USD per t of REO fed."""
        return sum(self.per_t[kind] for kind in ("base", "acid", "precipitant", "organic lost"))

    @property
    def direct(self) -> float:
        """Reagents, labour and maintenance, USD per t, as feasibility studies often state operating cost."""
        return self.reagents + self.per_t["labour"] + self.per_t["maintenance"]

    @property
    def months(self) -> float:
        """Months from the decision to the first product."""
        return sum(self.phases.values())


def annuity(rate: float, years: float) -> float:
    """Return the yearly payment per unit of capital, r / (1 − (1 + r)^−n).

    Parameters
    ----------
    rate : float
        Of interest, a year.
    years : float

    Examples
    --------
    >>> round(annuity(0.07, 20), 4)
    0.0944
    """
    return rate / (1 - (1 + rate) ** -years) if rate else 1 / years


def equipment(
    q: Quantities, throughput: float, rates: Rates, product_mass: Sequence[float]
) -> dict[str, float]:
    """Return purchased equipment by area, USD, at a site of construction cost 1; sizes scale by a power.

    Parameters
    ----------
    q : Quantities
    throughput : float
        t REO a year.
    rates : mapping of str to float
        The rows of the tables by name.
    product_mass : sequence of float
        kg per kg REO fed, of each product.
    """
    power = rates["plant_exponent"]
    lines = sum((mass * throughput / LINE) ** power for mass in product_mass)
    hourly = q.effluent * throughput / (HOURS * rates["uptime"])  # m3/h
    return {
        "solvent extraction": rates["mixer_settler_cost"] * q.like_units,
        "tank farm": rates["tank_cost"] * q.tanks,
        "dissolving the feed": rates["dissolving_cost"] * (throughput / LINE) ** power,
        "finishing": rates["finishing_cost"] * lines,
        "effluent": rates["effluent_cost"] * (hourly / EFFLUENT) ** power,
    }


def capital(
    q: Quantities, throughput: float, rates: Rates, product_mass: Sequence[float]
) -> dict[str, float]:
    """Return CAPEX by area, USD: equipment set up, piped and wired, and what the site as a whole needs.

    Finishing is precipitation, calcination and packing.

    Parameters
    ----------
    q : Quantities
    throughput : float
        t REO a year.
    rates : mapping of str to float
        The rows of the tables by name.
    product_mass : sequence of float
        kg per kg REO fed, of each product.
    """
    placed = 1 + rates["installation"] + rates["piping"] + rates["electrical"]
    bought = equipment(q, throughput, rates, product_mass)
    shared = {
        "buildings and site": rates["buildings"] + rates["site_works"],
        "utilities": rates["utilities"],
        "engineering": rates["engineering"],
        "contingency": rates["contingency"],
    }
    total = sum(bought.values())
    made = {area: cost * placed for area, cost in bought.items()}
    made |= {area: total * factor for area, factor in shared.items()}
    return {area: cost * rates["construction"] for area, cost in made.items()}


def costs(
    q: Quantities,
    throughput: float,
    rates: Rates,
    product_mass: Sequence[float],
    product_price: Sequence[float],
    startup_months: float = 0.0,
    made: Sequence[float] | None = None,
) -> Costs:
    """Return the cost of building and running a plant.

    Parameters
    ----------
    q : Quantities
    throughput : float
        t REO a year.
    rates : mapping of str to float
        The rows of the tables by name.
    product_mass : sequence of float
        kg per kg REO fed, of each product.
    product_price : sequence of float
        USD/kg, of each product.
    startup_months : float
    made : sequence of float, optional
        As `product_mass`, of what is made, where elements go into other products than their own: the cost is
        shared by what is sold.
    """
    areas = capital(q, throughput, rates, product_mass)
    capex = sum(areas.values())
    fill = q.organic_fill * rates["organic_cost"]
    labour = q.crew * rates["labour"] / throughput
    per_t = {
        "base": q.naoh * rates["NaOH"],
        "acid": q.hcl * rates["HCl"],
        "precipitant": q.precipitant * rates["precipitant"] + q.oxalic * rates["oxalic_acid"],
        "organic lost": fill * rates["organic_loss"] / throughput,
        "water and salt": q.water * rates["water"] + q.salt * rates["salt"],
        "energy": q.power * rates["electricity"] + q.heat * rates["heat"],
        "labour": labour,
        "overhead": labour * rates["overhead"] + capex * rates["insurance"] / throughput,
        "maintenance": capex * rates["maintenance"] / throughput,
    }
    value = 1000 * float(np.dot(product_mass, product_price))
    locked = q.held * value
    stocks = sum(per_t.values()) * throughput * rates["stock_months"] / MONTHS
    # what is locked up and in stock comes back at the end: only interest is paid on it
    per_t["capital"] = (
        (capex + fill) * annuity(rates["capital"], rates["life"]) + (locked + stocks) * rates["capital"]
    ) / throughput
    total = sum(per_t.values())
    sold = 1000 * float(np.dot(product_mass if made is None else made, product_price))
    share = total / sold if sold else 0.0
    return Costs(
        areas=areas,
        first_fill=fill,
        locked=locked,
        stocks=stocks,
        per_t=per_t,
        value=value,
        per_kg=tuple(share * p for p in product_price),
        per_kg_by_mass=total / (1000 * sum(product_mass)),
        phases=_phases(rates, startup_months),
        ramp=rates["ramp_months"],
    )


def _phases(rates: Rates, startup_months: float) -> dict[str, float]:
    """Return the months of what is planned, times by how much projects slip; the start-up is as computed."""
    planned = (
        rates[name] * rates["slip"] for name in ("permit_months", "build_months", "commissioning_months")
    )
    return dict(zip(PHASES, (*planned, startup_months), strict=True))
