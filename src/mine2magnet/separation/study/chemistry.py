"""What base, acid and pH a cut takes: each cut designed at constant loading, solved again by mass action.

log K of an element at a stage = log K° + 3 log y − 6 A √I/(1 + 1.5 √I): the published constants are brought
to zero ionic strength I by Debye and Hückel's law (A = 0.509 at 25 °C in water, 1.5 as in the specific-ion
theory after Scatchard; 3 charges squared less 9 make the 6), and log y = −a √F₀ is the activity of the free
extractant (Alstad; a after Tanaka et al. 2021). Their ratios are the case's separation factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import exp, inf, log, sqrt

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation.mass_action import VALENCE, Circuit, Equilibrated, Shaken, equilibrate, shake
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.stages import Array, Mask
from mine2magnet.separation.steady import Unsettled
from mine2magnet.separation.study import reference_data as data

DEBYE_HUCKEL = 6 * 0.509  # (L/mol)^½: −Δz² A of RE³⁺ + 3 (HA)₂ ⇌ RE(HA₂)₃ + 3 H⁺
CLOSEST = 1.5  # (L/mol)^½
STILL = 1e-4  # of log K, between two rounds for the ionic strength
MOST_ROUNDS = 25
STILL_ALONE = 1e-10  # likewise in a single contact, which costs little
MOST_ROUNDS_ALONE = 100
MOST_STEPS = 30
MOST_STEP = 0.1  # of ln(organic flow)
LEAST_STEP = 1e-4
PACE = 0.03  # of the scrub flow
MOST_PACES = 60
LEAST_PACE = 1e-3
FINE = 1e-6  # of the scrub flow
ROOM = 1e-3  # of ln(impurity / allowed)


@dataclass(frozen=True, slots=True)
class Chemistry:
    """mol/L: `extractant` of monomer in the organic, rare earths in the `feed`, its `feed_acid`, the
    `scrub_acid`. `saponified` is a part of the extractant's acid. `constants` are log₁₀ K° by element,
    `drift` the change of log₁₀ β by pair for each mol/L of chloride from that of the extraction section.
    """

    extractant: float
    saponified: float
    feed: float
    feed_acid: float
    scrub_acid: float
    sodium: float  # log₁₀ K
    activity: float  # a
    constants: Mapping[str, Range]
    drift: Mapping[str, float] = field(default_factory=dict)

    @property
    def loading(self) -> float:
        """Rare earths that the sodium of the fresh organic exchanges for, mol/L."""
        return self.saponified * self.extractant / VALENCE


@dataclass(frozen=True, slots=True)
class SolvedCircuit:
    """A circuit's steady state; flows in mol per mol of the plant's feed."""

    state: Equilibrated
    impurity_organic: float
    impurity_aqueous: float

    @property
    def base(self) -> float:
        """NaOH that saponifies the fresh organic."""
        return self.state.circuit.base

    @property
    def acid(self) -> float:
        """HCl of the scrub solution."""
        return self.state.circuit.scrub * self.state.circuit.acid

    @property
    def s(self) -> float:
        """S: rare earths that leave the extraction section with the organic, but for an organic feed."""
        c, held = self.state.circuit, self.state.organic.sum(axis=1)
        if c.phase == "aqueous":
            return float(held[c.n_extraction - 1])
        return float(held[c.n_extraction - 2] if c.n_extraction > 1 else held[0] - c.feed * c.fed.sum())

    @property
    def w(self) -> float:
        """W: rare earths that the aqueous phase carries out of the scrub section."""
        return float(self.state.aqueous[self.state.circuit.n_extraction].sum())


@dataclass(frozen=True, slots=True)
class CutChemistry:
    """A cut with the flows that constant loading asks for, and with those that meet its purities; None, and
    `why` the reason, where there are none. `spread` is ± of pH, from the range of the constants."""

    design: CutDesign
    designed: SolvedCircuit | None
    met: SolvedCircuit | None
    why: str
    spread: float

    @property
    def shown(self) -> SolvedCircuit | None:
        """The circuit that meets the purities, else that of the design, None if neither was solved."""
        return self.met or self.designed

    @property
    def base_ideal(self) -> float:
        """Base, 3 mol per mol of S."""
        return VALENCE * self.design.organic

    @property
    def acid_ideal(self) -> float:
        """Acid, 3 mol per mol of W."""
        return VALENCE * self.design.scrub

    @property
    def off(self) -> Array:
        """Relative excess of rare earths in the organic at each stage over constant loading (N)."""
        assert self.design.sized is not None
        assert self.shown is not None
        ideal = self.design.sized.solution.organic.sum(axis=1)
        return np.asarray(self.shown.state.organic.sum(axis=1) / ideal - 1)


def chemistry(
    extractant: str,
    given: Mapping[str, float],
    own: Mapping[str, float],
    drift: Mapping[str, float],
    moved: Mapping[str, float] | None = None,
) -> Chemistry:
    """Return settings over the tables' values.

    Parameters
    ----------
    extractant : str
    given : mapping of str to float
        Settings by their names.
    own : mapping of str to float
        The user's log₁₀ K° by element.
    drift : mapping of str to float
        Change of log₁₀ β by pair for each mol/L of chloride.
    moved : mapping of str to float, optional
        Change of log₁₀ K from the tables' temperature by element; without one an element's constant is left
        out.

    Raises
    ------
    UserError
        For an extractant without published constants.
    """
    likely = {**{name: r.likely for name, r in data.chemistry().items()}, **given}
    table = data.constants(extractant)
    published = table.constants
    if moved is not None:
        published = {
            e: Range(k.low + moved[e], k.likely + moved[e], k.high + moved[e])
            for e, k in published.items()
            if e in moved
        }
    constants = {**published, **{e: Range(k, k, k) for e, k in own.items()}}
    if not constants:
        raise UserError(
            f"no extraction constant of {extractant} is known",
            where="chemistry.constants",
            hint="give log10 K at zero ionic strength: constants: {Nd: 0.1}",
        )
    return Chemistry(**likely, activity=table.activity, constants=constants, drift=drift)


def follow(
    designs: Sequence[CutDesign], settings: Chemistry, levels: Mapping[str, float]
) -> tuple[CutChemistry, ...]:
    """Return every cut by mass action.

    Parameters
    ----------
    designs : sequence of CutDesign
    settings : Chemistry
    levels : mapping of str to float
        β of all elements of the extractant's chain, in its order.
    """
    return tuple(_followed(design, settings, levels) for design in designs)


def _followed(design: CutDesign, settings: Chemistry, levels: Mapping[str, float]) -> CutChemistry:
    cut = design.cut
    held = cut.feed > 0
    names = [e for e, there in zip(cut.elements, held, strict=True) if there]
    share = cut.feed[held] / cut.feed.sum()
    log_k, spread = _log_constants(settings, levels, names, share)
    steps = dict(zip(levels, np.cumsum([0.0, *(_drift(settings, levels))]), strict=True))
    drift = np.array([steps[e] for e in names])
    concentration = settings.feed if cut.phase == "aqueous" else settings.loading
    circuit = Circuit(
        constants=10**log_k,
        sodium=10**settings.sodium,
        extractant=settings.extractant / 2,
        saponified=settings.saponified,
        organic=design.organic / settings.loading,
        feed=float(cut.feed.sum()) / concentration,
        fed=share * concentration,
        feed_acid=settings.feed_acid,
        scrub=VALENCE * design.scrub / settings.scrub_acid,
        acid=settings.scrub_acid,
        n_extraction=design.n_extraction,
        n_scrub=design.n_scrub,
        phase=cut.phase,
        efficiency=cut.efficiency,
    )
    foreign = cut.foreign_a[held], cut.foreign_b[held]
    designed = met = None
    why = ""
    if design.draw:
        return CutChemistry(design, None, None, "a cut with a side stream is not followed", spread)
    try:
        near = _split(circuit, design, log_k, drift)
        met = _found(_met(near, design, foreign, log_k, drift), foreign)
    except UserError as error:
        why = str(error)
    try:
        if met is None:
            state = _as_designed(circuit, _from_ideal(circuit, design, log_k, drift), log_k, drift)
        else:
            state = _walked(near, circuit, log_k, drift)
        designed = _found(state, foreign)
    except UserError as error:
        why = why or str(error)
    return CutChemistry(design, designed, met, why, spread)


def shaken(
    extractant: str,
    fed: Mapping[str, float],
    acid: float,
    strength: float,
    saponified: float = 0.0,
    organic: float = 1.0,
) -> Shaken:
    """Return one contact of organic with a chloride solution, by the published constants alone.

    Parameters
    ----------
    extractant : str
    fed : mapping of str to float
        mol/L by element.
    acid : float
        Free acid, mol/L.
    strength : float
        mol/L of extractant.
    saponified : float
        The part of its acid that comes in as sodium salt.
    organic : float
        L per L of solution.

    Raises
    ------
    UserError
        Where one of the elements has no constant.
    """
    table, sodium = data.constants(extractant), 10 ** data.chemistry()["sodium"].likely
    missing = [e for e in fed if e not in table.constants]
    if missing:
        raise UserError(f"no constant of {missing[0]} with {extractant} is known", where="fed")
    log_k = np.array([table.constants[e].likely for e in fed]) + _activity(table.activity, strength)
    x = np.array(list(fed.values()), float)
    ionic = acid + (VALENCE**2 + VALENCE) / 2 * x.sum()
    for _ in range(MOST_ROUNDS_ALONE):
        constants = 10 ** (log_k + _medium(ionic))
        made = shake(constants, sodium, strength / 2, saponified, x, acid, organic)
        before = ionic
        metals = VALENCE**2 * made.aqueous.sum() + made.sodium_aqueous
        ionic = (made.acid + metals + VALENCE * x.sum() + acid) / 2
        if abs(np.sqrt(ionic) - np.sqrt(before)) < STILL_ALONE:
            break
    return made


def _activity(a: float, strength: float) -> float:
    """3 log₁₀ y at mol/L of monomer."""
    return -VALENCE * a * sqrt(strength / 2)


def _medium(ionic: Array) -> Array:
    """log₁₀ (K / K°) at an ionic strength."""
    root = np.sqrt(ionic)
    return np.asarray(-DEBYE_HUCKEL * root / (1 + CLOSEST * root))


def _drift(settings: Chemistry, levels: Mapping[str, float]) -> list[float]:
    order = list(levels)
    return [settings.drift.get(f"{up}/{low}", 0.0) for low, up in pairwise(order)]


def _log_constants(
    settings: Chemistry, levels: Mapping[str, float], names: Sequence[str], share: Array
) -> tuple[Array, float]:
    """log₁₀ (K° y³) of the elements in the cut, and ± of pH from the spread of the constants.

    They keep the ratios of β; their level is that of the published constants, which between elements that
    have one is interpolated along the chain.
    """
    known = [e for e in levels if e in settings.constants]
    at = [np.log10(levels[e]) for e in known]
    beta = np.log10([levels[e] for e in names])
    ranges = [settings.constants[e] for e in known]

    def level(values: Sequence[float]) -> float:
        return float(np.interp(beta, at, np.subtract(values, at)) @ share)

    likely = level([r.likely for r in ranges])
    spread = (level([r.high for r in ranges]) - level([r.low for r in ranges])) / 2 / VALENCE
    return beta + likely + _activity(settings.activity, settings.extractant), spread


def _in_its_medium(
    c: Circuit, log_k: Array, drift: Array, start: Array | None = None, extract_flow: float | None = None
) -> Equilibrated:
    """The steady state whose constants are those of its own ionic strength."""
    strength = 2 * c.chloride  # as if all of it belonged to the rare earths
    log_r = start
    for _ in range(MOST_ROUNDS):
        constants = _constants(c, strength, log_k, drift)
        state = equilibrate(replace(c, constants=constants), log_r, extract_flow)
        c, log_r, before = state.circuit, state.log_r, strength
        strength = _strength(state)
        if abs(np.sqrt(strength) - np.sqrt(before)).max() < STILL:
            break
    return state


def _constants(c: Circuit, strength: Array, log_k: Array, drift: Array) -> Array:
    """K (N, C) at an ionic strength (N)."""
    apart = c.chloride - c.chloride[0]
    return np.asarray(10 ** (log_k + _medium(strength)[:, None] + drift * apart[:, None]))


def _strength(e: Equilibrated) -> Array:
    """Ionic strength of the aqueous phase, mol/L (N)."""
    c = e.circuit
    metals = (VALENCE**2 * e.aqueous.sum(axis=1) + e.sodium_aqueous) / c.aqueous
    return np.asarray((e.acid + metals + c.chloride) / 2)


def _from_ideal(c: Circuit, design: CutDesign, log_k: Array, drift: Array) -> Array:
    """ln r (N) at which every element divides as it does at constant loading, where the split is as asked."""
    assert design.sized is not None
    kappa, first = design.sized.solution.kappa, int(np.argmax(design.cut.feed > 0))
    constants = _constants(c, 2 * c.chloride, log_k, drift)[:, 0]
    ratio = np.exp(kappa) * design.cut.beta[first] / constants  # F³/h³, of flows' ratios
    return np.asarray(np.log(ratio * c.aqueous / (c.mixed * c.solvent)) / VALENCE)


def _met(
    near: Equilibrated, design: CutDesign, foreign: tuple[Mask, Mask], log_k: Array, drift: Array
) -> Equilibrated:
    """The organic and scrub flow at which both purities are met, from a state at the right split.

    At the split that both purities together ask for they hold or fail together; a secant on ln(organic flow)
    makes them hold. A cut of one or two stages may be purer than asked at every flow: then the first flow
    that holds them, that of the design, is taken.
    """
    cut = design.cut
    assert design.sized is not None
    x = log(near.circuit.organic)
    slope = design.sized.excess_per_organic * design.organic
    last: tuple[float, float] | None = None
    held: Equilibrated | None = None
    purest = inf
    for _ in range(MOST_STEPS):
        found = _found(near, foreign)
        excess = log(found.impurity_organic / cut.impurity_a)
        other = log(found.impurity_aqueous / cut.impurity_b)
        if max(abs(excess), abs(other)) < ROOM:
            return near
        purest = min(purest, max(excess, other))
        held = held or (near if purest <= 0 else None)
        if last and excess != last[1]:
            slope = min((excess - last[1]) / (x - last[0]), slope / 3)
        last = x, excess
        step = min(max(-excess / slope, -MOST_STEP), MOST_STEP)
        try:
            near = _moved(near, step, design.extract_flow, log_k, drift)
        except UserError:
            if held is None:
                raise
            break
        x = log(near.circuit.organic)
    if held is not None:
        return held
    raise UserError(
        "no organic flow near the designed one meets the purities with "
        f"{design.n_extraction} + {design.n_scrub} stages: at the purest there is {exp(purest):.3g} times as "
        "much of the other product as may be",
        where="chemistry",
        hint="a stronger scrub acid, other strengths of feed and organic, or more stages",
    )


def _moved(near: Equilibrated, step: float, extract_flow: float, log_k: Array, drift: Array) -> Equilibrated:
    """At the same split and another ln(organic flow), nearer by where Newton needs it."""
    c = near.circuit
    while True:
        # A mol more of base takes a mol more of acid to send as much on.
        moved = replace(c, organic=c.organic * exp(step), scrub=c.scrub + c.base * (exp(step) - 1) / c.acid)
        try:
            return _in_its_medium(moved, log_k, drift, near.log_r, extract_flow)
        except Unsettled:
            step /= 4
            if abs(step) < LEAST_STEP:
                raise


def _split(c: Circuit, design: CutDesign, log_k: Array, drift: Array) -> Equilibrated:
    """With the scrub flow that splits the feed as asked: from the ideal cascade, or else on foot, from the
    designed flow by small paces until the split is passed."""
    extract_flow, ideal = design.extract_flow, _from_ideal(c, design, log_k, drift)
    try:
        return _in_its_medium(c, log_k, drift, ideal, extract_flow)
    except Unsettled:
        near = _as_designed(c, ideal, log_k, drift)
    over = float(near.organic[-1].sum()) - extract_flow
    for _ in range(MOST_PACES):
        c = replace(near.circuit, scrub=near.circuit.scrub * (1 + (PACE if over > 0 else -PACE)))
        near = _in_its_medium(c, log_k, drift, near.log_r)
        if (near.organic[-1].sum() - extract_flow) * over <= 0:
            break
    return _in_its_medium(near.circuit, log_k, drift, near.log_r, extract_flow)


def _as_designed(c: Circuit, ideal: Array, log_k: Array, drift: Array) -> Equilibrated:
    try:
        return _in_its_medium(c, log_k, drift, ideal)
    except Unsettled:
        return _in_its_medium(c, log_k, drift)


def _walked(near: Equilibrated, c: Circuit, log_k: Array, drift: Array) -> Equilibrated:
    """The circuit c, from a state at the right split with another scrub flow."""
    try:
        return _by_flow(near, c, log_k, drift)
    except Unsettled:
        return _by_split(near, c, log_k, drift)


def _by_flow(near: Equilibrated, c: Circuit, log_k: Array, drift: Array) -> Equilibrated:
    """Reach the circuit by changes of the scrub flow as small as Newton needs."""
    way, log_r = log(c.scrub / near.circuit.scrub), near.log_r
    at, pace = 0.0, 1.0
    while True:
        try:
            scrub = c.scrub * exp((at + pace - 1) * way)
            state = _in_its_medium(replace(c, scrub=scrub), log_k, drift, log_r)
        except Unsettled:
            pace /= 4
            if pace * abs(way) < LEAST_PACE:
                raise
        else:
            if at + pace >= 1:
                return state
            at, log_r = at + pace, state.log_r
            pace = min(2 * pace, 1 - at)


def _by_split(near: Equilibrated, c: Circuit, log_k: Array, drift: Array) -> Equilibrated:
    """Move the split until the scrub flow is the one sought. Where the split is critical the front runs from
    end to end at next to no change of the flow, and Newton may not follow. A secant, which begins with a mol
    of acid for a third of a mol less in the organic product.
    """
    slope = -VALENCE / c.acid  # of the scrub flow, to what leaves with the organic
    for _ in range(MOST_STEPS):
        more = near.circuit.scrub - c.scrub
        if abs(more) < FINE * c.scrub:
            return near
        extract_flow = float(near.organic[-1].sum())
        step = -more / slope
        while True:
            try:
                new = _in_its_medium(near.circuit, log_k, drift, near.log_r, extract_flow + step)
                break
            except Unsettled:
                step /= 4
                if abs(step) < LEAST_STEP * extract_flow:
                    raise
        slope = min((new.circuit.scrub - near.circuit.scrub) / step, -VALENCE / c.acid / 3)
        near = new
    raise Unsettled("the designed flows are too near a critical split to tell", where="chemistry")


def _impurity(product: Array, foreign: Mask) -> float:
    return float(product[foreign].sum() / product.sum())


def _found(e: Equilibrated, foreign: tuple[Mask, Mask]) -> SolvedCircuit:
    """`foreign` are the elements that the organic and the aqueous product are to be free of."""
    return SolvedCircuit(e, _impurity(e.organic[-1], foreign[0]), _impurity(e.aqueous[0], foreign[1]))
