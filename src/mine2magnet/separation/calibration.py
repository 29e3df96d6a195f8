"""Separation factors, stage efficiency and entrainment of a cut that runs, from assays of its stages.

Weighted least squares with a robust loss (Cauchy's: an assay far off counts ever less), on the logarithms of
mole fractions. The model closes every balance, so the fit reconciles the data too; flows and feed are
fitted within their errors. Derivatives to β, feed and flows are solutions of the linearised balances
(the tangent of what `sizing` solves transposed: there are fewer parameters than assays), those to efficiency
and entrainment differences. What assays tell is weighed against what was known before (Bard 1974, Nonlinear
Parameter Estimation, ch. 4, 7): a direction of which they tell less than that is named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from mine2magnet.core.errors import UserError
from mine2magnet.separation import steady
from mine2magnet.separation.balances import Balances, Linearised, exchange
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask, cascade
from mine2magnet.separation.steady import Steady

Indices = NDArray[np.intp]
STEP = 1e-4  # of efficiency and entrainment, for differences: the solver's error is 1e-12
MOST_EFFICIENCY, LEAST_EFFICIENCY = 1.0, 0.05
MOST_ENTRAINED = 0.2
TOLD = 2.0  # standard errors from none, at which an entrained part counts as there
NARROW = 1e-3  # how near a split may come to sending all to one product
CAUCHY = (
    2.385  # of standard errors: 95 % as efficient as least squares on normal errors (Holland, Welsch 1977)
)
FAR = 4.0  # standard errors from which an assay is named an outlier
BLURRED = 0.3  # ln: added to every error at first, so that a start far off finds the way
MAD = 1.4826  # standard deviations of a normal per median absolute deviation
HALVED = 0.5  # of what was known before: a parameter is identified when its error falls to this
KNOWN = 0.015  # of β: and to this, so that it is known to 3 % at two standard errors
PART = 0.3  # of a direction from which a parameter is named in it


@dataclass(frozen=True, slots=True)
class Assays:
    """What was measured (M each): stage from 0, organic or aqueous phase, element by number, mole fraction
    among rare earths and its standard error (relative). `below` marks limits of detection."""

    stage: Indices
    organic: Mask
    element: Indices
    value: Array
    error: Array
    below: Mask


@dataclass(frozen=True, slots=True)
class Running:
    """A cut that runs, with what is known of it before; flows per mol of feed.

    `feed` (C) are mole fractions with relative errors `feed_error` (0: exact); `organic` and `scrub` are S
    and W with theirs. `ln_beta` (C − 1) are ln of the separation factors of neighbours, from the least
    extractable up, with standard errors `ln_beta_error`. `efficiency` and `entrained` (aqueous, organic) are
    fitted within `efficiency_error` and `entrained_error`; 0: not at all.
    """

    n_extraction: int
    n_scrub: int
    phase: Phase
    feed: Array
    feed_error: Array
    organic: float
    scrub: float
    flow_error: float
    ln_beta: Array
    ln_beta_error: Array
    efficiency: float = 0.95
    efficiency_error: float = 0.1
    entrained: tuple[float, float] = (0.0, 0.0)
    entrained_error: float = 0.01


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the assays say.

    `names` (P) of the parameters of interest: β of neighbours by number, efficiency, entrainment; `values`,
    `errors` and `covariance` in ln of β, else as they are; `prior_errors` what was known before. `identified`
    (P) where the assays halve that at least, β is known to 3 % at two standard errors, and an entrained part
    is two of its errors from none. `weak` are directions of which they tell less than was known, each as
    parts by parameter. `residuals` (M) are in standard errors, positive where more was found than computed;
    `outliers` (M) are far off. `noise` is what they scatter by: 1 where the stated errors are right.
    """

    names: tuple[str, ...]
    values: Array
    errors: Array
    covariance: Array
    prior: Array
    prior_errors: Array
    identified: Mask
    weak: tuple[dict[str, float], ...]
    residuals: Array
    outliers: Mask
    noise: float
    organic: float
    extract_flow: float
    feed: Array
    solution: Steady
    evaluations: int

    def beta(self) -> Array:
        """Return the separation factors of neighbours, from the least extractable up (C − 1)."""
        return np.exp(self.values[: len(self.feed) - 1])


