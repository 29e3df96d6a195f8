from __future__ import annotations

from typing import Any

QUESTION = "Where did the price of dysprosium rise?"


def test_the_page_asks_and_the_same_address_gives_json(client: Any) -> None:
    empty = client.get("/ask")
    assert empty.status_code == 200
    assert 'name="q"' in empty.text
    told = client.get("/ask", params={"q": QUESTION, "format": "json"}).json()
    assert told["question"] == QUESTION
    assert told["answer"]["method"] == "passages"


def test_what_is_not_answered_says_so(client: Any) -> None:
    page = client.get("/ask", params={"q": "Who won the football world cup in 2018?"})
    assert "Nothing that has been read answers this" in page.text


def test_a_bad_question_is_one_line(client: Any) -> None:
    page = client.get("/ask", params={"q": "x" * 600})
    assert page.status_code == 400
    assert "longer than 500 characters" in page.text
    told = client.get("/ask", params={"q": "a", "topic": "none", "format": "json"})
    assert told.status_code == 404
    assert "no topic" in told.json()["detail"]
