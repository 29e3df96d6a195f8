"""The frugal plant beside the one that holds with certainty: tables, words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mine2magnet.separation.plant import CutDesign, Quantities
from mine2magnet.separation.report.schema import AssuranceReport, AssuredPlant, FactorWorth, HeldReport
from mine2magnet.separation.study.study import Study

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
MILLION = 1e6
USUAL = 0.9  # certainty that is named to whom has asked for none


def over_sites(answer: Study, head: str, say: Say) -> str:
    """Return the head of a column of costs, which of several sites are the mean.

    Parameters
    ----------
    answer : Study
    head : str
    say : callable
        Gives a phrase in the reader's language.
    """
    said = say(head)
    return say("{what}, mean of the sites").format(what=said) if len(answer.sites) > 1 else said


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


def held(answer: Study) -> HeldReport | None:
    """Return how often the plant shown is pure; None if no separation factors were drawn.

    Parameters
    ----------
    answer : Study
    """
    if answer.assurance is not None:
        return HeldReport(answer.assurance.certain_holds, answer.assurance.draws, False)
    if answer.held is None:
        return None
    return HeldReport(answer.held.part, answer.held.draws, answer.held.at_most)


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
        *map(say, ("plant", "all products pure, % of fresh draws", "stages", "Σ S, and what is sized for")),
        say("mixer-settlers, m³"),
        *(over_sites(answer, head, say) for head in ("USD/t REO", "price of certainty, USD/t REO")),
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
    yield say("The frugal plant and the one that holds"), list(heads), rows
    title = say("Cuts of both plants: stages n + m, S, and the flow that is sized for")
    cells = [[name, _cut(told.frugal, k), _cut(told.certain, k)] for k, name in enumerate(names)]
    yield title, [say(head) for head in ("aqueous | organic", "frugal", "certain")], cells
    worth = [[f"β {w.pair}", f"{w.usd_per_t:,.0f}", f"{w.usd_per_year / MILLION:,.2f}"] for w in told.worth]
    if worth:
        title = say("Which separation factors are worth measuring before building")
        first = say("separation factor"), over_sites(answer, "worth, USD/t REO", say)
        yield title, [*first, say("worth, million USD a year")], worth


def _cut(p: AssuredPlant, k: int) -> str:
    stages = f"{p.extraction_stages[k]} + {p.scrub_stages[k]}"
    return f"{stages}, {p.organic_flow[k]:.3f}, {p.size_flow[k]:.3f}"


def remarks(answer: Study, say: Say = str) -> Iterator[str]:
    """Give in words how often the plant shown is pure, and how often the frugal one would be.

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
    if (h := answer.held) is not None:
        said = say(
            "At {part} % of {draws} draws of the separation factors this plant keeps every product on "
            "specification, each cut's split set right and its flows up to {more} % beyond what is sized for."
        )
        if h.at_most:
            said = say(
                "At no more than {part} % of {draws} draws of the separation factors this plant keeps every "
                "product on specification, each cut's split set right and its flows up to {more} % beyond "
                "what is sized for: its weakest cut does no better."
            )
        more = 100 * (answer.basis.case.reserve - 1)
        yield said.format(part=f"{100 * h.part:.0f}", draws=h.draws, more=f"{more:.3g}")
        if h.part < USUAL and not h.at_most and not answer.stands:
            yield say("certainty: 0.9 designs one that does at 90 %, and tells what that costs.")