@dataclass(frozen=True, slots=True)
class _Point:
    """Parameters as the model takes them."""

    ln_beta: Array
    efficiency: float
    entrained: tuple[float, float]
    organic: float
    extract: float
    feed: Array


class _Model:
    """The cut as a function of the free parameters: β, then what is free of efficiency and entrainment, S,
    the part that goes with the organic, and ln of the feed."""

    def __init__(self, running: Running, assays: Assays) -> None:
        self.running, self.assays = running, assays
        count = len(running.feed)
        self.betas = count - 1
        self.others = [
            name
            for name, error in (
                ("efficiency", running.efficiency_error),
                ("entrained_aqueous", running.entrained_error),
                ("entrained_organic", running.entrained_error),
            )
            if error > 0
        ]
        self.with_feed = bool((running.feed_error > 0).any())
        self.kappa: Array | None = None
        self.evaluations = 0

    @property
    def interest(self) -> int:
        """The number of parameters of interest: β, efficiency, entrainment."""
        return self.betas + len(self.others)

    def start(self, extract: float) -> Array:
        r = self.running
        known = {
            "efficiency": min(r.efficiency, MOST_EFFICIENCY - 0.02),
            "entrained_aqueous": max(r.entrained[0], 1e-3),
            "entrained_organic": max(r.entrained[1], 1e-3),
        }
        flows = [np.log(r.organic), extract]
        feed = np.log(r.feed) if self.with_feed else np.empty(0)
        return np.array([*r.ln_beta, *(known[name] for name in self.others), *flows, *feed])

    def bounds(self) -> tuple[Array, Array]:
        size = self.interest + 2 + len(self.running.feed) * self.with_feed
        low, high = np.full(size, -np.inf), np.full(size, np.inf)
        low[: self.betas], high[: self.betas] = 1e-4, 12.0
        for k, name in enumerate(self.others, self.betas):
            low[k], high[k] = (
                (LEAST_EFFICIENCY, MOST_EFFICIENCY) if name == "efficiency" else (0.0, MOST_ENTRAINED)
            )
        low[self.interest + 1], high[self.interest + 1] = NARROW, 1 - NARROW
        return low, high

    def point(self, theta: Array) -> _Point:
        r = self.running
        own = dict(zip(self.others, theta[self.betas : self.interest], strict=True))
        feed = r.feed
        if self.with_feed:
            feed = np.exp(theta[self.interest + 2 :])
            feed = feed / feed.sum()
        return _Point(
            theta[: self.betas],
            float(own.get("efficiency", r.efficiency)),
            (
                float(own.get("entrained_aqueous", r.entrained[0])),
                float(own.get("entrained_organic", r.entrained[1])),
            ),
            float(np.exp(theta[self.interest])),
            float(theta[self.interest + 1]),
            feed,
        )

    def solve(self, p: _Point) -> Steady:
        r = self.running
        beta = np.exp(np.concatenate([[0.0], np.cumsum(p.ln_beta)]))
        made = cascade(
            beta,
            p.feed,
            p.organic,
            p.extract,
            r.n_extraction,
            r.n_scrub,
            phase=r.phase,
            efficiency=p.efficiency,
            entrained_aqueous=p.entrained[0],
            entrained_organic=p.entrained[1],
        )
        self.evaluations += 1
        return steady.solve(made, self.kappa)

    def logs(self, s: Steady) -> Array:
        """ln of the mole fractions that were measured (M)."""
        a, c = self.assays, s.cascade
        x, y = s.aqueous / c.aqueous[:, None], s.organic / c.organic[:, None]
        return np.asarray(np.log(np.where(a.organic, y[a.stage, a.element], x[a.stage, a.element])))

    def slopes(self, s: Steady, p: _Point, theta: Array) -> Array:
        """The derivatives of `logs` to the parameters (M, P)."""
        tangent = _Tangent(s, self.assays)
        columns = [
            tangent.by_level(np.arange(len(p.feed)) > k) for k in range(self.betas)
        ]  # β of a pair lifts all above it
        columns += [self._difference(theta, k) for k in range(self.betas, self.interest)]
        columns.append(tangent.by_flows(1.0, 0.0) * p.organic)
        columns.append(tangent.by_flows(0.0, 1.0))
        if self.with_feed:
            by_feed = [tangent.by_feed(i, self.running.phase) for i in range(len(p.feed))]
            mean = sum(f * one for f, one in zip(p.feed, by_feed, strict=True))
            columns += [f * (one - mean) for f, one in zip(p.feed, by_feed, strict=True)]
        return np.column_stack(columns)

    def _difference(self, theta: Array, k: int) -> Array:
        low, high = self.bounds()
        down, up = theta.copy(), theta.copy()
        down[k], up[k] = max(theta[k] - STEP, low[k]), min(theta[k] + STEP, high[k])
        ends = [self.logs(self.solve(self.point(one))) for one in (down, up)]
        return np.asarray((ends[1] - ends[0]) / (up[k] - down[k]))


