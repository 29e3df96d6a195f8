"""What a real `mine2magnet serve` has acknowledged is there after it was killed."""

from __future__ import annotations

from reportify_sdk import Reportify

from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from tests.serving import serving


def test_follows_and_conversations_outlive_a_killed_server(held: Library) -> None:
    key = api_keys.make()
    held.store.keys.put(Key("notebook", api_keys.allowed(("read", "write")), 6000, api_keys.fingerprint(key)))
    folder = held.settings.folder
    with serving(folder) as served, Reportify(api_key=key, base_url=served.url) as client:
        client.channels.follow("topic:terbium")
        group = client.following.create_follow_group(
            "Miners", [{"follow_type": "company", "follow_value": "US:MP"}]
        )
        id = client.agent.create_conversation(title="Stocks")["id"]
        said = client.agent.chat(id, "How long do German stocks of magnets last?", stream=False)
    with serving(folder) as served, Reportify(api_key=key, base_url=served.url) as client:
        assert client.following.get_follow_groups() == [group]
        assert [one["id"] for one in client.channels.followings()["channels"]] == ["topic:terbium"]
        assert client.agent.list_messages(id)["messages"][1]["content"] == said["message"]
        answer = client.agent.chat(id, "and Japan?", stream=False)
        assert answer["extra"]["question"] == "How long do Japan stocks of magnets last?"
