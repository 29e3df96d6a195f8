"""The newest documents of what the caller follows, by itself or in a group."""

from __future__ import annotations

from typing import Any

from mine2magnet.model import Category, Follow
from mine2magnet.web.reportify import channels, following, recent, user
from mine2magnet.web.reportify.request import Call, Handler, route

# What kind of document comes from whom; between them they have all categories.
INSTITUTES: tuple[Category, ...] = (
    "report",
    "analysis",
    "data",
    "filing",
    "financial",
    "transcript",
    "minutes",
    "paper",
)
PUBLIC_MEDIA: tuple[Category, ...] = ("news", "explainer", "webpage")
SOCIAL_MEDIA: tuple[Category, ...] = ("social",)


def companies(asked: Call) -> dict[str, Any]:
    """Documents that name a followed company."""
    symbols = user.followed(asked)
    return _newest(asked, following.documents(asked.library, (Follow("company", s) for s in symbols)))


def topics(asked: Call) -> dict[str, Any]:
    return _newest(asked, _of_channels(asked, "topic"))


def _of_sources(category: tuple[Category, ...]) -> Handler:
    """Documents of these categories from followed sources."""

    def handler(asked: Call) -> dict[str, Any]:
        return _newest(asked, _of_channels(asked, "source"), category)

    return handler


def _of_channels(asked: Call, kind: str) -> frozenset[str]:
    since = channels.followed(asked)
    known = channels.every(asked.library, asked.language)
    chosen = [known[id] for id in since if id in known and known[id].kind == kind]
    return channels.documents(asked.library, chosen)


def _newest(asked: Call, ids: frozenset[str], category: tuple[Category, ...] = ()) -> dict[str, Any]:
    return {"docs": recent.newest(asked.library, ids, asked.num(), category=category)[0]}


ROUTES = [
    route("/v1/tools/timeline/companies", companies, "POST"),
    route("/v1/tools/timeline/topics", topics, "POST"),
    route("/v1/tools/timeline/institutes", _of_sources(INSTITUTES), "POST"),
    route("/v1/tools/timeline/public-media", _of_sources(PUBLIC_MEDIA), "POST"),
    route("/v1/tools/timeline/social-media", _of_sources(SOCIAL_MEDIA), "POST"),
]
