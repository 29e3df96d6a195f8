"""Amounts in running text, exact: every digit that a text states is said again."""

from __future__ import annotations

from mine2magnet.core.messages import Translator, messages
from mine2magnet.model import Quantity

_MYRIAD = {"zh": ((1e8, "亿"), (1e4, "万")), "ja": ((1e8, "億"), (1e4, "万"))}
_LATIN = ((1e9, " billion"), (1e6, " million"))
_DIGITS = 12  # significant: what a float holds of any figure that a text states
_BARE = ("", "count")
_SIGN = "%"
_CODE = 3  # letters of ISO 4217


def number(value: float, language: str) -> str:
    """Return a number with all of its digits, grouped as the language groups them.

    Parameters
    ----------
    value : float
    language : str
        en, zh or ja.

    Returns
    -------
    str

    Examples
    --------
    >>> number(270000, "en"), number(2.865e9, "en"), number(270000, "zh"), number(-8.7499, "ja")
    ('270,000', '2.865 billion', '27万', '−8.7499')
    """
    for size, name in _MYRIAD.get(language, _LATIN):
        if abs(value) >= size:
            return f"{_digits(value / size)}{name}"
    return _digits(value)


def _digits(value: float) -> str:
    return f"{float(f'{value:.{_DIGITS}g}'):,.{_DIGITS}g}".replace("-", "−")


def amount(quantity: Quantity, t: Translator, *, change: bool = False) -> str:
    """Return what a quantity states: "about 12,000 tonnes", "4 to 6 weeks".

    Parameters
    ----------
    quantity : Quantity
    t : Translator
        Of the language that is written.
    change : bool
        Whether the direction is said elsewhere, so that the sign is left out.

    Returns
    -------
    str
    """
    ends = [v for v in (quantity.low, quantity.high) if v is not None]
    if change:
        ends = sorted(map(abs, ends))
    ends = list(dict.fromkeys(ends))
    written = [number(v, t.language) for v in ends]
    values = t("say.range", a=written[0], b=written[1]) if len(written) > 1 else written[0]
    said = t("say.unit", x=values, unit=name) if (name := unit(quantity.unit, t, ends[-1])) else values
    approx = quantity.approx or _open(quantity)
    return t(f"say.approx.{approx}", x=said) if approx else said


def _open(quantity: Quantity) -> str:
    return "at least" if quantity.high is None else "at most" if quantity.low is None else ""


def unit(unit: str, t: Translator, n: float) -> str:
    """Return a unit in words for n of it: "tonnes", "USD per kilogram"; "" for what is counted.

    Parameters
    ----------
    unit : str
        A name of `data/units.txt`, with another below a slash or not.
    t : Translator
    n : float
        How many.

    Returns
    -------
    str
    """
    if unit in _BARE:
        return ""
    if unit == "x":
        return t("say.times")
    above, _, below = unit.partition("/")
    return t("axis.per", a=_word(above, t, n), b=_word(below, t, 1)) if below else _word(above, t, n)


def _word(unit: str, t: Translator, n: float) -> str:
    code = len(unit) == _CODE and unit.isupper()  # of a currency: the same for every English reader
    if unit == _SIGN or (code and t.language == "en"):
        return unit
    keys = (f"unit.{unit}", f"axis.{unit}") if code else (f"axis.{unit}", f"unit.{unit}")
    return next((t(key, n=n) for key in keys if key in messages()), unit)
