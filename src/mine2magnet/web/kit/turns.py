"""Pages that take a processor are made in turn, not all at once.

Python runs one thread at a time. Dozens of pages in the making only take the processor from each other, so
that all are late and some much later than others: in the order in which they were asked for they are soonest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

AT_ONCE = 2  # of a process: one is computed while another waits for the database

_turns = CapacityLimiter(AT_ONCE)


def in_turn(page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return a page that is made in its turn, in a thread.

    Only for what computes and asks the database: what waits for something else would have others wait.
    """

    @wraps(page)
    async def turned(request: Request) -> Response:
        return await to_thread.run_sync(page, request, limiter=_turns)

    return turned
