from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mine2magnet.ask import conversations
from mine2magnet.ask.answer import Answer
from mine2magnet.ask.conversations import AskedQuestion, Desk
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.library.library import Library


def tell(answer: Answer) -> tuple[str, dict[str, Any]]:
    return f"asked: {answer.question}\nfound: {len(answer.sources)}", {"kept": True}


def test_an_answer_is_kept_with_what_happened(library: Library) -> None:
    desk, store = Desk(library), library.store.conversations
    held = store.open("me", "a session")
    asked, answer = desk.ask(held, AskedQuestion("How long do stocks last?"), {"from": "here"}, tell)
    assert (asked.text, asked.body) == ("How long do stocks last?", {"from": "here"})
    assert (answer.status, answer.text) == ("completed", "asked: How long do stocks last?\nfound: 0")
    assert answer.body == {"kept": True, "question": "How long do stocks last?"}
    assert [event["type"] for event in store.events(answer.id)] == [
        "started",
        "message",
        "message",
        "completed",
    ]
    assert [event.get("message") for event in store.events(answer.id, 1)][:2] == [
        "asked: How long do stocks last?\n",
        "found: 0",
    ]
    assert store.open("me", "a session").title == "How long do stocks last?"


def test_what_fails_is_kept_as_failed(library: Library) -> None:
    desk, store = Desk(library), library.store.conversations
    held = store.open("me", "s")

    def refuse(_: Answer) -> tuple[str, dict[str, Any]]:
        raise UserError("no words for it")

    def break_(_: Answer) -> tuple[str, dict[str, Any]]:
        raise ZeroDivisionError("an inner matter")

    with pytest.raises(UserError):
        desk.ask(held, AskedQuestion("How long do stocks last?"), {}, refuse)
    with pytest.raises(ZeroDivisionError):
        desk.ask(held, AskedQuestion("How long do stocks last?"), {}, break_)
    answers = store.messages(held, 10)[1::2]
    assert [(one.status, one.text) for one in answers] == [
        ("failed", "no words for it"),
        ("failed", "it could not be answered"),
    ]
    assert store.events(answers[1].id)[-1] == {"type": "failed", "message": "it could not be answered"}


def test_a_question_that_is_none_is_not_kept(library: Library) -> None:
    held = library.store.conversations.open("me", "s")
    with pytest.raises(UserError):
        Desk(library).ask(held, AskedQuestion(" "), {}, tell)
    assert library.store.conversations.messages(held, 10) == []


def test_an_answer_whose_process_died_has_failed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    store = library.store.conversations
    held = store.open("me", "s")
    _, answer = store.ask(held, "How long do stocks last?", {})
    desk = Desk(library)
    assert desk.message(held, answer.id).status == "running"
    monkeypatch.setattr(conversations, "LONGEST", timedelta(0))
    assert desk.message(held, answer.id).status == "failed"
    assert store.events(answer.id) == [{"type": "failed", "message": "broken off: ask again"}]


def test_what_has_ended_stays_as_it_is(library: Library) -> None:
    store = library.store.conversations
    _, answer = store.ask(held := store.open("me", "s"), "How long do stocks last?", {})
    assert store.finish(answer.id, "cancelled", "", {}, [{"type": "cancelled"}])
    assert not store.finish(answer.id, "completed", "late", {}, [{"type": "completed"}])
    assert not store.happened(answer.id, {"type": "message"})
    assert [event["type"] for event in store.events(answer.id)] == ["cancelled"]
    assert store.message(held, answer.id).text == ""


def test_conversations_are_of_one_owner(library: Library) -> None:
    store = library.store.conversations
    mine, other = store.open("me", "s"), store.open("other", "s")
    assert mine.id != other.id
    assert store.open("me", "s") == mine
    _, answer = store.ask(mine, "How long do stocks last?", {})
    assert store.owned("me", answer.id) == answer
    for call in (
        lambda: store.get("other", mine.id),
        lambda: store.owned("other", answer.id),
        lambda: store.message(other, answer.id),
    ):
        with pytest.raises(NotFound):
            call()
