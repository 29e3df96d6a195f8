"""A calibration in tables, words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np

from mine2magnet.separation.calibration import HALVED
from mine2magnet.separation.report.schema import CalibratedParameter, CalibrationReport, FoundAssay
from mine2magnet.separation.study.calibrate import PLACES, Calibrated

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
OTHERS = {
    "efficiency": "stage efficiency",
    "entrained_aqueous": "aqueous phase carried over",
    "entrained_organic": "organic phase carried over",
}
ENDS = ("raffinate", "extract")
MOST_OFF = 20.0  # standard errors of one assay that count
FAR_OFF = 40.0  # standard errors in all, from which on raffinate and extract may be exchanged
MOST_WORST = 10  # assays listed that fit least


def report(found: Calibrated) -> CalibrationReport:
    """Return a calibration as numbers and names.

    Parameters
    ----------
    found : Calibrated
    """
    fit, balanced = found.fitted, found.reconciled
    return CalibrationReport(
        cut=found.cut.parts,
        assays=len(fit.residuals),
        parameters=_parameters(found),
        covariance=fit.covariance.tolist(),
        weak=[{_name(found, k): v for k, v in one.items()} for one in fit.weak],
        noise=fit.noise,
        residuals=_assays(found),
        organic_flow=fit.organic,
        extract_part=fit.extract_flow,
        feed=dict(zip(found.elements, fit.feed.tolist(), strict=True)),
        balances_chance=balanced.chance if balanced else None,
        gross_errors=_gross(found),
        set=found.set,
    )


def _name(found: Calibrated, name: str) -> str:
    return f"β {found.pairs[int(name[1:])]}" if name.startswith("β") else OTHERS[name]


def _parameters(found: Calibrated) -> list[CalibratedParameter]:
    """β as they are with relative errors, the others with absolute ones."""
    fit, count = found.fitted, len(found.pairs)
    made = []
    for k, name in enumerate(fit.names):
        value, error, prior, before = (
            float(one[k]) for one in (fit.values, fit.errors, fit.prior, fit.prior_errors)
        )
        of = exp if k < count else float
        scale = (of(value), of(prior)) if k < count else (1.0, 1.0)
        made.append(
            CalibratedParameter(
                name=_name(found, name),
                value=of(value),
                error=error * scale[0],
                before=of(prior),
                error_before=before * scale[1],
                identified=bool(fit.identified[k]),
            )
        )
    return made


def _better(p: CalibratedParameter) -> bool:
    """Whether a separation factor is known better than before by half, but not to 3 % (two errors)."""
    return p.name.startswith("β") and not p.identified and p.error <= HALVED * p.error_before


def _within(p: CalibratedParameter) -> str:
    """Two standard errors, %."""
    return f"{200 * p.error / p.value:.2g}"


def _verdict(p: CalibratedParameter, say: Say) -> str:
    if _better(p):
        return say("better, to ± {part} % (two errors)").format(part=_within(p))
    if not p.identified and p.error <= HALVED * p.error_before:
        return say("no: less than two errors from none")
    return say("yes" if p.identified else "no")


def _assays(found: Calibrated) -> list[FoundAssay]:
    return [
        FoundAssay(a.place, a.phase, a.element, float(r), bool(out))
        for a, r, out in zip(found.rows, found.fitted.residuals, found.fitted.outliers, strict=True)
    ]


def _gross(found: Calibrated) -> list[str]:
    if found.reconciled is None:
        return []
    where = np.argwhere(found.reconciled.gross)
    return [f"{found.elements[i]} in {PLACES[place]}" for place, i in where]


def _exchanged(found: Calibrated) -> bool:
    """Say whether what was found in raffinate and extract is far nearer to what is computed for the other."""
    made = found.fitted.solution
    ends = (made.product_b / made.product_b.sum(), made.product_a / made.product_a.sum())
    own = other = 0.0
    for a, off in zip(found.rows, found.fitted.residuals, strict=True):
        if a.place in ENDS and not a.below:
            k, element = ENDS.index(a.place), found.elements.index(a.element)
            apart = np.log(ends[k][element] / ends[1 - k][element]) / (a.error / 100)
            own += min(abs(off), MOST_OFF)
            other += min(abs(off + apart), MOST_OFF)
    return bool(own > FAR_OFF and other < own / 4)


def tables(found: Calibrated, say: Say = str) -> list[Table]:
    """Return a calibration as tables: parameters, residuals by stage, assays that fit least.

    Parameters
    ----------
    found : Calibrated
    say : callable
        Gives a phrase in the reader's language.
    """
    rows = [
        [
            p.name if p.name.startswith("β") else say(p.name),
            f"{p.before:.4g} ± {p.error_before:.2g}",
            f"{p.value:.5g} ± {p.error:.2g}",
            f"{(p.value - p.before) / p.error_before:+.1f}",
            _verdict(p, say),
        ]
        for p in _parameters(found)
    ]
    heads = ("", "before", "calibrated", "moved, standard errors of before", "identified")
    made = [(say("What the assays say (± one standard error)"), list(map(say, heads)), rows)]
    made.append(_by_stage(found, say))
    worst = sorted(_assays(found), key=lambda a: -abs(a.residual))[:MOST_WORST]
    made.append(
        (
            say("Assays that fit least: found over computed, in standard errors"),
            list(map(say, ("place", "phase", "element", "off", "outlier"))),
            [
                [
                    say(a.place),
                    say(a.phase),
                    a.element,
                    f"{a.residual:+.1f}",
                    say("yes" if a.outlier else "no"),
                ]
                for a in worst
            ],
        )
    )
    return made


def _by_stage(found: Calibrated, say: Say) -> Table:
    """Root mean square of the residuals, and their mean, of each place and phase."""
    groups: dict[tuple[str, str], list[float]] = {}
    for a in _assays(found):
        if not a.outlier:
            groups.setdefault((a.place, a.phase), []).append(a.residual)
    rows = [
        [
            say(place),
            say(phase),
            f"{len(off)}",
            f"{np.sqrt(np.mean(np.square(off))):.2f}",
            f"{np.mean(off):+.2f}",
        ]
        for (place, phase), off in groups.items()
    ]
    heads = ("place", "phase", "assays", "scatter", "mean")
    return say("Residuals by stage, in standard errors, outliers left out"), list(map(say, heads)), rows


def remarks(found: Calibrated, say: Say = str) -> list[str]:
    """Return in words what must not be overlooked.

    Parameters
    ----------
    found : Calibrated
    say : callable
        Gives a phrase in the reader's language.
    """
    made, fit = [], found.fitted
    if found.reconciled is None:
        made.append(
            say("Raffinate and extract are not both assayed: the balances were not checked beforehand.")
        )
    elif gross := _gross(found):
        made.append(say("The balances do not close with {what}.").format(what=", ".join(gross)))
    elif found.reconciled.chance < 0.01:
        made.append(say("The balances of feed, raffinate and extract do not close within the stated errors."))
    else:
        made.append(
            say(
                "The balances of feed, raffinate and extract close: errors as stated miss by so much in "
                "{chance} % of cases."
            ).format(chance=f"{100 * found.reconciled.chance:.0f}")
        )
    if _exchanged(found):
        made.append(say("Raffinate and extract fit far better exchanged: look whether the assays are."))
    out = [a for a in _assays(found) if a.outlier]
    if out:
        named = ", ".join(f"{a.element} {say(a.place)} {say(a.phase)}" for a in out[:MOST_WORST])
        made.append(say("{count} outliers count for little: {what}.").format(count=len(out), what=named))
    if fit.noise > 1.3:
        made.append(
            say("The assays scatter by {times} times their stated errors; errors here are widened by that.")
            .format(times=f"{fit.noise:.1f}")
        )  # fmt: skip
    parameters = _parameters(found)
    if better := [p for p in parameters if _better(p)]:
        named = ", ".join(f"{p.name} (± {_within(p)} %)" for p in better)
        made.append(
            say("Better known than before, but not to 3 % at two standard errors: {what}.").format(what=named)
        )
    unknown = [
        p.name if p.name.startswith("β") else say(p.name)
        for p in parameters
        if not (p.identified or _better(p))
    ]
    if unknown:
        made.append(say("Not identified by these assays: {what}.").format(what=", ".join(unknown)))
    for one in fit.weak:
        parts = ", ".join(
            f"{part:+.2f} {name if (name := _name(found, k)).startswith('β') else say(name)}"
            for k, part in one.items()
        )
        made.append(say("They tell little of this combination: {what}.").format(what=parts))
    return made
