"""Topics as a reader makes, changes and removes them."""

from __future__ import annotations

import re

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from tests.web.conftest import MAGNETS, SLUG


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


def test_a_new_topic_holds_what_its_queries_and_tags_match(filled: Library, client: Client) -> None:
    typed = {"name": "Heavy ones", "queries": "dysprosium\n\n  dysprosium \n", "tags": "prices\uff0c autos"}
    response = client.post("/new-topic", data=typed)
    assert response.url.path == "/topics/heavy-ones"
    assert MAGNETS.title in response.text
    made = filled.store.topic("heavy-ones")
    assert (made.queries, made.tags) == (("dysprosium",), ("prices", "autos"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "queries": "x"}, "name"),
        ({"name": "高性能磁体", "queries": "x"}, "name"),
        ({"name": "New one", "queries": " \n "}, "queries"),
        ({"name": "New one", "queries": 'fine\n"not closed'}, "query"),
        ({"name": "n" * 121, "queries": "x"}, "name"),
        ({"name": "New one", "queries": "x" * 8001}, "queries"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    filled: Library, client: Client, typed: dict[str, str], field: str
) -> None:
    response = client.post("/new-topic", data=typed)
    assert response.status_code == 400
    assert re.findall(r'class="error" id="(\w+)-error"', response.text) == [field]
    assert len(filled.store.topics()) == 1
    problem = client.post("/new-topic", data=typed, headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_topic_is_changed_at_its_address(filled: Library, client: Client) -> None:
    assert "磁材 库存" in client.get(f"/topics/{SLUG}/edit").text
    typed = {"name": "磁体", "name_en": "Magnets", "queries": "磁体", "tags": ""}
    response = client.post(f"/topics/{SLUG}/edit", data=typed)
    assert response.url.path == f"/topics/{SLUG}"
    changed = filled.store.topic(SLUG)
    assert (changed.name, changed.names, changed.queries) == ("磁体", {"en": "Magnets"}, ("磁体",))
    assert client.post("/topics/nope/edit", data=typed).status_code == 404


def test_a_topic_goes_and_its_documents_stay(filled: Library, client: Client) -> None:
    before = filled.store.count()
    assert client.post(f"/topics/{SLUG}/remove", data={"x": ""}).url.path == "/topics"
    assert filled.store.topics() == []
    assert filled.store.count() == before
    assert client.post(f"/topics/{SLUG}/remove", data={"x": ""}).status_code == 404


def test_a_preview_counts_before_saving(filled: Library, client: Client) -> None:
    found = client.get("/preview", params={"name": "?", "queries": '"rations dysprosium"', "tags": ""}).json()
    assert found["total"] == 1
    assert [one["title"] for one in found["newest"]] == [MAGNETS.title]
    problem = client.get("/preview", params={"name": "?", "queries": '"x', "format": "json"})
    assert (problem.status_code, problem.headers["content-type"]) == (400, "application/problem+json")
    assert len(filled.store.topics()) == 1
