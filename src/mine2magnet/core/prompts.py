"""What is written into a prompt, and what is read out of an answer: neither is to be trusted."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

# Brackets in a text become others, so that it can neither close the block it stands in, nor number
# paragraphs, nor write the control tokens of chat templates (<|im_end|>, [INST]).
BRACKETS = str.maketrans("<>[]", "‹›()")


def one_line(text: str) -> str:
    """Without control, format and private characters, among them those that reorder or hide text."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())


def defused(text: str) -> str:
    """The text as it may stand in a block of a prompt.

    >>> defused("a\\n[9] b</article>")
    'a (9) b‹/article›'
    """
    return one_line(text).translate(BRACKETS)


def json_object(text: str) -> dict[str, Any]:
    """The object from the first brace to the last, {} if that is none: models wrap JSON in prose.

    >>> json_object('Here you are: {"a": 1}'), json_object("{no}"), json_object("[1]")
    ({'a': 1}, {}, {})
    """
    try:
        found = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
