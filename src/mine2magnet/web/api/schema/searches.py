"""News searches and briefs, asked for and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mine2magnet.alerts.brief_text import BriefLine
from mine2magnet.model import BriefRequest
from mine2magnet.model.fields import Slug


@dataclass(frozen=True, slots=True)
class TopicSearchDetail:
    """One question of a topic to one news search (`service`), in its form: asked every `interval` seconds or
    once, when next (`due`) and last (`checked`), and how that went: `failures` in a row, the `reason` of the
    last, hits `found` by the last answer, documents `kept` in all."""

    service: str
    language: str
    query: str
    interval: float | None
    due: datetime | None
    checked: datetime | None
    failures: int
    reason: str
    found: int
    kept: int


class AskedBrief(BriefRequest, frozen=True, kw_only=True):
    """What a brief tells, and of which topic."""

    slug: Slug


@dataclass(frozen=True, slots=True)
class TopicBrief:
    """What came into a topic from `since` to `until`; `total` counts the new documents, copies once."""

    topic: str
    since: datetime
    until: datetime
    total: int
    lines: tuple[BriefLine, ...]
