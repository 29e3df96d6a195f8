"""Closed-form design of a two-component cascade (Xu Guangxian's theory of countercurrent extraction).

A is the more extractable component, the feed is 1 mol. Sources: Xu G. X., Yuan C. Y., Solvent Extraction of
Rare Earths (Science Press, Beijing, 1987; new edition 2010); derivation in docs/separation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Literal

from mine2magnet.core.errors import UserError

Phase = Literal["aqueous", "organic"]  # the phase in which the feed enters


@dataclass(frozen=True, slots=True)
class Split:
    """What two purities make of a feed: all per mole of feed.

    `a` and `b` are the purification factors of A and B; `extract_flow` leaves with the organic,
    `raffinate_flow` with the aqueous phase; `yield_a` and `yield_b` are the parts of A and B found in their
    own product.
    """

    f_a: float
    purity_a: float
    purity_b: float
    a: float
    b: float
    yield_a: float
    yield_b: float
    extract_flow: float
    raffinate_flow: float


@dataclass(frozen=True, slots=True)
class Design:
    """Flows in mol per mole of feed, and stages.

    `organic` (S) is carried by the organic phase in the extraction section, `scrub` (W) by the aqueous phase
    in the scrub section; `e` and `e_scrub` are their extraction ratios, organic over aqueous. `n` and `m`
    are the extraction and scrub stages as the formula gives them, not rounded.
    """

    split: Split
    beta: float
    feed: Phase
    organic: float
    scrub: float
    e: float
    e_scrub: float
    n_extraction: float
    n_scrub: float

    @property
    def stages(self) -> tuple[int, int]:
        """Extraction and scrub stages, rounded up. They may miss the purity: see `sizing.verified`."""
        return ceil(self.n_extraction), ceil(self.n_scrub)


def split(f_a: float, purity_a: float, purity_b: float) -> Split:
    """Return the mass balance of a two-component cut.

    Parameters
    ----------
    f_a : float
        The mole fraction of A in the feed.
    purity_a, purity_b : float
        Mole fractions of A in the extract and of B in the raffinate.

    Raises
    ------
    UserError
        Where no split makes both purities of this feed.

    Examples
    --------
    >>> s = split(0.75, 0.999, 0.999)
    >>> round(s.a, 3), round(s.b, 3), round(s.extract_flow, 6)
    (333.0, 2997.0, 0.750501)
    """
    if not 0 < f_a < 1:
        raise UserError(f"the share of A in the feed is {f_a:g}", where="f_a", hint="give it between 0 and 1")
    for name, purity, part in (("purity_a", purity_a, f_a), ("purity_b", purity_b, 1 - f_a)):
        if not part < purity < 1:
            raise UserError(
                f"a purity of {purity:g} is not between the feed's own {part:g} and 1",
                where=name,
                hint="ask for more than the feed has and less than 1",
            )
    f_b = 1 - f_a
    a = purity_a / (1 - purity_a) / (f_a / f_b)
    b = purity_b / (1 - purity_b) / (f_b / f_a)
    yield_a = a * (b - 1) / (a * b - 1)
    yield_b = b * (a - 1) / (a * b - 1)
    return Split(
        f_a, purity_a, purity_b, a, b, yield_a, yield_b, f_a * yield_a / purity_a, f_b * yield_b / purity_b
    )


def minimum_organic(f_a: float, beta: float, feed: Phase = "aqueous") -> float:
    """Return the least S of a sharp split, which needs infinitely many stages (Xu and Yuan 1987).

    Parameters
    ----------
    f_a : float
        The mole fraction of A in the feed.
    beta : float
        The separation factor A/B.
    feed : {"aqueous", "organic"}
        The phase that brings the feed.

    Returns
    -------
    float
        mol per mol of feed.

    Examples
    --------
    >>> minimum_organic(0.75, 1.5), minimum_organic(0.75, 1.5, "organic")
    (2.75, 2.0)
    """
    _check(beta)
    return (f_a if feed == "aqueous" else 0.0) + 1 / (beta - 1)


def minimum_stages(beta: float, purity_a: float, purity_b: float) -> float:
    """Return the stages at total reflux, ln(ab)/ln β (Fenske 1932, Ind. Eng. Chem. 24, 482).

    Parameters
    ----------
    beta : float
        The separation factor A/B.
    purity_a, purity_b : float
        Mole fractions of A in the extract and of B in the raffinate.
    """
    _check(beta)
    return log(purity_a / (1 - purity_a) * purity_b / (1 - purity_b)) / log(beta)


def design(f_a: float, beta: float, purity_a: float, purity_b: float, feed: Phase = "aqueous") -> Design:
    """Return Xu's optimum: the flows at which the stages of both sections are balanced, and the stages.

    Parameters
    ----------
    f_a : float
        The mole fraction of A in the feed.
    beta : float
        The separation factor A/B.
    purity_a, purity_b : float
        Mole fractions of A in the extract and of B in the raffinate.
    feed : {"aqueous", "organic"}
        The phase that brings the feed.

    Examples
    --------
    >>> d = design(0.75, 1.5, 0.999, 0.999)
    >>> round(d.organic, 4), round(d.n_extraction, 2), round(d.n_scrub, 2)
    (4.0898, 23.12, 27.65)
    """
    _check(beta)
    cut = split(f_a, purity_a, purity_b)
    root, extract_flow, raffinate_flow = sqrt(beta), cut.extract_flow, cut.raffinate_flow
    if feed == "aqueous":
        extraction_rules = raffinate_flow > root / (1 + root)
        e = 1 / root if extraction_rules else root * extract_flow / (root - raffinate_flow)
        e_scrub = e * raffinate_flow / (e - extract_flow) if extraction_rules else root
    else:
        extraction_rules = raffinate_flow > 1 / (1 + root)
        e = 1 / root if extraction_rules else (1 - root * raffinate_flow) / extract_flow
        e_scrub = (1 - e * extract_flow) / raffinate_flow if extraction_rules else root
    organic = e * raffinate_flow / (1 - e)
    scrub = organic - extract_flow + (feed == "organic")
    n = log(cut.b) / log(beta * e)
    m = log(cut.a) / log(beta / e_scrub) - 1
    return Design(cut, beta, feed, organic, scrub, e, e_scrub, n, m)


def _check(beta: float) -> None:
    if not beta > 1:
        raise UserError(
            f"a separation factor of {beta:g} separates nothing in the wanted direction",
            where="beta",
            hint="name the more extractable element first, or choose another extractant",
        )
