"""What the watches have found: a page, and Atom feeds (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.alerts import webhooks
from mine2magnet.alerts.describe import condition
from mine2magnet.model import Match, Watch
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording

PAGE = 30  # matches on a page
IN_FEED = 100  # entries of a feed
_ATOM = "http://www.w3.org/2005/Atom"
_HIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), " ")


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
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    latest = matches[0].seen if matches else watch.made if watch else None
    _put(root, "id", f"{home}{path}")
    _put(root, "title", f"mine2magnet · {watch.name}" if watch else "mine2magnet")
    _put(root, "updated", _time(latest))
    _put(root, "link", rel="self", type="application/atom+xml", href=f"{home}{path}")
    _put(root, "link", rel="alternate", type="text/html", href=f"{home}/inbox")
    for match in matches:
        entry = _put(root, "entry")
        _put(entry, "id", f"urn:uuid:{match.id}")
        _put(entry, "title", f"{names.get(match.watch, '')}: {match.title}")
        _put(entry, "updated", _time(match.seen))
        if match.published:
            _put(entry, "published", _time(match.published))
        _put(_put(entry, "author"), "name", match.source)
        _put(entry, "link", rel="alternate", type="text/html", href=home + webhooks.path(match))
        _put(entry, "category", term=names.get(match.watch, match.watch))
        _put(entry, "content", match.sentence, type="text")
    written: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return written


def _put(
    parent: ElementTree.Element, name: str, text: str | None = None, **values: str
) -> ElementTree.Element:
    """An element of Atom; characters that XML has no place for become spaces."""
    made = ElementTree.SubElement(
        parent, f"{{{_ATOM}}}{name}", {k: v.translate(_HIDDEN) for k, v in values.items()}
    )
    made.text = text.translate(_HIDDEN) if text else text
    return made


def _time(time: datetime | None) -> str:
    return (time or datetime.fromtimestamp(0, UTC)).isoformat(timespec="seconds")
