"""All routes of the client's API."""

from __future__ import annotations

from starlette.routing import BaseRoute

from mine2magnet.web.reportify import (
    agent,
    channels,
    chat,
    concepts,
    crawl,
    docs,
    following,
    kb,
    market,
    search,
    timeline,
    uploads,
    user,
)

ROUTES: list[BaseRoute] = [
    *agent.ROUTES,
    *channels.ROUTES,
    *chat.ROUTES,
    *concepts.ROUTES,
    *crawl.ROUTES,
    *uploads.ROUTES,  # before /v1/docs/{id}
    *docs.ROUTES,
    *following.ROUTES,
    *kb.ROUTES,
    *market.ROUTES,
    *search.ROUTES,
    *timeline.ROUTES,
    *user.ROUTES,
]
