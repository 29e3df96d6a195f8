from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError, NotFoundError

from mine2magnet.ask import conversations
from mine2magnet.ask.conversations import AT_ONCE
from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from mine2magnet.web.app import app
from tests.conftest import until
from tests.serving import serving
from tests.web.conftest import Switch
from tests.web.reportify.conftest import Connect
from tests.web.reportify.test_chat import streamed

GERMAN = "How long do German stocks of magnets last?"


def start(client: Reportify, **words: Any) -> int:
    return int(client.agent.create_conversation(**words)["id"])


@pytest.fixture
def waiting(held: Library, model: Any) -> Iterator[threading.Event]:
    """A model that answers only once the event is set."""
    held.settings = replace(held.settings, model="scripted", model_url=model.url, model_per_minute=6000.0)
    go = threading.Event()

    def answer(handler: Any) -> None:
        go.wait(20)
        model.saying({"statements": []})(handler)

    model.rule = lambda _: answer
    yield go
    go.set()


def test_a_conversation_is_made_as_asked(connect: Connect) -> None:
    client = connect()
    made = client.agent.create_conversation(
        agent_id=11887655289749510,
        title="Stocks",
        conversation_type="task_chat",
        meta={"a": [1]},
        channel="telegram",
    )
    assert (made["agent_id"], made["title"], made["type"]) == (11887655289749510, "Stocks", "task_chat")
    assert (made["user_id"], made["meta"], made["channel"]) == ("notebook", {"a": [1]}, "telegram")
    assert (made["status"], made["messages"]) == ("active", [])
    assert client.agent.get_conversation(made["id"]) == made
    assert client.agent.create_conversation()["type"] == "agent_chat"


def test_follow_up_questions_take_the_earlier_ones_into_account(connect: Connect) -> None:
    client = connect()
    id = start(client)
    first = client.agent.chat(id, GERMAN, stream=False)
    assert sorted(claim["low"] for claim in first["extra"]["claims"]) == [4, 9]
    second = client.agent.chat(id, "and Japan?", stream=False)
    assert second["extra"]["question"] == "How long do Japan stocks of magnets last?"
    assert [claim["low"] for claim in second["extra"]["claims"]] == [10]
    assert "ten weeks" in second["message"]
    third = client.agent.chat(id, "And in France?", stream=False)
    assert [claim["low"] for claim in third["extra"]["claims"]] == [3]
    fourth = client.agent.chat(id, "Who won the football world cup in 2018?", stream=False)
    assert fourth["message"] == "Nothing that has been read answers this."
    assert client.agent.get_conversation(id)["title"] == GERMAN


def test_messages_come_in_pages_and_outlive_the_server(
    connect: Connect, held: Library, server: tuple[Switch, int]
) -> None:
    client = connect()
    id = start(client)
    for question in (GERMAN, "and Japan?", "and France?"):
        client.agent.chat(id, question, stream=False)
    server[0].app = app(Library.open(held.settings))  # as after a restart
    last = client.agent.list_messages(id, limit=4)
    assert [m["role"] for m in last["messages"]] == ["user", "assistant"] * 2
    assert [m["content"] for m in last["messages"]][::2] == ["and Japan?", "and France?"]
    assert last["has_more"] is True
    before = client.agent.list_messages(id, before_message_id=last["messages"][0]["id"])
    assert before["messages"][0]["content"] == GERMAN
    assert (len(before["messages"]), before["has_more"]) == (2, False)
    whole = client.agent.get_conversation(id)
    assert [m["id"] for m in whole["messages"]] == [m["id"] for m in (*before["messages"], *last["messages"])]
    assert whole["status"] == "completed"
    assert client.agent.chat(id, "and Japan?", stream=False)["extra"]["claims"][0]["low"] == 10


