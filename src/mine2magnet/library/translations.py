"""Titles and digests in the languages that readers read, by the best maker there is, each text grounded."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from mine2magnet import digests
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.digests.cues import denials
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.digests.rendering import fault
from mine2magnet.library.topics import published_digest
from mine2magnet.model import Claim, Digest, Document, Point, Rendered, Translation
from mine2magnet.translate.from_claims import rendered, titled
from mine2magnet.translate.gloss import Readers

log = logging.getLogger(__name__)

VERSION = "3"  # raised whenever the same digest and claims would be translated otherwise


class ModelTranslator(Protocol):
    """A model that translates: at a chat endpoint, or on this machine."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]: ...
    def pairs(self, source: str, target: str) -> bool: ...


class DocumentTranslator:
    """Translates what pages show of a document.

    Parameters
    ----------
    tools : Tools
        Of grounding.
    makers : str
        The versions of what made digests and claims.
    threshold : float
        How sure a claim must be to be told by itself.
    models : sequence of ModelTranslator
        The best first; without any, sentences are made from claims and by key words.
    """

    def __init__(
        self, tools: Tools, makers: str, threshold: float, models: Sequence[ModelTranslator] = ()
    ) -> None:
        self._tools = tools
        self._threshold = threshold
        self._models = tuple(models)
        self._readers = Readers(tools.thesaurus, tools.quantities, tools.times, denials)
        named = " ".join(model.version for model in models)
        self._plain = f"{VERSION}.{makers}.{threshold:g}"
        self.maker = f"{self._plain}{named and '.'}{named}"

    def translation(
        self, document: Document, held: Iterable[Digest], claims: Sequence[Claim], language: str
    ) -> Translation:
        """Return the translation of a document's title and of the digest that pages show of it.

        Parameters
        ----------
        document : Document
        held : iterable of Digest
            All of the document's.
        claims : sequence of Claim
            All of the document's.
        language : str
            en, zh or ja.

        Returns
        -------
        Translation
        """
        digest = shown_digest(held)
        t = Translator(language)
        day = document.published.date() if document.published else None
        listed = digest.points if digest and digest.language != language else ()
        by_model, all_answered = self._by_models(
            [document.title, *(p.text for p in listed)], document, language
        )
        title = by_model[0] or titled(document.title, t, self._readers, day)
        points: list[Rendered | None] = []
        for number, point in enumerate(listed, 1):
            own = claims_within(point.text, number, point.citations, document, claims)
            points.append(
                by_model[number] or rendered(point.text, own, t, self._readers, self._threshold, day)
            )
        key = digest_key(digest) if digest else ""
        maker = self.maker if all_answered else self._plain  # to be tried again
        return Translation(language, title, tuple(points), key, maker)

    def _by_models(
        self, texts: Sequence[str], document: Document, language: str
    ) -> tuple[list[Rendered | None], bool]:
        """Each text by the first model whose translation holds, and whether all models answered."""
        answered = True
        done: list[Rendered | None] = [None] * len(texts)
        for model in self._models:
            left = [i for i, one in enumerate(done) if one is None]
            if not left or not model.pairs(document.language, language):
                continue
            try:
                made = model.translate([texts[i] for i in left], document.language, language)
            except UserError as error:  # the next one may answer
                log.warning("%s does not translate: %s", model.name, error)
                answered = False
                continue
            for i, text in zip(left, made, strict=True):
                if text and fault(texts[i], text, document, language, self._tools) is None:
                    done[i] = Rendered(text, model.name)
        return done, answered


def shown_digest(held: Iterable[Digest]) -> Digest | None:
    """Return the digest that is translated: the one published with the document, else its own sentences.

    Parameters
    ----------
    held : iterable of Digest

    Returns
    -------
    Digest or None
    """
    held = list(held)
    extractive = next((d for d in held if d.method == digests.METHOD), None)
    return published_digest(held) or extractive


def digest_key(digest: Digest) -> str:
    """Return what tells a digest from another of the same document.

    Parameters
    ----------
    digest : Digest

    Returns
    -------
    str
    """
    return f"{digest.method} {digest.language} {digest.maker}"


def claims_within(
    text: str, number: int, citations: Sequence[int], document: Document, claims: Sequence[Claim]
) -> list[Claim]:
    """Return the claims that a point states, with their characters as the point's.

    Parameters
    ----------
    text : str
        Of the point.
    number : int
        Of the point in its digest, from 1.
    citations : sequence of int
        Paragraphs that it rests on.
    document : Document
    claims : sequence of Claim
        All of the document's.

    Returns
    -------
    list of Claim
    """
    if not document.paragraphs:
        return [claim for claim in claims if claim.point == number]
    for paragraph in citations:
        if not 1 <= paragraph <= len(document.paragraphs):
            continue
        start = document.paragraphs[paragraph - 1].text.find(text)
        if start >= 0:
            end = start + len(text)
            return [
                _moved(claim, start, len(text))
                for claim in claims
                if claim.paragraph == paragraph
                and not claim.point
                and start <= claim.start
                and claim.end <= end
            ]
    return []


def in_language(
    document: Document, digest: Digest | None, translation: Translation | None, original: str
) -> tuple[Document, Digest | None]:
    """Return a document and its digest with the texts of a translation in the place of theirs, for a file.

    Parameters
    ----------
    document : Document
    digest : Digest or None
    translation : Translation or None
    original : str
        The word that the sentence itself stands behind.

    Returns
    -------
    document : Document
    digest : Digest or None
    """
    if translation is None:
        return document, digest
    if translation.title and translation.title.reads:
        document = replace(document, title=f"{translation.title.text} ({original}: {document.title})")
    elif translation.title:
        document = replace(document, title=f"{document.title} ({translation.title.text})")
    if digest is None or not translation.points or translation.digest != digest_key(digest):
        return document, digest
    left = iter(translation.points)

    def said(points: Iterable[Point]) -> tuple[Point, ...]:
        return tuple(
            replace(p, text=f"{one.text} ({original}: {p.text})") if (one := next(left)) else p
            for p in points
        )

    viewpoint = said(digest.viewpoint)
    groups = tuple(replace(group, points=said(group.points)) for group in digest.groups)
    return document, replace(digest, viewpoint=viewpoint, groups=groups)


def _moved(claim: Claim, by: int, size: int) -> Claim:
    return replace(claim, start=claim.start - by, end=claim.end - by, sentence=(0, size))
