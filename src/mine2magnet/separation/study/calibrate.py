"""Assays of a running cut → separation factors, efficiency and entrainment that the case can use."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt

import msgspec
import numpy as np
import yaml

from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation import calibration
from mine2magnet.separation.calibration import Assays, Fitted, Running
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.reconciliation import Reconciled, reconcile
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import (
    MOST_ASSAYS,
    AssayInput,
    Calibration,
    CalibrationRequest,
    Case,
    StandingCut,
)

MOST_BYTES = 5_000_000  # of a file of assays
WIDTH = sqrt(6.0)  # half the width of a symmetric triangle over its standard deviation
LEAST_SPREAD = 0.02  # of ln β known before: a point value in a case is not that sure
EFFICIENCY_ERROR = 0.1  # standard errors known before: Murphree's efficiency of mixer-settlers
ENTRAINED_ERROR = 0.01
FIRST_EFFICIENCY = 0.95  # where the case leaves it at 1
PLACES = ("feed", "raffinate", "extract")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came of a calibration: the set to be used, the fit, and the balances it began with.

    `pairs` of neighbours in the feed, from the least extractable up; `reconciled` None where raffinate or
    extract were not assayed.
    """

    basis: DesignBasis
    cut: StandingCut
    elements: tuple[str, ...]
    pairs: tuple[str, ...]
    rows: tuple[AssayInput, ...]
    fitted: Fitted
    reconciled: Reconciled | None
    set: Calibration

    @property
    def stages(self) -> int:
        """Extraction and scrub stages of the cut."""
        return self.cut.extraction + self.cut.scrub


def read(text: str, where: str = "") -> tuple[AssayInput, ...]:
    """Return the assays of a CSV text with a head line: place, phase, element, value, error.

    Parameters
    ----------
    text : str
    where : str
        A file's name, for what is said.

    Raises
    ------
    UserError
        For what is wrong, with the line.
    """
    if len(text.encode()) > MOST_BYTES:
        raise UserError(f"more than {MOST_BYTES:,} bytes", where=where)
    known = fields_of(AssayInput)
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    heads = [(head or "").strip().lower() for head in lines.fieldnames or ()]
    if missing := [name for name, f in known.items() if f.required and name not in heads]:
        raise UserError(
            f"no column {missing[0]}", where=where, hint="a head line with place,phase,element,value,error"
        )
    if unknown := [head for head in heads if head not in known]:
        raise UserError(f"unknown column {unknown[0]!r:.40}", where=where, hint="one of " + ", ".join(known))
    made = []
    for number, row in enumerate(lines, 2):
        given = {h: (v or "").strip() for h, v in zip(heads, row.values(), strict=False) if h}
        written = {name: value for name, value in given.items() if value}
        if str(written.get("value", "")).startswith("<"):
            written |= {"value": written["value"][1:].strip(), "below": "true"}
        made.append(decode(AssayInput, written, f"{where} line {number}".strip(), written=True))
        if len(made) > MOST_ASSAYS:
            raise UserError(f"more than {MOST_ASSAYS:,} assays", where=where)
    if not made:
        raise UserError("no assays", where=where, hint="a line each: 12,aqueous,Nd,75.2,5")
    return tuple(made)


def of(
    case: Case, assays: Sequence[AssayInput], cut: str | None = None, flow_error: float = 2.0
) -> Calibrated:
    """Return what the assays of a cut that stands say of the case's separation factors.

    Parameters
    ----------
    case : Case
    assays : sequence of AssayInput
    cut : str, optional
        The pair that the cut parts, as the case has it; the only one that stands if not given.
    flow_error : float
        Standard error of the cut's flows, %.

    Raises
    ------
    UserError
        For what does not go together.
    """
    basis = DesignBasis.of(case)
    stands = _standing(basis, cut)
    elements = _elements(basis, assays)
    feed, feed_error = _feed(basis, assays, elements)
    pairs, prior, spread = _prior(basis, elements)
    n = stands.extraction if stands.feed_stage is None else stands.feed_stage
    m = stands.extraction + stands.scrub - n
    assert stands.organic_flow is not None
    assert stands.scrub_flow is not None
    phase = stands.feed_phase or "aqueous"
    part = stands.organic_flow - stands.scrub_flow + (phase == "organic")
    known, error = _measured(assays, elements)
    balanced = None
    if np.isfinite(known[1]).any() and np.isfinite(known[2]).any():
        known[0] = np.where(np.isfinite(known[0]), known[0], feed)
        error[0] = np.where(np.isfinite(error[0]), error[0], np.where(feed_error > 0, feed_error, 0.01))
        off = flow_error / 100 * sqrt(stands.organic_flow**2 + stands.scrub_flow**2)
        balanced = reconcile(known, error, part, off)
    running = Running(
        n_extraction=n,
        n_scrub=m,
        phase=phase,
        feed=feed,
        feed_error=feed_error,
        organic=stands.organic_flow,
        scrub=stands.scrub_flow,
        flow_error=flow_error / 100,
        ln_beta=np.array([sum(prior[pair] for pair in between) for between in pairs.values()]),
        ln_beta_error=np.sqrt([sum(spread[pair] ** 2 for pair in between) for between in pairs.values()]),
        efficiency=basis.efficiency if basis.efficiency < 1 else FIRST_EFFICIENCY,
        efficiency_error=EFFICIENCY_ERROR,
        entrained=basis.entrained,
        entrained_error=ENTRAINED_ERROR,
    )
    fitted = calibration.fit(
        running, _numbers(assays, elements, n + m), balanced.extract_part if balanced else None
    )
    made = _set(basis, pairs, prior, spread, fitted)
    return Calibrated(basis, stands, elements, tuple(pairs), _of_stages(assays), fitted, balanced, made)


