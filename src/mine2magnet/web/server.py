"""The server around the application: its limits, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from asyncio import constants
from collections import Counter, defaultdict
from types import FrameType
from typing import ClassVar

import h11
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from mine2magnet.library.library import Library
from mine2magnet.web import tls
from mine2magnet.web.app import app
from mine2magnet.web.middleware import access_log

WAITING = 64  # connections of one address whose request's head has not come: beyond, the oldest is closed
PER_ADDRESS = 250  # connections of one address, but of a proxy's; more are closed at once
CONNECTIONS = 500  # at once; more are answered 503. Well within the 1,024 files a process may have open
HEAD_SECONDS = 10.0  # for a request's head to come in
KEEP_ALIVE = 15  # s that a connection may idle between two requests
GRACE = 5  # s that running requests have to finish when the server is asked to end
LONGEST = 9.0  # s until it has ended; after 10 a container is killed


class Patient(H11Protocol):
    """HTTP/1.1 that waits only so long for a request's head: one that never ends would hold its connection
    for good ("slow loris"), and many of them the places of others. Bodies have limits of their own:
    `request_guard.bounded`."""

    proxies: ClassVar[frozenset[str]] = frozenset()  # whose connections are those of many people
    _open: ClassVar[Counter[str]] = Counter()  # connections by address
    _waiting: ClassVar[defaultdict[str, dict[Patient, None]]] = defaultdict(dict)  # the oldest first
    _hurry: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._open[self._address] += 1
        if self._open[self._address] > PER_ADDRESS and self._address not in self.proxies:
            transport.close()
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._hurry is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._open[self._address] -= 1
        if not self._open[self._address]:
            del self._open[self._address]
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._hurry = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        waiting = self._waiting[self._address]
        waiting[self] = None
        if len(waiting) > WAITING:
            oldest = next(iter(waiting))
            oldest._stop_waiting()
            oldest.transport.close()

    def _stop_waiting(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
            waiting = self._waiting[self._address]
            del waiting[self]
            if not waiting:
                del self._waiting[self._address]


def end_soon() -> None:
    """End this process in `LONGEST`, whatever it waits for then: a page that does not come, a database.
    What is half done is as after a crash: nothing that was acknowledged is lost."""
    timer = threading.Timer(LONGEST, os._exit, (0,))
    timer.daemon = True
    timer.start()


class EndingServer(Server):
    """A server that tells those who wait for a run of a model when it is asked to end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        end_soon()
        self.config.app.state.ending = True  # type: ignore[union-attr]


def server(library: Library) -> Server:
    """A server of the library's pages and API, to be run on a socket; SIGTERM and SIGINT end it once what
    is being answered has been."""
    settings = library.settings
    if settings.tls_certificate:
        tls.check(settings.tls_certificate, settings.tls_key)
        # uvicorn has no setting for it: who never ends the handshake is held no longer than a slow head
        constants.SSL_HANDSHAKE_TIMEOUT = HEAD_SECONDS
    Patient.proxies = frozenset(name.strip() for name in settings.proxies.split(","))
    if settings.access_log:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        access_log.log.addHandler(handler)
        access_log.log.setLevel(logging.INFO)
        access_log.log.propagate = False
    return EndingServer(
        Config(
            app(library),
            http=Patient,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.proxies,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
            ssl_certfile=settings.tls_certificate or None,
            ssl_keyfile=settings.tls_key or None,
        )
    )
