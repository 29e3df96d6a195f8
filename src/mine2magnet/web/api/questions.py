"""Questions, answered from what is held."""

from __future__ import annotations

from mine2magnet.ask import ask as asking
from mine2magnet.ask.answer import Answer
from mine2magnet.library.library import Library
from mine2magnet.model import Question
from mine2magnet.web.api.operation import operation


@operation("POST", "/ask", errors={404: "There is no such topic."})
def ask(held: Library, body: Question) -> Answer:
    """Answer a question from what has been read, with citations.

    `sources` are the passages that answer, each with its document and paragraph; `claims` state the measure
    that is asked for, `conflicts` are pairs of them that cannot both hold. If the settings name a model, it
    writes `statements`, of which those are kept that the passages they cite bear out. If nothing that has
    been read answers, there are neither sources nor claims.
    """
    within = held.store.topic(body.topic) if body.topic else None
    return asking.ask(held, body.question, body.language, within)
