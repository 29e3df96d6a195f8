"""What the watches have found: a page, and Atom feeds (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.alerts import webhooks
from mine2magnet.alerts.describe import condition
from mine2magnet.core import atom as feeds
from mine2magnet.model import Match, Watch
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording

PAGE = 30  # matches on a page
IN_FEED = 100  # entries of a feed


def inbox(request: Request) -> Response:
    held, asked = library(request), request.query_params
    store = held.store
    watch = store.watch(asked["watch"]) if asked.get("watch") else None
    id, unread, offset = watch.id if watch else None, bool(asked.get("unread")), query_params.offset(asked)
    return reply(
        request,
        "inbox.html",
        {
            "watch": watch,
            "matches": store.matches(id, unread=unread, limit=PAGE, offset=offset),
            "total": store.count_matches(id, unread=unread),
            "unread": store.count_matches(id, unread=True),
            "offset": offset,
            "limit": PAGE,
            "watches": watches(request),
        },
        names={one.id: one.name for one in store.watches()},
        only_unread=unread,
        words=Wording(translator(request), held.thesaurus),
    )


def watches(request: Request) -> list[dict[str, object]]:
    """Each watch with what it looks out for in words, how much it has found, and how its webhook does."""
    held = library(request)
    words = Wording(translator(request), held.thesaurus)
    waiting = held.store.waiting()
    return [
        {
            "watch": watch,
            "condition": condition(watch, held.store, held.thesaurus, words.t.language, words.unit),
            "matches": held.store.count_matches(watch.id),
            "waiting": waiting.get(watch.id, (0, ""))[0],
            "reason": waiting.get(watch.id, (0, ""))[1],
        }
        for watch in held.store.watches()
    ]


async def mark_read(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=PAGE + 10) as fields:
        return await run_in_threadpool(_mark_read, request, fields)


def _mark_read(request: Request, fields: FormData) -> Response:
    """The matches named, else all of the watch named, else all."""
    ids = [str(value) for value in fields.getlist("id")] or None
    watch = str(fields.get("watch", "")) or None
    with library(request).store.writing() as writer:
        writer.mark_read(ids, watch)
    return RedirectResponse("/inbox" + (f"?watch={watch}" if watch else ""), 303)


def feed(request: Request) -> Response:
    store = library(request).store
    watch = store.watch(request.path_params["watch"]) if "watch" in request.path_params else None
    matches = store.matches(watch.id if watch else None, limit=IN_FEED)
    names = {one.id: one.name for one in store.watches()}
    return Response(
        atom(str(request.base_url).rstrip("/"), request.url.path, matches, watch, names),
        media_type="application/atom+xml",
        headers={"Cache-Control": "private, no-cache"},
    )


def atom(home: str, path: str, matches: Sequence[Match], watch: Watch | None, names: dict[str, str]) -> bytes:
    """A feed of matches, the latest first. Its entries keep their ids and dates whenever it is asked for."""
    latest = matches[0].seen if matches else watch.made if watch else None
    title = f"mine2magnet · {watch.name}" if watch else "mine2magnet"
    root = feeds.feed(f"{home}{path}", title, f"{home}/inbox", latest)
    for match in matches:
        entry = feeds.put(root, "entry")
        feeds.put(entry, "id", f"urn:uuid:{match.id}")
        feeds.put(entry, "title", f"{names.get(match.watch, '')}: {match.title}")
        feeds.put(entry, "updated", feeds.time(match.seen))
        if match.published:
            feeds.put(entry, "published", feeds.time(match.published))
        feeds.put(feeds.put(entry, "author"), "name", match.source)
        feeds.put(entry, "link", rel="alternate", type="text/html", href=home + webhooks.path(match))
        feeds.put(entry, "category", term=names.get(match.watch, match.watch))
        feeds.put(entry, "content", match.sentence, type="text")
    return feeds.written(root)
