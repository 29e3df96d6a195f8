from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import MAX_BYTES, Chat, ChatError, Endpoint, tokens
from tests.conftest import until

KEY = "sk-not-to-be-seen-0123456789"
HELLO = [{"role": "user", "content": "Which rare earths are heavy?"}]
SCHEMA = {
    "type": "object",
    "properties": {"names": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 2}},
    "required": ["names"],
    "additionalProperties": False,
}


def chat(model: Any, *, patience: float = 20.0, **changes: Any) -> Chat:
    settings = {"key": KEY, "per_minute": 60_000, "timeout": 5.0, **changes}
    return Chat(Endpoint(model.url, "scripted", **settings), pause=0.01, patience=patience)


def ask(client: Chat, **kwargs: Any) -> str:
    with client:
        return client.complete(HELLO, max_tokens=50, **kwargs).text


def test_a_reply_with_what_it_cost(model: Any) -> None:
    model.queue.append(model.saying("Tb", usage={"prompt_tokens": 2000, "completion_tokens": 500}))
    with chat(model, price_in=1.0, price_out=4.0) as client:
        reply = client.complete(HELLO, max_tokens=50)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("Tb", 2000, 500)
    assert reply.cost == pytest.approx(0.004)
    (asked,) = model.asked
    assert asked["_path"] == "/v1/chat/completions"
    assert asked["_headers"]["Authorization"] == f"Bearer {KEY}"
    assert (asked["model"], asked["max_tokens"], asked["temperature"]) == ("scripted", 50, 0.0)
    assert asked["messages"] == HELLO


@pytest.mark.parametrize("usage", [None, [], {"prompt_tokens": "many", "completion_tokens": -1}])
def test_tokens_are_estimated_where_the_server_does_not_count(model: Any, usage: object) -> None:
    model.queue.append(model.saying("镝和铽", usage=usage))
    with chat(model) as client:
        reply = client.complete(HELLO, max_tokens=50)
    assert (reply.tokens_in, reply.tokens_out) == (tokens(HELLO[0]["content"]), 3)


def test_thoughts_are_no_part_of_the_answer(model: Any) -> None:
    model.says("<think>\nheavy means {beyond} gadolinium\n</think>\n\nDy, Tb")
    assert ask(chat(model)) == "Dy, Tb"


# --- structured answers


def test_a_schema_is_sent_to_be_kept_to(model: Any) -> None:
    model.says({"names": ["Dy"]})
    assert json.loads(ask(chat(model), schema=SCHEMA)) == {"names": ["Dy"]}
    assert model.asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA
    assert model.asked[0]["response_format"]["json_schema"]["strict"] is True


def test_a_server_that_refuses_schemas_is_asked_in_simpler_ways_and_that_is_remembered(model: Any) -> None:
    def strict(body: dict[str, Any]) -> Any:
        if "response_format" in body:
            return model.sending('{"error": {"message": "response_format is unknown"}}', 400)
        return model.saying({"names": ["Tb"]})

    model.rule = strict
    with chat(model) as client:
        for _ in range(2):
            client.complete(HELLO, schema=SCHEMA, max_tokens=50)
    formats = [body.get("response_format", {}).get("type") for body in model.asked]
    assert formats == ["json_schema", "json_schema", "json_object", None, None]
    bare = model.asked[1]["response_format"]["json_schema"]["schema"]
    assert bare["properties"] == {"names": {"type": "array", "items": {"type": "string"}}}
    assert '"additionalProperties": false' in model.asked[-1]["messages"][0]["content"]
    assert HELLO[0]["content"] == "Which rare earths are heavy?"  # the caller's messages stay


def test_what_is_refused_for_another_reason_is_not_remembered(model: Any) -> None:
    too_long = '{"error": {"message": "the request exceeds the context"}}'
    for _ in range(4):
        model.sends(too_long, 400)
    model.says({"names": []})
    with chat(model) as client:
        with pytest.raises(ChatError, match="the request exceeds the context"):
            client.complete(HELLO, schema=SCHEMA, max_tokens=50)
        client.complete(HELLO, schema=SCHEMA, max_tokens=50)
    assert model.asked[-1]["response_format"]["type"] == "json_schema"


