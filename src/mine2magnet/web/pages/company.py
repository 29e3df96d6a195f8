"""A company's tables, sent by the browser, put under a scenario; they are read once and not kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.chain.company.placement import PlacedCompany
from mine2magnet.chain.io import company_tables, scenarios, tables
from mine2magnet.chain.report import company as reports
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.web.kit.compute_lock import turn
from mine2magnet.web.kit.responses import reply, translator

FILES = 20  # sent at a time
DRAWS = 100  # some seconds
PARTS = 40  # more are for the command line
NAMES = {company_tables.WORKBOOK, *(f"{name}.csv" for name in company_tables.COLUMNS)}


class CompanyForm(Input, frozen=True, kw_only=True):
    """What the form says beside the files."""

    scenario: Annotated[str, Meta(max_length=80)] = "licence-delay"
    budget: Annotated[float | None, Meta(ge=0, le=1e9, extra={"unit": "M of the currency"})] = None


def page(request: Request) -> Response:
    return _page(request, CompanyForm())


def example(_: Request) -> Response:
    """The example's tables, as a ZIP file of CSV."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in company_tables.COLUMNS:
            packed.write(tables.reference() / "company" / f"{name}.csv", f"{name}.csv")
    headers = {"Content-Disposition": 'attachment; filename="company.zip"'}
    return Response(made.getvalue(), media_type="application/zip", headers=headers)


async def report(request: Request) -> Response:
    async with request.form(max_files=FILES, max_fields=10) as fields:
        given = [one for one in fields.getlist("files") if isinstance(one, UploadFile) and one.filename]
        said = {name: str(fields[name]) for name in ("scenario", "budget") if str(fields.get(name) or "")}
        with TemporaryDirectory() as folder:
            for one in given:
                name = Path(one.filename or "").name
                if name in NAMES:  # others are none of ours, and have no say in where they go
                    (Path(folder) / name).write_bytes(await one.read())
            return await run_in_threadpool(_report, request, said, Path(folder))


def _report(request: Request, said: dict[str, str], folder: Path) -> Response:
    t = translator(request)
    form = decode(CompanyForm, said, written=True)
    if not any(folder.iterdir()):
        raise UserError(t("company.none", names=", ".join(sorted(NAMES))))
    placed, faults = company_tables.check(folder, tables.built_in())
    told = [str(f).replace(f"{folder}: ", "") for f in faults]
    if placed is None:
        return _page(request, form, told, status=400)
    if len(placed.company.parts) > PARTS:
        raise UserError(t("company.parts", n=PARTS))
    return _page(request, form, found=_run(placed, form))


def _run(placed: PlacedCompany, form: CompanyForm) -> reports.CompanyReport:
    money = None if form.budget is None else form.budget * reports.M
    with turn():
        return reports.report(placed, scenarios.preset(form.scenario), DRAWS, money)


def _page(
    request: Request,
    form: CompanyForm,
    faults: Sequence[str] = (),
    found: reports.CompanyReport | None = None,
    status: int = 200,
) -> Response:
    t = translator(request)
    return reply(
        request,
        "company.html",
        {"scenario": form.scenario, "budget": form.budget, "faults": faults, "report": found},
        status=status,
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        remarks=reports.remarks(found, t) if found else [],
        chart=reports.chart(found, t) if found else None,
        tables=[one for one in reports.tables(found, t) if one[2]] if found else [],
    )
