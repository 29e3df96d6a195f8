"""Mail to a real SMTP server on loopback."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from mine2magnet.alerts import mail
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from tests.alerts.conftest import Box, settings


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
