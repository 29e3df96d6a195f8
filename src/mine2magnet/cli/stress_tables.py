"""What `mine2magnet stress` prints: premises, scenarios, a result, exposure, criticality, the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mine2magnet.bridges import claims_to_scenario, plant_to_network
from mine2magnet.chain import Network, Scenario
from mine2magnet.chain.exposure import exposures, worth_of_stock
from mine2magnet.chain.io import provenance
from mine2magnet.chain.io.scenarios import presets, read
from mine2magnet.chain.report import backtest, sources
from mine2magnet.chain.report import criticality as chain_risk
from mine2magnet.chain.report.files import Say, beside_the_first, money_of, summary
from mine2magnet.chain.report.result import Mitigated, Result
from mine2magnet.cli.terminal import out
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.figures import rows as claim_rows
from mine2magnet.model import Claim

METHOD = "SR: supply risk by the EU's method from the network's shares and WGI 2022; see docs/chain.md"
DRIVERS, SOURCED, ROWS = 20, 5, 4  # drivers listed, those with their rows, and how many of these
ABOUT = (
    "median (P10 … P90) of the draws; stops: less than half of what is wanted is made, in this share of "
    "draws; first stop in weeks from the beginning; not made: for want of supply, not wanted: at the higher "
    "price, of what was wanted before"
)
SHOWN = 15  # end uses in the terminal; all are in --json and in the report


def _table(say: Say, *heads: str) -> Table:
    return Table(*map(say, heads), box=None, header_style="bold")


def premises(
    proposed: Sequence[claims_to_scenario.Premise],
    cited: Mapping[Claim, claim_rows.Cited],
    words: Translator,
    shown: int = 2,
) -> None:
    say = words.say
    for number, p in enumerate(proposed, 1):
        sources = words("figure.sources", n=len({c.document for c in p.claims}))
        value = f"{p.value.likely:.3g} ({p.value.low:.3g} … {p.value.high:.3g}) {words.unit(p.unit)}"
        out.print(
            Text(f"{number} {say('take' if p.taken else 'leave')} ", "bold" if p.taken else "dim")
            + Text(f"{say(p.label)}: {value}")
            + Text(f"   {words('premise.said', n=len(p.claims))} · {sources}", "dim")
        )
        sentences = dict.fromkeys(claim_rows.as_evidence(cited[c]) for c in p.claims if c in cited)
        for line in [*list(sentences)[:shown], *([say(p.note)] if p.note else [])]:
            out.print(Padding(Text(line, "dim"), (0, 0, 0, 4)))
    out.print()


def scenarios(json_: bool, say: Say) -> None:
    held = {name: read(file) for name, file in presets().items()}
    if json_:
        click.echo(as_json({name: s.name for name, s in held.items()}))
        return
    table = _table(say, "scenario", "what happens")
    for name, s in held.items():
        table.add_row(name, Text(say(s.name)))
    out.print(table)


def _spread(three: Sequence[str | None], say: Say) -> str:
    low, middle, high = (say("never") if x is None else x for x in three)
    return f"{middle} ({low} … {high})"


def _billions(three: Sequence[float], words: Translator) -> str:
    return _spread([words.billions(x, 1 if abs(x) >= 1e8 or not x else 3) for x in three], words.say)


def result(
    found: Result, tried: Sequence[Mitigated], words: Translator, beside: Sequence[Result] = ()
) -> None:
    for one in (found, *beside):
        _lost(one, words)
    if tried:
        compared(tried, words)


def _lost(found: Result, words: Translator) -> None:
    say = words.say
    followed, *lost = summary(found, words).split("; ")
    out.print(Text(f"{say(found.scenario)}: {followed}", "bold"), *map(Text, lost), sep="\n")
    unit, money = money_of(found, words)
    table = _table(say, "end use", "stops in", "first stop", "not made", "not wanted", unit)
    for e in [e for e in found.ends if e.loss[1] > 0][:SHOWN]:
        table.add_row(
            Text(say(e.name)),
            f"{e.stopping:.0%}",
            _spread([None if w is None else f"{w:g}" for w in e.first_stop], say) if e.stopping else "",
            f"{e.lost[1]:.1%}",
            f"{e.forgone[1]:.1%}",
            _billions(e.loss, words) if unit == "billion USD" else _spread([*map(money, e.loss)], say),
        )
    out.print(table)
    out.print(Text(say(ABOUT), "dim"))
    for end, _, why in found.stops[:5]:
        out.print(Text(say("{end} stops: ").format(end=say(end)), "bold") + Text(say(why)))


def compared(tried: Sequence[Mitigated], words: Translator) -> None:
    say = words.say
    several = len({c.scenario for c in tried}) > 1
    heads = ["done", "loss", *beside_the_first(tried)[1:], "end uses that stop"]
    table = _table(say, *(["scenario"] if several else []), *heads)
    for c in tried:
        table.add_row(
            *([Text("; ".join(map(say, (c.scenario, *c.event))))] if several else []),
            Text(say(c.name)),
            _billions(c.loss, words),
            _billions(c.saved, words),
            _billions((c.interval[0], c.mean, c.interval[1]), words),
            str(c.stopped),
        )
    out.print(table)
    differ = "less: than the first row, for what happens as well as what is done"
    saved = "saved: against the first row, draw by draw"
    out.print(Text(say(f"billion USD, on the same draws; {differ if several else saved}"), "dim"))


def traced(
    network: Network, scenario: Scenario, folder: Path | None, workers: int, json_: bool, words: Translator
) -> None:
    say = words.say
    found = sources.traced(network, scenario, provenance.figures(folder), workers)
    if json_:
        click.echo(as_json(found))
        return
    table = _table(say, "input", "at its low end", "at its high end", "share of all swings", "status")
    for d in found[:DRIVERS]:
        said = Counter(f.status for f in d.figures)
        table.add_row(
            Text(f"{say(d.kind)}: {say(d.of)}".removesuffix(": ")), words.billions(d.low),
            words.billions(d.high), f"{d.share:.0%}",
            ", ".join(f"{say(status) or '–'} {n}" for status, n in said.most_common()),
        )  # fmt: skip
    out.print(Text(say(scenario.name), "bold"))
    out.print(table)
    out.print(Text(say("billion USD lost with one input moved and all else most likely"), "dim"))
    for d in found[:SOURCED]:
        out.print(Text(f"\n{say(d.kind)}: {say(d.of)}".removesuffix(": "), "bold"))
        _figures(d.figures[:ROWS], say)


def figures(folder: Path | None, name: str, json_: bool, say: Say) -> None:
    found = sources.named(provenance.figures(folder), name)
    if json_:
        click.echo(as_json(found))
        return
    _figures(found, say)


def _figures(found: Sequence[provenance.SourcedFigure], say: Say) -> None:
    table = _table(say, "row", "figure", "year", "status", "source")
    for f in found:
        ends = f" ({f.low:g} … {f.high:g})" if f.low < f.high else ""
        said = (f.source, f.url) if f.source != f.status else ()
        table.add_row(
            Text(f"{f.table} {f.row or ''}".strip()),
            Text(f"{f.of}: {f.column} {f.value:.6g}{ends} {f.unit}".replace(":  ", ": ")),
            f.year,
            say(f.status) or "–",
            Text(" ".join(filter(None, (*said, f.about))), "dim", overflow="fold"),
        )
    out.print(table)


def change(network: Network, changed: plant_to_network.PlantEffect, words: Translator) -> None:
    say = words.say
    price = {m.name: m.price / 1000 for m in network.materials}
    out.print(Text(say(changed.said), "bold"))
    table = _table(say, "product", "in the network", "t a year", "USD/kg", "price")
    for p in changed.products:
        usual = f"{price[p.material]:,.4g}" if p.material else ""
        table.add_row(
            "+".join(p.elements),
            say(p.material or "–"),
            f"{p.t_per_year:,.4g}",
            f"{p.usd_per_kg:,.4g}",
            usual,
        )
    out.print(table)
    if changed.late:
        return
    table = _table(say, "end use: without, with", "first stop", "lost", "billion USD")
    for e in changed.ends[:SHOWN]:
        table.add_row(
            Text(say(e.name)),
            ", ".join(say("never") if week is None else f"{week:g}" for week in e.first_stop),
            ", ".join(f"{share:.2%}" for share in e.lost),
            ", ".join(words.billions(loss, 2) for loss in e.loss),
        )
    out.print(table)


def exposure(network: Network, worth: str | None, json_: bool, words: Translator) -> None:
    say = words.say
    if worth is not None:
        if worth not in network.node_index:
            raise UserError(f"unknown node {worth!r}", where="--worth")
        weeks = network.nodes[network.node_index[worth]].recovery
        stocks = worth_of_stock(network, worth, weeks)
        if json_:
            click.echo(as_json(stocks))
            return
        table = _table(say, "one more week of", "at", "saves, million USD", "costs")
        for w in stocks[:20]:
            table.add_row(
                Text(say(w.material)), Text(say(w.node)), f"{w.saves / 1e6:,.1f}", f"{w.costs / 1e6:,.2f}"
            )
        out.print(table)
        return
    ranked = exposures(network)
    if json_:
        click.echo(as_json(ranked))
        return
    table = _table(say, "without", "survives, weeks", "recovers", "loss, billion USD", "exposure")
    for e in ranked:
        table.add_row(
            Text(say(e.node)),
            f"{e.survives:.1f}",
            f"{e.recovers:g}",
            words.billions(e.loss),
            f"{e.index:.2f}",
        )
    out.print(table)


def criticality(network: Network, json_: bool, say: Say) -> None:
    stages, materials = chain_risk.concentrations(network), chain_risk.criticality(network)
    if json_:
        click.echo(
            as_json(
                {"stages": stages, "materials": [{**asdict(m), "critical": m.critical} for m in materials]}
            )
        )
        return

    def figure(value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}"

    table = _table(say, "stage", "of", "first", "share", "HHI", "SR", "SR, EU 2023")
    for c in stages:
        table.add_row(
            say(c.stage), c.element or say("all, by weight"), Text(say(c.first)), f"{c.share:.0%}",
            f"{c.hhi:,.0f}", figure(c.risk), figure(c.published),
        )  # fmt: skip
    out.print(table)
    table = _table(say, "material", "SR", "SR, EU 2023", "EI, EU 2023", "")
    for m in materials:
        critical = say("critical") if m.critical else ""
        table.add_row(say(m.material), figure(m.risk), figure(m.published), figure(m.importance), critical)
    out.print(table)
    out.print(
        Text(
            say(
                "SR: supply risk by the EU's method from the network's shares and WGI 2022; see docs/chain.md"
            ),
            "dim",
        )
    )


def history(name: str, network: Network | None, draws: int, json_: bool, t: Translator) -> None:
    say = t.say
    folder = backtest.find(name)
    rows = backtest.compare(folder, network, max(draws, 1))
    within, of = backtest.coverage(rows)
    apart = backtest.coverage([r for r in rows if not r.fitted])
    caveat = backtest.caveat(folder, t.language)
    if json_:
        figures = [{**asdict(r), "agrees": r.agrees} for r in rows]
        held = {"within": within, "of": of, "within_not_fitted": apart[0], "of_not_fitted": apart[1]}
        click.echo(as_json({"figures": figures, **held, "caveat": caveat}))
        return
    table = _table(say, "figure", "when", "record", "model, P10 … P90", "", "", "source")
    for r in rows:
        record = f"{r.low:g}" if r.low == r.high else f"{r.low:g}–{r.high:g}"
        table.add_row(
            Text(f"{say(r.measure)}: {say(r.of)}, {say(r.unit)}"), r.when, record,
            f"{r.model:.4g} ({r.model_low:.4g} … {r.model_high:.4g})",
            say("meets" if r.agrees else "differs"), t("stress.fitted") if r.fitted else "",
            Text(r.source, "dim"),
        )  # fmt: skip
    out.print(table)
    out.print(Text(t("stress.coverage", n=of, within=within), "bold"))
    if apart[1] < of:
        out.print(Text(t("stress.coverage.apart", n=apart[1], within=apart[0]), "bold"))
    if caveat:
        out.print(Text(caveat))
