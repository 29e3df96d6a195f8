"""The pages and the HTTP API: every page is also JSON at its address. No knowledge of its own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from mine2magnet.ask.conversations import Desk
from mine2magnet.background.model_workers import ModelWorkers
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.web import api, static
from mine2magnet.web.kit import responses
from mine2magnet.web.kit.fragments import Fragments
from mine2magnet.web.kit.turns import in_turn
from mine2magnet.web.middleware import metrics
from mine2magnet.web.middleware.access_log import Observed
from mine2magnet.web.middleware.authentication import HEALTH, LOG_IN, LOG_OUT, METRICS, OPENID, Entrance
from mine2magnet.web.middleware.request_guard import RequestGuard
from mine2magnet.web.middleware.request_target import OriginForm
from mine2magnet.web.pages import (
    ask,
    audit,
    begin,
    brief,
    charts,
    claims,
    company,
    compare,
    concepts,
    criticality,
    document,
    figures,
    flowsheet,
    inbox,
    jobs,
    log_in,
    separation,
    settings,
    sources,
    status,
    stress,
    stress_sources,
    topic_form,
    topic_searches,
    topic_stress,
    topics,
    watch_form,
)
from mine2magnet.web.reportify.routes import ROUTES

COMPRESSED = 1_000  # bytes from which an answer is compressed: one packet carries less anyway


PAGES = (
    Route("/", topics.first),
    Route("/topics", in_turn(topics.listed)),
    Route("/topics/{slug}", in_turn(topics.topic)),
    Route("/topics/{slug}/figures", in_turn(figures.of_topic)),
    Route("/topics/{slug}/claims", in_turn(claims.of_topic)),
    Route("/topics/{slug}/claims", claims.correct_of_topic, methods=["POST"]),
    Route("/topics/{slug}/stress", topic_stress.of_topic),
    Route("/topics/{slug}/stress/charts/{chart}.{format}", charts.of_topic_stress),
    Route("/topics/{slug}/figures/charts/{chart}.{format}", charts.of_figures),
    Route("/topics/{slug}/claims.csv", claims.as_csv),
    Route("/topics/{slug}/export.{format}", topics.exported),
    Route("/topics/{slug}/brief", brief.schedule, methods=["POST"]),
    Route("/topics/{slug}/brief/stop", brief.stop, methods=["POST"]),
    Route("/topics/{slug}/searches", topic_searches.shown),
    Route("/topics/{slug}/searches", topic_searches.ask, methods=["POST"]),
    Route("/topics/{slug}/searches/stop", topic_searches.stop, methods=["POST"]),
    Route("/topics/{slug}/brief", brief.of_topic),
    Route("/topics/{slug}/brief.{format}", brief.of_topic),
    Route("/topics/{slug}/edit", topic_form.edit),
    Route("/topics/{slug}/edit", topic_form.save_edited, methods=["POST"]),
    Route("/topics/{slug}/remove", topic_form.remove, methods=["POST"]),
    Route("/new-topic", topic_form.new),  # apart from /topics, where any word may be a topic's
    Route("/new-topic", topic_form.save_new, methods=["POST"]),
    Route("/preview", topic_form.preview),
    Route("/documents", in_turn(topics.documents)),
    Route("/documents/{id}", in_turn(document.document)),
    Route("/documents/{id}/digest", in_turn(document.digest)),
    Route("/documents/{id}/claims", in_turn(claims.of_document)),
    Route("/documents/{id}/claims", claims.correct_of_document, methods=["POST"]),
    Route("/corrections.csv", claims.corrections_csv),
    Route("/concepts/{name}", in_turn(concepts.concept)),
    Route("/sources", sources.listed),
    Route("/sources", sources.add, methods=["POST"]),
    Route("/sources/remove", sources.remove, methods=["POST"]),
    Route("/sources/opml", sources.follow, methods=["POST"]),
    Route("/sources.opml", sources.as_opml),
    Route("/starter", begin.starter, methods=["POST"]),
    Route("/files", begin.files, methods=["POST"]),
    Route("/company", company.shown),
    Route("/company", company.run, methods=["POST"]),
    Route("/company/example.zip", company.example),
    Route("/stress/sources", stress_sources.rests_on),
    Route("/ask", ask.ask),
    Route("/inbox", inbox.inbox),
    Route("/inbox/read", inbox.mark_read, methods=["POST"]),
    Route("/inbox/feed.atom", inbox.feed),
    Route("/inbox/{watch}/feed.atom", inbox.feed),
    Route("/new-watch", watch_form.new),
    Route("/new-watch", watch_form.save, methods=["POST"]),
    Route("/watches/{id}/shared", watch_form.share, methods=["POST"]),
    Route("/watches/{id}/remove", watch_form.remove, methods=["POST"]),
    Route("/stress", stress.stress),
    Route("/stress", stress.run, methods=["POST"]),
    Route("/stress/charts/{chart}.{format}", charts.of_stress),
    Route("/stress/risk", criticality.risk),
    Route("/compare", compare.shown),
    Route("/compare", compare.run, methods=["POST"]),
    Route("/compare/charts/{chart}.{format}", charts.of_comparison),
    Route("/separation", separation.shown),
    Route("/separation", separation.run, methods=["POST"]),
    Route("/separation/charts/{chart}.{format}", charts.of_separation),
    Route("/jobs/{id}", jobs.job),
    Route("/jobs/{id}/cancel", jobs.cancel, methods=["POST"]),
    Route("/jobs/{id}/events", jobs.events),
    Route("/separation/report.{format}", separation.report),
    Route("/flowsheet", flowsheet.shown),
    Route("/flowsheet", flowsheet.run, methods=["POST"]),
    Route("/flowsheet/report.{format}", flowsheet.report),
    Route("/status", status.status),
    Route("/settings", settings.shown),
    Route("/settings", settings.save, methods=["POST"]),
    Route("/settings/translation", settings.add_translation, methods=["POST"]),
    Route("/settings/accounts/remove", settings.remove_account, methods=["POST"]),
    Route("/audit", audit.shown),
    Route("/settings/keys", settings.make_key, methods=["POST"]),
    Route("/settings/keys/revoke", settings.revoke_key, methods=["POST"]),
    Route(LOG_IN, log_in.form),
    Route(LOG_IN, log_in.enter, methods=["POST"]),
    Route(OPENID[0], log_in.to_provider),
    Route(OPENID[1], log_in.from_provider),
    Route(LOG_OUT, log_in.leave, methods=["POST"]),
    Route(f"{LOG_OUT}/everywhere", log_in.leave_everywhere, methods=["POST"]),
    Route(HEALTH, metrics.health),
    Route(METRICS, metrics.metrics),
)


def app(library: Library) -> Starlette:
    """The application over an open library; whoever serves it also runs the library's Worker, and
    ModelWorkers: without them a thread of this process runs models, one at a time."""
    if not library.store.jobs.listened:
        ModelWorkers(library.store)
    counted = metrics.Metrics(library)
    made = Starlette(
        routes=[
            *PAGES,
            *ROUTES,
            api.mounted(),
            Mount(responses.static_path(), static.Files(), name="static"),
        ],
        middleware=[
            Middleware(OriginForm),
            Middleware(Observed, metrics=counted),
            Middleware(GZipMiddleware, minimum_size=COMPRESSED, compresslevel=5),
            Middleware(RequestGuard, settings=library.settings),
            Middleware(Entrance, library=library),
        ],
        exception_handlers={
            UserError: responses.failed,
            HTTPException: responses.failed,
            Exception: responses.failed,
        },
    )
    made.state.desk = Desk(library)
    made.state.library, made.state.metrics = library, counted
    made.state.fragments = Fragments()
    made.state.log_ins = log_in.LogIns()
    made.state.ending = False  # whether the server is asked to end: who waits need not
    return made
