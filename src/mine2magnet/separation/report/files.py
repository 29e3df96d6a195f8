"""A worked case to take along: a folder with case, answer, tables and flow diagram; frames for a notebook."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from mine2magnet.charts.chart import Chart
from mine2magnet.charts.frames import OutcomeFrames
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.report import charts as plots
from mine2magnet.separation.report import flowsheet_result, result
from mine2magnet.separation.report import report as reports
from mine2magnet.separation.report.tables import cut_of, short
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.separation.study.study import Study

Row = Mapping[str, object]
MOVED = ("extract", "raffinate", "feed")  # by the control schedule of a start-up
MOST_NAME = 31  # characters of a sheet's name in a spreadsheet


def rows(answer: Study | FlowsheetStudy) -> dict[str, list[Row]]:
    """Return the tables of a worked case as rows by column, with units in the columns' names.

    Parameters
    ----------
    answer : Study or FlowsheetStudy

    Returns
    -------
    dict of str to list of mapping
        streams, and of a flowsheet trains, products and equipment; of a plant cuts, products, equipment and
        the control schedule of its start-up, where it was followed.
    """
    if isinstance(answer, FlowsheetStudy):
        return {**flowsheet_result.as_rows(flowsheet_result.report(answer))}
    found = result.report(answer)
    cuts: list[Row] = [
        {
            "cut": cut_of(answer, d.step), "feed phase": c.feed_phase,
            "extraction stages": c.extraction_stages,
            "scrub stages": c.scrub_stages, "organic flow, mol/mol of plant feed": c.organic_flow,
            "scrub flow, mol/mol of plant feed": c.scrub_flow,
            "foreign in extract, mole fraction": c.impurity_organic,
            "foreign in raffinate, mole fraction": c.impurity_aqueous,
        }
        for c, d in zip(found.cuts, answer.designs, strict=True)
    ]  # fmt: skip
    products: list[Row] = [
        {
            "product": "+".join(p.elements), "foreign, mole fraction": p.impurity, "recovered": p.recovery,
            **{f"{e}, mole fraction": x for e, x in zip(found.elements, p.mole_fractions, strict=True)},
        }
        for p in found.products
    ]  # fmt: skip
    site = answer.sites[0]
    equipment: list[Row] = [
        {"quantity": name, "amount": value} for name, value in found.sites[0].quantities.items()
    ]
    equipment += [
        {"quantity": f"CAPEX at {site.name}: {area}, USD", "amount": usd}
        for area, usd in site.costs.areas.items()
    ]
    made = {"streams": _streams(answer), "cuts": cuts, "products": products, "equipment": equipment}
    if answer.startups:
        made["control"] = [
            {"cut": cut["cut"], "hour": m.hour, **{f"{n}, part of design flow": getattr(m, n) for n in MOVED}}
            for cut, c in zip(cuts, found.cuts, strict=True)
            for m in c.control_moves
        ]
    return made


def _streams(answer: Study) -> list[Row]:
    basis = answer.basis
    tonnes = [oxide_mass(e) / 1000 / basis.oxide * basis.case.throughput for e in basis.elements]
    kmol = basis.case.throughput / basis.oxide

    def row(cut: str, stream: str, amounts: Array) -> Row:
        held = amounts.tolist()
        return {
            "cut": cut,
            "stream": stream,
            "t REO/y": sum(a * t for a, t in zip(held, tonnes, strict=True)),
            **{f"{e}, kmol/y": a * kmol for e, a in zip(basis.elements, held, strict=True)},
        }

    made: list[Row] = []
    for d in answer.designs:
        assert d.sized is not None
        name, s = cut_of(answer, d.step), d.sized.solution
        made += [
            row(name, "feed", d.cut.feed),
            row(name, "raffinate", s.product_b),
            row(name, "extract", s.product_a),
        ]
        made += [row(name, "draw", d.draw.stream)] if d.draw else []
    return made


def diagram(answer: Study | FlowsheetStudy, words: Translator) -> Chart:
    """Return the flow diagram of a flowsheet, or the sequence of a plant's cuts.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    words : Translator
        Of the reader's language.
    """
    if isinstance(answer, FlowsheetStudy):
        return flowsheet_result.diagram(answer, words.say)
    title = words.say("Sequence of cuts")
    return plots.tree(answer.plans[0], answer.designs, lambda products: short(answer, products), title)


def frames(answer: Study | FlowsheetStudy) -> OutcomeFrames:
    """Return the tables of a worked case as frames, with units in the columns' names, and its charts.

    Parameters
    ----------
    answer : Study or FlowsheetStudy

    Raises
    ------
    UserError
        If polars is not there.
    """
    if isinstance(answer, FlowsheetStudy):
        return OutcomeFrames(rows(answer), [flowsheet_result.diagram(answer, str)])
    others = (chart for _, more in reports.other_cuts(answer) for chart in more)
    return OutcomeFrames(rows(answer), [*reports.pictures(answer), *others])


def write(answer: Study | FlowsheetStudy, case: str, folder: Path, words: Translator) -> list[str]:
    """Write a worked case to a folder, and return the names of the files.

    case.yaml as it was given, answer.json, a CSV of each table, all of them in tables.xlsx if xlsxwriter is
    there, and diagram.svg.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    case : str
        The text of the case.
    folder : Path
        Made if it is not there.
    words : Translator
        Of the reader's language.

    Raises
    ------
    OSError
        Where nothing can be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    of = flowsheet_result.report(answer) if isinstance(answer, FlowsheetStudy) else result.report(answer)
    texts = {"case.yaml": case, "answer.json": as_json(of), "diagram.svg": diagram(answer, words).as_svg()}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    tables = rows(answer)
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _columns(table), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    made = [*texts, *(f"{name}.csv" for name in tables)]
    return [*made, "tables.xlsx"] if _workbook(tables, folder / "tables.xlsx") else made


def _columns(table: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in table for column in row))


def _workbook(tables: Mapping[str, Sequence[Row]], file: Path) -> bool:
    """Write a workbook; False if its writer is not there. Text stays text: "=…" is no formula."""
    try:
        import xlsxwriter
    except ImportError:
        return False
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:MOST_NAME])
            columns = _columns(table)
            sheet.write_row(0, 0, columns, bold)
            for at, row in enumerate(table, 1):
                for k, column in enumerate(columns):
                    if (value := row.get(column)) is not None:
                        sheet.write(at, k, value)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return True
