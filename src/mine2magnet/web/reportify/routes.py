"""All routes of the client's API."""

from __future__ import annotations

from starlette.routing import BaseRoute

from mine2magnet.web.reportify import channels, following, market, timeline, user

ROUTES: list[BaseRoute] = [
    *channels.ROUTES,
    *following.ROUTES,
    *market.ROUTES,
    *timeline.ROUTES,
    *user.ROUTES,
]
