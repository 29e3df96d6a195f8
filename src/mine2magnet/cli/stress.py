"""`mine2magnet stress`: what runs out when, what stops, at what price, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mine2magnet.bridges import claims_to_scenario, plant_to_network
from mine2magnet.chain import Network, simulate
from mine2magnet.chain.exposure import exposures, worth_of_stock
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.report import backtest, files, result
from mine2magnet.chain.report import criticality as chain_risk
from mine2magnet.cli.options import as_json_option
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load
from mine2magnet.figures import rows as claim_rows
from mine2magnet.library.library import Library
from mine2magnet.model import Claim
from mine2magnet.model.ranges import Range

out = Console()
err = Console(stderr=True)
MOST_DRAWS = 100_000
SHOWN = 15  # end uses in the terminal; all are in --json and in the report


@click.command()
@click.argument("scenario", required=False)
@click.option("--network", "folder", type=click.Path(path_type=Path), help="A folder of tables of your own.")
@click.option(
    "--draws", type=click.IntRange(0, MOST_DRAWS), default=1000, show_default=True, help="0: one run."
)
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--compare", is_flag=True, help="Try each mitigation on the same draws.")
@click.option(
    "--mitigations", type=click.Path(path_type=Path, dir_okay=False), help="Sets to compare, as YAML."
)
@click.option("--out", "target", type=click.Path(path_type=Path), help="Write a report and tables here.")
@click.option(
    "--plant",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With a separation plant: JSON of `separate --json`, or its case (.yaml).",
)
@click.option("--plant-site", default="", help="Which of the plant's sites.")
@click.option(
    "--decided", type=float, default=0.0, show_default=True, help="Week in which the plant is decided."
)
@click.option("--exposure", is_flag=True, help="Rank nodes: time-to-survive, loss until recovery.")
@click.option("--criticality", is_flag=True, help="HHI and supply risk by stage, beside the EU's values.")
@click.option("--worth", metavar="NODE", help="What a week of stock is worth while NODE is away.")
@click.option("--history", is_flag=True, help="The model beside the record of spring 2025.")
@click.option("--template", type=click.Path(path_type=Path), help="Write tables to start from.")
@click.option("--from-topic", "topic", metavar="TOPIC", help="Start from what a topic's documents say.")
@click.option("--accept", metavar="N[,N]", default="", help="With --from-topic: take these as well.")
@click.option("--refuse", metavar="N[,N]", default="", help="With --from-topic: leave these out.")
@click.option(
    "--set", "edited", metavar="N=RANGE", multiple=True, help="With --from-topic: 6, 4..8 or 4..5..8."
)
@click.option(
    "--save", type=click.Path(path_type=Path, dir_okay=False), help="Write the scenario as YAML, to edit."
)
@as_json_option
@click.pass_obj
def stress(
    settings: Settings | None, scenario: str | None, folder: Path | None, draws: int, seed: int | None,
    workers: int, compare: bool, mitigations: Path | None, target: Path | None, plant: Path | None,
    plant_site: str, decided: float, exposure: bool, criticality: bool, worth: str | None,
    history: bool, template: Path | None, topic: str | None, accept: str, refuse: str,
    edited: tuple[str, ...], save: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Put the chain under stress.

    SCENARIO is a YAML file or one of the scenarios that come with the program; without it, they are
    listed. The network is the built-in one or a folder of CSV, Parquet or Excel tables.

    \b
      mine2magnet stress licence-delay
      mine2magnet stress embargo --compare --out report
      mine2magnet stress --from-topic 高性能磁体 --refuse 2 --set 1=3..6 --save mine.yaml
      mine2magnet stress licence-delay --plant plant.json --plant-site europe --decided -250
      mine2magnet stress --exposure
      mine2magnet stress --criticality
    """
    if template is not None:
        for file in tables.template(template):
            click.echo(file)
        return
    if exposure or worth is not None:
        _exposure(tables.load(folder), worth, json_)
        return
    if criticality:
        _criticality(tables.load(folder), json_)
        return
    if history:
        _history(tables.load(folder), json_)
        return
    proposed: tuple[claims_to_scenario.Premise, ...] = ()
    network = tables.load(folder)
    if topic is not None:
        library = Library.open(settings or load())
        held = library.store.topic(topic)
        found_in = claims_to_scenario.propose(library.claims(held), library.thesaurus, library.store.fold)
        if not found_in:
            raise UserError(
                f"the documents of {held.name!r} state no stock cover, delay, share or price to start from",
                where="--from-topic",
                hint="read more of them, or run `mine2magnet index` if their claims are not taken yet",
            )
        proposed = claims_to_scenario.decided(
            found_in, _names(accept), _names(refuse), dict(map(_edit, edited))
        )
        cited = {c.claim: c for c in claim_rows.cited(library.store, [c for p in proposed for c in p.claims])}
        asked = claims_to_scenario.scenario(
            proposed, network, held.name, lambda claim: claim_rows.as_evidence(cited.get(claim))
        )
        if not json_:
            _show_premises(proposed, cited)
    elif scenario is None:
        _list(json_)
        return
    else:
        asked = scenarios.find(scenario)
    if seed is not None:
        asked = result.reseeded(asked, seed)
    if save is not None:
        save.write_text(scenarios.text(asked), "utf-8")
        err.print(str(save), markup=False, highlight=False, soft_wrap=True)
    without, new = asked, None
    if plant is not None:
        with err.status(f"reading {plant.name}"):
            new = plant_to_network.read(plant, plant_site)
        network, asked = plant_to_network.posed(network, asked, new, decided)
    with err.status(f"running {draws} draws of {asked.weeks} weeks"):
        found, outcome, likely = result.run(network, asked, draws, workers)
        changed = None
        if new is not None:
            before = simulate(network, without, draws, workers=workers)
            changed = plant_to_network.change(network, asked, new, before, outcome)
        tried = (
            result.compare(network, asked, result.mitigation_sets(mitigations), draws, workers)
            if compare or mitigations
            else []
        )
    if target is not None:
        for file in files.write(target, network, asked, found, outcome, likely, tried):
            err.print(str(file), markup=False, highlight=False, soft_wrap=True)
    if json_:
        shown = {"premises": proposed, "scenario": asked} if topic is not None else {}
        shown |= {"plant": changed} if changed else {}
        click.echo(as_json({**shown, "result": found, "compared": tried}))
        return
    _show(found, tried)
    if changed is not None:
        _show_change(network, changed)


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _edit(given: str) -> tuple[str, Range]:
    name, equals, text = given.partition("=")
    if not equals:
        raise UserError(f"{given!r} sets nothing", where="--set", hint="write 1=4..8")
    return name.strip(), claims_to_scenario.written(text)


