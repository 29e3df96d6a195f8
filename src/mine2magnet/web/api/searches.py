"""News searches of topics, and their briefs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from mine2magnet.alerts import brief_text
from mine2magnet.alerts.brief import brief as made_of
from mine2magnet.core.messages import Translator
from mine2magnet.core.schema import Page
from mine2magnet.library import discover as discovery
from mine2magnet.library.library import Library
from mine2magnet.model import DiscoverRequest, Topic
from mine2magnet.model.searches import seconds
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.documents import TopicRef
from mine2magnet.web.api.schema.searches import AskedBrief, TopicBrief, TopicSearchDetail


@operation("GET", "/topics/{slug}/searches", errors=NOT_FOUND)
def topic_searches(held: Library, asked: TopicRef) -> Page[TopicSearchDetail]:
    """List what news searches are asked for a topic, and how that went."""
    return _listed(held, held.store.topic(asked.slug))


@operation("POST", "/topics/{slug}/searches", scope="write", errors=NOT_FOUND)
def discover(held: Library, asked: TopicRef, body: DiscoverRequest) -> Page[TopicSearchDetail]:
    """Have news searches asked for a topic, once or again and again.

    They are asked within seconds; what they find is fetched, read, and kept if its text matches the topic.
    How that went is in the list of its searches.
    """
    topic = held.store.topic(asked.slug)
    discovery.follow(held, topic, body)
    return _listed(held, topic)


@operation("DELETE", "/topics/{slug}/searches", scope="write", errors=NOT_FOUND)
def stop_searches(held: Library, asked: TopicRef) -> None:
    """Ask no more for a topic by itself; its documents stay."""
    discovery.unfollow(held, held.store.topic(asked.slug))


@operation("GET", "/topics/{slug}/brief", errors=NOT_FOUND)
def brief(held: Library, asked: AskedBrief) -> TopicBrief:
    """Tell what is new in a topic: documents, figures that moved, new conflicts, each with its sources."""
    now, language = datetime.now(UTC), asked.language or held.settings.language
    topic = held.store.topic(asked.slug)
    made = made_of(held, topic, now - timedelta(seconds=seconds(asked.since)), now, language)
    told = brief_text.lines(made, held.thesaurus, Translator(language))
    return TopicBrief(topic.slug, made.since, made.until, made.total, tuple(told))


def _listed(held: Library, topic: Topic) -> Page[TopicSearchDetail]:
    found = held.store.searches.of(topic.slug)
    shown = (msgspec.convert(one, TopicSearchDetail, from_attributes=True) for one in found)
    return Page(tuple(shown), len(found))
