"""A worked separation case in pictures, and as a report in HTML or PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

from mine2magnet.charts.axis import Axis
from mine2magnet.charts.chart import Chart, slug
from mine2magnet.charts.xy import stacked
from mine2magnet.core.messages import HTML, Translator
from mine2magnet.core.pdf import FONT, heading, picture, sheet, table, titled
from mine2magnet.separation.report import charts as plots
from mine2magnet.separation.report import chemistry_tables as chemistry
from mine2magnet.separation.report import flowsheet_result
from mine2magnet.separation.report.tables import (
    MILLION,
    Say,
    Table,
    cut_of,
    details,
    remarks,
    short,
    tables,
)
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.separation.study.study import Site, Study

ENGLISH = Translator("en")
LIMITS = (
    "Constant separation factors and loading; the feed itself, land and taxes are not in the cost; every "
    "rate is a range with a source (below); an order of magnitude, not a quotation."
)
_STYLE = """ body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 52rem; margin: 2rem
auto; padding: 0 1rem; color: #1c2024 } table { border-collapse: collapse; font-size: .9rem; display: block;
overflow-x: auto } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #dde }
td:first-child, th:first-child { text-align: left } svg { max-width: 100%; height: auto } li { font-size:
.85rem }
"""


def pictures(answer: Study, say: Say = str) -> list[Chart]:
    """Return the charts of a study: the sequence, the longest cut, costs, tornado.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    sequence = say("Sequence of cuts")
    if answer.plans[0].fuzzy:
        sequence += ": " + say("what a fuzzy cut distributes (in brackets) comes out at each *")
    made: list[Chart] = [
        replace(
            plots.tree(answer.plans[0], answer.designs, lambda products: short(answer, products), sequence),
            id="sequence",
            say=say,
        ),
        *_of_cut(answer, _longest(answer), say),
    ]
    longest_solved = chemistry.longest_of(answer.chemistry)
    if longest_solved is not None and (found := answer.chemistry[longest_solved].shown):
        which = cut_of(answer, answer.designs[longest_solved].step)
        acidity = plots.acidity(found.state, f"{say('pH and loading')}: {which}", say)
        made.append(replace(acidity, id="acidity"))
    if answer.upset is not None:
        title = say("First cut when the feed changes")
        made.append(replace(plots.startup(answer.upset, answer.designs[0], title, say), id="changed-feed"))
    parts: list[tuple[str, str, str, Callable[[Site], dict[str, float]]]] = [
        (
            "cost-per-t-of-reo-fed",
            "Cost per t of REO fed, without the feed",
            "USD/t",
            lambda s: s.costs.per_t,
        ),
        (
            "capex-by-area",
            "CAPEX by area",
            "million USD",
            lambda s: {k: v / MILLION for k, v in s.costs.areas.items()},
        ),
    ]
    if not answer.stands:
        title = "From the decision to full output"
        parts.append((slug(title), title, "months", lambda s: {**s.costs.phases, "ramp": s.costs.ramp}))
    for id, title, unit, of in parts:
        stacks = {say(s.name): {say(part): v for part, v in of(s).items()} for s in answer.sites}
        made.append(replace(stacked(say(title), Axis(say(unit)), stacks), id=id, say=say))
    for s in answer.sites:
        title = f"{say('What the cost rests on')}: {say(s.name)}"
        rests = plots.tornado(title, s.tornado, float(s.costs.total), "USD/t", say)
        made.append(replace(rests, id=slug(f"cost-rests-on-{s.name}")))
    if factors := answer.sites[0].beta_tornado:
        base = float(answer.sites[0].costs.total)
        title = say("Which separation factors matter most")
        made.append(replace(plots.tornado(title, factors, base, "USD/t", say), id="separation-factors"))
    return made


def other_cuts(answer: Study, say: Say = str) -> list[tuple[str, list[Chart]]]:
    """Return, by name, the charts of the cuts that `pictures` leaves out.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    return [
        (cut_of(answer, design.step), _of_cut(answer, k, say))
        for k, design in enumerate(answer.designs)
        if k != _longest(answer)
    ]


def _longest(answer: Study) -> int:
    return max(range(len(answer.designs)), key=lambda k: answer.designs[k].stages)


def _of_cut(answer: Study, k: int, say: Say) -> list[Chart]:
    """Profile, operating diagram and start-up of a cut."""
    design = answer.designs[k]
    assert design.sized is not None
    what = cut_of(answer, design.step)
    made: list[Chart] = [
        plots.profile(design.sized.solution, f"{say('Stage profile')}: {what}", say),
        plots.operating_diagram(design, f"{say('Operating diagram')}: {what}", say),
    ]
    if answer.startups:
        started = answer.startups[k]
        for run, how in ((started.controlled, "drawn on specification"), (started.fixed, "at fixed flows")):
            title = f"{say('Start-up')}: {what}, {say(how)}"
            made.append(plots.startup(run, design, title, say))
        title = f"{say('Control moves')}: {what}"
        made.append(plots.control(started.schedule, answer.basis.case.startup_days, title, say))
    ids = ("profile", "operating-diagram", "startup-controlled", "startup-fixed", "control")
    return [replace(one, id=f"{id}-{k + 1}") for one, id in zip(made, ids, strict=False)]


def sources(answer: Study, say: Say = str) -> list[tuple[str, str]]:
    """Return each number of a study, and where it is from.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.

    Returns
    -------
    list of (str, str)
        What it is, with its range; the source as the tables name it, "" for the user.
    """
    basis = answer.basis
    rows = [
        *data.rows("equipment"),
        *(row for name in basis.sites for row in data.site_rows(name)),
        *(row for row in data.rows("oxide_prices") if row["element"] in basis.elements),
    ]
    given = {*basis.case.rates, *basis.case.prices}
    listed = list(dict.fromkeys(_row(row, say) for row in rows if _named(row) not in given))
    if answer.chemistry:
        listed += [_row(row, say) for row in data.rows("chemistry")]
        listed += [("", line) for line in data.constants(basis.extractant).sources]
    own = [
        (f"{say(name.replace('_', ' '))}: {v.low:g} – {v.likely:g} – {v.high:g}", say("given by the user"))
        for name, v in {**basis.case.rates, **basis.case.prices}.items()
    ]
    return [*(("", line) for line in basis.sources), *own, *listed]


def _named(row: Mapping[str, str]) -> str:
    return row.get("name") or row.get("item") or row["element"]


def _row(row: Mapping[str, str], say: Say) -> tuple[str, str]:
    """A row of a table: what it is, with its range, unit, year and status; and its source."""
    what = " ".join(say(part) for part in (row.get("site", ""), _named(row).replace("_", " ")) if part)
    numbers = f"{row['low']} – {row['likely']} – {row['high']} {say(row['unit'])}"
    return f"{what}: {numbers}, {row['year']} ({say(row['status'])})", row["source"]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a report has, in the reader's language: `more` are charts by name that paper leaves out."""

    title: str
    summary: str
    remarks: list[str]
    tables: list[Table]
    pictures: list[Chart]
    more: list[tuple[str, list[Chart]]]
    sources: list[tuple[str, str]]


