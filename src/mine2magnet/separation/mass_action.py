"""A cascade of an acidic extractant by mass action: acidity and loading are found, not given.

    RE³⁺ + 3 (HA)₂ ⇌ RE(HA₂)₃ + 3 H⁺      D = K (F/h)³
    Na⁺ + (HA)₂ ⇌ Na(HA₂) + H⁺            D = K_Na (F/h)

with F the free dimer and h the acid, both in mol/L (the stoichiometry after Peppard et al. 1958, J. Inorg.
Nucl. Chem. 7, 276; activity coefficients are taken as constant and are in K). One scalar per stage, the ratio
r = F/h, so couples all species, as K does in `steady`: given r the balances of every species are linear.
What r must be follows from two totals, which no reaction changes: the extractant in the organic phase and, by
charge, the chloride in the aqueous one,

    F = F₀ − 3 Σ y_RE − y_Na,    h = Cl − 3 Σ x_RE − x_Na,    F = r h.

Newton on ln r with the bordered elimination of `steady`, damped as a pseudo-transient (Kelley & Keyes 1998,
SIAM J. Numer. Anal. 35, 508): F − r h falls as r rises. Where a split is asked for, the scrub flow is one
more unknown, and that what leaves with the organic is right one more equation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import exp, log10

import numpy as np
import scipy

from mine2magnet.core.errors import UserError
from mine2magnet.separation.balances import Balances, Exchange, Linearised
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Cascade
from mine2magnet.separation.steady import Unsettled

VALENCE = 3.0  # of the rare earths: dimers taken, protons given and chloride paired, per mol
TOLERANCE = 1e-12  # of F − r h, as a part of F₀ + r Cl
GOOD_ENOUGH = 1e-10  # where rounding ends the descent
MOST_STEPS = 200  # most circuits take about 10
LEAST_STEP = 1e-6
# Of ln r from where it is thought to be, in the extraction and the scrub section; the likely ones first.
SHIFTS = sorted(
    product((0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 4.0, -4.0), repeat=2), key=lambda s: abs(s[0]) + abs(s[1])
)
FIRST_STEP = 1.0  # of pseudo-time, in which r moves by about its own distance from equilibrium
FROM_NEAR = 1e6  # the same where the beginning is near: plain Newton, as far as it helps
MOST_SCRUB = 0.1  # change of ln(scrub) in one step
NUDGE = 1e-6  # of the scrub flow, for its derivatives: z is rational in it
WIDEST = 60.0  # of ln r either way from F = h
MOST_CHANGE = 1.0  # of ln r in one step


@dataclass(frozen=True, slots=True)
class Circuit:
    """An extraction section, the last stage of which takes the feed, and a scrub section.

    `constants` (C), or (N, C) where they differ by stage, are K of each element; `sodium` is K_Na.
    `extractant` is F₀, mol of dimer per L of organic; `saponified` the part of its acid that comes in as
    sodium salt. `organic`, `feed` and `scrub` are L per unit of time. `fed` (C) is mol/L of each element in
    the feed and `feed_acid` its free acid, `acid` that of the scrub solution, mol/L; all as chlorides. An
    organic feed is extractant of the same strength that holds `fed`, and no sodium. `efficiency` is
    Murphree's on the organic side: the part that is mixed in, the end stages being ideal.
    """

    constants: Array
    sodium: float
    extractant: float
    saponified: float
    organic: float
    feed: float
    fed: Array
    feed_acid: float
    scrub: float
    acid: float
    n_extraction: int
    n_scrub: int
    phase: Phase = "aqueous"
    efficiency: float = 1.0

    @property
    def stages(self) -> int:
        """Stages of both sections."""
        return self.n_extraction + self.n_scrub

    def __post_init__(self) -> None:
        for name in ("sodium", "extractant", "organic", "feed", "scrub", "acid"):
            if not getattr(self, name) > 0:
                raise UserError(f"{getattr(self, name):g} is not above nought", where=name)
        if min(self.n_extraction, self.n_scrub) < 1:
            raise UserError("a circuit needs a stage in each section", where="n_extraction, n_scrub")
        if not 0 <= self.saponified <= 0.5:
            raise UserError(
                f"{self.saponified:g} of the acid cannot be sodium salt: each sodium holds a dimer",
                where="saponified",
                hint="0 to 0.5",
            )
        if (
            np.min(self.constants) <= 0
            or np.min(self.fed) < 0
            or np.shape(self.constants) not in (np.shape(self.fed), (self.stages, len(self.fed)))
        ):
            raise UserError(
                "each element needs a constant above nought and a concentration", where="constants"
            )
        if not 0 < self.efficiency <= 1:
            raise UserError(f"{self.efficiency:g} is no efficiency", where="efficiency", hint="up to 1")
        held = VALENCE * float(np.sum(self.fed))
        if self.phase == "organic" and held >= self.extractant:
            raise UserError(
                f"{held:g} mol/L of dimer are needed to hold the feed, and {self.extractant:g} are there",
                where="fed",
                hint="a weaker feed or a stronger extractant",
            )

    @property
    def aqueous(self) -> Array:
        """L per unit of time that leave each stage with the aqueous phase (N)."""
        joined = self.scrub + self.feed * (self.phase == "aqueous")
        return np.append(np.full(self.n_extraction, joined), np.full(self.n_scrub, self.scrub))

    @property
    def solvent(self) -> Array:
        """L per unit of time that leave each stage with the organic phase (N)."""
        joined = self.organic + self.feed * (self.phase == "organic")
        return np.append(np.full(self.n_extraction - 1, self.organic), np.full(self.n_scrub + 1, joined))

    @property
    def mixed(self) -> Array:
        """The part of the organic that takes part at each stage (N)."""
        eta = np.full(self.stages, self.efficiency)
        eta[[0, -1]] = 1.0
        return eta

    @property
    def base(self) -> float:
        """Sodium that comes in with the organic, mol per unit of time."""
        return 2 * self.saponified * self.extractant * self.organic

    @property
    def chloride(self) -> Array:
        """Chloride in the aqueous phase of each stage, mol/L (N)."""
        if self.phase == "organic":
            return np.full(self.stages, self.acid)
        of_feed = self.feed * (VALENCE * self.fed.sum() + self.feed_acid)
        mixed = (self.scrub * self.acid + of_feed) / (self.scrub + self.feed)
        return np.append(np.full(self.n_extraction, mixed), np.full(self.n_scrub, self.acid))


@dataclass(frozen=True, slots=True)
class Equilibrated:
    """A solved circuit: flows in mol per unit of time that leave each stage (N, C), sodium (N), and the
    state of each stage (N): `acid` h and `free` extractant F in mol/L; `steps` of Newton."""

    circuit: Circuit
    aqueous: Array
    organic: Array
    sodium_aqueous: Array
    sodium_organic: Array
    acid: Array
    free: Array
    steps: int

    @property
    def ph(self) -> Array:
        """The negative decimal logarithm of the acid's concentration (N); an electrode shows the activity."""
        return np.asarray(-np.log10(self.acid))

    @property
    def loading(self) -> Array:
        """The part of the extractant that holds rare earths (N)."""
        held = VALENCE * self.organic.sum(axis=1) / self.circuit.solvent
        return np.asarray(held / self.circuit.extractant)

    @property
    def log_r(self) -> Array:
        """The logarithm ln (F/h) (N), from which a neighbouring circuit starts."""
        return np.asarray(np.log(self.free / self.acid))

    @property
    def residual(self) -> float:
        """The largest error of any element's balance at any stage, as a part of the whole feed."""
        c = self.circuit
        error = self.aqueous + self.organic
        error[c.n_extraction - 1] -= c.feed * c.fed
        error[:-1] -= self.aqueous[1:]
        error[1:] -= self.organic[:-1]
        return float(abs(error).max() / (c.feed * c.fed.sum()))


