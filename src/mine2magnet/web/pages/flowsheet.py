"""A flowsheet of several trains in the browser: its case as YAML in the address, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.background import models
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model import Job
from mine2magnet.separation.report import flowsheet_result, profiles
from mine2magnet.separation.report import report as reports
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.store import Store
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator

LONGEST = 8000  # characters of a case: it goes in an address
MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
WRITERS: dict[str, Callable[[FlowsheetStudy, Translator], str | bytes]] = {
    "html": reports.html,
    "pdf": reports.pdf,
    "csv": lambda study, _: profiles.as_csv(study),
}


def example() -> str:
    """Return the case that the form begins with."""
    return (resources.files("mine2magnet") / "data" / "separation" / "flowsheet.yaml").read_text("utf-8")


def case(text: str) -> FlowsheetCase:
    """Return the flowsheet that a text gives.

    Parameters
    ----------
    text : str
        YAML.

    Raises
    ------
    UserError
        For what is wrong, with the field.
    """
    if len(text) > LONGEST:
        raise UserError(f"more than {LONGEST} characters", where="case", hint="use the command line")
    made = cases.read_any(text)
    if not isinstance(made, FlowsheetCase):
        raise UserError(
            "a flowsheet has trains", where="case", hint="or is it a case of the separation page?"
        )
    return made


async def solved(request: Request) -> FlowsheetStudy:
    """Return the flowsheet that the address asks for, as soon as it is worked out."""
    study: FlowsheetStudy = await jobs.worked_out(request, "flowsheet", case_asked)
    return study


def case_asked(store: Store, asked: QueryParams) -> FlowsheetCase:
    """Return the flowsheet that the address gives, or that of the run that it names."""
    if id := asked.get("job"):
        job = store.jobs.get(id)
        if job.kind != "flowsheet":
            raise UserError(f"the run {id!r:.40} is of no flowsheet", where="job")
        made: FlowsheetCase = models.asked(job.kind, job.input)
        return made
    return case(asked.get("case", example()))


async def shown(request: Request) -> Response:
    """The form; with `case` in the address also what it comes to or, until then, how far it is."""
    return await page(request, request.query_params)


async def run(request: Request) -> Response:
    """Have the form's case worked out, and go to where it is shown; what is amiss is told in the form."""
    sent = await request.form(max_fields=10)
    query = QueryParams({"case": str(sent.get("case", ""))})
    try:
        made = await run_in_threadpool(case, query["case"])
        address = jobs.address("/flowsheet", query)
        job, _ = await jobs.put(request, "flowsheet", made, page=address, anew=True)
    except UserError as error:
        return await run_in_threadpool(_page, request, query, None, error)
    return RedirectResponse(f"/jobs/{job.id}#outcome", 303)


async def page(request: Request, query: QueryParams, job: Job | None = None) -> Response:
    """The form as the query has it, and what comes of it: of `job` if it is named, else of a run of it."""
    error = None
    if job is None and ("case" in query or "job" in query):
        job, error = await jobs.of_query(request, query, "flowsheet", "/flowsheet", case_asked)
    return await run_in_threadpool(_page, request, query, job, error)


def _page(request: Request, asked: QueryParams, job: Job | None, error: UserError | None = None) -> Response:
    store, t = library(request).store, translator(request)
    content: dict[str, Any] = {"result": None}
    found: dict[str, Any] = {"remarks": [], "tables": [], "picture": None}
    if job is not None and job.ended and error is None:
        try:
            study: FlowsheetStudy = jobs.result(store, job)
            content = {"result": flowsheet_result.report(study)}
            found = {
                "remarks": flowsheet_result.remarks(study, t.say),
                "tables": flowsheet_result.tables(study, t.say),
                "picture": flowsheet_result.diagram(study, t.say),
            }
        except UserError as failed:
            error = failed
    if error is not None:
        content = {"error": str(error)}
    state = jobs.shown(store, job, t) if job else None
    text = None if "job" in asked else asked.get("case", example())
    return reply(
        request,
        "flowsheet.html",
        content,
        status=error.status if error else 202 if state and state["waits"] else 200,
        case=text,
        query=str(asked) if text is None else urlencode({"case": text}),
        job=state,
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        say=t.say,
        **found,
    )


async def report(request: Request) -> Response:
    """The report of the flowsheet in the address, as HTML or PDF, or its stage profiles as CSV."""
    format = request.path_params["format"]
    if format not in MEDIA:
        raise UserError(f"no format {format!r}", hint="use " + ", ".join(MEDIA))
    study = await solved(request)
    return Response(
        await run_in_threadpool(WRITERS[format], study, translator(request)),
        media_type=MEDIA[format],
        headers={"Content-Disposition": f"attachment; filename=flowsheet.{format}"},
    )
