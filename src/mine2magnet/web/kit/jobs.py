"""Runs of models, for whoever waits for one: asked for, waited for, shown."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import urlencode

import anyio
import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import StreamingResponse

from mine2magnet.background import models
from mine2magnet.background.model_process import MOST_MEMORY, MOST_SECONDS
from mine2magnet.core.errors import Conflict, Forbidden, UserError
from mine2magnet.core.json import plain
from mine2magnet.core.messages import Translator
from mine2magnet.core.schema import Input
from mine2magnet.model import Job, JobError, JobKind, JobState
from mine2magnet.store import Store
from mine2magnet.web.kit.permissions import Caller
from mine2magnet.web.kit.responses import library, wants_json

AT_ONCE = 2.5  # s that a page waits for its result before it says how far that is
TO_THE_END = 24 * 3600.0  # s that a page asked for as JSON waits: whatever its run takes
SOON, SELDOM = 0.02, 0.25  # s between two looks at a job: at first, and later on
FOLLOWED = 0.3  # s between two looks of a stream
QUIET = 15.0  # s after which a comment keeps a stream from being taken for dead
Ask: TypeAlias = Callable[[Store, QueryParams], Input]


async def put(
    request: Request, kind: JobKind, input: Input, *, page: str = "", anew: bool = False
) -> tuple[Job, bool]:
    """Ask for a run on behalf of a page.

    Parameters
    ----------
    page : str
        The address that shows it with its form.
    anew : bool
        Whether to run it again where it has failed or was cancelled.

    Returns
    -------
    Job
        A new one, or the same asked for before.
    bool
        Whether it is new.

    Raises
    ------
    UserError
        If it is more than a service takes on, or too many wait.
    """
    store, caller = library(request).store, request.state.caller
    states: tuple[JobState, ...] = ("queued", "running", "done")
    states += () if anew else ("failed", "cancelled")
    return await run_in_threadpool(
        partial(
            models.ask,
            store,
            kind,
            input,
            owner=caller.owner,
            page=page,
            instead=states,
            may_start="run" in caller.scopes,
        )
    )


async def asked(
    request: Request,
    kind: JobKind,
    input: Input,
    *,
    page: str = "",
    anew: bool = False,
    to_end: bool = False,
) -> Job:
    """Ask for a run as `put` does, and wait for it: for a moment; as JSON, or if it is said, to its end."""
    job, new = await put(request, kind, input, page=page, anew=anew)
    seconds = TO_THE_END if to_end or wants_json(request) else AT_ONCE
    return await settled(request, job, seconds, withdraw=new)


async def of_query(
    request: Request, query: QueryParams, kind: JobKind, path: str, ask: Ask
) -> tuple[Job | None, UserError | None]:
    """Ask for the run that a page's query describes, and wait for it as `asked` does.

    Parameters
    ----------
    path : str
        The page's own, whose address shows the run; a run that the query names has its own address.
    ask : callable
        What the query asks for.

    Returns
    -------
    Job or None
    UserError or None
        What is amiss, in place of a run.
    """
    try:
        input = await run_in_threadpool(ask, library(request).store, query)
        page = "" if "job" in query else address(path, query)
        return await asked(request, kind, input, page=page), None
    except UserError as error:
        return None, error


async def worked_out(request: Request, kind: JobKind, ask: Ask) -> Any:
    """Return what comes of the run that the request's query describes, as soon as it has ended."""
    store = library(request).store
    input = await run_in_threadpool(ask, store, request.query_params)
    job = await asked(request, kind, input, to_end=True)
    return await run_in_threadpool(result, store, job)


def address(path: str, query: QueryParams) -> str:
    """Return where a page shows what its query asks for, in whichever language and form."""
    kept = [(name, value) for name, value in query.multi_items() if name not in ("lang", "format", "reads")]
    return f"{path}?{urlencode(kept)}" if kept else path