def equilibrate(c: Circuit, start: Array | None = None, extract_flow: float | None = None) -> Equilibrated:
    """Return the steady state of a circuit.

    Parameters
    ----------
    c : Circuit
    start : array (N), optional
        The `log_r` of a similar circuit of as many stages: the only beginning tried if given.
    extract_flow : float, optional
        Find the scrub flow that sends so many mol of rare earths to the organic product.

    Raises
    ------
    UserError
        Where the base that comes in exceeds the acid it can meet.
    Unsettled
        Where Newton does not settle.
    """
    if c.base >= c.chloride[0] * c.aqueous[0]:
        raise UserError(
            f"{c.base:g} mol of sodium come in with the organic, and no more than "
            f"{c.chloride[0] * c.aqueous[0]:g} mol of chloride leave with the raffinate: hydroxides fall out",
            where="saponified",
            hint="less organic, a lower saponification, or more feed and acid",
        )
    sections, steps = (c.n_extraction, c.n_scrub), 0
    starts = (
        ((_start(c) + np.repeat(s, sections), FIRST_STEP) for s in SHIFTS)
        if start is None
        else ((start, FROM_NEAR), (start, FIRST_STEP))
    )
    for begin, step in starts:
        found, log_r, more, settled = _newton(c, begin, step, extract_flow)
        steps += more
        if settled:
            return _result(found, log_r, steps)
    raise Unsettled(
        f"the circuit of {c.n_extraction} + {c.n_scrub} stages does not settle from any beginning tried",
        where="circuit",
        hint="change a flow or the acid a little",
    )


