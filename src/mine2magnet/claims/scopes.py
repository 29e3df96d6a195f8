"""What a claim is about, as one value: claims of one scope can be set side by side.

How a measure compares is a row of `data/claim_comparison.csv`: whether it flows by the year, whether parts of
it add up to a whole, whether its stage tells it apart, whether it is of each single thing, for how many days
a figure holds that is told without a time, and which slots it takes to know what the figure is of. Concepts
that contain one another are those of the thesaurus and of `data/claim_containment.csv`: "one" where the
trade uses the two names for one thing, "close" where the wider name often stands for the narrower thing,
else "part".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from operator import attrgetter
from typing import Literal, TypeAlias

from mine2magnet.claims.times import bounds as read_bounds
from mine2magnet.claims.units import factor
from mine2magnet.core import thesaurus
from mine2magnet.core.text import fold
from mine2magnet.model import Claim

How: TypeAlias = Literal["same", "one", "close", "part"]
HOW: tuple[How, ...] = ("same", "one", "close", "part")  # the looser the later

_TIMES_A_YEAR = {"/year": 1.0, "/month": 12.0, "/week": 365.25 / 7, "/day": 365.25}
_YEAR = (timedelta(360), timedelta(370))  # how long a year is, in days
_DAYS = 31  # a figure without a time, of a measure that the table does not have
_WEEK = timedelta(7)
bounds = lru_cache(4096)(read_bounds)  # of a library few differ
_PLACED = ("country", "place")  # kinds of which the narrower lies within the wider
_ALIASES = {  # measures under which one figure may be filed
    "employees": "jobs",
    "vehicle_output": "production",
    "price_change": "price",
    "installed_capacity": "capacity",
}
_ALIASES_IN = {("inventory", "[time]"): "stock_cover"}  # by the dimension of its unit
_MARKETS = {"CNY": "china", "JPY": "japan"}  # where a currency is paid
_BEYOND = frozenset(("metal", "alloy", "powder", "scrap", "ore", "concentrate"))  # not meant if not said
_PARTIES = ("country", "place", "company", "organisation", "person", "policy")
_ANYBODY = re.compile(
    r"(?:the |its |our |this )?(?:new |second |first |joint )?(?:company|firm|group|venture|project|mine|"
    r"plant|line|factory|refinery|site|mill|producer|maker|supplier|buyer|customer|industry|government|"
    r"ministry)?s?|"
    r"[该本其新此]?(?:合资|项目|工厂|企业|矿山|产线|生产线|厂商|厂|行业|业内|基地|政府)?|"
    r"(?:当社|同社|同省|新工場|工場|同工場|メーカー|各社|業界|鉱山|政府|合弁|新会社)"
)
_COMPANY = re.compile(
    r"[ ,]*\b(?:ltd|inc|corp|co|plc|ag|gmbh|llc|limited|corporation|company|group|holdings)\b\.?$|"
    r"(?:股份)?有限公司$|公司$|集团$|^株式会社|株式会社$|グループ$"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What claims must share to be about the same thing; `dimension` is that of their units.

    A slot that tells nothing more is empty: the form that the material's name says already, the stage of a
    measure that has no stages.
    """

    subjects: tuple[str, ...]
    measure: str | None
    stage: str | None
    materials: tuple[str, ...]
    direction: str
    dimension: str
    counterparties: tuple[str, ...] = ()
    form: str | None = None
    basis: str | None = None