def requested(request: CalibrationRequest) -> Calibrated:
    """Return what a request asks for.

    Parameters
    ----------
    request : CalibrationRequest
    """
    return of(request.case, request.assays, request.cut, request.flow_error)


def written(found: Calibration) -> str:
    """Return a calibrated set as YAML, as a case's `calibrated` names it.

    Parameters
    ----------
    found : Calibration
    """
    plain = msgspec.to_builtins(found)
    plain["factors"] = {
        pair: [float(f"{v:.6g}") for v in (r.low, r.likely, r.high)] for pair, r in found.factors.items()
    }
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110))


def _standing(basis: DesignBasis, cut: str | None) -> StandingCut:
    cuts = basis.case.cuts
    wanted = [one for one in cuts if cut is None or one.parts.replace(" ", "") == cut.replace(" ", "")]
    if len(wanted) != 1:
        raise UserError(
            f"no cut {cut}" if cut and not wanted else f"{len(wanted)} cuts stand in the case",
            where="cut",
            hint="name one of " + ", ".join(one.parts for one in cuts)
            if cuts
            else "state in `cuts` the stages and flows of the one that was assayed",
        )
    if wanted[0].organic_flow is None or wanted[0].scrub_flow is None:
        raise UserError(
            f"the flows of {wanted[0].parts} are not given",
            where="cuts",
            hint="organic_flow and scrub_flow as they were when the assays were taken",
        )
    if wanted[0].draw is not None:
        raise UserError("a cut with a side draw is not calibrated", where="cuts", hint="one without")
    return wanted[0]


def _elements(basis: DesignBasis, assays: Sequence[AssayInput]) -> tuple[str, ...]:
    """Those of the cut's feed: as assayed there, else the plant's."""
    if strange := next((a.element for a in assays if a.element not in basis.elements), None):
        raise UserError(
            f"{strange} is not in the case's feed", where="assays", hint="one of " + ", ".join(basis.elements)
        )
    fed = {a.element for a in assays if a.place == "feed"}
    kept = tuple(e for e in basis.elements if not fed or e in fed)
    if odd := next((a for a in assays if a.element not in kept), None):
        raise UserError(
            f"{odd.element} is assayed at {odd.place} but not in the feed",
            where="assays",
            hint="assay it in the feed, too",
        )
    return kept


def _samples(assays: Sequence[AssayInput]) -> dict[tuple[str, Phase], list[AssayInput]]:
    ends: dict[str, Phase] = {"feed": "aqueous", "raffinate": "aqueous", "extract": "organic"}
    samples: dict[tuple[str, Phase], list[AssayInput]] = {}
    for one in assays:
        phase = ends.get(one.place, one.phase)
        samples.setdefault((one.place, phase), []).append(one)
    return samples


def _mole_fractions(sample: Sequence[AssayInput], mean: float) -> list[float]:
    """Turn shares by weight into mole fractions; what was not assayed has the feed's mean mass."""
    moles = [a.value / oxide_mass(a.element) for a in sample]
    told = sum(n for n, a in zip(moles, sample, strict=True) if not a.below)
    rest = max(100.0 - sum(a.value for a in sample if not a.below), 0.0) / mean
    return [n / (told + rest) for n in moles]


def _feed(basis: DesignBasis, assays: Sequence[AssayInput], elements: tuple[str, ...]) -> tuple[Array, Array]:
    """Mole fractions and relative errors; the case's own feed is taken as exact."""
    own = dict(zip(basis.elements, basis.feed, strict=True))
    sample = [a for a in assays if a.place == "feed"]
    if not sample:
        feed = np.array([own[e] for e in elements])
        return feed / feed.sum(), np.zeros(len(feed))
    mean = float(np.mean([oxide_mass(a.element) for a in sample]))
    found = dict(zip((a.element for a in sample), _mole_fractions(sample, mean), strict=True))
    feed = np.array([found[e] for e in elements])
    errors = {a.element: a.error / 100 for a in sample}
    return feed / feed.sum(), np.array([errors[e] for e in elements])


