"""Runs of models that are under way or done."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import msgspec

from mine2magnet.background.model_process import MOST_SECONDS
from mine2magnet.library.library import Library
from mine2magnet.model import Job
from mine2magnet.store import Store
from mine2magnet.web.api.operation import NOT_FOUND, Events, operation
from mine2magnet.web.api.schema.jobs import JobDetail, JobRef
from mine2magnet.web.api.schema.models import Problem
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.permissions import Caller


@operation("GET", "/jobs/{id}", errors=NOT_FOUND)
def job(held: Library, asked: JobRef) -> JobDetail:
    """Say how far a run of a model is, and what came of it."""
    return detail(held.store, held.store.jobs.get(asked.id))


@operation(
    "DELETE",
    "/jobs/{id}",
    errors={**NOT_FOUND, 403: "The run is another's.", 409: "The run has ended already."},
)
def cancel_job(held: Library, asked: JobRef, caller: Caller) -> None:
    """Cancel a run of a model.

    Whoever asked for it may, and whoever may write.
    """
    jobs.cancel(held.store, asked.id, caller)


@operation("GET", "/jobs/{id}/events", errors=NOT_FOUND)
def job_events(held: Library, asked: JobRef) -> Events[JobDetail]:
    """Follow a run of a model: a stream of server-sent events.

    There is one now, and one each time that something has changed, until the run has ended. The data of each
    is the run as `job` gives it, without its result.
    """
    store = held.store
    return Events(store.jobs.get(asked.id), lambda job: replace(detail(store, job), result=None))


def detail(store: Store, job: Job) -> JobDetail:
    """Return a job as the API tells it."""
    error = jobs.failure(job)
    place = store.jobs.place(job.id) if job.state == "queued" else 0
    return JobDetail(
        id=job.id,
        kind=job.kind,
        state=job.state,
        place=place or None,
        part=job.part,
        doing=job.doing,
        created=job.created,
        started=job.started,
        finished=job.finished,
        most_seconds=MOST_SECONDS,
        error=Problem(HTTPStatus(error.status).phrase, error.status, error.what, error.where, error.hint)
        if error
        else None,
        result=msgspec.json.decode(store.jobs.result(job.id)[0]) if job.state == "done" else None,
    )
