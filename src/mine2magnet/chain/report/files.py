"""A stress test as files: tables, page, PDF, pictures."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment
from numpy.typing import NDArray

from mine2magnet.chain import Event, Network, Outcome, Scenario, Trace
from mine2magnet.chain.io.tables import reference
from mine2magnet.chain.report import charts, result
from mine2magnet.chain.report.result import QUANTILES, Columns, Mitigated, Result
from mine2magnet.charts.chart import Chart
from mine2magnet.charts.frames import OutcomeFrames
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import HTML, Translator
from mine2magnet.core.pdf import picture, sheet, table, titled
from mine2magnet.model.ranges import Range

if TYPE_CHECKING:
    from fpdf import FPDF

Say = Callable[[str], str]
PARTS = ": {short} not made for want of supply, {dear} no longer wanted at the higher price (medians)"
PRICES = (
    "Where a price has no line, nothing is for sale, and less than a week's use is left: for the median in "
    "half of the draws or more, for P90 in a tenth. What the end uses are worth bounds every price."
)
ENGLISH = Translator("en")
PROVENANCE = (
    "Every row of the built-in tables carries its unit, year and source, and says where it is an assumption "
    "and why: data/chain/*.csv. The method is in docs/chain.md. Values at stake are gross output that waits "
    "on the magnets, not profit."
)


def write(
    folder: Path, network: Network, scenario: Scenario, found: Result, outcome: Outcome, likely: Trace,
    compared: Sequence[Mitigated] = (), words: Translator = ENGLISH,
) -> list[Path]:  # fmt: skip
    """Write a report and its tables.

    These are report.html and .pdf, result.json, and tables as .csv (.parquet where polars is there): draws;
    weeks by node and by stage and country, of the most likely draw; prices by market and what end uses get,
    at P10, P50 and P90.

    Parameters
    ----------
    folder : Path
        Made if need be.
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    found : Result
        What a run shows.
    outcome : Outcome
        Of all draws.
    likely : Trace
        The most likely draw.
    compared : sequence of Mitigated
        Sets of mitigations, if they were compared.
    words : Translator
        Of the reader's language.

    Returns
    -------
    list of Path
        What was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "report.html", folder / "report.pdf", folder / "result.json"]
    files[0].write_text(page(network, scenario, found, likely, compared, words), "utf-8")
    files[1].write_bytes(pdf(network, scenario, found, likely, compared, words))
    files[2].write_text(as_json({"result": found, "compared": list(compared)}), "utf-8")
    return [*files, *(_table(folder / name, columns) for name, columns in _tables(outcome, likely).items())]


UNITS = {  # of the columns of tables
    "wanted_total": "t", "lost": "t", "forgone": "t", "first_stop": "week", "loss_usd": "USD",
    "made": "t/week", "short": "t/week", "stock_in": "t", "stock_out": "t", "desired": "t/week",
    "limit": "t/week",
}  # fmt: skip
QUANTITIES = {"prices": "times normal", "served": "share of what is wanted"}  # of quantiles


def frames(network: Network, scenario: Scenario, draws: int) -> OutcomeFrames:
    """Run a scenario and return its tables as frames, with units in the columns' names, and its charts.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    draws : int
        Number of draws; 0: one, all values most likely.

    Raises
    ------
    UserError
        If polars is not there.
    """
    found, outcome, likely = result.run(network, scenario, draws)
    at = [f"P{round(100 * q)}" for q in QUANTILES]
    ends = [
        {
            "end use": e.name, "stops, share of draws": e.stopping,
            **{f"first stop, week, {q}": week for q, week in zip(at, e.first_stop, strict=True)},
            **{f"lost, share of what is wanted, {q}": lost for q, lost in zip(at, e.lost, strict=True)},
            **{f"loss, USD, {q}": loss for q, loss in zip(at, e.loss, strict=True)},
        }
        for e in found.ends
    ]  # fmt: skip
    named = {
        name: {_titled(column, name): values for column, values in columns.items()}
        for name, columns in _tables(outcome, likely).items()
    }
    return OutcomeFrames({"end uses": ends, **named}, charts.of_page(network, found, likely))


