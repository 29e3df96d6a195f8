"""`mine2magnet stress`: what runs out when, what stops, at what price, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from mine2magnet.cli.options import as_json_option, language_option, opened
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load
from mine2magnet.model.draws import DRAWS, OF_HISTORY
from mine2magnet.model.ranges import Range

if TYPE_CHECKING:
    from mine2magnet.bridges.claims_to_scenario import Premise
    from mine2magnet.chain import Mitigation, Network, Scenario
    from mine2magnet.chain.report.result import Result
    from mine2magnet.core.messages import Translator


@click.command()
@click.argument("scenario", nargs=-1)
@click.option("--network", "folder", type=click.Path(path_type=Path), help="A folder of tables of your own.")
@click.option(
    "--draws",
    type=int,
    show_default=f"{DRAWS}; with --history {OF_HISTORY}",
    help="0: one run, all values most likely.",
)
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--do", metavar="SET", multiple=True, help="Add a set of mitigations that the program has.")
@click.option("--compare", is_flag=True, help="Try each mitigation of each SCENARIO on the same draws.")
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
@click.option(
    "--history",
    metavar="[NAME]",
    is_flag=False,
    flag_value="spring-2025",
    help="The model beside the record of a crisis: spring-2025, quota-2010, or a folder of your own.",
)
@click.option(
    "--trace",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    help="What the result rests on, by its share of the swing; or all figures of a node or material, with "
    "sources.",
)
@click.option("--template", type=click.Path(path_type=Path), help="Write tables to start from.")
@click.option(
    "--from-topic",
    "topic",
    metavar="TOPIC",
    help="Start from what a topic's documents say; with SCENARIO, only of stocks.",
)
@click.option("--accept", metavar="N[,N]", default="", help="With --from-topic: take these as well.")
@click.option("--refuse", metavar="N[,N]", default="", help="With --from-topic: leave these out.")
@click.option(
    "--set", "edited", metavar="N=RANGE", multiple=True, help="With --from-topic: 6, 4..8 or 4..5..8."
)
@click.option(
    "--save", type=click.Path(path_type=Path, dir_okay=False), help="Write the scenario as YAML, to edit."
)
@as_json_option
@language_option
@click.pass_obj
def stress(
    settings: Settings | None, scenario: tuple[str, ...], folder: Path | None, draws: int | None,
    seed: int | None, workers: int, do: tuple[str, ...], compare: bool, mitigations: Path | None,
    target: Path | None,
    plant: Path | None, plant_site: str, decided: float, exposure: bool, criticality: bool, worth: str | None,
    history: str | None, trace: str | None, template: Path | None, topic: str | None, accept: str,
    refuse: str, edited: tuple[str, ...], save: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Put the chain under stress.

    SCENARIO is a YAML file or one of the scenarios that come with the program; without it, they are
    listed, and several are set side by side. The network is the built-in one or a folder of CSV, Parquet or
    Excel tables.

    \b
      mine2magnet stress licence-delay
      mine2magnet stress embargo --compare --out report
      mine2magnet stress licence-delay embargo outage
      mine2magnet stress embargo --from-topic 高性能磁体 --refuse 2 --set 1=3..6 --save mine.yaml
      mine2magnet stress licence-delay --plant plant.json --plant-site europe --decided -250
      mine2magnet stress --exposure
      mine2magnet stress --criticality
      mine2magnet stress --history quota-2010
      mine2magnet stress embargo --trace
      mine2magnet stress --trace "Dy oxide"
    """
    from mine2magnet.chain.io import tables
    from mine2magnet.cli import stress_tables as show
    from mine2magnet.core.messages import Translator

    if template is not None:
        for file in tables.template(template):
            click.echo(file)
        return
    words = Translator((settings or load()).language)
    network = tables.load(folder)
    if exposure or worth is not None:
        show.exposure(network, worth, json_, words)
    elif criticality:
        show.criticality(network, json_, words.say)
    elif history is not None:
        of = OF_HISTORY if draws is None else draws
        show.history(history, network if folder is not None else None, of, json_, words)
    elif trace:
        show.figures(folder, trace, json_, words.say)
    elif topic is None and not scenario:
        show.scenarios(json_, words.say)
    elif trace is not None and topic is None:
        show.traced(network, _found(scenario[0], network, folder), folder, workers, json_, words)
    else:
        named = [_found(name, network, folder) for name in scenario]
        premises: tuple[Premise, ...] | None = None
        if topic is not None:
            named, premises = _from_topic(
                settings or load(), network, topic, named, accept, refuse, edited, json_, words
            )
        _test(
            network, named[0], named[1:], premises, seed, do, DRAWS if draws is None else draws, plant,
            plant_site, decided, compare, mitigations, workers, target, save, json_, words,
        )  # fmt: skip


def _found(name: str, network: Network, folder: Path | None) -> Scenario:
    """A scenario by name or file; of the program's own, what concerns a network of one's own."""
    from mine2magnet.chain.io import scenarios
    from mine2magnet.chain.scenario import fitting

    found = scenarios.find(name)
    return fitting(network, found) if folder is not None and name in scenarios.presets() else found


