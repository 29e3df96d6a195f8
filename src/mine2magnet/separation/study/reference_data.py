"""The reference tables of separation: extractants, feeds, prices, equipment; every row with unit, year,
source.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

Row = dict[str, str]
LEVELS = ("low", "likely", "high")


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return the rows of data/separation/{table}.csv.

    Parameters
    ----------
    table : str
    """
    text = (resources.files("mine2magnet") / "data" / "separation" / f"{table}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _range(row: Row) -> Range:
    return Range(float(row["low"]), float(row["likely"]), float(row["high"]))


def _known(given: str, names: list[str], where: str) -> None:
    if given not in names:
        raise UserError(f"unknown {where} {given!r}", where=where, hint="one of " + ", ".join(names))


@dataclass(frozen=True, slots=True)
class Extractant:
    """Separation factors between neighbours, from the least extractable element up."""

    name: str
    order: tuple[str, ...]
    factors: dict[str, Range]  # by "upper/lower"
    sources: dict[str, str]  # likewise


def extractants() -> list[str]:
    """Return the names of the extractants."""
    return list(dict.fromkeys(row["extractant"] for row in rows("separation_factors")))


def extractant(name: str) -> Extractant:
    """Return an extractant's separation factors.

    Parameters
    ----------
    name : str

    Raises
    ------
    UserError
        For a name that is not in the table.
    """
    _known(name, extractants(), "extractant")
    own = [row for row in rows("separation_factors") if row["extractant"] == name]
    return Extractant(
        name,
        (own[0]["lower"], *(row["upper"] for row in own)),
        {f"{row['upper']}/{row['lower']}": _range(row) for row in own},
        {
            (pair := f"{row['upper']}/{row['lower']}"): (
                f"β {pair}: {row['low']} – {row['likely']} – {row['high']}, "
                f"{row['medium']}, {row['year']}: {row['source']} ({row['status']})"
            )
            for row in own
        },
    )


@dataclass(frozen=True, slots=True)
class Constants:
    """log₁₀ K of RE³⁺ + 3 (HA)₂ ⇌ RE(HA₂)₃ + 3 H⁺ in mol/L at zero ionic strength by element, as far as they
    are known; `activity` is a of log₁₀ y = −a √(mol/L of dimer)."""

    constants: dict[str, Range]
    activity: float
    sources: tuple[str, ...]


def constants(extractant: str) -> Constants:
    """Return an extractant's constants of mass action.

    Parameters
    ----------
    extractant : str
    """
    own = [row for row in rows("extraction_constants") if row["extractant"] == extractant]
    return Constants(
        {row["element"]: _range(row) for row in own},
        float(own[0]["activity"]) if own else 0.0,
        tuple(
            f"log K {row['element']}: {row['low']} – {row['likely']} – {row['high']}, {row['medium']}, "
            f"{row['diluent']}: {row['source']} ({row['status']})"
            for row in own
        ),
    )


def heats(extractant: str) -> dict[str, float]:
    """Return slopes of log₁₀ D against 1/T, K, by element, as far as they are known.

    Parameters
    ----------
    extractant : str
    """
    own = (row for row in rows("heats") if row["extractant"] == extractant)
    return {row["element"]: float(row["slope"]) for row in own}


def heat_sources(extractant: str, elements: Iterable[str]) -> list[str]:
    """Return where slopes of log₁₀ D against 1/T are from.

    Parameters
    ----------
    extractant : str
    elements : iterable of str
    """
    wanted = set(elements)
    return [
        f"d {row['element']}: {row['slope']} ± {row['error']} K: {row['source']} ({row['status']})"
        for row in rows("heats")
        if row["extractant"] == extractant and row["element"] in wanted
    ]


def impurities(extractant: str) -> dict[str, Range]:
    """Return distribution ratios of impurities, organic over aqueous by volume, as far as they are known.

    Parameters
    ----------
    extractant : str
    """
    return {row["element"]: _range(row) for row in rows("impurities") if row["extractant"] == extractant}


def impurity_sources(extractant: str, elements: Iterable[str]) -> list[str]:
    """Return where distribution ratios of impurities are from.

    Parameters
    ----------
    extractant : str
    elements : iterable of str
    """
    wanted = set(elements)
    return [
        f"D {row['element']}: {row['low']} – {row['likely']} – {row['high']}, {row['medium']}, "
        f"{row['year']}: {row['source']} ({row['status']})"
        for row in rows("impurities")
        if row["extractant"] == extractant and row["element"] in wanted
    ]


def chemistry() -> dict[str, Range]:
    """Return strengths of organic, feed and acid, and log₁₀ K of sodium, by name."""
    return {row["name"]: _range(row) for row in rows("chemistry")}


def feeds() -> dict[str, str]:
    """Return the labels of the feeds by name."""
    return {row["feed"]: row["label"] for row in rows("feeds")}


def feed(name: str) -> dict[str, float]:
    """Return a feed in % of REO by weight, by element.

    Parameters
    ----------
    name : str

    Raises
    ------
    UserError
        For a name that is not in the table.
    """
    _known(name, list(feeds()), "feed")
    return {row["element"]: float(row["share"]) for row in rows("feeds") if row["feed"] == name}


def feed_sources(name: str) -> list[str]:
    """Return where a feed's figures are from.

    Parameters
    ----------
    name : str
    """
    return list(
        dict.fromkeys(
            f"{row['label']}, {row['year']}: {row['source']} ({row['status']})"
            for row in rows("feeds")
            if row["feed"] == name
        )
    )


def price_sets() -> list[str]:
    """Return the names of the sites with prices of their own."""
    return list(dict.fromkeys(row["site"] for row in rows("prices")))


def sites() -> list[str]:
    """Return the names of the sites: those with prices of their own, and those with a location factor."""
    return [*price_sets(), *(row["site"] for row in rows("location_factors"))]


def site(name: str) -> dict[str, Range]:
    """Return prices and durations of a site by item.

    Parameters
    ----------
    name : str

    Raises
    ------
    UserError
        For a name that is not in the table.
    """
    _known(name, sites(), "site")
    return {row["item"]: _range(row) for row in site_rows(name)}


def site_rows(name: str) -> list[Row]:
    """Return the rows of a site's prices.

    A site without prices of its own has those of another site, as the rows say, but for what it costs to
    build: its location factor times what the same equipment costs in the United States.

    Parameters
    ----------
    name : str
    """
    factor = next((row for row in rows("location_factors") if row["site"] == name), None)
    if factor is None:
        return [row for row in rows("prices") if row["site"] == name]
    base = {row["item"]: row for row in rows("prices") if row["site"] == "usa"}
    scaled = {key: f"{float(factor['factor']) * float(base['construction'][key]):.3g}" for key in LEVELS}
    own = {"site": name, **{key: factor[key] for key in ("year", "source", "status")}}
    built = {
        "mixer_settler_cost": base["mixer_settler_cost"],
        "construction": {**base["construction"], **scaled, **own},
    }
    taken = (row for row in rows("prices") if row["site"] == factor["prices"])
    return [built.get(row["item"], row) for row in taken]


def equipment() -> dict[str, Range]:
    """Return sizes, prices and exponents of equipment by item."""
    return {row["name"]: _range(row) for row in rows("equipment")}


def oxide_prices() -> dict[str, Range]:
    """Return prices of oxides, USD/kg by element."""
    return {row["element"]: _range(row) for row in rows("oxide_prices")}