def test_a_server_that_names_parameters_otherwise(model: Any) -> None:
    def modern(body: dict[str, Any]) -> Any:
        if "max_tokens" in body:
            return model.sending('{"error": {"message": "use \'max_completion_tokens\' instead"}}', 400)
        if "temperature" in body:
            return model.sending('{"error": {"message": "\'temperature\' must be left out"}}', 400)
        return model.saying("Dy")

    model.rule = modern
    assert ask(chat(model)) == "Dy"
    assert model.asked[-1]["max_completion_tokens"] == 50


# --- faults that pass


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again(model: Any, status: int) -> None:
    model.sends("busy", status)
    model.says("Dy")
    assert ask(chat(model)) == "Dy"
    assert len(model.asked) == 2


def test_attempts_are_bounded(model: Any) -> None:
    with pytest.raises(ChatError, match=r"answers 500 \(tried 4 times\)") as caught:
        ask(chat(model))
    assert len(model.asked) == 4
    assert caught.value.status == 502


@pytest.mark.parametrize("dated", [False, True])
def test_retry_after_is_kept_by_all_threads(model: Any, dated: bool) -> None:
    at = datetime.now(UTC) + timedelta(seconds=2)  # a date has no fractions: between 1 and 2 s away
    model.sends("", 429, Retry_After=format_datetime(at, usegmt=True) if dated else "1")
    model.rule = lambda body: model.saying("Dy")
    with chat(model) as client, ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        first = pool.submit(client.complete, HELLO, max_tokens=50)
        until(lambda: client._free > began + 0.5)  # the first has been told to wait
        second = pool.submit(client.complete, HELLO, max_tokens=50)
        assert first.result().text == second.result().text == "Dy"
    assert time.monotonic() - began >= 0.95
    assert len(model.asked) == 3


def test_a_wait_beyond_all_patience_is_not_begun(model: Any) -> None:
    model.sends("", 429, Retry_After="3600")
    began = time.monotonic()
    with pytest.raises(ChatError, match="answers 429, asks to wait 3600 s"):
        ask(chat(model))
    assert time.monotonic() - began < 60


def hanging(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)


def test_a_server_that_does_not_answer_in_time(model: Any) -> None:
    model.queue += [hanging]
    model.says("Dy")
    assert ask(chat(model, timeout=0.3)) == "Dy"
    model.rule = lambda body: hanging
    with pytest.raises(ChatError, match=r"no answer within 0\.2 s"):
        ask(chat(model, timeout=0.2, patience=0.5))


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.03)


def test_a_server_that_drips_is_not_waited_for(model: Any) -> None:
    model.rule = lambda body: dripping
    began = time.monotonic()
    with pytest.raises(ChatError, match="no answer within"):
        ask(chat(model, timeout=0.3, patience=1.0))
    assert time.monotonic() - began < 15


def cutting(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def test_a_connection_cut_half_way_is_tried_again(model: Any) -> None:
    model.queue.append(cutting)
    model.says("Dy")
    assert ask(chat(model)) == "Dy"


def test_nobody_there() -> None:
    client = Chat(Endpoint("http://127.0.0.1:9/v1", "gone", per_minute=60_000), pause=0.001)
    with pytest.raises(ChatError, match=r"cannot be reached: .* \(tried 4 times\)") as caught:
        ask(client)
    assert str(caught.value).startswith("gone at http://127.0.0.1:9/v1: ")


# --- faults that stay


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>Welcome to the hotel</html>", "no JSON"),
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1, 2]", "no JSON object"),
        ('{"choices": []}', "no chat answer"),
        ('{"choices": {"0": 1}}', "no chat answer"),
        ('{"choices": ["Dy"]}', "no chat answer"),
        ('{"choices": [{"message": {"content": null}}]}', "answers nothing"),
        ('{"choices": [{"message": {"content": ["Dy"]}}]}', "answers nothing"),
        ('{"choices": [{"message": {"content": "Dy and", "x": 1}, "finish_reason": "length"}]}', "half-way"),
        (b"\xff\xfe\x00nonsense", "no JSON"),
        (b"x" * (MAX_BYTES + 1), "more than 4 MB"),
    ],
)
def test_nonsense_is_one_line_and_not_asked_for_again(model: Any, body: bytes | str, reason: str) -> None:
    model.sends(body)
    with pytest.raises(ChatError, match=reason) as caught:
        ask(chat(model))
    assert "\n" not in str(caught.value)
    assert len(model.asked) == 1


