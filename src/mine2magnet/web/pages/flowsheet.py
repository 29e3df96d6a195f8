"""A flowsheet of several trains in the browser: its case as YAML in the address, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.separation.report import flowsheet_result, profiles
from mine2magnet.separation.report import report as reports
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.flowsheets import FlowsheetStudy, served
from mine2magnet.web.kit.compute_lock import turn
from mine2magnet.web.kit.permissions import require
from mine2magnet.web.kit.responses import reply, translator, wants_json

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


def solved(text: str) -> FlowsheetStudy:
    """Return the flowsheet of a text worked out, one at a time.

    Parameters
    ----------
    text : str
    """
    given = case(text)
    with turn():
        return served(given)


async def page(request: Request) -> Response:
    """The form; with `case` in the address also what it comes to."""
    asked, say = request.query_params, translator(request).say
    text = asked.get("case", example())
    content: dict[str, Any] = {"result": None}
    shown: dict[str, Any] = {"error": None, "status": 200, "remarks": [], "tables": [], "picture": None}
    if "case" in asked:
        try:
            require(request, "run")
            study = await run_in_threadpool(solved, text)
            if wants_json(request):
                content = {"result": flowsheet_result.report(study)}
            else:
                shown |= {
                    "remarks": flowsheet_result.remarks(study, say),
                    "tables": flowsheet_result.tables(study, say),
                    "picture": flowsheet_result.diagram(study, say),
                }
        except UserError as error:
            shown |= {"error": error, "status": error.status}
            content = {"error": str(error)}
    query = urlencode({"case": text})
    return reply(request, "flowsheet.html", content, case=text, query=query, say=say, **shown)


async def report(request: Request) -> Response:
    """The report of the flowsheet in the address, as HTML or PDF, or its stage profiles as CSV."""
    format = request.path_params["format"]
    if format not in MEDIA:
        raise UserError(f"no format {format!r}", hint="use " + ", ".join(MEDIA))
    require(request, "run")
    study = await run_in_threadpool(solved, request.query_params.get("case", example()))
    return Response(
        await run_in_threadpool(WRITERS[format], study, translator(request)),
        media_type=MEDIA[format],
        headers={"Content-Disposition": f"attachment; filename=flowsheet.{format}"},
    )
