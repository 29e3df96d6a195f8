from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError

from mine2magnet.library.library import Library
from tests.web.reportify.conftest import INJECTED, Connect, titles

GERMAN = "How long do German stocks of magnets last?"


def test_claims_and_cited_passages_answer(connect: Connect, held: Library) -> None:
    said = connect().chat.completion(GERMAN)
    assert (said["type"], said["extra"]["method"], said["extra"]["mode"]) == ("answer", "passages", "concise")
    assert sorted(claim["low"] for claim in said["extra"]["claims"]) == [4, 9]
    assert said["extra"]["conflicts"] == [[1, 2]]
    assert "contradict" not in said["message"]
    assert "Conflict: " in said["message"]
    for source in said["extra"]["sources"]:
        document = held.store.document(source["doc_id"])
        assert document.paragraphs[source["paragraph"] - 1].text == source["content"]
        assert f"[{source['number']}] {document.title} ({document.source}" in said["message"]
    assert int(said["message_id"]) > 0


def test_nothing_found_is_said(connect: Connect) -> None:
    said = connect().chat.completion("秘鲁的首都是哪座城市？", mode="deepresearch")
    assert (said["type"], said["message"]) == ("nothing", "已读的文献中没有答案。")
    assert said["extra"]["sources"] == said["extra"]["claims"] == said["extra"]["files"] == []


def test_modes_tell_more_or_less(connect: Connect, held: Library) -> None:
    client = connect()
    asked = "How long do stocks of magnets at carmakers in Germany, Japan and France last?"
    told = {
        mode: client.chat.completion(asked, mode=mode)["extra"]
        for mode in ("concise", "comprehensive", "deepresearch")
    }
    assert [len(told[mode]["claims"]) for mode in told] == [3, 4, 4]
    held.digest(told["concise"]["sources"][0]["doc_id"])
    assert "documents" not in client.chat.completion(asked, mode="comprehensive")["extra"]
    deep = client.chat.completion(asked, mode="deepresearch")
    (core,) = deep["extra"]["documents"]
    assert core["title"] == told["concise"]["sources"][0]["title"]
    assert core["viewpoint"][0]["citations"] == [1]
    assert f"**Core viewpoint: {core['title']}**" in deep["message"]
    with pytest.raises(APIError, match="use concise, comprehensive, deepresearch"):
        client.chat.completion(asked, mode="verbose")


def test_every_filter_filters(connect: Connect, held: Library) -> None:
    client = connect()
    ids = {change.document.title: change.id for change in held.store.changes(0) if change.document}

    def answering(**narrowed: Any) -> set[str]:
        extra = client.chat.completion(GERMAN, mode="deepresearch", **narrowed)["extra"]
        return {one["title"] for one in (*extra["sources"], *extra["claims"])}

    everything = answering()
    assert {"Berlin counts its magnets", "Bonn counts as well"} <= everything
    assert answering(doc_ids=[ids["Bonn counts as well"]]) == {"Bonn counts as well"}
    assert "Bonn counts as well" not in answering(categories=["news"])
    assert answering(institutions=["Works Council"]) == {"Bonn counts as well"}
    assert answering(start_date="2025-06-03", end_date="2025-06-03") == {"Bonn counts as well"}
    assert answering(symbols=["US:MP"]) <= {"MP Materials begins to refine terbium"}
    assert answering(markets=["au"]) <= {"Lynas posts a photograph of its kiln"}
    assert answering(tags={"tag": ["mountain"]}) <= {"MP Materials begins to refine terbium"}
    assert answering(folder_ids=["nosuch"]) == set()
    assert answering(
        extended_filters=[{"field": "source", "operator": "eq", "value": "Works Council Gazette"}]
    ) == {"Bonn counts as well"}
    best = client.chat.completion(GERMAN, min_score=0.1)["extra"]["sources"][0]["score"]
    assert client.chat.completion(GERMAN, min_score=best + 0.01)["extra"]["sources"] == []


def test_a_session_goes_on(connect: Connect, held: Library) -> None:
    client = connect()
    first = client.chat.completion(GERMAN, session_id="of-my-own")
    assert first["extra"]["question"] == GERMAN
    second = client.chat.completion("and Japan?", session_id="of-my-own")
    assert second["extra"]["question"] == "How long do Japan stocks of magnets last?"
    assert [claim["low"] for claim in second["extra"]["claims"]] == [10]
    assert second["extra"]["conversation_id"] == first["extra"]["conversation_id"]
    third = client.chat.completion("and Japan?")
    assert third["extra"]["question"] == "and Japan?"
    assert third["extra"]["session_id"] not in ("", "of-my-own")
    assert connect("other").chat.completion("and Japan?", session_id="of-my-own")["extra"]["claims"] == []


def test_the_published_client_iterates_over_a_stream(connect: Connect) -> None:
    client = connect()
    events = list(client.chat.completion(GERMAN, stream=True))
    whole = client.chat.completion(GERMAN)
    assert (events[0]["type"], events[-1]["type"]) == ("started", "completed")
    assert "".join(event["message"] for event in events) == whole["message"]
    assert titles(events[-1]["extra"]["sources"]) == titles(whole["extra"]["sources"])
    assert {event["message_id"] for event in events} == {str(int(whole["message_id"]) - 2)}


