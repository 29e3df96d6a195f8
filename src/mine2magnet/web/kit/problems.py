"""Errors as programs are told of them (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from mine2magnet.core.json import as_json


def problem(status: int, detail: str) -> str:
    """The body; its media type is application/problem+json."""
    return as_json({"title": HTTPStatus(status).phrase, "status": status, "detail": detail})
