"""Files that never change."""

from __future__ import annotations

from httpx import Client

from mine2magnet.web.kit import responses


def test_static_files_may_be_kept_for_good(client: Client) -> None:
    response = client.get(f"{responses.static_path()}/main.js")
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["etag"]
    assert client.get(f"{responses.static_path()}/..%2f__init__.py").status_code == 404