# Scopes by what they depend on: a library has many claims of one scope.
_TOLD = attrgetter(
    "subjects", "counterparties", "measure", "stage", "materials", "form", "direction", "basis", "period",
    "quantity.unit",
)  # fmt: skip
_MOST_SCOPES = 65536
_scopes: dict[tuple[object, ...], Scope] = {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How figures of a measure compare: a row of the table."""

    yearly: bool = False
    adds: bool = False
    staged: bool = True
    each: bool = False
    days: int = _DAYS
    needs: tuple[str, ...] = ()


def _rows(file: str) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO((resources.files("mine2magnet") / "data" / file).read_text("utf-8")))
    )


@cache
def comparisons() -> Mapping[str, Comparison]:
    """Return how figures of each measure of the table compare."""
    return {
        row["measure"]: Comparison(
            yearly=row["yearly"] == "yes",
            adds=row["adds"] == "yes",
            staged=row["staged"] == "yes",
            each=row["each"] == "yes",
            days=int(row["days"]),
            needs=tuple(row["needs"].split()),
        )
        for row in _rows("claim_comparison.csv")
    }


def comparison(claim: Claim) -> Comparison:
    """Return how the figure of a claim compares.

    Parameters
    ----------
    claim : Claim
    """
    return comparisons().get(_measure(claim) or "", Comparison())


def scope(claim: Claim) -> Scope:
    """Return what other claims must share to be about the same thing.

    Parameters
    ----------
    claim : Claim
    """
    told = _TOLD(claim)
    found = _scopes.get(told)
    if found is None:
        if len(_scopes) >= _MOST_SCOPES:
            _scopes.clear()
        found = _scopes[told] = _scope(claim)
    return found


def _scope(claim: Claim) -> Scope:
    return Scope(
        subjects=_names(claim.subjects),
        measure=_measure(claim),
        stage=_stage(claim),
        materials=tuple(sorted(claim.materials)),
        direction=claim.direction,
        dimension=factor(yearless(claim)[0])[0],
        counterparties=_names(claim.counterparties),
        form=_form(claim),
        basis=basis(claim),
    )


def yearless(claim: Claim) -> tuple[str, float]:
    """Return the unit, and what it is multiplied by to be one of a year where flows are told by the year.

    Parameters
    ----------
    claim : Claim
    """
    unit = claim.quantity.unit
    if comparison(claim).yearly:
        for ending, times_a_year in _TIMES_A_YEAR.items():
            if unit.endswith(ending):
                return unit.removesuffix(ending), times_a_year
    return unit, 1.0


def basis(claim: Claim) -> str | None:
    """Return what a change is against: a change of a whole year is against the year before.

    Parameters
    ----------
    claim : Claim
    """
    if claim.direction == "level":
        return claim.basis if claim.quantity.unit == "x" else None
    if claim.basis is None and claim.period and is_year(claim.period):
        return "year_on_year"
    return claim.basis


def is_year(period: str) -> bool:
    """Return whether a period is as long as a year.

    Parameters
    ----------
    period : str

    Examples
    --------
    >>> is_year("2025"), is_year("2025-04/2026-03"), is_year("2025-04/..")
    (True, True, False)
    """
    first, last = bounds(period)
    return _YEAR[0] < last - first < _YEAR[1]


def market(claim: Claim) -> tuple[str, ...]:
    """Return whose the figure is; of a price, where it is paid, as its currency tells if nothing else does.

    Parameters
    ----------
    claim : Claim
    """
    paid = _MARKETS.get(claim.quantity.unit.partition("/")[0])
    if claim.subjects or claim.measure != "price" or not paid:
        return _names(claim.subjects)
    return (paid,)


def stands(claim: Claim, published: Mapping[str, date]) -> tuple[date, date] | None:
    """Return the first and last day that a claim speaks of, None if that is not known.

    A state told as of a day, or told without a time, is of that day or of the day of publication.

    Parameters
    ----------
    claim : Claim
    published : mapping
        Days of publication by document.
    """
    if claim.period is None:
        day = published.get(claim.document)
        return (day, day) if day and holds(claim) else None
    first, last = bounds(claim.period)
    return (last, last) if holds(claim) else (first, last)


def holds(claim: Claim) -> int:
    """Return for how many days a state holds that is told of a day, or of no time.

    It is 0 for what is of its period only, and for what moves from day to day.

    Parameters
    ----------
    claim : Claim
    """
    if claim.direction == "change" or claim.modality not in ("reported", "plan"):
        return 0
    days = comparison(claim).days
    if claim.period is None:
        # a rate without a time is how things go now
        return days if yearless(claim)[0] == claim.quantity.unit else comparisons()["capacity"].days
    first, last = bounds(claim.period)
    return days if days >= _DAYS and (claim.period_kind == "as_of" or last - first <= _WEEK) else 0


def at_one_time(a: Claim, b: Claim, published: Mapping[str, date]) -> bool:
    """Return whether two claims speak of one time: of one period, or both of a state that holds between.

    States of which both tell the day are of one time within a week.

    Parameters
    ----------
    a, b : Claim
    published : mapping
        Days of publication by document.
    """
    first, second = stands(a, published), stands(b, published)
    if first is None or second is None:
        return False
    if days := min(holds(a), holds(b)):
        most = _WEEK if a.period and b.period else timedelta(days)
        return abs(first[1] - second[1]) <= most
    rates = {yearless(c)[0] == c.quantity.unit for c in (a, b)}
    yearly = bool(a.period and is_year(a.period))
    return first == second and (yearly or len(rates) == 1)


def whose(claim: Claim) -> tuple[str, ...]:
    """Return `market` if it says whose the figure is.

    "The company" does not, and what each single thing has of its own, such as its content of magnets, is not
    told of a kind of things.

    Parameters
    ----------
    claim : Claim
    """
    told = market(claim)
    terms, each = thesaurus.load(), comparison(claim).each
    for name in told:
        if name not in terms:
            if _ANYBODY.fullmatch(name):
                return ()
        elif each and terms[name].kind not in _PARTIES:
            return ()
    return told


def tells(claim: Claim, slot: str) -> bool:
    """Return whether a claim tells a slot. A share of magnets of some time is one of making them.

    Parameters
    ----------
    claim : Claim
    slot : {"materials", "stage", "counterparties"}
    """
    if slot == "stage" and claim.period and any(_is_a(id, "permanent_magnet") for id in claim.materials):
        return True
    return bool(getattr(claim, slot))


def _measure(claim: Claim) -> str | None:
    if claim.measure == "share_of_production" and tells(claim, "stage"):
        return "share"
    return filed(claim.measure, factor(claim.quantity.unit)[0])


def filed(measure: str | None, dimension: str) -> str | None:
    """Return the measure under which a figure is compared: stocks that are told in weeks are stock cover.

    Parameters
    ----------
    measure : str or None
    dimension : str
        Of the figure's unit.
    """
    return _ALIASES_IN.get((measure or "", dimension)) or _ALIASES.get(measure or "", measure)


def _stage(claim: Claim) -> str | None:
    if not comparison(claim).staged:
        return None
    if claim.stage == "magnet_making" and any(_is_a(id, "permanent_magnet") for id in claim.materials):
        return None
    return claim.stage


def _form(claim: Claim) -> str | None:
    for id in claim.materials:
        if claim.form and (claim.form in id or (claim.form == "magnet" and _is_a(id, "permanent_magnet"))):
            return None
    return claim.form


def forms_agree(a: str | None, b: str | None) -> bool:
    """Return whether two forms can be of one thing: what is not told is no metal, and no ore.

    Parameters
    ----------
    a, b : str or None
    """
    return a == b or (a is None and b not in _BEYOND) or (b is None and a not in _BEYOND)


def _names(told: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(name if name in thesaurus.load() else _plain(name) for name in told))


@lru_cache(4096)
def _plain(name: str) -> str:
    """A name that the thesaurus does not have, however it is written."""
    plain = fold(name).strip()
    if _ANYBODY.fullmatch(plain):
        return plain
    while (shorter := _COMPANY.sub("", plain).strip(" ,.")) and shorter != plain:
        plain = shorter
    return plain


def _is_a(id: str, wider: str) -> bool:
    terms = thesaurus.load()
    return id in terms and terms.is_a(id, wider)


@lru_cache(4096)
def wider(ids: tuple[str, ...]) -> Mapping[tuple[str, ...], How]:
    """Return the names that contain what one name names, itself included, and how they do.

    Parameters
    ----------
    ids : tuple of str

    Examples
    --------
    >>> wider(("european_union",)), wider(("ndpr_oxide",))[("ndpr",)]
    ({('european_union',): 'same', ('europe',): 'close'}, 'one')
    """
    found: dict[tuple[str, ...], How] = {ids: "same"}
    if len(ids) == 1 and ids[0] in (terms := thesaurus.load()):
        above = list(terms[ids[0]].broader)
        kind = terms[ids[0]].kind
        while above and kind in ("material", *_PLACED):
            id = above.pop()
            found.setdefault((id,), "part")
            above += terms[id].broader
        found.update({(name,): how for name, how in _contained().get(ids[0], ())})
    return found


@cache
def _contained() -> Mapping[str, list[tuple[str, How]]]:
    table: dict[str, list[tuple[str, How]]] = {}
    for row in _rows("claim_containment.csv"):
        how = next(how for how in HOW if how == row["how"])
        table.setdefault(row["narrower"], []).append((row["wider"], how))
    return table
