"""Watches, and the inbox of what they have found."""

from __future__ import annotations

from msgspec import structs

from mine2magnet.alerts import watches as alerts
from mine2magnet.alerts.describe import condition
from mine2magnet.core.schema import Page, Paged
from mine2magnet.figures import rows
from mine2magnet.library.library import Library
from mine2magnet.model import Match, Watch, WatchRequest
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.watches import (
    Inbox,
    MarkedRead,
    Secret,
    Sharing,
    Unread,
    WatchDetail,
    WatchRef,
)


@operation("GET", "/watches")
def watches(held: Library, asked: Paged) -> Page[WatchDetail]:
    """List the watches, in the order they were made."""
    found = held.store.watches()
    shown, after = paging.cut(
        lambda offset, n: found[offset : offset + n], lambda w: (w.id,), asked.limit, asked.cursor
    )
    return Page(tuple(_watching(held, watch) for watch in shown), len(found), after or None)


@operation("GET", "/watches/{id}", errors=NOT_FOUND)
def watch(held: Library, asked: WatchRef) -> WatchDetail:
    """Get a watch."""
    return _watching(held, held.store.watch(asked.id))


@operation(
    "POST",
    "/watches",
    scope="write",
    created="/watches/{id}",
    errors={404: "There is no such topic.", 409: "There is a watch of this name already."},
)
def new_watch(held: Library, body: WatchRequest) -> WatchDetail:
    """Look out for something from now on.

    Narrower subjects and materials count: Germany for Europe, terbium for heavy rare earths. What matches
    comes once, into the inbox, its feeds and to the webhook.
    """
    wanted = rows.with_ids(held.thesaurus, body.claims, "claims.") if body.claims else None
    made = alerts.add(
        held.store, structs.replace(body, claims=wanted), allow_private=held.settings.allow_private
    )
    return _watching(held, made)


@operation(
    "PUT",
    "/watches/{id}/shared",
    scope="write",
    errors={
        **NOT_FOUND,
        403: "Others use the watch, and it is another's.",
        409: "It looks at a topic that only its owner sees.",
    },
)
def share_watch(held: Library, asked: WatchRef, body: Sharing) -> WatchDetail:
    """Share a watch with all who may read, or keep it to oneself."""
    id = held.store.watch(asked.id).id
    with held.store.writing() as writer:
        writer.share_watch(id, body.shared)
    return _watching(held, held.store.watch(id))


@operation("GET", "/watches/{id}/secret", scope="write", errors=NOT_FOUND)
def watch_secret(held: Library, asked: WatchRef) -> Secret:
    """Get what signs the deliveries of a watch to its webhook."""
    return Secret(held.store.secret(held.store.watch(asked.id).id))


@operation("DELETE", "/watches/{id}", scope="write", errors=NOT_FOUND)
def remove_watch(held: Library, asked: WatchRef) -> None:
    """Remove a watch with what it has found."""
    with held.store.writing() as writer:
        writer.remove_watch(held.store.watch(asked.id).id)


@operation("GET", "/inbox", errors={404: "There is no such watch."})
def inbox(held: Library, asked: Inbox) -> Page[Match]:
    """List what the watches have found, the latest first."""
    store = held.store
    id = store.watch(asked.watch).id if asked.watch else None
    shown, after = paging.cut(
        lambda offset, n: store.matches(id, unread=asked.unread, limit=n, offset=offset),
        lambda match: (match.id,),
        asked.limit,
        asked.cursor,
    )
    return Page(tuple(shown), store.count_matches(id, unread=asked.unread), after or None)


@operation("POST", "/inbox/read", scope="write", errors={404: "There is no such watch."})
def mark_read(held: Library, body: MarkedRead) -> Unread:
    """Mark matches as read."""
    id = held.store.watch(body.watch).id if body.watch else None
    with held.store.writing() as writer:
        writer.mark_read(body.ids, id)
    return Unread(held.store.count_matches(unread=True))


def _watching(held: Library, watch: Watch) -> WatchDetail:
    waiting, problem = held.store.waiting().get(watch.id, (0, ""))
    return WatchDetail(
        id=watch.id,
        name=watch.name,
        topic=watch.topic,
        query=watch.query,
        claims=watch.claims,
        bound=watch.bound,
        webhook=watch.webhook,
        shared=watch.shared,
        owner=watch.owner,
        made=watch.made,
        condition=condition(watch, held.store, held.thesaurus).replace("\u00a0", " "),
        matches=held.store.count_matches(watch.id),
        waiting=waiting,
        problem=problem,
    )