class _Tangent:
    """Derivatives of what was measured along changes of β, flows and feed, at a solution."""

    def __init__(self, s: Steady, assays: Assays) -> None:
        self.s, self.assays = s, assays
        self.x = exchange(s.cascade, s.kappa)
        self.balances = Balances(s.cascade, self.x)
        self.linear = Linearised(self.balances, s.aqueous)

    def by_level(self, which: Mask) -> Array:
        """To ln β of these elements."""
        own, following = self.linear.own * which, self.linear.following * which
        right = -own
        right[1:] += following[:-1]
        return self._measured(right, 0.0, which)

    def by_flows(self, organic: float, extract: float) -> Array:
        """To S and to what leaves with the organic: both shift the totals of the stages."""
        totals = np.full(self.s.cascade.stages, organic - extract)
        totals[0] = -extract
        loads = np.full(self.s.cascade.stages, organic)
        loads[-1] = extract
        return self._measured(0.0, totals, np.zeros(self.s.aqueous.shape[1], bool), totals, loads)

    def by_feed(self, element: int, phase: Phase) -> Array:
        """To the flow of an element that is fed, the totals staying as they are."""
        c, f = self.s.cascade, self.balances.frame
        at = int((c.feed_aqueous + c.feed_organic).sum(axis=1).argmax())
        right, entering = np.zeros_like(self.s.aqueous), np.zeros_like(self.s.aqueous)
        if phase == "aqueous":
            right[at, element] = 1 + f.bypass[at]
            right[at + 1, element] = -f.on[at] * f.bypass[at]
            entering[at, element] = 1.0
        else:
            right[at, element] = 1.0
        return self._measured(right, 0.0, np.zeros(right.shape[1], bool), entering=entering)

    def _measured(
        self,
        right: Array | float,
        wanted: Array | float,
        lifted: Mask,
        totals: Array | float = 0.0,
        loads: Array | float = 0.0,
        entering: Array | float = 0.0,
    ) -> Array:
        dz, d_kappa = self.linear.solve(right, wanted)
        s, a, f = self.s, self.assays, self.balances.frame
        z, bypass = s.aqueous, f.bypass[:, None]
        d_line = (1 + bypass) * self.x.d_up * (d_kappa[:, None] + lifted)
        coming = np.zeros_like(dz) + entering
        coming[:-1] += f.through[1:, None] * dz[1:]
        dy = d_line * z + self.balances.line * dz - bypass * coming
        by_x = dz / z - (np.zeros(len(z)) + totals)[:, None] / s.cascade.aqueous[:, None]
        by_y = dy / s.organic - (np.zeros(len(z)) + loads)[:, None] / s.cascade.organic[:, None]
        return np.where(a.organic, by_y[a.stage, a.element], by_x[a.stage, a.element])