@dataclass(frozen=True, slots=True)
class Shaken:
    """Two phases at equilibrium in a flask, mol/L: `aqueous` and `organic` (C), sodium in either, the `acid`
    h and the `free` extractant F."""

    aqueous: Array
    organic: Array
    sodium_aqueous: float
    sodium_organic: float
    acid: float
    free: float

    @property
    def ph(self) -> float:
        """The negative decimal logarithm of the acid's concentration."""
        return -log10(self.acid)

    @property
    def ratio(self) -> Array:
        """Distribution ratios D (C)."""
        return self.organic / self.aqueous


def shake(
    constants: Array,
    sodium: float,
    extractant: float,
    saponified: float,
    fed: Array,
    acid: float,
    organic: float = 1.0,
) -> Shaken:
    """Return two phases at equilibrium in a flask: one batch of organic per L of aqueous phase.

    F − r h falls as r rises, so that bisection (Brent) on ln r finds it.

    Parameters
    ----------
    constants : array (C)
        K of each element.
    sodium : float
        K of sodium.
    extractant : float
        mol of dimer per L of organic.
    saponified : float
        The part of its acid that comes in as sodium salt.
    fed : array (C)
        mol/L of each element.
    acid : float
        Free acid, mol/L.
    organic : float
        L per L of aqueous phase.

    Raises
    ------
    UserError
        Where there is more base than acid to meet it.
    """
    base, chloride = 2 * saponified * extractant * organic, VALENCE * float(np.sum(fed)) + acid
    if base >= chloride:
        raise UserError(
            f"{base:g} mol of base meet no more than {chloride:g} mol of chloride: hydroxides fall out",
            where="saponified",
            hint="less organic, a lower saponification, or more feed and acid",
        )

    def at(log_r: float) -> Shaken:
        r = exp(log_r)
        d, d_sodium = constants * r**VALENCE, sodium * r
        x, x_sodium = fed / (1 + organic * d), base / (1 + organic * d_sodium)
        y, y_sodium = d * x, d_sodium * x_sodium
        h = chloride - VALENCE * float(x.sum()) - x_sodium
        return Shaken(x, y, x_sodium, y_sodium, h, extractant - VALENCE * float(y.sum()) - y_sodium)

    def off(log_r: float) -> float:
        s = at(log_r)
        return s.free - exp(log_r) * s.acid

    return at(float(scipy.optimize.brentq(off, -WIDEST, WIDEST, xtol=1e-13)))


@dataclass(frozen=True, slots=True)
class _State:
    """A circuit at some r: what leaves with the aqueous phase (N, species), (F − r h) / (F₀ + r Cl) (N), and
    what leaves with the organic product, less what should, as a part of the feed."""

    exchange: Exchange
    balances: Balances
    z: Array
    off: Array
    over: float

    @property
    def error(self) -> float:
        return max(float(abs(self.off).max()), abs(self.over))


def _newton(
    c: Circuit, log_r: Array, step: float, extract_flow: float | None
) -> tuple[Circuit, Array, int, bool]:
    at = _state(c, log_r, extract_flow)
    count = 0
    while at.error > TOLERANCE and step >= LEAST_STEP and count < MOST_STEPS:
        count += 1
        direction, more_scrub = _direction(c, log_r, at, step, extract_flow)
        tried = log_r + np.clip(direction, -MOST_CHANGE, MOST_CHANGE)
        c_tried = replace(c, scrub=c.scrub * exp(more_scrub))
        new = _state(c_tried, tried, extract_flow)
        # Switched evolution relaxation: the nearer, the longer the step; a small step back is let be.
        if np.isfinite(new.error) and new.error < 2 * at.error:
            step *= min(max(at.error / max(new.error, 1e-300), 0.5), 10.0) * 1.2
            c, log_r, at = c_tried, tried, new
        elif at.error <= GOOD_ENOUGH:
            break
        else:
            step /= 4
    return c, log_r, count, at.error <= GOOD_ENOUGH


