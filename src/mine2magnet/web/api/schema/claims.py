"""Claims, figures and questions, asked for and told."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mine2magnet.core.schema import Cursor, DocumentId, Input, Limit, Many, Names, Slug, concepts, several


class ClaimQuery(Input, frozen=True, kw_only=True):
    """Slots that a claim may be asked by; a subject or a material is one of the claim's."""

    subject: Annotated[Names, concepts("Who or what it is about", "Europe")] = ()
    measure: Annotated[Names, concepts("What is measured", "stock cover")] = ()
    stage: Annotated[Names, concepts("At which stage of the chain", "refining")] = ()
    material: Annotated[Names, concepts("Of which material", "dysprosium")] = ()
    unit: Annotated[Names, several("In this unit, as claims show it.", "week")] = ()
    direction: Annotated[
        tuple[Literal["level", "change"], ...], several("A level, or a change of one.", "level")
    ] = ()
    modality: Annotated[
        tuple[Literal["reported", "forecast", "threatened", "denied"], ...],
        several("How sure it is.", "reported"),
    ] = ()


class ClaimList(ClaimQuery, frozen=True, kw_only=True):
    """Claims of all that is held, of a topic or of a document, those published last first."""

    topic: Annotated[str, Meta(max_length=80, description="Only of this topic (its slug).")] = ""
    document: Annotated[str, Meta(max_length=80, description="Only of this document (its id).")] = ""
    limit: Many = 100
    cursor: Cursor = ""


class DocumentClaims(ClaimQuery, frozen=True, kw_only=True):
    """The claims of a document, in the order of its text."""

    id: DocumentId
    limit: Many = 100
    cursor: Cursor = ""


class Figures(ClaimQuery, frozen=True, kw_only=True):
    """A topic's figures."""

    slug: Slug
    limit: Limit = 20
    cursor: Cursor = ""
    single: Annotated[
        bool, Meta(description="Also those with a single claim and no reference figure beside it.")
    ] = False


class Question(Input, frozen=True, kw_only=True):
    """A question."""

    question: Annotated[
        str, Meta(min_length=1, max_length=500, examples=["How long will magnet stocks in Europe last?"])
    ]
    topic: Annotated[str, Meta(max_length=80, description="Answer only from this topic (its slug).")] = ""
    language: Annotated[
        Literal["en", "zh", "ja"], Meta(description="Of what a model writes; passages stay as they are.")
    ] = "en"
