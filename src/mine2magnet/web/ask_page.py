"""A question, and what answers it: the same as the verb `ask`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.answers import Answer
from mine2magnet.errors import UserError
from mine2magnet.web.reply import library, reply, translator, wants_json


def ask(request: Request) -> Response:
    held, asked = library(request), request.query_params
    question, topic = asked.get("q", ""), asked.get("topic", "")
    answer: Answer | None = None
    error: UserError | None = None
    if question.strip():
        try:
            within = held.store.topic(topic) if topic else None
            answer = held.ask(question, translator(request).language, within)
        except UserError as raised:
            if wants_json(request):
                raise
            error = raised
    return reply(
        request,
        "ask.html",
        {"question": question, "answer": answer},
        status=error.status if error else 200,
        error=error,
        topic=topic,
    )