def fit(running: Running, assays: Assays, extract: float | None = None) -> Fitted:
    """Return β of neighbours, efficiency and entrainment that the assays of a running cut speak for.

    Parameters
    ----------
    running : Running
    assays : Assays
    extract : float, optional
        The part of the feed that leaves with the organic, to begin with; by default S − W.

    Raises
    ------
    UserError
        Where there are fewer assays than unknowns, or no cascade comes near them.
    """
    model = _Model(running, assays)
    if len(assays.value) < model.interest:
        raise UserError(
            f"{len(assays.value)} assays for {model.interest} unknowns",
            where="assays",
            hint="assay more stages or elements, in both phases",
        )
    out = running.organic - running.scrub + (running.phase == "organic")
    begin = model.start(min(max(out if extract is None else extract, 0.01), 0.99))
    problem = _Problem(model, out)
    low, high = model.bounds()
    begin = np.clip(begin, low + 1e-9, high - 1e-9)
    theta = begin
    for blurred in (BLURRED, 0.0):
        problem.blurred = blurred
        theta = _least_squares(problem, theta, low, high)
    return problem.fitted(theta)


def _least_squares(problem: _Problem, begin: Array, low: Array, high: Array) -> Array:
    try:
        found = scipy.optimize.least_squares(
            problem.misses,
            begin,
            problem.slopes,
            bounds=(low, high),
            method="trf",
            x_scale="jac",
            max_nfev=100,
            ftol=1e-10,
            xtol=1e-10,
            gtol=1e-10,
        )
    except ValueError as error:  # not finite at the start
        raise UserError(
            "no cascade settles at the flows and separation factors to begin with",
            where="assays",
            hint="check the flows of the cut, and its feed",
        ) from error
    theta: Array = found.x
    return theta