async def settled(request: Request, job: Job, seconds: float, *, withdraw: bool = False) -> Job:
    """Return a job as it has ended, or as it is after so many seconds.

    Parameters
    ----------
    withdraw : bool
        Whether nobody else waits for it: if who asks goes away before it is begun, it is taken back.
    """
    jobs, end, pause = library(request).store.jobs, time.monotonic() + seconds, SOON
    while not job.ended and time.monotonic() < end:
        await anyio.sleep(pause)
        pause = min(pause * 1.3, SELDOM)
        if request.app.state.ending:
            break
        if await request.is_disconnected():
            if withdraw:
                await run_in_threadpool(jobs.withdraw, job.id)
            break
        job = await run_in_threadpool(jobs.get, job.id)
    return job


def failure(job: Job) -> UserError | None:
    """Return why nothing comes of it, if that is so."""
    if job.state == "cancelled":
        return Conflict("the run was cancelled", hint="run it again")
    return as_error(job.error) if job.error else None


def as_error(parts: JobError) -> UserError:
    """Return the error that a run ended with."""
    error = UserError(parts.what, where=parts.where, hint=parts.hint)
    error.status = parts.status
    return error


def result(store: Store, job: Job) -> Any:
    """Return what a page is drawn of. Raises UserError if nothing came of it, or of another version."""
    if (error := failure(job)) is not None:
        raise error
    return models.restored(job, store.jobs.result(job.id)[1])


def cancel(store: Store, id: str, caller: Caller) -> Job:
    """Cancel a job. Raises NotFound, Conflict if it has ended, and Forbidden if it is another's."""
    job = store.jobs.get(id)
    if job.owner != caller.owner and "write" not in caller.scopes:
        raise Forbidden("this run is another's", hint="who may write may cancel it")
    return store.jobs.cancel(id)


# --- what is shown


def shown(store: Store, job: Job, t: Translator) -> dict[str, Any]:
    """Return how far a job is, for a page: `said` in words, `waits` if something is still to come."""
    place = store.jobs.place(job.id) if job.state == "queued" else 0
    match job.state:
        case "queued":
            said = t("job.queued", n=max(place, 1))
        case "running":
            said = t("job.running") + (f": {_doing(job.doing, t.say)} …" if job.doing else " …")
        case state:
            said = t(f"job.{state}")
    return {"id": job.id, "state": job.state, "part": job.part, "said": said, "waits": not job.ended}


def limits() -> dict[str, int]:
    """Return what a run may take, as messages name it."""
    return {"seconds": MOST_SECONDS, "gigabytes": round(MOST_MEMORY / 1e9)}


def worded(error: UserError, t: Translator) -> UserError:
    """Return an error in the reader's language as far as the catalogue has its words."""
    made = UserError(t.say(error.what), where=t.say(error.where), hint=t.say(error.hint))
    made.status = error.status
    return made


def _doing(what: str, say: Callable[[str], str]) -> str:
    if plan := re.fullmatch(r"sizing every cut: plan (\d+) of (\d+)", what):
        return say("sizing every cut: plan {number} of {plans}").format(number=plan[1], plans=plan[2])
    verb, _, site = what.partition("costing ")
    return say(what) if verb or not site else say("costing {site}").format(site=say(site))


# --- as it goes on


def stream(request: Request, job: Job, shape: Callable[[Job], Any]) -> StreamingResponse:
    """Server-sent events (WHATWG HTML §9.2): how far a job is, whenever that has changed, until its end."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, job, shape), headers=headers, media_type="text/event-stream")


async def _events(request: Request, job: Job, shape: Callable[[Job], Any]) -> AsyncIterator[bytes]:
    store = library(request).store
    before, quiet = b"", time.monotonic()
    while True:
        now = msgspec.json.encode(plain(await run_in_threadpool(shape, job)))
        if now != before:
            yield b"data: " + now + b"\n\n"
            before, quiet = now, time.monotonic()
        elif time.monotonic() - quiet > QUIET:
            yield b": still at it\n\n"
            quiet = time.monotonic()
        if job.ended or request.app.state.ending:
            return
        await anyio.sleep(FOLLOWED)
        try:
            job = await run_in_threadpool(store.jobs.get, job.id)
        except UserError:  # pruned or withdrawn: who asks is told by its address
            return
