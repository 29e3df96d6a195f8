"""A sentence in the reader's language without a model: from its claims, else by key words, else none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mine2magnet.core.messages import Translator
from mine2magnet.model import Claim, Rendered
from mine2magnet.translate.amounts import amount
from mine2magnet.translate.gloss import Figure, Readers, gloss
from mine2magnet.translate.statements import sayable, statement

CLAIMS, GLOSS = "claims", "gloss"  # how a text was made
NAMED = ("country", "place", "company", "organisation", "person")  # kinds whose names are never left out
MIXED = (NAMED, ("material",))  # kinds of which one is mistaken for another where a sentence has several
SURE = 0.75  # how sure a claim must be there
_PLACES = 6  # decimals that figures are compared by
MOST = 3  # claims of one sentence that are told one by one


def rendered(
    text: str,
    claims: Sequence[Claim],
    t: Translator,
    readers: Readers,
    threshold: float,
    published: date | None = None,
) -> Rendered | None:
    """Return a sentence in the language of `t`, with all figures and names that it has.

    Parameters
    ----------
    text : str
    claims : sequence of Claim
        Those of this text, their characters being its own.
    t : Translator
    readers : Readers
    threshold : float
        How sure a claim must be to be told whatever its sentence names, 0 to 1.
    published : date, optional

    Returns
    -------
    Rendered or None
        None where neither claims nor words carry it.
    """
    mentions = readers.thesaurus.find(text)
    named = {m.concept.id for m in mentions}
    figures = readers.figures(text)
    several = {kind: len({m.concept.id for m in mentions if m.concept.kind in kind}) > 1 for kind in MIXED}
    least = max(threshold, SURE) if len(figures) > 1 and any(several.values()) else threshold
    told = [c for c in claims if sayable(c, named, least) and _basis_known(c)]
    left = [f for f in figures if not any(c.start < f.end and f.start < c.end for c in told)]
    denied = any(c.modality == "denied" for c in told) or not readers.denials(text)
    by_word = gloss(text, t, readers, published)
    readable = by_word.useful and by_word.denies == bool(readers.denials(text))
    if told and denied and len(told) <= MOST and not (left and readable):
        said = _stated(text, told, left, t, readers, published)
        if _keeps(said, figures, readers):
            return Rendered(said, CLAIMS)
    return Rendered(by_word.text, GLOSS) if readable and _keeps(by_word.text, figures, readers) else None


def _keeps(said: str, figures: Sequence[Figure], readers: Readers) -> bool:
    """Return whether each figure can be read in what is said: that is what a reader has."""
    there = {round(abs(end), _PLACES) for figure in readers.figures(said) for end in _ends(figure)}
    return all(round(abs(end), _PLACES) in there for figure in figures for end in _ends(figure))


def _ends(figure: Figure) -> list[float]:
    return [end for end in (figure.quantity.low, figure.quantity.high) if end is not None]


def titled(text: str, t: Translator, readers: Readers, published: date | None = None) -> Rendered | None:
    """Return a title by key words; None if no word of it is known.

    Parameters
    ----------
    text : str
    t : Translator
    readers : Readers
    published : date, optional

    Returns
    -------
    Rendered or None
    """
    by_word = gloss(text, t, readers, published)
    return Rendered(by_word.text, GLOSS) if by_word.covered > 0 else None


def _basis_known(claim: Claim) -> bool:
    """Return whether what a change is against is told in ids, not in words of the text's language."""
    return not (claim.basis or "").startswith("than:")


def _stated(
    text: str,
    told: Sequence[Claim],
    left: Sequence[Figure],
    t: Translator,
    readers: Readers,
    published: date | None,
) -> str:
    """The claims one after the other, then the names, figures and times that none of them has."""
    words = readers.thesaurus
    said = ""
    for claim in told:
        sentence = statement(claim, t, words)
        said = t("say.join", a=said, b=sentence) if said else sentence
    slots = {id for c in told for id in (*c.subjects, *c.counterparties, c.said_by)}
    names = [
        words.label(m.concept.id, t.language)
        for m in words.find(text)
        if m.concept.kind in NAMED and m.concept.id not in slots
    ]
    names = [name for name in dict.fromkeys(names) if name not in said]
    if names:
        said = t("say.also", said=said, names=t("list.comma").join(names))
    more = [amount(f.quantity, t) for f in left]
    more += [t.period(time.period) for time in readers.times(text, published) if time.period]
    more = [one for one in dict.fromkeys(more) if one not in said]
    if more:
        said = t("say.figures", said=said, figures=t("list.comma").join(more))
    return t("say.stop", said=said)
