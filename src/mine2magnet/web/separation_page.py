"""A separation plant in the browser: a form, and what it takes; the same as JSON.

Nothing is stored: the address of a GET holds the whole case, so a result can be linked to and asked again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet import separation_case, separation_data, separation_report
from mine2magnet.errors import Busy, UserError
from mine2magnet.web.reply import reply, translator

DRAWS = 100  # of the Monte Carlo; the command line takes any number
MOST_PRODUCTS = 8  # each more is a cut more to size, some seconds
LONGEST = 2000  # characters of a field
MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
EXAMPLE = {
    "feed": "ionic-clay-mid-y",
    "shares": "",
    "extractant": "P507",
    "factors": "",
    "products": "La+Ce 2N\nPr+Nd 3N\nSm+Eu+Gd 2N\nTb 3N\nDy 3N\nHo+Y+Er+Tm+Yb+Lu 2N",
    "efficiency": "0.95",
    "throughput": "3000",
    "startup_days": "60",
    "chemistry": "",
}

_one_at_a_time = threading.Lock()  # solving fills a core for some seconds


async def page(request: Request) -> Response:
    """The form; with `products` in the query, also what the plant comes to."""
    asked = request.query_params
    words = separation_data.words(translator(request).language)

    def say(text: str) -> str:
        return words.get(text, text)

    given = {name: asked.get(name, default) for name, default in EXAMPLE.items()}
    sites = asked.getlist("site") or separation_data.sites()
    content: dict[str, Any] = {"result": None}
    shown: dict[str, Any] = {"tables": [], "pictures": [], "sources": [], "error": None, "status": 200}
    if "products" in asked:
        try:
            answer = await run_in_threadpool(_solve, given, sites)
        except UserError as error:
            shown |= {"error": error, "status": error.status}
            content = {"error": str(error)}
        else:
            content = {"result": separation_report.plain(answer)}
            shown |= {
                "tables": separation_report.tables(answer, say),
                "pictures": [Markup(svg) for svg in separation_report.pictures(answer, say)],  # noqa: S704
                "sources": separation_report.sources(answer),
            }
    return reply(
        request,
        "separation.html",
        content,
        form=given,
        sites=sites,
        all_sites=separation_data.sites(),
        feeds=separation_data.feeds(),
        extractants=separation_data.extractants(),
        say=say,
        query=_query(given, sites),
        **shown,
    )


async def report(request: Request) -> Response:
    """The report of the case in the query, as HTML or PDF."""
    asked, format = request.query_params, request.path_params["format"]
    if format not in MEDIA:
        raise UserError(f"no format {format!r}", mend="use " + ", ".join(MEDIA))
    given = {name: asked.get(name, default) for name, default in EXAMPLE.items()}
    answer = await run_in_threadpool(_solve, given, asked.getlist("site") or separation_data.sites())
    write: Callable[[separation_case.Answer], str | bytes] = (
        separation_report.html if format == "html" else separation_report.pdf
    )
    return Response(
        await run_in_threadpool(write, answer),
        media_type=MEDIA[format],
        headers={"Content-Disposition": f"attachment; filename=separation.{format}"},
    )


def _query(given: Mapping[str, str], sites: list[str]) -> str:
    """The case as the query of an address."""
    return urlencode([*given.items(), *(("site", site) for site in sites)])


def _solve(given: Mapping[str, str], sites: list[str]) -> separation_case.Answer:
    case = separation_case.from_mapping(case_of(given, sites))
    if len(case.products) > MOST_PRODUCTS:
        raise UserError(
            f"{len(case.products)} products are more than the page takes ({MOST_PRODUCTS})",
            where="products",
            mend="use the command line: mine2magnet separate",
        )
    if not _one_at_a_time.acquire(timeout=20):
        raise Busy("another case is being solved", mend="try again in some seconds")
    try:
        return separation_case.solve(case)
    finally:
        _one_at_a_time.release()


def case_of(given: Mapping[str, str], sites: list[str]) -> dict[str, Any]:
    """The fields as a case. Products: a line each, `Pr+Nd 3N`; shares and factors: `Nd 75`, `Nd/Pr 1.55`."""
    for name, value in given.items():
        if len(value) > LONGEST:
            raise UserError(f"more than {LONGEST} characters", where=name)
    products = []
    for line in _lines(given["products"]):
        elements, *purity = line.split()
        products.append(
            {"elements": elements.split("+"), **({"purity": _value(purity[0])} if purity else {})}
        )
    factors = _pairs(given["factors"], "factors")
    shares = _pairs(given["shares"], "feed")
    return {
        "feed": shares or given["feed"],
        "extractant": given["extractant"] or None,
        **({"factors": factors} if factors else {}),
        "products": products,
        "sites": sites,
        "draws": DRAWS,
        "chemistry": bool(given["chemistry"]),
        **{name: _value(given[name]) for name in ("efficiency", "throughput", "startup_days")},
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n;]", text) if line.strip()]


def _pairs(text: str, where: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for line in _lines(text):
        name, *numbers = re.split(r"[\s:,]+", line)
        if len(numbers) not in (1, 3):
            raise UserError(f"{line!r:.40} is not a name and a number", where=where, mend="one a line: Nd 75")
        values = [_value(number) for number in numbers]
        made[name] = values[0] if len(values) == 1 else values
    return made


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
