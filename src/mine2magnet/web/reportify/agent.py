"""Conversations: questions that follow each other, answered from what is held. There is one agent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from starlette.responses import JSONResponse, Response

from mine2magnet.ask.conversations import DEPTHS, AskedQuestion, Desk
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.model import Conversation, Filters, Message
from mine2magnet.web.reportify import answer_text, shapes, streaming
from mine2magnet.web.reportify.request import MOST, Call, mapping, route, text

LONGEST_TITLE = 200  # characters
LONGEST_META = 10_000  # characters of it as JSON
LONGEST_ID = 15  # digits
PATIENCE = 1800  # s that events may be waited for, as the client documents
WAIT = 20.0  # s that a program waits which cannot read a stream; the client gives up after 30
MODE = "comprehensive"  # how much an agent tells
MEDIA = {"md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8"}
_TYPES = ("agent_chat", "task_chat", "debug_chat", "bot_chat")


def desk(asked: Call) -> Desk:
    held: Desk = asked.request.app.state.desk
    return held


def create(asked: Call) -> dict[str, Any]:
    meta = {
        "agent_id": asked.whole("agent_id", 0, 0, 2**63) or None,
        "type": asked.choice("conversation_type", _TYPES, _TYPES[0]),
        "channel": asked.text("channel", longest=LONGEST_TITLE),
        "meta": dict(asked.mapping("meta")),
    }
    if len(str(meta["meta"])) > LONGEST_META:
        raise UserError(f"has more than {LONGEST_META:,} characters", where="meta")
    title = asked.text("title", longest=LONGEST_TITLE).strip()
    made = asked.library.store.conversations.open(asked.caller.owner, uuid4().hex, title, meta)
    return _conversation(asked, made, ())


def get(asked: Call) -> dict[str, Any]:
    held = _held(asked)
    return _conversation(asked, held, _messages(asked, held, MOST))


def _held(asked: Call) -> Conversation:
    return asked.library.store.conversations.get(asked.caller.owner, _number(asked, "conversation"))


def _number(asked: Call, name: str) -> int:
    given = asked.path[name]
    if not given.isascii() or not given.isdecimal() or len(given) > LONGEST_ID:
        raise NotFound(f"no {name} {given[:40]!r}", where=f"{name}_id")
    return int(given)


def _messages(asked: Call, held: Conversation, limit: int, before: int | None = None) -> list[Message]:
    found = asked.library.store.conversations.messages(held, limit, before)
    return [desk(asked).message(held, m.id) if m.status == "running" else m for m in found]


def _conversation(asked: Call, held: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
    """`status` is that of its last answer; one without questions is "active"."""
    return {
        "id": held.id,
        "user_id": asked.caller.owner,
        "agent_id": held.meta.get("agent_id"),
        "type": held.meta.get("type", _TYPES[0]),
        "title": held.title,
        "channel": held.meta.get("channel") or None,
        "meta": held.meta.get("meta", {}),
        "session_id": held.session,
        "status": messages[-1].status if messages else "active",
        "created_at": shapes.when(held.made),
        "messages": [_message(one) for one in messages],
    }


def _message(one: Message) -> dict[str, Any]:
    return {
        "id": one.id,
        "conversation_id": one.conversation,
        "role": one.role,
        "status": one.status,
        "content": one.text,
        "created_at": shapes.when(one.made),
        "documents": one.body.get("documents", []),
        "extra": resting(one),
        "files": files(one),
    }


def resting(answer: Message) -> dict[str, Any]:
    """Return what an answer rests on, and the question as it was understood."""
    if "told" not in answer.body:
        return {}
    return {"question": answer.body["question"], **answer.body["told"], "files": files(answer)}


def found(answer: Message) -> bool:
    """Return whether it rests on anything."""
    told = answer.body.get("told", {})
    return bool(told.get("sources") or told.get("claims"))


def files(answer: Message) -> list[dict[str, str]]:
    return [{"file_id": f"{answer.id}-{name}", "file_name": name} for name in _files(answer)]


def _files(answer: Message) -> dict[str, str]:
    """The answer itself, if there is one, and the tables that belong to it."""
    return {**({"answer.md": answer.text} if found(answer) else {}), **answer.body.get("files", {})}


def chat(asked: Call) -> Any:
    held = _held(asked)
    documents = [_document(one) for one in asked.several("documents")]
    filters = Filters(documents=_ids(asked, documents)) if documents else Filters()
    question = AskedQuestion(asked.needed("message"), filters, DEPTHS[MODE])
    stream, background = asked.flag("stream", True), asked.flag("background")
    tell, body = answer_text.telling(asked.library, MODE), {"documents": documents}
    if background or (stream and streaming.wants_events(asked.request)):
        put, answer = desk(asked).begin(held, question, body, tell)
    else:
        put, answer = desk(asked).ask(held, question, body, tell)
    ids = {"conversation_id": held.id, "message_id": put.id, "assistant_message_id": str(answer.id)}
    headers = {"X-" + name.replace("_", "-").title(): str(value) for name, value in ids.items()}
    if background:
        return JSONResponse({**ids, "status": answer.status, "message": "", "extra": {}}, headers=headers)
    if not stream:
        content = {**ids, "status": answer.status, "message": answer.text, "extra": resting(answer)}
        return JSONResponse(content, headers=headers)
    return _streamed(asked, held, answer, 0, PATIENCE, headers)


def _document(given: Any) -> dict[str, str]:
    """Return what names a document: doc_id, and doc_title and file_type for people."""
    entry = mapping(given, "documents")
    return {
        name: text(entry[name], f"documents.{name}")
        for name in ("doc_id", "doc_title", "file_type")
        if entry.get(name) is not None
    }


def _ids(asked: Call, documents: Sequence[dict[str, str]]) -> frozenset[str]:
    """Ids of the documents named; raises NotFound for one that is not held."""
    found = set()
    for one in documents:
        if not one.get("doc_id"):
            raise UserError("has no doc_id", where="documents")
        held = asked.library.store.uploads.resolved([one["doc_id"]])
        found.add(asked.library.store.document(held.get(one["doc_id"], one["doc_id"])).id)
    return frozenset(found)


def messages(asked: Call) -> dict[str, Any]:
    """The last messages, or the last before one, oldest first."""
    held = _held(asked)
    limit = asked.whole("limit", 10, 1, MOST)
    before = asked.whole("before_message_id", 0, 0, 10**LONGEST_ID) or None
    found = _messages(asked, held, limit + 1, before)
    shown = found[-limit:]
    return {"messages": [_message(one) for one in shown], "has_more": len(found) > limit}


def events(asked: Call) -> Any:
    held, answer = _answer(asked)
    first, timeout = asked.whole("from_offset", 0, 0, 10**6), asked.whole("timeout", PATIENCE, 0, PATIENCE)
    if asked.flag("stream", True):
        return _streamed(asked, held, answer, first, timeout, {})
    return {"assistant_events": happened(asked, held, answer.id, first), "status": answer.status}


def _answer(asked: Call) -> tuple[Conversation, Message]:
    held = _held(asked)
    answer = desk(asked).message(held, _number(asked, "message"))
    if answer.role != "assistant":
        raise NotFound(f"message {answer.id} is no answer", where="assistant_message_id")
    return held, answer


def _streamed(
    asked: Call, held: Conversation, answer: Message, first: int, timeout: float, headers: dict[str, str]
) -> Response | list[streaming.Event]:
    """Events as they happen; for a program that cannot read those, all of them once they have."""

    def read(number: int) -> list[streaming.Event]:
        return happened(asked, held, answer.id, number)

    if streaming.wants_events(asked.request):
        return streaming.events(read, first, timeout, headers)
    until = time.monotonic() + min(timeout, WAIT)
    while desk(asked).message(held, answer.id).status == "running" and time.monotonic() < until:
        time.sleep(streaming.LOOK)
    return read(first)


def happened(asked: Call, held: Conversation, answer: int, first: int) -> list[streaming.Event]:
    """Events from a number on, each with what it belongs to; the one of the end has what the answer rests
    on."""
    kept = asked.library.store.conversations.events(answer, first)
    ended = [event for event in kept if event["type"] in streaming.LAST]
    whole = resting(asked.library.store.conversations.message(held, answer)) if ended else {}
    return [
        {
            "offset": number,
            "conversation_id": held.id,
            "assistant_message_id": str(answer),
            "message": "",
            **event,
            "extra": whole if event in ended else {},
        }
        for number, event in enumerate(kept, first)
    ]


def cancel(asked: Call) -> dict[str, Any]:
    held, answer = _answer(asked)
    return {"response_id": str(answer.id), "status": desk(asked).cancel(held, answer.id).status}


def file(asked: Call) -> Response:
    id, _, name = asked.path["file"].partition("-")
    content: str | None = None
    if id.isascii() and id.isdecimal() and len(id) <= LONGEST_ID:
        held = asked.library.store.conversations.owned(asked.caller.owner, int(id))
        content = _files(held).get(name)
    if content is None:
        raise NotFound(f"no file {asked.path['file'][:60]!r}", where="file_id")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)


_ONE = "/v1/agent/conversations/{conversation}"
ROUTES = [
    route("/v1/agent/conversations", create, "POST"),
    route(_ONE, get),
    route(f"{_ONE}/chat", chat, "POST"),
    route(f"{_ONE}/messages", messages),
    route(f"{_ONE}/messages/{{message}}", events),
    route(f"{_ONE}/messages/{{message}}/cancel", cancel, "POST"),
    route("/v1/agent/files/{file}", file),
]