def _show_premises(
    proposed: Sequence[claims_to_scenario.Premise], cited: Mapping[Claim, claim_rows.Cited], shown: int = 2
) -> None:
    for number, p in enumerate(proposed, 1):
        sources = len({c.document for c in p.claims})
        out.print(
            Text(f"{number} {'take ' if p.taken else 'leave'} ", "bold" if p.taken else "dim")
            + Text(f"{p.label}: {p.value.likely:.3g} ({p.value.low:.3g} … {p.value.high:.3g}) {p.unit}")
            + Text(f"   {sources} source{'s' if sources > 1 else ''}", "dim")
        )
        sentences = dict.fromkeys(claim_rows.as_evidence(cited[c]) for c in p.claims if c in cited)
        for line in [*list(sentences)[:shown], *([p.note] if p.note else [])]:
            out.print(Padding(Text(line, "dim"), (0, 0, 0, 4)))
    out.print()


def _list(json_: bool) -> None:
    held = {name: scenarios.read(file) for name, file in scenarios.presets().items()}
    if json_:
        click.echo(as_json({name: s.name for name, s in held.items()}))
        return
    table = Table("scenario", "what happens", box=None, header_style="bold")
    for name, s in held.items():
        table.add_row(name, Text(s.name))
    out.print(table)


def _billions(value: float) -> str:
    return f"{value / 1e9:,.1f}"


def _spread(three: Sequence[str | None]) -> str:
    low, middle, high = ("never" if x is None else x for x in three)
    return f"{middle} ({low} … {high})"


def _show(found: result.Result, tried: list[result.Mitigated]) -> None:
    low, middle, high = (_billions(x) for x in found.loss)
    out.print(
        Text(f"{found.scenario}: {found.draws} draws of {found.weeks} weeks, seed {found.seed}", "bold"),
        Text(f"loss {middle} billion USD (P10 {low}, P90 {high})"),
        sep="\n",
    )
    table = Table("end use", "stops in", "first stop", "lost", "billion USD", box=None, header_style="bold")
    for e in [e for e in found.ends if e.loss[1] > 0][:SHOWN]:
        table.add_row(
            Text(e.name, no_wrap=True),
            f"{e.stopping:.0%}",
            _spread([None if w is None else f"{w:g}" for w in e.first_stop]) if e.stopping else "",
            f"{e.lost[1]:.1%}",
            _spread([_billions(x) for x in e.loss]),
        )
    out.print(table)
    out.print(Text("median (P10 … P90) of the draws; first stop in weeks from the beginning", "dim"))
    for end, _, why in found.stops[:5]:
        out.print(Text(f"{end} stops: ", "bold") + Text(why))
    if tried:
        table = Table("done", "loss", "saved", "end uses that stop", box=None, header_style="bold")
        for c in tried:
            table.add_row(
                Text(c.name),
                _spread([_billions(x) for x in c.loss]),
                _spread([_billions(x) for x in c.saved]),
                str(c.stopped),
            )
        out.print(table)


