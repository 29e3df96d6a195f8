"""One question, answered from the documents that a call narrows it to; `session_id` goes on from others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from mine2magnet.ask import answer as answers
from mine2magnet.ask.conversations import DEPTHS, AskedQuestion
from mine2magnet.model import Conversation, Message
from mine2magnet.web.reportify import agent, answer_text, streaming
from mine2magnet.web.reportify.filters import filters
from mine2magnet.web.reportify.request import Call, route

LONGEST_SESSION = 200  # characters of its id


def completion(asked: Call) -> Any:
    mode = asked.choice("mode", tuple(DEPTHS), "concise")
    question = AskedQuestion(
        answers.checked(asked.needed("query")),
        filters(asked),
        DEPTHS[mode],
        asked.number("min_score") or answers.ENOUGH,
    )
    session = asked.text("session_id", longest=LONGEST_SESSION).strip() or uuid4().hex
    stream = asked.flag("stream")
    held = asked.library.store.conversations.open(asked.caller.owner, session)
    tell, desk = answer_text.telling(asked.library, mode), agent.desk(asked)
    if stream and streaming.wants_events(asked.request):
        _, answer = desk.begin(held, question, {}, tell)
        return streaming.events(lambda number: _happened(asked, held, answer, number), 0, agent.PATIENCE, {})
    _, answer = desk.ask(held, question, {}, tell)
    if stream:
        return _happened(asked, held, answer, 0)
    return {
        "type": "answer" if agent.found(answer) else "nothing",
        "message_id": str(answer.id),
        "message": answer.text,
        "extra": _extra(held, agent.resting(answer)),
    }


def _extra(held: Conversation, told: dict[str, Any]) -> dict[str, Any]:
    return {"session_id": held.session, "conversation_id": held.id, **told}


def _happened(asked: Call, held: Conversation, answer: Message, first: int) -> list[streaming.Event]:
    """Events of the same four parts as an answer that is not streamed: the pieces of `message` make the
    whole of it, the last event has `extra`."""
    return [
        {
            "type": event["type"],
            "message_id": event["assistant_message_id"],
            "message": event["message"],
            "extra": _extra(held, event["extra"]),
        }
        for event in agent.happened(asked, held, answer.id, first)
    ]


ROUTES = [route("/v1/chat/completion", completion, "POST")]