def _direction(
    c: Circuit, log_r: Array, at: _State, step: float, extract_flow: float | None
) -> tuple[Array, float]:
    """Newton's changes of ln r (N) and of ln(scrub): the latter borders the former, so that a split can be
    met where the flows alone would hardly say where the front between the keys stands."""
    d_z, d_r = _slopes(c, log_r, at)
    linear = Linearised(at.balances, at.z, d_z, d_r - 1 / step)
    d_z, direction = linear.solve(0.0, -at.off)
    if extract_flow is None:
        return direction, 0.0
    near = _state(replace(c, scrub=c.scrub * (1 + NUDGE)), log_r, extract_flow)
    d_z_scrub, d_r_scrub = linear.solve(0.0, -(near.off - at.off) / NUDGE)
    up, power = at.exchange.up[-1], _powers(c)

    def leaving(d_z: Array, d_r: Array) -> float:
        return float((up * (d_z[-1] + power * at.z[-1] * d_r[-1]))[:-1].sum() / (c.feed * c.fed.sum()))

    gain = leaving(d_z_scrub, d_r_scrub) + (near.over - at.over) / NUDGE
    sought = -(at.over + leaving(d_z, direction)) / gain if gain else 0.0
    more = min(max(sought, -MOST_SCRUB), MOST_SCRUB)
    return direction + more * d_r_scrub, more


def _species(c: Circuit) -> Cascade:
    """The elements and, last, sodium, as `steady` takes them; loads are not given here."""
    stages, species = c.stages, len(c.fed) + 1
    aqueous, organic = np.zeros((2, stages, species))
    (aqueous if c.phase == "aqueous" else organic)[c.n_extraction - 1, :-1] = c.feed * c.fed
    organic[0, -1] += c.base
    nothing = np.zeros(stages)
    return Cascade(np.ones(species), c.aqueous, aqueous, organic, nothing, nothing, c.mixed)


def _start(c: Circuit) -> Array:
    """ln r at which the middle element stays between the phases."""
    middle = np.exp(np.log(c.constants) @ c.fed / c.fed.sum())
    return np.asarray(np.log(c.aqueous / (c.solvent * middle)) / VALENCE)


def _powers(c: Circuit) -> Array:
    """Return the powers of r in D, also dimers held and charges carried: 3 for each element, 1 for sodium."""
    return np.append(np.full(len(c.fed), VALENCE), 1.0)


def _exchange(c: Circuit, log_r: Array) -> Exchange:
    power, stages = _powers(c), len(log_r)
    constants = np.broadcast_to(c.constants, (stages, len(c.fed)))
    logs = np.log(np.column_stack([constants, np.full(stages, c.sodium)])) + power * log_r[:, None]
    up = np.exp(logs) * (c.mixed * c.solvent / c.aqueous)[:, None]
    return Exchange(up, power * up)


def _state(c: Circuit, log_r: Array, extract_flow: float | None = None) -> _State:
    exchange = _exchange(c, log_r)
    balances = Balances(_species(c), exchange)
    z = balances.solve()
    free, acid = _totals(c, z, exchange.up * z)
    r = np.exp(log_r)
    off = (free - r * acid) / (c.extractant + r * c.chloride)
    leaving = 0.0 if extract_flow is None else float((exchange.up[-1] * z[-1])[:-1].sum()) - extract_flow
    return _State(exchange, balances, z, off, leaving / (c.feed * c.fed.sum()))


def _totals(c: Circuit, aqueous: Array, organic: Array) -> tuple[Array, Array]:
    """F and h (N) from what leaves with the aqueous phase and with the organic that took part."""
    power = _powers(c)
    return c.extractant - organic @ power / (c.mixed * c.solvent), c.chloride - aqueous @ power / c.aqueous


def _slopes(c: Circuit, log_r: Array, at: _State) -> tuple[Array, Array]:
    """Derivatives of (F − r h) / (F₀ + r Cl) to z (N, species) and to ln r (N)."""
    power, r, solvent, up = _powers(c), np.exp(log_r), c.mixed * c.solvent, at.exchange.up
    scale = c.extractant + r * c.chloride
    d_z = power * (r[:, None] / c.aqueous[:, None] - up / solvent[:, None])
    acid = _totals(c, at.z, up * at.z)[1]
    d_r = -(up * at.z) @ power**2 / solvent - r * acid - at.off * r * c.chloride
    return d_z / scale[:, None], d_r / scale


def _result(c: Circuit, log_r: Array, steps: int) -> Equilibrated:
    exchange = _exchange(c, log_r)
    balances = Balances(_species(c), exchange)
    z = balances.solve()
    y = balances.organic(z)
    free, acid = _totals(c, z, exchange.up * z)
    return Equilibrated(c, z[:, :-1], y[:, :-1], z[:, -1], y[:, -1], acid, free, steps)
