"""Claims, figures and questions, asked for and told."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from mine2magnet.core.schema import Cursor, DocumentId, Input, Limit, Many, Paged, Slug
from mine2magnet.model import ClaimFilter
from mine2magnet.model.fields import within


class ClaimList(ClaimFilter, frozen=True, kw_only=True):
    """Claims of all that is held, of a topic or of a document, those published last first."""

    topic: Annotated[str, within("Only of")] = ""
    document: Annotated[str, Meta(max_length=80, description="Only of this document (its id).")] = ""
    limit: Many = 100
    cursor: Cursor = ""


class DocumentClaims(ClaimFilter, frozen=True, kw_only=True):
    """The claims of a document, in the order of its text."""

    id: DocumentId
    limit: Many = 100
    cursor: Cursor = ""


class CorrectionList(Paged, frozen=True, kw_only=True):
    """What people have corrected."""

    document: Annotated[str, Meta(max_length=80, description="Only in this document (its id).")] = ""


class CorrectionRef(Input, frozen=True, kw_only=True):
    """A correction."""

    id: Annotated[str, Meta(min_length=1, max_length=40, description="A correction's id.")]


class Figures(ClaimFilter, frozen=True, kw_only=True):
    """A topic's figures."""

    slug: Slug
    limit: Limit = 20
    cursor: Cursor = ""
    single: Annotated[
        bool, Meta(description="Also those with a single claim and no reference figure beside it.")
    ] = False
