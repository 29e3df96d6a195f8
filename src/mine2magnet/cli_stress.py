"""`mine2magnet stress`: what runs out when, what stops, at what price, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mine2magnet import chain_history, chain_report, chain_tables, scenario_files
from mine2magnet.chain import Network
from mine2magnet.chain.exposure import exposures, worth_of_stock
from mine2magnet.errors import UserError
from mine2magnet.plain import as_json

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
@click.option("--exposure", is_flag=True, help="Rank nodes: time-to-survive, loss until recovery.")
@click.option("--worth", metavar="NODE", help="What a week of stock is worth while NODE is away.")
@click.option("--history", is_flag=True, help="The model beside the record of spring 2025.")
@click.option("--template", type=click.Path(path_type=Path), help="Write tables to start from.")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
def stress(
    scenario: str | None, folder: Path | None, draws: int, seed: int | None, workers: int, compare: bool,
    mitigations: Path | None, target: Path | None, exposure: bool, worth: str | None, history: bool,
    template: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Put the chain under stress.

    SCENARIO is a YAML file or one of the scenarios that come with the program; without it, they are
    listed. The network is the built-in one or a folder of CSV, Parquet or Excel tables.

    \b
      mine2magnet stress licence-delay
      mine2magnet stress embargo --compare --out report
      mine2magnet stress --exposure
    """
    if template is not None:
        for file in chain_tables.template(template):
            click.echo(file)
        return
    if exposure or worth is not None:
        _exposure(chain_tables.load(folder), worth, json_)
        return
    if history:
        _history(chain_tables.load(folder), json_)
        return
    if scenario is None:
        _list(json_)
        return
    asked = scenario_files.find(scenario)
    if seed is not None:
        asked = chain_report.reseeded(asked, seed)
    network = chain_tables.load(folder)
    with err.status(f"running {draws} draws of {asked.weeks} weeks"):
        found, outcome, likely = chain_report.run(network, asked, draws, workers)
        tried = (
            chain_report.compare(network, asked, chain_report.mitigation_sets(mitigations), draws, workers)
            if compare or mitigations
            else []
        )
    if target is not None:
        for file in chain_report.write(target, network, asked, found, outcome, likely, tried):
            err.print(str(file), markup=False, highlight=False, soft_wrap=True)
    if json_:
        click.echo(as_json({"result": found, "compared": tried}))
        return
    _show(found, tried)


def _list(json_: bool) -> None:
    held = {name: scenario_files.read(file) for name, file in scenario_files.presets().items()}
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


def _show(found: chain_report.Result, tried: list[chain_report.Compared]) -> None:
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


def _history(network: Network, json_: bool) -> None:
    rows = chain_history.compare(network)
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
