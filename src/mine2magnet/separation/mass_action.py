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
SIAM J. Numer. Anal. 35, 508): F − r h falls as r rises.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from mine2magnet.errors import UserError
from mine2magnet.separation.balances import Balances, Exchange, Linearised
from mine2magnet.separation.stages import Array, Cascade

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
MOST_CHANGE = 1.0  # of ln r in one step


@dataclass(frozen=True, slots=True)
class Circuit:
    """An extraction section of n stages, the last of which takes the feed, and m scrub stages.

    `constants` (C) are K of each element, `sodium` is K_Na. `extractant` is F₀, mol of dimer per L of
    organic; `saponified` the part of its acid that comes in as sodium salt. `organic`, `feed` and `scrub`
    are L per unit of time. `fed` (C) is mol/L of each element in the feed and `feed_acid` its free acid,
    `acid` that of the scrub solution, mol/L; all as chlorides.
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
    n: int
    m: int

    def __post_init__(self) -> None:
        for name in ("sodium", "extractant", "organic", "feed", "scrub", "acid"):
            if not getattr(self, name) > 0:
                raise UserError(f"{getattr(self, name):g} is not above nought", where=name)
        if min(self.n, self.m) < 1:
            raise UserError("a circuit needs a stage in each section", where="n, m")
        if not 0 <= self.saponified <= 0.5:
            raise UserError(
                f"{self.saponified:g} of the acid cannot be sodium salt: each sodium holds a dimer",
                where="saponified",
                mend="0 to 0.5",
            )
        if (
            np.min(self.constants) <= 0
            or np.min(self.fed) < 0
            or np.shape(self.constants) != np.shape(self.fed)
        ):
            raise UserError(
                "each element needs a constant above nought and a concentration", where="constants"
            )

    @property
    def aqueous(self) -> Array:
        """L per unit of time that leave each stage with the aqueous phase (N)."""
        return np.append(np.full(self.n, self.scrub + self.feed), np.full(self.m, self.scrub))

    @property
    def chloride(self) -> Array:
        """mol/L in the aqueous phase of each stage (N)."""
        of_feed = self.feed * (VALENCE * self.fed.sum() + self.feed_acid)
        mixed = (self.scrub * self.acid + of_feed) / (self.scrub + self.feed)
        return np.append(np.full(self.n, mixed), np.full(self.m, self.acid))


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
        """−log₁₀ of the acid's concentration (N); an electrode shows the activity, which is another."""
        return np.asarray(-np.log10(self.acid))

    @property
    def loading(self) -> Array:
        """The part of the extractant that holds rare earths (N)."""
        held = VALENCE * self.organic.sum(axis=1) / self.circuit.organic
        return np.asarray(held / self.circuit.extractant)

    @property
    def residual(self) -> float:
        """The largest error of any element's balance at any stage, as a part of the whole feed."""
        c = self.circuit
        error = self.aqueous + self.organic
        error[c.n - 1] -= c.feed * c.fed
        error[:-1] -= self.aqueous[1:]
        error[1:] -= self.organic[:-1]
        return float(abs(error).max() / (c.feed * c.fed.sum()))


def equilibrate(c: Circuit) -> Equilibrated:
    """The steady state. Raises UserError where the base that comes in exceeds the acid it can meet, and
    where Newton does not settle."""
    base = 2 * c.saponified * c.extractant * c.organic
    if base >= c.chloride[0] * c.aqueous[0]:
        raise UserError(
            f"{base:g} mol of sodium come in with the organic, and no more than "
            f"{c.chloride[0] * c.aqueous[0]:g} mol of chloride leave with the raffinate: hydroxides fall out",
            where="saponified",
            mend="less organic, a lower saponification, or more feed and acid",
        )
    cascade, steps = _species(c), 0
    sections = c.n, c.m
    for shifts in SHIFTS:
        log_r, more, settled = _newton(c, cascade, _start(c) + np.repeat(shifts, sections))
        steps += more
        if settled:
            return _result(c, cascade, log_r, steps)
    raise UserError(
        f"the circuit of {c.n} + {c.m} stages does not settle from any of {len(SHIFTS)} beginnings",
        where="circuit",
        mend="change a flow or the acid a little",
    )


