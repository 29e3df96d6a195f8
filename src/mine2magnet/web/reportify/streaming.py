"""What happens while an answer is made: as server-sent events (WHATWG HTML §9.2), or as one JSON array.

The client in its published form reads the whole of an answer and takes it for JSON, also where it asks for
a stream. So it is given an array, which iterates as its documentation says; any other program that asks
for a stream gets events as they happen, unless it accepts nothing but JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

Event = dict[str, Any]

LAST = ("completed", "failed", "cancelled")  # types of the event that ends an answer
LOOK = 0.1  # s between two looks for events
QUIET = 15.0  # s after which a comment keeps the connection from being taken for dead
_CLIENT = "reportify-sdk"  # how its User-Agent begins


def wants_events(request: Request) -> bool:
    accept = request.headers.get("accept", "*/*")
    if "text/event-stream" in accept:
        return True
    return "*/*" in accept and not request.headers.get("user-agent", "").startswith(_CLIENT)


def events(
    read: Callable[[int], Sequence[Event]], first: int, timeout: float, headers: dict[str, str]
) -> StreamingResponse:
    """Events from number `first` on, until the last or for `timeout` s; `read` gives those from a number
    on that have happened. Each event's id is its number."""
    return StreamingResponse(
        _written(read, first, timeout),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers},
    )


async def _written(read: Callable[[int], Sequence[Event]], first: int, timeout: float) -> AsyncIterator[str]:
    number, began = first, time.monotonic()
    quiet = began
    while True:
        for event in await run_in_threadpool(read, number):
            yield f"id: {number}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
            number, quiet = number + 1, time.monotonic()
            if event["type"] in LAST:
                return
        now = time.monotonic()
        if now - began > timeout:
            return
        if now - quiet > QUIET:
            yield ": still at it\n\n"
            quiet = now
        await anyio.sleep(LOOK)
