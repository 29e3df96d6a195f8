"""Mail through the SMTP server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings

TIMEOUT = 30.0  # s for each step of sending


def send(settings: Settings, subject: str, text: str, html: str, to: str = "") -> list[str]:
    """Send a message as text and HTML.

    Parameters
    ----------
    settings : Settings
        `smtp_*` and `mail_*`.
    subject, text, html : str
    to : str
        Addresses with commas between; without, those of the settings.

    Returns
    -------
    list of str
        To whom it went.

    Raises
    ------
    UserError
        When the settings do not say where to, or the server does not take it.
    """
    listed = receivers(settings, to)
    sender = _address(settings.mail_from or settings.smtp_user, "mail_from")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"], message["To"] = sender, listed
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.domain)
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    try:
        with _server(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise UserError(
            "the mail server takes neither this user nor this password", where="smtp_user"
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise UserError(f"the mail server cannot: {error}", where="smtp_security") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise UserError(f"the mail server refuses {', '.join(error.recipients)}", where="mail_to") from None
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        raise UserError(f"the mail could not be sent: {error}", where=where) from None
    return [receiver.addr_spec for receiver in listed]


def receivers(settings: Settings, to: str = "") -> list[Address]:
    """Return to whom mail goes; raises UserError where the settings do not say by what, or to whom.

    Parameters
    ----------
    settings : Settings
    to : str
        As for `send`.

    Returns
    -------
    list of Address
    """
    if not settings.smtp_host:
        raise UserError("no mail server is set up", where="smtp_host", hint="set smtp_host and mail_to")
    where = "to" if to else "mail_to"
    found = [_address(one, where) for one in (to or settings.mail_to).split(",") if one.strip()]
    if not found:
        raise UserError("nobody to send to", where="mail_to", hint="write it as name@example.com")
    return found


def _server(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _address(given: str, where: str) -> Address:
    name, address = parseaddr(given.strip())
    try:
        found = Address(name, addr_spec=address)
    except (ValueError, IndexError, AttributeError):
        found = Address()
    if not (found.username and found.domain and given.isprintable()):
        raise UserError(f"not a mail address: {given[:60]!r}", where=where, hint="name@example.com")
    return found
