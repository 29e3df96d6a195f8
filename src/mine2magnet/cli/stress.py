"""`mine2magnet stress`: what runs out when, what stops, at what price, and what helps."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from mine2magnet.cli.options import as_json_option
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load
from mine2magnet.model.ranges import Range

MOST_DRAWS = 100_000


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
    from mine2magnet.bridges import claims_to_scenario, plant_to_network
    from mine2magnet.chain import simulate
    from mine2magnet.chain.io import scenarios, tables
    from mine2magnet.chain.report import files, result
    from mine2magnet.cli import stress_tables as show
    from mine2magnet.cli.terminal import err
    from mine2magnet.figures import rows as claim_rows
    from mine2magnet.library.library import Library

    if template is not None:
        for file in tables.template(template):
            click.echo(file)
        return
    if exposure or worth is not None:
        show.exposure(tables.load(folder), worth, json_)
        return
    if criticality:
        show.criticality(tables.load(folder), json_)
        return
    if history:
        show.history(tables.load(folder), json_)
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
            show.premises(proposed, cited)
    elif scenario is None:
        show.scenarios(json_)
        return
    else:
        asked = scenarios.find(scenario)
    if seed is not None:
        asked = structs.replace(asked, seed=seed)
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
            result.compare(network, asked, scenarios.mitigation_sets(mitigations), draws, workers)
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
    show.result(found, tried)
    if changed is not None:
        show.change(network, changed)


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _edit(given: str) -> tuple[str, Range]:
    name, equals, text = given.partition("=")
    if not equals:
        raise UserError(f"{given!r} sets nothing", where="--set", hint="write 1=4..8")
    return name.strip(), decode(Range, text, "--set", written=True)
