"""A library with a handful of documents of our own wording, and a client at its pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import uvicorn
from httpx import Client, Response
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import Response as Answer
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mine2magnet.core.settings import Settings
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, Digest, Document, Group, Paragraph, Point, Quantity, Read, Topic
from mine2magnet.web.app import app
from mine2magnet.web.kit import permissions
from tests.conftest import empty, until

CHINA = timezone(timedelta(hours=8))
SLUG = topics.slug("高性能磁体")
HOSTILE = "<script>alert('title')</script> magnets & \"quotes\""


def written(title: str, *paragraphs: str, language: str = "en", day: int = 1, **fields: object) -> Document:
    given: dict[str, object] = {
        "source": "Our Wire",
        "fetched": datetime(2025, 11, 1, tzinfo=UTC),
        "published": datetime(2025, 6, day, 3, 13, tzinfo=CHINA),
    }
    numbered = tuple(Paragraph(i, text) for i, text in enumerate(paragraphs, 1))
    return Document(title=title, language=language, paragraphs=numbered, **(given | fields))  # type: ignore[arg-type]


MAGNETS = written(
    "Carmakers count their magnets",
    "Two carmakers in Europe have magnets for about five weeks of production.",
    "A supplier in Bavaria rations dysprosium among its customers.",
    day=20,
    url="https://wire.example/magnets",
    tags=("magnets", "autos"),
)
CHINESE = written(
    "磁材厂的库存还能用多久",
    "几家磁材厂的库存只够六周。",
    "镝和铽的出口许可仍在等待审批。",
    language="zh",
    day=15,
    source="我们的通讯",
    category="analysis",
    tags=("magnets",),
)
JAPANESE = written(
    "磁石の在庫はあと何週間か",
    "国内の磁石の在庫は七週間分とみられる。",
    language="ja",
    day=10,
    tags=("magnets",),
)
EVIL = written(
    HOSTILE,
    "<img src=x onerror=alert(1)> magnets are <b>bold</b>.",
    day=5,
    url="javascript:alert(2)",
    tags=("magnets",),
)
KNOWN_BY_TITLE = written("欧洲的磁体还够几周", language="zh", day=3, source="外部财经")
PUBLISHED = Digest(
    (Point("Stocks of magnets in Europe last for weeks.", (1, 8)),),
    (Group("Stocks", (Point("Six weeks at most.", (5,)),)),),
    "source",
    "en",
)
MADE = Digest(
    (Point("Two carmakers in Europe have magnets for about five weeks of production.", (1,)),),
    (Group("Supply", (Point("A supplier in Bavaria rations dysprosium", (2,)),), "aspect.supply"),),
    "extractive",
    "en",
    "test",
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(Settings(folder=empty(tmp_path), claims_threshold=0.0))


class Switch:
    """An application in front of whichever application a test wants served."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[Switch, int]]:
    """A real server for all tests of this folder: starting one for each would take longer than the tests."""
    switch, sock = Switch(), socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen()  # who comes before it serves waits
    # said to be TCP, as in `serve`: else each answer waits some 40 ms
    running = uvicorn.Server(uvicorn.Config(switch, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=running.run, args=([sock],))
    thread.start()
    yield switch, sock.getsockname()[1]
    running.should_exit = True
    thread.join()


@pytest.fixture
def client(library: Library, server: tuple[Switch, int]) -> Iterator[Client]:
    switch, port = server
    switch.app = app(library)
    with Client(
        base_url=f"http://127.0.0.1:{port}", follow_redirects=True, verify=False, trust_env=False, timeout=60
    ) as made:
        yield made


@pytest.fixture
def filled(library: Library) -> Library:
    reads = [Read(d) for d in (MAGNETS, CHINESE, JAPANESE, EVIL)]
    library.keep([*reads, Read(KNOWN_BY_TITLE, PUBLISHED, "高性能磁体")])
    names = {"zh": "高性能磁体", "en": "High-performance magnets", "ja": "高性能磁石"}
    topics.save(library.store, Topic(SLUG, "高性能磁体", ("磁材 库存",), ("magnets",), names))
    with library.store.writing() as writer:
        writer.put_digest(id_of(library, MAGNETS), 1, MADE)
    return library


def id_of(library: Library, document: Document) -> str:
    return next(
        c.id
        for c in library.store.changes(0)
        if c.document is not None and c.document.title == document.title
    )


@pytest.fixture
def page(client: Client) -> Callable[..., str]:
    """The text of a page that is there."""

    def get(path: str, **parameters: str) -> str:
        response = client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/html")
        return response.text

    return get


def settled(client: Client, path: str, **parameters: str) -> Response:
    """The page once it no longer says how far a run of a model is."""

    answers: list[Response] = []

    def ended() -> bool:
        answers.append(client.get(path, params=parameters or None))
        if answers[-1].status_code == 202:
            assert 'http-equiv="refresh"' in answers[-1].text  # without script it asks again by itself
        return answers[-1].status_code != 202

    until(ended, 60)
    return answers[-1]


def tell(library: Library, document: Document, *claims: tuple[int, str, Quantity, dict[str, object]]) -> None:
    """Keeps claims of a held document as if they had been read: paragraph, figure, value, slots."""
    id = id_of(library, document)
    found = []
    for paragraph, figure, value, slots in claims:
        text = document.paragraphs[paragraph - 1].text
        start = text.index(figure)
        said: dict[str, object] = {"document": id, "version": 1, "paragraph": paragraph, **slots}
        found.append(Claim(value, start, start + len(figure), (0, len(text)), **said))  # type: ignore[arg-type]
    with library.store.writing() as writer:
        writer.put_claims(id, 1, library.claimer, found)


# --- under settings of a test's own


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
