"""Channels: each publisher of documents held is one, and so is each topic. To follow one changes what
`following` and `timeline` show to the key that asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.text import fold
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Filters, Follow, Topic
from mine2magnet.web.reportify import recent, shapes
from mine2magnet.web.reportify.request import Call, route


@dataclass(frozen=True, slots=True)
class Channel:
    """`topic` is None for a source, whose name is that of the publisher."""

    id: str
    name: str
    topic: Topic | None = None

    @property
    def kind(self) -> Literal["source", "topic"]:
        return "topic" if self.topic else "source"

    @property
    def names(self) -> tuple[str, ...]:
        """The names it may be looked for by."""
        return (self.topic.name, self.topic.slug, *self.topic.names.values()) if self.topic else (self.name,)


def every(library: Library, language: str) -> dict[str, Channel]:
    """All channels by id: topics in the order of the pages, then sources, the largest first."""
    found = [
        Channel(shapes.channel_of_topic(topic), topic.names.get(language, topic.name), topic)
        for topic in library.store.topics()
    ]
    sources = library.index.search("", limit=0).facets.get("source", {})
    found += [Channel(shapes.channel_of_source(name), name) for name in sources]
    return {channel.id: channel for channel in found}


def find(library: Library, id: str, language: str = "en") -> Channel:
    channel = every(library, language).get(id)
    if channel is None:
        raise NotFound(f"no channel {id[:60]!r}", where="channel_id", hint="channels.search finds their ids")
    return channel


def documents(library: Library, channels: Iterable[Channel]) -> frozenset[str]:
    """Ids of the documents of any of the channels."""
    channels = list(channels)
    sources = tuple(channel.name for channel in channels if channel.topic is None)
    found = library.index.passing(Filters(source=sources)) if sources else frozenset()
    for channel in channels:
        if channel.topic is not None:
            found |= topics.members(library.store, library.index, channel.topic)
    return found


def followed(asked: Call) -> dict[str, datetime]:
    """Ids of the channels that the caller follows → since when."""
    return asked.library.store.follows.followed(asked.caller.owner, "channel")


def shape(library: Library, channel: Channel, since: datetime | None) -> dict[str, Any]:
    return {
        "id": channel.id,
        "channel_id": channel.id,
        "name": channel.name,
        "type": channel.kind,
        "doc_count": len(documents(library, [channel])),
        "following": since is not None,
        "followed_at": shapes.when(since),
    }


def _page(asked: Call, found: list[Channel], since: Mapping[str, datetime]) -> dict[str, Any]:
    number, size = page = asked.page()
    shown = found[(number - 1) * size : number * size]
    items = [shape(asked.library, channel, since.get(channel.id)) for channel in shown]
    return shapes.paged("channels", items, len(found), page)


def search(asked: Call) -> dict[str, Any]:
    """Find channels by part of a name, in any language and script, or by an address documents came from."""
    query = asked.needed("query")
    channels = every(asked.library, asked.language).values()
    if "://" in query:
        at = set(asked.library.store.follows.at_host(_host(query)).values())
        found = [channel for channel in channels if channel.topic is None and channel.name in at]
    else:
        wanted = fold(query)
        named = {c.id: [fold(name) for name in c.names] for c in channels}
        found = [c for c in channels if any(wanted in name for name in named[c.id])]
        found.sort(key=lambda c: wanted not in named[c.id])  # whose very name it is first
    return _page(asked, found, followed(asked))


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise UserError("not an address", where="query", hint="e.g. https://example.com")
    return host.removeprefix("www.")


def followings(asked: Call) -> dict[str, Any]:
    since, known = followed(asked), every(asked.library, asked.language)
    return _page(asked, [known[id] for id in since if id in known], since)


def follow(asked: Call) -> dict[str, Any]:
    channel = find(asked.library, asked.path["channel"], asked.language)
    asked.library.store.follows.follow(asked.caller.owner, Follow("channel", channel.id))
    return shape(asked.library, channel, followed(asked)[channel.id])


def unfollow(asked: Call) -> dict[str, Any]:
    id = asked.path["channel"]
    if not asked.library.store.follows.unfollow(asked.caller.owner, Follow("channel", id)):
        find(asked.library, id)
    return {"message": "not followed any more", "channel_id": id, "following": False}


def docs(asked: Call) -> dict[str, Any]:
    """The newest documents of these channels, or of all that are followed."""
    known = every(asked.library, asked.language)
    if ids := [id for id in map(str.strip, asked.text("channel_ids").split(",")) if id]:
        channels = [find(asked.library, id) for id in ids]
    else:
        channels = [known[id] for id in followed(asked) if id in known]
    return recent.paged(asked, "docs", documents(asked.library, channels))


ROUTES = [
    route("/v1/channels/search", search, "POST"),
    route("/v1/channels/followings", followings),
    route("/v1/channels/followings/docs", docs),
    route("/v1/channels/{channel}/follow", follow, "POST", "write"),
    route("/v1/channels/{channel}/unfollow", unfollow, "DELETE", "write"),
]