class _Problem:
    """Residuals and derivatives for `least_squares`: assays by Cauchy's loss, then what was known before."""

    def __init__(self, model: _Model, out: float) -> None:
        self.model, self.blurred = model, 0.0
        r = model.running
        known = {
            "efficiency": (r.efficiency, r.efficiency_error),
            "entrained_aqueous": (r.entrained[0], r.entrained_error),
            "entrained_organic": (r.entrained[1], r.entrained_error),
        }
        self.prior = np.array([*r.ln_beta, *(known[name][0] for name in model.others)])
        self.prior_errors = np.array([*r.ln_beta_error, *(known[name][1] for name in model.others)])
        self._kept: tuple[Array, Steady] | None = None

    def _at(self, theta: Array) -> Steady | None:
        if self._kept is not None and np.array_equal(self._kept[0], theta):
            return self._kept[1]
        try:
            s = self.model.solve(self.model.point(theta))
        except (UserError, ValueError, ArithmeticError):
            return None
        self._kept, self.model.kappa = (theta.copy(), s), s.kappa
        return s

    def _errors(self) -> Array:
        return np.hypot(self.model.assays.error, self.blurred)

    def raw(self, s: Steady) -> Array:
        """Return what was found over what is computed, in standard errors; a limit only if it is passed."""
        a = self.model.assays
        off = (np.log(a.value) - self.model.logs(s)) / self._errors()
        return np.where(a.below, np.minimum(off, 0.0), off)

    def _known(self, theta: Array) -> Array:
        """Misses of what was known before and of flows and feed as measured."""
        m, r, p = self.model, self.model.running, self.model.point(theta)
        scrub = p.organic - p.extract + (r.phase == "organic")
        flows = [
            (theta[m.interest] - np.log(r.organic)) / r.flow_error,
            (np.log(max(scrub, 1e-12)) - np.log(r.scrub)) / r.flow_error,
        ]
        parts = [(theta[: m.interest] - self.prior) / self.prior_errors, flows]
        if m.with_feed:
            parts.append((np.log(p.feed) - np.log(r.feed)) / r.feed_error)
            parts.append([theta[m.interest + 2 :].sum() - np.log(r.feed).sum()])  # their level is free
        return np.concatenate(parts)

    def _known_slopes(self, theta: Array) -> Array:
        m, r, p = self.model, self.model.running, self.model.point(theta)
        count, size = len(r.feed), len(theta)
        scrub = p.organic - p.extract + (r.phase == "organic")
        rows = np.zeros((m.interest + 2 + (count + 1) * m.with_feed, size))
        rows[: m.interest, : m.interest] = np.diag(1 / self.prior_errors)
        at = m.interest
        rows[at, at] = 1 / r.flow_error
        rows[at + 1, at] = p.organic / max(scrub, 1e-12) / r.flow_error
        rows[at + 1, at + 1] = -1 / max(scrub, 1e-12) / r.flow_error
        if m.with_feed:
            rows[at + 2 : -1, at + 2 :] = (np.eye(count) - p.feed) / r.feed_error[:, None]
            rows[-1, at + 2 :] = 1.0
        return rows

    def misses(self, theta: Array) -> Array:
        s = self._at(theta)
        size = len(self.model.assays.value)
        if s is None:
            return np.full(size + len(self._known(theta)), np.nan if self._kept else np.inf)
        r = self.raw(s)
        lost = CAUCHY * np.sqrt(np.log1p((r / CAUCHY) ** 2)) * np.sign(r)
        return np.concatenate([lost, self._known(theta)])

    def slopes(self, theta: Array) -> Array:
        s = self._at(theta)
        assert s is not None
        r = self.raw(s)
        jacobian = self._raw_slopes(s, theta, r)
        u = (r / CAUCHY) ** 2
        by_raw = np.where(
            u > 1e-12, np.abs(r) / CAUCHY / np.sqrt(np.log1p(np.maximum(u, 1e-12))) / (1 + u), 1.0
        )
        return np.concatenate([by_raw[:, None] * jacobian, self._known_slopes(theta)])

    def _raw_slopes(self, s: Steady, theta: Array, r: Array) -> Array:
        made = -self.model.slopes(s, self.model.point(theta), theta) / self._errors()[:, None]
        made[self.model.assays.below & (r >= 0)] = 0.0
        return made

    def fitted(self, theta: Array) -> Fitted:
        """Errors by the curvature at the solution, with weights that outliers leave."""
        m = self.model
        s = self._at(theta)
        assert s is not None
        r = self.raw(s)
        told = r[~m.assays.below]
        noise = float(MAD * np.median(np.abs(told))) if len(told) else 1.0
        scale = max(1.0, noise)
        jacobian = self._raw_slopes(s, theta, r) / np.sqrt(1 + (r / CAUCHY) ** 2)[:, None] / scale
        known = self._known_slopes(theta)
        information = jacobian.T @ jacobian + known.T @ known
        covariance: Array = np.asarray(np.linalg.pinv(information, hermitian=True), float)
        covariance = covariance[: m.interest, : m.interest]
        errors = np.sqrt(np.diag(covariance))
        p = m.point(theta)
        return Fitted(
            names=(*(f"β{k}" for k in range(m.betas)), *m.others),
            values=theta[: m.interest],
            errors=errors,
            covariance=covariance,
            prior=self.prior,
            prior_errors=self.prior_errors,
            identified=(errors <= HALVED * self.prior_errors) & self._told(theta[: m.interest], errors),
            weak=self._weak(covariance),
            residuals=r,
            outliers=np.abs(r) > FAR * scale,
            noise=noise,
            organic=p.organic,
            extract_flow=p.extract,
            feed=p.feed,
            solution=s,
            evaluations=m.evaluations,
        )

    def _told(self, values: Array, errors: Array) -> Mask:
        """Say whether a β is known to 3 %, and an entrained part told from none; of the efficiency always."""
        return np.array(
            [
                error <= KNOWN if k < self.model.betas else name == "efficiency" or value >= TOLD * error
                for k, (name, value, error) in enumerate(
                    zip([*[""] * self.model.betas, *self.model.others], values, errors, strict=True)
                )
            ]
        )

    def _weak(self, covariance: Array) -> tuple[dict[str, float], ...]:
        """Directions in units of what was known before, in which the error stays above half of it."""
        scaled = covariance / np.outer(self.prior_errors, self.prior_errors)
        values, vectors = np.linalg.eigh(scaled)
        names = (*(f"β{k}" for k in range(self.model.betas)), *self.model.others)
        return tuple(
            {name: float(part) for name, part in zip(names, vectors[:, k], strict=True) if abs(part) >= PART}
            for k in range(len(values))
            if values[k] > HALVED**2
        )
