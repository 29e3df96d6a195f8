"""Mail to a real SMTP server on loopback."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from mine2magnet.alerts import mail
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings


class Box:
    """Takes mail for anybody but nobody@example.com."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, _: Any) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
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


def test_a_mail_arrives_as_text_and_html(box: tuple[Box, int]) -> None:
    held, port = box
    went = mail.send(settings(port), "镝：简报\nx", "12 t", "<p>12 t 镝</p>")
    assert went == ["me@example.com", "you@example.com"]
    (envelope,) = held.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("brief@example.com", went)
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "镝：简报 x"
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert text.get_content().strip() == "12 t"
    assert html is not None
    assert "镝" in html.get_content()


def test_with_a_user_and_password(box: tuple[Box, int]) -> None:
    held, port = box
    mail.send(settings(port, smtp_user="me", smtp_password="secret"), "x", "x", "x")
    assert len(held.taken) == 1
    with pytest.raises(UserError, match="neither this user nor this password") as caught:
        mail.send(settings(port, smtp_user="me", smtp_password="wrong"), "x", "x", "x")
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mail_to": "nobody@example.com"}, "refuses nobody@example.com"),
        ({"mail_to": ""}, "nobody to send to"),
        ({"mail_to": "no address"}, "not a mail address"),
        ({"mail_to": "a@b\r\nBcc: c@d"}, "not a mail address"),
        ({"mail_from": ""}, "not a mail address"),
        ({"smtp_security": "starttls"}, "cannot"),
        ({"smtp_security": "tls"}, "could not be sent"),
        ({"smtp_host": ""}, "no mail server is set up"),
        ({"smtp_port": 1}, "could not be sent"),
    ],
)
def test_what_is_wrong_is_one_line(box: tuple[Box, int], given: dict[str, Any], said: str) -> None:
    held, port = box
    if "smtp_host" in given:
        wrong = Settings(mail_to="a@b.example")
    else:
        wrong = settings(given.pop("smtp_port", port), **given)
    with pytest.raises(UserError, match=said):
        mail.send(wrong, "x", "x", "x")
    assert held.taken == []