def _from_topic(
    settings: Settings,
    network: Network,
    topic: str,
    named: Sequence[Scenario],
    accept: str,
    refuse: str,
    edited: Sequence[str],
    json_: bool,
    words: Translator,
) -> tuple[list[Scenario], tuple[Premise, ...]]:
    """The scenario that a topic's documents state, as its reader leaves it, or those `named` with the stocks
    that they state; and its premises."""
    from mine2magnet.bridges import claims_to_scenario
    from mine2magnet.cli import stress_tables as show
    from mine2magnet.figures import rows

    library = opened(settings)
    held = library.store.topic(topic)
    found = claims_to_scenario.propose(library.claims(held), library.thesaurus, library.store.fold)
    if not found:
        raise UserError(
            f"the documents of {held.name!r} state no stock cover, delay, share or price to start from",
            where="--from-topic",
            hint="read more of them, or run `mine2magnet index` if their claims are not taken yet",
        )
    premises = claims_to_scenario.decided(found, _names(accept), _names(refuse), dict(map(_edit, edited)))
    cited = {c.claim: c for c in rows.cited(library.store, [c for p in premises for c in p.claims])}
    if not json_:
        show.premises(premises, cited, words)
    found_in = partial(
        claims_to_scenario.scenario, premises, network, held.name,
        lambda claim: rows.as_evidence(cited.get(claim)),
    )  # fmt: skip
    return [found_in(one) for one in named or (None,)], premises


def _test(
    network: Network, scenario: Scenario, others: Sequence[Scenario], premises: Sequence[Premise] | None,
    seed: int | None, do: Sequence[str], draws: int, plant: Path | None, plant_site: str, decided: float,
    compare: bool, mitigations: Path | None, workers: int, target: Path | None, save: Path | None,
    json_: bool, words: Translator,
) -> None:  # fmt: skip
    """Run a scenario, without and with a plant if there is one, and show or write what comes of it."""
    from mine2magnet.bridges import plant_to_network
    from mine2magnet.bridges.stress import AddedPlant, StressTest
    from mine2magnet.chain import simulate
    from mine2magnet.chain.io import scenarios
    from mine2magnet.chain.report import files, result
    from mine2magnet.cli import stress_tables as show
    from mine2magnet.cli.terminal import err, solving

    scenario = scenario if seed is None else structs.replace(scenario, seed=seed)
    asked = decode(StressTest, {"scenario": scenario, "mitigations": do, "draws": draws}).mitigated()
    if save is not None:
        save.write_text(scenarios.text(asked), "utf-8")
        err.print(str(save), markup=False, highlight=False, soft_wrap=True)
    if premises is not None and not asked.events:
        hint = "say what happens: mine2magnet stress embargo --from-topic TOPIC"
        raise UserError(
            "the documents tell of no event, so nothing would be lost", where="--from-topic", hint=hint
        )
    without, new = asked, None
    if plant is not None:
        decode(fields_of(AddedPlant)["decided"].type, decided, "--decided")
        with solving(f"reading {plant.name}", words.say) as say:
            new = plant_to_network.read(plant, plant_site, say)
        network, asked = plant_to_network.posed(network, asked, new, decided)
    with err.status(words.say(f"running {draws} draws of {asked.weeks} weeks")):
        found, outcome, likely = result.run(network, asked, draws, workers)
        changed = None
        if new is not None:
            before = simulate(network, without, draws, workers=workers)
            changed = plant_to_network.change(network, asked, new, before, outcome)
        tried, beside = [], []
        if compare or mitigations or others:
            sets = _sets(network, mitigations) if compare or mitigations else {}
            added = asked.mitigations[len(scenario.mitigations) :]  # by --do, or a plant
            sided = [asked, *(structs.replace(s.with_(*added), seed=asked.seed) for s in others)]
            tried = result.compare(network, sided, sets, draws, workers)
            beside = _others(network, sided, draws, workers)
    if target is not None:
        for file in files.write(target, network, asked, found, outcome, likely, tried, words):
            err.print(str(file), markup=False, highlight=False, soft_wrap=True)
    if json_:
        shown = {"premises": premises, "scenario": asked} if premises is not None else {}
        shown |= {"plant": changed} if changed else {}
        shown |= {"beside": beside} if beside else {}
        click.echo(as_json({**shown, "result": found, "compared": tried}))
        return
    show.result(found, tried, words, beside)
    if changed is not None:
        show.change(network, changed, words)


def _others(network: Network, sided: Sequence[Scenario], draws: int, workers: int) -> list[Result]:
    """What comes of each scenario but the first, on the draws of all."""
    from mine2magnet.chain.report import result

    drawn = result.common_draws(network, sided, draws)
    return [result.run(network, *one, workers)[0] for one in list(zip(sided, drawn, strict=True))[1:]]


def _sets(network: Network, file: Path | None) -> dict[str, tuple[Mitigation, ...]]:
    """Sets of mitigations of a file, or those of the program that concern the network."""
    from mine2magnet.chain.io import scenarios
    from mine2magnet.chain.scenario import fitting_mitigations

    sets = scenarios.mitigation_sets(file)
    if file is None:
        fit = {name: fitting_mitigations(network, held) for name, held in sets.items()}
        sets = {name: held for name, held in fit.items() if held}
    return sets


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _edit(given: str) -> tuple[str, Range]:
    name, equals, text = given.partition("=")
    if not equals:
        raise UserError(f"{given!r} sets nothing", where="--set", hint="write 1=4..8")
    return name.strip(), decode(Range, text, "--set", written=True)
