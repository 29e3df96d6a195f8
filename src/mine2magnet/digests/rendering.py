"""Does a translation say what its sentence says? Held against it in both directions.

What the translation says must stand in the sentence, as a point must in what it cites; and the figures,
names and denials of the sentence must stand in the translation.
"""

from __future__ import annotations

from dataclasses import replace

from mine2magnet.digests import cues
from mine2magnet.digests.grounded_text import EVERYWHERE, GroundedText, Tools
from mine2magnet.digests.grounding import NAMED, Grounding
from mine2magnet.model import Document, Paragraph, Point

NEAR = (
    0.78  # cosine of plain E5 vectors below which one sentence is no translation of another: of the 40 true
)
# ones of benchmarks/translations.yaml none is below 0.80, of all other pairs of them half are below 0.77


def fault(original: str, text: str, document: Document, language: str, tools: Tools) -> str | None:
    """Return in one line why a translation does not hold, None if it does.

    Parameters
    ----------
    original, text : str
        The sentence and its translation.
    document : Document
        Where the sentence stands.
    language : str
        Of the translation.
    tools : Tools

    Returns
    -------
    str or None
    """
    if not original.strip() or not text.strip():
        return "it says nothing"
    there = replace(document, title=original, paragraphs=(Paragraph(1, original),))
    grounding = Grounding(there, tools, near=False)
    if reason := grounding.reason(Point(text, (1,))):
        return reason
    vectors = tools.embed([original, text])
    if float(vectors[0] @ vectors[1]) < NEAR:
        return "it speaks of something else"
    here = replace(there, title=text, paragraphs=(Paragraph(1, text),), language=language)
    published = document.published.date() if document.published else None
    said, stated = (GroundedText(one, tools, published) for one in (text, original))
    return (
        Grounding(here, tools, near=False).figures_missing(Point(original, (1,)))
        or _names_missing(said, stated, tools)
        or _denial(said, stated)
    )


def _names_missing(said: GroundedText, stated: GroundedText, tools: Tools) -> str | None:
    """A country, company or person of the sentence that the translation does not name."""
    words = tools.thesaurus
    named = {id for ids, _, _ in said.named for id in ids}
    for mention in stated.mentions:
        ids = {mention.concept.id, *(c.id for c in mention.others)}
        if mention.concept.kind in NAMED and not ids & (named | EVERYWHERE):
            if any(words.is_a(mine, id) or words.is_a(id, mine) for id in ids for mine in named):
                continue
            return f"it leaves out {words.label(mention.concept.id, 'en')}"
    return None


def _denial(said: GroundedText, stated: GroundedText) -> str | None:
    """A sentence that denies, rendered as one that does not, or the other way round."""
    denied, denies = cues.denials(stated.text), cues.denials(said.text)
    if bool(denied) == bool(denies) or cues.contrasts(said.text) or cues.contrasts(stated.text):
        return None
    return "it leaves out that this is denied there" if denied else "it denies what is not denied there"
