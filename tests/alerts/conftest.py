"""A real SMTP server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from mine2magnet.core.settings import Settings


class Box:
    """Takes mail for anybody but nobody@example.com, unless it is `full`."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.full = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, _: Any) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.full:
            return "452 no space left"
        self.taken.append(envelope)
        return "250 OK"


def entry(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"me", b"secret"), handled=False)


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    held = Box()
    with socket.socket() as free:  # the server takes no port 0
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(
        held, hostname="127.0.0.1", port=port, authenticator=entry, auth_require_tls=False, ready_timeout=30
    )
    server.start()
    yield held, port
    server.stop()


def settings(port: int, **given: Any) -> Settings:
    named = {"mail_from": "Brief <brief@example.com>", "mail_to": "me@example.com, You <you@example.com>"}
    return Settings(smtp_host="127.0.0.1", smtp_port=port, **{"smtp_security": "none", **named, **given})
