"""The claims of a topic or of a document as a table that can be sorted and narrowed, and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.errors import UserError
from mine2magnet.figures import rows as claim_rows
from mine2magnet.figures.rows import Cited
from mine2magnet.model import Claim, Topic
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording

PAGE = 100  # rows on a page

# What the table can be sorted by, in the order of its columns.
_KEYS: dict[str, Callable[[Claim, Wording], Any]] = {
    "subject": lambda claim, words: words.names(claim.subjects).casefold(),
    "measure": lambda claim, words: words.name(claim.measure).casefold(),
    "stage": lambda claim, words: words.name(claim.stage).casefold(),
    "material": lambda claim, words: words.names(claim.materials).casefold(),
    "value": lambda claim, words: _size(claim),
    "period": lambda claim, words: claim.period or "",
    "kind": lambda claim, words: words.kind(claim),
    "said_by": lambda claim, words: words.name(claim.said_by).casefold(),
}


def of_topic(request: Request) -> Response:
    topic = library(request).store.topic(request.path_params["slug"])
    return _table(request, topic, {"topic": topic, "document": None})


def of_document(request: Request) -> Response:
    document = library(request).store.document(request.path_params["id"])
    named = {"id": document.id, "title": document.title, "language": document.language}
    return _table(request, document.id, {"topic": None, "document": named})


def as_csv(request: Request) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    claims = held.claims(topic, query_params.claims(request.query_params))
    return Response(
        "\ufeff" + claim_rows.as_csv(claim_rows.cited(held.store, claims)),  # the mark makes Excel read UTF-8
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(topic.slug)}-claims.csv"},
    )


def _table(request: Request, about: Topic | str, whose: dict[str, Any]) -> Response:
    held, asked = library(request), request.query_params
    words = Wording(translator(request), held.thesaurus)
    claims = held.claims(about)
    where = query_params.claims(asked)
    found = _sorted(
        [claim for claim in claims if claim_rows.matches(claim, where)], asked.get("sort", ""), words
    )
    offset = query_params.offset(asked)
    rows: Sequence[Cited] = claim_rows.cited(held.store, found[offset : offset + PAGE])
    return reply(
        request,
        "claims.html",
        {
            **whose,
            "claims": rows,
            "total": len(found),
            "offset": offset,
            "limit": PAGE,
            "facets": claim_rows.facets(claims),
        },
        words=words,
        columns=tuple(_KEYS),
        filtered=len(found) < len(claims),
        sort=asked.get("sort", ""),
        all=len(claims),
    )


def _sorted(claims: list[Claim], asked: str, words: Wording) -> list[Claim]:
    """By the column asked for, "-" before it for falling; what has no value there comes last."""
    if not asked:
        return claims
    key = _KEYS.get(asked.removeprefix("-"))
    if key is None:
        raise UserError(f"no column {asked[:40]!r}", where="sort", hint="use one of " + ", ".join(_KEYS))
    keyed = [(key(claim, words), claim) for claim in claims]
    said = [pair for pair in keyed if pair[0]]
    said.sort(key=lambda pair: pair[0], reverse=asked.startswith("-"))
    return [claim for _, claim in said] + [claim for value, claim in keyed if not value]


def _size(claim: Claim) -> tuple[str, float]:
    """Values of one unit beside each other, by their middle."""
    ends = [end for end in (claim.quantity.low, claim.quantity.high) if end is not None]
    return claim.quantity.unit, sum(ends) / len(ends)
