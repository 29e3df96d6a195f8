"""Separation factors at another temperature than the tables': van 't Hoff's line for each element.

log₁₀ D = a + d (1/T − 1/298.15) with d of each element (data/separation/heats.csv, K), so that a factor
between two changes by the difference of their d. Extraction by these acids is exothermic: d is positive, and
D falls with T.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.schema import USUAL

ZERO = 273.15  # K at 0 °C
LEAST_OVER_1 = 1e-3  # by how much a factor stays above 1


def changes(extractant: str | None, celsius: float, own: Mapping[str, float]) -> dict[str, float]:
    """Return the change of log₁₀ D from 25 °C by element, as far as slopes are known.

    Parameters
    ----------
    extractant : str, optional
        None: of one's own slopes alone.
    celsius : float
    own : mapping of str to float
        Slopes d, K, in place of the table's.
    """
    over = 1 / (celsius + ZERO) - 1 / (USUAL + ZERO)
    return {e: slope * over for e, slope in {**data.heats(extractant or ""), **own}.items()}


def factors(
    table: Mapping[str, Range],
    extractant: str,
    celsius: float,
    own: Mapping[str, float],
    needed: Iterable[str],
    where: str = "",
) -> dict[str, Range]:
    """Return an extractant's factors at a temperature.

    Parameters
    ----------
    table : mapping of str to Range
        Factors of neighbours at 25 °C, by "upper/lower".
    extractant : str
    celsius : float
    own : mapping of str to float
        Slopes, K.
    needed : iterable of str
        Pairs that count; the others may lack slopes and then stay as they are.
    where : str
        Of the fields, for what is said.

    Raises
    ------
    UserError
        For a pair that counts and lacks a slope, and for one that no longer parts in its direction.
    """
    if celsius == USUAL:
        return dict(table)
    known, counted = changes(extractant, celsius, own), set(needed)
    made = dict(table)
    for pair, at_usual in table.items():
        upper, lower = pair.split("/")
        if lacking := next((e for e in (upper, lower) if e not in known), ""):
            if pair in counted:
                raise UserError(
                    f"no heat of extraction of {lacking} with {extractant} is held: its factors at "
                    f"{celsius:g} °C are not known",
                    where=f"{where}temperature",
                    hint=f"give heats ({lacking}: K, of log10 D against 1/T), factors at that temperature, "
                    "or 25",
                )
            continue
        times = 10 ** (known[upper] - known[lower])
        low, likely, high = (value * times for value in (at_usual.low, at_usual.likely, at_usual.high))
        if likely <= 1 and pair in counted:
            raise UserError(
                f"at {celsius:g} °C {upper} is extracted no better than {lower}",
                where=f"{where}temperature",
                hint="another temperature, or factors of your own in the order that then holds",
            )
        least = 1 + LEAST_OVER_1
        made[pair] = Range(max(low, least), max(likely, least), max(high, least))
    return made
