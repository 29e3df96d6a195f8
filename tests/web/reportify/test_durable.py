"""What a real `mine2magnet serve` has acknowledged is there after it was killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError

from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Key

PROGRAM = [sys.executable, "-c", "from mine2magnet.cli.main import main; main()"]
PATIENCE = 60  # s, on a busy machine


@contextmanager
def serving(held: Library, key: str) -> Iterator[Reportify]:
    """The client of a server that is killed in the end."""
    folder = str(held.settings.folder)
    process = subprocess.Popen(
        [*PROGRAM, "--folder", folder, "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"COLUMNS": "200", "XDG_CONFIG_HOME": folder},
    )
    try:
        assert process.stderr
        said = re.search(r"http://\S+:(\d+)/", process.stderr.readline())
        assert said
        threading.Thread(target=process.stderr.read, daemon=True).start()
        client = Reportify(api_key=key, base_url=f"http://127.0.0.1:{said[1]}")
        end = time.monotonic() + PATIENCE
        while True:
            try:
                client.following.get_follow_groups()
                break
            except APIError:  # it says where it is just before it listens
                assert time.monotonic() < end
                time.sleep(0.05)
        yield client
    finally:
        process.kill()
        process.wait()


def test_follows_and_conversations_outlive_a_killed_server(held: Library) -> None:
    key = api_keys.make()
    held.store.keys.put(Key("notebook", api_keys.allowed(("read", "write")), 6000, api_keys.fingerprint(key)))
    with serving(held, key) as client:
        client.channels.follow("topic:terbium")
        group = client.following.create_follow_group(
            "Miners", [{"follow_type": "company", "follow_value": "US:MP"}]
        )
        id = client.agent.create_conversation(title="Stocks")["id"]
        said = client.agent.chat(id, "How long do German stocks of magnets last?", stream=False)
    with serving(held, key) as client:
        assert client.following.get_follow_groups() == [group]
        assert [one["id"] for one in client.channels.followings()["channels"]] == ["topic:terbium"]
        assert client.agent.list_messages(id)["messages"][1]["content"] == said["message"]
        answer = client.agent.chat(id, "and Japan?", stream=False)
        assert answer["extra"]["question"] == "How long do Japan stocks of magnets last?"
