"""A question, and what answers it: the same as the verb `ask`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.ask import ask as asking
from mine2magnet.ask.answer import Answer
from mine2magnet.core.errors import UserError
from mine2magnet.figures import rows
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.kit.wording import Wording


def ask(request: Request) -> Response:
    held, asked = library(request), request.query_params
    question, topic = asked.get("q", ""), asked.get("topic", "")
    answer: Answer | None = None
    error: UserError | None = None
    if question.strip():
        try:
            within = held.store.topic(topic) if topic else None
            answer = asking.ask(held, question, translator(request).language, within)
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
        words=Wording(translator(request), held.thesaurus),
    )
