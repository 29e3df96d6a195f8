"""The certificate with which `serve` speaks https: what is amiss with it is said before it is used."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

from mine2magnet.core.errors import UserError


def check(certificate: str, key: str = "") -> None:
    """Raises UserError if a server cannot speak https with a certificate and its key, PEM files."""
    from cryptography import x509

    for name, path in (("tls_certificate", certificate), ("tls_key", key or certificate)):
        try:
            Path(path).read_bytes()
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}", where=name) from error
    try:
        first, *_ = x509.load_pem_x509_certificates(Path(certificate).read_bytes())
    except ValueError as error:
        raise UserError(
            f"{certificate} holds no certificate", where="tls_certificate", hint="name a PEM file"
        ) from error
    ends, begins = first.not_valid_after_utc, first.not_valid_before_utc
    if not begins <= datetime.now(UTC) < ends:
        raise UserError(
            f"the certificate holds from {begins:%Y-%m-%d} to {ends:%Y-%m-%d} only",
            where="tls_certificate",
            hint="have it renewed",
        )
    _check_key(certificate, key)


def _check_key(certificate: str, key: str) -> None:
    def locked() -> str:
        raise UserError(
            f"{key or certificate} has a password",
            where="tls_key",
            hint="take it off: openssl pkey -in KEY -out PLAIN",
        )

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key or None, locked)
    except ssl.SSLError as error:
        reason = (
            "it belongs to another certificate"
            if "MISMATCH" in (error.reason or "")
            else "it holds no private key that can be used"
        )
        raise UserError(
            f"{key or certificate}: {reason}",
            where="tls_key",
            hint="name the key that the certificate was made for",
        ) from error