def _titled(column: str, table: str) -> str:
    if table in QUANTITIES and column.startswith("p"):
        return f"{QUANTITIES[table]}, {column.upper()}"
    words = column.removesuffix("_usd").replace("_", " ")
    return f"{words}, {UNITS[column]}" if column in UNITS else words


def _tables(outcome: Outcome, likely: Trace) -> dict[str, Columns]:
    """Tables as they are written, by name."""
    draws: Columns = {"draw": np.repeat(np.arange(outcome.size), len(outcome.ends))}
    draws |= {"end_use": np.tile(np.array(outcome.ends), outcome.size)}
    draws |= {k: getattr(outcome, k).T.ravel() for k in ("wanted_total", "lost", "forgone", "first_stop")}
    draws |= {"loss_usd": outcome.loss.T.ravel()}
    by_node = _by_node(likely)
    made = {"draws": draws, "weeks": _weeks(likely, by_node), "stages": _stages(likely, by_node)}
    made["prices"] = _quantiles(outcome.price, "market", outcome.markets)
    made["served"] = _quantiles(outcome.served, "end_use", outcome.ends)
    return made


def _by_node(likely: Trace) -> Columns:
    """Return by node (T × nodes) t made, t short of what was asked, and stocks of inputs and outputs, t."""

    def summed(table: str, values: NDArray[Any]) -> NDArray[Any]:
        total = np.zeros_like(likely.level)
        np.add.at(total.T, likely.network.places(table, "node"), values.T)
        return total

    return {
        "made": likely.level,
        "short": np.maximum(likely.desired - likely.level, 0.0),
        "stock_in": summed("uses", likely.stock_in),
        "stock_out": summed("makes", likely.stock_out),
    }


def _weeks(likely: Trace, by_node: Columns) -> Columns:
    """A row for each week and node of the most likely draw."""
    nodes, (weeks, count) = likely.network.nodes, likely.level.shape
    columns: Columns = {"week": np.repeat(np.arange(weeks), count)}
    for name in ("name", "stage", "country", "region"):
        columns[name] = np.tile(np.array([getattr(n, name) for n in nodes]), weeks)
    columns |= {name: values.ravel() for name, values in by_node.items()}
    return columns | {"desired": likely.desired.ravel(), "limit": likely.limit.ravel()}


def _stages(likely: Trace, by_node: Columns) -> Columns:
    """A row for each week, stage and country: the sums of `_weeks`."""
    places = [(n.stage, n.country) for n in likely.network.nodes]
    known = list(dict.fromkeys(places))
    weeks = len(likely.level)
    columns: Columns = {"week": np.repeat(np.arange(weeks), len(known))}
    for k, name in enumerate(("stage", "country")):
        columns[name] = np.tile(np.array([place[k] for place in known]), weeks)
    of = np.array([known.index(place) for place in places])
    for name, values in by_node.items():
        total = np.zeros((weeks, len(known)))
        np.add.at(total.T, of, values.T)
        columns[name] = total.ravel()
    return columns


def _quantiles(series: NDArray[Any], what: str, names: Sequence[str]) -> Columns:
    """A row for each week and name, at QUANTILES of the draws (T × names × draws)."""
    columns: Columns = {"week": np.repeat(np.arange(len(series)), len(names))}
    columns[what] = np.tile(np.array(names), len(series))
    found = result.quantiles(series)
    return columns | {
        f"p{round(100 * q)}": values.ravel() for q, values in zip(QUANTILES, found, strict=True)
    }


def _table(stem: Path, columns: Columns) -> Path:
    try:
        import polars
    except ImportError:
        file = stem.with_suffix(".csv")
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(columns)
            writer.writerows(zip(*(c.tolist() for c in columns.values()), strict=True))
        return file
    file = stem.with_suffix(".parquet")
    polars.DataFrame(columns).write_parquet(file)
    return file


