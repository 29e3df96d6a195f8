"""How the server fares, for a monitor to read: Prometheus text at /metrics, and /healthz."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from anyio import CapacityLimiter, to_thread
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.web.kit import permissions
from mine2magnet.web.kit.responses import library

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # bounds of the buckets
NO_STORE = {"Cache-Control": "no-store"}


class Metrics:
    """The counters of one application."""

    def __init__(self, held: Library) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "mine2magnet_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "mine2magnet_http_request_seconds",
            "From a request's head to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.running = Gauge(
            "mine2magnet_http_requests_running", "Requests being answered.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(LibraryCollector(held))


class LibraryCollector(Collector):
    """What is held and what waits to be made of it, counted when asked."""

    def __init__(self, held: Library) -> None:
        self._library = held

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else the registry would count once to learn the names

    def collect(self) -> Iterator[GaugeMetricFamily]:
        store, progress = self._library.store, self._library.progress()
        runs = store.jobs.count()
        for name, what, value in (
            ("documents", "Documents held.", progress.documents),
            ("passages", "Passages that can be searched.", progress.passages),
            ("passages_embedded", "Passages that have their vector.", progress.embedded),
            ("digests_waiting", "Documents without their digest.", progress.undigested),
            ("claims_waiting", "Documents without their claims.", progress.unclaimed),
            (
                "changes_unindexed",
                "Changes of documents that cannot be searched yet.",
                store.last_change() - self._library.index.reached(),
            ),
            ("deliveries_waiting", "Matches on their way to webhooks.", store.count_deliveries()),
            ("sources_due", "Sources due to be read.", len(store.sources(due_by=datetime.now(UTC)))),
            ("runs_waiting", "Runs of models that wait.", runs["queued"]),
            ("runs_computing", "Runs of models that are computed.", runs["running"]),
            ("reading", "1 while a source is being read.", int(bool(progress.reading))),
        ):
            yield GaugeMetricFamily(f"mine2magnet_{name}", what, value)


def metrics(request: Request) -> Response:
    permissions.require(request, "read")
    kept: Metrics = request.app.state.metrics
    return Response(generate_latest(kept.registry), media_type=CONTENT_TYPE_LATEST, headers=NO_STORE)


_health = CapacityLimiter(1)  # a thread of its own: however busy the others, this is answered


async def health(request: Request) -> Response:
    """200 if the server answers and its store can be read, else 503."""
    try:
        await to_thread.run_sync(library(request).store.last_change, limiter=_health)
    except UserError as error:
        return JSONResponse({"status": "failing", "detail": error.what}, 503, NO_STORE)
    return JSONResponse({"status": "ok"}, headers=NO_STORE)
