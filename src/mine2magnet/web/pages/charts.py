"""A chart at its own address: the picture as SVG and PNG, its data as CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.charts.chart import Chart
from mine2magnet.core.errors import NotFound
from mine2magnet.core.pdf import as_png
from mine2magnet.web.pages import compare, figures, separation, stress, topic_stress

FORMATS: dict[str, tuple[str, Callable[[Chart], str | bytes]]] = {
    "svg": ("image/svg+xml; charset=utf-8", lambda chart: chart.as_svg()),
    "png": ("image/png", lambda chart: as_png(chart.as_svg())),
    "csv": ("text/csv; charset=utf-8", lambda chart: chart.as_csv()),
    "json": ("application/json", lambda chart: chart.as_json()),
}


async def of_stress(request: Request) -> Response:
    return _answered(request, await stress.charts_of(request))


async def of_topic_stress(request: Request) -> Response:
    return _answered(request, await topic_stress.charts_of(request))


async def of_separation(request: Request) -> Response:
    return _answered(request, await separation.charts_of(request))


async def of_comparison(request: Request) -> Response:
    return _answered(request, await compare.charts_of(request))


def of_figures(request: Request) -> Response:
    return _answered(request, figures.charts_of(request, request.path_params["chart"]))


def _answered(request: Request, charts: Iterable[Chart]) -> Response:
    """Return the chart that the address names, in the format that it names."""
    name, format = request.path_params["chart"], request.path_params["format"]
    chart = next((one for one in charts if one.id == name), None)
    if chart is None:
        raise NotFound(f"no chart {name[:60]!r}")
    if format not in chart.formats:
        raise NotFound(f"no format {format[:20]!r}", hint="use " + ", ".join(chart.formats))
    media, made = FORMATS[format]
    headers = {
        "Content-Disposition": f'inline; filename="{name}.{format}"',
        "Cache-Control": "private, no-cache",
    }
    headers["Vary"] = "Accept-Language, Cookie"
    return Response(made(chart), media_type=media, headers=headers)