def pictures(network: Network, likely: Trace, say: Say = str) -> list[tuple[str, Chart]]:
    """Draw map and flows by stage of Nd and Dy, in a normal week and in the worst half year.

    Parameters
    ----------
    network : Network
        Checked tables.
    likely : Trace
        The most likely draw.
    say : callable
        Gives a phrase in the reader's language.

    Returns
    -------
    list of tuple
        Heading and chart.
    """
    weeks = (("normal week", network.flow), ("worst half year", charts.worst_half_year(likely)))
    drawn: list[tuple[str, Chart]] = []
    for element in (e for e in ("Nd", "Dy") if e in network.elements):
        for when, flow in weeks:
            title = f"{element}, {say(when)}"
            drawn.append((say("Between countries"), charts.world(network, flow, element, title, say)))
            drawn.append((say("Flows by stage"), charts.stages(network, flow, element, title, say)))
    return sorted(drawn, key=lambda one: one[0])


def page(
    network: Network, scenario: Scenario, found: Result, likely: Trace, compared: Sequence[Mitigated] = (),
    words: Translator = ENGLISH,
) -> str:  # fmt: skip
    """Return one self-contained page of HTML.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    found : Result
        What a run shows.
    likely : Trace
        The most likely draw.
    compared : sequence of Mitigated
        Sets of mitigations, if they were compared.
    words : Translator
        Of the reader's language.

    Returns
    -------
    str
        What was assumed, losses, stops and why, fans, flows before and after.
    """
    source = (reference() / "report.html").read_text("utf-8")
    return (
        Environment(autoescape=True)
        .from_string(source)
        .render(
            found=found,
            compared=compared,
            beside=beside_the_first(compared),
            inputs=inputs(scenario, words.say),
            say=words.say,
            billions=words.billions,
            shown=words.say(PRICES) if found.unsold else "",
            summary=summary(found, words),
            PROVENANCE=PROVENANCE,
            language=HTML[words.language],
            fans=[charts.fan(s, words.say) for s in (*found.prices, *found.served)],
            pictures=pictures(network, likely, words.say),
        )
    )


def inputs(scenario: Scenario, say: Say = str) -> list[tuple[str, tuple[str, ...]]]:
    """Say what is put in, and who says so.

    Parameters
    ----------
    scenario : Scenario
        What happens and what is done about it.
    say : callable
        Gives a phrase in the reader's language.

    Returns
    -------
    list of tuple
        Each event and cover in words, and its evidence.
    """
    events = [(f"{say(e.label)}: {_said(e, say)}", e.evidence) for e in scenario.events]
    covers = [(f"{say(c.label)}: {_between(c.weeks)} {say('weeks')}", c.evidence) for c in scenario.covers]
    return [*events, *covers]


def _between(r: Range) -> str:
    return f"{r.likely:.3g}" + (f" ({r.low:.3g}–{r.high:.3g})" if r.low < r.high else "")


def _said(event: Event, say: Say) -> str:
    """When, how long and how strongly, with ranges; for a licence how it is granted."""
    names = (
        "start",
        "weeks",
        "strength",
        *(("processing", "approval", "desk") if event.kind == "licence" else ()),
    )
    parts = []
    for name in names:
        r: Range | None = getattr(event, name)
        if r is not None:
            parts.append(f"{say(name)} {_between(r)}")
    return ", ".join(parts)


def pdf(
    network: Network, scenario: Scenario, found: Result, likely: Trace, compared: Sequence[Mitigated] = (),
    words: Translator = ENGLISH,
) -> bytes:  # fmt: skip
    """Return the page's content on paper.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    found : Result
        What a run shows.
    likely : Trace
        The most likely draw.
    compared : sequence of Mitigated
        Sets of mitigations, if they were compared.
    words : Translator
        Of the reader's language.

    Returns
    -------
    bytes
        A PDF.
    """
    say = words.say
    made = sheet(say(found.scenario), size=9, side=15, top=15)
    titled(
        made,
        say(found.scenario),
        f"{summary(found, words)}: {say('gross output that waits on the magnets, not profit')}. "
        "docs/chain.md",
    )
    table(
        made,
        say("What happens"),
        [say("input"), say("who says so")],
        [[what, "\n".join(who)] for what, who in inputs(scenario, say)],
        numbers=False,
    )
    _losses(made, found, compared, words)
    table(
        made,
        say("Why they stop, in the most likely draw"),
        [say("stop")],
        [[say(why)] for _, _, why in found.stops],
    )
    if found.unsold:
        made.multi_cell(0, text=say(PRICES), new_x="LMARGIN", new_y="NEXT")
    for series in (*found.prices, *found.served):
        picture(made, charts.fan(series, say).as_svg(), 0.45)
    for _, chart in pictures(network, likely, say):
        picture(made, chart.as_svg(), 1.0)
    return bytes(made.output())


