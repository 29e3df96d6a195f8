"""A question as it is put."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from mine2magnet.model.documents import Language
from mine2magnet.model.fields import Input, within


class Question(Input, frozen=True, kw_only=True):
    """A question."""

    question: Annotated[
        str, Meta(min_length=1, max_length=500, examples=["How long will magnet stocks in Europe last?"])
    ]
    topic: Annotated[str, within("Answer only from")] = ""
    language: Annotated[Language, Meta(description="Of what a model writes; passages stay as they are.")] = (
        "en"
    )
