"""What problems (RFC 9457) look like."""

from __future__ import annotations

from httpx import Response


def is_problem(response: Response, status: int) -> bool:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return bool(response.json()["detail"]) and response.json()["status"] == status
