"""How the API is asked and answers: requests checked against their type, JSON with an ETag, problems."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.core.schema import Input, Page
from mine2magnet.model import Job
from mine2magnet.web.api.jobs import detail
from mine2magnet.web.api.operation import Events, Operation, Queued
from mine2magnet.web.api.schema.models import Problem
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.permissions import require
from mine2magnet.web.kit.responses import library

PREFIX = "/api"
PRIVATE = "private, no-cache"
AT_ONCE = 10.0  # s that a program waits for a run unless it says how long: all stress tests, small plants
LONGEST_WAIT = 300.0  # s, as long as a run may take


class NotJson(UserError):
    """The body is of another type than JSON."""

    status = 415


class Unfit(UserError):
    """The body is JSON, but not what is asked for."""

    status = 422


class ApiEndpoint:
    """ASGI: the operations on one path, by method."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = operations

    async def __call__(self, request: Request) -> Response:
        operation = self._operations["GET" if request.method == "HEAD" else request.method]
        preference = preferred(request.headers)
        try:
            caller = require(request, operation.scope)
            arguments: dict[str, Any] = {"caller": caller} if operation.caller else {}
            if operation.asked:
                arguments["asked"] = asked(operation.asked, request.query_params, request.path_params)
            elif request.query_params:
                asked(Input, request.query_params, {})
            if operation.body:
                arguments["body"] = sent(operation.body, request.headers, await request.body())
            value = await run_in_threadpool(_run, operation, library(request), arguments)
            if isinstance(value, Queued):
                seconds = AT_ONCE if preference is None else preference
                job = await jobs.settled(request, value.job, seconds, withdraw=value.new)
                return await run_in_threadpool(_of_run, request, operation, job, preference)
        except UserError as error:
            return failed(error)
        if isinstance(value, Events):
            return jobs.stream(request, value.job, value.shape)
        if isinstance(value, Page) and value.next:
            value = replace(value, next=_next(request, value.next))
        return answered(request, operation, value)


def _run(operation: Operation, held: Any, arguments: Mapping[str, Any]) -> Any:
    """Run the operation; what a body asks for in vain is no fault of its syntax."""
    try:
        return operation.run(held, **arguments)
    except UserError as error:
        if operation.body and error.status == HTTPStatus.BAD_REQUEST:
            raise Unfit(error.what, where=error.where, hint=error.hint) from error
        raise


def _of_run(request: Request, operation: Operation, job: Job, preference: float | None) -> Response:
    """Answer with what came of a run, or with where to ask after it if that has not ended."""
    store = library(request).store
    if job.state == "done":
        return with_etag(request, store.jobs.result(job.id)[0], "application/json", operation.status)
    if (error := jobs.failure(job)) is not None:
        raise Unfit(error.what, where=error.where, hint=error.hint) if error.status == 400 else error
    body = msgspec.json.encode(plain(detail(store, job)))
    answer = with_etag(request, body, "application/json", HTTPStatus.ACCEPTED)
    answer.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    if preference is not None:
        answer.headers["Preference-Applied"] = f"wait={preference:g}" if preference else "respond-async"
    return answer


def preferred(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that who asks wants to wait at most (RFC 7240), if that is said.

    >>> preferred({"prefer": "respond-async"}), preferred({"prefer": "wait=60"}), preferred({})
    (0.0, 60.0, None)
    """
    said = headers.get("prefer", "").lower()
    if wait := re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,6})(?=\s*(?:$|[,;]))", said, re.ASCII):
        return min(float(wait[1]), LONGEST_WAIT)
    return 0.0 if re.search(r"(?:^|[,;\s])respond-async(?=\s*(?:$|[,;]))", said) else None


# --- what is asked


def asked(kind: type[Input], query: ImmutableMultiDict[str, str], path: Mapping[str, str]) -> Input:
    """Return the parameters of a request as a value of `kind`; a UserError names the one that is wrong."""
    fields = fields_of(kind)
    known = [name for name in fields if name not in path]
    given: dict[str, Any] = dict(path)
    for name in query:
        values = query.getlist(name)
        if name not in known:
            hint = "one of " + ", ".join(known) if known else ""
            raise UserError(f"unknown parameter {name[:40]!r}", where="query", hint=hint)
        if isinstance(fields[name].default, tuple):
            given[name] = values
        elif len(values) > 1:
            raise UserError("given more than once", where=name)
        elif values[0] == "" and fields[name].default is None:  # a form's empty field, which no parameter is
            raise UserError("leave it out instead", where=name)
        else:
            given[name] = values[0]
    return decode(kind, given, written=True)


def sent(kind: type[Input], headers: Mapping[str, str], body: bytes) -> Input:
    """Return the body of a request as a value of `kind`."""
    type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if type != "application/json":
        raise NotJson(f"the body is {type or 'of no type'}", where="Content-Type", hint="application/json")
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"not JSON: {error}", where="body") from error
    try:
        return decode(kind, given)
    except UserError as error:
        raise Unfit(error.what, where=error.where, hint=error.hint) from error


# --- what is answered


def answered(request: Request, operation: Operation, value: Any) -> Response:
    if operation.status == HTTPStatus.NO_CONTENT:
        return Response(status_code=operation.status)
    content = plain(value)
    answer = with_etag(request, msgspec.json.encode(content), "application/json", operation.status)
    if isinstance(value, Page) and value.next:
        answer.headers["Link"] = f'<{value.next}>; rel="next"'
    if operation.created:
        place = {name: quote(str(part), safe="") for name, part in content.items()}
        answer.headers["Location"] = PREFIX + operation.created.format_map(place)
    return answer


def with_etag(request: Request, body: bytes, type: str, status: int = 200) -> Response:
    """The body, or word that it is still what the asker has."""
    headers = {"Cache-Control": PRIVATE}
    if request.method in ("GET", "HEAD"):
        etag = headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        had = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        if etag in had or had == ["*"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, status, headers, type)


def failed(error: UserError) -> Response:
    said = Problem(HTTPStatus(error.status).phrase, error.status, str(error), error.where, error.hint)
    headers = {"Cache-Control": "no-store"}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "10"
    return Response(msgspec.json.encode(said), error.status, headers, media_type="application/problem+json")


def _next(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
