from __future__ import annotations

from collections.abc import Callable

import pytest
from reportify_sdk.exceptions import APIError, NotFoundError

from mine2magnet.library.library import Library
from tests.web.reportify.conftest import Connect, titles


def channel(client: object, query: str) -> str:
    (found,) = client.channels.search(query)["channels"]  # type: ignore[attr-defined]
    return str(found["id"])


def test_sources_and_topics_are_channels(connect: Connect) -> None:
    client = connect()
    found = client.channels.search("harbour wire")
    assert found["total_count"] == 1
    (wire,) = found["channels"]
    assert (wire["name"], wire["type"], wire["doc_count"], wire["following"]) == (
        "Harbour Wire",
        "source",
        2,
        False,
    )
    (topic,) = client.channels.search("テルビウム")["channels"]
    assert (topic["id"], topic["type"], topic["doc_count"]) == ("topic:terbium", "topic", 1)
    assert client.channels.search("no such paper")["channels"] == []


def test_a_channel_is_found_by_an_address_of_its_documents(connect: Connect) -> None:
    client = connect()
    found = client.channels.search("https://harbour.example/somewhere?else=1")
    assert [one["name"] for one in found["channels"]] == ["Harbour Wire"]
    assert client.channels.search("https://arbour.example/")["channels"] == []
    assert client.channels.search("https://%.example/")["channels"] == []
    with pytest.raises(APIError, match="not an address") as error:
        client.channels.search("https://")
    assert error.value.status_code == 400


def test_following_a_channel_brings_its_documents(connect: Connect) -> None:
    client = connect()
    assert client.channels.get_docs()["docs"] == [], "nothing is followed"
    wire, mill = channel(client, "Harbour Wire"), channel(client, "Rumour Mill")
    assert client.channels.follow(wire)["following"] is True
    client.channels.follow(wire)
    client.channels.follow("topic:terbium")
    followed = client.channels.followings()
    assert [one["name"] for one in followed["channels"]] == ["Terbium", "Harbour Wire"]
    docs = client.channels.get_docs()
    assert titles(docs["docs"]) == [
        "MP Materials begins to refine terbium",
        "Tokyo sits on more",
        "Berlin counts its magnets",
    ]
    assert docs["docs"][1]["channel_id"] == wire
    second = client.channels.get_docs(page_num=2, page_size=2)
    assert (titles(second["docs"]), second["total_count"]) == (["Berlin counts its magnets"], 3)
    asked = client.channels.get_docs(channel_ids=f"{mill},topic:terbium")
    assert titles(asked["docs"])[0] == "A rumour about French stocks"
    assert client.channels.unfollow(wire)["message"]
    assert [one["id"] for one in client.channels.followings(page_size=1)["channels"]] == ["topic:terbium"]


def test_ids_stay_the_same_and_follows_are_kept(held: Library, connect: Connect) -> None:
    client = connect()
    wire = channel(client, "Harbour Wire")
    client.channels.follow(wire)
    reopened = Library.open(held.settings)
    assert list(reopened.store.follows.followed("notebook", "channel")) == [wire]
    assert channel(connect("other"), "Harbour Wire") == wire


def test_each_key_follows_for_itself(connect: Connect) -> None:
    mine, other = connect("mine"), connect("other")
    mine.channels.follow("topic:terbium")
    assert other.channels.followings()["total_count"] == 0
    assert other.channels.search("terbium")["channels"][0]["following"] is False


def test_what_is_no_channel(connect: Connect) -> None:
    client = connect()
    calls: list[Callable[[], object]] = [
        lambda: client.channels.follow("source:000000000000"),
        lambda: client.channels.unfollow("topic:nothing"),
        lambda: client.channels.get_docs(channel_ids="topic:nothing"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()
    with pytest.raises(APIError, match="page_size") as error:
        client.channels.followings(page_size=1000)
    assert error.value.status_code == 400
    with pytest.raises(APIError, match="query: is missing"):
        client.channels.search(" ")


def test_a_key_that_reads_may_not_follow(connect: Connect) -> None:
    client = connect("reader", "read")
    with pytest.raises(APIError, match="may not write") as error:
        client.channels.follow("topic:terbium")
    assert error.value.status_code == 403
    assert client.channels.search("terbium")["total_count"] == 1
