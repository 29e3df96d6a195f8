from __future__ import annotations

from collections.abc import Callable

import pytest
from reportify_sdk.exceptions import APIError, NotFoundError

from tests.web.reportify.conftest import Connect, titles

MP = {"follow_type": "company", "follow_value": "US:MP"}
LYNAS = {"follow_type": "company", "follow_value": "au:lyc"}
TERBIUM = {"follow_type": "channel", "follow_value": "topic:terbium"}


def test_a_group_is_made_changed_and_removed(connect: Connect) -> None:
    client = connect()
    made = client.following.create_follow_group("Miners", [MP, LYNAS, MP])
    id = made["group_id"]
    assert (made["name"], made["count"]) == ("Miners", 2)
    assert [v["follow_value"] for v in made["follow_values"]] == ["US:MP", "AU:LYC"]
    empty = client.following.create_follow_group("Nothing yet")
    assert [(g["name"], g["count"]) for g in client.following.get_follow_groups()] == [
        ("Miners", 2),
        ("Nothing yet", 0),
    ]
    assert client.following.update_follow_group(id, name="Makers")["name"] == "Makers"
    assert client.following.update_follow_group(id)["name"] == "Makers"
    client.following.add_follows_to_group(id, [TERBIUM, MP])
    assert client.following.get_follow_group(id)["follow_values"][-1] == TERBIUM
    client.following.remove_follows_from_group(id, ["MP", "AU:LYC", "HK:00700"])
    assert client.following.get_follow_group(id)["follow_values"] == [TERBIUM]
    client.following.set_group_follows(id, [LYNAS])
    assert client.following.get_follow_group(id)["follow_values"][0]["follow_value"] == "AU:LYC"
    assert client.following.get_follow_group(id)["count"] == 1
    assert client.following.delete_follow_group(empty["group_id"])["message"]
    assert [g["group_id"] for g in client.following.get_follow_groups()] == [id]


def test_documents_of_a_group(connect: Connect) -> None:
    client = connect()
    id = client.following.create_follow_group("Both", [LYNAS, TERBIUM])["group_id"]
    found = client.following.get_follow_group_docs(id)
    assert titles(found["items"]) == [
        "Lynas posts a photograph of its kiln",
        "MP Materials begins to refine terbium",
    ]
    assert found["items"][0]["symbols"] == ["AU:LYC"]
    assert (found["total_count"], found["page_num"], found["page_size"]) == (2, 1, 10)
    assert len(client.following.get_follow_group_docs(id, page_num=2, page_size=1)["items"]) == 1
    assert client.following.get_follow_group_docs(id, page_num=3, page_size=1)["items"] == []


def test_what_stands_in_a_group_is_followed(connect: Connect) -> None:
    client = connect()
    id = client.following.create_follow_group("Miners", [MP, TERBIUM])["group_id"]
    assert [c["symbol"] for c in client.user.followed_companies()] == ["US:MP"]
    client.user.unfollow_company("US:MP")
    assert client.following.get_follow_group(id)["follow_values"] == [TERBIUM]
    client.following.delete_follow_group(id)
    assert client.channels.followings()["channels"] == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([{"follow_type": "fund", "follow_value": "x"}], "use company or channel"),
        ([{"follow_type": "company", "follow_value": "no symbol"}], "write market:ticker"),
        (["US:MP"], "not an object"),
        ([MP] * 501, "at most 500"),
    ],
)
def test_follows_that_cannot_be(connect: Connect, values: list[dict[str, str]], said: str) -> None:
    client = connect()
    with pytest.raises(APIError, match=said) as error:
        client.following.create_follow_group("Miners", values)
    assert error.value.status_code == 400
    assert client.following.get_follow_groups() == [], "nothing is half made"


def test_a_group_of_another_key_is_not_there(connect: Connect) -> None:
    mine, other = connect("mine"), connect("other")
    id = mine.following.create_follow_group("Mine", [MP])["group_id"]
    calls: list[Callable[[], object]] = [
        lambda: other.following.get_follow_group(id),
        lambda: other.following.update_follow_group(id, name="Theirs"),
        lambda: other.following.add_follows_to_group(id, [LYNAS]),
        lambda: other.following.set_group_follows(id, []),
        lambda: other.following.remove_follows_from_group(id, ["US:MP"]),
        lambda: other.following.delete_follow_group(id),
        lambda: other.following.get_follow_group_docs(id),
        lambda: mine.following.create_follow_group(
            "x", [{"follow_type": "channel", "follow_value": "topic:x"}]
        ),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()
    assert mine.following.get_follow_group(id)["name"] == "Mine"
    with pytest.raises(APIError, match="name: is missing"):
        mine.following.create_follow_group(" ")