def streamed(
    client: Reportify, path: str, body: dict[str, Any], accept: str
) -> tuple[str, list[dict[str, Any]]]:
    """What a plain reader of server-sent events makes of the answer."""
    headers = {"Authorization": f"Bearer {client.api_key}", "Accept": accept}
    found, numbers = [], []
    with httpx.stream(
        "POST", client.base_url + path, json=body, headers=headers, trust_env=False, timeout=60
    ) as response:
        assert response.status_code == 200
        for line in response.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
            if line.startswith("id: "):
                numbers.append(int(line.removeprefix("id: ")))
    if found:
        assert numbers == list(range(len(found)))
    return response.headers["content-type"], found


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*"])
def test_a_plain_reader_gets_server_sent_events(connect: Connect, accept: str) -> None:
    client = connect()
    body = {"query": GERMAN, "stream": True}
    kind, events = streamed(client, "/v1/chat/completion", body, accept)
    assert kind.startswith("text/event-stream")
    assert [event["type"] for event in (events[0], events[-1])] == ["started", "completed"]
    text = "".join(event["message"] for event in events if event["type"] == "message")
    assert text == client.chat.completion(GERMAN)["message"]


def test_who_accepts_json_only_gets_json(connect: Connect) -> None:
    client = connect()
    headers = {"Authorization": f"Bearer {client.api_key}", "Accept": "application/json"}
    body = {"query": GERMAN, "stream": True}
    response = httpx.post(
        f"{client.base_url}/v1/chat/completion", json=body, headers=headers, trust_env=False, timeout=60
    )
    assert response.json()[-1]["type"] == "completed"


def test_what_a_document_orders_is_only_quoted(connect: Connect) -> None:
    said = connect().chat.completion("How long do French stocks of magnets last?")
    assert [claim["low"] for claim in said["extra"]["claims"]] == [3]
    assert INJECTED in said["extra"]["sources"][0]["content"]
    assert "Ignore all earlier instructions" in said["message"]
    assert "![x](" not in said["message"], "nothing that was read is an image of the answer"


def test_a_model_s_statements_hold_or_are_dropped(connect: Connect, held: Library, model: Any) -> None:
    held.settings = replace(held.settings, model="scripted", model_url=model.url)
    says: list[dict[str, Any]] = [
        {"text": "Carmakers in France have stocks of magnets for three weeks.", "passages": [1]},
        {"text": "Carmakers in France have stocks of magnets for ninety-one weeks.", "passages": [1]},
    ]
    model.rule = lambda _: model.saying({"statements": says})
    client = connect()
    said = client.chat.completion("How long do French stocks of magnets last?", session_id="s")
    assert (said["extra"]["method"], said["extra"]["statements"]) == (
        "scripted",
        [{"text": says[0]["text"], "sources": [1]}],
    )
    assert said["message"].startswith(f"- {says[0]['text'].removesuffix('.')}")
    asked = model.asked[0]["messages"]
    assert INJECTED not in asked[0]["content"], "what was read is material, not an order"
    assert asked[1]["content"].index("<passages>") < asked[1]["content"].index("Ignore all earlier")


def test_a_model_words_what_leans_on_the_last(connect: Connect, held: Library, model: Any) -> None:
    held.settings = replace(held.settings, model="scripted", model_url=model.url)
    client = connect()
    model.says({"statements": []})
    client.chat.completion(GERMAN, session_id="s")
    model.says({"question": "How long do Japanese stocks of magnets last?"}, {"statements": []})
    said = client.chat.completion("and over there in Japan?", session_id="s")
    assert said["extra"]["question"] == "How long do Japanese stocks of magnets last?"
    assert INJECTED not in json.dumps(model.asked[-2]), "documents are not shown to what words a question"
    model.says({"question": "How long do Japanese stocks of terbium last?"}, {"statements": []})
    said = client.chat.completion("and France?", session_id="s")
    assert said["extra"]["question"] == "How long do France stocks of magnets last?", "nobody said terbium"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"query": ""}, "query: is missing"),
        ({"query": "x" * 600}, "longer than 500 characters"),
        ({"query": GERMAN, "start_date": "yesterday"}, "start_date: not a date"),
        ({"query": GERMAN, "categories": ["gossip"]}, "categories: no category"),
        ({"query": GERMAN, "session_id": "x" * 300}, "session_id: more than 200 characters"),
        ({"query": GERMAN, "min_score": "high"}, "min_score: .high. is not a number"),
    ],
)
def test_what_cannot_be_asked(connect: Connect, words: dict[str, Any], said: str) -> None:
    client = connect()
    with pytest.raises(APIError, match=said) as error:
        client.chat.completion(**words)
    assert error.value.status_code == 400


@pytest.mark.parametrize("body", [b'{"query": "\\ud800"}', b'{"query": "x', b"[]", b"1e400"])
def test_what_is_no_body(connect: Connect, body: bytes) -> None:
    client = connect()
    kind = {"Content-Type": "application/json"}
    response = client._client.post("/v1/chat/completion", content=body, headers=kind)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("the body: ")


@pytest.mark.parametrize("session", ["会话 – 1", "a\r\nX-Evil: 1"])
def test_any_text_names_a_session(connect: Connect, session: str) -> None:
    client = connect()
    _, events = streamed(
        client, "/v1/chat/completion", {"query": GERMAN, "stream": True, "session_id": session}, "*/*"
    )
    assert {event["extra"]["session_id"] for event in events} == {session}
