"""A company's tables, sent by the browser, put under a scenario: a run whose address shows its form, too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.background import models
from mine2magnet.chain.io import company_tables, scenarios, tables
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.report import company as reports
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.model import Job
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator, wants_json

FILES = 20  # sent at a time
NAMES = {company_tables.WORKBOOK, *(f"{name}.csv" for name in company_tables.COLUMNS)}
FIELDS = ("scenario", "budget", "draws")  # beside the files, as the form has them


async def shown(request: Request) -> Response:
    return await run_in_threadpool(_page, request, {}, None)


def example(_: Request) -> Response:
    """The example's tables, as a ZIP file of CSV."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in company_tables.COLUMNS:
            packed.write(tables.reference() / "company" / f"{name}.csv", f"{name}.csv")
    headers = {"Content-Disposition": 'attachment; filename="company.zip"'}
    return Response(made.getvalue(), media_type="application/zip", headers=headers)


async def run(request: Request) -> Response:
    """Have the tables put under the scenario, and go to where that is shown; mistakes are told at once."""
    async with request.form(max_files=FILES, max_fields=10) as fields:
        files = {
            Path(one.filename or "").name: await one.read()
            for one in fields.getlist("files")
            if isinstance(one, UploadFile)
        }
        given = {name: str(fields[name]) for name in FIELDS if str(fields.get(name) or "")}
        before = str(fields.get("job") or "")
    job = None
    try:
        job = await run_in_threadpool(_own, request, before)
        sent, faults = await run_in_threadpool(_sent, request, files, job)
        if faults:
            return await run_in_threadpool(_page, request, given, job, faults=faults)
        asked = decode(CompanyRequest, {**given, "tables": sent}, written=True)
        made, _ = await jobs.put(request, "company", asked, anew=True)
    except UserError as error:
        if wants_json(request):
            raise
        return await run_in_threadpool(_page, request, given, job, error=error)
    return RedirectResponse(f"/jobs/{made.id}", 303)


def _own(request: Request, id: str) -> Job | None:
    """The run whose tables the form goes on with: whoever sees its result need not get them."""
    job = library(request).store.jobs.get(id) if id else None
    return job if job and job.kind == "company" and job.owner == request.state.caller.owner else None


def _sent(
    request: Request, files: Mapping[str, bytes], before: Job | None
) -> tuple[dict[company_tables.TableName, str], list[str]]:
    """The tables that came, with those of the run before that they do not replace; and all that is wrong."""
    known = {name: held for name, held in files.items() if name in NAMES}  # others are none of ours
    kept = models.asked("company", before.input).tables if before else {}
    if not known and not kept:
        t = translator(request)
        raise UserError(t("company.none", names=", ".join(sorted(NAMES))))
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, held in known.items():
            (folder / file).write_bytes(held)
        for table, text in kept.items():
            if not {f"{table}.csv", company_tables.WORKBOOK} & set(known):
                (folder / f"{table}.csv").write_text(text, "utf-8", newline="")
        _, faults = company_tables.check(folder, models.network())
        if faults:
            return {}, [
                str(jobs.worded(fault, translator(request))).replace(f"{folder}: ", "") for fault in faults
            ]
        return company_tables.texts(folder), []


async def page(request: Request, _: QueryParams, job: Job) -> Response:
    """The form of a run, and what comes of it."""
    return await run_in_threadpool(_page, request, _form(models.asked("company", job.input)), job)


def _form(asked: CompanyRequest) -> dict[str, str]:
    """Return what the form says beside the files; a scenario of one's own is none that it could name."""
    told = {}
    for name in FIELDS:
        value = getattr(asked, name)
        if isinstance(value, str | int | float) and value != fields_of(CompanyRequest)[name].default:
            told[name] = f"{value:g}" if isinstance(value, float) else str(value)
    return told


def _page(
    request: Request,
    given: Mapping[str, str],
    job: Job | None,
    *,
    faults: Sequence[str] = (),
    error: UserError | None = None,
) -> Response:
    store, t = library(request).store, translator(request)
    found: reports.CompanyReport | None = None
    amiss = bool(faults or error)
    if job is not None and job.ended and not amiss:
        try:
            found = jobs.result(store, job)
        except UserError as failed:
            error = failed
    state = jobs.shown(store, job, t) if job and not amiss else None
    own = _own(request, job.id) if job else None
    return reply(
        request,
        "company.html",
        {"scenario": given.get("scenario", ""), "faults": faults, "report": found},
        status=400 if faults else error.status if error else 202 if state and state["waits"] else 200,
        given={name: given.get(name, "") for name in FIELDS},
        scenario=given.get("scenario") or fields_of(CompanyRequest)["scenario"].default,
        job=state,
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        own=own.id if own else "",
        own_tables=[f"{name}.csv" for name in models.asked("company", own.input).tables] if own else [],
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        **_shown(found, t),
    )


def _shown(found: reports.CompanyReport | None, t: Any) -> dict[str, Any]:
    """Return what the part of the page that shows a report needs."""
    if found is None:
        return {}
    return {
        "remarks": reports.remarks(found, t),
        "chart": reports.chart(found, t),
        "tables": [one for one in reports.tables(found, t) if one[2]],
    }
