"""Runs of a model that are queued, computed and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

JobKind: TypeAlias = Literal[
    "stress", "comparison", "drivers", "risk", "company", "separation", "flowsheet", "calibration"
]  # fmt: skip
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
JOB_KINDS: tuple[JobKind, ...] = get_args(JobKind)
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a run failed: the parts of a `UserError`."""

    status: int  # of HTTP
    what: str
    where: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A run of a model. `input` is what was asked for, as JSON of the kind's declared type; `fingerprint` is
    the same for the same input to the same program; `owner` is the name of the key that asked, "" without
    one; `page` is the address of the page that asked, "" if none did. `part` of it (0 to 1) is done;
    `doing` says what is being done. `tries` counts how often it was begun."""

    id: str
    kind: JobKind
    owner: str
    input: str
    fingerprint: str
    page: str
    state: JobState
    part: float
    doing: str
    tries: int
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    error: JobError | None = None

    @property
    def ended(self) -> bool:
        """True if nothing more comes of it."""
        return self.state in ENDED
