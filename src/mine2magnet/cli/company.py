"""`mine2magnet company`: a company's own parts and suppliers in the chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from mine2magnet.cli.options import as_json_option, told
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load
from mine2magnet.model.draws import DRAWS, FEWEST_OF_COMPANY, MOST_OF_COMPANY

if TYPE_CHECKING:
    from rich.status import Status

    from mine2magnet.chain import Network, Scenario
    from mine2magnet.chain.report.company import CompanyReport, TableOfText
    from mine2magnet.core.messages import Translator

FOLDER = click.argument("folder", type=click.Path(path_type=Path))
NETWORK = click.option(
    "--network", "public", type=click.Path(path_type=Path), help="In place of the built-in network."
)


@click.group()
def company() -> None:
    """Put your own parts, stocks and suppliers into the chain.

    Tables are read on this machine, and nothing leaves it.

    \b
      mine2magnet company init mine
      mine2magnet company check mine
      mine2magnet company report mine --scenario embargo --output report.html
    """


@company.command()
@FOLDER
@click.option("--excel", is_flag=True, help="One Excel workbook in place of CSV files.")
def init(folder: Path, excel: bool) -> None:
    """Write an example of six parts and three suppliers to FOLDER, to fill in."""
    from mine2magnet.chain.io import company_tables

    for file in company_tables.template(folder, excel):
        click.echo(file)


@company.command()
@FOLDER
@NETWORK
@as_json_option
@click.pass_obj
def check(settings: Settings | None, folder: Path, public: Path | None, json_: bool) -> None:
    """Say what is wrong with the tables in FOLDER, all at once, or who the suppliers are in the network."""
    from mine2magnet.chain.company.placement import doubts
    from mine2magnet.chain.io import company_tables, tables
    from mine2magnet.chain.report.company import origin_table
    from mine2magnet.core.messages import Translator

    placed, faults = company_tables.check(folder, tables.load(public))
    if json_:
        named = [{"where": f.where, "what": f.what, "hint": f.hint} for f in faults]
        held = (placed.origins, tuple(doubts(placed))) if placed else ((), ())
        click.echo(as_json({"faults": named, "suppliers": held[0], "doubts": held[1]}))
    else:
        for fault in faults:
            click.echo(told(fault, settings or load()), err=True)
    if placed is None:
        raise UserError(f"{len(faults)} to mend", where=str(folder))
    if not json_:
        words = Translator((settings or load()).language)
        _show([], [origin_table(placed.origins, words.say)])
        for doubt in doubts(placed):
            click.echo(words.say(doubt), err=True)


@company.command()
@FOLDER
@click.option(
    "--scenario", "names", multiple=True, default=("licence-delay",), show_default=True,
    help="A scenario of the program, or a YAML file (may be repeated).",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(FEWEST_OF_COMPANY, MOST_OF_COMPANY), default=DRAWS, show_default=True
)
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@click.option("--budget", type=click.FloatRange(0, 1e9), help="M of the company's currency to spend.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write a page: .html, .md or .json."
)
@NETWORK
@as_json_option
@click.pass_obj
def report(
    settings: Settings | None, folder: Path, names: tuple[str, ...], draws: int, seed: int | None,
    budget: float | None, workers: int, output: Path | None, public: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Tell which parts stop when and why, what is at risk, and what to buy."""
    from mine2magnet.chain.io import company_tables, tables
    from mine2magnet.chain.report import company as reports
    from mine2magnet.cli.terminal import err
    from mine2magnet.core.messages import Translator

    if output is not None and output.suffix not in (".html", ".md", ".json"):
        raise UserError(f"no report of kind {output.suffix!r}", where="--output", hint=".html, .md or .json")
    words = Translator((settings or load()).language)
    network = tables.load(public)
    placed = company_tables.load(folder, network)
    found = []
    for name in names:
        scenario = _scenario(name, network, public is not None, seed)
        money = None if budget is None else budget * reports.M
        with err.status(words.say(scenario.name)) as shown:
            say = _doing(shown, words.say(scenario.name), words)
            found.append(reports.report(placed, scenario, draws, money, workers, say))
    if output is not None:
        _write(output, found, words)
    if json_:
        click.echo(as_json(found if len(found) > 1 else found[0]))
    elif output is None:
        for one in found:
            _show(reports.remarks(one, words), reports.tables(one, words))


def _doing(shown: Status, name: str, words: Translator) -> Callable[[str], None]:
    return lambda step: shown.update(f"{name}: {words.say(step)}")


def _show(remarks: Sequence[str], tables: Sequence[TableOfText]) -> None:
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import out

    for number, remark in enumerate(remarks):
        out.print(Text(remark, "" if number else "bold"))
    for title, heads, rows in tables:
        if rows:
            table = Table(*heads, title=title, title_justify="left", box=None, header_style="bold")
            for row in rows:
                table.add_row(*map(Text, row))
            out.print()
            out.print(table)


def _scenario(name: str, network: Network, other: bool, seed: int | None) -> Scenario:
    """A scenario by name or file; of the program's own, what concerns another network."""
    from mine2magnet.chain.io import scenarios
    from mine2magnet.chain.scenario import fitting

    scenario = scenarios.find(name)
    if other and name in scenarios.presets():
        scenario = fitting(network, scenario)
    return scenario if seed is None else structs.replace(scenario, seed=seed)


def _text(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")


def _write(output: Path, found: list[CompanyReport], words: Translator) -> None:
    from mine2magnet.chain.report import company as reports
    from mine2magnet.cli.separate import save

    if output.suffix == ".md":
        pages = []
        for k, one in enumerate(found):
            picture = output.with_name(f"{output.stem}{k + 1 if k else ''}.svg")
            drawn = reports.chart(one, words).as_svg()
            save(picture, partial(_text, drawn))
            pages.append(reports.markdown(one, picture.name, words))
        save(output, partial(_text, "\n".join(pages)))
    elif output.suffix == ".html":
        save(output, partial(_text, reports.html(found, words)))
    else:
        save(output, partial(_text, as_json(found)))
