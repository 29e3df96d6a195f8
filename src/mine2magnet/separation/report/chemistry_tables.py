"""The chemistry of a worked case, as tables and in the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mine2magnet.separation.mass_action import VALENCE
from mine2magnet.separation.plant import NAOH
from mine2magnet.separation.report.schema import CircuitReport, CutChemistryReport
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study.chemistry import CutChemistry, SolvedCircuit

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]

OFF = 0.05  # of what constant loading takes a stage to hold, from which it counts as loaded otherwise
MOST_ROWS = 16  # of the table by stage; JSON has them all
NOTHING = 1e-6  # mol/L, below which a concentration is shown as 0


def tables(cuts: Sequence[CutChemistry], names: Sequence[str], oxide: float, say: Say) -> list[Table]:
    """Return tables of all cuts, and by stage of the longest.

    Parameters
    ----------
    cuts : sequence of CutChemistry
    names : sequence of str
        Of the cuts.
    oxide : float
        kg per mol of plant feed.
    say : callable
        Gives a phrase in the reader's language.
    """
    solved = [(name, cut, found) for cut, name in zip(cuts, names, strict=True) if (found := cut.shown)]
    heads = ["aqueous | organic", "S", "W", "NaOH per S", "HCl per W", "NaOH, t/t REO"]
    rows = [_reagents(*one, oxide) for one in solved]
    if len(rows) > 1:
        rows.append(_all(solved, oxide, say))
    made: list[Table] = [
        (say("Base and acid by mass action (mol per mol of designed S and W; 3 is ideal)"), heads, rows)
    ]
    heads = [
        "aqueous | organic",
        "pH",
        "± of the constants",
        "loading, %",
        "stages loaded otherwise",
        "in raffinate",
        "in extract",
        "raffinate as designed",
        "extract as designed",
    ]
    made.append((say("Acidity and purity by mass action"), heads, [_state(*one) for one in solved]))
    if failed := [[name, cut.why] for cut, name in zip(cuts, names, strict=True) if cut.met is None]:
        made.append((say("Not met by mass action"), ["aqueous | organic", "why"], failed))
    longest = longest_of(cuts)
    if longest is not None and (found := cuts[longest].shown):
        made.append((f"{say('By stage')}: {names[longest]}", *_stages(found, cuts[longest])))
    return [(title, list(map(say, heads)), rows) for title, heads, rows in made]


def longest_of(cuts: Sequence[CutChemistry]) -> int | None:
    """Return the cut of most stages among those that were solved.

    Parameters
    ----------
    cuts : sequence of CutChemistry
    """
    solved = [k for k, cut in enumerate(cuts) if cut.shown]
    return max(solved, key=lambda k: cuts[k].design.stages, default=None)


def _reagents(name: str, cut: CutChemistry, found: SolvedCircuit, oxide: float) -> list[str]:
    return [
        name,
        f"{found.s:.4f}",
        f"{found.w:.4f}",
        f"{VALENCE * found.base / cut.base_ideal:.3f}",
        f"{VALENCE * found.acid / cut.acid_ideal:.3f}",
        f"{NAOH * found.base / oxide:.3f}",
    ]


def _all(solved: Sequence[tuple[str, CutChemistry, SolvedCircuit]], oxide: float, say: Say) -> list[str]:
    base, acid = (sum(getattr(found, name) for *_, found in solved) for name in ("base", "acid"))
    base_ideal, acid_ideal = (
        sum(getattr(cut, name) for _, cut, _ in solved) for name in ("base_ideal", "acid_ideal")
    )
    return [
        say("all cuts"),
        f"{sum(found.s for *_, found in solved):.4f}",
        f"{sum(found.w for *_, found in solved):.4f}",
        f"{VALENCE * base / base_ideal:.3f}",
        f"{VALENCE * acid / acid_ideal:.3f}",
        f"{NAOH * base / oxide:.3f}",
    ]


def _state(name: str, cut: CutChemistry, found: SolvedCircuit) -> list[str]:
    ph, loading, designed = found.state.ph, 100 * found.state.loading, cut.designed
    return [
        name,
        f"{ph.max():.2f}\u00a0…\u00a0{ph.min():.2f}",
        f"{cut.spread:.2f}",
        f"{loading.min():.0f}–{loading.max():.0f}",
        f"{(abs(cut.off) > OFF).sum()} / {cut.design.stages}",
        f"{found.impurity_aqueous:.1e}",
        f"{found.impurity_organic:.1e}",
        f"{designed.impurity_aqueous:.1e}" if designed else "-",
        f"{designed.impurity_organic:.1e}" if designed else "-",
    ]


def _stages(found: SolvedCircuit, cut: CutChemistry) -> tuple[list[str], list[list[str]]]:
    heads = [
        "stage",
        "pH",
        "free acid, mol/L",
        "loading, %",
        "Na, mol/L",
        "REE, mol/L",
        "against constant, %",
    ]
    values = _by_stage(found)
    stages = len(values["ph"])
    shown = sorted(
        {*np.linspace(0, stages - 1, min(stages, MOST_ROWS)).round().astype(int), cut.design.n_extraction - 1}
    )
    rows = [
        [
            f"{j + 1}",
            f"{values['ph'][j]:.2f}",
            f"{values['acid'][j]:.3g}",
            f"{100 * values['loading'][j]:.1f}",
            f"{values['sodium'][j] if values['sodium'][j] > NOTHING else 0:.3g}",
            f"{values['aqueous'][j]:.3g}",
            f"{100 * cut.off[j]:+.1f}",
        ]
        for j in shown
    ]
    return heads, rows


def _by_stage(found: SolvedCircuit) -> dict[str, Array]:
    e = found.state
    return {
        "ph": e.ph,
        "acid": e.acid,
        "loading": e.loading,
        "sodium": e.sodium_aqueous / e.circuit.aqueous,
        "aqueous": e.aqueous.sum(axis=1) / e.circuit.aqueous,
        "organic": e.organic.sum(axis=1) / e.circuit.solvent,
    }


def report(cut: CutChemistry, oxide: float) -> CutChemistryReport:
    """Return one cut as numbers and names.

    Parameters
    ----------
    cut : CutChemistry
    oxide : float
        kg per mol of plant feed.
    """
    return CutChemistryReport(
        base_ideal=cut.base_ideal,
        acid_ideal=cut.acid_ideal,
        ph_spread=cut.spread,
        as_designed=_circuit(cut.designed, oxide),
        met=_circuit(cut.met, oxide),
        why_not=cut.why or None,
        organic_against_constant_loading=cut.off.tolist() if cut.shown else None,
    )


def _circuit(found: SolvedCircuit | None, oxide: float) -> CircuitReport | None:
    if found is None:
        return None
    return CircuitReport(
        base=found.base,
        acid=found.acid,
        naoh_t_per_t=NAOH * found.base / oxide,
        organic_volume=found.state.circuit.organic,
        scrub_volume=found.state.circuit.scrub,
        feed_volume=found.state.circuit.feed,
        organic_flow=found.s,
        scrub_flow=found.w,
        impurity_organic=found.impurity_organic,
        impurity_aqueous=found.impurity_aqueous,
        residual=found.state.residual,
        **{f"{name}_by_stage": values.tolist() for name, values in _by_stage(found).items()},
    )
