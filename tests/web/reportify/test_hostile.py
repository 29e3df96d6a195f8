"""Whatever is sent, it is answered or refused: the server never fails over it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.reportify.conftest import Connect

CALLS = [
    ("POST", "/v1/channels/search", ("query", "page_num", "page_size")),
    ("POST", "/v1/following/groups", ("name", "follow_values")),
    ("PUT", "/v1/following/groups/{}/follows", ("follow_values",)),
    ("DELETE", "/v1/following/groups/{}/follows", ("follow_values",)),
    ("POST", "/v1/tools/user/follow-company", ("symbol",)),
    ("POST", "/v1/tools/timeline/companies", ("num",)),
    ("POST", "/v1/agent/conversations", ("agent_id", "title", "conversation_type", "meta", "channel")),
    ("POST", "/v1/agent/conversations/{}/chat", ("message", "documents", "stream", "background")),
    (
        "POST",
        "/v1/chat/completion",
        (
            "query",
            "mode",
            "session_id",
            "stream",
            "doc_ids",
            "tags",
            "start_date",
            "min_score",
            "extended_filters",
        ),
    ),
]
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["US:MP", "1", "concise", "topic:terbium", "2025-06-01"])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@pytest.mark.parametrize(("method", "path", "names"), CALLS)
def test_any_values_are_answered_or_refused(
    connect: Connect, method: str, path: str, names: tuple[str, ...]
) -> None:
    client = connect()
    id = client.agent.create_conversation()["id"]
    group = client.following.create_follow_group("Mine")["group_id"]
    at = path.format(group if "groups" in path else id)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(names, VALUES)))
    def send(body: dict[str, Any]) -> None:
        response = client._client.request(method, at, **sent(method, body))
        assert response.status_code in (200, 400, 404), response.text
        if response.status_code != 200:
            assert response.json()["detail"]

    send()


def sent(method: str, body: dict[str, Any]) -> dict[str, Any]:
    if method != "DELETE":
        content = json.dumps(body)
        return {"content": content, "headers": {"Content-Type": "application/json"}}
    return {"params": {name: str(value).encode("utf-8", "replace").decode() for name, value in body.items()}}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/agent/conversations/%00",
        "/v1/agent/conversations/١",
        "/v1/agent/conversations/99999999999999999999",
        "/v1/agent/conversations/-1/messages",
        "/v1/agent/files/..%2f..%2fetc%2fpasswd",
        "/v1/agent/files/1-%0d%0aX-Evil:%201",
        "/v1/following/groups/%ff",
        "/v1/following/groups/' OR 1=1 --",
    ],
)
def test_any_path_is_answered_or_refused(connect: Connect, path: str) -> None:
    response = connect()._client.get(path)
    assert response.status_code == 404
    assert response.json()["detail"]