def _newton(c: Circuit, cascade: Cascade, log_r: Array) -> tuple[Array, int, bool]:
    z, balances, off = _state(c, cascade, log_r)
    step, error, count = FIRST_STEP, float(abs(off).max()), 0
    while error > TOLERANCE and step >= LEAST_STEP and count < MOST_STEPS:
        count += 1
        d_z, d_r = _slopes(c, log_r, z, balances, off)
        direction = Linearised(balances, z, d_z, d_r - 1 / step).solve(0.0, -off)[1]
        tried = log_r + np.clip(direction, -MOST_CHANGE, MOST_CHANGE)
        z_tried, b_tried, off_tried = _state(c, cascade, tried)
        better = float(abs(off_tried).max())
        # Switched evolution relaxation: the nearer, the longer the step; a small step back is let be.
        if np.isfinite(better) and better < 2 * error:
            step *= min(max(error / max(better, 1e-300), 0.5), 10.0) * 1.2
            log_r, z, balances, off, error = tried, z_tried, b_tried, off_tried, better
        elif error <= GOOD_ENOUGH:
            break
        else:
            step /= 4
    return log_r, count, error <= GOOD_ENOUGH


def _species(c: Circuit) -> Cascade:
    """The elements and, last, sodium, as `steady` takes them; loads are not given here."""
    stages, species = c.n + c.m, len(c.fed) + 1
    aqueous, organic = np.zeros((2, stages, species))
    aqueous[c.n - 1, :-1] = c.feed * c.fed
    organic[0, -1] = 2 * c.saponified * c.extractant * c.organic
    nothing = np.zeros(stages)
    return Cascade(np.ones(species), c.aqueous, aqueous, organic, nothing, nothing, np.ones(stages))


def _start(c: Circuit) -> Array:
    """ln r at which the middle element stays between the phases."""
    middle = float(np.exp((c.fed * np.log(c.constants)).sum() / c.fed.sum()))
    return np.asarray(np.log(c.aqueous / (c.organic * middle)) / VALENCE)


def _powers(c: Circuit) -> Array:
    """Of r in D, dimers held and charges carried: 3 for each element, 1 for sodium."""
    return np.append(np.full(len(c.fed), VALENCE), 1.0)


def _exchange(c: Circuit, log_r: Array) -> Exchange:
    power = _powers(c)
    logs = np.log(np.append(c.constants, c.sodium)) + power * log_r[:, None]
    up = np.exp(logs) * (c.organic / c.aqueous)[:, None]
    return Exchange(up, power * up)


def _state(c: Circuit, cascade: Cascade, log_r: Array) -> tuple[Array, Balances, Array]:
    """What leaves with the aqueous phase, and (F − r h) / (F₀ + r Cl) (N), given r."""
    balances = Balances(cascade, _exchange(c, log_r))
    z = balances.solve()
    free, acid = _totals(c, z, balances.line * z)
    r = np.exp(log_r)
    return z, balances, (free - r * acid) / (c.extractant + r * c.chloride)


def _totals(c: Circuit, aqueous: Array, organic: Array) -> tuple[Array, Array]:
    power = _powers(c)
    return c.extractant - organic @ power / c.organic, c.chloride - aqueous @ power / c.aqueous


def _slopes(c: Circuit, log_r: Array, z: Array, b: Balances, off: Array) -> tuple[Array, Array]:
    """Derivatives of (F − r h) / (F₀ + r Cl) to z (N, species) and to ln r (N)."""
    power, r = _powers(c), np.exp(log_r)
    up = b.line  # without by-passes the organic line is what goes up per z
    scale = c.extractant + r * c.chloride
    d_z = power * (r[:, None] / c.aqueous[:, None] - up / c.organic)
    acid = _totals(c, z, up * z)[1]
    d_r = -(up * z) @ power**2 / c.organic - r * acid - off * r * c.chloride
    return d_z / scale[:, None], d_r / scale


def _result(c: Circuit, cascade: Cascade, log_r: Array, steps: int) -> Equilibrated:
    balances = Balances(cascade, _exchange(c, log_r))
    z = balances.solve()
    y = balances.organic(z)
    free, acid = _totals(c, z, y)
    return Equilibrated(c, z[:, :-1], y[:, :-1], z[:, -1], y[:, -1], acid, free, steps)
