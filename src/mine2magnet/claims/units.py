"""Units: their definitions (pint), their names in three languages, conversion by plain factors."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pint

from mine2magnet.core.errors import UserError

_LONGEST_SIGN = 8  # characters, with a space behind
_CASED = 3  # Latin unit names this short count only as they are written (T and t, MW and mW)


@dataclass(frozen=True, slots=True)
class UnitName:
    """What a spelling stands for: `factor` times `unit`."""

    unit: str
    factor: float


def _table(file: str) -> str:
    return (resources.files("mine2magnet") / "data" / file).read_text("utf-8")


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(io.StringIO(_table("units.csv"))))


@cache
def _registry() -> pint.UnitRegistry[Any]:
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None)
    registry.load_definitions(_table("units.txt").splitlines())
    return registry


@cache
def names() -> dict[str, UnitName]:
    """Return every spelling of a unit, names longer than three letters in lower case."""
    spellings: dict[str, UnitName] = {}
    for row in _rows():
        label, _, scaled = row["unit"].partition("=")
        factor, _, unit = scaled.partition(" ")
        name = UnitName(unit, float(factor)) if scaled else UnitName(label, 1.0)
        for language in ("en", "zh", "ja"):
            for spelling in filter(None, row[language].split("|")):
                plain = len(spelling) > _CASED or (spelling[0].isascii() and spelling.islower())
                spellings.setdefault(spelling.lower() if plain else spelling, name)
                if language == "en" and len(spelling) > 2 and spelling[-1].islower():
                    plural = spelling[:-1] + "ies" if spelling.endswith("ry") else spelling + "s"
                    plural = plural.replace("persons", "people")
                    spellings.setdefault(plural.lower() if plain else plural, name)
    return spellings


def is_unit(text: str) -> bool:
    """Say whether claims can be in a unit: one of the table, or such a one per another.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> is_unit("USD/kg"), is_unit("parsec")
    (True, False)
    """
    known = {name.unit for name in names().values()}
    return text in known or all(part in known for part in text.split("/"))


@cache
def pattern() -> str:
    """Return a regular expression for any spelling, longest first; a Latin one ends at a word's end."""
    alternatives = []
    for spelling in sorted(names(), key=len, reverse=True):
        latin = spelling[-1].isascii() and spelling[-1].isalnum()
        short = len(spelling) <= _CASED and latin
        written = re.escape(spelling)
        alternatives.append((written if short else f"(?i:{written})") + ("(?![A-Za-z0-9])" if latin else ""))
    return "|".join(alternatives)


@cache
def currencies() -> frozenset[str]:
    """Return the units that are money."""
    return frozenset(row["unit"] for row in _rows() if row["signs"])


@cache
def _signs() -> tuple[dict[str, str], re.Pattern[str]]:
    signs = {sign: row["unit"] for row in _rows() for sign in filter(None, row["signs"].split("|"))}
    longest = sorted(signs, key=len, reverse=True)
    written = "|".join(
        (r"(?<![A-Za-z])" if s[0].isalpha() and s[0].isascii() else "") + re.escape(s) for s in longest
    )
    return signs, re.compile(rf"(?P<sign>{written})\s?$")


@cache
def sign_pattern() -> str:
    """Return a regular expression for any sign of a currency, longest first."""
    return "|".join(map(re.escape, sorted(_signs()[0], key=len, reverse=True)))


@cache
def letter_signs() -> tuple[str, ...]:
    """Return the signs of currencies that end with a letter: a number may follow them at once."""
    return tuple(sign for sign in _signs()[0] if sign[-1].isalpha() and sign.isascii())


def sign_before(text: str, start: int) -> re.Match[str] | None:
    """Return the sign of a currency that stands before a number, None if none does.

    Parameters
    ----------
    text : str
    start : int
        Of the number.

    Returns
    -------
    re.Match or None
        Of `text`; its group "sign" is for `signed_by`.
    """
    last = text[start - 1 : start] if text[start - 1 : start] != " " else text[max(0, start - 2) : start - 1]
    return _signs()[1].search(text, max(0, start - _LONGEST_SIGN), start) if last in _sign_ends() else None


@cache
def _sign_ends() -> frozenset[str]:
    return frozenset(sign[-1] for sign in _signs()[0])


def signed_by(sign: str) -> str:
    """Return the currency of a sign: USD of "US$".

    Parameters
    ----------
    sign : str
    """
    return _signs()[0][sign]


def named(spelling: str) -> UnitName:
    """Return the unit of a spelling that `pattern` matched.

    Parameters
    ----------
    spelling : str
    """
    return names().get(spelling) or names()[spelling.lower()]


@cache
def _definitions() -> dict[str, str]:
    return {row["unit"]: row["definition"] for row in _rows() if "=" not in row["unit"]}


@cache
def factor(unit: str) -> tuple[str, float]:
    """Return the dimension of a unit ("t/year", "USD/kg", "%") and its size in that dimension's base units.

    Parameters
    ----------
    unit : str

    Raises
    ------
    UserError
        If the unit is not one of `data/units.csv`, or two of them with a slash.

    Examples
    --------
    >>> factor("kt") == factor("t")
    Traceback (most recent call last):
    ...
    mine2magnet.core.errors.UserError: unknown unit 'kt' (see data/units.csv)
    >>> factor("t")[0], factor("t")[1] / factor("kg")[1]
    ('[mass]', 1000.0)
    """
    if unit in ("", "bare"):
        return "", 1.0
    above, _, below = (unit, "", "") if unit in _definitions() else unit.partition("/")
    try:
        expression = _definitions()[above] + (f" / {_definitions()[below]}" if below else "")
    except KeyError:
        raise UserError(f"unknown unit {unit!r}", hint="see data/units.csv") from None
    base = _registry().Quantity(1.0, expression).to_base_units()
    return str(base.dimensionality), float(base.magnitude)


def convert(value: float, unit: str, to: str) -> float:
    """Return a value in another unit of the same dimension.

    Parameters
    ----------
    value : float
    unit, to : str

    Raises
    ------
    UserError
        If the units have no dimension in common.

    Examples
    --------
    >>> convert(40, "t", "kg"), convert(1, "year", "month"), round(convert(1, "MGOe", "kJ/m3"), 3)
    (40000.0, 12.0, 7.958)
    """
    dimension, size = factor(unit)
    target, target_size = factor(to)
    if dimension != target:
        raise UserError(f"{unit!r} cannot be brought to {to!r}", hint="use a unit of the same dimension")
    return value * size / target_size
