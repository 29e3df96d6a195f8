"""A question put to a library."""

from __future__ import annotations

from contextlib import nullcontext

from mine2magnet.ask import answer
from mine2magnet.ask.answer import Answer, Depth
from mine2magnet.core.llm import Chat, endpoint
from mine2magnet.library.library import Library
from mine2magnet.model import Filters, Topic


def ask(
    library: Library,
    question: str,
    language: str,
    topic: Topic | None = None,
    *,
    filters: Filters = answer.EVERYTHING,
    depth: Depth = answer.USUAL,
    least: float = answer.ENOUGH,
) -> Answer:
    """Answer from what is held: by the settings' model if they name one, else by cited passages."""
    named = endpoint(library.settings)
    with Chat(named) if named else nullcontext() as client:
        return answer.ask(
            library.store,
            library.index,
            library.checker.tools,
            question,
            language=language,
            topic=topic,
            chat=client,
            filters=filters,
            depth=depth,
            least=least,
        )