def _prior(
    basis: DesignBasis, elements: tuple[str, ...]
) -> tuple[dict[str, tuple[str, ...]], dict[str, float], dict[str, float]]:
    """Return by pair of neighbours in the feed the chain's pairs between; ln β of these and its spread."""
    chain = list(basis.factors)
    prior = {pair: log(r.likely) for pair, r in basis.factors.items()}
    spread = {pair: max(_spread(r), LEAST_SPREAD) for pair, r in basis.factors.items()}
    below = {pair.split("/")[1]: k for k, pair in enumerate(chain)}
    pairs = {}
    for lower, upper in pairwise(elements):
        end = below.get(upper, len(chain))
        pairs[f"{upper}/{lower}"] = tuple(chain[below[lower] : end])
    return pairs, prior, spread


def _spread(r: Range) -> float:
    """The standard deviation of ln of a triangle."""
    a, c, b = log(r.low), log(r.likely), log(r.high)
    return sqrt(max((a * a + b * b + c * c - a * b - a * c - b * c) / 18, 0.0))


def _measured(assays: Sequence[AssayInput], elements: tuple[str, ...]) -> tuple[Array, Array]:
    known, error = (np.full((3, len(elements)), np.nan) for _ in range(2))
    mean = float(np.mean([oxide_mass(e) for e in elements]))
    for (place, _), sample in _samples(assays).items():
        if place in PLACES:
            for a, x in zip(sample, _mole_fractions(sample, mean), strict=True):
                if not a.below:
                    at = PLACES.index(place), elements.index(a.element)
                    known[at], error[at] = x, a.error / 100
    return known, error


def _of_stages(assays: Sequence[AssayInput]) -> tuple[AssayInput, ...]:
    return tuple(
        msgspec.structs.replace(a, phase=phase)
        for (place, phase), sample in _samples(assays).items()
        for a in sample
        if place != "feed"
    )


def _numbers(assays: Sequence[AssayInput], elements: tuple[str, ...], stages: int) -> Assays:
    mean = float(np.mean([oxide_mass(e) for e in elements]))
    rows = []
    for (place, phase), sample in _samples(assays).items():
        if place == "feed":
            continue
        stage = {"raffinate": 0, "extract": stages - 1}.get(place)
        stage = int(place) - 1 if stage is None else stage
        if stage >= stages:
            raise UserError(f"stage {place} of {stages}", where="assays", hint=f"1 to {stages}")
        for a, x in zip(sample, _mole_fractions(sample, mean), strict=True):
            rows.append((stage, phase == "organic", elements.index(a.element), x, a.error / 100, a.below))
    if not rows:
        raise UserError("no stage is assayed", where="assays", hint="place: a stage, raffinate or extract")
    columns = list(zip(*rows, strict=True))
    return Assays(
        np.array(columns[0], int),
        np.array(columns[1], bool),
        np.array(columns[2], int),
        np.array(columns[3], float),
        np.array(columns[4], float),
        np.array(columns[5], bool),
    )


def _set(
    basis: DesignBasis,
    pairs: Mapping[str, tuple[str, ...]],
    prior: Mapping[str, float],
    spread: Mapping[str, float],
    fitted: Fitted,
) -> Calibration:
    """Return what the fit says of each pair of the chain: a product's news is shared by their variances."""
    chain = [pair for between in pairs.values() for pair in between]
    sums = np.array([[float(pair in between) for pair in chain] for between in pairs.values()])
    mean = np.array([prior[pair] for pair in chain])
    variance = np.diag([spread[pair] ** 2 for pair in chain])
    count = len(pairs)
    gain = variance @ sums.T @ np.linalg.inv(sums @ variance @ sums.T)
    likely = mean + gain @ (fitted.values[:count] - sums @ mean)
    left = variance - gain @ (sums @ variance @ sums.T - fitted.covariance[:count, :count]) @ gain.T
    deviation = np.sqrt(np.diag(left))
    correlation = np.clip(left / np.outer(deviation, deviation), -1, 1)
    others = dict(zip(fitted.names[count:], fitted.values[count:], strict=True))
    return Calibration(
        factors={
            pair: Range(max(exp(mid - WIDTH * s), 1 + 1e-3 * (exp(mid) - 1)), exp(mid), exp(mid + WIDTH * s))
            for pair, mid, s in zip(chain, likely, deviation, strict=True)
        },
        correlation=tuple(tuple(round(float(v), 6) for v in row) for row in correlation),
        efficiency=round(float(others.get("efficiency", basis.efficiency)), 6),
        entrained_aqueous=round(float(others.get("entrained_aqueous", basis.entrained[0])), 6),
        entrained_organic=round(float(others.get("entrained_organic", basis.entrained[1])), 6),
        source=f"{basis.case.name}, {len(fitted.residuals)} assays"[:400],
    )