def test_redirects_are_not_followed(model: Any) -> None:
    model.sends("", 307, Location=f"{model.url}/elsewhere")
    with pytest.raises(ChatError, match="redirects elsewhere"):
        ask(chat(model))
    assert len(model.asked) == 1


def test_the_key_is_in_no_error_and_no_repr(model: Any) -> None:
    model.sends(json.dumps({"error": {"message": f"wrong key {KEY}\n\x1b[31m"}}), 401)
    client = chat(model)
    with pytest.raises(ChatError) as caught:
        ask(client)
    assert str(caught.value) == (
        f"scripted at {model.url}: answers 401: wrong key … [31m (check the key of the endpoint)"
    )
    assert KEY not in repr(client.endpoint)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://127.0.0.1/v1", "not the base URL"),
        ("http://[::1", "not the base URL"),
        ("http://127.0.0.1:99999/v1", "not the base URL"),
        ("https://models.example/v1?key=1", "not the base URL"),
        ("https://me:secret@models.example/v1", "a key does not belong"),
        ("http://models.example/v1", "leaves this machine"),
        ("http://127.0.0.1.models.example/v1", "leaves this machine"),
        ("http://192.168.1.5/v1", "leaves this machine"),
    ],
)
def test_where_articles_and_keys_must_not_go(url: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        Endpoint(url, "any", key=KEY)


@pytest.mark.parametrize("url", ["http://localhost:1/v1", "http://[::1]:1/v1", "https://models.example/v1"])
def test_where_they_may_go(url: str) -> None:
    assert Endpoint(url, "any").url == url


def test_a_key_that_would_break_the_header_is_not_shown() -> None:
    with pytest.raises(UserError, match="no key has") as caught:
        Endpoint("https://models.example/v1", "any", key=f"{KEY}\r\nX-More: 1")
    assert KEY not in str(caught.value)


# --- rate and concurrency


def test_requests_are_spaced_over_all_threads(model: Any) -> None:
    model.rule = lambda body: model.saying("Dy")
    with chat(model, per_minute=1200, concurrency=4) as client, ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        list(pool.map(lambda _: client.complete(HELLO, max_tokens=50), range(9)))
    assert time.monotonic() - began >= 8 * 60 / 1200


def test_so_many_at_a_time(model: Any) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def slow(handler: BaseHTTPRequestHandler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        model.saying("Dy")(handler)

    model.rule = lambda body: slow
    with chat(model, concurrency=2) as client, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: client.complete(HELLO, max_tokens=50), range(6)))
    assert most == 2


# --- a real model


def test_a_real_server_keeps_to_the_schema_and_counts(smollm: str) -> None:
    with Chat(Endpoint(smollm, "smollm2", price_in=1.0)) as client:
        reply = client.complete(HELLO, schema=SCHEMA, max_tokens=200)
    answer = json.loads(reply.text)
    assert list(answer) == ["names"]
    assert all(isinstance(name, str) and len(name) <= 20 for name in answer["names"])
    assert len(answer["names"]) <= 2
    assert reply.tokens_in > 5
    assert reply.tokens_out > 2
    assert reply.cost == pytest.approx(reply.tokens_in / 1_000_000)
