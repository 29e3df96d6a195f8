"""How the API is asked and answers: parameters, errors, ETags, pages, keys."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Client

from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Key, Read
from tests.web.conftest import MAGNETS, SLUG, id_of, written


def problem(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("/documents?limit=0", "limit"),
        ("/documents?limit=101", "limit"),
        ("/documents?limit=many", "limit"),
        ("/documents?limit=1&limit=2", "limit"),
        ("/documents?since=2025-13-01", "since"),
        ("/documents?since=null", "since"),
        ("/documents?since=0001-01-01", "since"),
        ("/documents?cursor=WzEs", "cursor"),
        ("/documents?cursor=%00%ff", "cursor"),
        ("/documents?language=", "language[1]"),
        ("/documents?colour=red", "query"),
        ("/topics/x?slug=y", "query"),
        ("/status?x=1", "query"),
        ("/search", ""),
        ("/search?q=a&order=oldest", "order"),
        ("/claims?direction=up", "direction[1]"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(client: Client, filled: Library, query: str, where: str) -> None:
    assert problem(client.get(f"/api{query}"), 400)["where"] == where


def test_an_unknown_parameter_is_told_what_is_known(client: Client, filled: Library) -> None:
    said = problem(client.get("/api/topics?page=2"), 400)
    assert said["detail"] == "query: unknown parameter 'page' (one of limit, cursor)"


def test_errors_are_problems_whatever_is_accepted(client: Client, filled: Library) -> None:
    html = {"Accept": "text/html"}
    problem(client.get("/api/nothing", headers=html), 404)
    problem(client.get("/api/topics/none", headers=html), 404)
    refused = client.patch("/api/topics", headers=html, json={})
    problem(refused, 405)
    assert {"GET", "POST", "HEAD"} == set(refused.headers["allow"].split(", "))


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        (b'{"question": "x"}', "text/plain", 415),
        (b'{"question": "x"}', "application/xml", 415),
        (b"", "application/json", 400),
        (b'{"question": ', "application/json", 400),
        (b'{"question": "\xff"}', "application/json", 400),
        (b'{"question": "\\ud800"}', "application/json", 400),
        (b'{"question": ' + b"[" * 100_000, "application/json", 400),
        (b'["question"]', "application/json", 422),
        (b'{"question": 3}', "application/json", 422),
        (b'{"question": "x", "colour": "red"}', "application/json", 422),
        (b'{"question": ""}', "application/json", 422),
        (b'{"question": " "}', "application/json", 422),
        (b'{"question": "' + b"x" * 1_000_001 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    client: Client, filled: Library, body: bytes, type: str, status: int
) -> None:
    problem(client.post("/api/ask", content=body, headers={"Content-Type": type}), status)


def test_an_answer_that_is_at_hand_is_not_sent_again(client: Client, filled: Library) -> None:
    for path in ("/api/documents", f"/api/topics/{SLUG}", "/api/openapi.json", "/api/"):
        first = client.get(path)
        etag = first.headers["ETag"]
        again = client.get(path, headers={"If-None-Match": f'"other", W/{etag}'})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["ETag"] == etag
        assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content
    filled.keep([Read(written("Another", "Another text about magnets."))])
    etag = client.get("/api/documents").headers["ETag"]
    assert client.get("/api/documents", headers={"If-None-Match": etag}).status_code == 304
    filled.keep([Read(written("One more", "One more text about magnets."))])
    assert client.get("/api/documents", headers={"If-None-Match": etag}).status_code == 200


# --- pages


def test_pages_are_followed_to_the_end(client: Client, filled: Library) -> None:
    whole = client.get("/api/documents?tag=magnets&limit=100").json()
    assert whole["next"] is None
    seen, path = [], "/api/documents?tag=magnets&limit=1"
    while path:
        answer = client.get(path)
        page = answer.json()
        seen += page["items"]
        path = page["next"]
        assert ("link" in answer.headers) == bool(path)
        assert page["total"] == whole["total"]
    assert seen == whole["items"]


@pytest.mark.parametrize("added", [1, 30])
def test_pages_stay_where_they_were_while_documents_come_in(
    client: Client, filled: Library, added: int
) -> None:
    before = [one["document"]["id"] for one in client.get("/api/documents").json()["items"]]
    page = client.get("/api/documents?limit=2").json()
    seen = [one["document"]["id"] for one in page["items"]]
    words = ("cerium", "samarium", "gadolinium", "terbium", "holmium", "erbium", "lutetium")
    filled.keep(
        Read(
            written(f"News {n} of {words[n % 7]}", f"{words[n % 7]} {n} {words[n % 5]} rose.", day=25 + n % 3)
        )
        for n in range(added)
    )
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [one["document"]["id"] for one in page["items"]]
    assert seen == before


def test_a_page_goes_on_where_the_last_document_was_removed(client: Client, filled: Library) -> None:
    before = [one["document"]["id"] for one in client.get("/api/documents").json()["items"]]
    page = client.get("/api/documents?limit=2").json()
    with filled.store.writing() as writer:
        writer.remove(before[1])
    filled.index.update()
    rest = client.get(page["next"]).json()
    assert [one["document"]["id"] for one in rest["items"]] == before[2:4]


# --- keys


def test_a_key_that_may_read_may_not_write(client: Client, filled: Library) -> None:
    secret = api_keys.make()
    filled.store.keys.put(Key("reader", api_keys.allowed(["read"]), 600, api_keys.fingerprint(secret)))
    mine = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/topics", headers=mine).status_code == 200
    assert client.post("/api/ask", headers=mine, json={"question": "Who rations?"}).status_code == 200
    id = id_of(filled, MAGNETS)
    problem(client.delete(f"/api/documents/{id}", headers=mine), 403)
    problem(client.post("/api/topics", headers=mine, json={"name": "x", "tags": ["y"]}), 403)
    assert client.get(f"/api/documents/{id}").status_code == 200
    problem(client.get("/api/topics", headers={"Authorization": "Bearer m2m_wrong"}), 401)


def test_every_operation_asks_for_its_scope(client: Client, filled: Library) -> None:
    secret = api_keys.make()
    filled.store.keys.put(Key("nobody", frozenset(), 6000, api_keys.fingerprint(secret)))
    mine = {"Authorization": f"Bearer {secret}"}
    paths = client.get("/api/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method in operations:
            place = "/api" + path.replace("{", "").replace("}", "")
            body: dict[str, Any] = {"json": {}} if method in ("post", "put") else {}
            problem(client.request(method, place, headers=mine, **body), 403)
    problem(client.get("/api/openapi.json", headers=mine), 403)