def test_documents_narrow_a_question(connect: Connect, held: Library) -> None:
    client = connect()
    ids = {change.document.title: change.id for change in held.store.changes(0) if change.document}
    given = [{"doc_id": ids["Bonn counts as well"], "doc_title": "Bonn", "file_type": "html"}]
    id = start(client)
    said = client.agent.chat(id, GERMAN, documents=given, stream=False)
    assert [claim["low"] for claim in said["extra"]["claims"]] == [9]
    assert client.agent.list_messages(id)["messages"][0]["documents"] == given
    with pytest.raises(NotFoundError):
        client.agent.chat(id, GERMAN, documents=[{"doc_id": "dnosuchdoc"}], stream=False)
    with pytest.raises(APIError, match="has no doc_id"):
        client.agent.chat(id, GERMAN, documents=[{"doc_title": "Bonn"}], stream=False)


def test_the_published_client_iterates_over_events(connect: Connect) -> None:
    client = connect()
    id = start(client)
    events = list(client.agent.chat(id, GERMAN))
    assert [event["offset"] for event in events] == list(range(len(events)))
    assert (events[0]["question"], events[-1]["type"]) == (GERMAN, "completed")
    answer = client.agent.list_messages(id)["messages"][-1]
    assert "".join(event["message"] for event in events) == answer["content"]
    assert events[-1]["extra"] == answer["extra"]
    kept = client.agent.get_message_events(id, events[0]["assistant_message_id"], stream=False)
    assert (kept["assistant_events"], kept["status"]) == (events, "completed")
    later = client.agent.get_message_events(id, events[0]["assistant_message_id"], from_offset=2)
    assert later == events[2:]


def test_a_plain_reader_follows_an_answer_as_it_is_made(connect: Connect, waiting: threading.Event) -> None:
    client = connect()
    path = f"/v1/agent/conversations/{start(client)}"
    headers = {"Authorization": f"Bearer {client.api_key}"}
    body, url = {"message": GERMAN}, client.base_url + path
    with httpx.stream(
        "POST", f"{url}/chat", json=body, headers=headers, trust_env=False, timeout=60
    ) as response:
        lines = response.iter_lines()
        assert next(lines) == "id: 0"
        assert GERMAN in next(lines), "before the model has answered"
        answer = response.headers["X-Assistant-Message-Id"]
        waiting.set()
        assert any('"type": "completed"' in line for line in lines)
    kind, events = streamed(client, f"{path}/chat", body, "text/event-stream")
    assert kind.startswith("text/event-stream")
    assert events[-1]["extra"]["note"], "the model said nothing that holds"
    assert int(events[0]["assistant_message_id"]) > int(answer)


def test_in_the_background(connect: Connect, waiting: threading.Event) -> None:
    client = connect()
    id = start(client)
    begun = client.agent.chat(id, GERMAN, background=True)
    answer = begun["assistant_message_id"]
    assert (begun["conversation_id"], begun["status"], begun["message"]) == (id, "running", "")
    assert client.agent.get_conversation(id)["status"] == "running"
    until(lambda: client.agent.get_message_events(id, answer, stream=False)["assistant_events"])
    assert client.agent.get_message_events(id, answer, timeout=0)[-1]["type"] == "started"
    waiting.set()
    assert client.agent.get_message_events(id, answer)[-1]["type"] == "completed"
    assert client.agent.list_messages(id)["messages"][-1]["content"].startswith("**Figures")


def test_an_answer_can_be_cancelled_while_it_is_made(connect: Connect, waiting: threading.Event) -> None:
    client = connect()
    id = start(client)
    answer = client.agent.chat(id, GERMAN, background=True)["assistant_message_id"]
    assert client.agent.cancel_execution(id, answer) == {"response_id": answer, "status": "cancelled"}
    waiting.set()
    client.agent.chat(id, GERMAN, stream=False)
    kept = client.agent.get_message_events(id, answer, stream=False)
    assert (kept["status"], kept["assistant_events"][-1]["type"]) == ("cancelled", "cancelled")
    done = str(client.agent.list_messages(id)["messages"][-1]["id"])
    assert client.agent.cancel_execution(id, done)["status"] == "completed", "it has ended already"