def contents(answer: Study | FlowsheetStudy, say: Say = str) -> Contents:
    """Return what the report of a worked case has.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    say : callable
        Gives a phrase in the reader's language.
    """
    if isinstance(answer, FlowsheetStudy):
        return Contents(
            answer.basis.case.name,
            say(LIMITS),
            flowsheet_result.remarks(answer, say),
            flowsheet_result.tables(answer, say),
            [flowsheet_result.diagram(answer, say)],
            [],
            [("", line) for line in flowsheet_result.report(answer).sources],
        )
    return Contents(
        answer.basis.case.name,
        _summary(answer, say),
        remarks(answer, say),
        [*tables(answer, say), *details(answer, say)],
        pictures(answer, say),
        other_cuts(answer, say),
        sources(answer, say),
    )


def html(answer: Study | FlowsheetStudy, words: Translator = ENGLISH) -> str:
    """Return the report as a page of its own.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    words : Translator
        Of the reader's language.
    """
    found = contents(answer, words.say)
    head = f'<meta charset="utf-8"><title>{escape(found.title)}</title><style>{_STYLE}</style>'
    body = "\n".join(_body(found, words.say))
    lang = HTML[words.language]
    return f'<!doctype html>\n<html lang="{lang}">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def _body(found: Contents, say: Say) -> Iterator[str]:
    yield f"<h1>{escape(found.title)}</h1>"
    for paragraph in (found.summary, *found.remarks):
        yield f"<p>{escape(paragraph)}</p>"
    for title, heads, rows in found.tables:
        yield f"<h2>{escape(title)}</h2>"
        yield from _table(heads, rows)
    yield from (chart.as_svg() for chart in found.pictures)
    for cut, drawn in found.more:
        yield f"<h2>{escape(cut)}</h2>"
        yield from (chart.as_svg() for chart in drawn)
    yield f"<h2>{escape(say('Sources and ranges'))}</h2>"
    yield "<ul>" + "".join(f"<li>{_cited(*one)}</li>" for one in found.sources) + "</ul>"


def _cited(what: str, source: str) -> str:
    cited = f'<cite lang="en">{escape(source)}</cite>' if source else ""
    return ": ".join(filter(None, (escape(what), cited)))


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{escape(h)}</th>" for h in heads) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _summary(answer: Study, say: Say) -> str:
    basis = answer.basis
    stages = sum(d.stages for d in answer.designs)
    costs = "; ".join(
        say("{site} {cost} USD/t, {capex} million USD").format(
            site=say(s.name), cost=f"{s.costs.total:,.0f}", capex=f"{s.costs.capex / 1e6:.0f}"
        )
        for s in answer.sites
    )
    design = say(
        "{elements} elements into {products} products with {extractant}: 1 cut, {stages} stages."
        if len(answer.designs) == 1
        else "{elements} elements into {products} products with {extractant}: {cuts} cuts, {stages} stages."
    )
    said = design.format(
        elements=len(basis.elements), products=len(basis.products), extractant=basis.extractant,
        cuts=len(answer.designs), stages=stages,
    )  # fmt: skip
    return f"{said} {costs}. {say(LIMITS)}"


def pdf(answer: Study | FlowsheetStudy, words: Translator = ENGLISH) -> bytes:
    """Return the report on paper.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    words : Translator
        Of the reader's language.
    """
    found = contents(answer, words.say)
    made = sheet(found.title, size=9, side=15, top=15)
    titled(made, found.title, " ".join([found.summary, *found.remarks]))
    for title, heads, rows in found.tables:
        table(made, title, heads, rows)
    for chart in found.pictures:
        picture(made, chart.as_svg())
    heading(made, words.say("Sources and ranges"))
    made.set_font(FONT, size=6.5)
    for one in found.sources:
        made.multi_cell(0, 3.4, ": ".join(filter(None, one)), new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())
