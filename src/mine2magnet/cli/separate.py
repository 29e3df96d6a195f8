"""`mine2magnet separate`: from a case file to a design, a plant, a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mine2magnet.cli.options import language_option
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load

if TYPE_CHECKING:
    from mine2magnet.core.messages import Translator
    from mine2magnet.separation.study.flowsheets import FlowsheetStudy
    from mine2magnet.separation.study.schema import Case
    from mine2magnet.separation.study.study import Study

    Answer = Study | FlowsheetStudy


PADDING = 2  # characters around a column
MOST_UNBROKEN = 16  # characters of a line's name, or of a head without spaces, that are not folded


@click.command()
@click.argument("case", required=False, type=click.Path(path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), help="Also write a report: .html or .pdf.")
@click.option(
    "--profiles", type=click.Path(path_type=Path), help="Also write all stage profiles: .csv or .parquet."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write case, answer, tables (CSV and XLSX) and flow diagram to this folder.",
)
@click.option("--details", is_flag=True, help="Also print control moves and where each element gathers.")
@click.option("--presets", is_flag=True, help="List the feeds, extractants and sites that CASE may name.")
@click.option("--json", "json_", is_flag=True, help="Print JSON, stage profiles included.")
@language_option
@click.pass_obj
def separate(
    settings: Settings | None,
    case: Path | None,
    report: Path | None,
    profiles: Path | None,
    folder: Path | None,
    details: bool,
    presets: bool,
    json_: bool,
) -> None:
    """Design, start up and cost a rare-earth separation plant.

    CASE is a YAML file: feed (a preset or % of REO), extractant, products with purities, sites; or a
    flowsheet of several trains. See docs/separation.md; examples/dysprosium.yaml and
    examples/three-trains.yaml are such.
    """
    if presets:
        _presets(json_)
        return
    if case is None:
        raise UserError("no case", where="separate", hint="name a YAML file, or see --presets")
    from mine2magnet.core.messages import Translator
    from mine2magnet.separation.report import profiles as separation_profiles
    from mine2magnet.separation.report import result
    from mine2magnet.separation.report.flowsheet_result import report as flowsheet_report
    from mine2magnet.separation.study.flowsheets import FlowsheetStudy

    words = Translator((settings or load()).language)
    write = _writer(report)
    if profiles is not None:
        separation_profiles.check(profiles)
    answer = _solved(case, words.say)
    if report is not None and write is not None:
        save(report, lambda file: file.write_bytes(write(answer, words)))
    if profiles is not None:
        save(profiles, lambda file: separation_profiles.write(answer, file))
    if folder is not None:
        _take_along(answer, case, folder, words)
    if json_:
        made = flowsheet_report(answer) if isinstance(answer, FlowsheetStudy) else result.report(answer)
        click.echo(as_json(made))
    else:
        _print(answer, details, words.say)


def _solved(file: Path, told: Callable[[str], str]) -> Answer:
    from mine2magnet.cli.terminal import solving
    from mine2magnet.separation.study import case as separation_case
    from mine2magnet.separation.study import flowsheets, study
    from mine2magnet.separation.study.design_basis import DesignBasis
    from mine2magnet.separation.study.schema import Case

    given = separation_case.read_any(text_of(file, "YAML"), file.name, file.parent)
    basis = DesignBasis.of(given, file.name) if isinstance(given, Case) else None
    with solving(told=told) as say:
        if basis is None:
            assert not isinstance(given, Case)
            return flowsheets.solve(given, file.name, say)
        return study.solve(basis, say)


def _take_along(answer: Answer, case: Path, folder: Path, words: Translator) -> None:
    from mine2magnet.separation.report import files

    text, made = text_of(case, "YAML"), list[str]()
    save(folder, lambda to: made.extend(files.write(answer, text, to, words)))
    if "tables.xlsx" not in made:
        from mine2magnet.cli.terminal import err

        err.print("no tables.xlsx: pip install 'mine2magnet[tables]'", markup=False, highlight=False)


def case_of(file: Path) -> Case:
    """Return the case that a file gives, with what it names beside it."""
    from mine2magnet.separation.study import case as separation_case

    return separation_case.read(text_of(file, "YAML"), file.name, file.parent)


def text_of(file: Path, kind: str) -> str:
    """Return the text of a file."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(reason, where=str(file), hint=f"name a readable {kind} file") from error


