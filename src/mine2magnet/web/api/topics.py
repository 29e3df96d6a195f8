"""Topics: listed, shown, made, changed, removed."""

from __future__ import annotations

from mine2magnet.core.schema import Page, Paged
from mine2magnet.library import topics as domain
from mine2magnet.library.library import Library
from mine2magnet.model import Topic, TopicRequest
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.documents import TopicRef, TopicSummary


@operation("GET", "/topics")
def topics(held: Library, asked: Paged) -> Page[TopicSummary]:
    """List the topics, each with how many documents it holds."""
    all_held = held.store.topics()
    shown, after = paging.cut(
        lambda offset, n: all_held[offset : offset + n], lambda t: (t.slug,), asked.limit, asked.cursor
    )
    return Page(tuple(_counted(held, topic) for topic in shown), len(all_held), after or None)


@operation("GET", "/topics/{slug}", errors=NOT_FOUND)
def topic(held: Library, asked: TopicRef) -> TopicSummary:
    """Get a topic."""
    return _counted(held, held.store.topic(asked.slug))


@operation(
    "POST",
    "/topics",
    scope="write",
    created="/topics/{slug}",
    errors={409: "There is a topic of this name already."},
)
def new_topic(held: Library, body: TopicRequest) -> Topic:
    """Make a topic; its slug is made of its name."""
    return _saved(held, domain.new_slug(held.store, body.name), body)


@operation("PUT", "/topics/{slug}", scope="write")
def put_topic(held: Library, asked: TopicRef, body: TopicRequest) -> Topic:
    """Change a topic, or make one of this slug."""
    return _saved(held, asked.slug, body)


@operation("DELETE", "/topics/{slug}", scope="write", errors=NOT_FOUND)
def remove_topic(held: Library, asked: TopicRef) -> None:
    """Remove a topic; its documents stay."""
    with held.store.writing() as writer:
        writer.remove_topic(asked.slug)


def _counted(held: Library, topic: Topic) -> TopicSummary:
    return TopicSummary(topic, len(domain.members(held.store, held.index, topic)))


def _saved(held: Library, slug: str, given: TopicRequest) -> Topic:
    return domain.save(held.store, domain.requested(slug, given))
