"""What a scenario does to a company, as plain values, tables, Markdown and one page of HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from jinja2 import Environment

from mine2magnet.chain import Outcome, Scenario, simulate, trace
from mine2magnet.chain.company.placement import Origin, PlacedCompany, cost_of_stock, doubts, price_of
from mine2magnet.chain.company.portfolio import Mix, Portfolio, tail_mean
from mine2magnet.chain.company.stock import sampled, stock_to_buy
from mine2magnet.chain.explain import stops
from mine2magnet.chain.io.company_tables import currencies
from mine2magnet.chain.io.tables import reference
from mine2magnet.chain.network import Floats
from mine2magnet.chain.report.result import QUANTILES, Triple, without_effect
from mine2magnet.chain.scenario import Draws
from mine2magnet.chain.sensitivity import Driver, SobolIndex, drivers, sobol, tornado
from mine2magnet.charts.axis import Axis
from mine2magnet.charts.xy import ChartSeries, XYChart
from mine2magnet.core.messages import HTML, Translator

M = 1e6  # money is told in millions
SOBOL = 64  # draws of each matrix
SHOWN = 8  # drivers in a tornado
STEPS = (
    "running the draws",
    "choosing what to buy",
    "moving one input after the other",
    "sharing out the variance",
    "looking for stocks that are enough",
)
SHARES = (
    "Shares of the variance (Sobol indices, with 90 % intervals by bootstrap; estimates beyond 0 or 1 are "
    "shown as 0 or 1)"
)
ENGLISH = Translator("en")
Say = Callable[[str], str]
TableOfText = tuple[str, list[str], list[list[str]]]  # title, heads, rows


@dataclass(frozen=True, slots=True)
class PartAtRisk:
    """One part over the draws; weeks from the beginning are None where no stop is in that share of draws.

    `lost` is in pieces, `loss` in M of the company's currency. `buy` is the days of stock on top of what is
    held with which 95 % of the draws are survived, None if none are enough, and `costs` what they cost, M.
    """

    name: str
    basis: str
    stopping: float
    first_stop: tuple[float | None, float | None, float | None]
    lost: Triple
    loss: Triple
    why: str
    held: float
    buy: float | None
    costs: float | None


@dataclass(frozen=True, slots=True)
class DriverOfLoss:
    """An input, M lost at its 10 % and 90 % quantile with all else most likely, and its share of swings."""

    kind: str
    of: str
    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True)
class CompanyReport:
    """All that is told of a company under a scenario; money in M of its currency.

    `dearer` is what its purchases cost more; mixes are what is bought within the budget: nothing, and the
    best for the mean and for the worst 5 %. `served` is the median share of each part's output by week;
    `remarks` say what of the scenario changes nothing.
    """

    company: str
    currency: str
    usd: float
    rate: str
    scenario: str
    weeks: int
    draws: int
    seed: int
    loss: Triple
    mean: float
    tail: float
    dearer: Triple
    parts: tuple[PartAtRisk, ...]
    budget: float
    mixes: tuple[tuple[str, Mix], ...]
    tornado: tuple[DriverOfLoss, ...]
    sobol: tuple[SobolIndex, ...]
    origins: tuple[Origin, ...]
    served: tuple[tuple[str, tuple[float, ...]], ...]
    remarks: tuple[str, ...] = ()


def report(
    placed: PlacedCompany,
    scenario: Scenario,
    size: int,
    budget: float | None = None,
    workers: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> CompanyReport:
    """Put a company under a scenario.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    scenario : Scenario
        What happens.
    size : int
        Number of draws.
    budget : float
        In the company's currency; without it, that of its tables.
    workers : int
        Threads.
    say : callable
        Told in a few words what is being done.

    Returns
    -------
    CompanyReport
        The same for the same seed.
    """
    say(STEPS[0])
    company, network = placed.company, placed.network
    sampler = partial(sampled, placed)
    draws = sampler(network, scenario, size, np.nan)
    outcome = simulate(network, scenario, draws, workers=workers)
    lost = outcome.loss[placed.parts] / company.usd
    spend = company.budget if budget is None else budget
    say(STEPS[1])
    portfolio = Portfolio(placed, scenario, draws, workers)
    singles = portfolio.singles(spend)
    total = lost.sum(axis=0)
    mixes = (
        ("nothing done", Mix({}, (), 0.0, float(total.mean()), tail_mean(total))),
        ("least expected loss", portfolio.best(spend, 0.0, singles)),
        ("least loss in the worst 5 %", portfolio.best(spend, 1.0, singles)),
    )

    def measured(found: Outcome) -> Floats:
        said: Floats = found.loss[placed.parts].sum(axis=0) / company.usd / M
        return said

    say(STEPS[2])
    apart = _drivers(placed, scenario)
    swings = tornado(network, scenario, measured, apart, sampler, workers)
    rate = currencies()[company.currency]
    say(STEPS[3])
    indices = sobol(network, scenario, measured, _groups(apart), SOBOL, sampler, workers)
    say(STEPS[4])
    own_rate = abs(float(rate["usd"]) / company.usd - 1) > 1e-12
    return CompanyReport(
        company.name, company.currency, company.usd,
        "" if own_rate else f"{rate['date']}, {rate['source']}",
        scenario.name, scenario.weeks, outcome.size, scenario.seed,
        _triple(total / M), float(total.mean()) / M, tail_mean(total) / M,
        _triple(_dearer(placed, outcome) / M),
        _parts(placed, scenario, draws, outcome, workers), spend / M,
        tuple((aim, _in_millions(mix)) for aim, mix in mixes),
        tuple(DriverOfLoss(s.driver.kind, s.driver.of, s.low, s.high, s.share) for s in swings),
        tuple(indices),
        placed.origins,
        tuple(
            (outcome.ends[i], tuple(np.round(np.median(outcome.served[:, i], axis=1), 4).tolist()))
            for i in placed.parts.tolist()
        ),
        (*without_effect(scenario), *doubts(placed)),
    )  # fmt: skip


def _triple(values: Floats) -> Triple:
    low, middle, high = np.quantile(values, QUANTILES)
    return float(low), float(middle), float(high)


def _in_millions(mix: Mix) -> Mix:
    money = {name: getattr(mix, name) / M for name in ("spent", "mean", "tail")}
    return replace(mix, **money, planned=None if mix.planned is None else mix.planned / M)


def _drivers(placed: PlacedCompany, scenario: Scenario) -> list[Driver]:
    """The network's drivers, with the company's stocks apart from those of others."""
    own = set(placed.own.tolist())
    found = []
    for driver in drivers(placed.network, scenario):
        rows = driver.rows
        if driver.field == "cover_in":
            rows = tuple(r for r in rows if r not in own)
        if rows or not driver.rows:
            found.append(replace(driver, rows=rows))
    uses = placed.network.uses
    return [
        *(Driver("own stock", f"{uses[i].node}, {uses[i].material}", "cover_in", (i,)) for i in sorted(own)),
        *found,
    ]


def _groups(held: Sequence[Driver]) -> list[tuple[str, list[Driver]]]:
    groups = {
        "own stocks": [d for d in held if d.kind == "own stock"],
        "stocks of others": [
            d for d in held if d.field in ("cover_in", "cover_out") and d.kind != "own stock"
        ],
        "transport": [d for d in held if d.field == "lead"],
        "price elasticity": [d for d in held if d.field == "elasticity"],
        "hoarding": [d for d in held if d.field == "hoarding"],
        "amounts used": [d for d in held if d.field == "recipe"],
        "when and how long it happens": [d for d in held if d.event in ("start", "weeks", "announced")],
        "how strongly": [d for d in held if d.event and d.event not in ("start", "weeks", "announced")],
    }
    return [(name, ones) for name, ones in groups.items() if ones]


def _dearer(placed: PlacedCompany, outcome: Outcome) -> Floats:
    """Return what purchases cost more in each draw, at the prices of weeks, of what no contract fixes."""
    company = placed.company
    regions = {n.name: n.region for n in placed.network.nodes}
    markets = {name: k for k, name in enumerate(outcome.markets)}
    rows = dict(zip(outcome.ends, range(len(outcome.ends)), strict=True))
    more = np.zeros(outcome.price.shape[2])
    for item in company.bill:
        pieces = next(p.pieces for p in company.parts if p.name == item.part)
        held = [c for c in company.supply if (c.buyer, c.material) == (item.part, item.material)]
        loose = sum(c.share * (1 - c.fixed) for c in held)
        price = outcome.price[:, markets[f"{item.material}, {regions[item.part]}"]]
        rise = np.nan_to_num(price, nan=1.0) - 1.0  # what is not for sale costs nothing
        made = outcome.served[:, rows[item.part]]
        money = pieces * item.amount * price_of(placed.network, company, item) * loose
        more += money * (rise * made).sum(axis=0)
    return more


def _parts(
    placed: PlacedCompany, scenario: Scenario, draws: Draws, outcome: Outcome, workers: int
) -> tuple[PartAtRisk, ...]:
    company = placed.company
    buy = stock_to_buy(placed, scenario, draws, workers=workers)
    why = _why(placed, scenario, draws, outcome)
    firsts = [outcome.stop_quantile(q) for q in QUANTILES]
    found = []
    for i, part in zip(placed.parts.tolist(), company.parts, strict=True):
        low, middle, high = (None if np.isnan(f[i]) else float(f[i]) for f in firsts)
        weeks = buy[part.name]
        days = None if weeks is None else float(round(weeks * 7))
        found.append(
            PartAtRisk(
                part.name, part.basis, float(np.isfinite(outcome.first_stop[i]).mean()), (low, middle, high),
                _triple(outcome.lost[i]), _triple(outcome.loss[i] / company.usd / M), why.get(part.name, ""),
                min(b.stock.likely for b in company.bill if b.part == part.name) * 7, days,
                None if weeks is None else weeks * cost_of_stock(placed.network, company, part.name) / M,
            )
        )  # fmt: skip
    return tuple(found)


def _why(placed: PlacedCompany, scenario: Scenario, draws: Draws, outcome: Outcome) -> dict[str, str]:
    """The path from each part's first stop to what began it: in the most likely draw, or if it does not stop
    there, in that of the draws whose stop is the middle one."""
    likely = sampled(placed, placed.network, scenario, 0, np.nan)
    found = {s.end: str(s) for s in stops(trace(placed.network, scenario, likely), scenario)}
    for i in placed.parts.tolist():
        first = outcome.first_stop[i]
        if outcome.ends[i] not in found and np.isfinite(first).any():
            middle = int(np.nanargmin(np.abs(first - np.nanquantile(first, 0.5, method="inverted_cdf"))))
            shown = trace(placed.network, scenario, draws, middle)
            found |= {s.end: str(s) for s in stops(shown, scenario) if s.end == outcome.ends[i]}
    return found


# --- in words


def remarks(found: CompanyReport, words: Translator = ENGLISH) -> list[str]:
    """Return the report's sentences.

    Parameters
    ----------
    found : CompanyReport
        Of a scenario.
    words : Translator
        Of the reader's language.
    """
    say = words.say
    low, middle, high = (_money(x) for x in found.loss)
    cheap, usual, dear = (_money(x) for x in found.dearer)
    followed = say("{draws} draws of {weeks} weeks, seed {seed}").format(
        draws=found.draws, weeks=found.weeks, seed=found.seed
    )
    at_risk = say(
        "{basis} at risk: {middle} M {currency} (P10 {low}, P90 {high}); mean {mean}, in the worst 5 % {tail}"
    ).format(
        middle=middle, low=low, high=high, currency=found.currency, mean=_money(found.mean),
        tail=_money(found.tail), basis=say(found.parts[0].basis),
    )  # fmt: skip
    dearer = say(
        "Purchases cost {middle} M {currency} more (P10 {low}, P90 {high}), on top of what is at risk"
    ).format(middle=usual, low=cheap, high=dear, currency=found.currency)
    rate = f"1 {found.currency} = {found.usd:.5g} USD ({_rate(found, say)})"
    return [
        f"{found.company}: {say(found.scenario)}; {followed}",
        *map(say, found.remarks),
        at_risk,
        dearer,
        rate,
    ]


def tables(found: CompanyReport, words: Translator = ENGLISH) -> list[TableOfText]:
    """Return the report's tables.

    Parameters
    ----------
    found : CompanyReport
        Of a scenario.
    words : Translator
        Of the reader's language.

    Returns
    -------
    list of tuple
        Title, heads and rows.
    """
    say = words.say
    return [
        _part_table(found, say),
        (
            say("Why they stop"),
            [say("part"), say("path from the stop to what began it")],
            [[p.name, say(p.why)] for p in found.parts if p.why],
        ),
        _mix_table(found, say),
        _tornado_table(found, say),
        (
            say(SHARES),
            [say("input"), say("alone"), say("with all it acts together with")],
            [[say(s.name), _index(s.first, s.first_range), _index(s.total, s.total_range)]
             for s in found.sobol],
        ),
        origin_table(found.origins, say),
    ]  # fmt: skip


def origin_table(origins: Sequence[Origin], say: Say = str) -> TableOfText:
    """Return who the suppliers are in the network.

    Parameters
    ----------
    origins : sequence of Origin
        Of a company's suppliers.
    say : callable
        Gives a phrase in the reader's language.

    Returns
    -------
    tuple
        Title, heads and rows.
    """
    heads = [say("supplier"), say("material"), say("found by"), say("buys from")]
    how = {
        "named": say("its name: it is this node"),
        "given": say("your rows of supply"),
        "country": say("the makers of its country"),
        "region": say("what its region buys"),
        "world": say("the makers of the world"),
    }
    rows = [
        [f"{o.supplier}, {say(o.country)}", say(o.material), how[o.how],
         "; ".join(f"{say(name)} {share:.0%}" for name, share in o.nodes)]
        for o in origins
    ]  # fmt: skip
    return say("Who the suppliers are in the network"), heads, rows


def _part_table(found: CompanyReport, say: Say) -> TableOfText:
    heads = [
        say("part"), say("stops in"), say("first stop, week"), say("pieces lost"),
        say("lost, M {currency}").format(currency=found.currency), say("days held"),
        say("days to buy"), say("costs, M {currency}").format(currency=found.currency),
    ]  # fmt: skip
    rows = [
        [
            p.name, f"{p.stopping:.0%}",
            _three([say("never") if w is None else f"{w:g}" for w in p.first_stop]) if p.stopping else "",
            _three([f"{x:,.0f}" for x in p.lost]), _three([_money(x) for x in p.loss]), f"{p.held:.0f}",
            say("no stock is enough") if p.buy is None else f"{p.buy:.0f}",
            "–" if p.costs is None else _money(p.costs),
        ]
        for p in found.parts
    ]  # fmt: skip
    return (
        say("Parts: median (P10 … P90), and days of stock to buy so that 95 % of draws are survived"),
        heads,
        rows,
    )


def _mix_table(found: CompanyReport, say: Say) -> TableOfText:
    title = say("What to buy within {money} M {currency}").format(
        money=_money(found.budget), currency=found.currency
    )
    spent = say("spent, M {currency}").format(currency=found.currency)
    heads = [
        say("aim"), say("stock to buy"), say("measures"), spent,
        say("mean loss"), say("loss in the worst 5 %"), say("one more M saves"),
    ]  # fmt: skip
    rows = []
    for aim, mix in found.mixes:
        bought = (f"{part} {weeks * 7:.0f} {say('days')}" for part, weeks in mix.stock.items())
        rows.append([
            say(aim), "; ".join(bought) or "–", "; ".join(mix.measures) or "–", _money(mix.spent),
            _money(mix.mean), _money(mix.tail), "–" if mix.shadow is None else f"{mix.shadow:.2f}",
        ])  # fmt: skip
    return title, heads, rows


def _tornado_table(found: CompanyReport, say: Say) -> TableOfText:
    heads = [say("input"), say("at its P10"), say("at its P90"), say("share of all swings")]
    rows = [
        [f"{say(d.kind)}: {say(d.of)}".removesuffix(": "), _money(d.low), _money(d.high), f"{d.share:.0%}"]
        for d in found.tornado[:SHOWN]
    ]
    return say("What the loss hangs on, M {currency}").format(currency=found.currency), heads, rows


def _rate(found: CompanyReport, say: Say) -> str:
    """Where the exchange rate is from, and from when: it is not followed."""
    if not found.rate:
        return say("as the tables say")
    date, _, source = found.rate.partition(", ")
    return say("rate of {date}, {source}; another one goes into the column usd of company.csv").format(
        date=date, source=source
    )


def _index(value: float, ends: tuple[float, float]) -> str:
    low, middle, high = (min(max(x, 0.0), 1.0) for x in (ends[0], value, ends[1]))
    return f"{middle:.2f} ({low:.2f} … {high:.2f})"


def _three(texts: Sequence[str]) -> str:
    low, middle, high = texts
    return middle if low == middle == high else f"{middle} ({low} … {high})"


def _money(value: float) -> str:
    """M with as many places as tell something."""
    return (
        f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}" if abs(value) >= 100 else f"{value:,.2f}"
    )


def chart(found: CompanyReport, words: Translator = ENGLISH) -> XYChart:
    """Return the share of each part's output by week.

    Parameters
    ----------
    found : CompanyReport
        Of a scenario.
    words : Translator
        Of the reader's language.
    """
    say = words.say
    lines = tuple(ChartSeries(name, range(found.weeks), weekly) for name, weekly in found.served)
    x, y = Axis(say("week"), multiple=13), Axis(say("share of what is wanted"), include=(0, 1))
    return XYChart(
        title=say("What is made of each part, median"), x=x, y=y, series=lines, width=760, height=200
    )


def markdown(found: CompanyReport, picture: str, words: Translator = ENGLISH) -> str:
    """Return the report in Markdown.

    Parameters
    ----------
    found : CompanyReport
        Of a scenario.
    picture : str
        Name of the file beside it that has the chart.
    words : Translator
        Of the reader's language.
    """
    said, *more = remarks(found, words)
    parts = [f"# {_cell(said)}", *map(_cell, more), f"![{_cell(chart(found, words).title)}]({picture})"]
    for title, heads, rows in tables(found, words):
        lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in (heads, ["---"] * len(heads), *rows)]
        parts.append(f"## {_cell(title)}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def html(found: Sequence[CompanyReport], words: Translator = ENGLISH) -> str:
    """Return a self-contained page.

    Parameters
    ----------
    found : sequence of CompanyReport
        Of one scenario or several.
    words : Translator
        Of the reader's language.
    """
    source = (reference() / "company.html").read_text("utf-8")
    shown = [(remarks(r, words), chart(r, words), tables(r, words)) for r in found]
    return (
        Environment(autoescape=True)
        .from_string(source)
        .render(reports=shown, title=found[0].company, language=HTML[words.language])
    )
