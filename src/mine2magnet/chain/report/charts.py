"""Charts of a chain: fans of a weekly quantity, flows from mines to end uses and between countries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain import Network, Node, Trace
from mine2magnet.chain.io.tables import rows
from mine2magnet.chain.report.result import Result, Series
from mine2magnet.charts.axis import Axis
from mine2magnet.charts.chart import Chart, Say, slug
from mine2magnet.charts.flows import Flow, Place, StageFlowChart
from mine2magnet.charts.svg import GREY, PALETTE
from mine2magnet.charts.world import FlowMap
from mine2magnet.charts.xy import ChartSeries, XYChart

MAPPED = ("Nd", "Dy")  # elements of which flows are drawn
SHOWN = 4  # end uses, and prices, of which fans are drawn
STAGES = ("mine", "separation", "recycling", "metal", "magnet", "end use")
COLOURS = {
    "China": "#c0392b",
    "Rest of Asia": "#b8760a",
    "Japan": "#9a50ba",
    "Europe": "#2471a3",
    "United States": "#1e8449",
    "Australia": "#148f77",
    "Africa": "#9c6a1c",
}


def fan(series: Series, say: Say = str) -> XYChart:
    """Return the quantiles of a weekly quantity as a band and a line.

    Parameters
    ----------
    series : Series
        P10, P50 and P90, a value for each week.
    say : callable
        Gives a phrase in the reader's language.
    """
    low, middle, high = (tuple(np.nan if v is None else v for v in one) for one in series.weekly)
    weeks = range(len(middle))
    spread = say("P10 to P90, four fifths of the draws")
    band = ChartSeries(spread, weeks, low, high, "band", PALETTE[0], ends=("P10", "P90"))
    line = ChartSeries(say("median (P50)"), weeks, middle, colour=PALETTE[0])
    x, y = Axis(say("week")), Axis(say(series.unit), include=(0, 1))
    return XYChart(
        title=say(series.name), id=slug(f"{series.name} {series.unit}"), say=say, x=x, y=y,
        series=(band, line), width=420, height=150,
    )  # fmt: skip


def fans(found: Result, say: Say = str) -> list[XYChart]:
    """Return the fans of the weekly series that move most.

    Parameters
    ----------
    found : Result
        What a run shows.
    say : callable
        Gives a phrase in the reader's language.
    """
    return [fan(s, say) for s in (*found.served[:SHOWN], *found.prices[:SHOWN])]


def of_page(network: Network, found: Result, likely: Trace, say: Say = str) -> list[Chart]:
    """Return the charts that a page shows of a run: fans of the weekly series that move most, and maps.

    Parameters
    ----------
    network : Network
        Checked tables.
    found : Result
        What a run shows.
    likely : Trace
        The most likely draw.
    say : callable
        Gives a phrase in the reader's language.
    """
    flow = worst_half_year(likely)
    return [
        *fans(found, say),
        *(world(network, flow, element, element, say) for element in MAPPED),
    ]


def worst_half_year(trace: Trace) -> NDArray[np.float64]:
    """Return the mean weekly shipments of the 26 weeks in which end uses lose most.

    Parameters
    ----------
    trace : Trace
        One draw, recorded in full.

    Returns
    -------
    array
        t a week, of each arc.
    """
    lost = np.maximum(trace.wanted - trace.level[:, trace.network.places("demands", "node")], 0.0).sum(axis=1)
    span = min(26, len(lost))
    sums = np.convolve(lost, np.ones(span), "valid")
    begin = int(np.argmax(sums))
    mean: NDArray[np.float64] = trace.shipped[begin : begin + span].mean(axis=0)
    return mean


def stages(
    network: Network, flow: NDArray[np.float64], element: str, title: str, say: Say = str
) -> StageFlowChart:
    """Return what flows of one element from mines to end uses, nodes gathered by stage and region.

    Parameters
    ----------
    network : Network
        Checked tables, with the normal flows.
    flow : array
        t a week, of each arc.
    element : str
        Symbol of the element.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    flows = _flows(network, flow, element, lambda node: (node.region, node.stage))
    columns = *STAGES, *sorted({node.stage for node in network.nodes} - set(STAGES))
    return StageFlowChart(
        title=title, id=slug(f"stages {title}"), say=say, unit="t a week", flows=flows, colours=COLOURS,
        columns=columns,
    )  # fmt: skip


def world(network: Network, flow: NDArray[np.float64], element: str, title: str, say: Say = str) -> FlowMap:
    """Return a map of what flows of one element between countries, and of what normally does.

    Countries without a place in data/chain/places.csv are named beneath.

    Parameters
    ----------
    network : Network
        Checked tables, with the normal flows.
    flow : array
        t a week, of each arc.
    element : str
        Symbol of the element.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    flows = _flows(network, flow, element, lambda node: (node.country,))
    colours = {node.country: COLOURS.get(node.region, GREY) for node in reversed(network.nodes)}
    places = {row["country"]: (float(row["east"]), float(row["north"])) for row in rows("places")}
    return FlowMap(
        title=title, id=slug(f"map {element}"), say=say, unit=f"t {element} a week",
        flows=flows, colours=colours, places=places,
    )  # fmt: skip


def _flows(
    network: Network, flow: NDArray[np.float64], element: str, place: Callable[[Node], Place]
) -> tuple[Flow, ...]:
    content = network.content[network.places("arcs", "material"), network.elements.index(element)]
    ends = (network.places("arcs", side) for side in ("supplier", "buyer"))
    found: dict[tuple[Place, Place], list[float]] = {}
    for a, b, *amounts in zip(*ends, flow * content, network.flow * content, strict=True):
        if max(amounts) > 0:
            sums = found.setdefault((place(network.nodes[a]), place(network.nodes[b])), [0.0, 0.0])
            for k, amount in enumerate(amounts):
                sums[k] += float(amount)
    return tuple(Flow(*ends, *sums) for ends, sums in found.items())