def _print(answer: Answer, details: bool, say: Callable[[str], str]) -> None:
    from mine2magnet.separation.report import flowsheet_result
    from mine2magnet.separation.report import tables as separation_tables
    from mine2magnet.separation.study.flowsheets import FlowsheetStudy

    if isinstance(answer, FlowsheetStudy):
        show(flowsheet_result.remarks(answer, say), flowsheet_result.tables(answer, say))
        return
    more = separation_tables.details(answer, say) if details else []
    show(separation_tables.remarks(answer, say), [*separation_tables.tables(answer, say), *more])


def show(remarks: Iterable[str], tables: Iterable[tuple[str, list[str], list[list[str]]]]) -> None:
    """Print remarks and tables; one that is too wide goes on below, each part with its first column."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import out

    for remark in remarks:
        out.print(Text(remark, "bold"))
    for title, heads, rows in tables:
        columns = [[head, *(row[k] for row in rows)] for k, head in enumerate(heads)]
        least, most = [_least(one) for one in columns], [max(map(cell_len, one)) for one in columns]
        least[0] = min(least[0], MOST_UNBROKEN)
        for part in _parts(least, out.width):
            table = Table(title=title, title_justify="left", box=None, header_style="bold")
            widths = _widths([least[k] for k in part], [most[k] for k in part], out.width)
            for k, width in zip(part, widths, strict=True):
                table.add_column(heads[k], justify="right" if k else "left", width=width, overflow="fold")
            for row in rows:
                table.add_row(*(Text(row[k]) for k in part))
            out.print(table)
            title = ""
        out.print()


def _least(column: Sequence[str]) -> int:
    """Return the characters that a column takes at least: its cells, the words of its head."""
    from rich.cells import cell_len

    head, *cells = column
    words = (word if word.isascii() else word[:MOST_UNBROKEN] for word in head.split())
    return max(map(cell_len, [*words, *cells]), default=0)


def _parts(least: Sequence[int], width: int) -> list[list[int]]:
    """Divide columns into parts that a line takes, the first column in each.

    >>> _parts([16, 20, 20, 20], 64), _parts([8, 20], 80)
    ([[0, 1, 2], [0, 3]], [[0, 1]])
    """
    parts, left = [[0]], width - least[0] - PADDING
    for k in range(1, len(least)):
        if least[k] + PADDING > left and len(parts[-1]) > 1:
            parts, left = [*parts, [0]], width - least[0] - PADDING
        parts[-1].append(k)
        left -= least[k] + PADDING
    return parts


def _widths(least: Sequence[int], most: Sequence[int], width: int) -> list[int]:
    """Share what a line has beyond the least among the columns that are furthest from their most.

    >>> _widths([4, 8], [4, 30], 24), _widths([4, 8], [4, 12], 24)
    ([4, 16], [4, 12])
    """
    made = list(least)
    for _ in range(width - sum(least) - PADDING * len(least)):
        k = max(range(len(made)), key=lambda k: most[k] - made[k])
        made[k] += made[k] < most[k]
    return made


def save(file: Path, write: Callable[[Path], object]) -> None:
    from mine2magnet.cli.terminal import err

    try:
        write(file)
    except OSError as error:
        raise UserError(error.strerror or str(error), where=str(file), hint="choose another file") from error
    err.print(f"wrote {file}", markup=False, highlight=False)


def _writer(report: Path | None) -> Callable[[Answer, Translator], bytes] | None:
    if report is None:
        return None
    from mine2magnet.separation.report.report import html, pdf

    writers: dict[str, Callable[[Answer, Translator], bytes]] = {
        ".html": lambda answer, words: html(answer, words).encode(),
        ".pdf": pdf,
    }
    if report.suffix.lower() not in writers:
        raise UserError(
            f"no report of kind {report.suffix!r}", where="--report", hint="end it in .html or .pdf"
        )
    return writers[report.suffix.lower()]


def _presets(json_: bool) -> None:
    from mine2magnet.separation.study import reference_data

    tables = [reference_data.extractant(name) for name in reference_data.extractants()]
    if json_:
        held = {
            "feeds": reference_data.feeds(),
            "feed_sources": {name: reference_data.feed_sources(name) for name in reference_data.feeds()},
            "extractants": {table.name: table.order for table in tables},
            "factors": {table.name: table.sources for table in tables},
            "sites": reference_data.sites(),
        }
        click.echo(as_json(held))
        return
    for name, label in reference_data.feeds().items():
        click.echo(f"feed        {name:20} {label}")
    for table in tables:
        rising = (f" ×{b.likely:g} {pair.split('/')[0]}" for pair, b in table.factors.items())
        click.echo(f"extractant  {table.name:20} {table.order[0]}{''.join(rising)}")
    for name in reference_data.sites():
        click.echo(f"site        {name}")
