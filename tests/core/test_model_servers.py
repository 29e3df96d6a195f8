from __future__ import annotations

import socket

import pytest

from mine2magnet.core import model_servers
from mine2magnet.core.model_servers import ModelServer
from tests.conftest import Site


def test_a_real_server_is_found_with_its_model(smollm: str) -> None:
    (found,) = model_servers.running([("llama.cpp", smollm)])
    assert (found.name, found.url, len(found.models)) == ("llama.cpp", smollm, 1)


@pytest.mark.parametrize(
    ("body", "models"),
    [
        ('{"data": [{"id": "qwen2.5:7b"}, {"id": "a\\u0000b"}, {"id": ""}]}', ("qwen2.5:7b",)),
        ('{"data": []}', ()),
        ('{"data": {"id": 1}}', ()),
        ("<html>", ()),
        ("[" * 50_000, ()),
        ('{"data": [{"id": "' + "x" * 400_000 + '"}]}', ()),  # cut short
    ],
)
def test_what_answers_otherwise_is_no_server_of_models(
    site: Site, body: str, models: tuple[str, ...]
) -> None:
    site.page("/v1/models", body, "application/json")
    url = f"{site.url}/v1"
    assert model_servers.running([("x", url)]) == ([ModelServer("x", url, models)] if models else [])


def test_nobody_there_and_one_who_says_nothing_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_servers, "TIMEOUT", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        ports = (silent.getsockname()[1], 1)
        assert model_servers.running([("x", f"http://127.0.0.1:{port}/v1") for port in ports]) == []
