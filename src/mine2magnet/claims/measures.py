"""Measures and the units that tell them."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

from mine2magnet.claims import units

TIME = frozenset(("hour", "day", "week", "month", "year"))
MONEY = units.currencies()
_MASS = frozenset(("t", "kg", "g", "lb", "t REO"))
_POWER = frozenset(("W", "kW", "MW", "GW"))
_SORTS = {
    **dict.fromkeys(("%", "pp"), "rate"),
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(_MASS, "mass"),
    **dict.fromkeys(TIME, "time"),
    **dict.fromkeys((*_POWER, "Wh", "kWh", "MWh", "GWh", "TWh"), "energy"),
}
OWN = {  # units that measure one thing only
    "kOe": "coercivity", "kA/m": "coercivity", "MGOe": "energy_product", "kJ/m3": "energy_product",
    "T": "remanence",
}  # fmt: skip
_DEFAULTS = {  # what a unit may measure where nothing is named, the likeliest first
    "price": ("price",),
    "mass": (
        "production",
        "exports",
        "capacity",
        "demand",
        "weight_per_unit",
        "supply",
        "imports",
        "reserves",
    ),
    "flow": ("capacity", "production", "supply", "demand"),
    "mass_per": ("weight_per_unit",),
    "energy": ("installed_capacity", "water_use"),
    "person": ("jobs",),
    "vehicle": ("vehicle_output", "sales_volume"),
    "degC": ("operating_temperature",),
    "rate": ("share", "grade", "recovery", "utilisation", "efficiency", "share_price", "premium"),
    "time": ("stock_cover", "build_time", "licence_time", "lead_time", "delay", "plant_stops"),
    "money": ("investment", "price", "subsidy", "loan", "revenue", "share_price"),
    "count": ("plant_stops", "orders", "jobs", "delay"),
}


@cache
def _table() -> dict[str, tuple[frozenset[str], str]]:
    """The sorts of unit that each measure is told in, and its group."""
    table = (resources.files("mine2magnet") / "data" / "claim_measures.csv").read_text("utf-8")
    return {
        row["measure"]: (frozenset(row["sorts"].split()), row["group"])
        for row in csv.DictReader(io.StringIO(table))
    }


def sort(unit: str) -> str:
    """Return the sort of a unit: rate, money, price, mass, mass_per, flow, time, energy, or the unit itself.

    Parameters
    ----------
    unit : str

    Examples
    --------
    >>> sort("USD/kg"), sort("t/year"), sort("kg/vehicle"), sort("%")
    ('price', 'flow', 'mass_per', 'rate')
    """
    head, _, per = unit.partition("/")
    found = _SORTS.get(head) or head
    if found == "money" and per and per not in TIME:
        return "price"
    if found == "mass" and per:
        return "flow" if per in TIME else "mass_per"
    return found


def group(measure: str) -> str:
    """Return the group of a measure: those of one group name their parties alike; "" for none.

    Parameters
    ----------
    measure : str
        A thesaurus id.
    """
    return _table().get(measure, (frozenset(), ""))[1]


def fits(measure: str, unit: str, direction: str) -> bool:
    """Return whether a figure in this unit can tell the measure.

    A change, in % or times, can be one of anything but a span of time.

    Parameters
    ----------
    measure : str
        A thesaurus id.
    unit : str
    direction : {"level", "change"}
    """
    if unit in OWN:
        return measure == OWN[unit]
    sorts = _table().get(measure, (frozenset(), ""))[0]
    if unit == "x" or (direction == "change" and unit in ("%", "pp")):
        return sorts != {"time"}
    own = sort(unit)
    return (own if own != "flow" else "mass") in sorts


def default(unit: str, direction: str) -> tuple[str, ...]:
    """Return what a unit measures where nothing is named.

    Parameters
    ----------
    unit : str
    direction : {"level", "change"}
    """
    if unit in OWN:
        return (OWN[unit],)
    if direction == "change" and sort(unit) == "rate":
        return ("price",)
    return _DEFAULTS.get(sort(unit), ())
