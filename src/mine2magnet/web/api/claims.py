"""Claims by their slots, and a topic's figures."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Page
from mine2magnet.figures import corrections as correcting
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows
from mine2magnet.figures.groups import Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.library.library import Library
from mine2magnet.model import WRONG, Claim, Correction, CorrectionRequest
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.claims import ClaimList, CorrectionList, CorrectionRef, Figures
from mine2magnet.web.kit.permissions import Caller


@operation("GET", "/claims", errors={404: "There is no such topic or document."})
def claims(held: Library, asked: ClaimList) -> Page[Cited]:
    """Find claims: the figures that documents state, each with its sentence.

    A claim has unit, subject and counterparty, measure, stage, material and its form, period and its kind,
    basis of a change, modality and speaker, where the text says so, a confidence from 0 to 1, and what people
    have corrected. Those below the library's threshold (`claims_threshold` of the status) come only with
    `all` or a `confidence` of your own. A claim names its document, version and paragraph (or the point of a
    published digest), and the characters that the figure takes up. Claims are taken from new documents
    within seconds.
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


@operation("GET", "/claims/corrections", errors={404: "There is no such document."})
def corrections(held: Library, asked: CorrectionList) -> Page[Correction]:
    """List what people have corrected, the latest first.

    `old` is what was read, `new` what they say instead: ids or words parted by "|", "" for an empty slot; of
    the slot "claim" whether all of it is right or wrong.
    """
    store = held.store
    found = store.corrections([store.document(asked.document).id] if asked.document else None)
    shown, after = paging.cut(
        lambda offset, n: found[offset : offset + n], lambda one: (one.id,), asked.limit, asked.cursor
    )
    return Page(tuple(shown), len(found), after or None)


@operation("POST", "/claims/corrections", scope="write", errors={404: "There is no such claim."})
def correct(held: Library, body: CorrectionRequest, caller: Caller) -> Correction:
    """Correct one slot of a claim, or say that all of it is right or wrong.

    It is shown as theirs, under the name given and that of the key, and stays when claims are taken anew.
    What was said of the slot before is replaced.
    """
    checked = correcting.checked(held.thesaurus, body)
    by = f"{checked.by} ({caller.name})" if checked.by and caller.name else checked.by or caller.name
    with held.store.writing() as writer:
        return writer.correct(structs.replace(checked, by=by))


@operation("DELETE", "/claims/corrections/{id}", scope="write", errors=NOT_FOUND)
def undo_correction(held: Library, asked: CorrectionRef) -> None:
    """Take a correction back: what was read stands again."""
    with held.store.writing() as writer:
        writer.remove_correction(asked.id)


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
    where = rows.with_ids(held.thesaurus, asked)
    topic = held.store.topic(asked.slug)
    sure = held.claims(topic, where.of_any_slot)
    threshold = held.settings.claims_threshold
    wanted = [c for c in sure if rows.matches(c, where, threshold) and c.judged != WRONG]
    groups = figures.group(
        wanted,
        least=threshold,
        published=held.store.published({c.document for c in wanted}),
        beside=(c for c in held.claims(topic, EVERY_CLAIM) if c.judged != WRONG),
    )
    drawn = [g for g in groups if asked.single or len(g.claims) > 1 or figures.beside(g, ())]
    shown, after = paging.cut(
        lambda offset, n: drawn[offset : offset + n],
        lambda g: (figures.figure_id(g.scope),),
        asked.limit,
        asked.cursor,
    )
    return Page(tuple(figures.figures(held.store, shown, groups)), len(drawn), after or None)
