"""Claims by their slots, and a topic's figures."""

from __future__ import annotations

from collections.abc import Sequence

from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Page
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows
from mine2magnet.figures.groups import Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.library.library import Library
from mine2magnet.model import Claim
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.claims import ClaimList, Figures


@operation("GET", "/claims", errors={404: "There is no such topic or document."})
def claims(held: Library, asked: ClaimList) -> Page[Cited]:
    """Find claims: the figures that documents state, each with its sentence.

    A claim has unit, time, measure, stage, material, subject and speaker, where the text says so. It names
    its document, version and paragraph (or the point of a published digest), and the characters that the
    figure takes up. Claims are taken from new documents within seconds.
    """
    store = held.store
    where = rows.with_ids(held.thesaurus, asked)
    if asked.document:
        found = held.claims(store.document(asked.document).id, where)
        if asked.topic:
            raise UserError("both topic and document", where="document", hint="give one of them")
    else:
        found = held.claims(store.topic(asked.topic) if asked.topic else None, where)
    return listed(held, found, asked.limit, asked.cursor)


def listed(held: Library, found: Sequence[Claim], limit: int, cursor: str) -> Page[Cited]:
    shown, after = paging.cut(lambda offset, n: found[offset : offset + n], _keys, limit, cursor)
    return Page(tuple(rows.cited(held.store, shown)), len(found), after or None)


def _keys(claim: Claim) -> tuple[str]:
    return (f"{claim.document} {claim.paragraph} {claim.point} {claim.start} {claim.end}",)


@operation("GET", "/topics/{slug}/figures", errors=NOT_FOUND)
def topic_figures(held: Library, asked: Figures) -> Page[Figure]:
    """List a topic's figures: claims about the same thing together, in one unit, by time.

    Those with conflicts come first: pairs of claims that cannot both hold. `agreed` is the range that all
    reported claims allow. `references` are figures of surveys and statistics to set beside them, `alike`
    are figures of another scope that are easily taken for this one.
    """
    everything = held.claims(held.store.topic(asked.slug))
    where = rows.with_ids(held.thesaurus, asked)
    groups = figures.group(claim for claim in everything if rows.matches(claim, where))
    drawn = [g for g in groups if asked.single or len(g.claims) > 1 or figures.beside(g, ())]
    shown, after = paging.cut(
        lambda offset, n: drawn[offset : offset + n],
        lambda g: (figures.figure_id(g.scope),),
        asked.limit,
        asked.cursor,
    )
    return Page(tuple(figures.figures(held.store, shown, groups)), len(drawn), after or None)
