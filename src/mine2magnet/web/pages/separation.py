"""A separation plant in the browser: a form, and what it takes; the same as JSON.

A plant is worked out as a job, which has an address of its own; the address of a GET holds the whole case,
so a result can be linked to and asked again. A page that is not ready says how far it is and asks again, by
script or, without, by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import yaml
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.background import models
from mine2magnet.charts.chart import Chart
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model import Job
from mine2magnet.separation.report import profiles, result, tables
from mine2magnet.separation.report import report as reports
from mine2magnet.separation.study import reference_data
from mine2magnet.separation.study.schema import SITES, Case
from mine2magnet.separation.study.study import Study
from mine2magnet.store import Store
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator

LONGEST = 2000  # characters of a field
MOST_FIELDS = 200  # of a form; it has some forty
MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
WRITERS: dict[str, Callable[[Study, Translator], str | bytes]] = {
    "html": reports.html,
    "pdf": reports.pdf,
    "csv": lambda study, _: profiles.as_csv(study),
}
GROUPS = (
    ("La Ce", "2N"),
    ("Pr Nd", "3N"),
    ("Sm Eu Gd", "2N"),
    ("Tb", "3N"),
    ("Dy", "3N"),
    ("Ho Y Er Tm Yb Lu", "2N"),
)
NUMBERS = ("margin", "reserve", "entrained_aqueous", "entrained_organic", "temperature")
HEAVY = 1.0  # % of Dy in a feed from which its heavy elements are products of their own
EXAMPLE = {
    "feed": "ionic-clay-mid-y",
    "shares": "",
    "extractant": "P507",
    "factors": "",
    "efficiency": "0.95",
    "throughput": "3000",
    "startup_days": "60",
    "change_day": "10",
    "change_feed": "",
    "chemistry": "",
    "chemistry_values": "",
    "fuzzy": "",
    "name": "",
    "linked": "true",
    "draws": str(fields_of(Case)["draws"].default),
    "cuts": "",
    "calibrated": "",
    "certainty": "",
    **{name: f"{fields_of(Case)[name].default:g}" for name in NUMBERS},
    "heats": "",
    "prices": "",
    "rates": "",
}


async def shown(request: Request) -> Response:
    """The form; with `products` in the query, also what the plant comes to or, until then, how far it is."""
    return await page(request, request.query_params)


async def run(request: Request) -> Response:
    """Have the form's case worked out, and go to where it is shown; what is amiss is told in the form."""
    sent = await request.form(max_fields=MOST_FIELDS)
    query = QueryParams([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    try:
        made = await run_in_threadpool(case, query)
        job, _ = await jobs.put(
            request, "separation", made, page=jobs.address("/separation", query), anew=True
        )
    except UserError as error:
        return await run_in_threadpool(_page, request, query, None, error)
    return RedirectResponse(f"/jobs/{job.id}#outcome", 303)


async def page(request: Request, query: QueryParams, job: Job | None = None) -> Response:
    """The form as the query has it, and what comes of it: of `job` if it is named, else of a run of it."""
    error = None
    if job is None and ("products" in query or "job" in query):
        job, error = await jobs.of_query(request, query, "separation", "/separation", case_asked)
    return await run_in_threadpool(_page, request, query, job, error)


def _page(request: Request, asked: QueryParams, job: Job | None, error: UserError | None = None) -> Response:
    store, t = library(request).store, translator(request)
    say = t.say

    def named(site: str) -> str:
        said = say(site)
        return said if said != site else site.upper() if len(site) <= 3 else site.capitalize()

    given, sites = fields(asked), _sites(asked)
    content: dict[str, Any] = {"result": None}
    found: dict[str, Any] = {name: [] for name in ("remarks", "tables", "details", "pictures", "sources")}
    if job is not None and job.ended and error is None:
        try:
            answer = jobs.result(store, job)
            content, found = {"result": result.report(answer)}, _shown(answer, say)
            sites = [site.name for site in answer.sites]
        except UserError as failed:
            error = failed
    if error is not None:
        content = {"error": str(error)}
    state = jobs.shown(store, job, t) if job else None
    return reply(
        request,
        "separation.html",
        content,
        status=error.status if error else 202 if state and state["waits"] else 200,
        job=state,
        limits=jobs.limits(),
        form=None if "job" in asked else given,
        error=jobs.worded(error, t) if error else None,
        wrong="" if "job" in asked else _field(error, given),
        sites=sites,
        all_sites=reference_data.sites(),
        feeds=reference_data.feeds(),
        examples={name: example(name) for name in reference_data.feeds()},
        extractants=reference_data.extractants(),
        say=say,
        named=named,
        query=str(asked) if "job" in asked else _query(given, sites),
        **found,
    )


def _shown(answer: Study, say: Callable[[str], str]) -> dict[str, Any]:
    return {
        "starts": answer.startup_months is not None and not answer.stands,
        "remarks": tables.remarks(answer, say),
        "tables": tables.tables(answer, say),
        "details": tables.details(answer, say),
        "pictures": reports.pictures(answer, say),
        "other_cuts": reports.other_cuts(answer, say),
        "sources": reports.sources(answer, say),
    }


async def charts_of(request: Request) -> list[Chart]:
    """Return the charts of the case that an address asks for."""
    answer, say = await solved(request), translator(request).say
    return [
        *reports.pictures(answer, say),
        *(one for _, more in reports.other_cuts(answer, say) for one in more),
    ]


async def report(request: Request) -> Response:
    """The report of the case in the query, as HTML or PDF, or its stage profiles as CSV."""
    format = request.path_params["format"]
    if format not in MEDIA:
        raise UserError(f"no format {format!r}", hint="use " + ", ".join(MEDIA))
    answer = await solved(request)
    return Response(
        await run_in_threadpool(WRITERS[format], answer, translator(request)),
        media_type=MEDIA[format],
        headers={"Content-Disposition": f"attachment; filename=separation.{format}"},
    )


async def solved(request: Request) -> Study:
    """Return the plant of the case in the query, as soon as it is worked out."""
    answer: Study = await jobs.worked_out(request, "separation", case_asked)
    return answer


def fields(asked: QueryParams) -> dict[str, str]:
    """The form as the address has it, filled up with an example of the feed."""
    given = {name: asked.get(name, default) for name, default in EXAMPLE.items()}
    return {**given, "products": asked.get("products", example(given["feed"]))}


def _sites(asked: QueryParams) -> list[str]:
    return asked.getlist("site") or list(SITES)


def example(feed: str) -> str:
    """Products that a preset may be parted into, as the form has them."""
    if feed not in reference_data.feeds():
        return ""
    held = reference_data.feed(feed)
    groups = [([e for e in names.split() if e in held], purity) for names, purity in GROUPS]
    if held.get("Dy", 0.0) < HEAVY:
        groups[2:] = [([e for names, _ in groups[2:] for e in names], "2N")]
    return "\n".join(f"{'+'.join(names)} {purity}" for names, purity in groups if names)


def _query(given: Mapping[str, str], sites: list[str]) -> str:
    """The case as the query of an address."""
    return urlencode([*given.items(), *(("site", site) for site in sites)])


def _field(error: UserError | None, given: Mapping[str, str]) -> str:
    """Return which field of the form an error stands in, "" if none."""
    if error is None:
        return ""
    if error.where.startswith("change.day"):
        return "change_day"
    name = re.split(r"[.\[ ]", error.where)[0]
    if name == "feed" and given["shares"]:
        return "shares"
    if name == "chemistry" and given["chemistry_values"]:
        return "chemistry_values"
    name = {"change": "change_feed", "sites": "site"}.get(name, name)
    return name if name in given or name == "site" else ""


def case_asked(store: Store, asked: QueryParams) -> Case:
    """Return the case that the address asks for, or that of the run that it names."""
    if id := asked.get("job"):
        job = store.jobs.get(id)
        if job.kind != "separation":
            raise UserError(f"the run {id!r:.40} is of no plant", where="job")
        made: Case = models.asked(job.kind, job.input)
        return made
    return case(asked)


def case(asked: QueryParams) -> Case:
    """Return the case that the address asks for; a UserError says what is amiss."""
    return decode(Case, case_of(fields(asked), _sites(asked)), written=True)


def case_of(given: Mapping[str, str], sites: list[str]) -> dict[str, Any]:
    """Return the fields as a case written out. Products: a line each, `Pr+Nd 3N`, `Dy 3N recovery 0.99`, `Eu
    0.6 draw`; shares, factors, prices: `Nd 75`, `Nd/Pr 1.4 1.55 2.1`."""
    for name, value in given.items():
        if len(value) > LONGEST:
            raise UserError(f"more than {LONGEST} characters", where=name)
    other = given["change_feed"].strip()
    changed = other if other in reference_data.feeds() else _pairs(other, "change.feed")
    return {
        **({"name": given["name"]} if given["name"] else {}),
        "feed": _pairs(given["shares"], "feed") or given["feed"],
        "extractant": given["extractant"],
        **{name: _pairs(given[name], name) for name in ("factors", "heats", "prices", "rates")},
        "products": [_product(line) for line in _lines(given["products"])],
        "cuts": [_standing(line) for line in _lines(given["cuts"])],
        **({"calibrated": _calibrated(given["calibrated"])} if given["calibrated"].strip() else {}),
        "sites": sites,
        **({"change": {"day": given["change_day"], "feed": changed}} if changed else {}),
        "chemistry": _chemistry(given["chemistry_values"]) or bool(given["chemistry"]),
        "fuzzy": bool(given["fuzzy"]),
        **{name: given[name] for name in ("efficiency", "throughput", "startup_days", "linked", "draws")},
        **{name: given[name] for name in NUMBERS},
        "certainty": given["certainty"].strip() or None,
    }


def _product(line: str) -> dict[str, Any]:
    elements, *rest = line.split()
    recovery = {}
    if "recovery" in rest[:-1]:
        at = rest.index("recovery")
        recovery, rest = {"recovery": rest[at + 1]}, rest[:at] + rest[at + 2 :]
    purity = [word for word in rest if word != "draw"]
    if len(purity) > 1:
        raise UserError(
            f"{line!r:.40} is not elements and a purity", where="products", hint="one a line: Pr+Nd 3N"
        )
    return {
        "elements": elements.split("+"),
        **({"purity": purity[0]} if purity else {}),
        **recovery,
        "draw": "draw" in rest,
    }


def _calibrated(text: str) -> dict[str, Any] | str:
    """Read what `mine2magnet calibrate` wrote, pasted, or `measured`; a case file may name the file, a page
    reads none."""
    if text.strip() == "measured":
        return "measured"
    try:
        made = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        made = None
    if not isinstance(made, dict):
        raise UserError("not a calibrated set", where="calibrated", hint="paste what calibrate wrote")
    return made


def _standing(line: str) -> dict[str, Any]:
    """A cut that stands: `Nd/Pr extraction 72 scrub 72 organic_flow 4.1 draw_stage 9 draw_flow 0.1`."""
    parts, *rest = re.split(r"[\s:,]+", line)
    if len(rest) % 2:
        raise UserError(
            f"{line!r:.40} is not a pair with names and numbers",
            where="cuts",
            hint="one a line: Nd/Pr extraction 72 scrub 72",
        )
    made: dict[str, Any] = {"parts": parts}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        table, _, key = name.partition("_")
        if table == "draw" and key:
            made.setdefault("draw", {})[key] = value
        else:
            made[name] = value
    return made


def _chemistry(text: str) -> dict[str, Any]:
    """Settings of one's own: `scrub_acid 5`, `constants Nd 0.1`, `drift Nd/Pr -0.08`."""
    made: dict[str, Any] = {}
    for line in _lines(text):
        match re.split(r"[\s:,]+", line):
            case [name, number]:
                made[name] = number
            case ["constants" | "drift" as table, name, number]:
                made.setdefault(table, {})[name] = number
            case _:
                raise UserError(
                    f"{line!r:.40} is not a name and a number",
                    where="chemistry",
                    hint="one a line: scrub_acid 5",
                )
    return made


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n;]", text) if line.strip()]


def _pairs(text: str, where: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for line in _lines(text):
        name, *numbers = re.split(r"[\s:,]+", line)
        if len(numbers) not in (1, 2, 3):
            raise UserError(f"{line!r:.40} is not a name and a number", where=where, hint="one a line: Nd 75")
        made[name] = numbers[0] if len(numbers) == 1 else numbers
    return made
