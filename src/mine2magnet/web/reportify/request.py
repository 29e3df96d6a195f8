"""What a call asks for, checked; and how a handler becomes a route.

A handler is a plain function of an `Call`; it may block (it runs in a thread of its own) and gives
content that is sent as JSON, or a Response. Whatever is of a wrong type or size is a UserError that names
the parameter: the client raises it as APIError with its `detail`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any

from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.library.library import Library
from mine2magnet.web.kit import reader_language, responses
from mine2magnet.web.kit.permissions import Caller, require

MOST = 100  # results of one call, as the client documents
DEEPEST = 10_000  # documents that paging may skip: beyond, a filter helps more
LONGEST = 1000  # characters of a text, the most that a query may have
MANY = 500  # values of one list
SECONDS = 20.0  # that a call may spend on fetching pages: the client waits for 30


@dataclass(frozen=True, slots=True)
class Call:
    """`values`: of the JSON body, or of the address's parameters if there is none, then as text.
    `path`: of the address. `language`: what the caller reads, by Accept-Language, else by the settings."""

    library: Library
    caller: Caller
    values: Mapping[str, Any]
    path: Mapping[str, str]
    language: str
    request: Request

    def text(self, name: str, default: str = "", *, longest: int = LONGEST) -> str:
        given = self.values.get(name)
        if given is None:
            return default
        return text(given, name, longest)

    def needed(self, name: str) -> str:
        """A text that must be there."""
        if not (given := self.text(name).strip()):
            raise UserError("is missing", where=name)
        return given

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text; () if not given. Empty ones do not count."""
        return tuple(filter(None, (text(one, name).strip() for one in self.several(name))))

    def several(self, name: str) -> Sequence[Any]:
        given = self.values.get(name)
        if given is None:
            return ()
        several = given if isinstance(given, list) else [given]
        if len(several) > MANY:
            raise UserError(f"has {len(several)} values", where=name, hint=f"use at most {MANY}")
        return several

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        return self._read(name, Annotated[int, Meta(ge=least, le=most)], default)  # type: ignore[no-any-return]

    def number(self, name: str) -> float | None:
        return self._read(name, float, None)  # type: ignore[no-any-return]

    def flag(self, name: str, default: bool = False) -> bool:
        return self._read(name, bool, default)  # type: ignore[no-any-return]

    def choice(self, name: str, among: Sequence[str], default: str) -> str:
        given = self.text(name) or default
        if given not in among:
            raise UserError(f"cannot be {shown(given)}", where=name, hint="use " + ", ".join(among))
        return given

    def _read(self, name: str, kind: Any, default: Any) -> Any:
        """A value as declared; in an address, it is written out."""
        given = self.values.get(name)
        return default if given is None else decode(kind, given, name, written=True)

    def mapping(self, name: str) -> Mapping[str, Any]:
        return mapping(self.values.get(name) or {}, name)

    def num(self) -> int:
        """The number of results asked for."""
        return self.whole("num", 10, 1, MOST)

    def page(self) -> tuple[int, int]:
        """(page_num from 1, page_size)."""
        size = self.whole("page_size", 10, 1, MOST)
        return self.whole("page_num", 1, 1, DEEPEST // size), size

    def since(self, *names: str) -> datetime | None:
        """The first of these that is given, as the begin of what it names."""
        return self._time(names, time.min)

    def until(self, *names: str) -> datetime | None:
        """The first of these that is given, as the end of what it names: a day is meant as a whole."""
        return self._time(names, time.max)

    def _time(self, names: Sequence[str], at: time) -> datetime | None:
        for name in names:
            if given := self.text(name):
                return moment(given, name, at)
        return None


Handler = Callable[[Call], Any]


def route(path: str, handler: Handler, method: str = "GET", scope: str = "read") -> Route:
    async def endpoint(request: Request) -> Response:
        caller = require(request, scope)
        held = responses.library(request)
        asked = Call(
            library=held,
            caller=caller,
            values=await _values(request),
            path=request.path_params,
            language=reader_language.chosen(request, held.settings.language),
            request=request,
        )
        content = await run_in_threadpool(handler, asked)
        if isinstance(content, Response):
            return content
        body = json.dumps(plain(content), ensure_ascii=False)
        return Response(body, media_type="application/json", headers={"Cache-Control": "private, no-cache"})

    return Route(path, endpoint, methods=[method], name=f"{method} {path}")


async def _values(request: Request) -> Mapping[str, Any]:
    body = await request.body()
    if not body:
        return dict(request.query_params)
    try:
        values = mapping(json.loads(body), "the body")
        json.dumps(values, ensure_ascii=False).encode()  # half a character (\\ud800) can be kept nowhere
    except (ValueError, RecursionError):
        raise UserError("not JSON", where="the body") from None
    return values


def text(given: Any, name: str, longest: int = LONGEST) -> str:
    kind: Any = Annotated[str, Meta(max_length=longest)]
    read: str = decode(kind, given, name)
    return read


def mapping(given: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise UserError(f"not an object: {shown(given)}", where=name)
    return given


def moment(given: str, name: str, at: time) -> datetime:
    """A day (at this time of it), or a day and time; without a zone, in the one this machine is in.

    >>> moment("2025-06-01T09:30:00+08:00", "start_date", time.min).isoformat()
    '2025-06-01T09:30:00+08:00'
    """
    kind: Any = Annotated[datetime, Meta(extra={"day": "begin" if at == time.min else "end"})]
    read: datetime = decode(kind, given, name)
    return read


def shown(value: Any) -> str:
    """A value as an error names it, in short."""
    whole = repr(value)
    return whole if len(whole) <= 60 else whole[:59] + "…"
