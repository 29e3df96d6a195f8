from __future__ import annotations

import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError

from tests.web.reportify.conftest import Connect, titles

pytestmark = pytest.mark.filterwarnings("ignore:timeline:DeprecationWarning")


def follow(client: Reportify, *names: str) -> None:
    for name in names:
        client.channels.follow(client.channels.search(name)["channels"][0]["id"])


def test_nothing_followed_is_nothing_new(connect: Connect) -> None:
    timeline = connect().timeline
    for call in (timeline.companies, timeline.topics, timeline.institutes, timeline.public_media):
        assert call() == []
    assert timeline.social_media() == []


def test_each_timeline_has_its_kind(connect: Connect) -> None:
    client = connect()
    follow(client, "Harbour Wire", "Desert Analysts", "Works Council", "Kiln Watchers", "Terbium")
    client.user.follow_company("AU:LYC")
    timeline = client.timeline
    assert titles(timeline.companies()) == ["Lynas posts a photograph of its kiln"]
    assert titles(timeline.topics()) == ["MP Materials begins to refine terbium"]
    assert titles(timeline.institutes()) == ["MP Materials begins to refine terbium", "Bonn counts as well"]
    assert titles(timeline.public_media()) == ["Tokyo sits on more", "Berlin counts its magnets"]
    assert titles(timeline.public_media(num=1)) == ["Tokyo sits on more"]
    assert titles(timeline.social_media()) == ["Lynas posts a photograph of its kiln"]
    assert timeline.institutes()[0]["channel_name"] == "Desert Analysts"


def test_what_a_group_follows_counts(connect: Connect) -> None:
    client = connect()
    follows = [{"follow_type": "company", "follow_value": "US:MP"}]
    client.following.create_follow_group("Miners", follows)
    assert titles(client.timeline.companies()) == ["MP Materials begins to refine terbium"]


def test_how_many_are_asked_for_is_bounded(connect: Connect) -> None:
    with pytest.raises(APIError, match="1 to 100") as error:
        connect().timeline.topics(num=101)
    assert error.value.status_code == 400
