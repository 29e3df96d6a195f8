"""A question, and what answers it: the same as the verb `ask`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.ask import ask as asking
from mine2magnet.ask.answer import Answer
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.figures import rows
from mine2magnet.model import Question
from mine2magnet.web.kit.limits import longest, told
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.kit.wording import Wording


def ask(request: Request) -> Response:
    held, asked = library(request), request.query_params
    question, topic, t = asked.get("q", ""), asked.get("topic", ""), translator(request)
    answer: Answer | None = None
    error: UserError | None = None
    if question.strip():
        try:
            put = put_as(question, topic, t)
            within = held.store.topic(put.topic) if put.topic else None
            answer = asking.ask(held, put.question, put.language, within)
        except UserError as raised:
            if wants_json(request):
                raise
            error = raised
    claims = rows.cited(held.store, answer.claims) if answer else []
    by_claim = {one.claim: one for one in claims}
    at_odds = answer.conflicts if answer else ()
    return reply(
        request,
        "ask.html",
        {"question": question, "answer": answer, "claims": claims},
        status=error.status if error else 200,
        error=error,
        topic=topic,
        conflicts=[(by_claim[a], by_claim[b]) for a, b in at_odds if a in by_claim and b in by_claim],
        words=Wording(t, held.thesaurus),
        longest=longest(Question, "question"),
    )


def put_as(question: str, topic: str, t: Translator) -> Question:
    """Return the question of an address; raises UserError in the reader's language."""
    try:
        return decode(Question, {"question": question, "topic": topic, "language": t.language})
    except UserError as error:
        raise told(error, t) from error
