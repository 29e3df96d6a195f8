"""The claims of a topic or a document as a table that can be sorted, narrowed and corrected, and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.errors import UserError
from mine2magnet.figures import corrections
from mine2magnet.figures import rows as claim_rows
from mine2magnet.figures.precision import right_above
from mine2magnet.figures.rows import Cited
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, ClaimFilter, Topic
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages.claim_form import Editor, key, save

PAGE = 50  # rows on a page

# What the table can be sorted by, in the order of its columns.
_KEYS: dict[str, Callable[[Claim, Wording], Any]] = {
    "subject": lambda claim, words: words.parties(claim).casefold(),
    "measure": lambda claim, words: words.name(claim.measure).casefold(),
    "stage": lambda claim, words: words.name(claim.stage).casefold(),
    "material": lambda claim, words: words.substance(claim).casefold(),
    "value": lambda claim, words: _size(claim),
    "period": lambda claim, words: claim.period or "",
    "kind": lambda claim, words: words.kind(claim),
    "said_by": lambda claim, words: words.name(claim.said_by).casefold(),
    "confidence": lambda claim, words: claim.confidence,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The claims that a page shows, those of them that its filters leave, and how many it does not show.

    `least` is the confidence that they have at least; `right` the share of such claims that were right on
    labelled documents; `every` are all claims held, however sure.
    """

    claims: list[Claim]
    found: list[Claim]
    hidden: int
    where: ClaimFilter
    least: float
    right: float | None
    every: list[Claim]

    @classmethod
    def of(cls, held: Library, about: Topic | str, where: ClaimFilter) -> Shown:
        every = held.claims(about, EVERY_CLAIM)
        threshold = held.settings.claims_threshold
        sure = [claim for claim in every if claim_rows.matches(claim, where.of_any_slot, threshold)]
        found = [claim for claim in sure if claim_rows.matches(claim, where, threshold)]
        hidden = sum(claim_rows.matches(claim, where.with_all) for claim in every) - len(found)
        least = where.least(threshold)
        return cls(sure, found, hidden, where, least, right_above(least), every)


def of_topic(request: Request) -> Response:
    return _of_topic(request)


def _of_topic(request: Request, editor: Editor | None = None) -> Response:
    topic = library(request).store.topic(request.path_params["slug"])
    return _table(request, topic, {"topic": topic, "document": None}, editor)


def of_document(request: Request) -> Response:
    return _of_document(request)


def _of_document(request: Request, editor: Editor | None = None) -> Response:
    document = library(request).store.document(request.path_params["id"])
    named = {"id": document.id, "title": document.title, "language": document.language}
    return _table(request, document.id, {"topic": None, "document": named}, editor)


async def correct_of_topic(request: Request) -> Response:
    return await save(request, _of_topic)


async def correct_of_document(request: Request) -> Response:
    return await save(request, _of_document)


def corrections_csv(request: Request) -> Response:
    return Response(
        "\ufeff" + corrections.as_csv(library(request).store.corrections()),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=corrections.csv"},
    )


def as_csv(request: Request) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    claims = held.claims(topic, query_params.claims(request.query_params))
    return Response(
        "\ufeff" + claim_rows.as_csv(claim_rows.cited(held.store, claims)),  # the mark makes Excel read UTF-8
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(topic.slug)}-claims.csv"},
    )


def _table(request: Request, about: Topic | str, whose: dict[str, Any], editor: Editor | None) -> Response:
    held, asked = library(request), request.query_params
    words = Wording(translator(request), held.thesaurus)
    shown = Shown.of(held, about, query_params.sure_claims(asked, words.t))
    found = _sorted(shown.found, asked.get("sort", ""), words)
    offset = query_params.offset(asked)
    rows: Sequence[Cited] = claim_rows.cited(held.store, found[offset : offset + PAGE])
    edited = next((one.claim for one in rows if key(one.claim) == asked.get("edit")), None)
    if edited and editor is None:
        editor = Editor.of(request, edited, words, asked.get("slot", ""))
    return reply(
        request,
        "claims.html",
        {
            **whose,
            "claims": rows,
            "total": len(found),
            "hidden": shown.hidden,
            "offset": offset,
            "limit": PAGE,
            "facets": claim_rows.facets(shown.claims),
        },
        status=editor.error.status if editor and editor.error else 200,
        words=words,
        columns=tuple(_KEYS),
        filtered=len(found) < len(shown.claims),
        shown=shown,
        sort=asked.get("sort", ""),
        all=len(shown.claims),
        editor=editor,
        key=key,
    )


def _sorted(claims: list[Claim], asked: str, words: Wording) -> list[Claim]:
    """Sort by the column asked for, "-" before it for falling; what has no value there comes last. Without
    one, those that tell whose what they are, then those that tell one of the two, then the others."""
    if not asked:
        return sorted(claims, key=lambda claim: -bool(claim.subjects) - bool(claim.measure))
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