def test_many_may_ask_at_once(connect: Connect) -> None:
    client = connect()
    id = start(client)
    with ThreadPoolExecutor(3 * AT_ONCE) as pool:
        said = list(pool.map(lambda _: client.agent.chat(id, GERMAN, stream=False), range(3 * AT_ONCE)))
    assert {len(one["extra"]["claims"]) for one in said} == {2}
    assert len({one["assistant_message_id"] for one in said}) == 3 * AT_ONCE


def test_no_more_is_begun_than_can_be_answered(
    connect: Connect, waiting: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "WAIT", 0.1)
    client = connect()
    id = start(client)
    for _ in range(AT_ONCE):
        client.agent.chat(id, GERMAN, background=True)
    response = client._client.post(f"/v1/agent/conversations/{id}/chat", json={"message": GERMAN})
    assert response.status_code == 429
    assert "answers are being made" in response.json()["detail"]
    waiting.set()
    until(lambda: client.agent.get_conversation(id)["status"] == "completed")
    assert len(client.agent.list_messages(id, limit=100)["messages"]) == 2 * AT_ONCE
    until(
        lambda: all(m["status"] == "completed" for m in client.agent.list_messages(id, limit=100)["messages"])
    )
    assert client.agent.chat(id, GERMAN, stream=False)["status"] == "completed"


def test_an_answer_comes_as_files(connect: Connect) -> None:
    client = connect()
    id = start(client)
    said = client.agent.chat(id, GERMAN, stream=False)
    names = {file["file_name"]: file["file_id"] for file in said["extra"]["files"]}
    assert set(names) == {"answer.md", "claims.csv"}
    assert client.agent.get_file(names["answer.md"]).decode() == said["message"]
    table = client.agent.get_file(names["claims.csv"]).decode()
    assert sorted(row["low"] for row in csv.DictReader(io.StringIO(table))) == ["4.0", "9.0"]
    for file in ("1-nothing.md", "no file", "999999-answer.md", "-answer.md"):
        with pytest.raises(NotFoundError):
            client.agent.get_file(file)
    with pytest.raises(NotFoundError):
        connect("other").agent.get_file(names["answer.md"])


def test_a_conversation_of_another_key_is_not_there(connect: Connect) -> None:
    mine, other = connect("mine"), connect("other")
    id = start(mine)
    answer = mine.agent.chat(id, GERMAN, stream=False)["assistant_message_id"]
    asked = str(int(answer) - 1)
    calls: list[Callable[[], object]] = [
        lambda: other.agent.get_conversation(id),
        lambda: other.agent.chat(id, GERMAN),
        lambda: other.agent.list_messages(id),
        lambda: other.agent.get_message_events(id, answer),
        lambda: other.agent.cancel_execution(id, answer),
        lambda: mine.agent.get_message_events(start(mine), answer),
        lambda: mine.agent.get_message_events(id, asked),
        lambda: mine.agent.get_message_events(id, "9" * 30),
        lambda: mine.agent.get_conversation("x"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()


def test_what_cannot_be_asked(connect: Connect) -> None:
    client = connect()
    id = start(client)
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: client.agent.create_conversation(conversation_type="gossip"), "use agent_chat"),
        (lambda: client.agent.create_conversation(meta={"a": "x" * 20_000}), "meta: has more than"),
        (lambda: client.agent.chat(id, " "), "message: is missing"),
        (lambda: client.agent.chat(id, "x" * 501, stream=False), "longer than 500"),
        (lambda: client.agent.list_messages(id, limit=0), "1 to 100"),
    ]
    for call, said in calls:
        with pytest.raises(APIError, match=said) as error:
            call()
        assert error.value.status_code == 400
    assert client.agent.list_messages(id)["messages"] == []


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
