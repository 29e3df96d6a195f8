from __future__ import annotations

from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.web.kit import responses


def test_long_answers_are_compressed_for_those_who_take_that(filled: Library, client: Client) -> None:
    for path in ("/topics", "/api/documents", f"{responses.static_path()}/style.css"):
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
        assert packed.text == plain.text
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers
