"""The pages and the HTTP API: every page is also JSON at its address. No knowledge of its own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from mine2magnet.conversations import Desk
from mine2magnet.errors import UserError
from mine2magnet.pipeline import Library
from mine2magnet.web import (
    api,
    ask_page,
    claim_pages,
    document_page,
    figure_pages,
    inbox_page,
    log_in,
    metrics,
    premise_page,
    reply,
    risk_page,
    separation_page,
    source_pages,
    static,
    status,
    stress_page,
    topic_forms,
    topic_pages,
    watch_forms,
)
from mine2magnet.web.entrance import HEALTH, LOG_IN, LOG_OUT, METRICS, Entrance
from mine2magnet.web.observing import Observed
from mine2magnet.web.reportify.routes import ROUTES
from mine2magnet.web.security import Guard
from mine2magnet.web.sessions import Sessions


def app(library: Library) -> Starlette:
    """The application over an open library; whoever serves it also runs the library's Worker."""
    counted, sessions = metrics.Metrics(library), Sessions()
    made = Starlette(
        routes=[
            Route("/", topic_pages.first),
            Route("/topics", topic_pages.listed),
            Route("/topics/{slug}", topic_pages.topic),
            Route("/topics/{slug}/figures", figure_pages.of_topic),
            Route("/topics/{slug}/claims", claim_pages.of_topic),
            Route("/topics/{slug}/stress", premise_page.of_topic),
            Route("/topics/{slug}/claims.csv", claim_pages.as_csv),
            Route("/topics/{slug}/export.{format}", topic_pages.exported),
            Route("/topics/{slug}/edit", topic_forms.edit),
            Route("/topics/{slug}/edit", topic_forms.save_edited, methods=["POST"]),
            Route("/topics/{slug}/remove", topic_forms.remove, methods=["POST"]),
            Route("/new-topic", topic_forms.new),  # apart from /topics, where any word may be a topic's
            Route("/new-topic", topic_forms.save_new, methods=["POST"]),
            Route("/preview", topic_forms.preview),
            Route("/documents", topic_pages.documents),
            Route("/documents/{id}", document_page.document),
            Route("/documents/{id}/claims", claim_pages.of_document),
            Route("/sources", source_pages.listed),
            Route("/sources", source_pages.add, methods=["POST"]),
            Route("/sources/remove", source_pages.remove, methods=["POST"]),
            Route("/ask", ask_page.ask),
            Route("/inbox", inbox_page.inbox),
            Route("/inbox/read", inbox_page.mark_read, methods=["POST"]),
            Route("/inbox/feed.atom", inbox_page.feed),
            Route("/inbox/{watch}/feed.atom", inbox_page.feed),
            Route("/new-watch", watch_forms.new),
            Route("/new-watch", watch_forms.save, methods=["POST"]),
            Route("/watches/{id}/remove", watch_forms.remove, methods=["POST"]),
            Route("/stress", stress_page.stress),
            Route("/stress/risk", risk_page.risk),
            Route("/separation", separation_page.page),
            Route("/separation/report.{format}", separation_page.report),
            Route("/status", status.status),
            Route(LOG_IN, log_in.form),
            Route(LOG_IN, log_in.enter, methods=["POST"]),
            Route(LOG_OUT, log_in.leave, methods=["POST"]),
            Route(HEALTH, metrics.health),
            Route(METRICS, metrics.metrics),
            *ROUTES,
            api.mounted(),
            Mount(reply.static_path(), static.Files(), name="static"),
        ],
        middleware=[
            Middleware(Observed, metrics=counted),
            Middleware(Guard, settings=library.settings),
            Middleware(Entrance, library=library, logged_in=sessions),
        ],
        exception_handlers={
            UserError: reply.failed,
            HTTPException: reply.failed,
            Exception: reply.failed,
        },
    )
    made.state.desk = Desk(library)
    made.state.library, made.state.metrics, made.state.sessions = library, counted, sessions
    return made
