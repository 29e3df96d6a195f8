"""A client of the application, with two routes as those of the API are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from httpx import Client, Response
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import Response as Answer
from starlette.routing import Route

from mine2magnet.library.library import Library
from mine2magnet.web.app import app
from mine2magnet.web.kit import permissions
from tests.web.conftest import Switch

Serve = Callable[..., Client]


async def echo(request: Request) -> Answer:
    caller = permissions.require(request, "write" if request.method == "POST" else "read")
    return JSONResponse({"caller": caller.name, "bytes": len(await request.body())})


@pytest.fixture
def serve(library: Library, server: tuple[Switch, int]) -> Iterator[Serve]:
    """A client of the application under the given settings, with two routes as those of the API are."""
    switch, port = server
    clients = []

    def start(**settings: object) -> Client:
        library.settings = replace(library.settings, **settings)  # type: ignore[arg-type]
        made = app(library)
        made.router.routes.insert(0, Route("/api/echo", echo, methods=["GET", "POST"]))
        switch.app = made
        clients.append(Client(base_url=f"http://127.0.0.1:{port}", verify=False, trust_env=False, timeout=60))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


def is_problem(response: Response, status: int) -> bool:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return bool(response.json()["detail"]) and response.json()["status"] == status