def _show_change(network: Network, changed: plant_to_network.PlantEffect) -> None:
    price = {m.name: m.price / 1000 for m in network.materials}
    out.print(Text(changed.said, "bold"))
    table = Table("product", "in the network", "t a year", "USD/kg", "price", box=None, header_style="bold")
    for p in changed.products:
        usual = f"{price[p.material]:,.4g}" if p.material else ""
        table.add_row(
            "+".join(p.elements), p.material or "–", f"{p.t_per_year:,.4g}", f"{p.usd_per_kg:,.4g}", usual
        )
    out.print(table)
    if changed.late:
        return
    table = Table(
        "end use: without, with", "first stop", "lost", "billion USD", box=None, header_style="bold"
    )
    for e in changed.ends[:SHOWN]:
        table.add_row(
            Text(e.name),
            ", ".join("never" if week is None else f"{week:g}" for week in e.first_stop),
            ", ".join(f"{share:.2%}" for share in e.lost),
            ", ".join(f"{loss / 1e9:,.2f}" for loss in e.loss),
        )
    out.print(table)


def _exposure(network: Network, worth: str | None, json_: bool) -> None:
    if worth is not None:
        if worth not in network.node_index:
            raise UserError(f"unknown node {worth!r}", where="--worth")
        weeks = network.nodes[network.node_index[worth]].recovery
        stocks = worth_of_stock(network, worth, weeks)
        if json_:
            click.echo(as_json(stocks))
            return
        table = Table("one more week of", "at", "saves, million USD", "costs", box=None, header_style="bold")
        for w in stocks[:20]:
            table.add_row(Text(w.material), Text(w.node), f"{w.saves / 1e6:,.1f}", f"{w.costs / 1e6:,.2f}")
        out.print(table)
        return
    ranked = exposures(network)
    if json_:
        click.echo(as_json(ranked))
        return
    table = Table(
        "without",
        "survives, weeks",
        "recovers",
        "loss, billion USD",
        "exposure",
        box=None,
        header_style="bold",
    )
    for e in ranked:
        table.add_row(
            Text(e.node), f"{e.survives:.1f}", f"{e.recovers:g}", _billions(e.loss), f"{e.index:.2f}"
        )
    out.print(table)


def _criticality(network: Network, json_: bool) -> None:
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

    table = Table("stage", "of", "first", "share", "HHI", "SR", "SR, EU 2023", box=None, header_style="bold")
    for c in stages:
        table.add_row(
            c.stage, c.element or "all, by weight", Text(c.first), f"{c.share:.0%}", f"{c.hhi:,.0f}",
            figure(c.risk), figure(c.published),
        )  # fmt: skip
    out.print(table)
    table = Table("material", "SR", "SR, EU 2023", "EI, EU 2023", "", box=None, header_style="bold")
    for m in materials:
        critical = "critical" if m.critical else ""
        table.add_row(m.material, figure(m.risk), figure(m.published), figure(m.importance), critical)
    out.print(table)
    out.print(
        Text(
            "SR: supply risk by the EU's method from the network's shares and WGI 2022; see docs/chain.md",
            "dim",
        )
    )


def _history(network: Network, json_: bool) -> None:
    rows = backtest.compare(network)
    if json_:
        click.echo(as_json([{**asdict(r), "agrees": r.agrees} for r in rows]))
        return
    table = Table("figure", "when", "record", "model, P10 … P90", "", box=None, header_style="bold")
    for r in rows:
        record = f"{r.low:g}" if r.low == r.high else f"{r.low:g}–{r.high:g}"
        table.add_row(
            Text(f"{r.measure}: {r.of}, {r.unit}"), r.when, record,
            f"{r.model:.4g} ({r.model_low:.4g} … {r.model_high:.4g})", "meets" if r.agrees else "differs",
        )  # fmt: skip
    out.print(table)
