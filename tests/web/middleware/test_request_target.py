from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from mine2magnet.web.middleware.request_target import OriginForm


def seen(target: bytes, host: bytes = b"localhost") -> Any:
    """The path and the host that the application sees of a request with such a target, without its query."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    headers = [(b"host", host), (b"accept", b"*/*")]
    scope = {"type": "http", "raw_path": target, "path": target.decode(), "headers": headers}
    asyncio.run(OriginForm(app)(scope, None, None))  # type: ignore[arg-type]
    [one] = found
    return one["path"], one["raw_path"], dict(one["headers"])[b"host"]


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        (b"/topics", "/topics", b"localhost"),
        (b"http://127.0.0.1:8000/topics", "/topics", b"127.0.0.1:8000"),
        (b"HTTPS://magnets.example", "/", b"magnets.example"),
        (b"http://user@127.0.0.1/a", "/a", b"user@127.0.0.1"),
        (b"/http://evil.example/a", "/http://evil.example/a", b"localhost"),
    ],
)
def test_the_host_of_an_absolute_target_counts(target: bytes, path: str, host: bytes) -> None:
    assert seen(target) == (path, path.encode(), host)
