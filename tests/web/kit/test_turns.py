"""Pages that are made in turn."""

from __future__ import annotations

import threading
import time

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mine2magnet.web.kit.turns import AT_ONCE, in_turn


def test_so_many_are_made_at_once_in_the_order_in_which_they_were_asked_for() -> None:
    begun, lock, now, most = list[int](), threading.Lock(), 0, 0

    def page(request: Request) -> Response:
        nonlocal now, most
        with lock:
            begun.append(request.scope["number"])
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1
        return PlainTextResponse("made")

    turned = in_turn(page)

    async def ask(number: int) -> None:
        assert (await turned(Request({"type": "http", "number": number}))).body == b"made"

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(ask, number)

    anyio.run(all_at_once)
    assert most == AT_ONCE
    assert all(abs(number - place) < AT_ONCE for place, number in enumerate(begun))
