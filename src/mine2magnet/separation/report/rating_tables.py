"""Cuts that stand in tables, words and numbers: what they reach, what binds, what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.rating import RatedEffect, Rating
from mine2magnet.separation.report.schema import RatedChange, RatingReport

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
HELD_BY_FLOW = 0.005  # of a flow, to which a meter of usual make holds it
BINDING = {
    "nothing": "nothing, there is room",
    "flow": "the flow",
    "stages": "the stages",
    "split": "the split",
}


def report(d: CutDesign) -> RatingReport | None:
    """Return what a cut that stands reaches; None of a designed one. Flows in mol per mol of plant feed.

    Parameters
    ----------
    d : CutDesign
    """
    if d.rating is None:
        return None
    r, best = d.rating, d.rating.optimum
    return RatingReport(
        met=r.met,
        binding=r.binding,
        allowed_organic=r.allowed_a,
        allowed_aqueous=r.allowed_b,
        least_organic_flow=r.least_organic,
        fewest_stages=r.fewest_stages,
        best_scrub_flow=r.best_scrub,
        best_feed_stage=r.best_feed_stage,
        optimum_extraction_stages=best.n_extraction if best else None,
        optimum_scrub_stages=best.n_scrub if best else None,
        optimum_organic_flow=best.organic if best else None,
        usd_per_t_over_optimum=_extra(r),
        changes=[RatedChange(c.what, c.impurity_a, c.impurity_b) for c in r.changes],
        draw_purity=r.draw_purity,
        draw_asked=r.draw_asked,
    )


def _extra(r: Rating) -> float | None:
    return None if r.cost_at_optimum is None else r.cost - r.cost_at_optimum


def tables(designs: Sequence[CutDesign], names: Sequence[str], over: str, say: Say) -> Iterator[Table]:
    """Give the tables of cuts that stand; none if all are designed.

    Parameters
    ----------
    designs : sequence of CutDesign
    names : sequence of str
        Of the cuts.
    over : str
        Heads what a cut costs more than the optimum.
    say : callable
        Gives a phrase in the reader's language.
    """
    rated = [(name, d, d.rating) for name, d in zip(names, designs, strict=True) if d.rating is not None]
    if not rated:
        return
    heads = (
        "aqueous | organic",
        "stages n + m",
        "in raffinate / allowed",
        "in extract / allowed",
        "what binds",
        "S that would do, × its own",
        "stages that would do",
        "W that suits both, × its own",
        "feed best at stage",
        "optimum: stages, × S",
    )
    yield (
        say("Cuts that stand: what they reach"),
        [*map(say, heads), over],
        [[name, *_row(d, r, say)] for name, d, r in rated],
    )
    rows = [
        [name, say(c.what), f"{c.impurity_b:.2e}", f"{c.impurity_a:.2e}"]
        for name, d, r in rated
        for c in (_now(d), *r.changes)
    ]
    of_changes = ("aqueous | organic", "change", "in raffinate", "in extract")
    yield say("Cuts that stand: what a change would bring"), list(map(say, of_changes)), rows


def _now(d: CutDesign) -> RatedEffect:
    assert d.rating is not None
    return RatedEffect("as it stands", d.rating.impurity_a, d.rating.impurity_b)


def _row(d: CutDesign, r: Rating, say: Say) -> list[str]:
    best, extra = r.optimum, _extra(r)
    return [
        f"{d.n_extraction} + {d.n_scrub}",
        f"{r.impurity_b:.2e} / {r.allowed_b:.2e}",
        f"{r.impurity_a:.2e} / {r.allowed_a:.2e}",
        say(BINDING[r.binding]),
        f"{r.least_organic / d.organic:.3f}" if r.least_organic else say("none"),
        f"{r.fewest_stages}" if r.fewest_stages else say("none"),
        f"{r.best_scrub / d.scrub:.4f}" if r.best_scrub else "-",
        f"{r.best_feed_stage}" if r.best_feed_stage else "-",
        f"{best.n_extraction} + {best.n_scrub}, {best.organic / d.organic:.3f}" if best else "-",
        "-" if extra is None else f"{extra:,.0f}",
    ]


def remarks(designs: Sequence[CutDesign], names: Sequence[str], say: Say) -> Iterator[str]:
    """Give in words which cuts that stand miss their purities, and why.

    Parameters
    ----------
    designs : sequence of CutDesign
    names : sequence of str
    say : callable
        Gives a phrase in the reader's language.
    """
    for name, d in zip(names, designs, strict=True):
        if d.rating is not None and not d.rating.met:
            said = say("{cut}: as it stands it misses its purities; what binds: {binding}.").format(
                cut=name, binding=say(BINDING[d.rating.binding])
            )
            off = abs(d.rating.best_scrub / d.scrub - 1) if d.rating.best_scrub else 0.0
            if d.rating.binding == "split" and off < HELD_BY_FLOW:
                said += " " + say(
                    "W is off by {part} %, less than a flow meter is: only assays of the products hold it."
                ).format(part=f"{100 * off:.2g}")
            yield said
