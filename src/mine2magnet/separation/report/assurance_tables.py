"""The frugal plant beside the one that holds with certainty: tables, words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mine2magnet.separation.plant import CutDesign, Quantities
from mine2magnet.separation.report.schema import AssuranceReport, AssuredPlant, FactorWorth
from mine2magnet.separation.study.study import Study

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
MILLION = 1e6


def report(answer: Study) -> AssuranceReport | None:
    """Return both plants and what measuring is worth; None if no certainty was asked for.

    Parameters
    ----------
    answer : Study
    """
    a = answer.assurance
    if a is None:
        return None
    case = answer.basis.case
    return AssuranceReport(
        certainty=a.certainty,
        reserve=case.reserve,
        draws=a.draws,
        frugal=_plant(a.frugal, a.quantities[0], a.frugal_holds, a.frugal_cost),
        certain=_plant(a.certain, a.quantities[1], a.certain_holds, a.certain_cost),
        price_usd_per_t=float(a.price),
        worth=[FactorWorth(one.pair, one.worth, one.worth * case.throughput) for one in a.worth],
    )


def _plant(designs: Sequence[CutDesign], q: Quantities, holds: float, cost: float) -> AssuredPlant:
    return AssuredPlant(
        holds=holds,
        extraction_stages=[d.n_extraction for d in designs],
        scrub_stages=[d.n_scrub for d in designs],
        organic_flow=[float(d.organic) for d in designs],
        size_flow=[float(d.size) for d in designs],
        volume_m3=float(q.volume),
        usd_per_t=float(cost),
    )


def tables(answer: Study, names: Sequence[str], say: Say = str) -> Iterator[Table]:
    """Give the tables of certainty; none if it was not asked for.

    Parameters
    ----------
    answer : Study
    names : sequence of str
        Of the cuts.
    say : callable
        Gives a phrase in the reader's language.
    """
    told = report(answer)
    if told is None:
        return
    part = f"{100 * told.certainty:g}"
    named = (
        (say("frugal, at the likely factors"), told.frugal, "-"),
        (say("certain, {part} % asked for").format(part=part), told.certain, f"{told.price_usd_per_t:,.0f}"),
    )
    heads = (
        "plant",
        "all products pure, % of fresh draws",
        "stages",
        "Σ S, and what is sized for",
        "mixer-settlers, m³",
        "USD/t REO",
        "price of certainty, USD/t REO",
    )
    rows = [
        [
            name,
            f"{100 * p.holds:.0f}",
            f"{sum(p.extraction_stages) + sum(p.scrub_stages)}",
            f"{sum(p.organic_flow):.3f}, {sum(p.size_flow):.3f}",
            f"{p.volume_m3:,.0f}",
            f"{p.usd_per_t:,.0f}",
            price,
        ]
        for name, p, price in named
    ]
    yield say("The frugal plant and the one that holds"), list(map(say, heads)), rows
    title = say("Cuts of both plants: stages n + m, S, and the flow that is sized for")
    cells = [[name, _cut(told.frugal, k), _cut(told.certain, k)] for k, name in enumerate(names)]
    yield title, [say(head) for head in ("aqueous | organic", "frugal", "certain")], cells
    worth = [[f"β {w.pair}", f"{w.usd_per_t:,.0f}", f"{w.usd_per_year / MILLION:,.2f}"] for w in told.worth]
    heads_of_worth = ("separation factor", "worth, USD/t REO", "worth, million USD a year")
    if worth:
        title = say("Which separation factors are worth measuring before building")
        yield title, list(map(say, heads_of_worth)), worth


def _cut(p: AssuredPlant, k: int) -> str:
    stages = f"{p.extraction_stages[k]} + {p.scrub_stages[k]}"
    return f"{stages}, {p.organic_flow[k]:.3f}, {p.size_flow[k]:.3f}"


def remarks(answer: Study, say: Say = str) -> Iterator[str]:
    """Give in words how much surer the plant shown is than the frugal one.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    if (a := answer.assurance) is not None:
        said = say(
            "The frugal plant would have all products on specification at {frugal} % of the separation "
            "factors drawn; the one shown does at {certain} %."
        )
        yield said.format(frugal=f"{100 * a.frugal_holds:.0f}", certain=f"{100 * a.certain_holds:.0f}")