def _losses(made: FPDF, found: Result, compared: Sequence[Mitigated], words: Translator) -> None:
    """Set what is lost by end use, and with each set of mitigations, as tables on paper."""
    say = words.say
    named = ("end use", "stops in", "first stop, week", "not made", "not wanted", "billion USD")
    heads = [say(head) for head in named]
    rows = [
        [say(e.name), f"{e.stopping:.0%}", _three(e.first_stop, "{:g}"), _three(e.lost, "{:.1%}"),
         _three(e.forgone, "{:.1%}"), ", ".join(words.billions(x, 2) for x in e.loss)]
        for e in found.ends if e.loss[2] > 0
    ]  # fmt: skip
    table(made, say("Losses and stops by end use (P10, P50, P90)"), heads, rows)
    if compared:
        title, less, mean = beside_the_first(compared)
        heads = [
            say(head)
            for head in ("done", "loss, billion USD", f"{less}, billion USD", mean, "end uses that stop")
        ]  # fmt: skip
        rows = [
            [say(c.name) if c.scenario == found.scenario else f"{say(c.scenario)}: {say(c.name)}",
             *(", ".join(map(words.billions, v))
               for v in (c.loss, c.saved, (c.interval[0], c.mean, c.interval[1]))),
             str(c.stopped)]
            for c in compared
        ]  # fmt: skip
        table(made, f"{say(title)} (P10, P50, P90)", heads, rows)


def beside_the_first(compared: Sequence[Mitigated]) -> tuple[str, str, str]:
    """Return what a comparison, its differences from the first row and their mean are called.

    Parameters
    ----------
    compared : sequence of Mitigated
        Of one scenario, or of several: that another one loses less is nothing saved.
    """
    if len({c.scenario for c in compared}) > 1:
        return "Side by side", "less than in the first row", "mean of it, 95 % interval"
    return "What helps", "saved", "mean saved, 95 % interval"


def summary(found: Result, words: Translator = ENGLISH) -> str:
    """Return how a scenario was followed and what is lost, in a sentence.

    Parameters
    ----------
    found : Result
        What a run shows.
    words : Translator
        Of the reader's language.
    """
    say = words.say
    unit, money = money_of(found, words)
    low, middle, high, short, dear = map(money, (*found.loss, found.short[1], found.dear[1]))
    followed = say("{draws} draws of {weeks} weeks, seed {seed}").format(
        draws=found.draws, weeks=found.weeks, seed=found.seed
    )
    said = say(f"loss {{middle}} {unit} (P10 {{low}}, P90 {{high}})")
    parts = say(PARTS).format(short=short, dear=dear) if found.dear[2] > 0 else ""
    return "; ".join(
        (followed, said.format(low=low, middle=middle, high=high) + parts, *map(say, found.remarks))
    )


def money_of(found: Result, words: Translator = ENGLISH) -> tuple[str, Callable[[float], str]]:
    """Return the unit in which a result's losses are told, and how a sum of USD is written in it.

    Parameters
    ----------
    found : Result
        What a run shows.
    words : Translator
        Of the reader's language.
    """
    if min((abs(x) for x in found.loss if x), default=1e9) >= 1e8:
        return "billion USD", words.billions
    return "million USD", lambda x: f"{x / 1e6:,.1f}"


def _three(values: Sequence[float | None], form: str) -> str:
    return ", ".join("–" if v is None else form.format(v) for v in values)
