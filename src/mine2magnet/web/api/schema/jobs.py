"""Runs of models, asked for and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from mine2magnet.core.schema import Input
from mine2magnet.model import JobKind, JobState
from mine2magnet.web.api.schema.models import Problem


class JobRef(Input, frozen=True, kw_only=True):
    """A run of a model."""

    id: Annotated[str, Meta(min_length=1, max_length=40, description="A run's id.", examples=["j3f2a9"])]


@dataclass(frozen=True, slots=True)
class JobDetail:
    """A run of a model. While it is queued, `place` is the one that it has in line, from 1, else null;
    `part` of it (0 to 1) is done, `doing` says what is being done. When it is done, `result` is what the
    operation that asked for it answers; when it has failed, `error` says why. It may take
    `most_seconds` of a processor."""

    id: str
    kind: JobKind
    state: JobState
    place: int | None
    part: float
    doing: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    most_seconds: float
    error: Problem | None
    result: Any
